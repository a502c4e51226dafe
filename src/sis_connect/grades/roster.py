"""What the grades path needs of the roster: classes, who is in them, who teaches them, and their sessions.

Here: value types. They are read from the roster that was applied last (`runs`), so that a grade goes to whom the SIS
knows. Not here: how they are read, and what follows from them (`shape`, `permission`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Session:
    """An academic session: a grading period, or a term where the SIS has none."""

    sourced_id: str
    title: str
    type: str
    start_date: date
    #: Last day that belongs to it.
    end_date: date
    parent_sourced_id: str | None = None


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the SIS that has a section in the LMS."""

    #: What SIS Connect and the LMS call it: its sourcedId, but for a class that has one section for each of its terms.
    key: str
    sourced_id: str
    title: str
    #: The LMS's own id of its section.
    lms_id: str
    course_sourced_id: str
    school_sourced_id: str
    #: Its terms and the grading periods below them.
    sessions: tuple[Session, ...]
    #: sourcedIds of those who are students of it by the roster.
    students: frozenset[str] = field(repr=False)
    #: sourcedIds of those who teach it.
    teachers: frozenset[str] = field(repr=False)
    #: Grades it is for, as the SIS writes them (`KG`, `05`).
    grades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """The classes of a district under passback, and whose accounts the LMS's are."""

    #: By `Class.key`.
    classes: Mapping[str, Class] = field(repr=False)
    #: The LMS's own id of an account, to the sourcedIds of the students it stands for: one, or the account is in doubt.
    students_of_account: Mapping[str, tuple[str, ...]] = field(repr=False)
