"""Roster sense of academic sessions.

`endDate` is the first day that no longer belongs (OneRoster data model, academicSession), and many systems send
the last one that does: a difference of one day is never a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.check.roster_rules.query import Query, run
from sis_connect.sync.check.roster_rules.trees import check_cycles

if TYPE_CHECKING:
    from sis_connect.sync.check.ledger import Ledger

_SESSIONS = ENTITIES["academicSessions"]

_ERRORS = (
    Query(
        "roster.session_ends_before_it_begins",
        'SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM judged_academic_sessions WHERE end_date < start_date',
        "end_date",
    ),
)

_BREADTH = "CASE {type} WHEN 'schoolYear' THEN 0 WHEN 'semester' THEN 1 WHEN 'term' THEN 2 ELSE 3 END"
_DOUBTS = (
    Query(
        "roster.session_of_no_days",
        'SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM judged_academic_sessions WHERE end_date = start_date',
        "end_date",
    ),
    Query(
        "roster.session_outside_parent",
        """
        SELECT c."row", p.sourced_id AS detail
        FROM clean_academic_sessions c JOIN clean_academic_sessions p ON p.sourced_id = c.parent_sourced_id
        WHERE c.start_date < p.start_date OR c.end_date > p.end_date + 1""",
        "parent_sourced_id",
    ),
    Query(
        "roster.session_parent_not_broader",
        f"""
        SELECT c."row", c.type || ' below ' || p.type AS detail
        FROM judged_academic_sessions c JOIN clean_academic_sessions p ON p.sourced_id = c.parent_sourced_id
        WHERE {_BREADTH.format(type="c.type")} <= {_BREADTH.format(type="p.type")}""",
        "parent_sourced_id",
    ),
    Query(
        "roster.session_school_year_differs",
        """
        SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM judged_academic_sessions
        WHERE start_date <= end_date AND school_year NOT BETWEEN year(start_date) AND year(end_date) + 1""",
        "school_year",
    ),
    Query(
        "roster.sessions_share_title",
        """
        SELECT "row", count(*) OVER twins || ' sessions have it' AS detail
        FROM judged_academic_sessions WINDOW twins AS (PARTITION BY lower(title), type, school_year)
        QUALIFY count(*) OVER twins > 1""",
        "title",
    ),
    Query(
        "roster.session_without_school_year",
        """
        WITH RECURSIVE placed AS (
            SELECT sourced_id FROM clean_academic_sessions WHERE type = 'schoolYear'
            UNION
            SELECT c.sourced_id FROM clean_academic_sessions c JOIN placed p ON p.sourced_id = c.parent_sourced_id)
        SELECT s."row", CAST(NULL AS VARCHAR) AS detail
        FROM clean_academic_sessions s ANTI JOIN placed p ON p.sourced_id = s.sourced_id""",
        "parent_sourced_id",
    ),
)


def check_errors(ledger: Ledger) -> None:
    """Sessions that cannot be placed in time are out."""
    run(ledger, _SESSIONS, _ERRORS)
    check_cycles(ledger, _SESSIONS, "roster.session_cycle")


def check_doubts(ledger: Ledger) -> None:
    """What a person should look at, once everything is judged."""
    run(ledger, _SESSIONS, _DOUBTS)
    [[sessions, last]] = ledger.frames.execute(
        "SELECT count(*), max(end_date) < getvariable('as_of') FROM clean_academic_sessions"
    ).fetchall()
    if sessions and last:
        ledger.enter_many("roster.all_sessions_ended", _SESSIONS, 1, column="end_date")
