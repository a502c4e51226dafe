"""Where a roster comes from, and how that differs from where the one applied before came from.

Here: the value, and the judgement of two of them. A district is known by the sourcedIds of its orgs: the address of a
SIS changes in the life of a district, and a SIS shows another district to whoever signs in otherwise. Not here: reading
the orgs of a roster, and what becomes of one that is another district's (`runs.origins`).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

#: Orgs that are named of one origin.
_NAMED = 2


class Elsewhere(StrEnum):
    """What differs from where the roster applied before came from."""

    #: The kind of source, or the address of the SIS; the orgs are those of before.
    ADDRESS = "address"
    #: The district: none of its orgs is one of before.
    DISTRICT = "district"


class OriginChange(msgspec.Struct, frozen=True):
    """That a roster comes from elsewhere than the one applied before."""

    #: `address` where only the way to it is another one; `district` where the orgs are, which was confirmed.
    what: Elsewhere
    #: Where the roster applied before came from, in words.
    before: str
    #: Where this one comes from, in words.
    now: str


class Origin(msgspec.Struct, frozen=True):
    """Where a roster comes from; no secrets."""

    #: Root of the SIS as it is called; empty for a package.
    address: str
    #: Names of its orgs of type district, by sourcedId.
    districts: dict[str, str]
    #: Names of its schools, by sourcedId.
    schools: dict[str, str]

    @property
    def orgs(self) -> dict[str, str]:
        """What the district is known by: its own orgs, or its schools where it has none."""
        return self.districts or self.schools

    def in_words(self) -> str:
        """Orgs with their sourcedIds, and the way to them, such as `Oak District (d-1) in a package`."""
        orgs = [f"{name or 'an org'} ({sourced_id})" for sourced_id, name in sorted(self.orgs.items())]
        more = f" and {len(orgs) - _NAMED:,} more" if len(orgs) > _NAMED else ""
        way = f"at {self.address}" if self.address else "in a package"
        return f"{', '.join(orgs[:_NAMED]) or 'a roster without orgs'}{more} {way}"


def address_told(words: str) -> str:
    """The address in an origin that was told in words; empty for a package."""
    way = words.rpartition(" at ")[2]
    return way if "://" in way else ""


def is_another_district(before: Origin, now: Origin) -> bool:
    """True when none of the orgs is one of before: those of type district, or the schools where either has none.

    Ids that differ by upper and lower case or blanks only are the same here; without any orgs nothing is said.
    """
    for then, today in ((before.districts, now.districts), (before.schools, now.schools)):
        if then and today:
            return {_folded(id_) for id_ in then}.isdisjoint(_folded(id_) for id_ in today)
    return False


def _folded(sourced_id: str) -> str:
    return sourced_id.strip().lower()
