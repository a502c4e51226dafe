"""What others made in the LMS that is the same thing as ours.

Afterwards the session holds `linkable_<kind>` (`key` of ours, `lms_id` of theirs) for every kind but agents and
enrollments. Found by the code that the LMS keeps for outside systems; schools also by the district's own mapping, its
school number or a title that only one building has; terms by their title, which the LMS keeps unique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.frames import Frames


def find_linkable(frames: Frames, school_match: Mapping[str, str]) -> None:
    """Make `linkable_*` from `desired_*`, `existing_*` and `holdings` (see `sync.changes.Holding`)."""
    frames.execute('CREATE OR REPLACE TABLE school_match ("key" VARCHAR, lms_id VARCHAR)')
    if school_match:
        frames.executemany("INSERT INTO school_match VALUES (?, ?)", [list(pair) for pair in school_match.items()])
    for kind in (Kind.SCHOOLS, Kind.TERMS, Kind.USERS, Kind.COURSES, Kind.CLASSES):
        frames.execute(
            f"""
            CREATE OR REPLACE TABLE linkable_{kind} AS
            WITH theirs AS (
                SELECT * FROM holdings
                WHERE kind = '{kind}' AND lms_id NOT IN (
                    SELECT e.lms_id FROM existing_{kind} AS e SEMI JOIN desired_{kind} AS d ON d."key" = e."key"
                    WHERE e.lms_id IS NOT NULL
                )
            ),
            ours AS (SELECT d.* FROM desired_{kind} AS d ANTI JOIN existing_{kind} AS e ON e."key" = d."key")
            {_SCHOOLS if kind is Kind.SCHOOLS else _BY_KEY}
            """
        )


_BY_KEY = (
    'SELECT o."key", min(t.lms_id) AS lms_id FROM ours AS o JOIN theirs AS t ON t."key" = o."key" GROUP BY o."key"'
)

_SCHOOLS = """,
    claims AS (
        SELECT o."key", m.lms_id, 1 AS rank FROM ours AS o JOIN school_match AS m USING ("key")
        UNION ALL
        SELECT o."key", t.lms_id, 2 FROM ours AS o JOIN theirs AS t ON t."key" = o."key"
        UNION ALL
        SELECT o."key", t.lms_id, 3 FROM ours AS o JOIN theirs AS t ON t."key" = o.code WHERE o.code <> ''
        UNION ALL
        SELECT any_value(o."key"), any_value(t.lms_id), 4
        FROM ours AS o JOIN theirs AS t ON lower(t.title) = lower(o.title)
        GROUP BY lower(o.title) HAVING count(*) = 1
    ),
    best AS (SELECT "key", arg_min(lms_id, (rank, lms_id)) AS lms_id, min(rank) AS rank FROM claims GROUP BY "key")
    -- A building is one school's: the better claim has it.
    SELECT arg_min("key", (rank, "key")) AS "key", lms_id FROM best GROUP BY lms_id
"""
