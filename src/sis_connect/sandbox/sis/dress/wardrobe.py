"""What only a server needs to know of a partner: one data file each in `wardrobe`, beside the partner's profile.

Here: the declaration and reading it, with errors that name the file and the place. A partner without a file, and
whatever a file leaves out, takes the standard's way. Not here: what a profile knows (`partners`), and what a dress is
made of both (`tailor`).
"""

from __future__ import annotations

import string
from importlib import resources
from typing import TYPE_CHECKING, Annotated

import msgspec

from sis_connect.errors import ConfigurationError
from sis_connect.oneroster.operations import OPERATIONS, Scope
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.partners.data_files import in_words, parse_toml
from sis_connect.partners.profile import CredentialStyle, Signature, SignInKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

SHIPPED: Traversable = resources.files("sis_connect.sandbox.sis.dress") / "wardrobe"

#: What an id may be made of besides fixed text: a number of its own, and the id of the record's school.
_PARTS_OF_IDS = frozenset(("number", "school"))

_Path = Annotated[str, msgspec.Meta(pattern=r"^/[^\s{}]*[^/\s{}]$")]
_TokenPath = Annotated[str, msgspec.Meta(pattern=r"^/[^\s{}]+$")]
_Rows = Annotated[int, msgspec.Meta(ge=1)]


class Wear(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The server's part of a dress."""

    #: What stands for the placeholders of the profile's addresses; a placeholder without a word stands for itself.
    placeholders: dict[str, str] = {}
    #: Root of the service on its host, where the profile knows no address.
    root: _Path | None = None
    #: Where tokens are given out on its host, with a query where there is one; where the profile does not tell.
    token: _TokenPath | None = None
    #: How this installation is signed in to, where the profile offers several ways.
    sign_in: SignInKind | None = None
    #: Where this installation takes the id and the secret, where several places are seen.
    credential_styles: tuple[CredentialStyle, ...] = ()
    #: The hash that this installation was set to, where there is a choice.
    signature: Signature | None = None
    #: What the client of this installation may do; all, where it is left out.
    client_scopes: tuple[Scope, ...] = tuple(Scope)
    #: Records of a page at most.
    most_rows: _Rows = 10_000
    #: Pages of more records take too long; 0 for none.
    heavy_rows: Annotated[int, msgspec.Meta(ge=0)] = 0
    #: Operations that are not there.
    missing: tuple[str, ...] = ()
    #: Collections that are not switched on: 403.
    switched_off: tuple[str, ...] = ()
    #: Collections of which nothing is shared: empty.
    unshared: tuple[str, ...] = ()
    #: What ids are made of, by collection, or by collection and role or type: `enrollments.student`.
    ids: dict[str, str] = {}


def find_wear(profile_id: str, folder: Traversable = SHIPPED) -> Wear:
    """The file of a partner; the standard's way in everything for one that has none.

    ConfigurationError names the file and the place of the first fault.
    """
    file = folder / f"{profile_id}.toml"
    return read_wear(file) if file.is_file() else Wear()


def read_wear(file: Traversable) -> Wear:
    """What a file says; ConfigurationError as `find_wear`."""
    try:
        wear = msgspec.convert(parse_toml(file.read_bytes()), Wear)
    except msgspec.ValidationError as error:
        what, place = in_words(error)
        raise ConfigurationError(f"{what}.", where=f"{file.name}, {place}" if place else file.name) from error
    except (OSError, ValueError) as error:
        raise ConfigurationError("The file cannot be read as TOML in UTF-8.", where=file.name) from error
    for place, what in _faults(wear):
        raise ConfigurationError(f"{place} {what}.", where=f"{file.name}, {place}")
    return wear


def _faults(wear: Wear) -> Iterator[tuple[str, str]]:
    """Each broken rule: its place, and the end of a sentence about it."""
    for name in wear.missing:
        if name not in OPERATIONS:
            yield "missing", f"names {name!r}, which is no operation"
    for place, names in (("switched_off", wear.switched_off), ("unshared", wear.unshared)):
        for name in names:
            if name not in ENTITIES:
                yield place, f"names {name!r}, which is no collection"
    for name, pattern in wear.ids.items():
        if name.partition(".")[0] not in ENTITIES:
            yield f"ids.{name}", "is of no collection"
        parts = {part for _, part, _, _ in string.Formatter().parse(pattern) if part is not None}
        if "number" not in parts or parts - _PARTS_OF_IDS:
            yield f"ids.{name}", "must hold {number}, and besides it at most {school}"
