"""The guard: changes that look more like a broken feed than like school life wait for a person.

Here: thresholds, and marking the changes that exceed one (`hold` of the tables that `diff` and `memberships` made).
Counted apart for the whole district and for every school, class and role, against what SIS Connect holds there. Not
here: who approves (`sync.plan.approval`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from sis_connect.frames import count, identifier, literal
from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Kind, compared_columns
from sis_connect.sync.shape.enrollments import RANKS

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
    #: Removals of one kind in one school, and people who move from it to another.
    school: Threshold = Threshold(percent=20, at_least=5)
    #: Removals from one class that still exists.
    class_: Threshold = msgspec.field(default=Threshold(percent=50, at_least=3), name="class")
    #: Removals of people, or of enrollments, of one role; and changes from that role to another.
    role: Threshold = Threshold(percent=20, at_least=5)
    #: Updates of one kind of people, courses or classes in the whole district.
    updates: Threshold = Threshold(percent=75, at_least=20)
    #: New names or numbers of schools. A district has few schools, so few are many.
    school_updates: Threshold = Threshold(percent=50, at_least=2)
    #: New titles or dates of terms. A district has few terms, and everything hangs on them.
    term_updates: Threshold = Threshold(percent=50, at_least=2)
    #: New people or courses, once some are there. A new year brings fewer of them; it makes all classes and enrollments
    #: anew, so those are not counted: they wait with the people and courses that they name.
    creations: Threshold = Threshold(percent=50, at_least=20)
    #: New schools, once some are there.
    school_creations: Threshold = Threshold(percent=50, at_least=2)

    def of_cause(self, cause: str, kind: Kind) -> Threshold | None:
        """The threshold behind a cause for changes of a kind; None for causes without one."""
        updates = {Kind.SCHOOLS: self.school_updates, Kind.TERMS: self.term_updates}.get(kind, self.updates)
        return {
            "guard.district": self.district,
            "guard.school": self.school,
            "guard.class": self.class_,
            "guard.role": self.role,
            "guard.updates": updates,
            "guard.creations": self.school_creations if kind is Kind.SCHOOLS else self.creations,
            # Of what may only be unreadable nothing is let through.
            "guard.unreadable": Threshold(percent=0),
        }.get(cause)

    def is_exceeded(self, cause: str, kind: Kind, changes: int, held: int) -> bool:
        """True when so many changes of a kind to so many held records are too many under the cause's threshold."""
        threshold = self.of_cause(cause, kind)
        return threshold is not None and threshold.is_exceeded(changes, held)


#: Why a change is held, as a person reads it.
CAUSES = {
    "guard.district": "too many removals of this kind in the district",
    "guard.school": "too many of this kind would be removed from the school or moved to another",
    "guard.class": "too many people taken out of the class",
    "guard.role": "too many people of this role would be removed or get another role",
    "guard.updates": "too many updates of this kind in the district",
    "guard.creations": "too many new ones of this kind beside those that are there: they may be another district's",
    "guard.unreadable": "the feed has unreadable records, or a file without any, so what is missing may not be gone",
    "ownership.not_ours": "the LMS has one with this code already, made by others",
    "renumbering.doubtful": "the same identifier or key belongs to somebody with another name",
    "keys.alike": "its key differs from that of another record by upper and lower case or blanks only",
    "schools.not_created": "the LMS does not have the school, and the district does not let it be made",
    "refused.before": "the LMS refused it before, and it has not changed since; --retry-refused sends it again",
    "dependency": "what it depends on is held",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """Changes of one kind that wait for one reason at one place."""

    #: A code of `CAUSES`.
    cause: str
    kind: Kind
    action: Action
    #: A school's, class's or role's name for the guard's narrower levels, the code of the refusal for what was refused
    #: before; empty for the district.
    subject: str
    #: How many; for causes that are no threshold, those that this cause alone holds.
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
#: What any of may be meant by a record whose person or class nobody knows (`sync.plan.protection`).
_IF_DOUBTED = """
    CASE WHEN (existing_class_key, user_key) IN (SELECT (class_key, user_key) FROM doubted_enrollments) THEN '' END
"""
_UPDATABLE = (Kind.SCHOOLS, Kind.TERMS, Kind.USERS, Kind.COURSES, Kind.CLASSES)
#: The kinds that hardly ever double.
_STEADY = (Kind.SCHOOLS, Kind.USERS, Kind.COURSES)


def guard(frames: Frames, rules: GuardRules, unreadable: Collection[Kind]) -> list[Hold]:
    """Mark the changes that exceed a threshold, the broadest reason first; the holds it made, in that order."""
    holds: list[Hold] = _hold_lost_references(frames, unreadable)
    for kind in _REMOVABLE:
        if not count(frames, f"changes_{kind} WHERE action = 'remove'"):
            continue
        is_doubted = kind is Kind.ENROLLMENTS and count(frames, "doubted_enrollments") > 0
        for level in _levels(kind, is_unreadable=kind in unreadable, is_doubted=is_doubted):
            holds += _hold_level(frames, level, rules)
    for kind in _UPDATABLE:
        holds += _hold_updates(frames, kind, rules)
    for kind in _STEADY:
        holds += _hold_creations(frames, kind, rules)
    holds += _hold_role_changes(frames, rules.role)
    holds += _hold_school_changes(frames, rules.school)
    return holds


def _levels(kind: Kind, *, is_unreadable: bool, is_doubted: bool) -> list[_Level]:
    existing = f"existing_{kind}"
    levels = [_Level("guard.district", kind, "''", "''", existing)]
    if is_unreadable:
        levels.insert(0, _Level("guard.unreadable", kind, "''", "''", existing))
    elif is_doubted:
        levels.insert(0, _Level("guard.unreadable", kind, _IF_DOUBTED, "''", existing))
    if kind is Kind.USERS:
        levels.append(_Level("guard.school", kind, "at_school", "school_key", existing))
        levels.append(_Level("guard.role", kind, "role", "role", existing))
    elif kind is Kind.ENROLLMENTS:
        in_school = '(SELECT c.school_key FROM existing_enrollments JOIN existing_classes AS c ON c."key" = class_key)'
        levels.append(_Level("guard.school", kind, "at_school", "school_key", in_school))
        levels.append(_Level("guard.class", kind, "still_taught", "class_key", existing))
        levels.append(_Level("guard.role", kind, "role", "role", existing))
    return levels


def _hold_level(frames: Frames, level: _Level, rules: GuardRules) -> list[Hold]:
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
        if not rules.is_exceeded(level.cause, level.kind, removed, held):
            continue
        frames.execute(
            f"UPDATE {changes} SET hold = {literal(level.cause)} "
            f"WHERE hold IS NULL AND action = 'remove' AND {level.group} = $subject",
            {"subject": subject},
        )
        holds.append(Hold(level.cause, level.kind, Action.REMOVE, subject, removed, held))
    return holds


def _hold_updates(frames: Frames, kind: Kind, rules: GuardRules) -> list[Hold]:
    # What is adopted has no state before, and is asked for by the district.
    which = "action = 'update' AND before IS NOT NULL"
    if kind in {Kind.SCHOOLS, Kind.TERMS}:
        # Another key alone changes nothing that anybody sees, and all keys change at once when a SIS is replaced.
        differences = (f"before.{identifier(c)} IS DISTINCT FROM {identifier(c)}" for c in compared_columns(kind))
        which += f" AND ({' OR '.join(differences)})"
    updates = count(frames, f"changes_{kind} WHERE {which}")
    held = count(frames, f"existing_{kind}")
    if not rules.is_exceeded("guard.updates", kind, updates, held):
        return []
    frames.execute(f"UPDATE changes_{kind} SET hold = 'guard.updates' WHERE hold IS NULL AND {which}")
    return [Hold("guard.updates", kind, Action.UPDATE, "", updates, held)]


def _hold_creations(frames: Frames, kind: Kind, rules: GuardRules) -> list[Hold]:
    held = count(frames, f"existing_{kind}")
    if not held:
        return []
    # What the LMS refused was looked at before, when it was planned for the first time.
    refused = f"SELECT first_key FROM refusals WHERE kind = '{kind}' AND action = 'create'"
    which = f"hold IS NULL AND action = 'create' AND \"key\" NOT IN ({refused})"
    creations = count(frames, f"changes_{kind} WHERE {which}")
    if not rules.is_exceeded("guard.creations", kind, creations, held):
        return []
    frames.execute(f"UPDATE changes_{kind} SET hold = 'guard.creations' WHERE {which}")
    return [Hold("guard.creations", kind, Action.CREATE, "", creations, held)]


def _hold_lost_references(frames: Frames, unreadable: Collection[Kind]) -> list[Hold]:
    """Hold updates that leave a school or a term behind while a record of that kind could not be read."""
    lost = {
        (Kind.USERS, Kind.SCHOOLS): "before.school_key IS DISTINCT FROM school_key "
        "OR len(list_filter(before.other_school_keys, lambda s: NOT list_contains(other_school_keys, s))) > 0",
        (Kind.CLASSES, Kind.TERMS): "len(list_filter(before.term_keys, lambda t: NOT list_contains(term_keys, t))) > 0",
    }
    holds = []
    for (kind, target), is_lost in lost.items():
        which = f"hold IS NULL AND action = 'update' AND before IS NOT NULL AND ({is_lost})"
        if target in unreadable and (changes := count(frames, f"changes_{kind} WHERE {which}")):
            frames.execute(f"UPDATE changes_{kind} SET hold = 'guard.unreadable' WHERE {which}")
            holds.append(Hold("guard.unreadable", kind, Action.UPDATE, "", changes, count(frames, f"existing_{kind}")))
    return holds


def _hold_role_changes(frames: Frames, threshold: Threshold) -> list[Hold]:
    """Hold the changes of role of those roles that too many lose at once: students who all become teachers."""
    frames.execute("CREATE OR REPLACE TABLE held_ranks (rank UTINYINT)")
    holds = []
    changed = "changes_users WHERE action = 'update' AND before.role <> role"
    for role, changes in frames.execute(
        f"SELECT before.role, count(*) FROM {changed} GROUP BY 1 ORDER BY 1"
    ).fetchall():
        held = count(frames, f"existing_users WHERE role = {literal(role)}")
        if threshold.is_exceeded(changes, held):
            frames.execute(
                "UPDATE changes_users SET hold = 'guard.role' "
                f"WHERE hold IS NULL AND action = 'update' AND before.role <> role AND before.role = {literal(role)}"
            )
            holds.append(Hold("guard.role", Kind.USERS, Action.UPDATE, role, changes, held))
    puts = "SELECT before_rank, count(*) FROM puts WHERE before_rank IS NOT NULL GROUP BY 1 ORDER BY 1"
    for rank, changes in frames.execute(puts).fetchall():
        role = next(role for role, of_role in RANKS.items() if of_role == rank)
        held = count(frames, f"existing_enrollments WHERE role = {literal(role)}")
        if threshold.is_exceeded(changes, held):
            frames.execute("INSERT INTO held_ranks VALUES ($rank)", {"rank": rank})
            holds.append(Hold("guard.role", Kind.ENROLLMENTS, Action.UPDATE, role.value, changes, held))
    return holds


def _hold_school_changes(frames: Frames, threshold: Threshold) -> list[Hold]:
    """Hold people's change of school where too many leave one school at once: an org that the feed lost."""
    is_same = "(before.school_key, school_key) IN (SELECT (old_key, new_key) FROM renumbered_schools)"
    moved = f"action = 'update' AND before.school_key IS DISTINCT FROM school_key AND ({is_same}) IS NOT TRUE"
    left = f"SELECT before.school_key, count(*) FROM changes_users WHERE {moved} GROUP BY 1 ORDER BY 1"
    holds = []
    for school, changes in frames.execute(left).fetchall():
        held = count(frames, f"existing_users WHERE school_key = {literal(school)}") if school is not None else 0
        if school is not None and threshold.is_exceeded(changes, held):
            frames.execute(
                f"UPDATE changes_users SET hold = 'guard.school' "
                f"WHERE hold IS NULL AND {moved} AND before.school_key = {literal(school)}"
            )
            holds.append(Hold("guard.school", Kind.USERS, Action.UPDATE, school, changes, held))
    return holds
