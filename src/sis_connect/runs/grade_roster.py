"""From the roster that was applied last to what the grades path needs of it, one school at a time.

A grade goes to whom the SIS knows, so classes, students and teachers are read from the sealed roster by the same check
and shape as a roster run's; the LMS's own ids come from what the LMS is known to hold. One school is in memory at a
time: the largest districts have eight million enrollments. Not here: anything about grades.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sis_connect.errors import PlanError
from sis_connect.frames import fetch_scalar, literal
from sis_connect.grades.roster import Class, Roster, Session
from sis_connect.runs.judging import judge
from sis_connect.store.existing import NOTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from sis_connect.frames import Frames
    from sis_connect.runs.runner import Runner
    from sis_connect.sync.shape.rules import DistrictRules

_CLASSES = """
    CREATE OR REPLACE TABLE grade_classes AS
    SELECT i.number, i."key", i.sourced_id, c.title, x.lms_id, c.course_sourced_id, c.school_sourced_id, c.grades,
           s.sessions, s.end_date
    FROM class_instances AS i
    JOIN clean_classes AS c ON c."row" = i."row"
    JOIN existing_classes AS x ON x."key" = i."key"
    JOIN grade_sessions_of AS s ON s.number = i.number
    WHERE x.lms_id IS NOT NULL
"""
# The sessions of a class are its terms and whatever lies below them: grading periods refer to their term as parent.
# A section for one term of a class has the sessions of that term.
_SESSIONS = """
    CREATE OR REPLACE TABLE grade_sessions AS
    SELECT sourced_id, title, "type", start_date, greatest(end_date - {days}, start_date) AS end_date,
           parent_sourced_id
    FROM clean_academic_sessions
"""
_SESSIONS_OF = """
    CREATE OR REPLACE TABLE grade_sessions_of AS
    WITH RECURSIVE below AS (
        SELECT DISTINCT i.number, t.session AS sourced_id
        FROM class_instances AS i
        JOIN (SELECT "row", unnest(term_sourced_ids) AS session FROM clean_classes) AS t ON t."row" = i."row"
        JOIN sessions AS s ON s.sourced_id = t.session AND list_contains(i.term_keys, s."key")
        UNION
        SELECT b.number, g.sourced_id FROM below AS b JOIN grade_sessions AS g ON g.parent_sourced_id = b.sourced_id
    )
    SELECT b.number, list(b.sourced_id ORDER BY g.start_date, b.sourced_id) AS sessions, max(g.end_date) AS end_date
    FROM below AS b JOIN grade_sessions AS g ON g.sourced_id = b.sourced_id
    GROUP BY b.number
"""
# Who left before the class ended is not in it; when it is over, whoever was there on its last day stays.
_MEMBERS = """
    CREATE OR REPLACE TABLE grade_members AS
    SELECT DISTINCT g.number, e.user_sourced_id, e.role
    FROM grade_classes AS g JOIN clean_enrollments AS e ON e.class_sourced_id = g.sourced_id
    WHERE e.role IN ('student', 'teacher')
      AND (e.end_date IS NULL OR e.end_date >= least(DATE {today}, g.end_date))
"""
_ACCOUNTS = """
    CREATE OR REPLACE TABLE grade_accounts AS
    SELECT x.lms_id, p.sourced_id
    FROM existing_users AS x
    JOIN desired_users AS d ON d."key" = x."key"
    JOIN people AS p ON p.number = d.number
    JOIN clean_users AS u ON u."row" = p."row" AND u.role = 'student'
    WHERE x.lms_id IS NOT NULL
"""


class GradeRosters:
    """The rosters of one district's schools, laid out in a session."""

    def __init__(self, runner: Runner, frames: Frames, as_of: date) -> None:
        """Tables for the roster that was applied last; PlanError while none was, StoreError for damaged files."""
        digest, existing = runner.ledger.snapshot, runner.ledger.existing
        snapshot = runner.snapshots.find(digest) if digest else None
        if snapshot is None or existing == NOTHING:
            raise PlanError(
                "No roster has come to Schoology from this folder yet, so nobody knows whose a grade is.",
                where=str(runner.folder.root),
                fix="Bring the rosters over first with `sis-connect sync`.",
            )
        self._frames = frames
        judge(frames, snapshot, runner.settings.rules, strict=runner.settings.strict, as_of=as_of)
        runner.existing.lay_out(frames, existing)
        self._lay_out(runner.settings.rules, as_of)

    def schools(self) -> list[str]:
        """The sourcedIds of the schools that have classes in the LMS."""
        rows = self._frames.execute("SELECT DISTINCT school_sourced_id FROM grade_classes ORDER BY 1").fetchall()
        return [school for (school,) in rows]

    def school_of(self, class_key: str) -> str | None:
        """The school of a class, by its key or sourcedId; None when it is not in the roster."""
        row = self._frames.execute(
            'SELECT school_sourced_id FROM grade_classes WHERE "key" = $1 OR sourced_id = $1', [class_key]
        ).fetchone()
        return None if row is None else row[0]

    def has_class(self, sourced_id: str) -> bool:
        """True while a class of the SIS is in the roster and the LMS."""
        return self._has("sourced_id", sourced_id)

    def has_key(self, class_key: str) -> bool:
        """True while a class of the LMS is in the roster."""
        return self._has('"key"', class_key)

    def of_schools(self, schools: Collection[str] = ()) -> Iterator[Roster]:
        """The roster of each of these schools in turn, by default of all."""
        for school in self.schools():
            if not schools or school in schools:
                yield self._of_school(school)

    def _has(self, column: str, value: str) -> bool:
        query = f"SELECT 1 FROM grade_classes WHERE {column} = $1 LIMIT 1"
        return self._frames.execute(query, [value]).fetchone() is not None

    def _lay_out(self, rules: DistrictRules, as_of: date) -> None:
        days = 1 if rules.terms.end_date == "day_after" else 0
        self._frames.execute(_SESSIONS.format(days=days))
        self._frames.execute(_SESSIONS_OF)
        self._frames.execute(_CLASSES)
        self._frames.execute(_MEMBERS.format(today=literal(as_of.isoformat())))
        self._frames.execute(_ACCOUNTS)

    def _of_school(self, school: str) -> Roster:
        sessions = self._sessions(school)
        members = self._members(school)
        rows = self._frames.execute(
            'SELECT number, "key", sourced_id, title, lms_id, course_sourced_id, grades, sessions '
            'FROM grade_classes WHERE school_sourced_id = $1 ORDER BY "key"',
            [school],
        ).fetchall()
        classes = {
            key: Class(
                key,
                sourced_id,
                title or "",
                lms_id,
                course,
                school,
                tuple(sessions[one] for one in of_class),
                frozenset(members[number, "student"]),
                frozenset(members[number, "teacher"]),
                tuple(grades or ()),
            )
            for number, key, sourced_id, title, lms_id, course, grades, of_class in rows
        }
        return Roster(classes, self._accounts(school))

    def _sessions(self, school: str) -> dict[str, Session]:
        rows = self._frames.execute(
            "SELECT * FROM grade_sessions WHERE sourced_id IN "
            "(SELECT unnest(sessions) FROM grade_classes WHERE school_sourced_id = $1)",
            [school],
        ).fetchall()
        return {row[0]: Session(*row) for row in rows}

    def _members(self, school: str) -> dict[tuple[int, str], list[str]]:
        found: dict[tuple[int, str], list[str]] = defaultdict(list)
        rows = self._frames.execute(
            "SELECT m.number, m.role, m.user_sourced_id FROM grade_members AS m JOIN grade_classes AS g USING (number) "
            "WHERE g.school_sourced_id = $1",
            [school],
        ).fetchall()
        for number, role, user in rows:
            found[number, role].append(user)
        return found

    def _accounts(self, school: str) -> dict[str, tuple[str, ...]]:
        """Every student that an account stands for, of accounts with a student in a class of the school."""
        rows = self._frames.execute(
            "SELECT a.lms_id, list(a.sourced_id ORDER BY a.sourced_id) FROM grade_accounts AS a "
            "WHERE a.lms_id IN (SELECT b.lms_id FROM grade_accounts AS b JOIN grade_members AS m "
            "ON m.user_sourced_id = b.sourced_id JOIN grade_classes AS g USING (number) "
            "WHERE g.school_sourced_id = $1) GROUP BY a.lms_id",
            [school],
        ).fetchall()
        return {lms_id: tuple(students) for lms_id, students in rows}

    def accounts_of(self, student: str) -> frozenset[str]:
        """The LMS's own ids of the accounts that stand for a student."""
        query = "SELECT lms_id FROM grade_accounts WHERE sourced_id = $1"
        return frozenset(lms_id for (lms_id,) in self._frames.execute(query, [student]).fetchall())

    def count_classes(self) -> int:
        """Classes of the district that the LMS has."""
        return int(str(fetch_scalar(self._frames, "SELECT count(*) FROM grade_classes")))
