"""Links: our key to the LMS's own id, for the run under way. Satisfies `sync.apply.RunLinks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import identifier
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.sealing import changes_of

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.frames import Frames

#: Kinds whose links are few enough to hold in memory. Accounts are looked up when asked for.
_HELD = (Kind.SCHOOLS, Kind.TERMS, Kind.COURSES, Kind.CLASSES)


class ExistingLinks:
    """Links from the existing state, from the plan's own links, and from what the run creates."""

    def __init__(self, frames: Frames, plan: Path) -> None:
        """Links over the views `existing_<kind>` and the LINK changes of the plan in the folder `plan`."""
        self._frames = frames
        self._ids: dict[Kind, dict[str, str]] = {}
        for kind in _HELD:
            query = f"""
                SELECT "key", lms_id FROM existing_{kind} WHERE lms_id IS NOT NULL
                UNION ALL
                SELECT "key", lms_id FROM ({changes_of(plan, kind)})
                WHERE action IN ('link', 'update') AND lms_id IS NOT NULL
            """
            self._ids[kind] = dict(frames.execute(query).fetchall())

    def lms_id(self, kind: Kind, key: str) -> str | None:
        """The LMS's own id of a record, or None when SIS Connect knows of none."""
        if kind in self._ids:
            return self._ids[kind].get(key)
        query = f"SELECT lms_id FROM existing_{kind} WHERE {identifier('key')} = $key"
        row = self._frames.execute(query, {"key": key}).fetchone()
        return row[0] if row else None

    def learn(self, kind: Kind, key: str, lms_id: str) -> None:
        """Remember the id of a record that the run created or gave another key."""
        if kind in self._ids:
            self._ids[kind][key] = lms_id
