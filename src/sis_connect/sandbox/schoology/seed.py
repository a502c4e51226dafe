"""Putting things into a sandbox without the API, as a person at the screen would.

Everything made here is made by hand unless told otherwise, costs no credits and stands in no statistics.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records import courses, enrollments, periods, schools, sections, users
from sis_connect.sandbox.schoology.records.fields import BY_HAND, Fields, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
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

    def parent(self, student_uid: str, parent_uid: str) -> int:
        """A link between a student and a parent, both named by unique id; the student's id."""
        return users.link_parent(self._storage, student_uid, parent_uid, made_by=self._made_by, is_removal=False).id

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
            "parent": self.parent,
        }
        arguments = {name: value for name, value in fields.items() if name != "kind"}
        with self.together():
            return makers[str(fields["kind"])](**arguments)
