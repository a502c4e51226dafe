"""The partner directory: every profile, as a district looks for it.

Here: reading data files, with errors that name the file and the dotted place; looking up by id and by name; what the
program publishes. Adding a partner is one more file in `profiles`. Not here: what a profile means (`connecting`,
`questions`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from sis_connect.errors import ConfigurationError
from sis_connect.partners.consistency import faults
from sis_connect.partners.data_files import in_words, parse_toml
from sis_connect.partners.profile import Profile, Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

SHIPPED: Traversable = resources.files("sis_connect.partners") / "profiles"

_REFERENCE = "docs/partner-profiles.md explains every field."


@dataclass(frozen=True, slots=True)
class Listing:
    """One line of what the program publishes."""

    listed_as: str
    status: Status
    #: Stands beside the status; empty for none.
    note: str
    #: The partner's products, as a district looks for them.
    products: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """All profiles, by display name without regard to case; the one for every other product last."""

    profiles: tuple[Profile, ...]

    def get(self, name: str, where: str = "the SIS") -> Profile:
        """The profile of an id, a display name or another name, however it is spaced and capitalised.

        ConfigurationError, which names `where`, suggests the nearest names; for a name that several products share it
        lists them.
        """
        wanted = name_key(name)
        found = [profile for profile in self.profiles if wanted in known_names(profile)]
        if len(found) == 1:
            return found[0]
        if found:
            products = " and ".join(profile.display_name for profile in found)
            raise ConfigurationError(
                f"{name!r} is the name of {len(found)} products.", where=where, fix=f"Pick one of {products}."
            )
        raise ConfigurationError(f"There is no SIS {name!r} in the directory.", where=where, fix=self._near(wanted))

    def listings(self) -> tuple[Listing, ...]:
        """What the program publishes, a line for each partner, as a district looks for it."""
        products: dict[str, list[Profile]] = {}
        for profile in self.profiles:
            if profile.program:
                products.setdefault(profile.program.listed_as, []).append(profile)
        programs = {profile.program.listed_as: profile.program for profile in self.profiles if profile.program}
        return tuple(
            Listing(name, programs[name].status, programs[name].note, tuple(products[name]))
            for name in sorted(products, key=str.casefold)
        )

    def _near(self, wanted: str) -> str:
        names = {key: profile.display_name for profile in self.profiles for key in known_names(profile)}
        close = dict.fromkeys(name for key, name in names.items() if _is_part(wanted, key))
        close = close or dict.fromkeys(names[key] for key in get_close_matches(wanted, names))
        if close:
            return f"Did you mean {' or '.join(close)}?"
        others = [profile.display_name for profile in self.profiles if profile.is_catch_all]
        return f"Pick {others[0]!r} for a product that is not in the directory." if others else ""


def load(*folders: Traversable) -> Directory:
    """The directory of all profiles in these folders, or of those that are shipped.

    ConfigurationError names the file and the place of whatever is not as it should be.
    """
    profiles = [
        read_profile(file)
        for folder in folders or (SHIPPED,)
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    profiles.sort(key=lambda profile: (profile.is_catch_all, profile.display_name.casefold()))
    _check_names(profiles)
    _check_programs(profiles)
    return Directory(tuple(profiles))


def find_profile(name: str, where: str = "sis.partner") -> Profile:
    """The shipped profile of an id or a name, as `Directory.get`, or the one in the data file at a path to `.toml`.

    Like this a partner is tried before its profile is shipped.
    """
    return read_profile(Path(name)) if name.endswith(".toml") else load().get(name, where)


def read_profile(file: Traversable) -> Profile:
    """The profile in a data file; ConfigurationError names the file and the place of the first fault."""
    try:
        content = parse_toml(file.read_bytes())
    except OSError as error:
        raise _refusal(f"The profile cannot be read: {error.strerror}", str(file)) from error
    except ValueError as error:
        raise _refusal(f"The profile {error}", file.name) from error
    try:
        profile = msgspec.convert(_plain(content), Profile)
    except msgspec.ValidationError as error:
        what, place = in_words(error)
        raise _refusal(what, f"{file.name}, {place}" if place else file.name) from error
    if file.name != f"{profile.id}.toml":
        raise _refusal(f"A profile stands in the file of its id, which would be {profile.id}.toml", file.name)
    for place, what in faults(profile):
        raise _refusal(f"{place} {what}", f"{file.name}, {place}")
    return profile


def _plain(value: Any) -> Any:
    """TOML's own days as text, as which the schema judges them."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _check_names(profiles: Iterable[Profile]) -> None:
    owners: dict[str, str] = {}
    for profile in profiles:
        for name in (profile.id, profile.display_name, *profile.other_names):
            owner = owners.setdefault(name_key(name), profile.id)
            if owner != profile.id:
                raise _refusal(f"{name!r} is a name of {owner} already", f"{profile.id}.toml")


def _check_programs(profiles: Iterable[Profile]) -> None:
    programs: dict[str, Profile] = {}
    for profile in profiles:
        if profile.program:
            first = programs.setdefault(profile.program.listed_as, profile)
            if first.program != profile.program:
                what = f"The program says something else of {profile.program.listed_as} than in {first.id}.toml"
                raise _refusal(what, f"{profile.id}.toml, program")


def known_names(profile: Profile) -> set[str]:
    """What a district may call it, as `name_key` has it; products may share the program's name."""
    listed = (profile.program.listed_as,) if profile.program else ()
    return {name_key(name) for name in (profile.id, profile.display_name, *profile.other_names, *listed)}


def _is_part(one: str, other: str) -> bool:
    """True when either name is a part of the other, and long enough for that to mean something."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 2 and shorter in longer


def name_key(name: str) -> str:
    """A name without what people spell differently: case, accents, width, blanks and punctuation."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())


def _refusal(what: str, where: str) -> ConfigurationError:
    return ConfigurationError(f"{what}.", where=where, fix=_REFERENCE)
