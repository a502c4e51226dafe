"""What a target reads once and remembers: the root school, the roles, which building a course belongs to.

Not here: links between our keys and Schoology's ids, which the caller holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.errors import ConfigurationError, MalformedReplyError
from sis_connect.schoology.refusals import UNKNOWN_SCHOOL, Refusal
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.schoology.client import SchoologyClient
    from sis_connect.schoology.records import CatalogCourse
    from sis_connect.sync.changes import Links


class Directory:
    """Looked up when first asked for."""

    def __init__(self, client: SchoologyClient) -> None:
        """Nothing is read yet."""
        self._client = client
        self._root_id: str | None = None
        self._roles: dict[str, str] | None = None
        self._courses: dict[str, CatalogCourse | None] = {}

    def root_id(self) -> str:
        """The id of the school above all buildings: the first of the list."""
        if self._root_id is None:
            root = next(self._client.schools(), None)
            if root is None:
                raise MalformedReplyError("Schoology shows no school to this key.")
            self._root_id = root.id
        return self._root_id

    def roles(self) -> dict[str, str]:
        """The id of every role by its title."""
        if self._roles is None:
            self._roles = {role.title: role.id for role in self._client.roles()}
        return self._roles

    def role_id(self, title: str) -> str:
        """The id of a role; ConfigurationError names those that exist when this one does not."""
        roles = self.roles()
        folded = {known.casefold(): role_id for known, role_id in roles.items()}
        role_id = roles.get(title) or folded.get(title.casefold())
        if role_id is None:
            known = ", ".join(f"“{name}”" for name in sorted(roles)) or "none"
            raise ConfigurationError(
                f"Schoology has no role “{title}”.",
                where="people.roles",
                fix=f"Name a role that Schoology has ({known}), or add it there.",
            )
        return role_id

    def building_id(self, school_key: str | None, links: Links) -> str | Refusal:
        """The building of a school; None stands for the district, which is the root school."""
        if school_key is None:
            return self.root_id()
        return links.lms_id(Kind.SCHOOLS, school_key) or UNKNOWN_SCHOOL

    def building_ids(self, school_keys: Sequence[str], links: Links) -> list[str] | Refusal:
        """The buildings of several schools."""
        ids = [links.lms_id(Kind.SCHOOLS, key) for key in school_keys]
        known = [lms_id for lms_id in ids if lms_id is not None]
        return known if len(known) == len(ids) else UNKNOWN_SCHOOL

    def course(self, course_id: str) -> CatalogCourse | None:
        """A course as Schoology holds it, or None when it holds it no longer."""
        if course_id not in self._courses:
            self._courses[course_id] = self._client.course(course_id)
        return self._courses[course_id]

    def remember_course(self, course: CatalogCourse) -> None:
        """The course has just been written so."""
        self._courses[course.id] = course
