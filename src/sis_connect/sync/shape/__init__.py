"""Step shape: the district's rules turn OneRoster records into what the LMS should hold.

Reads the `clean_*` tables of step check. Afterwards the session holds

- `desired_<kind>` for every kind: the kind's columns and `records`, the number of received records whose fate this
  record decides (the sum over all is the number of records in scope);
- `verdict_<entity>` for every roster entity but enrollments: `row`, `sourced_id` and `reason`, NULL for records in
  scope, else a code of `REASONS`.

Not here: comparing with what the LMS holds (`sync.plan`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.frames import literal
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.sync.shape.classes import shape_classes
from sis_connect.sync.shape.enrollments import shape_enrollments
from sis_connect.sync.shape.people import shape_agents, shape_people
from sis_connect.sync.shape.schools import shape_schools
from sis_connect.sync.shape.terms import active_school_year, shape_sessions, shape_terms

if TYPE_CHECKING:
    from datetime import date

    from sis_connect.frames import Frames
    from sis_connect.sync.shape.rules import DistrictRules

#: Why a record is out of scope, as a person reads it.
REASONS = {
    "scope.deleted": "marked tobedeleted by the SIS",
    "scope.not_used": "of a kind that the roster path does not send to the LMS",
    "scope.not_a_school": "an org that is not a school",
    "scope.school": "of a school that the district leaves out",
    "scope.school_year": "of another school year",
    "scope.term": "of a term that the district leaves out",
    "scope.no_class": "no class in scope uses it",
    "scope.homeroom": "a homeroom, which the district leaves out",
    "scope.role": "a role that the district leaves out",
    "scope.guardian": "a guardian, whom the district leaves out",
    "scope.no_student": "a guardian of no student in scope",
    "scope.disabled": "a disabled account, which the district leaves out",
    "scope.class": "its class is out of scope",
    "scope.user": "its user is out of scope",
    "scope.enrollment_role": "an enrollment role that the district leaves out",
    "scope.not_primary": "a teacher who is not the primary one",
    "scope.ended": "ended before today",
    "scope.not_begun": "begins later",
}


@dataclass(frozen=True, slots=True)
class Shaped:
    """What shaping settled."""

    #: The calendar year in which the active school year ends; None when the SIS names none.
    school_year: int | None
    #: By collection name: records in scope.
    in_scope: dict[str, int]
    #: By collection name and reason: records out of scope.
    out_of_scope: dict[str, dict[str, int]]


def shape(frames: Frames, rules: DistrictRules, as_of: date) -> Shaped:
    """Build what the LMS should hold on `as_of`; see the module for the tables that stand afterwards."""
    school_year = active_school_year(frames, rules.scope, as_of)
    shape_sessions(frames, rules.scope, rules.terms, school_year)
    shape_schools(frames, rules.scope)
    shape_classes(frames, rules, school_year)
    shape_terms(frames, rules.scope)
    shape_people(frames, rules)
    shape_agents(frames, rules.people)
    shape_enrollments(frames, rules, as_of)
    shaped = Shaped(school_year, *_count_verdicts(frames))
    # The largest table by far; who is in which class stands in `desired_enrollments` now.
    frames.execute("DROP TABLE verdict_enrollments")
    return shaped


def _count_verdicts(frames: Frames) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    in_scope: dict[str, int] = {}
    out_of_scope: dict[str, dict[str, int]] = {}
    for name in ROSTER_ENTITIES:
        in_scope[name] = 0
        out_of_scope[name] = {}
        verdicts = f"SELECT reason, count(*) FROM verdict_{ENTITIES[name].table} GROUP BY reason ORDER BY reason"
        for reason, records in frames.execute(verdicts).fetchall():
            if reason is None:
                in_scope[name] = records
            else:
                out_of_scope[name][reason] = records
        deleted = frames.execute(f"SELECT count(*) FROM tobedeleted WHERE entity = {literal(name)}").fetchall()[0][0]
        if deleted:
            out_of_scope[name]["scope.deleted"] = deleted
    return in_scope, out_of_scope
