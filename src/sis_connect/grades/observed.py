"""What the LMS says about the grade book of one class: categories, items, grades.

Here: the value types between a source and the steps. Not here: how an LMS is asked (`schoology`), what becomes of it
(`shape`). Nothing here shows a grade or a comment in its repr.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date  # noqa: TC003  # kept as JSON, which is read by these annotations
from decimal import Decimal
from enum import StrEnum


class Exemption(StrEnum):
    """What stands in an LMS in place of a score."""

    EXCUSED = "excused"
    INCOMPLETE = "incomplete"
    MISSING = "missing"
    LATE = "late"
    ABSENT = "absent"
    #: Handed in, and not graded yet.
    SUBMITTED = "submitted"
    #: One whose meaning is not known to us.
    OTHER = "other"


class ScaleKind(StrEnum):
    """How an item is graded."""

    POINTS = "points"
    PERCENT = "percent"
    #: Levels with names, each worth some points or a percentage: letters, rubrics.
    LEVELS = "levels"


@dataclass(frozen=True, slots=True)
class Category:
    """A group of items in the LMS."""

    lms_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Period:
    """A grading period of the LMS; dates are its first and last day."""

    lms_id: str
    title: str
    start_date: date | None
    end_date: date | None


@dataclass(frozen=True, slots=True)
class Item:
    """A column of the LMS's grade book."""

    lms_id: str
    title: str
    description: str
    #: A day of the district's own time zone; None when the item has none.
    due_date: date | None
    category_lms_id: str | None
    period_lms_id: str | None
    max_points: Decimal
    scale: ScaleKind
    is_published: bool
    #: False where it does not count towards the class's grade.
    counts: bool
    #: True where it is for some students only.
    is_for_some: bool
    #: Points are multiplied by it in the LMS's own sums; 1 mostly.
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Grade:
    """What the LMS holds for one student and item; nothing in `score` and `exemption` when it was cleared."""

    item_lms_id: str
    #: Who owns it: the LMS's own id of the account.
    account_lms_id: str
    #: In points of the item, whatever its scale.
    score: Decimal | None = field(default=None, repr=False)
    exemption: Exemption | None = field(default=None, repr=False)
    #: As the teacher wrote it, markup and all.
    comment: str = field(default="", repr=False)
    #: Seconds since 1970 by the LMS's own clock.
    changed_at: int = 0
    #: The name of the level that was given, where the item has levels.
    level: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many grades the LMS told of in this reading that are not given, and why."""

    #: Nobody in the class has them any more: the enrollment is gone, or was followed by another of the same account.
    of_the_gone: int = 0
    #: They belong to the class's midterms and finals, which are calculated with and are no work of a category.
    finals: int = 0
    #: Their item is not listed: it was deleted, or may not be seen.
    of_unlisted_items: int = 0


@dataclass(frozen=True, slots=True)
class GradeBook:
    """The grade book of one class at one moment; complete, or the grades changed since a cursor."""

    #: `roster.Class.key` of the class that the LMS's section carries.
    class_key: str
    categories: tuple[Category, ...]
    periods: tuple[Period, ...]
    items: tuple[Item, ...]
    grades: tuple[Grade, ...]
    #: False when `grades` holds only those that changed since the cursor; items and categories are always complete.
    is_complete: bool
    #: What to ask from next time: the latest `changed_at` seen, by the LMS's own clock.
    cursor: int
    left_out: LeftOut = LeftOut()
