"""Which courses and classes the LMS should hold, and what they are called there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import literal
from sis_connect.sync.shape.titles import title_expression

if TYPE_CHECKING:
    from sis_connect.frames import Frames
    from sis_connect.sync.shape.rules import Classes, Courses, DistrictRules

_PLACEHOLDERS = {
    # Some systems leave the title of a class blank; its course has one.
    "class_title": "coalesce(nullif(trim(c.title), ''), co.title)",
    "class_code": "c.class_code",
    "course_title": "co.title",
    "course_code": "co.course_code",
    "school": "o.name",
    "periods": "array_to_string(c.periods, ', ')",
    "room": "c.location",
    "grades": "array_to_string(c.grades, ', ')",
    "terms": "array_to_string(i.term_keys, ', ')",
    "teachers": "t.names",
}


def shape_classes(frames: Frames, rules: DistrictRules, school_year: int | None) -> None:
    """Make `verdict_classes`, `verdict_courses`, `class_instances`, `desired_courses` and `desired_classes`.

    `class_instances` has the row of each class in scope with the number and key of every section that it becomes;
    `is_first` marks the one that decides the record's fate.
    """
    _judge_classes(frames, rules.classes, school_year)
    _make_instances(frames, rules.classes)
    _shape_courses(frames, rules.courses)
    _name_classes(frames, rules.classes)


def _judge_classes(frames: Frames, classes: Classes, school_year: int | None) -> None:
    # Thousands of classes have the very same terms: each list of terms is looked up once.
    frames.execute(
        """
        CREATE OR REPLACE TABLE named_terms AS
        SELECT terms, unnest(terms) AS term FROM (SELECT DISTINCT term_sourced_ids AS terms FROM clean_classes)
        """
    )
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE verdict_classes AS
        WITH in_session AS (
            SELECT DISTINCT n.terms FROM named_terms AS n JOIN sessions AS s ON s.sourced_id = n.term
        ),
        in_year AS (
            SELECT DISTINCT n.terms FROM named_terms AS n JOIN clean_academic_sessions AS s ON s.sourced_id = n.term
            WHERE {f"s.school_year = {school_year}" if school_year else "true"}
        )
        SELECT c."row", c.sourced_id,
               CASE WHEN v.reason IS NOT NULL OR v.sourced_id IS NULL THEN 'scope.school'
                    WHEN i.terms IS NULL AND y.terms IS NOT NULL THEN 'scope.term'
                    WHEN i.terms IS NULL THEN 'scope.school_year'
                    WHEN c.class_type = 'homeroom' AND {literal(classes.homerooms)} = 'skip' THEN 'scope.homeroom'
               END AS reason
        FROM clean_classes AS c
        LEFT JOIN verdict_orgs AS v ON v.sourced_id = c.school_sourced_id
        LEFT JOIN in_session AS i ON i.terms = c.term_sourced_ids
        LEFT JOIN in_year AS y ON y.terms = c.term_sourced_ids
        """
    )


def _make_instances(frames: Frames, classes: Classes) -> None:
    frames.execute(
        """
        CREATE OR REPLACE TABLE taught_terms AS
        SELECT n.terms, s."key" AS term_key, min(s.sourced_id) AS session,
               min(s.start_date) AS start_date, max(s.end_date) AS end_date
        FROM named_terms AS n JOIN sessions AS s ON s.sourced_id = n.term
        GROUP BY n.terms, s."key"
        """
    )
    instances = _ONE_PER_TERM if classes.spanning_terms == "per_term" else _ONE_FOR_ALL_TERMS
    frames.execute(f"CREATE OR REPLACE TABLE class_instances AS {instances}")


_TAUGHT = """
    SELECT c."row", c.sourced_id, c.term_sourced_ids AS terms
    FROM clean_classes AS c JOIN verdict_classes AS v ON v."row" = c."row" WHERE v.reason IS NULL
"""
_ONE_FOR_ALL_TERMS = f"""
    WITH spans AS (
        SELECT terms, list(term_key ORDER BY start_date, term_key) AS term_keys,
               min(start_date) AS start_date, max(end_date) AS end_date
        FROM taught_terms GROUP BY terms
    )
    SELECT CAST(c."row" AS INTEGER) AS number, c."row", c.sourced_id, c.sourced_id AS "key", s.term_keys,
           s.start_date, s.end_date, true AS is_first
    FROM ({_TAUGHT}) AS c JOIN spans AS s ON s.terms = c.terms
"""
# A class in one term keeps its own id; one of several sections needs its term in the id as well.
_ONE_PER_TERM = f"""
    SELECT CAST(row_number() OVER () AS INTEGER) AS number, c."row", c.sourced_id,
           CASE WHEN count(*) OVER of_class = 1 THEN c.sourced_id ELSE c.sourced_id || '@' || t.session END AS "key",
           [t.term_key] AS term_keys, t.start_date, t.end_date,
           row_number() OVER (PARTITION BY c."row" ORDER BY t.start_date, t.term_key) = 1 AS is_first
    FROM ({_TAUGHT}) AS c JOIN taught_terms AS t ON t.terms = c.terms
    WINDOW of_class AS (PARTITION BY c."row")
"""


def _shape_courses(frames: Frames, courses: Courses) -> None:
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE course_instances AS
        WITH taught AS (
            SELECT DISTINCT co."row", co.sourced_id, co.title,
                   CASE WHEN {literal(courses.one_per)} = 'school' THEN c.school_sourced_id
                        WHEN v.reason IS NULL THEN v.sourced_id END AS school_key,
                   CASE WHEN {literal(courses.one_per)} = 'school'
                             AND co.org_sourced_id IS DISTINCT FROM c.school_sourced_id
                        THEN co.sourced_id || '@' || c.school_sourced_id ELSE co.sourced_id END AS "key",
                   c.school_sourced_id AS taught_at
            FROM clean_classes AS c
            JOIN verdict_classes AS cv ON cv."row" = c."row" AND cv.reason IS NULL
            JOIN clean_courses AS co ON co.sourced_id = c.course_sourced_id
            LEFT JOIN verdict_orgs AS v ON v.sourced_id = co.org_sourced_id
        )
        SELECT *, row_number() OVER (PARTITION BY "row" ORDER BY "key", taught_at) = 1 AS is_first FROM taught
        """
    )
    frames.execute(
        """
        CREATE OR REPLACE TABLE desired_courses AS
        SELECT "key", any_value(title) AS title, "key" AS code, any_value(school_key) AS school_key,
               count(*) FILTER (is_first) AS records
        FROM course_instances GROUP BY "key"
        """
    )
    frames.execute(
        """
        CREATE OR REPLACE TABLE verdict_courses AS
        SELECT c."row", c.sourced_id, CASE WHEN i."row" IS NULL THEN 'scope.no_class' END AS reason
        FROM clean_courses AS c LEFT JOIN (SELECT DISTINCT "row" FROM course_instances) AS i ON i."row" = c."row"
        """
    )


def _name_classes(frames: Frames, classes: Classes) -> None:
    title = title_expression(classes.title, _PLACEHOLDERS, setting="classes.title")
    teachers = _TEACHERS if "{teachers}" in classes.title else _NO_TEACHERS
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE desired_classes AS
        WITH teachers AS ({teachers})
        SELECT i.number, i."key", coalesce(nullif({title}, ''), c.title, co.title) AS title, ci."key" AS course_key,
               co.title AS course_title, ci."key" AS course_code, c.school_sourced_id AS school_key, i.term_keys,
               c.location, CASE WHEN i.is_first THEN 1 ELSE 0 END AS records
        FROM class_instances AS i
        JOIN clean_classes AS c ON c."row" = i."row"
        JOIN clean_courses AS co ON co.sourced_id = c.course_sourced_id
        JOIN course_instances AS ci ON ci."row" = co."row" AND ci.taught_at = c.school_sourced_id
        JOIN clean_orgs AS o ON o.sourced_id = c.school_sourced_id
        LEFT JOIN teachers AS t ON t.class_sourced_id = c.sourced_id
        """
    )


_TEACHERS = """
    SELECT e.class_sourced_id, string_agg(DISTINCT u.family_name, ', ' ORDER BY u.family_name) AS names
    FROM clean_enrollments AS e JOIN clean_users AS u ON u.sourced_id = e.user_sourced_id
    WHERE e.role = 'teacher' GROUP BY e.class_sourced_id
"""
_NO_TEACHERS = "SELECT NULL::VARCHAR AS class_sourced_id, NULL::VARCHAR AS names WHERE false"
