"""Whose a grade is, and in which class of the SIS it belongs.

Pure. An account of the LMS may stand for several records of one person in the SIS; a grade goes to the one that is
enrolled, and when two are, to neither. In linked sections the enrollment may live in a sister class: one of the same
course and school, with a session in common, without which sections cannot be linked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.grades.findings import Objection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.grades.roster import Class, Roster


@dataclass(frozen=True, slots=True)
class Place:
    """Where the grades of an account go."""

    student_sourced_id: str = field(repr=False)
    class_: Class


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Why the grades of an account go nowhere."""

    objection: Objection
    #: sourcedIds of those who may be meant.
    students: tuple[str, ...] = field(repr=False)


def sisters(home: Class, roster: Roster) -> tuple[Class, ...]:
    """Other classes whose students may be in this class's section, in a fixed order; one for each class of the SIS."""
    sessions = {session.sourced_id for session in home.sessions}
    found = {
        class_.sourced_id: class_
        for _, class_ in sorted(roster.classes.items(), reverse=True)
        if class_.sourced_id != home.sourced_id
        and (class_.course_sourced_id, class_.school_sourced_id) == (home.course_sourced_id, home.school_sourced_id)
        and sessions & {session.sourced_id for session in class_.sessions}
    }
    return tuple(found[sourced_id] for sourced_id in sorted(found))


def place(account_lms_id: str, home: Class, others: Sequence[Class], roster: Roster) -> Place | Nowhere:
    """The student and class that the grades of an account in the section of `home` go to; `others` are its sisters."""
    students = tuple(sorted(set(roster.students_of_account.get(account_lms_id, ()))))
    if not students:
        return Nowhere(Objection("grades.account_unknown"), ())
    enrolled = [Place(student, home) for student in students if student in home.students]
    if not enrolled:
        enrolled = [Place(student, other) for other in others for student in students if student in other.students]
    if len(enrolled) == 1:
        return enrolled[0]
    is_in_doubt = len({each.student_sourced_id for each in enrolled} or set(students)) > 1
    return Nowhere(Objection("grades.account_of_two" if is_in_doubt else "grades.student_not_enrolled"), students)
