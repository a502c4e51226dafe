"""The operations of the OneRoster 1.1 REST binding: 41 of rostering, 4 of resources, 16 of the gradebook.

Here: what each operation is called, where it lives, what it carries under which root key and which scopes open it.
Consumer, provider and conformance report work from this one table. Not here: what the carried records look like
(`schema`, `json_reader`, `json_writer`), query parameters (`query`) and how requests travel (`transport`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Root of the service below a vendor's own prefix (REST binding, base path); one root for all three services.
BASE_PATH = "/ims/oneroster/v1p1"

_VERSION = re.compile(r"/v(\d+)p(\d+)(?=/|$)")

_SCOPE = "https://purl.imsglobal.org/spec/or/v1p1/scope/"


class Scope(StrEnum):
    """The OAuth 2 scopes of 1.1, as they are asked for (security, scopes)."""

    ROSTER_CORE = f"{_SCOPE}roster-core.readonly"
    ROSTER = f"{_SCOPE}roster.readonly"
    DEMOGRAPHICS = f"{_SCOPE}roster-demographics.readonly"
    RESOURCE = f"{_SCOPE}resource.readonly"
    GRADEBOOK = f"{_SCOPE}gradebook.readonly"
    GRADEBOOK_CREATE_PUT = f"{_SCOPE}gradebook.createput"
    GRADEBOOK_DELETE = f"{_SCOPE}gradebook.delete"


class Kind(StrEnum):
    """What an operation does, which decides its query parameters and what it answers."""

    #: 200 and a page of records; takes limit, offset, sort, orderBy, filter and fields.
    LIST = "list"
    #: 200 and one record; takes fields.
    ONE = "one"
    #: 201 for a record that was created, 200 for one that was replaced; takes nothing.
    PUT = "put"
    #: 204 and no body; takes nothing.
    DELETE = "delete"


def version_in(url: str) -> str:
    """The version of OneRoster that an address names, for example `1.2`; "" when it names none."""
    found = _VERSION.findall(url)
    return f"{found[-1][0]}.{found[-1][1]}" if found else ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the binding."""

    #: For example `getAllOrgs`; also what an error payload names.
    id: str
    method: str
    #: Below the base, for example `/schools/{school_id}/classes`; the record asked for is `{id}`.
    path: str
    kind: Kind
    #: The collection whose records it carries, as in `schema.ENTITIES`: `orgs` for `/schools`.
    entity: str
    #: The property that holds the records or the record, in replies and in the body of a PUT; "" for DELETE.
    root_key: str
    #: Root keys that providers take from the path instead; tolerated, never written.
    alias_keys: tuple[str, ...]
    #: Any one of these suffices.
    scopes: tuple[Scope, ...]
    #: For a collection that is part of another: JSON property and value of its records, for example `type`, `school`.
    selects: tuple[str, str] | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the ids in the path, in order."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def parent(self) -> str | None:
        """The first collection of a path that leads through a record of it: `schools` for `/schools/{school_id}/terms`.

        None for the operations on a collection itself.
        """
        first, _, rest = self.path.removeprefix("/").partition("/")
        return first if "/" in rest else None

    def path_with(self, **ids: str) -> str:
        """The path with each id as one percent-encoded segment (REST binding, ids in paths).

        ValueError for an id that no segment can carry: "", "." and "..", which change the path.
        """
        for id_ in ids.values():
            if id_ in ("", ".", ".."):
                raise ValueError(f"No path can carry the id “{id_}”.")
        return self.path.format_map({name: quote(id_, safe="") for name, id_ in ids.items()})


#: Paths that show a part of a collection (REST binding, semantics of alias collections), by their last name.
_PARTS = MappingProxyType(
    {
        "schools": ("orgs", "type", "school"),
        "terms": ("academicSessions", "type", "term"),
        "gradingPeriods": ("academicSessions", "type", "gradingPeriod"),
        "students": ("users", "role", "student"),
        "teachers": ("users", "role", "teacher"),
    }
)

#: The wider scope opens what the narrower one does.
_CORE = (Scope.ROSTER_CORE, Scope.ROSTER)
_FULL = (Scope.ROSTER,)
_DEMOGRAPHICS = (Scope.DEMOGRAPHICS,)
_RESOURCE = (Scope.RESOURCE,)
_GRADEBOOK = (Scope.GRADEBOOK,)
_PUT = (Scope.GRADEBOOK_CREATE_PUT,)
_DELETE = (Scope.GRADEBOOK_DELETE,)


def _operation(id_: str, path: str, scopes: tuple[Scope, ...]) -> Operation:
    *_, last, tail = path.split("/")
    is_one = tail.startswith("{")
    name = last if is_one else tail
    collection, *selects = _PARTS.get(name, (name,))
    method = "PUT" if scopes is _PUT else "DELETE" if scopes is _DELETE else "GET"
    entity = ENTITIES[collection]
    keys = (entity.singular, name.removesuffix("s")) if is_one else (entity.name, name)
    return Operation(
        id=id_,
        method=method,
        path=path,
        kind=Kind(method.lower()) if method != "GET" else Kind.ONE if is_one else Kind.LIST,
        entity=collection,
        root_key="" if method == "DELETE" else keys[0],
        alias_keys=(keys[1],) if selects else (),
        scopes=scopes,
        selects=(selects[0], selects[1]) if selects else None,
    )


_DECLARED = (
    # Rostering
    _operation("getAllAcademicSessions", "/academicSessions", _CORE),
    _operation("getAcademicSession", "/academicSessions/{id}", _CORE),
    _operation("getAllClasses", "/classes", _CORE),
    _operation("getClass", "/classes/{id}", _CORE),
    _operation("getAllCourses", "/courses", _CORE),
    _operation("getCourse", "/courses/{id}", _CORE),
    _operation("getAllGradingPeriods", "/gradingPeriods", _CORE),
    _operation("getGradingPeriod", "/gradingPeriods/{id}", _CORE),
    _operation("getAllDemographics", "/demographics", _DEMOGRAPHICS),
    _operation("getDemographics", "/demographics/{id}", _DEMOGRAPHICS),
    _operation("getAllEnrollments", "/enrollments", _CORE),
    _operation("getEnrollment", "/enrollments/{id}", _CORE),
    _operation("getAllOrgs", "/orgs", _CORE),
    _operation("getOrg", "/orgs/{id}", _CORE),
    _operation("getAllSchools", "/schools", _CORE),
    _operation("getSchool", "/schools/{id}", _CORE),
    _operation("getAllStudents", "/students", _CORE),
    _operation("getStudent", "/students/{id}", _CORE),
    _operation("getAllTeachers", "/teachers", _CORE),
    _operation("getTeacher", "/teachers/{id}", _CORE),
    _operation("getAllTerms", "/terms", _CORE),
    _operation("getTerm", "/terms/{id}", _CORE),
    _operation("getAllUsers", "/users", _CORE),
    _operation("getUser", "/users/{id}", _CORE),
    _operation("getCoursesForSchool", "/schools/{school_id}/courses", _FULL),
    _operation("getEnrollmentsForClassInSchool", "/schools/{school_id}/classes/{class_id}/enrollments", _FULL),
    _operation("getStudentsForClassInSchool", "/schools/{school_id}/classes/{class_id}/students", _FULL),
    _operation("getTeachersForClassInSchool", "/schools/{school_id}/classes/{class_id}/teachers", _FULL),
    _operation("getEnrollmentsForSchool", "/schools/{school_id}/enrollments", _FULL),
    _operation("getStudentsForSchool", "/schools/{school_id}/students", _FULL),
    _operation("getTeachersForSchool", "/schools/{school_id}/teachers", _FULL),
    _operation("getTermsForSchool", "/schools/{school_id}/terms", _FULL),
    _operation("getClassesForTerm", "/terms/{term_id}/classes", _FULL),
    _operation("getGradingPeriodsForTerm", "/terms/{term_id}/gradingPeriods", _FULL),
    _operation("getClassesForCourse", "/courses/{course_id}/classes", _FULL),
    _operation("getClassesForStudent", "/students/{student_id}/classes", _FULL),
    _operation("getClassesForTeacher", "/teachers/{teacher_id}/classes", _FULL),
    _operation("getClassesForSchool", "/schools/{school_id}/classes", _FULL),
    _operation("getClassesForUser", "/users/{user_id}/classes", _FULL),
    _operation("getStudentsForClass", "/classes/{class_id}/students", _FULL),
    _operation("getTeachersForClass", "/classes/{class_id}/teachers", _FULL),
    # Resources
    _operation("getAllResources", "/resources", _RESOURCE),
    _operation("getResource", "/resources/{id}", _RESOURCE),
    _operation("getResourcesForCourse", "/courses/{course_id}/resources", _RESOURCE),
    _operation("getResourcesForClass", "/classes/{class_id}/resources", _RESOURCE),
    # Gradebook
    _operation("getAllCategories", "/categories", _GRADEBOOK),
    _operation("getCategory", "/categories/{id}", _GRADEBOOK),
    _operation("putCategory", "/categories/{id}", _PUT),
    _operation("deleteCategory", "/categories/{id}", _DELETE),
    _operation("getAllLineItems", "/lineItems", _GRADEBOOK),
    _operation("getLineItem", "/lineItems/{id}", _GRADEBOOK),
    _operation("putLineItem", "/lineItems/{id}", _PUT),
    _operation("deleteLineItem", "/lineItems/{id}", _DELETE),
    _operation("getAllResults", "/results", _GRADEBOOK),
    _operation("getResult", "/results/{id}", _GRADEBOOK),
    _operation("putResult", "/results/{id}", _PUT),
    _operation("deleteResult", "/results/{id}", _DELETE),
    _operation("getLineItemsForClass", "/classes/{class_id}/lineItems", _GRADEBOOK),
    _operation("getResultsForClass", "/classes/{class_id}/results", _GRADEBOOK),
    _operation("getResultsForLineItemForClass", "/classes/{class_id}/lineItems/{line_item_id}/results", _GRADEBOOK),
    _operation("getResultsForStudentForClass", "/classes/{class_id}/students/{student_id}/results", _GRADEBOOK),
)

#: Every operation by its id, in the order of the binding: rostering, resources, gradebook.
OPERATIONS: Mapping[str, Operation] = MappingProxyType({operation.id: operation for operation in _DECLARED})

_OF_COLLECTIONS = MappingProxyType(
    {
        (operation.entity, operation.kind): operation
        for operation in _DECLARED
        if operation.parent is None and operation.selects is None
    }
)


def operation_of(entity: str, kind: Kind) -> Operation:
    """The operation on a whole collection, or on one record of it; KeyError where the binding has none."""
    return _OF_COLLECTIONS[entity, kind]
