"""The guard: changes that look more like a broken feed than like school life wait for a person.

Here: thresholds, and marking the changes that exceed one (`hold` of the tables that `diff` and `memberships` made).
Counted apart for the whole district and for every school, class and role, against what SIS Connect holds there. Not
here: who approves (`sync.plan.approval`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from sis_connect.frames import count, literal
from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from sis_connect.frames import Frames


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much may change in one go."""

    #: Share of what is held there, in percent.
    percent: float
    #: Fewer changes than this never trip, whatever their share.
    at_least: int = 1
    #: More changes than this always trip, whatever their share; 0 for no such limit.
    at_most: int = 0

    def is_exceeded(self, changes: int, held: int) -> bool:
        """True when so many changes to so many held records are too many."""
        if self.at_most and changes > self.at_most:
            return True
        return changes >= self.at_least and changes * 100 > self.percent * held


class GuardRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The thresholds; see each for what it watches."""

    #: Removals of one kind in the whole district.
    district: Threshold = Threshold(percent=10, at_least=5)
    #: Removals of one kind in one school.
    school: Threshold = Threshold(percent=20, at_least=5)
    #: Removals from one class that still exists.
    class_: Threshold = msgspec.field(default=Threshold(percent=50, at_least=3), name="class")
    #: Removals of people, or of enrollments, of one role.
    role: Threshold = Threshold(percent=20, at_least=5)
    #: Updates of one kind in the whole district.
    updates: Threshold = Threshold(percent=75, at_least=20)


#: Why a change is held, as a person reads it.
CAUSES = {
    "guard.district": "too many removals of this kind in the district",
    "guard.school": "too many removals of this kind in the school",
    "guard.class": "too many people taken out of the class",
    "guard.role": "too many removals among people of this role",
    "guard.updates": "too many updates of this kind in the district",
    "guard.unreadable": "the feed has records that could not be read, so what is missing may not be gone",
    "ownership.not_ours": "the LMS has one with this code already, made by others",
    "renumbering.doubtful": "the same identifier belongs to somebody with another name",
    "schools.not_created": "the LMS does not have the school, and the district does not let it be made",
    "dependency": "what it depends on is held",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """Changes of one kind that wait for one reason at one place."""

    #: A code of `CAUSES`.
    cause: str
    kind: Kind
    action: Action
    #: A school's, class's or role's name for the guard's narrower levels; empty for the district.
    subject: str
    changes: int
    #: What SIS Connect holds there; 0 where the cause is not a share.
    held: int

    @property
    def percent(self) -> float:
        """The share of what is held, in percent."""
        return 100 * self.changes / self.held if self.held else 0.0


@dataclass(frozen=True, slots=True)
class _Level:
    """One way of counting: which removals fall together, and what they are compared with."""

    cause: str
    kind: Kind
    #: SQL over the changes table, and over what exists, for what falls together.
    group: str
    existing_group: str
    existing: str


#: The kinds of which anything is ever removed.
_REMOVABLE = (Kind.USERS, Kind.AGENTS, Kind.ENROLLMENTS)
_UPDATABLE = (Kind.SCHOOLS, Kind.TERMS, Kind.USERS, Kind.COURSES, Kind.CLASSES)


def guard(frames: Frames, rules: GuardRules, unreadable: Collection[Kind]) -> list[Hold]:
    """Mark the changes that exceed a threshold, the broadest reason first; the holds it made, in that order."""
    thresholds = {
        "guard.unreadable": Threshold(percent=0),
        "guard.district": rules.district,
        "guard.school": rules.school,
        "guard.class": rules.class_,
        "guard.role": rules.role,
    }
    holds: list[Hold] = []
    for kind in _REMOVABLE:
        if not count(frames, f"changes_{kind} WHERE action = 'remove'"):
            continue
        for level in _levels(kind, is_unreadable=kind in unreadable):
            holds += _hold_level(frames, level, thresholds[level.cause])
    for kind in _UPDATABLE:
        holds += _hold_updates(frames, kind, rules.updates)
    return holds


def _levels(kind: Kind, *, is_unreadable: bool) -> list[_Level]:
    existing = f"existing_{kind}"
    levels = [_Level("guard.district", kind, "''", "''", existing)]
    if is_unreadable:
        levels.insert(0, _Level("guard.unreadable", kind, "''", "''", existing))
    if kind is Kind.USERS:
        levels.append(_Level("guard.school", kind, "at_school", "school_key", existing))
        levels.append(_Level("guard.role", kind, "role", "role", existing))
    elif kind is Kind.ENROLLMENTS:
        in_school = '(SELECT c.school_key FROM existing_enrollments JOIN existing_classes AS c ON c."key" = class_key)'
        levels.append(_Level("guard.school", kind, "at_school", "school_key", in_school))
        levels.append(_Level("guard.class", kind, "still_taught", "class_key", existing))
        levels.append(_Level("guard.role", kind, "role", "role", existing))
    return levels


def _hold_level(frames: Frames, level: _Level, threshold: Threshold) -> list[Hold]:
    changes = f"changes_{level.kind}"
    groups = frames.execute(
        f"""
        WITH removed AS (
            SELECT {level.group} AS subject, count(*) AS changes FROM {changes}
            WHERE action = 'remove' AND {level.group} IS NOT NULL GROUP BY subject
        )
        SELECT r.subject, any_value(r.changes), count(*)
        FROM removed AS r JOIN {level.existing} AS e ON {level.existing_group} = r.subject
        GROUP BY r.subject ORDER BY r.subject
        """
    ).fetchall()
    holds = []
    for subject, removed, held in groups:
        if not threshold.is_exceeded(removed, held):
            continue
        frames.execute(
            f"UPDATE {changes} SET hold = {literal(level.cause)} "
            f"WHERE hold IS NULL AND action = 'remove' AND {level.group} = $subject",
            {"subject": subject},
        )
        holds.append(Hold(level.cause, level.kind, Action.REMOVE, subject, removed, held))
    return holds


def _hold_updates(frames: Frames, kind: Kind, threshold: Threshold) -> list[Hold]:
    updates = count(frames, f"changes_{kind} WHERE action = 'update'")
    held = count(frames, f"existing_{kind}")
    if not threshold.is_exceeded(updates, held):
        return []
    frames.execute(f"UPDATE changes_{kind} SET hold = 'guard.updates' WHERE hold IS NULL AND action = 'update'")
    return [Hold("guard.updates", kind, Action.UPDATE, "", updates, held)]
