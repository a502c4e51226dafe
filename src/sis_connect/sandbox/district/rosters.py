"""The six roster files of a district, as queries over its frames.

Here: one query a file, with the columns of the file's header. Not here: how the frames come to be (`build`). A bulk
package leaves `status` and `dateLastModified` blank (CSV binding, bulk and delta).
"""

from __future__ import annotations

from sis_connect.sandbox.district.catalogue import GRADES, LEVELS, PERIODS, slots
from sis_connect.sandbox.district.names import named

#: Student numbers count from here; staff numbers begin with a letter.
FIRST_STUDENT_NUMBER = 1_000_000
_COTAUGHT_PER_THOUSAND = 50


def bulk_queries(*, guardians: bool) -> dict[str, str]:
    """SQL for the rows of each roster file, by collection name."""
    return {
        "orgs": _orgs(),
        "academicSessions": _academic_sessions(),
        "courses": _courses(),
        "classes": _classes(),
        "users": _users(guardians=guardians),
        "enrollments": _enrollments(),
    }


def _orgs() -> str:
    """SQL: the rows of `orgs.csv`."""
    return """
        SELECT guid('org', 'district') AS "sourcedId", NULL AS status, NULL AS "dateLastModified",
               district_name() || ' School District' AS name, 'district' AS type, '1000' AS identifier,
               NULL AS "parentSourcedId"
        UNION ALL
        SELECT guid('org', school), NULL, NULL, name, 'school', CAST(1001 + school AS VARCHAR), guid('org', 'district')
        FROM (SELECT * FROM schools SEMI JOIN seats USING (school) ORDER BY school)
    """


def _academic_sessions() -> str:
    """SQL: the rows of `academicSessions.csv`."""
    return """
        SELECT guid('session', key) AS "sourcedId", NULL AS status, NULL AS "dateLastModified", title, type,
               first_day AS "startDate", end_day AS "endDate",
               CASE WHEN parent IS NOT NULL THEN guid('session', parent) END AS "parentSourcedId",
               school_year AS "schoolYear"
        FROM sessions
    """


def _courses() -> str:
    """SQL: the rows of `courses.csv`: what is taught, in the district's name."""
    return """
        SELECT guid('course', code) AS "sourcedId", NULL AS status, NULL AS "dateLastModified",
               guid('session', 'Y') AS "schoolYearSourcedId", title, code AS "courseCode", grades,
               guid('org', 'district') AS "orgSourcedId", subject AS subjects, subject_code AS "subjectCodes"
        FROM (SELECT * FROM catalogue WHERE code IN (SELECT code FROM sections) ORDER BY level, code)
    """


def _classes() -> str:
    """SQL: the rows of `classes.csv`."""
    return """
        SELECT class_guid(s.school, s.slot, s.semester, s.grp) AS "sourcedId",
               NULL AS status, NULL AS "dateLastModified", concat(s.title, ' - Section ', s.number) AS title, s.grades,
               guid('course', s.code) AS "courseSourcedId",
               concat(s.code, '-', lpad(CAST(s.number AS VARCHAR), 2, '0')) AS "classCode",
               CASE WHEN s.period = 'HR' THEN 'homeroom' ELSE 'scheduled' END AS "classType",
               concat('Room ', 100 + d.room) AS location, guid('org', s.school) AS "schoolSourcedId",
               CASE s.semester WHEN 0 THEN concat(guid('session', 'S1'), ',', guid('session', 'S2'))
                    ELSE guid('session', concat('S', s.semester)) END AS "termSourcedIds",
               s.subject AS subjects, s.subject_code AS "subjectCodes", s.period AS periods
        FROM sections s JOIN desks d USING (school, desk, chair)
        ORDER BY s.school, s.grp, s.slot, s.semester
    """


def _users(*, guardians: bool) -> str:
    """SQL: the rows of `users.csv`: staff, then students, then their guardians if wanted."""
    agents = (
        "concat_ws(',', guid('guardian', concat(n, '/1')), CASE WHEN kin_2 THEN guid('guardian', concat(n, '/2')) END)"
    )
    return f"""
        SELECT id AS "sourcedId", NULL AS status, NULL AS "dateLastModified", 'true' AS "enabledUser",
               guid('org', coalesce(CAST(school AS VARCHAR), 'district')) AS "orgSourcedIds", role, username,
               NULL AS "userIds", given AS "givenName", family AS "familyName", middle AS "middleName",
               concat('T', 10000 + number) AS identifier, concat(username, '@', domain()) AS email,
               NULL AS sms, NULL AS phone, NULL AS "agentSourcedIds", NULL AS grades, NULL AS password
        FROM staff
        UNION ALL
        SELECT guid('student', n), NULL, NULL, 'true', guid('org', school), 'student', {student_username("n")},
               concat('{{StateID:', 3000000000 + n * 7 + dice('state', n, 7), '}}'), given, family, middle,
               CAST({FIRST_STUDENT_NUMBER} + n AS VARCHAR), concat({student_username("n")}, '@students.', domain()),
               NULL, NULL, {agents if guardians else "NULL"}, grade_name, NULL
        FROM ({named(_STUDENTS)})
        {_guardians() if guardians else ""}
    """


#: One student in three has one guardian on record, the others two.
_STUDENTS = """
    SELECT *, concat('s', n) AS person, concat('s', n) AS kin, dice('guardians', n, 3) > 0 AS kin_2
    FROM seats JOIN grades USING (grade, level)
"""


def _guardians() -> str:
    people = f"""
        SELECT n, school, unnest(CASE WHEN kin_2 THEN [1, 2] ELSE [1] END) AS which,
               concat_ws('/', 'g', n, which) AS person,
               CASE WHEN dice('other name', concat_ws('/', n, which), 6) = 0 THEN person ELSE concat('s', n) END AS kin
        FROM ({_STUDENTS})
    """
    username = "concat(given_folded, '.', family_folded, '.', n, CASE which WHEN 1 THEN 'a' ELSE 'b' END)"
    return f"""
        UNION ALL
        SELECT guid('guardian', concat(n, '/', which)), NULL, NULL, 'true', guid('org', school), 'guardian', {username},
               NULL, given, family, NULL, NULL, concat({username}, '@families.', domain()), NULL,
               concat('555-', lpad(CAST(dice('phone', person, 10000) AS VARCHAR), 4, '0')), guid('student', n),
               NULL, NULL
        FROM ({named(people)})
    """


def student_username(number: str) -> str:
    """SQL: first letter, family name and number, as in `mgarcia104`."""
    return f"concat(given_folded[1:1], family_folded, {number})"


def _enrollments() -> str:
    """SQL: the rows of `enrollments.csv`: students, then teachers, then co-teachers."""
    # Groups free in the same period are `PERIODS` apart; their students spread over the electives of that period.
    pool = f"((school_groups - 1 - grp % {PERIODS}) // {PERIODS} + 1)"
    turn = f"(grp // {PERIODS} + place + CASE WHEN s.semester = 2 THEN place // {pool} ELSE 0 END)"
    group = f"CASE WHEN s.elective = 1 THEN grp % {PERIODS} + {PERIODS} * ({turn} % {pool}) ELSE grp END"
    teaching = (
        "SELECT *, class_guid(school, slot, semester, grp) AS class_id, guid('org', school) AS school_id FROM sections"
    )
    return f"""
        SELECT guid('enrollment', concat_ws('/', n, s.slot, s.semester)) AS "sourcedId",
               NULL AS status, NULL AS "dateLastModified",
               class_guid(school, s.slot, s.semester, {group}) AS "classSourcedId",
               school_id AS "schoolSourcedId", student_id AS "userSourcedId", 'student' AS role, NULL AS "primary",
               begins(s.semester) AS "beginDate", ends(s.semester) AS "endDate"
        FROM (
            SELECT *, guid('org', school) AS school_id, guid('student', n) AS student_id, unnest({_week()}) AS s
            FROM seats
        )
        UNION ALL
        SELECT guid('enrollment', concat('teacher/', class_id)), NULL, NULL, class_id, school_id,
               teacher_guid(school, desk, chair), 'teacher', 'true', begins(semester), ends(semester)
        FROM ({teaching})
        UNION ALL
        SELECT guid('enrollment', concat('co-teacher/', class_id)), NULL, NULL, class_id, school_id,
               teacher_guid(school, desk, (chair + 1) % chairs), 'teacher', 'false', begins(semester), ends(semester)
        FROM ({teaching}) WHERE chairs > 1 AND dice('co-teacher', class_id, 1000) < {_COTAUGHT_PER_THOUSAND}
    """


def _week() -> str:
    """SQL: the slots of a student's week as a list of structs, from `level` and `grade`."""
    cases = []
    for grade in range(len(GRADES)):
        level = next(n for n, level in enumerate(LEVELS) if level.first_grade <= grade <= level.last_grade)
        week = [
            f"{{'slot': {s.number}, 'semester': {s.semester}, 'elective': {int(s.is_elective)}}}"
            for s in slots()
            if s.level == level and grade <= s.last_grade
        ]
        cases.append(f"WHEN {grade} THEN [{', '.join(week)}]")
    return f"CASE grade {' '.join(cases)} END"
