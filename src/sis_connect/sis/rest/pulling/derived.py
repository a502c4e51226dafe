"""How each collection may be had: by itself, or put together from others where a provider does not give it.

Pure: a table of ways, tried in order until one is given. What a way cannot give is named by a finding: a roster that
lacks people on principle is not a roster that is short by accident. Serves the digest of protocol deviations, missing
endpoints. Not here: listings below schools (`per_school`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.oneroster.operations import OPERATIONS
from sis_connect.oneroster.query import Condition, Predicate, build_filter
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.operations import Operation


class Style(StrEnum):
    """What a provider lets be read at once."""

    #: Whole collections; below schools only what is refused as a whole.
    WHOLE_DISTRICT = "whole-district"
    #: Classes, people and enrollments below one school at a time; the small collections as a whole.
    PER_SCHOOL = "per-school"


@dataclass(frozen=True, slots=True)
class Beside:
    """A listing of what others lack; it is no reason to give up the way when a provider does not give it."""

    operation: Operation
    #: Asks for what is lacking.
    filter: str
    #: What is to be said when it is not given.
    finding: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way to have a collection: all these listings together."""

    operations: tuple[Operation, ...]
    #: Codes of what is to be said about it; none for the collection itself.
    findings: tuple[str, ...] = ()
    #: What those listings lack by their kind, where a provider gives it.
    beside: tuple[Beside, ...] = ()

    @property
    def is_per_school(self) -> bool:
        """True when there is one listing of each kind below every school."""
        return self.operations[0].parent == "schools"

    @property
    def is_whole(self) -> bool:
        """True when it gives the collection itself, nothing put together."""
        return not self.findings and not self.beside


def _way(
    *operations: str, findings: tuple[str, ...] = ("rest.endpoint_missing",), beside: tuple[Beside, ...] = ()
) -> Way:
    return Way(tuple(OPERATIONS[id_] for id_ in operations), findings, beside)


def _itself(operation: str) -> Way:
    return _way(operation, findings=())


_MISSING = "rest.endpoint_missing"
_ONLY_TERMS = (_MISSING, "rest.only_terms")
#: Everybody whom the listings of students and teachers leave out; a provider may refuse the whole and give this.
_OTHER_ROLES = build_filter(
    ENTITIES["users"],
    Condition("role", Predicate.DIFFERS, "student"),
    Condition("role", Predicate.DIFFERS, "teacher"),
)
_OTHERS = (Beside(OPERATIONS["getAllUsers"], _OTHER_ROLES, "rest.only_students_and_teachers"),)

_USERS_OF_SCHOOLS = ("getStudentsForSchool", "getTeachersForSchool")

_WHOLE = MappingProxyType(
    {
        "orgs": (
            _itself("getAllOrgs"),
            _way("getAllSchools", findings=(_MISSING, "rest.only_schools")),
        ),
        "academicSessions": (
            _itself("getAllAcademicSessions"),
            _way("getAllTerms", "getAllGradingPeriods", findings=_ONLY_TERMS),
            _way("getAllTerms", findings=_ONLY_TERMS),
            _way("getTermsForSchool", findings=_ONLY_TERMS),
        ),
        "courses": (
            _itself("getAllCourses"),
            _way("getCoursesForSchool", findings=(_MISSING, "rest.only_courses_of_schools")),
        ),
        "classes": (_itself("getAllClasses"), _way("getClassesForSchool")),
        "users": (
            _itself("getAllUsers"),
            _way("getAllStudents", "getAllTeachers", beside=_OTHERS),
            _way(*_USERS_OF_SCHOOLS, beside=_OTHERS),
        ),
        "enrollments": (_itself("getAllEnrollments"), _way("getEnrollmentsForSchool")),
        "demographics": (_itself("getAllDemographics"),),
        "resources": (_itself("getAllResources"),),
    }
)

_PER_SCHOOL = MappingProxyType(
    {
        **_WHOLE,
        "classes": (_itself("getClassesForSchool"),),
        "users": (_way(*_USERS_OF_SCHOOLS, findings=(), beside=_OTHERS),),
        "enrollments": (_itself("getEnrollmentsForSchool"),),
    }
)

#: Ways to each collection, best first.
WAYS: Mapping[Style, Mapping[str, tuple[Way, ...]]] = MappingProxyType(
    {Style.WHOLE_DISTRICT: _WHOLE, Style.PER_SCHOOL: _PER_SCHOOL}
)
