"""The district's rules for shaping, as values.

Here: every rule of shaping with its default and what it may be; `config` reads them from the district's file and
`docs/configuration.md` documents them. Not here: what the rules do (the modules beside this one).
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

SKIP: Final = "skip"


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which part of the SIS is looked at."""

    #: The calendar year in which the active school year ends, or `auto`: the first one that has not ended yet.
    school_year: int | Literal["auto"] = "auto"
    #: sourcedIds of the schools to sync; empty for all.
    schools: tuple[str, ...] = ()
    #: sourcedIds of the terms to sync; empty for all of the active school year.
    terms: tuple[str, ...] = ()


class Schools(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How schools meet the LMS."""

    #: Make a school that the LMS does not have yet; `false` holds it and what belongs to it.
    create: bool = True
    #: School sourcedId to the LMS's own id of the building that it is.
    match: dict[str, str] = {}


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How terms are named; terms with one name and the same dates are one term of the LMS."""

    #: `{school_year}` is empty when the title names a year itself.
    title: str = "{title}[ {school_year}]"
    #: The standard says that endDate is the first day after the term; many a SIS sends its last day. Taken as the
    #: last day, a term of the LMS may be one day too long; taken the other way, a class may close a day early.
    end_date: Literal["last_day", "day_after"] = "last_day"


class Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """OneRoster role to the title of the LMS's role, or `skip`."""

    student: str = "Student"
    teacher: str = "Teacher"
    administrator: str = SKIP
    aide: str = SKIP
    proctor: str = SKIP
    parent: str = "Parent"
    guardian: str = "Parent"
    relative: str = "Parent"


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who gets an account, and how accounts are told apart."""

    #: The LMS's unique id of a person; OneRoster users that share it are one person.
    match_by: Literal["sourced_id", "identifier", "username", "email"] = "sourced_id"
    roles: Roles = Roles()
    #: Whether parents, guardians and relatives get accounts, linked to their students.
    guardians: Literal["skip", "sync"] = "skip"
    #: What `enabledUser=false` means: the account stays, or goes.
    disabled: Literal["keep", "remove"] = "keep"


class Courses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How courses are laid out."""

    #: One course of the LMS for each school that teaches it, or one for its own org.
    one_per: Literal["school", "org"] = "school"


class Classes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How classes become sections of the LMS."""

    #: Parts in square brackets vanish when a placeholder in them is empty.
    title: str = "{class_title}[ ({class_code})]"
    homerooms: Literal["sync", "skip"] = "sync"
    #: Every teacher of a class leads it, or only the one marked primary.
    co_teachers: Literal["all", "primary"] = "all"
    #: A class in several terms: one section in all of them, or a section for each.
    spanning_terms: Literal["together", "per_term"] = "together"


class EnrollmentRoles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """OneRoster enrollment role to what the person is in the class."""

    student: Literal["student", "teacher", "skip"] = "student"
    teacher: Literal["student", "teacher", "skip"] = "teacher"
    administrator: Literal["student", "teacher", "skip"] = SKIP
    proctor: Literal["student", "teacher", "skip"] = SKIP


class Enrollments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is in a class."""

    roles: EnrollmentRoles = EnrollmentRoles()
    #: An enrollment whose beginDate is still to come: put in now, or on the day.
    before_begin: Literal["sync", "wait"] = "sync"


class DistrictRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rules of shaping."""

    scope: Scope = Scope()
    schools: Schools = Schools()
    terms: Terms = Terms()
    people: People = People()
    courses: Courses = Courses()
    classes: Classes = Classes()
    enrollments: Enrollments = Enrollments()
