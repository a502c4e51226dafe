"""Who is in which class.

The largest table by far, so classes and people are told apart by small numbers here: `class_instances.number` and
`desired_users.number`. Keys come back in when a change is written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sis_connect.frames import literal
from sis_connect.sync.desired import Membership

if TYPE_CHECKING:
    from datetime import date

    from sis_connect.frames import Frames
    from sis_connect.sync.shape.rules import DistrictRules, Enrollments

#: Rank of a membership: of several enrollments of one person in one class, the highest counts.
RANKS = {Membership.STUDENT: 1, Membership.TEACHER: 2}


def shape_enrollments(frames: Frames, rules: DistrictRules, as_of: date) -> None:
    """Make `verdict_enrollments` (without `sourced_id`) and `desired_enrollments`.

    `desired_enrollments` holds `class_number`, `user_number`, `rank` (see `RANKS`) and `records`. A person is in a
    class once, whatever number of enrollments says so. Someone who left before the class ended is not in it; when a
    class is over, whoever was there on its last day stays.
    """
    frames.execute("CREATE OR REPLACE TABLE class_spans AS " + _CLASS_SPANS)
    frames.execute(f"CREATE OR REPLACE TABLE verdict_enrollments AS {_verdicts(rules, as_of)}")
    frames.execute(f"CREATE OR REPLACE TABLE desired_enrollments AS {_desired(rules)}")


def _verdicts(rules: DistrictRules, as_of: date) -> str:
    today = f"DATE {literal(as_of.isoformat())}"
    waiting = f"WHEN m.begin_date > {today} THEN 'scope.not_begun'" if rules.enrollments.before_begin == "wait" else ""
    return f"""
        SELECT m."row", m.class_row, p.number AS user_number, CAST({_rank(rules.enrollments)} AS UTINYINT) AS rank,
               r.class_row IS NOT NULL AS is_repeated,
               CASE WHEN c.reason IS NOT NULL THEN 'scope.class'
                    WHEN p.number IS NULL THEN 'scope.user'
                    WHEN {_rank(rules.enrollments)} IS NULL THEN 'scope.enrollment_role'
                    WHEN m.end_date < least({today}, c.end_date) THEN 'scope.ended'
                    {waiting}
                    {_not_primary(rules)}
               END AS reason
        FROM memberships AS m
        JOIN class_spans AS c ON c.class_row = m.class_row
        JOIN people AS p ON p."row" = m.user_row
        LEFT JOIN repeated_memberships AS r ON r.class_row = m.class_row AND r.user_row = m.user_row
    """


def _desired(rules: DistrictRules) -> str:
    if rules.classes.spanning_terms == "per_term":
        return _BY_TERM
    if rules.people.match_by != "sourced_id":
        # Several users may be one person, so anybody may be in a class more than once.
        return _GROUPED.format(which="true")
    return f"{_SINGLE} UNION ALL {_GROUPED.format(which='e.is_repeated')}"


_CLASS_SPANS = """
    SELECT v."row" AS class_row, v.reason, max(i.end_date) AS end_date
    FROM verdict_classes AS v LEFT JOIN class_instances AS i USING ("row")
    GROUP BY ALL
"""

_SINGLE = """
    SELECT i.number AS class_number, e.user_number, e.rank, 1 AS records
    FROM verdict_enrollments AS e JOIN class_instances AS i ON i."row" = e.class_row
    WHERE e.reason IS NULL AND NOT e.is_repeated
"""
_GROUPED = """
    SELECT i.number AS class_number, e.user_number, max(e.rank) AS rank, count(*) AS records
    FROM verdict_enrollments AS e JOIN class_instances AS i ON i."row" = e.class_row
    WHERE e.reason IS NULL AND {which}
    GROUP BY i.number, e.user_number
"""
# Someone is in the sections of those terms that the enrollment touches; where its dates touch none, in the first.
_BY_TERM = """
    WITH touching AS (
        SELECT e."row", i.number AS class_number, i.start_date, e.user_number, e.rank,
               coalesce(m.begin_date <= i.end_date, true) AND coalesce(m.end_date >= i.start_date, true) AS touches
        FROM verdict_enrollments AS e JOIN memberships AS m ON m."row" = e."row"
        JOIN class_instances AS i ON i."row" = e.class_row
        WHERE e.reason IS NULL
    ),
    placed AS (
        SELECT *, row_number() OVER (PARTITION BY "row" ORDER BY touches DESC, start_date, class_number) = 1 AS is_first
        FROM touching
    )
    SELECT class_number, user_number, max(rank) AS rank, count(*) FILTER (is_first) AS records
    FROM placed WHERE touches OR is_first
    GROUP BY class_number, user_number
"""


def _rank(enrollments: Enrollments) -> str:
    memberships = msgspec.structs.asdict(enrollments.roles)
    cases = " ".join(
        f"WHEN {literal(role)} THEN {RANKS[Membership(membership)]}"
        for role, membership in memberships.items()
        if membership != "skip"
    )
    return f"CASE m.role {cases} END" if cases else "NULL"


def _not_primary(rules: DistrictRules) -> str:
    """SQL: a teacher beside the primary one; a class in which nobody is marked primary keeps all its teachers."""
    if rules.classes.co_teachers == "all":
        return ""
    return """
        WHEN m.role = 'teacher' AND NOT m.is_primary AND m.class_row IN (
            SELECT class_row FROM memberships WHERE role = 'teacher' AND is_primary
        ) THEN 'scope.not_primary'
    """
