"""A vendor's application as a file: what the program asks, and every fact of a profile that the vendor may answer.

Here: the declaration, and reading it with errors that name the place. A fact that is left `unknown` stays a question.
Not here: whether it suffices (`reviewing`), and the profile made of it (`drafting`).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from sis_connect.errors import ConfigurationError
from sis_connect.partners.data_files import EMAIL_OR_NOTHING, ID_OR_NOTHING, in_words, parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST_ID = 50

Email = Annotated[str, msgspec.Meta(pattern=EMAIL_OR_NOTHING, max_length=254)]
#: A name, as districts or colleagues see it.
Name = Annotated[str, msgspec.Meta(max_length=100)]
Phone = Annotated[str, msgspec.Meta(max_length=50)]
Hours = Annotated[int, msgspec.Meta(ge=0, le=8760)]

#: Bytes that an application may have; a long one has a few thousand.
LONGEST = 262_144
_LONGEST_TEXT = 4_000
_EXPLANATIONS = ("facts.", "sandbox.note")
#: Control and format characters, those without a meaning, and ends of lines of other kinds (Unicode, general category).
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_REFERENCE = (
    "docs/partner-program.md explains every field; `sis-connect partners apply --template` writes an empty one."
)
_SECRET_NAMES = ("secret", "password", "token", "key", "client_secret", "client_id", "credentials")


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a district will look for."""

    #: Exactly as you format it; districts see it so.
    display_name: Name = ""
    #: The company behind it.
    vendor: Name = ""
    #: Permanent short name in lower case with hyphens; made of the display name when it is left empty.
    id: Annotated[str, msgspec.Meta(pattern=ID_OR_NOTHING, max_length=_LONGEST_ID)] = ""
    #: Other names under which districts know it.
    other_names: Annotated[tuple[Name, ...], msgspec.Meta(max_length=20)] = ()


class Certification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where you stand with 1EdTech."""

    #: `certified` for OneRoster 1.1 as a provider, or `working towards it`.
    state: Literal["", "certified", "working towards it"] = ""
    #: Your registration with 1EdTech, as its directory shows it.
    registration: Name = ""


class Sandbox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where SIS Connect can test. Give us id and secret apart, never in this file."""

    #: The address of the service, usually ending with /ims/oneroster/v1p1.
    url: str = ""
    #: What a tester should know, such as what is in it and when it is reset.
    note: str = ""


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom we ask."""

    #: Of the person; it stays in the application.
    name: Name = ""
    #: Of the person or the desk, as above.
    email: Email = ""
    #: As above.
    phone: Phone = ""


class EscalationContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One level of your escalation path; the first stands first."""

    #: Such as `Support desk` or `Head of integrations`.
    role: Name = ""
    #: Of the person; it stays in the application.
    name: Name = ""
    #: Of the person or the desk, as above.
    email: Email = ""
    #: As above.
    phone: Phone = ""
    #: Hours, by day and night, in which this level answers before the next one is asked.
    answers_within_hours: Hours = 0


class Contacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers."""

    #: For questions while testing.
    technical: Person = Person()
    #: When support does not solve a problem, level by level.
    escalation: Annotated[tuple[EscalationContact, ...], msgspec.Meta(max_length=10)] = ()


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
        return self.product.id or slug(self.product.display_name)[:_LONGEST_ID].rstrip("-")

    def answers(self) -> dict[str, Any]:
        """What was answered, by the dotted place of the fact."""
        return dict(_flat(self.facts))


def read_application(content: bytes, where: str) -> Application:
    """The application in a file; ConfigurationError names the place of what cannot be read."""
    if len(content) > LONGEST:
        raise _refusal("The application is too long", where)
    try:
        plain = parse_toml(content)
    except ValueError as error:
        raise _refusal(f"The application {error}", where) from error
    for place, what in _unfit(plain):
        raise _refusal(what, f"{where}, {place}")
    _keep_secrets_out(plain, where)
    try:
        return msgspec.convert(plain, Application)
    except msgspec.ValidationError as error:
        what, place = in_words(error)
        raise _refusal(what, f"{where}, {place}" if place else where) from error


def slug(name: str) -> str:
    """A name as an id: lower case, without accents, hyphens between its words; empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def _unfit(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Texts that no screen could show as they are, or that nobody would read to the end: the place, and what is wrong.

    Signs that control a terminal or turn the direction of writing make a name look like another one.
    """
    if isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            yield place, f"The text has more than {_LONGEST_TEXT:,} characters"
        elif any(unicodedata.category(sign) in _UNSEEN for sign in _in_one_line(value, place)):
            yield place, "The text holds a sign that cannot be seen; copy it again as plain text"
        return
    inner: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        inner = ((f"{place}.{name}".lstrip("."), one) for name, one in value.items())
        yield from (found for name in value for found in _unfit(name, place))
    elif isinstance(value, list):
        inner = ((f"{place}[{number}]", one) for number, one in enumerate(value))
    for where, one in inner:
        yield from _unfit(one, str(where))


def _in_one_line(text: str, place: str) -> str:
    """The text; an explanation may have several lines."""
    return text.replace("\n", " ") if place.startswith(_EXPLANATIONS) else text


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
