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
class Way:
    """One way to have a collection: all these listings together."""

    operations: tuple[Operation, ...]
    #: Codes of what is to be said about it; none for the collection itself.
    findings: tuple[str, ...] = ()

    @property
    def is_per_school(self) -> bool:
        """True when there is one listing of each kind below every school."""
        return self.operations[0].parent == "schools"


def _way(*operations: str, findings: tuple[str, ...] = ("rest.endpoint_missing",)) -> Way:
    return Way(tuple(OPERATIONS[id_] for id_ in operations), findings)


def _itself(operation: str) -> Way:
    return _way(operation, findings=())


_MISSING = "rest.endpoint_missing"
_ONLY_TERMS = (_MISSING, "rest.only_terms")
_ONLY_ROLES = (_MISSING, "rest.only_students_and_teachers")

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
            _way("getAllStudents", "getAllTeachers", findings=_ONLY_ROLES),
            _way(*_USERS_OF_SCHOOLS, findings=_ONLY_ROLES),
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
        "users": (_way(*_USERS_OF_SCHOOLS, findings=("rest.only_students_and_teachers",)),),
        "enrollments": (_itself("getEnrollmentsForSchool"),),
    }
)

#: Ways to each collection, best first.
WAYS: Mapping[Style, Mapping[str, tuple[Way, ...]]] = MappingProxyType(
    {Style.WHOLE_DISTRICT: _WHOLE, Style.PER_SCHOOL: _PER_SCHOOL}
)
