"""Roster sense of courses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.check.roster_rules.query import Query, run

if TYPE_CHECKING:
    from sis_connect.sync.check.ledger import Ledger

_COURSES = ENTITIES["courses"]

_DOUBTS = (
    Query(
        "roster.courses_share_code",
        """
        SELECT "row", count(*) OVER twins || ' courses have it' AS detail
        FROM judged_courses WHERE course_code IS NOT NULL
        WINDOW twins AS (PARTITION BY lower(course_code), org_sourced_id, school_year_sourced_id)
        QUALIFY count(*) OVER twins > 1""",
        "course_code",
    ),
    Query(
        "roster.subject_codes_differ",
        """
        SELECT "row", len(subject_codes) || ' codes, ' || len(subjects) || ' subjects' AS detail
        FROM judged_courses
        WHERE len(subjects) > 0 AND len(subject_codes) > 0 AND len(subjects) <> len(subject_codes)""",
        "subject_codes",
    ),
)
_WITHOUT_CLASSES = Query(
    "roster.courses_without_classes",
    """
    SELECT k."row", CAST(NULL AS VARCHAR) AS detail
    FROM clean_courses k ANTI JOIN clean_classes c ON c.course_sourced_id = k.sourced_id""",
    singles=0,
)


def check_doubts(ledger: Ledger) -> None:
    """What a person should look at, once everything is judged."""
    run(ledger, _COURSES, _DOUBTS)
    if ledger.file(ENTITIES["classes"]) is not None:
        run(ledger, _COURSES, (_WITHOUT_CLASSES,))
