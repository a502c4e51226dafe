"""Roster sense of enrollments, and the references of enrollments, both from one join.

Enrollments are by far the most records: their classes and users are looked up once, and what the rules need of
both is kept as numbers and truth values (`check_members`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.check.reference_rules import check_reference
from sis_connect.sync.check.roster_rules.query import Query, run

if TYPE_CHECKING:
    from sis_connect.sync.check.ledger import Ledger

_ENROLLMENTS = ENTITIES["enrollments"]

_MEMBERS = """
CREATE OR REPLACE TABLE check_members AS
WITH members AS (
    -- Most people have one org, and comparing two numbers is cheap.
    SELECT "row", sourced_id, role, CASE WHEN len(orgs) = 1 THEN hash(orgs[1]) END AS home,
        CASE WHEN len(orgs) > 1 THEN list_transform(orgs, lambda o: hash(o)) END AS homes
    FROM (SELECT "row", sourced_id, role, org_sourced_ids AS orgs FROM clean_users)),
taught AS (
    SELECT c."row", c.sourced_id, r.school_sourced_id, hash(c.school_sourced_id) AS school, s.first, s.last
    FROM clean_classes c JOIN received_classes r USING ("row") LEFT JOIN check_class_spans s USING ("row"))
SELECT CAST(e."row" AS UINTEGER) AS "row", CAST(c."row" AS UINTEGER) AS class_row,
    CAST(u."row" AS UINTEGER) AS user_row,
    CAST(e.role AS ENUM ('administrator', 'proctor', 'student', 'teacher')) AS role,
    coalesce(e."primary", false) AS is_primary, e.begin_date, e.end_date,
    e.school_sourced_id <> c.school_sourced_id AS is_elsewhere,
    e.begin_date < c.first OR e.end_date > c.last + 1 OR e.begin_date > c.last OR e.end_date < c.first AS is_outside,
    e.end_date < e.begin_date AS is_reversed,
    CASE WHEN u.role IN ('teacher', 'administrator') THEN e.role = 'student'
        WHEN u.role = 'student' THEN e.role IN ('teacher', 'administrator')
        ELSE u.role IN ('parent', 'guardian', 'relative') END AS is_misfit,
    e.role = 'student' AND (u.home <> c.school OR NOT list_contains(u.homes, c.school)) AS is_away
FROM judged_enrollments e
LEFT JOIN taught c ON c.sourced_id = e.class_sourced_id
LEFT JOIN members u ON u.sourced_id = e.user_sourced_id
"""

_NO_MEMBERS = """
CREATE OR REPLACE VIEW memberships AS
SELECT 0::UINTEGER AS "row", 0::UINTEGER AS class_row, 0::UINTEGER AS user_row, 'student' AS role, false AS is_primary,
    NULL::DATE AS begin_date, NULL::DATE AS end_date WHERE false;
CREATE OR REPLACE TABLE repeated_memberships AS SELECT class_row, user_row FROM memberships;
"""

_DOUBTS = (
    Query(
        "roster.enrollment_school_differs",
        """
        SELECT m."row", CAST(NULL AS VARCHAR) AS detail
        FROM check_members m JOIN judged_enrollments e USING ("row")
        WHERE m.is_elsewhere AND e.school_sourced_id IS NOT NULL""",
        "school_sourced_id",
    ),
    Query(
        "roster.enrollment_ends_before_it_begins",
        'SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM check_members WHERE is_reversed',
        "end_date",
    ),
    Query(
        "roster.enrollment_outside_terms",
        'SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM check_members WHERE is_outside AND is_reversed IS NOT TRUE',
        "begin_date",
    ),
    Query(
        "roster.enrollment_role_differs",
        'SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM check_members WHERE is_misfit',
        "role",
    ),
    Query(
        "roster.enrollment_repeated",
        """
        WITH stays AS (
            SELECT m.class_row, m.user_row, m.role, m."row",
                coalesce(m.begin_date, DATE '0001-01-01') AS first, coalesce(m.end_date, DATE '9999-12-31') AS last
            FROM memberships m SEMI JOIN repeated_memberships USING (class_row, user_row))
        SELECT DISTINCT a."row", CAST(NULL AS VARCHAR) AS detail
        FROM stays a JOIN stays b USING (class_row, user_row, role)
        WHERE a."row" <> b."row" AND a.first < b.last AND b.first < a.last""",
        "user_sourced_id",
    ),
)
#: Schools, and departments with the school that they lie in.
_VISITS = Query(
    "roster.student_of_other_school",
    """
    WITH RECURSIVE places AS (
        SELECT sourced_id AS org, sourced_id AS school FROM clean_orgs WHERE type = 'school'
        UNION
        SELECT o.sourced_id, p.school FROM clean_orgs o JOIN places p ON p.org = o.parent_sourced_id),
    away AS (SELECT "row", class_row, user_row FROM memberships WHERE is_away),
    homes AS (
        SELECT DISTINCT h.user_row, p.school
        FROM (
            SELECT "row" AS user_row, unnest(org_sourced_ids) AS org
            FROM clean_users SEMI JOIN away a ON a.user_row = clean_users."row") h
        JOIN places p ON p.org = h.org)
    SELECT a."row", c.school_sourced_id AS detail
    FROM away a JOIN clean_classes c ON c."row" = a.class_row
    SEMI JOIN homes k ON k.user_row = a.user_row
    ANTI JOIN homes h ON h.user_row = a.user_row AND h.school = c.school_sourced_id""",
    "class_sourced_id",
)
_MEASURES = """
-- A class marks one bit of 64. Nearly everybody has as many bits marked as memberships, and so is in no class twice.
CREATE OR REPLACE TABLE check_enrolled AS
SELECT user_row, bit_count(bit_or(1::UBIGINT << (class_row % 64))) < count(*) AS may_repeat
FROM memberships GROUP BY user_row;
CREATE OR REPLACE TABLE repeated_memberships AS
SELECT class_row, user_row FROM memberships SEMI JOIN (FROM check_enrolled WHERE may_repeat) USING (user_row)
GROUP BY class_row, user_row HAVING count(*) > 1;
CREATE OR REPLACE TABLE check_class_sizes AS
SELECT CAST(class_row AS BIGINT) AS "row", count(*) AS members, count_if(role = 'teacher') AS teachers,
    count_if(role = 'student') AS students, count_if(role = 'teacher' AND is_primary) AS primary_teachers
FROM memberships GROUP BY class_row;
"""


def check_references(ledger: Ledger) -> None:
    """Classes, users and schools of enrollments are looked up; what is not found is a finding."""
    if ledger.file(_ENROLLMENTS) is None:
        return
    ledger.frames.execute(_MEMBERS)
    # A school equal to that of a class in use is in use itself.
    misses = {
        "class_sourced_id": "m.class_row IS NULL",
        "user_sourced_id": "m.user_row IS NULL",
        "school_sourced_id": (
            "m.is_elsewhere IS NOT FALSE AND e.school_sourced_id NOT IN (SELECT sourced_id FROM clean_orgs)"
        ),
    }
    for column, is_missed in misses.items():
        dangling = (
            f'SELECT e."row", e.{column} AS target FROM live_enrollments e JOIN check_members m USING ("row") '
            f"WHERE e.{column} <> '' AND {is_missed}"
        )
        check_reference(ledger, _ENROLLMENTS, _ENROLLMENTS.field(column), dangling)


def measure_members(ledger: Ledger) -> bool:
    """`memberships` shows the usable enrollments, and what is counted of them is filled; True when there are any.

    `repeated_memberships` has the classes and users with more than one enrollment of the one in the other.
    """
    if ledger.file(_ENROLLMENTS) is None:
        ledger.frames.execute(_NO_MEMBERS)
        return False
    out = ledger.left_out(_ENROLLMENTS)
    usable = f'AND NOT EXISTS (FROM ({out}) x WHERE x."row" = m."row")' if out else ""
    ledger.frames.execute(
        "CREATE OR REPLACE VIEW memberships AS FROM check_members m "
        f"WHERE class_row IS NOT NULL AND user_row IS NOT NULL {usable}"
    )
    ledger.frames.execute(_MEASURES)
    return count(ledger.frames, "check_class_sizes") > 0


def check_doubts(ledger: Ledger) -> None:
    """What a person should look at, once everything is judged."""
    if ledger.file(_ENROLLMENTS) is None:
        return
    run(ledger, _ENROLLMENTS, _DOUBTS)
    if count(ledger.frames, "memberships WHERE is_away"):
        run(ledger, _ENROLLMENTS, (_VISITS,))
