"""What happens to a district from one day to the next, written down beside its package.

Here: the kinds of change, each a function that notes in overlay frames which rows are new, changed or gone and tells
it in a sentence. Not here: how many of each happen (`night`) and how a package is written anew (`overlay`).

A function takes students by their `turn`, a shuffled order of all students; functions with turns of their own cannot
meet on the same row. Every class keeps a teacher, every reference its target, and no class loses its last student
unless that student leaves the district and nobody joins in the same turn.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.frames import literal
from sis_connect.sandbox.district.names import load_names, named
from sis_connect.sandbox.district.rosters import FIRST_STUDENT_NUMBER, student_username

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.frames import Frames


class ChangeKind(StrEnum):
    """What may happen; the value is how the demo and the documentation call it."""

    STUDENT_LEFT = "a student left the district"
    STUDENT_JOINED = "a student joined the district"
    STUDENT_RENUMBERED = "a student got a new sourcedId"
    STUDENT_RENAMED = "a student got a new name"
    TEACHER_RENAMED = "a teacher got a new name"
    ENROLLMENT_DROPPED = "a student dropped a class"
    STUDENT_MOVED = "a student moved to another section"
    CLASS_ADDED = "a class was split in two"
    TEACHER_CHANGED = "a class got another teacher"


def prepare(frames: Frames, turns: int) -> None:
    """The session is ready for changes that take students of the first `turns` turns; the package is open in it."""
    load_names(frames)
    frames.execute("""
        CREATE TABLE turns AS
        SELECT "sourcedId" AS student, row_number() OVER (ORDER BY guid('turn', "sourcedId")) - 1 AS turn
        FROM users WHERE role = 'student'
    """)
    frames.execute(f"DELETE FROM turns WHERE turn >= {turns}")
    frames.execute("""
        CREATE TABLE taken AS
        SELECT t.turn, e.* FROM enrollments e JOIN turns t ON e."userSourcedId" = t.student WHERE e.role = 'student'
    """)
    frames.execute("CREATE TABLE teaching AS SELECT * FROM enrollments WHERE role = 'teacher'")
    # Students of a class to whom nothing else happens; a class that has some may lose one.
    frames.execute("""
        CREATE TABLE steady AS
        SELECT "classSourcedId" AS class, count(*) AS students
        FROM enrollments ANTI JOIN turns ON "userSourcedId" = turns.student WHERE role = 'student' GROUP BY class
    """)
    frames.execute("""
        CREATE TABLE sections AS
        SELECT c.*, o.name AS school,
               concat_ws('|', c."courseSourcedId", c."schoolSourcedId", c."termSourcedIds") AS siblings
        FROM classes c JOIN orgs o ON o."sourcedId" = c."schoolSourcedId"
    """)
    frames.execute("CREATE TABLE told (kind VARCHAR, sentence VARCHAR)")


def students_leave(frames: Frames, first: int, count: int) -> None:
    """The students, their enrollments and the guardians who had no other student are gone."""
    turns = f"turn >= {first} AND turn < {first + count}"
    frames.execute(f'INSERT INTO gone_enrollments SELECT "sourcedId" FROM taken WHERE {turns}')
    frames.execute(f"INSERT INTO gone_users SELECT student FROM turns WHERE {turns}")
    frames.execute(f"""
        INSERT INTO gone_users SELECT u."sourcedId" FROM users u JOIN turns t ON u."agentSourcedIds" = t.student
        WHERE u.role <> 'student' AND {turns}
    """)
    _tell(
        frames,
        ChangeKind.STUDENT_LEFT,
        f"""
        SELECT concat({_PERSON}, ' left ', o.name, ' and the district.') FROM turns t
        JOIN users u ON u."sourcedId" = t.student JOIN orgs o ON o."sourcedId" = u."orgSourcedIds" WHERE {turns}
    """,
    )


def students_join(frames: Frames, first: int, count: int) -> None:
    """New students have the timetables of the students with these turns."""
    models = f"""
        SELECT u.*, t.turn, l.highest + 1 + t.turn - {first} AS number,
               guid('newcomer', concat_ws('/', u."sourcedId", number)) AS id, id AS person, id AS kin
        FROM users u JOIN turns t ON u."sourcedId" = t.student, (
            SELECT coalesce(max(TRY_CAST(identifier AS BIGINT)), {FIRST_STUDENT_NUMBER}) AS highest
            FROM users WHERE role = 'student'
        ) l
        WHERE t.turn >= {first} AND t.turn < {first + count}
    """
    username = student_username(f"number - {FIRST_STUDENT_NUMBER}")
    frames.execute(f"CREATE OR REPLACE TABLE newcomers AS SELECT *, {username} AS new_username FROM ({named(models)})")
    frames.execute("""
        INSERT INTO new_users BY NAME SELECT id AS "sourcedId", "enabledUser", "orgSourcedIds", role,
            new_username AS username, given AS "givenName", family AS "familyName", middle AS "middleName",
            CAST(number AS VARCHAR) AS identifier,
            concat(new_username, '@', coalesce(nullif(split_part(email, '@', 2), ''), 'students.example')) AS email,
            grades
        FROM newcomers ORDER BY turn
    """)
    frames.execute("""
        INSERT INTO new_enrollments SELECT t.* EXCLUDE (turn) REPLACE (
            guid(n.id, t."sourcedId") AS "sourcedId", n.id AS "userSourcedId")
        FROM taken t JOIN newcomers n USING (turn) ORDER BY turn, t."sourcedId"
    """)
    _tell(
        frames,
        ChangeKind.STUDENT_JOINED,
        """
        SELECT concat(n.given, ' ', n.family, ' joined ', o.name, '.')
        FROM newcomers n JOIN orgs o ON o."sourcedId" = n."orgSourcedIds" ORDER BY n.turn
    """,
    )


def students_are_renumbered(frames: Frames, first: int, count: int) -> None:
    """The students have new sourcedIds and the same identifiers; their enrollments and guardians point at the new."""
    turns = f"turn >= {first} AND turn < {first + count}"
    new = "guid('renumbered', t.student)"
    renumbered = f"(SELECT * FROM turns t WHERE {turns})"
    frames.execute(f"INSERT INTO gone_users SELECT student FROM turns WHERE {turns}")
    frames.execute(f"""
        INSERT INTO new_users SELECT u.* REPLACE ({new} AS "sourcedId")
        FROM users u JOIN {renumbered} t ON u."sourcedId" = t.student ORDER BY t.turn
    """)
    frames.execute(f"""
        INSERT INTO changed_users
        SELECT u.* REPLACE (replace(u."agentSourcedIds", t.student, {new}) AS "agentSourcedIds")
        FROM users u JOIN {renumbered} t ON u."agentSourcedIds" = t.student WHERE u.role <> 'student'
    """)
    frames.execute(f"""
        INSERT INTO changed_enrollments
        SELECT e.* EXCLUDE (turn) REPLACE (guid('renumbered', e."userSourcedId") AS "userSourcedId")
        FROM taken e WHERE {turns}
    """)
    _tell(
        frames,
        ChangeKind.STUDENT_RENUMBERED,
        f"""
        SELECT concat({_PERSON}, ' is known under a new sourcedId; the student number ', u.identifier, ' stayed.')
        FROM turns t JOIN users u ON u."sourcedId" = t.student WHERE {turns}
    """,
    )


def students_are_renamed(frames: Frames, first: int, count: int) -> None:
    """The students have other family names."""
    chosen = f"SELECT student AS person FROM turns WHERE turn >= {first} AND turn < {first + count}"
    _rename(frames, ChangeKind.STUDENT_RENAMED, chosen)


def teachers_are_renamed(frames: Frames, _first: int, count: int) -> None:
    """Teachers have other family names."""
    chosen = f"""
        SELECT "sourcedId" AS person FROM users WHERE role = 'teacher'
        ORDER BY guid('renamed', "sourcedId") LIMIT {count}
    """
    _rename(frames, ChangeKind.TEACHER_RENAMED, chosen)


def students_drop_a_class(frames: Frames, first: int, count: int) -> None:
    """Each of the students is in one class less."""
    _choose_places(frames, first, count, needs_sibling=False)
    frames.execute('INSERT INTO gone_enrollments SELECT "sourcedId" FROM places')
    _tell(
        frames,
        ChangeKind.ENROLLMENT_DROPPED,
        f"""
        SELECT concat({_PERSON}, ' dropped ', p.title, ' at ', p.school, '.')
        FROM places p JOIN users u ON u."sourcedId" = p."userSourcedId"
    """,
    )


def students_move(frames: Frames, first: int, count: int) -> None:
    """Each of the students is in another section of one course."""
    _choose_places(frames, first, count, needs_sibling=True)
    frames.execute('INSERT INTO gone_enrollments SELECT "sourcedId" FROM places')
    frames.execute("""
        CREATE OR REPLACE TABLE moves AS
        SELECT p.*, s."sourcedId" AS target, s.title AS target_title FROM places p
        JOIN sections s ON s.siblings = p.siblings AND s."sourcedId" <> p."classSourcedId"
        QUALIFY row_number() OVER (PARTITION BY p."sourcedId" ORDER BY guid('target', s."sourcedId")) = 1
    """)
    frames.execute(f'INSERT INTO new_enrollments SELECT {_MOVED} FROM moves ORDER BY "sourcedId"')
    _tell(
        frames,
        ChangeKind.STUDENT_MOVED,
        f"""
        SELECT concat({_PERSON}, ' moved from ', m.title, ' to ', m.target_title, ' at ', m.school, '.')
        FROM moves m JOIN users u ON u."sourcedId" = m."userSourcedId"
    """,
    )


def classes_are_split(frames: Frames, _first: int, count: int) -> None:
    """The fullest classes have given every second student to a new section with the same teacher."""
    _choose_splits(frames, count)
    frames.execute("""
        INSERT INTO new_classes SELECT c.* REPLACE (
            s.target AS "sourcedId", s.target_title AS title,
            concat(regexp_replace(c."classCode", '-\\d+$', ''), '-', lpad(CAST(s.number AS VARCHAR), 2, '0'))
                AS "classCode")
        FROM classes c JOIN splits s USING ("sourcedId") ORDER BY s."sourcedId"
    """)
    frames.execute("""
        CREATE OR REPLACE TABLE moves AS
        SELECT e.*, s.target FROM enrollments e JOIN splits s ON s."sourcedId" = e."classSourcedId"
        ANTI JOIN turns t ON t.student = e."userSourcedId"
        WHERE e.role = 'student'
        QUALIFY row_number() OVER (PARTITION BY e."classSourcedId" ORDER BY e."sourcedId") % 2 = 0
    """)
    frames.execute('INSERT INTO gone_enrollments SELECT "sourcedId" FROM moves')
    frames.execute(f"""
        INSERT INTO new_enrollments SELECT {_MOVED} FROM (
            SELECT * FROM moves UNION ALL
            SELECT t.*, s.target FROM teaching t JOIN splits s ON s."sourcedId" = t."classSourcedId"
            WHERE t."primary" = 'true'
        ) ORDER BY "sourcedId"
    """)
    _tell(
        frames,
        ChangeKind.CLASS_ADDED,
        """
        SELECT concat(s.title, ' at ', s.school, ' was split: ', count(*), ' students are now in ', s.target_title, '.')
        FROM splits s JOIN moves m ON m."classSourcedId" = s."sourcedId"
        GROUP BY s.title, s.school, s.target_title, s.target ORDER BY s.target
    """,
    )


def teachers_change(frames: Frames, _first: int, count: int) -> None:
    """Classes have another primary teacher, from the same school.

    Only teachers of several classes give one away, so nobody is left without.
    """
    frames.execute(f"""
        CREATE OR REPLACE TABLE handovers AS
        WITH given_away AS (
            SELECT * FROM teaching WHERE "primary" = 'true'
            QUALIFY count(*) OVER (PARTITION BY "userSourcedId") > 1
                AND row_number() OVER (PARTITION BY "userSourcedId" ORDER BY guid('handover', "sourcedId")) = 1
        ),
        colleagues AS (SELECT DISTINCT "schoolSourcedId", "userSourcedId" AS successor FROM teaching)
        SELECT g.*, c.successor FROM given_away g JOIN colleagues c USING ("schoolSourcedId")
        ANTI JOIN teaching t ON t."classSourcedId" = g."classSourcedId" AND t."userSourcedId" = c.successor
        QUALIFY row_number() OVER (PARTITION BY g."sourcedId" ORDER BY guid(g."sourcedId", c.successor)) = 1
        ORDER BY guid('handover', g."sourcedId") LIMIT {count}
    """)
    frames.execute('INSERT INTO gone_enrollments SELECT "sourcedId" FROM handovers')
    frames.execute("""
        INSERT INTO new_enrollments SELECT * EXCLUDE (successor) REPLACE (
            guid(successor, "sourcedId") AS "sourcedId", successor AS "userSourcedId")
        FROM handovers ORDER BY "sourcedId"
    """)
    _tell(
        frames,
        ChangeKind.TEACHER_CHANGED,
        """
        SELECT concat(s.title, ' at ', s.school, ' is now taught by ', new."givenName", ' ', new."familyName",
                      ' instead of ', old."givenName", ' ', old."familyName", '.')
        FROM handovers h JOIN sections s ON s."sourcedId" = h."classSourcedId"
        JOIN users new ON new."sourcedId" = h.successor JOIN users old ON old."sourcedId" = h."userSourcedId"
    """,
    )


#: What each change does from the turn given first on, at most so many times.
HAPPENINGS: dict[ChangeKind, Callable[[Frames, int, int], None]] = {
    ChangeKind.STUDENT_LEFT: students_leave,
    ChangeKind.STUDENT_JOINED: students_join,
    ChangeKind.STUDENT_RENUMBERED: students_are_renumbered,
    ChangeKind.STUDENT_RENAMED: students_are_renamed,
    ChangeKind.TEACHER_RENAMED: teachers_are_renamed,
    ChangeKind.ENROLLMENT_DROPPED: students_drop_a_class,
    ChangeKind.STUDENT_MOVED: students_move,
    ChangeKind.CLASS_ADDED: classes_are_split,
    ChangeKind.TEACHER_CHANGED: teachers_change,
}

_PERSON = 'u."givenName", \' \', u."familyName"'
#: An enrollment's columns in another class, under an identifier of its own.
_MOVED = """
    guid('moved', "sourcedId"), status, "dateLastModified", target, "schoolSourcedId", "userSourcedId", role, "primary",
    "beginDate", "endDate"
"""


def _choose_places(frames: Frames, first: int, count: int, *, needs_sibling: bool) -> None:
    """The frame `places` holds at most one class of each student, and each class once, that can spare a student."""
    sibling = "WHERE siblings IN (SELECT siblings FROM sections GROUP BY siblings HAVING count(*) > 1)"
    frames.execute(f"""
        CREATE OR REPLACE TABLE places AS
        WITH spare AS (
            SELECT t.*, s.title, s.school, s.siblings FROM taken t
            JOIN sections s ON s."sourcedId" = t."classSourcedId" AND s."classType" = 'scheduled'
            JOIN steady y ON y.class = t."classSourcedId" AND y.students >= 2
            WHERE t.turn >= {first} AND t."sourcedId" NOT IN (SELECT "sourcedId" FROM gone_enrollments)
            {"" if not needs_sibling else sibling.replace("WHERE", "AND", 1)}
        ),
        one_a_student AS (
            SELECT * FROM spare QUALIFY row_number() OVER (PARTITION BY turn ORDER BY guid('place', "sourcedId")) = 1
        )
        SELECT * FROM one_a_student
        QUALIFY row_number() OVER (PARTITION BY "classSourcedId" ORDER BY turn) = 1
        ORDER BY turn LIMIT {count}
    """)


def _choose_splits(frames: Frames, count: int) -> None:
    """The frame `splits` holds the fullest classes, one of each course of a school, and what the new sections are."""
    frames.execute(f"""
        CREATE OR REPLACE TABLE splits AS
        WITH numbered AS (
            SELECT *, 1 + count(*) OVER (PARTITION BY "courseSourcedId", "schoolSourcedId") AS number FROM sections
        ),
        fullest AS (
            SELECT n.*, y.students FROM numbered n JOIN steady y ON y.class = n."sourcedId"
            SEMI JOIN teaching t ON t."classSourcedId" = n."sourcedId" AND t."primary" = 'true'
            WHERE n."classType" = 'scheduled' AND y.students >= 4
            QUALIFY row_number() OVER (
                PARTITION BY n."courseSourcedId", n."schoolSourcedId" ORDER BY y.students DESC, n."sourcedId") = 1
        )
        SELECT *, guid('split', concat_ws('/', "sourcedId", number)) AS target,
               concat(regexp_replace(title, ' - Section \\d+$', ''), ' - Section ', number) AS target_title
        FROM fullest ORDER BY students DESC, "sourcedId" LIMIT {count}
    """)


def _rename(frames: Frames, kind: ChangeKind, chosen: str) -> None:
    """Newly married or adopted: one name becomes two, two become another one."""
    frames.execute(f"""
        CREATE OR REPLACE TABLE renames AS
        SELECT u."sourcedId" AS person, CASE WHEN contains(u."familyName", '-') THEN f.name
                                             ELSE concat(u."familyName", '-', f.name) END AS name
        FROM users u JOIN ({chosen}) c ON c.person = u."sourcedId"
        JOIN (
            SELECT name, row_number() OVER (ORDER BY culture, number) - 1 AS number, count(*) OVER () AS names
            FROM family_names WHERE regexp_full_match(name, '\\w+')
        ) f ON f.number = dice('new name', u."sourcedId", f.names)
    """)
    frames.execute("""
        INSERT INTO changed_users SELECT u.* REPLACE (r.name AS "familyName")
        FROM users u JOIN renames r ON r.person = u."sourcedId"
    """)
    _tell(
        frames,
        kind,
        f"""
        SELECT concat({_PERSON}, ' is now called ', u."givenName", ' ', r.name, '.')
        FROM renames r JOIN users u ON u."sourcedId" = r.person
    """,
    )


def _tell(frames: Frames, kind: ChangeKind, sentences: str) -> None:
    frames.execute(f"INSERT INTO told SELECT {literal(kind)}, * FROM ({sentences})")
