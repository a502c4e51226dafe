"""What a profile can tell a person whose connection was refused: which entries to look at, and what stands before them.

Here: sentences with the vendor's own words, pure. Not here: entries that are wrong before anybody is asked (`entries`),
and what a refusal means (`transport.diagnosis`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.partners.facts import suggested
from sis_connect.partners.fields import fields, overrides
from sis_connect.partners.quirks import QUIRKS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sis_connect.partners.fields import EntryField
    from sis_connect.partners.profile import Profile, SignInKind


def where_entered(profile: Profile, names: Collection[str], kind: SignInKind) -> str:
    """What the vendor calls these entries and where each stands; empty when none of them is entered."""
    together: dict[str, list[str]] = {}
    for field in _entered(profile, kind):
        if field.name in names:
            together.setdefault(field.hint, []).append(field.called)
    return " ".join(f"{' and '.join(called)}: {_inside(hint, len(called))}" for hint, called in together.items())


def what_stands_before(profile: Profile, quirks: Collection[str]) -> str:
    """What those of the quirks say that the partner has, and what the profile says of its licence and of expiry."""
    told = {"licence-gated": profile.access.licence, "credentials-expire": profile.access.expiry}
    sentences: list[str] = []
    for name in profile.quirks:
        if name in quirks:
            known = suggested(told.get(name))
            sentences += [QUIRKS[name].what, *([known.value] if known else [])]
    return " ".join(sentences)


def _inside(hint: str, entries: int) -> str:
    """A hint after a colon, about so many entries."""
    if entries > 1 and hint.startswith("It stands "):
        return hint.replace("It stands", "they stand", 1)
    return f"{hint[0].lower()}{hint[1:]}"


def _entered(profile: Profile, kind: SignInKind) -> Iterator[EntryField]:
    for field in (*fields(profile), *overrides(profile)):
        if kind in field.only_with:
            yield field
