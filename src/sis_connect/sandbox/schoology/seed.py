"""Putting things into a sandbox without the API, as a person at the screen would.

Everything made here is made by hand unless told otherwise, costs no credits and stands in no statistics.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology import events
from sis_connect.sandbox.schoology.records import (
    courses,
    enrollments,
    grade_items,
    grades,
    grading,
    periods,
    schools,
    sections,
    users,
)
from sis_connect.sandbox.schoology.records.fields import BY_HAND, Fields, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from sis_connect.sandbox.schoology.service import Service


class Seed:
    """Makes objects; each method returns the id of what it made."""

    def __init__(self, service: Service, made_by: str = BY_HAND) -> None:
        """`made_by` is `hand`, or the consumer key that is to have made the objects."""
        self._service = service
        self._storage = service.storage
        self._settings = service.settings
        self._made_by = made_by

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is made inside stands together or not at all; much faster for many objects."""
        with self._storage.transaction():
            yield

    def role_id(self, title: str) -> int:
        """The id of the role with this title; raises RefusedError."""
        row = self._storage.row("SELECT id FROM roles WHERE title = ?", title)
        if row is None:
            raise RefusedError(f"There is no role {title}.")
        return int(row["id"])

    def building(self, title: str, code: str = "") -> int:
        """A school of the district."""
        fields = {"title": title, "building_code": code}
        return schools.write(self._storage, fields, None, made_by=self._made_by).id

    def grading_period(self, title: str, start: date | str, end: date | str) -> int:
        """A grading period with its first and last day."""
        fields = {"title": title, "start": str(start), "end": str(end)}
        return periods.write(
            self._storage, fields, None, made_by=self._made_by, strictness=self._settings.strictness
        ).id

    def user(self, school_uid: str, name_first: str, name_last: str, *, role: str = "Student", **fields: object) -> int:
        """An account; without `username` and `primary_email` the unique id is the user name."""
        given: dict[str, object] = {
            "school_uid": school_uid,
            "name_first": name_first,
            "name_last": name_last,
            "role_id": self.role_id(role),
            **fields,
        }
        if not given.get("username") and not given.get("primary_email"):
            given["username"] = school_uid
        return users.create(self._storage, given, made_by=self._made_by, settings=self._settings).id

    def course(self, title: str, course_code: str, **fields: object) -> int:
        """A course; `building_id` names its school."""
        given = {"title": title, "course_code": course_code, **fields}
        return courses.write(self._storage, given, None, made_by=self._made_by, strictness=self._settings.strictness).id

    def section(
        self,
        course_id: int,
        title: str,
        *,
        grading_periods: Iterable[int],
        section_school_code: str = "",
        **fields: object,
    ) -> int:
        """A section of a course; without a code of the outside system its title is its `section_code`."""
        given: dict[str, object] = {
            "title": title,
            "grading_periods": list(grading_periods),
            "section_school_code": section_school_code,
            "section_code": "" if section_school_code else title,
            **fields,
        }
        return sections.write(
            self._storage,
            given,
            None,
            course_id=course_id,
            made_by=self._made_by,
            strictness=self._settings.strictness,
        ).id

    def member(self, section_id: int, user_id: int, *, admin: bool = False) -> int:
        """An enrollment: a student, or with `admin` a teacher."""
        fields = {"admin": int(admin)}
        return enrollments.enroll(self._storage, section_id, user_id, fields, made_by=self._made_by, updates=False).id

    def grading_scale(
        self, section_id: int | None, title: str, levels: Sequence[Mapping[str, object]], *, scale_type: int = 1
    ) -> int:
        """A scale of a section, or of all: levels of percents (type 1) or of points (type 3)."""
        return grading.add_scale(self._storage, section_id, title, levels, type_=scale_type)

    def grading_category(self, section_id: int, title: str, **fields: object) -> int:
        """A grading category of a section."""
        given = {"title": title, **fields}
        return grading.write_category(self._storage, section_id, given, None, made_by=self._made_by).id

    def grade_item(self, section_id: int, title: str, *, item_type: str = "assignment", **fields: object) -> int:
        """An assignment of a section, or another type of grade item; `due` is in the school's zone."""
        if item_type not in grade_items.TYPES:
            raise RefusedError(f"item_type must be one of {', '.join(grade_items.TYPES)}.")
        given = {"title": title, **fields}
        id_ = grade_items.write(self._storage, section_id, given, None, made_by=self._made_by, type_=item_type).id
        [row] = self._storage.rows("SELECT * FROM grade_items WHERE id = ?", id_)
        events.announce_item(self._service, row, "update", actor=self._service.administrator_id)
        return id_

    def grade(self, item_id: int, enrollment_id: int, grade: object = "", **fields: object) -> int:
        """A student's grade as a teacher enters it: points, a letter, or nothing and an `exception`; the item's id."""
        item = self._storage.row("SELECT section_id FROM grade_items WHERE id = ?", item_id)
        if item is None:
            raise RefusedError("The grade item does not exist.", 404)
        given = {"assignment_id": item_id, "enrollment_id": enrollment_id, "grade": grade, **fields}
        at, exceptions = int(self._service.now.timestamp()), self._settings.grades.exceptions
        id_ = grades.write(self._storage, item["section_id"], given, at=at, exceptions=exceptions).id
        self._announce(item["section_id"], [(id_, enrollment_id)])
        return id_

    def grades(self, item_id: int, points: Mapping[int, float]) -> int:
        """The points of many students on an item, by enrollment, at once and unchecked; the item's id."""
        at = int(self._service.now.timestamp())
        section_id = self._storage.number("SELECT section_id FROM grade_items WHERE id = ?", item_id)
        grades.put(
            self._storage,
            [(item_id, enrollment, section_id, value, 0, "", None, at) for enrollment, value in points.items()],
        )
        self._announce(section_id, [(item_id, enrollment) for enrollment in points])
        return item_id

    def parent(self, student_uid: str, parent_uid: str) -> int:
        """A link between a student and a parent, both named by unique id; the student's id."""
        return users.link_parent(self._storage, student_uid, parent_uid, made_by=self._made_by, is_removal=False).id

    def _announce(self, section_id: int, saved: Sequence[tuple[int, int]]) -> None:
        events.announce_grades(self._service, section_id, saved, actor=self._service.administrator_id)

    def make(self, fields: Fields) -> int:
        """One object described as JSON: `kind`, a method of this class, and its arguments by name.

        Raises RefusedError when it is not accepted, KeyError or TypeError when it is not understood.
        """
        makers: dict[str, Callable[..., int]] = {
            "building": self.building,
            "grading_period": self.grading_period,
            "user": self.user,
            "course": self.course,
            "section": self.section,
            "member": self.member,
            "grading_scale": self.grading_scale,
            "grading_category": self.grading_category,
            "grade_item": self.grade_item,
            "grade": self.grade,
            "parent": self.parent,
        }
        arguments = {name: value for name, value in fields.items() if name != "kind"}
        with self.together():
            return makers[str(fields["kind"])](**arguments)
