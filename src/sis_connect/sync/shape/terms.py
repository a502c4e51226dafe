"""The active school year, and which academic sessions become terms of the LMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sync.shape.titles import title_expression

if TYPE_CHECKING:
    from datetime import date

    from sis_connect.frames import Frames
    from sis_connect.sync.shape.rules import Scope, Terms

#: `2026-27`, or empty when the title names one of the two years itself.
_YEAR_LABEL = (
    "CASE WHEN contains(title, CAST(school_year AS VARCHAR)) OR contains(title, CAST(school_year - 1 AS VARCHAR)) "
    "THEN '' ELSE printf('%d-%02d', school_year - 1, school_year % 100) END"
)


def active_school_year(frames: Frames, scope: Scope, as_of: date) -> int | None:
    """The year the district chose, else the first one not ended on `as_of`, else the last; None if none is named."""
    if scope.school_year != "auto":
        return scope.school_year
    row = frames.execute(
        """
        SELECT coalesce(min(school_year) FILTER (last_day >= $as_of), max(school_year))
        FROM (SELECT school_year, max(end_date) AS last_day FROM clean_academic_sessions
              WHERE school_year IS NOT NULL GROUP BY school_year)
        """,
        {"as_of": as_of},
    ).fetchone()
    return row[0] if row else None


def shape_sessions(frames: Frames, scope: Scope, terms: Terms, school_year: int | None) -> None:
    """Make `sessions`: each session of the active year with the key of the term that it would be.

    Sessions with one title and the same dates are one term. One title with different dates is told apart by the
    dates, because the LMS wants titles unique.
    """
    title = title_expression(
        terms.title,
        {"title": "title", "school_year": _YEAR_LABEL, "type": '"type"'},
        setting="terms.title",
    )
    days = 1 if terms.end_date == "day_after" else 0
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE sessions AS
        WITH titled AS (
            SELECT "row", sourced_id, {title} AS title, start_date, greatest(end_date - {days}, start_date) AS end_date
            FROM clean_academic_sessions
            WHERE ($year IS NULL OR school_year = $year)
              AND (len($terms) = 0 OR list_contains($terms, sourced_id))
        ),
        counted AS (
            SELECT title, count(DISTINCT (start_date, end_date)) > 1 AS is_ambiguous FROM titled GROUP BY title
        )
        SELECT "row", sourced_id, start_date, end_date,
               title || CASE WHEN is_ambiguous THEN ' (' || start_date || ' to ' || end_date || ')' ELSE '' END AS "key"
        FROM titled JOIN counted USING (title)
        """,
        {"year": school_year, "terms": list(scope.terms)},
    )


def shape_terms(frames: Frames, scope: Scope) -> None:
    """Make `verdict_academic_sessions` and `desired_terms` from the sessions that classes in scope use."""
    frames.execute(
        """
        CREATE OR REPLACE TABLE verdict_academic_sessions AS
        WITH used AS (SELECT DISTINCT unnest(term_keys) AS "key" FROM desired_classes)
        SELECT c."row", c.sourced_id,
               CASE WHEN s.sourced_id IS NULL AND len($terms) > 0 AND NOT list_contains($terms, c.sourced_id)
                    THEN 'scope.term'
                    WHEN s.sourced_id IS NULL THEN 'scope.school_year'
                    WHEN u."key" IS NULL THEN 'scope.no_class' END AS reason
        FROM clean_academic_sessions AS c
        LEFT JOIN sessions AS s ON s."row" = c."row"
        LEFT JOIN used AS u ON u."key" = s."key"
        """,
        {"terms": list(scope.terms)},
    )
    frames.execute(
        """
        CREATE OR REPLACE TABLE desired_terms AS
        SELECT s."key", s."key" AS title, any_value(s.start_date) AS start_date, any_value(s.end_date) AS end_date,
               count(*) AS records
        FROM sessions AS s JOIN verdict_academic_sessions AS v ON v."row" = s."row"
        WHERE v.reason IS NULL
        GROUP BY s."key"
        """
    )
