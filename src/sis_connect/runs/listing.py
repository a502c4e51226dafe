"""A sealed plan as people read it: what is held and why, and the people and classes behind the counts.

Here: what is listed, in which order. Nothing is written. Not here: names for keys (`naming`), how any of it looks (the
faces), what holds a change (`sync.plan`).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from sis_connect.frames import identifiers, literal
from sis_connect.runs.naming import named, names_of, titles_of
from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Kind, columns, compared_columns, key_columns
from sis_connect.sync.plan.approval import APPROVABLE, Approval
from sis_connect.sync.plan.guard import CAUSES
from sis_connect.sync.plan.sealing import changes_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.report import RefusedChange
    from sis_connect.runs.runner import Runner
    from sis_connect.sync.plan.guard import Hold
    from sis_connect.sync.plan.plan import Plan

#: In the order in which a person should look: what is taken away first.
_ORDER = (Action.REMOVE, Action.UPDATE, Action.CREATE, Action.LINK, Action.RELEASE)


class Difference(msgspec.Struct, frozen=True):
    """One value that an update changes."""

    #: Which value.
    column: str
    #: As the LMS holds it.
    before: str
    #: As the SIS has it.
    after: str


class ListedChange(msgspec.Struct, frozen=True):
    """One change with names in place of keys."""

    #: Kind of the record.
    kind: Kind
    #: What is done.
    action: Action
    #: Why it waits; None when nothing holds it.
    hold: str | None
    #: A person's name, or the title of a school, term, course or class.
    title: str
    #: Where: the class of an enrollment, the student of an agent, the school of the rest; may be empty.
    within: str
    #: For people and enrollments, else null.
    role: str | None
    #: The sourcedId of its school, as `--school` takes it; may be null.
    school: str | None
    #: What an update changes; empty for other actions.
    differences: tuple[Difference, ...]


class HeldPlace(msgspec.Struct, frozen=True):
    """One threshold that was exceeded, and where."""

    #: Name of the school, class or role; empty for the district. For `refused.before`, the code of the refusal.
    name: str
    #: How many changes.
    changes: int
    #: What SIS Connect holds there; 0 where the cause is not a share.
    held: int
    #: The share.
    percent: float


class HeldGroup(msgspec.Struct, frozen=True):
    """Changes of one kind and action that wait for one cause."""

    #: Permanent; `docs/findings.md` lists all.
    cause: str
    #: Why, in words.
    explanation: str
    #: Kind of the records.
    kind: Kind
    #: What would be done.
    action: Action
    #: How many.
    changes: int
    #: True when a person may let them through; the others go away with their cause.
    is_approvable: bool
    #: What the guard lets through, in words; empty for causes without a threshold.
    allowed: str
    #: Where a threshold was exceeded, or why the LMS refused; empty for other causes.
    places: tuple[HeldPlace, ...]


@dataclass(frozen=True, slots=True)
class PlanListing:
    """A plan opened for reading; made by `open_listing`."""

    frames: Frames
    runner: Runner
    plan: Plan

    def held(self, approvals: Collection[Approval] = ()) -> tuple[HeldGroup, ...]:
        """What waits, approvable causes first; what the approvals lift is left out."""
        groups: list[HeldGroup] = []
        for kind in Kind:
            lifted = [f"({condition})" for one in approvals if (condition := one.condition(kind))]
            groups += self._groups(kind, f"NOT ({' OR '.join(lifted) or 'false'})")
        return tuple(sorted(groups, key=lambda group: (not group.is_approvable, list(CAUSES).index(group.cause))))

    def lifted(self, approval: Approval, earlier: Collection[Approval]) -> tuple[HeldGroup, ...]:
        """What an approval would let through and none before it did."""
        groups: list[HeldGroup] = []
        for kind in Kind:
            condition = approval.condition(kind)
            known = [f"({one})" for before in earlier if (one := before.condition(kind))]
            if condition:
                groups += self._groups(kind, f"{condition} AND NOT ({' OR '.join(known) or 'false'})")
        return tuple(groups)

    def changes(self, kinds: Collection[Kind], *, school: str | None = None, limit: int) -> Iterator[ListedChange]:
        """At most `limit` changes of each kind: held ones first, then removals, then the rest."""
        schools = self._school_titles()
        for kind in kinds:
            yield from self._listed(kind, school, limit, schools)

    def titles_of(self, refused: Iterable[RefusedChange]) -> dict[tuple[str, str], str]:
        """What a person calls refused changes, by kind and key; those that nothing is known of are left out."""
        return titles_of(self.frames, self._folder, refused)

    def schools(self) -> dict[str, str]:
        """Titles of the schools the plan touches, by the key that `--school` takes."""
        titles = self._school_titles()
        keys = " UNION ".join(f"SELECT at_school FROM {self._rows(kind)}" for kind in Kind)
        found = self.frames.execute(f"SELECT at_school FROM ({keys}) WHERE at_school IS NOT NULL").fetchall()
        return {key: titles.get(key, key) for (key,) in found}

    def _groups(self, kind: Kind, condition: str) -> Iterator[HeldGroup]:
        rows = self.frames.execute(
            f"SELECT hold, action, count(*) FROM {self._rows(kind)} WHERE hold IS NOT NULL AND ({condition}) "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        for cause, action, changes in rows:
            places = [
                hold
                for hold in self.plan.holds
                if (hold.cause, hold.kind, hold.action) == (cause, kind, action) and (hold.held or hold.subject)
            ]
            yield HeldGroup(
                cause,
                CAUSES.get(cause, cause),
                kind,
                Action(action),
                changes,
                cause in APPROVABLE,
                self._allowed(cause, kind),
                tuple(self._place(hold) for hold in places),
            )

    def _allowed(self, cause: str, kind: Kind) -> str:
        threshold = self.runner.settings.guard.of_cause(cause, kind)
        if threshold is None:
            return ""
        fewer = f", or fewer than {threshold.at_least}" if threshold.at_least > 1 else ""
        most = f"; never more than {threshold.at_most:,}" if threshold.at_most else ""
        return f"up to {threshold.percent:g} %{fewer}{most}"

    def _place(self, hold: Hold) -> HeldPlace:
        name = hold.subject
        if hold.cause == "guard.school":
            name = self._school_titles().get(name, name)
        elif hold.cause == "guard.class":
            found = self.frames.execute(
                f'SELECT name FROM ({names_of(self._folder, Kind.CLASSES)}) WHERE "key" = $key', {"key": name}
            ).fetchone()
            name = found[0] if found else name
        return HeldPlace(name, hold.changes, hold.held, round(hold.percent, 1))

    def _listed(self, kind: Kind, school: str | None, limit: int, schools: dict[str, str]) -> Iterator[ListedChange]:
        rank = " ".join(f"WHEN '{action}' THEN {place}" for place, action in enumerate(_ORDER))
        within = "" if school is None else f"WHERE at_school = {literal(school)}"
        compared = (*key_columns(kind), *compared_columns(kind))
        rows = self.frames.execute(
            f"""
            WITH chosen AS (
                SELECT * FROM {self._rows(kind)} {within}
                ORDER BY hold IS NULL, CASE action {rank} END, {_SORTED_BY[kind]} LIMIT {limit}
            ), named AS ({named(self._folder, kind, "FROM chosen")})
            SELECT action, hold, at_school, shown, inside, shown_role, before, {identifiers(columns(kind))}
            FROM named ORDER BY hold IS NULL, CASE action {rank} END, inside, shown
            """
        ).fetchall()
        for action, hold, at_school, shown, inside, role, before, *values in rows:
            record = dict(zip(columns(kind), values, strict=True))
            is_update = action == Action.UPDATE and before is not None
            yield ListedChange(
                kind,
                Action(action),
                hold,
                str(shown),
                schools.get(inside, inside) if inside else "",
                role,
                at_school,
                tuple(_differences(compared, before, record, schools)) if is_update else (),
            )

    def _school_titles(self) -> dict[str, str]:
        return dict(self.frames.execute(names_of(self._folder, Kind.SCHOOLS)).fetchall())

    @property
    def _folder(self) -> Path:
        return self.runner.plan_folder(self.plan)

    def _rows(self, kind: Kind) -> str:
        return f"({changes_of(self._folder, kind)})"


@contextmanager
def open_listing(runner: Runner, plan: Plan) -> Iterator[PlanListing]:
    """The plan opened for reading; StoreError when another process holds the data folder."""
    with runner.at_work() as frames:
        runner.existing.lay_out(frames, runner.ledger.existing)
        yield PlanListing(frames, runner, plan)


def group_of_hold(hold: Hold) -> HeldGroup:
    """A hold as far as it explains itself, with the key of its place for a name."""
    place = HeldPlace(hold.subject, hold.changes, hold.held, round(hold.percent, 1))
    places = (place,) if hold.held or hold.subject else ()
    explanation, can = CAUSES.get(hold.cause, hold.cause), hold.cause in APPROVABLE
    return HeldGroup(hold.cause, explanation, hold.kind, hold.action, hold.changes, can, "", places)


_SORTED_BY = {
    Kind.SCHOOLS: "title",
    Kind.TERMS: "title",
    Kind.USERS: "school_key, family_name, given_name",
    Kind.AGENTS: "student_key, agent_key",
    Kind.COURSES: "title, school_key",
    Kind.CLASSES: "title, school_key",
    Kind.ENROLLMENTS: "class_key, user_key",
}


def _differences(
    compared: Collection[str], before: dict[str, Any], after: dict[str, Any], schools: dict[str, str]
) -> Iterator[Difference]:
    for column in compared:
        if before[column] != after[column]:
            yield Difference(column, _text(before[column], schools), _text(after[column], schools))


def _text(value: object, schools: dict[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_text(one, schools) for one in value)
    return schools.get(str(value), str(value))
