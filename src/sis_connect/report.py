"""The report of a run: what became of every record received, and of every change.

Here: the report as a value, and its sums. Not here: how it is shown (the faces), how it is kept (`store`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.guard import Hold
from sis_connect.sync.plan.origin import OriginChange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.sync.plan.plan import Plan, Received

#: Which entity's records a kind of the LMS comes from.
ENTITY_OF = {
    Kind.SCHOOLS: "orgs",
    Kind.TERMS: "academicSessions",
    Kind.USERS: "users",
    Kind.COURSES: "courses",
    Kind.CLASSES: "classes",
    Kind.ENROLLMENTS: "enrollments",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the changes of one kind and action, in changes and in the received records they decide."""

    kind: Kind
    action: str
    #: `applied`, `held` or `refused`.
    state: str
    changes: int
    records: int


class RecordCounts(msgspec.Struct, frozen=True):
    """The fate of the records of one entity. The five add up to what was received."""

    entity: str
    received: int
    applied: int
    unchanged: int
    held: int
    quarantined: int
    out_of_scope: int
    #: The reasons of the last, by code.
    out_of_scope_reasons: dict[str, int]

    @property
    def adds_up(self) -> bool:
        """True when no record is unaccounted for."""
        parts = (self.applied, self.unchanged, self.held, self.quarantined, self.out_of_scope)
        return sum(parts) == self.received and min(parts) >= 0


class ChangeCounts(msgspec.Struct, frozen=True):
    """The fate of the changes of one kind and action."""

    kind: Kind
    action: Action
    planned: int
    applied: int
    held: int
    refused: int


class RefusedChange(msgspec.Struct, frozen=True):
    """One change that the LMS refused."""

    kind: Kind
    #: Its key; for an enrollment the class's and the user's.
    key: str
    code: str
    message: str


class Report(msgspec.Struct, frozen=True):
    """One run, in figures and in the cases that need a person."""

    run: str
    plan: str
    as_of: date
    started_at: datetime
    ended_at: datetime
    records: tuple[RecordCounts, ...]
    changes: tuple[ChangeCounts, ...]
    holds: tuple[Hold, ...]
    refused: tuple[RefusedChange, ...]
    #: Findings by code: (severity, occurrences).
    findings: dict[str, tuple[str, int]]
    #: Keys of the district's settings that differ from those of the plan applied before.
    changed_settings: tuple[str, ...] = ()
    #: Where its roster comes from, in words.
    origin: str = ""
    #: How that differs from where the roster applied before came from; None when it does not.
    origin_change: OriginChange | None = None

    @property
    def needs_a_person(self) -> bool:
        """True when something is held or refused."""
        return any(counts.held or counts.refused for counts in self.changes)


def count_records(received: Iterable[Received], settled: Iterable[Settled]) -> tuple[RecordCounts, ...]:
    """The five counts of each entity. A change decides the records behind it; without one they are unchanged.

    A refused change holds its records.
    """
    by_entity: dict[str, dict[str, int]] = {}
    for fate in settled:
        entity = ENTITY_OF.get(fate.kind)
        if entity is not None:
            fates = by_entity.setdefault(entity, {"applied": 0, "held": 0})
            fates["applied" if fate.state == "applied" else "held"] += fate.records
    counts = []
    for one in received:
        fates = by_entity.get(one.entity, {"applied": 0, "held": 0})
        counts.append(
            RecordCounts(
                entity=one.entity,
                received=one.received,
                applied=fates["applied"],
                unchanged=one.in_scope - fates["applied"] - fates["held"],
                held=fates["held"],
                quarantined=one.quarantined,
                out_of_scope=sum(one.out_of_scope.values()),
                out_of_scope_reasons=one.out_of_scope,
            )
        )
    return tuple(counts)


def count_changes(plan: Plan, settled: Iterable[Settled]) -> tuple[ChangeCounts, ...]:
    """What became of the planned changes, by kind and action."""
    states: dict[tuple[Kind, str], dict[str, int]] = {}
    for one in settled:
        states.setdefault((one.kind, one.action), {})[one.state] = one.changes
    return tuple(
        ChangeCounts(
            kind=planned.kind,
            action=planned.action,
            planned=planned.changes,
            applied=states.get((planned.kind, planned.action), {}).get("applied", 0),
            held=states.get((planned.kind, planned.action), {}).get("held", 0),
            refused=states.get((planned.kind, planned.action), {}).get("refused", 0),
        )
        for planned in plan.counts
    )
