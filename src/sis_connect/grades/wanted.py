"""What the SIS's grade book should hold for one class of the LMS, and what cannot be sent, with the reason.

Here: the value types between shape and plan. Records are the standard's own (`oneroster.gradebook_records`). Not here:
how they come to be (`shape`), how they differ from what was sent (`plan`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sis_connect.oneroster.gradebook_records import Category, LineItem, Result


@dataclass(frozen=True, slots=True)
class WantedLineItem:
    """A line item, and the item of the LMS that it stands for."""

    item_lms_id: str
    record: LineItem


@dataclass(frozen=True, slots=True)
class WantedResult:
    """A result, and the grade of the LMS that it stands for."""

    item_lms_id: str
    #: When the LMS's grade changed, by its own clock, in seconds since 1970.
    changed_at: int
    record: Result


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item, or one student's grade, cannot be sent, or what else a person should know about it.

    Holds no name, grade or comment.
    """

    #: One of `grades.findings.RULES`.
    code: str
    class_key: str
    item_lms_id: str | None = None
    student_sourced_id: str | None = None
    #: What helps to mend it: a length, a date, a title of a category, a proposed title.
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class WantedBook:
    """What one class of the LMS comes to; a line item lives in the class of the SIS that its students are in."""

    #: `roster.Class.key` of the class that the LMS's section carries.
    class_key: str
    #: Those to be made; categories that the SIS has are only referred to.
    categories: tuple[Category, ...]
    line_items: tuple[WantedLineItem, ...]
    results: tuple[WantedResult, ...]
    problems: tuple[Problem, ...]
    #: Items and grades that the LMS has, of which nothing is wanted now: not to be taken for deleted ones.
    unsendable: frozenset[tuple[str, str | None]]
