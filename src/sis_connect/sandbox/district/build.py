"""A seeded district, built as a set of frames: who sits where, what is taught, by whom.

Here: the frames `seats`, `sections`, `desks` and `staff`. Not here: the facts they start from (`facts`), the files they
become (`rosters`), or what changes later (`changes`).

Students are dealt to grades and schools by dice, and grades of a school are parted into groups of up to 30. A group
shares its lessons, one period each, without clashes; electives mix the groups that are free in the same period.
Identifiers follow from what a thing is, never from a counter, so eight million enrollments need no join.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sandbox.district.catalogue import ELECTIVE_FIELDS, GRADES, LARGEST_GROUP, PERIODS
from sis_connect.sandbox.district.names import load_names, named

if TYPE_CHECKING:
    from sis_connect.frames import Frames
    from sis_connect.sandbox.district.size import DistrictSize


def build(frames: Frames, size: DistrictSize) -> None:
    """The session, which has the facts, holds the district."""
    load_names(frames)
    _seat_students(frames, size)
    _plan_sections(frames)
    _staff(frames)


def _seat_students(frames: Frames, size: DistrictSize) -> None:
    frames.execute(f"""
        CREATE TABLE placed AS
        SELECT n, level, grade, first_school + dice('school', n, schools) AS school
        FROM (SELECT range AS n, dice('grade', range, {len(GRADES)}) AS grade FROM range({size.students}))
        JOIN grades USING (grade)
    """)
    # Groups of a school are numbered through its grades; the period of each lesson follows from that number.
    frames.execute(f"""
        CREATE TABLE cells AS
        SELECT school, level, grade, CAST(ceil(count(*) / {LARGEST_GROUP}) AS BIGINT) AS groups,
               CAST(sum(groups) OVER (PARTITION BY school ORDER BY grade) AS BIGINT) - groups AS first_group,
               CAST(sum(groups) OVER (PARTITION BY school) AS BIGINT) AS school_groups
        FROM placed GROUP BY school, level, grade
    """)
    frames.execute("""
        CREATE TABLE seats AS
        WITH ranked AS (
            SELECT *, row_number() OVER (PARTITION BY school, grade ORDER BY n) - 1 AS rank FROM placed
        )
        SELECT n, school, level, grade, first_group + rank % groups AS grp, rank // groups AS place, school_groups
        FROM ranked JOIN cells USING (school, level, grade)
        ORDER BY school, grp, place
    """)


def _plan_sections(frames: Frames) -> None:
    frames.execute(f"""
        CREATE TABLE sections AS
        WITH groups AS (SELECT school, level, grade, first_group + unnest(range(groups)) AS grp FROM cells),
        lessons AS (
            SELECT *, count(*) OVER (PARTITION BY school, slot, semester) AS lessons
            FROM groups JOIN slots USING (level) WHERE grade <= last_grade
        ),
        taught AS (
            SELECT *, CAST(grp * ceil(lessons / groups_per_teacher) AS BIGINT) // lessons AS chair,
                   CAST(ceil(lessons / groups_per_teacher) AS BIGINT) AS chairs
            FROM lessons
        )
        SELECT t.school, t.level, t.slot, t.semester, t.grp, t.desk, t.chair, t.chairs,
               c.code, c.title, c.grades, c.subject, c.subject_code,
               row_number() OVER (PARTITION BY t.school, c.code ORDER BY t.grp) AS number,
               CASE WHEN t.level = 0 AND t.slot = 0 THEN 'HR'
                    ELSE CAST(1 + (t.slot - CAST(t.level = 0 AS BIGINT) + t.grp) % {PERIODS} AS VARCHAR) END AS period
        FROM taught t
        JOIN catalogue c ON c.level = t.level AND c.slot = t.slot AND c.semester = t.semester
            AND c.variant = CASE WHEN t.elective = 1 THEN t.chair % {ELECTIVE_FIELDS} ELSE t.grade END
        ORDER BY t.school, t.grp, t.slot, t.semester
    """)
    frames.execute(
        "CREATE MACRO class_guid(school, slot, semester, grp) AS "
        "guid('class', concat_ws('/', school, slot, semester, grp))"
    )
    frames.execute(
        "CREATE MACRO teacher_guid(school, desk, chair) AS guid('teacher', concat_ws('/', school, desk, chair))"
    )


def _staff(frames: Frames) -> None:
    frames.execute("""
        CREATE TABLE desks AS
        SELECT *, row_number() OVER (PARTITION BY school ORDER BY desk, chair) AS room FROM (
            SELECT DISTINCT school, level, desk, chair FROM sections
        )
    """)
    people = """
        SELECT guid('administrator', 'district') AS id, 'a' AS person, 'a' AS kin,
               'administrator' AS role, NULL AS school, 0 AS room
        UNION ALL
        SELECT guid('administrator', school), concat('p', school), concat('p', school),
               'administrator', school, 0 FROM (SELECT DISTINCT school FROM seats)
        UNION ALL
        SELECT teacher_guid(school, desk, chair), concat_ws('/', 't', school, desk, chair),
               concat_ws('/', 't', school, desk, chair), 'teacher', school, room FROM desks
    """
    frames.execute(f"""
        CREATE TABLE staff AS
        SELECT *, row_number() OVER (ORDER BY school NULLS FIRST, room) AS number,
               row_number() OVER (PARTITION BY given_folded, family_folded ORDER BY school NULLS FIRST, room) AS twin,
               concat(given_folded, '.', family_folded, CASE WHEN twin > 1 THEN twin END) AS username
        FROM ({named(people)})
        ORDER BY school NULLS FIRST, room
    """)
