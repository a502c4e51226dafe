"""Whether a roster comes from where the one applied before came from, or from another district.

Here: reading the orgs of a roster, and refusing another district's unless a person confirmed it. Changes alone are
judged by what they bring: laid over what is known, they would share its orgs. Not here: the judgement of two origins
(`sync.plan.origin`), and keeping them (`store.ledger`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import PlanError
from sis_connect.frames import count
from sis_connect.oneroster.snapshot import Mode
from sis_connect.sync.plan.origin import Elsewhere, Origin, OriginChange, is_another_district

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import SealedFile, Snapshot
    from sis_connect.runs.staging import Staged

_ORGS = "orgs"
#: SQL: an id as the same one may also be written.
_FOLDED = "lower(trim({}))"
#: SQL over the orgs of a snapshot: those that are there.
_IS_THERE = "coalesce(lower(trim(status)), 'active') NOT IN ('tobedeleted', 'inactive')"
#: Where the records of an entity name orgs, as SQL.
_NAMES_ORGS = {
    _ORGS: ("sourced_id", "parent_sourced_id"),
    "users": ("unnest(string_split(org_sourced_ids, ','))",),
    "classes": ("school_sourced_id",),
    "enrollments": ("school_sourced_id",),
}


def trace_origin(frames: Frames, staged: Staged, before: Origin | None) -> tuple[Origin, OriginChange | None]:
    """Where a roster comes from, and how that differs from `before`, where the one applied before came from.

    A roster without any orgs keeps those of before: it proves nothing.
    """
    now = _read(frames, staged.snapshot, staged.address)
    if before is None:
        return now, None
    if not now.orgs:
        now = msgspec.structs.replace(now, districts=before.districts, schools=before.schools)
    if _is_foreign(frames, staged, before, now):
        brought = _read(frames, staged.incoming, staged.address)
        return now, OriginChange(Elsewhere.DISTRICT, before.in_words(), brought.in_words())
    if now.address != before.address:
        return now, OriginChange(Elsewhere.ADDRESS, before.in_words(), now.in_words())
    return now, None


def refuse_another_district(change: OriginChange | None, folder: Path) -> None:
    """Nothing, unless the roster is of another district: PlanError names both and the remedy."""
    if change is not None and change.what is Elsewhere.DISTRICT:
        raise PlanError(
            f"This is {change.now}. What was applied before is {change.before}. They have no org in common, so this "
            "looks like another district.",
            where=str(folder),
            fix="Name the right package or SIS, or with --data a folder of its own for this district. If it is the "
            "same district, and its SIS calls everything otherwise now, run the command again with --another-district: "
            "the plan and the report will say so, and the guard still holds what is too much at once.",
        )


def _is_foreign(frames: Frames, staged: Staged, before: Origin, now: Origin) -> bool:
    orgs = staged.incoming.files.get(_ORGS)
    if orgs is None:
        return False
    if orgs.mode is not Mode.DELTA:
        return is_another_district(before, now)
    known = staged.previous.files.get(_ORGS) if staged.previous is not None else None
    return known is not None and _brings_strangers(frames, staged.incoming, orgs, known)


def _brings_strangers(frames: Frames, changes: Snapshot, orgs: SealedFile, known: SealedFile) -> bool:
    """True when changes bring orgs, and no org that they name anywhere is known."""
    if not count(frames, f"({orgs.relation}) WHERE {_IS_THERE}"):
        return False
    named = " UNION ALL ".join(
        f"SELECT {org} AS org FROM ({changes.files[entity].relation})"
        for entity, columns in _NAMES_ORGS.items()
        if entity in changes.files
        for org in columns
    )
    ids = f"SELECT {_FOLDED.format('sourced_id')} FROM ({known.relation}) WHERE sourced_id IS NOT NULL"
    return not count(frames, f"({named}) WHERE {_FOLDED.format('org')} IN ({ids})")


def _read(frames: Frames, snapshot: Snapshot, address: str) -> Origin:
    orgs = snapshot.files.get(_ORGS)
    found: dict[str, dict[str, str]] = {"district": {}, "school": {}}
    if orgs is not None:
        rows = frames.execute(
            f"SELECT lower(trim(type)) AS level, sourced_id, coalesce(name, '') FROM ({orgs.relation}) "
            f"WHERE {_IS_THERE} AND level IN ('district', 'school') AND sourced_id IS NOT NULL ORDER BY sourced_id"
        ).fetchall()
        for level, sourced_id, name in rows:
            found[level][sourced_id] = name
    return Origin(address, found["district"], found["school"])
