"""What an LMS should hold, in the words of OneRoster: the value types shared by shape, plan and apply.

One dataclass a kind is the only declaration: columns of frames and their SQL types are derived from it. A record
is told apart by its `KEY`; keys are what SIS Connect and the LMS call the same thing by. `CARRIED` columns travel along
for the target or as evidence, and are not compared. Not here: how records come
to be (`sync.shape`), how they differ from what exists (`sync.plan`), what Schoology calls them (`schoology`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import ClassVar, get_type_hints


class Kind(StrEnum):
    """The kinds of records, in the order in which they are created; they are removed in reverse."""

    SCHOOLS = "schools"
    TERMS = "terms"
    USERS = "users"
    AGENTS = "agents"
    COURSES = "courses"
    CLASSES = "classes"
    ENROLLMENTS = "enrollments"


@dataclass(frozen=True, slots=True)
class School:
    """An org of type school."""

    KEY: ClassVar = ("key",)

    #: Its sourcedId.
    key: str
    title: str
    #: The district's own number for it, where given.
    code: str | None


@dataclass(frozen=True, slots=True)
class Term:
    """An academic session in which classes meet."""

    KEY: ClassVar = ("key",)

    key: str
    #: Unique in the district.
    title: str
    start_date: date
    #: Last day that belongs to it.
    end_date: date


@dataclass(frozen=True, slots=True)
class User:
    """A person; several OneRoster users may be one person under the district's matching rule."""

    KEY: ClassVar = ("key",)
    CARRIED: ClassVar = ("identifier",)

    #: What the district matches people by: sourcedId, identifier, username or e-mail.
    key: str
    #: The role's title in the LMS, from the district's role map.
    role: str
    given_name: str
    middle_name: str | None
    family_name: str
    username: str | None
    email: str | None
    #: Where the account lives; None for the district itself.
    school_key: str | None
    #: The other schools, in order.
    other_school_keys: list[str]
    identifier: str | None


@dataclass(frozen=True, slots=True)
class Agent:
    """A student and a parent or guardian who may see the student's work."""

    KEY: ClassVar = ("student_key", "agent_key")

    student_key: str
    agent_key: str


@dataclass(frozen=True, slots=True)
class Course:
    """A course as taught in one school (or in the district, if the district wants it so)."""

    KEY: ClassVar = ("key",)

    key: str
    title: str
    #: Unique in the district.
    code: str
    #: None for the district itself.
    school_key: str | None


@dataclass(frozen=True, slots=True)
class Class:
    """A class: what Schoology calls a section."""

    KEY: ClassVar = ("key",)
    CARRIED: ClassVar = ("course_title", "course_code")

    #: Its sourcedId.
    key: str
    title: str
    course_key: str
    course_title: str
    #: The course's `code`.
    course_code: str
    #: Where it is taught.
    school_key: str
    term_keys: list[str]
    location: str | None


class Membership(StrEnum):
    """What an enrolled person may do."""

    STUDENT = "student"
    TEACHER = "teacher"


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One person's place in one class."""

    KEY: ClassVar = ("class_key", "user_key")

    class_key: str
    user_key: str
    #: A `Membership`.
    role: str


Record = School | Term | User | Agent | Course | Class | Enrollment

RECORD_TYPES: dict[Kind, type[Record]] = {
    Kind.SCHOOLS: School,
    Kind.TERMS: Term,
    Kind.USERS: User,
    Kind.AGENTS: Agent,
    Kind.COURSES: Course,
    Kind.CLASSES: Class,
    Kind.ENROLLMENTS: Enrollment,
}

#: Columns that hold the key of another record, by kind.
REFERENCES: dict[Kind, dict[str, Kind]] = {
    Kind.USERS: {"school_key": Kind.SCHOOLS, "other_school_keys": Kind.SCHOOLS},
    Kind.AGENTS: {"student_key": Kind.USERS, "agent_key": Kind.USERS},
    Kind.COURSES: {"school_key": Kind.SCHOOLS},
    Kind.CLASSES: {"school_key": Kind.SCHOOLS, "course_key": Kind.COURSES, "term_keys": Kind.TERMS},
    Kind.ENROLLMENTS: {"class_key": Kind.CLASSES, "user_key": Kind.USERS},
}

_SQL_TYPES = {
    "str": "VARCHAR",
    "str | None": "VARCHAR",
    "list[str]": "VARCHAR[]",
    "datetime.date": "DATE",
}


def key_columns(kind: Kind) -> tuple[str, ...]:
    """The columns that tell records of a kind apart."""
    return RECORD_TYPES[kind].KEY


def columns(kind: Kind) -> dict[str, str]:
    """Columns of a kind's frame with their SQL types, in order."""
    record_type = RECORD_TYPES[kind]
    hints = get_type_hints(record_type)
    names = [field.name for field in fields(record_type)]
    return {name: _SQL_TYPES[_type_name(hints[name])] for name in names}


def compared_columns(kind: Kind) -> tuple[str, ...]:
    """The columns whose difference is worth a change; keys and merely carried columns are not among them."""
    record_type = RECORD_TYPES[kind]
    left_out = {*record_type.KEY, *getattr(record_type, "CARRIED", ())}
    return tuple(column for column in columns(kind) if column not in left_out)


def record_key(record: Record) -> tuple[str, ...]:
    """The key of a record."""
    return tuple(getattr(record, column) for column in record.KEY)


def _type_name(hint: object) -> str:
    if isinstance(hint, type) and not hasattr(hint, "__args__"):
        return "datetime.date" if hint is date else hint.__name__
    return str(hint)
