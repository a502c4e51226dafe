"""Roster sense of classes: where and when they are taught, and by and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.check.roster_rules.query import Query, run

if TYPE_CHECKING:
    from sis_connect.sync.check.ledger import Ledger

_CLASSES = ENTITIES["classes"]
#: Departments stand a few levels below their school; the limit keeps a broken tree from costing time.
_LEVELS = 32

_DOUBTS = (
    Query(
        "roster.subject_codes_differ",
        """
        SELECT "row", len(subject_codes) || ' codes, ' || len(subjects) || ' subjects' AS detail
        FROM judged_classes
        WHERE len(subjects) > 0 AND len(subject_codes) > 0 AND len(subjects) <> len(subject_codes)""",
        "subject_codes",
    ),
    Query(
        "roster.class_in_ended_term",
        """
        SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM check_class_spans WHERE last < getvariable('as_of')""",
        "term_sourced_ids",
    ),
    Query(
        "roster.course_of_other_school",
        """
        SELECT c."row", k.org_sourced_id AS detail
        FROM judged_classes c JOIN clean_courses k ON k.sourced_id = c.course_sourced_id
        SEMI JOIN (FROM clean_orgs WHERE type = 'school') o ON o.sourced_id = k.org_sourced_id
        WHERE k.org_sourced_id <> c.school_sourced_id""",
        "course_sourced_id",
    ),
)
_MEMBER_DOUBTS = (
    Query(
        "roster.class_without_teacher",
        """
        SELECT c."row", CAST(NULL AS VARCHAR) AS detail
        FROM clean_classes c LEFT JOIN check_class_sizes s ON s."row" = c."row" WHERE coalesce(s.teachers, 0) = 0""",
    ),
    Query(
        "roster.class_without_students",
        """
        SELECT c."row", CAST(NULL AS VARCHAR) AS detail
        FROM clean_classes c LEFT JOIN check_class_sizes s ON s."row" = c."row" WHERE coalesce(s.students, 0) = 0""",
    ),
    # Where a system never says who is primary, the absence says nothing about a class.
    Query(
        "roster.class_without_primary_teacher",
        """
        SELECT "row", teachers || ' teachers' AS detail FROM check_class_sizes
        WHERE teachers > 1 AND primary_teachers = 0 AND (SELECT sum(primary_teachers) FROM check_class_sizes) > 0""",
    ),
    Query(
        "roster.class_with_several_primary_teachers",
        """
        SELECT "row", primary_teachers || ' primary teachers' AS detail
        FROM check_class_sizes WHERE primary_teachers > 1""",
    ),
    Query(
        "roster.class_too_large",
        "SELECT \"row\", members || ' members' AS detail FROM check_class_sizes WHERE members > 1000",
    ),
)


def check_errors(ledger: Ledger) -> None:
    """A class taught in a department belongs to the school above it; one below no school is out."""
    if ledger.file(_CLASSES) is None:
        return
    ledger.frames.execute(
        f"""
        CREATE OR REPLACE TABLE check_misplaced AS
        WITH RECURSIVE climb AS (
            SELECT o.sourced_id AS start, o.sourced_id, o.type, o.parent_sourced_id, 0 AS level
            FROM clean_orgs o SEMI JOIN judged_classes c ON c.school_sourced_id = o.sourced_id WHERE o.type <> 'school'
            UNION ALL
            SELECT c.start, o.sourced_id, o.type, o.parent_sourced_id, c.level + 1
            FROM climb c JOIN clean_orgs o ON o.sourced_id = c.parent_sourced_id
            WHERE c.type <> 'school' AND c.level < {_LEVELS}),
        schools AS (SELECT start, max(sourced_id) FILTER (WHERE type = 'school') AS school FROM climb GROUP BY start)
        SELECT c."row", s.start, s.school FROM judged_classes c JOIN schools s ON s.start = c.school_sourced_id"""
    )
    outside = 'SELECT "row", start AS detail FROM check_misplaced WHERE school IS NULL'
    below = 'SELECT "row", school AS detail FROM check_misplaced WHERE school IS NOT NULL'
    ledger.enter("roster.class_outside_schools", _CLASSES, outside, column="school_sourced_id")
    if ledger.enter("roster.class_in_department", _CLASSES, below, column="school_sourced_id"):
        ledger.mend(_CLASSES, "school_sourced_id", f'SELECT "row", detail AS value FROM ({below})')


def measure_spans(ledger: Ledger) -> None:
    """`check_class_spans` holds row, first and last day of the terms of every class."""
    ledger.frames.execute(
        """
        CREATE OR REPLACE TABLE check_class_spans AS
        SELECT c."row", min(t.start_date) AS first, max(t.end_date) AS last
        FROM (SELECT "row", unnest(term_sourced_ids) AS term FROM judged_classes) c
        JOIN clean_academic_sessions t ON t.sourced_id = c.term GROUP BY c."row\""""
    )


def check_doubts(ledger: Ledger, *, has_members: bool) -> None:
    """What a person should look at, once everything is judged; with members only where the package has any."""
    run(ledger, _CLASSES, _DOUBTS)
    if has_members:
        run(ledger, _CLASSES, _MEMBER_DOUBTS)
    homerooms = count(ledger.frames, "(FROM clean_classes WHERE class_type = 'homeroom')")
    if homerooms:
        ledger.enter_many("roster.homerooms", _CLASSES, homerooms, column="class_type")
