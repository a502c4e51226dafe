"""Which records a derived collection must hold, by what the base collections say (semantics of derived collections).

Pure: rows in, ids out. `must` holds the records that are surely in it, `may` those that can be: records to be deleted
may be shown or not, and so may what their links lead to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.sis.conformance.casting import is_live, says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sis_connect.oneroster.json_text import Row
    from sis_connect.oneroster.operations import Operation
    from sis_connect.sis.conformance.casting import Rows


@dataclass(frozen=True, slots=True)
class Expected:
    """What a derived collection holds."""

    must: frozenset[str]
    may: frozenset[str]
    #: Collections that decide; what is missing from them cannot be told.
    decided_by: tuple[str, ...]


def expected_of(operation: Operation, ids: Mapping[str, str], rows: Rows) -> Expected | None:
    """What the base collections say; None for an operation that is no derived collection."""
    if operation.selects is not None and operation.parent is None:
        column, value = operation.selects
        return _expected(operation, rows, lambda row: says(row, column, value))
    rule = _RULES.get(operation.id)
    return rule(operation, ids, rows) if rule else None


def _expected(operation: Operation, rows: Rows, belongs: Callable[[Row], bool], *decided_by: str) -> Expected:
    found = [row for row in rows(operation.entity) if belongs(row)]
    live = {str(row["sourced_id"]) for row in found if is_live(row)}
    return Expected(frozenset(live), frozenset(str(row["sourced_id"]) for row in found), decided_by)


def _has(column: str, parameter: str, extra: Mapping[str, str] | None = None) -> _Rule:
    """Records whose reference, or list of them, holds the id of the path."""

    def rule(operation: Operation, ids: Mapping[str, str], rows: Rows) -> Expected:
        def belongs(row: Row) -> bool:
            alike = all(says(row, name, value) for name, value in (extra or {}).items())
            return alike and ids[parameter] in _items(row[column])

        return _expected(operation, rows, belongs)

    return rule


def _classes_of(parameter: str, role: str | None) -> _Rule:
    """Classes that a person is enrolled in."""

    def rule(operation: Operation, ids: Mapping[str, str], rows: Rows) -> Expected:
        taken = [row for row in rows("enrollments") if row["user_sourced_id"] == ids[parameter]]
        return _linked(operation, rows, taken, "class_sourced_id", role)

    return rule


def _people_of(role: str) -> _Rule:
    """People who are enrolled in a class."""

    def rule(operation: Operation, ids: Mapping[str, str], rows: Rows) -> Expected:
        taken = [row for row in rows("enrollments") if row["class_sourced_id"] == ids["class_id"]]
        return _linked(operation, rows, taken, "user_sourced_id", role)

    return rule


def _linked(operation: Operation, rows: Rows, taken: Iterable[Row], column: str, role: str | None) -> Expected:
    of_role = [row for row in taken if role is None or says(row, "role", role)]
    sure = {row[column] for row in of_role if is_live(row)}
    may = {row[column] for row in of_role}
    found = [row for row in rows(operation.entity) if row["sourced_id"] in may]
    must = {str(row["sourced_id"]) for row in found if is_live(row) and row["sourced_id"] in sure}
    return Expected(frozenset(must), frozenset(str(row["sourced_id"]) for row in found), ("enrollments",))


def _enrollments_of_school(operation: Operation, ids: Mapping[str, str], rows: Rows) -> Expected:
    """An enrollment is where its class is, whatever it says itself."""
    classes = {row["sourced_id"] for row in rows("classes") if row["school_sourced_id"] == ids["school_id"]}
    return _expected(operation, rows, lambda row: row["class_sourced_id"] in classes, "classes")


def _terms_of_school(operation: Operation, ids: Mapping[str, str], rows: Rows) -> Expected:
    """The terms in which its classes meet; which other sessions are shown is left open by the standard."""
    taught = {
        term
        for row in rows("classes")
        if row["school_sourced_id"] == ids["school_id"] and is_live(row)
        for term in _items(row["term_sourced_ids"])
    }
    terms = _expected(operation, rows, lambda row: row["sourced_id"] in taught and says(row, "type", "term"), "classes")
    everything = frozenset(str(row["sourced_id"]) for row in rows(operation.entity))
    return Expected(terms.must, everything, ("classes",))


def _results_of_class(operation: Operation, ids: Mapping[str, str], rows: Rows) -> Expected:
    line_items = {row["sourced_id"] for row in rows("lineItems") if row["class_sourced_id"] == ids["class_id"]}
    student = ids.get("student_id")
    return _expected(
        operation,
        rows,
        lambda row: row["line_item_sourced_id"] in line_items and student in {None, row["student_sourced_id"]},
        "lineItems",
    )


def _items(text: str | None) -> list[str]:
    return (text or "").split(",")


if TYPE_CHECKING:
    _Rule = Callable[[Operation, Mapping[str, str], Rows], Expected]

_STUDENT, _TEACHER = {"role": "student"}, {"role": "teacher"}
_RULES: Mapping[str, _Rule] = {
    "getCoursesForSchool": _has("org_sourced_id", "school_id"),
    "getEnrollmentsForClassInSchool": _has("class_sourced_id", "class_id"),
    "getStudentsForClassInSchool": _people_of("student"),
    "getTeachersForClassInSchool": _people_of("teacher"),
    "getEnrollmentsForSchool": _enrollments_of_school,
    "getStudentsForSchool": _has("org_sourced_ids", "school_id", _STUDENT),
    "getTeachersForSchool": _has("org_sourced_ids", "school_id", _TEACHER),
    "getTermsForSchool": _terms_of_school,
    "getClassesForTerm": _has("term_sourced_ids", "term_id"),
    "getGradingPeriodsForTerm": _has("parent_sourced_id", "term_id", {"type": "gradingPeriod"}),
    "getClassesForCourse": _has("course_sourced_id", "course_id"),
    "getClassesForStudent": _classes_of("student_id", "student"),
    "getClassesForTeacher": _classes_of("teacher_id", "teacher"),
    "getClassesForSchool": _has("school_sourced_id", "school_id"),
    "getClassesForUser": _classes_of("user_id", None),
    "getStudentsForClass": _people_of("student"),
    "getTeachersForClass": _people_of("teacher"),
    "getLineItemsForClass": _has("class_sourced_id", "class_id"),
    "getResultsForClass": _results_of_class,
    "getResultsForLineItemForClass": _has("line_item_sourced_id", "line_item_id"),
    "getResultsForStudentForClass": _results_of_class,
}
