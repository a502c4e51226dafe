"""The step itself: in which order a snapshot is judged, and what it comes to.

Entities are judged in the order in which they depend on each other, so that what refers to a record that is out
goes with it. Within one: identifiers, types and enumerations of each record, references, roster sense. A record that is
out for one reason is judged by all others, too, so that all that is wrong with it is told at once; but what follows
from a fault is not told as another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.findings import Finding, Severity
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.oneroster.snapshot import Mode
from sis_connect.sync.check.clean import define_clean, define_judged, keep_clean
from sis_connect.sync.check.identifier_rules import check_identifiers
from sis_connect.sync.check.ledger import Ledger
from sis_connect.sync.check.record_rules import check_marks, check_records
from sis_connect.sync.check.reference_rules import check_reference
from sis_connect.sync.check.roster_rules import classes, courses, enrollments, gradebook, orgs, sessions, users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from sis_connect.frames import Frames
    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.snapshot import Snapshot

#: Roster sense that takes records out, or values, before whatever refers to them is judged.
_ERRORS: dict[str, Callable[[Ledger], None]] = {
    "orgs": orgs.check_errors,
    "academicSessions": sessions.check_errors,
    "classes": classes.check_errors,
    "users": users.check_errors,
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one rule was broken."""

    code: str
    severity: Severity
    occurrences: int


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check came to; the findings themselves stand in the table `findings`."""

    #: By code.
    tallies: tuple[Tally, ...]

    def count(self, severity: Severity) -> int:
        """Findings of one severity."""
        return sum(tally.occurrences for tally in self.tallies if tally.severity is severity)


def check(snapshot: Snapshot, frames: Frames, *, strict: bool, as_of: date) -> CheckResult:
    """The session holds what is wrong with a snapshot, and its usable records.

    Afterwards there are, for every entity, present in the package or not, `clean_<table>` (`row`, `line` and every
    column in its type); `memberships`, the usable enrollments by numbers (`row`, `class_row`, `user_row`, `role`,
    `is_primary`, `begin_date`, `end_date`), and `repeated_memberships` (`class_row`, `user_row`); and for the package
    `quarantine` (entity, row, sourced_id, code), `tobedeleted` (entity, row, sourced_id) and `findings`. Every record
    received is in exactly one of clean, quarantine and tobedeleted.
    `as_of` is the day on which terms count as ended or not. Bad data never raises.
    """
    frames.execute(f"SET VARIABLE as_of = DATE '{as_of.isoformat()}'")
    ledger = Ledger(frames, snapshot, strict=strict)
    _check_files(ledger)
    for entity in ENTITIES.values():
        _check_entity(ledger, entity)
    _check_doubts(ledger)
    ledger.close()
    return CheckResult(tally_findings(frames))


def iter_findings(frames: Frames, limit: int | None = None) -> Iterator[Finding]:
    """The findings of the last check in this session: errors first, then by code and place; at most `limit`."""
    found = frames.execute(
        "SELECT code, file, line, column_name, sourced_id, shape, detail, occurrences FROM findings "
        "ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, "
        "code, file, line NULLS LAST, column_name, detail " + ("" if limit is None else f"LIMIT {limit}")
    ).fetchall()
    for code, file, line, column, sourced_id, shape, detail, occurrences in found:
        yield Finding(code, file, line, column, sourced_id, shape, detail, occurrences)


def _check_files(ledger: Ledger) -> None:
    for entity in ENTITIES.values():
        file = ledger.file(entity)
        if file is None:
            if entity.name in ROSTER_ENTITIES:
                ledger.enter_many("roster.entity_absent", entity, 1)
        elif file.is_short:
            ledger.enter_many("roster.no_records", entity, 1)
        elif file.received == 0 and file.mode is not Mode.DELTA:
            ledger.enter_many("roster.empty_file", entity, 1)


def _check_entity(ledger: Ledger, entity: Entity) -> None:
    check_marks(ledger, entity)
    ledger.settle(entity)
    check_identifiers(ledger, entity)
    check_records(ledger, entity)
    if entity.name == "enrollments":
        define_judged(ledger, entity)
        enrollments.check_references(ledger)
    else:
        _check_references(ledger, entity, to_itself=False)
    if entity.name in _ERRORS:
        define_judged(ledger, entity)
        _ERRORS[entity.name](ledger)
        ledger.settle(entity)
        define_clean(ledger, entity)
    _check_references(ledger, entity, to_itself=True)
    ledger.settle(entity)
    keep_clean(ledger, entity)
    if entity.name == "classes":
        classes.measure_spans(ledger)


def _check_references(ledger: Ledger, entity: Entity, *, to_itself: bool) -> None:
    for field in entity.references:
        if (field.refers_to == entity.name) is to_itself:
            check_reference(ledger, entity, field)


def _check_doubts(ledger: Ledger) -> None:
    orgs.check_doubts(ledger)
    sessions.check_doubts(ledger)
    courses.check_doubts(ledger)
    has_members = enrollments.measure_members(ledger)
    classes.check_doubts(ledger, has_members=has_members)
    users.check_doubts(ledger, has_members=has_members)
    enrollments.check_doubts(ledger)
    gradebook.check_doubts(ledger)


def tally_findings(frames: Frames) -> tuple[Tally, ...]:
    """How often each rule was broken, by code, as the table `findings` stands now."""
    found = frames.execute(
        "SELECT code, severity, CAST(sum(occurrences) AS BIGINT) FROM findings GROUP BY ALL ORDER BY code, severity"
    ).fetchall()
    return tuple(Tally(code, Severity(severity), occurrences) for code, severity, occurrences in found)
