"""Realistic faults in a package, for the demo and the documentation.

Here: the fixed set of them, each struck on a record of its own. Not here: how a fault is found (`sync.check`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count, open_frames
from sis_connect.sandbox.district.dice import cast_dice
from sis_connect.sandbox.district.overlay import open_overlay, rewrite
from sis_connect.sandbox.district.package import join_as_written, open_package

if TYPE_CHECKING:
    from pathlib import Path

_STUDENTS_NEEDED = 7


def blemish(package: Path, *, seed: int) -> dict[str, int]:
    """The package has one each of these faults; returns the rows of its files.

    - an enrollment of a user who is not in the package
    - a class that has lost its only teachers
    - two students with one e-mail address
    - a role in capitals (`STUDENT`)
    - a user name with a space in it
    - an enrollment that ends a year after its term
    - an enrollment whose first day is written the American way (`08/01/2026`)
    - a student enrolled twice in one class

    ValueError when the district has fewer than seven students.
    """
    with open_frames() as frames:
        join_as_written(frames)
        cast_dice(frames, seed)
        open_package(frames, package)
        open_overlay(frames)
        frames.execute(f"""
            CREATE TABLE victims AS SELECT *, row_number() OVER (ORDER BY guid('turn', "sourcedId")) AS turn
            FROM users WHERE role = 'student' QUALIFY turn <= {_STUDENTS_NEEDED}
        """)
        if count(frames, "victims") < _STUDENTS_NEEDED:
            raise ValueError(f"blemishes need {_STUDENTS_NEEDED} students at least")
        frames.execute("""
            CREATE TABLE seats AS SELECT e.*, v.turn
            FROM enrollments e JOIN victims v ON v."sourcedId" = e."userSourcedId"
            QUALIFY row_number() OVER (PARTITION BY v.turn ORDER BY e."sourcedId") = 1
        """)
        for fault in _FAULTS:
            frames.execute(fault)
        return rewrite(frames, package)


def _enrollment(turn: int, replaced: str) -> str:
    return f"SELECT * EXCLUDE (turn) REPLACE ({replaced}) FROM seats WHERE turn = {turn}"


def _user(turn: int, replaced: str) -> str:
    return f"SELECT * EXCLUDE (turn) REPLACE ({replaced}) FROM victims WHERE turn = {turn}"


_UNKNOWN_USER = """guid('blemish', 'unknown user') AS "sourcedId", guid('blemish', 'nobody') AS "userSourcedId" """
_NO_TEACHER = """
    SELECT e."sourcedId" FROM enrollments e JOIN seats s USING ("classSourcedId")
    WHERE s.turn = 2 AND e.role = 'teacher'
"""
_SHARED_EMAIL = "(SELECT email FROM victims WHERE turn = 1) AS email"
_LATE_END = """CAST(CAST(CAST("endDate" AS DATE) + INTERVAL 1 YEAR AS DATE) AS VARCHAR) AS "endDate" """
_AMERICAN_DATE = """strftime(CAST("beginDate" AS DATE), '%m/%d/%Y') AS "beginDate" """
_SPACED = """concat("givenName", ' ', "familyName") AS username"""
_TWICE = """guid('blemish', 'twice') AS "sourcedId" """

_FAULTS = (
    f"INSERT INTO new_enrollments {_enrollment(1, _UNKNOWN_USER)}",
    f"INSERT INTO gone_enrollments {_NO_TEACHER}",
    f"INSERT INTO changed_users {_user(2, _SHARED_EMAIL)}",
    f"INSERT INTO changed_users {_user(3, 'upper(role) AS role')}",
    f"INSERT INTO changed_users {_user(4, _SPACED)}",
    f"INSERT INTO changed_enrollments {_enrollment(5, _LATE_END)}",
    f"INSERT INTO changed_enrollments {_enrollment(6, _AMERICAN_DATE)}",
    f"INSERT INTO new_enrollments {_enrollment(7, _TWICE)}",
)
