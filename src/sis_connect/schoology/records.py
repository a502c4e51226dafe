"""What Schoology holds, as far as rosters need it, read tolerantly.

Schoology writes an id as a number here and as a text there, and an empty value as "", null or 0; these readers take
all of them. Fields are those of the REST API v1 pages User, Course, Course Section, Enrollment, Grading Periods,
Building and Role. Not here: what we send (`mapping`) and how lists arrive (`replies`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.errors import MalformedReplyError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: One object of a reply.
Row = dict[str, object]

#: Enrollment status of somebody who was in a course once (Enrollment page).
ARCHIVED = "5"


def text(row: Mapping[str, object], *names: str) -> str:
    """The first of these fields that holds anything, as text; "" when none does."""
    for name in names:
        value = row.get(name)
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, (str, int)) and value != "":
            return str(value)
        if isinstance(value, float):
            return f"{value:g}"
    return ""


def identity(row: Mapping[str, object], *names: str) -> str:
    """As `text`, of a field that must be there."""
    value = text(row, *names)
    if not value:
        raise MalformedReplyError(f"An object in Schoology's reply has no {names[0]}.")
    return value


def is_synced(row: Mapping[str, object]) -> bool:
    """True for what an outside system made."""
    return text(row, "synced") == "1"


def as_number(lms_id: str) -> int | str:
    """An id as Schoology writes it in bodies: a number where it is one."""
    return int(lms_id) if lms_id.isascii() and lms_id.isdigit() else lms_id


@dataclass(frozen=True, slots=True)
class Building:
    """A building, or the root school above them."""

    id: str
    title: str
    code: str

    @classmethod
    def parse(cls, row: Row) -> Building:
        """The building a row describes."""
        return cls(identity(row, "id"), text(row, "title"), text(row, "building_code"))


@dataclass(frozen=True, slots=True)
class Role:
    """A role an account can have."""

    id: str
    title: str

    @classmethod
    def parse(cls, row: Row) -> Role:
        """The role a row describes."""
        return cls(identity(row, "id"), text(row, "title"))


@dataclass(frozen=True, slots=True)
class GradingPeriod:
    """A grading period of the organisation."""

    id: str
    title: str
    #: YYYY-MM-DD; a time of day, which some replies add, is cut off.
    start: str
    end: str

    @classmethod
    def parse(cls, row: Row) -> GradingPeriod:
        """The grading period a row describes."""
        return cls(identity(row, "id"), text(row, "title"), text(row, "start")[:10], text(row, "end")[:10])


@dataclass(frozen=True, slots=True)
class Account:
    """A user; the row is kept for comparing it with what was sent."""

    id: str
    school_uid: str
    name: str
    row: Row = field(repr=False)

    @classmethod
    def parse(cls, row: Row) -> Account:
        """The account a row describes, active or not."""
        name = text(row, "name_display", "name") or f"{text(row, 'name_first')} {text(row, 'name_last')}".strip()
        return cls(identity(row, "uid", "id"), text(row, "school_uid"), name, row)


@dataclass(frozen=True, slots=True)
class CatalogCourse:
    """A course."""

    id: str
    code: str
    title: str
    building_id: str
    #: True when an outside system made it.
    is_synced: bool = True

    @classmethod
    def parse(cls, row: Row) -> CatalogCourse:
        """The course a row describes."""
        code, title, building_id = (text(row, name) for name in ("course_code", "title", "building_id"))
        return cls(identity(row, "id"), code, title, building_id, is_synced(row))


@dataclass(frozen=True, slots=True)
class Section:
    """A course section; the row is kept for comparing it with what was sent."""

    id: str
    school_code: str
    title: str
    course_id: str
    row: Row = field(repr=False)

    @classmethod
    def parse(cls, row: Row) -> Section:
        """The section a row describes."""
        title = text(row, "section_title", "title")
        code = text(row, "section_school_code")
        return cls(identity(row, "id"), code, title, text(row, "course_id"), {**row, "title": title})


@dataclass(frozen=True, slots=True)
class Member:
    """An enrollment in a section."""

    id: str
    uid: str
    school_uid: str
    name: str
    is_admin: bool
    is_archived: bool

    @classmethod
    def parse(cls, row: Row) -> Member:
        """The enrollment a row describes."""
        name = text(row, "name_display", "name") or f"{text(row, 'name_first')} {text(row, 'name_last')}".strip()
        return cls(
            identity(row, "id"),
            text(row, "uid"),
            text(row, "school_uid"),
            name,
            text(row, "admin") == "1",
            text(row, "status") == ARCHIVED,
        )
