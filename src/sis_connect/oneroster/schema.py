"""The OneRoster 1.1 data model, declared once.

Here: every entity and field with its names on the wire, its type and its rules, in the order of the CSV
binding. Headers of CSV files, columns of frames, checks and the reference documentation are derived from
this table; a second list of fields anywhere is a fault. Not here: how a value is parsed (`values`) or what a
district wants done with it (`sync`).

Clauses are those of the OneRoster 1.1 specification, section 4 (data model) and of its CSV binding.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.oneroster.model import Entity, Field, FieldType, Requirement

if TYPE_CHECKING:
    from collections.abc import Mapping

ONEROSTER_VERSION = "1.1"
MANIFEST_VERSION = "1.0"
MANIFEST_FILE = "manifest.csv"

#: Columns to the right of the last defined one that a vendor may add (CSV binding, extensions).
METADATA_PREFIX = "metadata."


STATUSES = ("active", "tobedeleted")
BOOLEANS = ("true", "false")
CLASS_TYPES = ("homeroom", "scheduled")
SEXES = ("male", "female")
IMPORTANCES = ("primary", "secondary")
ORG_TYPES = ("department", "school", "district", "local", "state", "national")
ROLES = ("administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher")
ENROLLMENT_ROLES = ("administrator", "proctor", "student", "teacher")
SCORE_STATUSES = ("exempt", "fully graded", "not submitted", "partially graded", "submitted")
SESSION_TYPES = ("gradingPeriod", "semester", "schoolYear", "term")


def _always(name: str, type_: FieldType = FieldType.STRING, *, personal: bool = False) -> Field:
    return Field(name, type_, Requirement.ALWAYS, is_personal=personal)


def _optional(name: str, type_: FieldType = FieldType.STRING, *, personal: bool = False) -> Field:
    return Field(name, type_, is_personal=personal)


def _choice(name: str, values: tuple[str, ...], *, required: bool = False, personal: bool = False) -> Field:
    type_ = FieldType.BOOLEAN if values is BOOLEANS else FieldType.ENUMERATION
    requirement = Requirement.ALWAYS if required else Requirement.OPTIONAL
    return Field(name, type_, requirement, values=values, is_personal=personal)


def _reference(name: str, to: str, *, required: bool = False) -> Field:
    requirement = Requirement.ALWAYS if required else Requirement.OPTIONAL
    return Field(name, FieldType.REFERENCE, requirement, refers_to=to)


def _references(name: str, to: str, *, required: bool = False) -> Field:
    requirement = Requirement.ALWAYS if required else Requirement.OPTIONAL
    return Field(name, FieldType.REFERENCES, requirement, refers_to=to)


_STATUS = (
    Field("status", FieldType.ENUMERATION, Requirement.IN_DELTA, values=STATUSES),
    Field("dateLastModified", FieldType.DATE_TIME, Requirement.IN_DELTA),
)
_BASE = (Field("sourcedId", FieldType.GUID, Requirement.ALWAYS), *_STATUS)

_RACES = (
    "americanIndianOrAlaskaNative",
    "asian",
    "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander",
    "white",
    "demographicRaceTwoOrMoreRaces",
    "hispanicOrLatinoEthnicity",
)

_DECLARED = (
    Entity(
        "orgs",
        "org",
        "A node of the organisation: a school, a district, a department.",
        (
            *_BASE,
            _always("name"),
            _choice("type", ORG_TYPES, required=True),
            _optional("identifier"),
            _reference("parent", "orgs"),
        ),
    ),
    Entity(
        "academicSessions",
        "academicSession",
        "A span of school time: a school year, a semester, a term, a grading period.",
        (
            *_BASE,
            _always("title"),
            _choice("type", SESSION_TYPES, required=True),
            _always("startDate", FieldType.DATE),
            _always("endDate", FieldType.DATE),
            _reference("parent", "academicSessions"),
            _always("schoolYear", FieldType.YEAR),
        ),
    ),
    Entity(
        "courses",
        "course",
        "An entry of the catalogue; classes are taught from it.",
        (
            *_BASE,
            _reference("schoolYear", "academicSessions"),
            _always("title"),
            _optional("courseCode"),
            _optional("grades", FieldType.STRINGS),
            _reference("org", "orgs", required=True),
            _optional("subjects", FieldType.STRINGS),
            _optional("subjectCodes", FieldType.STRINGS),
        ),
    ),
    Entity(
        "classes",
        "class",
        "An instance of a course in one school, in one or more terms.",
        (
            *_BASE,
            _always("title"),
            _optional("grades", FieldType.STRINGS),
            _reference("course", "courses", required=True),
            _optional("classCode"),
            _choice("classType", CLASS_TYPES, required=True),
            _optional("location"),
            _reference("school", "orgs", required=True),
            _references("terms", "academicSessions", required=True),
            _optional("subjects", FieldType.STRINGS),
            _optional("subjectCodes", FieldType.STRINGS),
            _optional("periods", FieldType.STRINGS),
        ),
    ),
    Entity(
        "users",
        "user",
        "A person in one role: student, teacher, parent and so on.",
        (
            *_BASE,
            _choice("enabledUser", BOOLEANS, required=True),
            _references("orgs", "orgs", required=True),
            _choice("role", ROLES, required=True),
            _always("username", personal=True),
            _optional("userIds", FieldType.USER_IDS, personal=True),
            _always("givenName", personal=True),
            _always("familyName", personal=True),
            _optional("middleName", personal=True),
            _optional("identifier", personal=True),
            _optional("email", personal=True),
            _optional("sms", personal=True),
            _optional("phone", personal=True),
            _references("agents", "users"),
            _optional("grades", FieldType.STRINGS),
            Field("password", FieldType.STRING, is_personal=True, is_secret=True),
        ),
    ),
    Entity(
        "enrollments",
        "enrollment",
        "One user's membership of one class, in one role.",
        (
            *_BASE,
            _reference("class", "classes", required=True),
            _reference("school", "orgs", required=True),
            _reference("user", "users", required=True),
            _choice("role", ENROLLMENT_ROLES, required=True),
            _choice("primary", BOOLEANS),
            _optional("beginDate", FieldType.DATE),
            _optional("endDate", FieldType.DATE),
        ),
    ),
    Entity(
        "demographics",
        "demographics",
        "Personal facts about a user; shares the user's sourcedId.",
        (
            Field("sourcedId", FieldType.GUID, Requirement.ALWAYS, refers_to="users"),
            *_STATUS,
            _optional("birthDate", FieldType.DATE, personal=True),
            _choice("sex", SEXES, personal=True),
            *(_choice(race, BOOLEANS, personal=True) for race in _RACES),
            _optional("countryOfBirthCode", personal=True),
            _optional("stateOfBirthAbbreviation", personal=True),
            _optional("cityOfBirth", personal=True),
            _optional("publicSchoolResidenceStatus", personal=True),
        ),
    ),
    Entity(
        "resources",
        "resource",
        "A digital resource used in teaching.",
        (
            *_BASE,
            _always("vendorResourceId"),
            _optional("title"),
            Field("roles", FieldType.ENUMERATIONS, values=ROLES),
            _choice("importance", IMPORTANCES),
            _optional("vendorId"),
            _optional("applicationId"),
        ),
    ),
    Entity(
        "courseResources",
        "courseResource",
        "A resource that belongs to a course (CSV only).",
        (
            *_BASE,
            _optional("title"),
            _reference("course", "courses", required=True),
            _reference("resource", "resources", required=True),
        ),
    ),
    Entity(
        "classResources",
        "classResource",
        "A resource that belongs to a class (CSV only).",
        (
            *_BASE,
            _optional("title"),
            _reference("class", "classes", required=True),
            _reference("resource", "resources", required=True),
        ),
    ),
    Entity(
        "categories",
        "category",
        "A group of line items in a grade book.",
        (*_BASE, _always("title")),
    ),
    Entity(
        "lineItems",
        "lineItem",
        "A column of a grade book: one assignment of one class.",
        (
            *_BASE,
            _always("title"),
            _optional("description"),
            Field("assignDate", FieldType.DATE, Requirement.ALWAYS, is_date_time_in_json=True),
            Field("dueDate", FieldType.DATE, Requirement.ALWAYS, is_date_time_in_json=True),
            _reference("class", "classes", required=True),
            _reference("category", "categories", required=True),
            _reference("gradingPeriod", "academicSessions", required=True),
            _always("resultValueMin", FieldType.FLOAT),
            _always("resultValueMax", FieldType.FLOAT),
        ),
    ),
    Entity(
        "results",
        "result",
        "One student's score on one line item.",
        (
            *_BASE,
            _reference("lineItem", "lineItems", required=True),
            _reference("student", "users", required=True),
            Field(
                "scoreStatus",
                FieldType.ENUMERATION,
                Requirement.ALWAYS,
                values=SCORE_STATUSES,
                is_personal=True,
            ),
            _always("score", FieldType.FLOAT, personal=True),
            _always("scoreDate", FieldType.DATE),
            _optional("comment", personal=True),
        ),
    ),
)

#: Every entity by collection name, in the order in which records may be imported: what is referred to comes
#: before what refers to it (CSV binding, dependencies).
ENTITIES: Mapping[str, Entity] = MappingProxyType({entity.name: entity for entity in _DECLARED})

#: The entities without which a class roster cannot be built.
ROSTER_ENTITIES = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments")

#: Lists of references that only JSON has, as property and collection, by entity: CSV tells the same by a reference
#: the other way round or in a file of its own.
JSON_ONLY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "orgs": MappingProxyType({"children": "orgs"}),
        "academicSessions": MappingProxyType({"children": "academicSessions"}),
        "courses": MappingProxyType({"resources": "resources"}),
        "classes": MappingProxyType({"resources": "resources"}),
    }
)
