"""A vendor's application as a file: what the program asks, and every fact of a profile that the vendor may answer.

Here: the declaration, and reading it with errors that name the place. A fact that is left `unknown` stays a question.
Not here: whether it suffices (`reviewing`), and the profile made of it (`drafting`).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from typing import Annotated, Any, Literal

import msgspec

from sis_connect.errors import ConfigurationError

Email = Annotated[str, msgspec.Meta(pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$")]

#: Bytes that an application may have; a long one has a few thousand.
LONGEST = 262_144
_REFERENCE = (
    "docs/partner-program.md explains every field; `sis-connect partners apply --template` writes an empty one."
)
_SECRET_NAMES = ("secret", "password", "token", "key", "client_secret", "client_id", "credentials")


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a district will look for."""

    #: Exactly as you format it; districts see it so.
    display_name: str = ""
    #: The company behind it.
    vendor: str = ""
    #: Permanent short name in lower case with hyphens; made of the display name when it is left empty.
    id: Annotated[str, msgspec.Meta(pattern=r"^$|^[a-z0-9]+(-[a-z0-9]+)*$")] = ""
    #: Other names under which districts know it.
    other_names: tuple[str, ...] = ()


class Certification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where you stand with 1EdTech."""

    #: `certified` for OneRoster 1.1 as a provider, or `working towards it`.
    state: Literal["", "certified", "working towards it"] = ""
    #: Your registration with 1EdTech, as its directory shows it.
    registration: str = ""


class Sandbox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where SIS Connect can test. Give us id and secret apart, never in this file."""

    #: The address of the service, usually ending with /ims/oneroster/v1p1.
    url: str = ""
    #: What a tester should know, such as what is in it and when it is reset.
    note: str = ""


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom we ask."""

    #: Of the person; it stays in the application.
    name: str = ""
    #: Of the person or the desk, as above.
    email: Email = ""
    #: As above.
    phone: str = ""


class EscalationContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One level of your escalation path; the first stands first."""

    #: Such as `Support desk` or `Head of integrations`.
    role: str = ""
    #: Of the person; it stays in the application.
    name: str = ""
    #: Of the person or the desk, as above.
    email: Email = ""
    #: As above.
    phone: str = ""
    #: Hours, by day and night, in which this level answers before the next one is asked.
    answers_within_hours: Annotated[int, msgspec.Meta(ge=0)] = 0


class Contacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers."""

    #: For questions while testing.
    technical: Person = Person()
    #: When support does not solve a problem, level by level.
    escalation: tuple[EscalationContact, ...] = ()


class Application(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole application."""

    product: Product = Product()
    certification: Certification = Certification()
    sandbox: Sandbox = Sandbox()
    contacts: Contacts = Contacts()
    #: Facts of the profile by their place; `unknown` for what you cannot tell.
    facts: dict[str, Any] = {}

    @property
    def product_id(self) -> str:
        """The id that the profile will have."""
        return self.product.id or slug(self.product.display_name)

    def answers(self) -> dict[str, Any]:
        """What was answered, by the dotted place of the fact."""
        return dict(_flat(self.facts))


def read_application(content: bytes, where: str) -> Application:
    """The application in a file; ConfigurationError names the place of what cannot be read."""
    if len(content) > LONGEST:
        raise _refusal("The application is too long", where)
    try:
        plain = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _refusal(f"The application is not TOML in UTF-8: {error}", where) from error
    _keep_secrets_out(plain, where)
    try:
        return msgspec.convert(plain, Application)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        place = place.strip("`").removeprefix("$").lstrip(".")
        raise _refusal(what, f"{where}, {place}" if place else where) from error


def slug(name: str) -> str:
    """A name as an id: lower case, without accents, hyphens between its words; empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Values by dotted place; a table that is a value itself, such as a screen, is told by its words."""
    found: list[tuple[str, Any]] = []
    for name, value in table.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and not {"word", "where"} & value.keys():
            found += _flat(value, f"{path}.")
        else:
            found.append((path, value))
    return found


def _keep_secrets_out(plain: dict[str, Any], where: str) -> None:
    for table, content in plain.items():
        if table != "facts" and isinstance(content, dict):
            for name in content.keys() & set(_SECRET_NAMES):
                raise ConfigurationError(
                    "Credentials do not belong in an application.",
                    where=f"{where}, {table}.{name}",
                    fix="Take them out, and change them if the file was sent to anybody; they are given apart.",
                )


def _refusal(what: str, where: str) -> ConfigurationError:
    return ConfigurationError(f"{what.rstrip('.')}.", where=where, fix=_REFERENCE)
