"""Which records each operation shows: the alias and derived collections as SQL (rostering service, semantics).

For every path that leads through other records, the records that must be there and the condition on what is shown.
Links lead through enrollments, which lead nowhere once they are to be deleted. The gradebook hides what was deleted;
rostering shows it with its status. Not here: filters, orders and pages (`reading`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.frames import identifier, literal
from sis_connect.oneroster.operations import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.operations import Operation
    from sis_connect.sandbox.sis.storage import Session

#: Collections whose deleted records nobody sees (DELETE, gradebook only).
HIDING = frozenset(("categories", "lineItems", "results"))

_LIVE = "status IS NOT 'tobedeleted'"

_ENROLLED = f"SELECT user_sourced_id FROM enrollments WHERE class_sourced_id = :class_id AND {_LIVE} AND role ="
_TAKEN = f"SELECT class_sourced_id FROM enrollments WHERE {_LIVE} AND user_sourced_id ="
_IN_SCHOOL = "t.record IN (SELECT record FROM users_in_orgs WHERE item = :school_id)"
_STUDENTS = f"t.sourced_id IN ({_ENROLLED} 'student')"
_TEACHERS = f"t.sourced_id IN ({_ENROLLED} 'teacher')"
_LINE_ITEMS = f"SELECT sourced_id FROM line_items WHERE class_sourced_id = :class_id AND {_LIVE}"
#: By operation; each `:name` is an id of the path, `t` the table of what is shown.
_CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "getCoursesForSchool": "t.org_sourced_id = :school_id",
        "getEnrollmentsForClassInSchool": "t.class_sourced_id = :class_id",
        "getStudentsForClassInSchool": _STUDENTS,
        "getTeachersForClassInSchool": _TEACHERS,
        # An enrollment is where its class is, whatever it says itself.
        "getEnrollmentsForSchool": (
            "t.class_sourced_id IN (SELECT sourced_id FROM classes WHERE school_sourced_id = :school_id)"
        ),
        "getStudentsForSchool": _IN_SCHOOL,
        "getTeachersForSchool": _IN_SCHOOL,
        # The sessions in which the school's classes meet, terms and others.
        "getTermsForSchool": (
            "t.sourced_id IN (SELECT item FROM classes_in_terms WHERE record IN"
            " (SELECT record FROM classes WHERE school_sourced_id = :school_id))"
        ),
        "getClassesForTerm": "t.record IN (SELECT record FROM classes_in_terms WHERE item = :term_id)",
        "getGradingPeriodsForTerm": "t.parent_sourced_id = :term_id",
        "getClassesForCourse": "t.course_sourced_id = :course_id",
        "getClassesForStudent": f"t.sourced_id IN ({_TAKEN} :student_id AND role = 'student')",
        "getClassesForTeacher": f"t.sourced_id IN ({_TAKEN} :teacher_id AND role = 'teacher')",
        "getClassesForSchool": "t.school_sourced_id = :school_id",
        "getClassesForUser": f"t.sourced_id IN ({_TAKEN} :user_id)",
        "getStudentsForClass": _STUDENTS,
        "getTeachersForClass": _TEACHERS,
        "getResourcesForCourse": (
            "t.sourced_id IN (SELECT resource_sourced_id FROM course_resources"
            f" WHERE course_sourced_id = :course_id AND {_LIVE})"
        ),
        "getResourcesForClass": (
            "t.sourced_id IN (SELECT resource_sourced_id FROM class_resources"
            f" WHERE class_sourced_id = :class_id AND {_LIVE})"
        ),
        "getLineItemsForClass": "t.class_sourced_id = :class_id",
        "getResultsForClass": f"t.line_item_sourced_id IN ({_LINE_ITEMS})",
        "getResultsForLineItemForClass": "t.line_item_sourced_id = :line_item_id",
        "getResultsForStudentForClass": (
            f"t.student_sourced_id = :student_id AND t.line_item_sourced_id IN ({_LINE_ITEMS})"
        ),
    }
)

#: What must be there for each id of a path, by its name; where two stand in a path, the second belongs to the first.
_PARENTS: Mapping[str, str] = MappingProxyType(
    {
        "school_id": "SELECT 1 FROM orgs WHERE sourced_id = :school_id AND type = 'school'",
        "class_id": "SELECT 1 FROM classes WHERE sourced_id = :class_id",
        "course_id": "SELECT 1 FROM courses WHERE sourced_id = :course_id",
        "term_id": "SELECT 1 FROM academic_sessions WHERE sourced_id = :term_id",
        "student_id": "SELECT 1 FROM users WHERE sourced_id = :student_id AND role = 'student'",
        "teacher_id": "SELECT 1 FROM users WHERE sourced_id = :teacher_id AND role = 'teacher'",
        "user_id": "SELECT 1 FROM users WHERE sourced_id = :user_id",
        "line_item_id": f"{_LINE_ITEMS} AND sourced_id = :line_item_id",
        "school_id class_id": ("SELECT 1 FROM classes WHERE sourced_id = :class_id AND school_sourced_id = :school_id"),
    }
)


#: Derived collections that show only their part of the entity (students of a school are users with that role); all
#: others show whatever the links lead to.
_SELECTING = frozenset(("getStudentsForSchool", "getTeachersForSchool", "getGradingPeriodsForTerm"))

_ID = re.compile(":([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Shown:
    """The records that an operation may show for certain ids, before any filter."""

    #: SQL over the table as `t`; "" for the whole table.
    condition: str
    values: tuple[str, ...]

    @property
    def is_derived(self) -> bool:
        """True when ids of a path decide."""
        return bool(self.values)


def shown_by(operation: Operation, ids: Mapping[str, str]) -> Shown:
    """What the operation may show."""
    conditions = []
    if operation.entity in HIDING:
        conditions.append(f"t.{_LIVE}")
    if operation.selects is not None and (operation.parent is None or operation.id in _SELECTING):
        name, value = operation.selects
        conditions.append(f"t.{identifier(name)} = {literal(value)}")
    if operation.kind is not Kind.LIST:
        conditions.append("t.sourced_id = :id")
    elif operation.id in _CONDITIONS:
        conditions.append(_CONDITIONS[operation.id])
    sql, names = _positional(" AND ".join(conditions))
    return Shown(sql, tuple(ids[name] for name in names))


def missing_parent(session: Session, operation: Operation, ids: Mapping[str, str]) -> str | None:
    """The id of a path that leads nowhere, None when all lead somewhere."""
    if operation.kind is not Kind.LIST:
        return None
    names = tuple(ids)
    for key in (*names, " ".join(names)):
        if key in _PARENTS:
            sql, needed = _positional(_PARENTS[key])
            if not session.has(sql, *(ids[name] for name in needed)):
                return ids[key.rpartition(" ")[2]]
    return None


def _positional(sql: str) -> tuple[str, tuple[str, ...]]:
    """The SQL with its named parameters numbered by where they stand, and their names in that order."""
    return _ID.sub("?", sql), tuple(_ID.findall(sql))
