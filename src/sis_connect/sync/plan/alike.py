"""Keys that differ from those of other records by upper and lower case or blanks only.

A SIS that begins to write its ids otherwise would double everything. Where the name is the same, too, it is one record
with a new key (`renumbering`); what is left is held here, and so is whatever would be taken from the record that is
there. Changes alone come here as well: laid over what is known, both ids are in the roster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count, literal
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from sis_connect.frames import Frames

#: A cause of `guard.CAUSES`.
ALIKE = "keys.alike"

_NAMED = (Kind.SCHOOLS, Kind.TERMS, Kind.USERS, Kind.COURSES, Kind.CLASSES)

_HOLD = f"UPDATE changes_{{}} SET hold = {literal(ALIKE)} WHERE hold IS NULL AND {{}}"


def folded(column: str) -> str:
    """SQL: a key as it reads without upper case and blanks around it."""
    return f"lower(trim({column}))"


_KEY = folded('"key"')


def hold_alike(frames: Frames) -> None:
    """Hold what is new under a key like that of another record, and removals from the latter."""
    doubted = {kind for kind in _NAMED if _hold(frames, kind)}
    if Kind.USERS in doubted:
        _keep(frames, Kind.USERS, '"key"', Kind.USERS)
        for column in ("student_key", "agent_key"):
            _keep(frames, Kind.AGENTS, column, Kind.USERS)
        _keep(frames, Kind.ENROLLMENTS, "user_key", Kind.USERS)
    if Kind.CLASSES in doubted:
        _keep(frames, Kind.ENROLLMENTS, "existing_class_key", Kind.CLASSES)


def _hold(frames: Frames, kind: Kind) -> bool:
    """True when something new of a kind is held."""
    known = f"SELECT {_KEY} FROM existing_{kind}"
    frames.execute(_HOLD.format(kind, f"action = 'create' AND {_KEY} IN ({known})"))
    return count(frames, f"changes_{kind} WHERE hold = {literal(ALIKE)}") > 0


def _keep(frames: Frames, kind: Kind, column: str, doubted: Kind) -> None:
    """Hold the removals of a kind that name a record whose double is held."""
    doubles = f"SELECT {_KEY} FROM changes_{doubted} WHERE hold = {literal(ALIKE)}"
    frames.execute(_HOLD.format(kind, f"action = 'remove' AND {folded(column)} IN ({doubles})"))
