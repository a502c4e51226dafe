"""What Schoology holds in a section's grade book, read tolerantly: categories, periods, items, grades.

Fields are those of the REST API v1 pages Grading Categories, Grading Periods, Assignment and Grade. A grade is points
of its item, whatever the scale. What the pages leave open is a setting (`GradeReading`). Not here: scales
(`grade_scales`), requests (`gradebook`), whose a grade is (`grade_source`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from sis_connect.grades.observed import Category, Exemption, Grade, Item, Period, ScaleKind
from sis_connect.schoology.grade_fields import day, flag, number, whole
from sis_connect.schoology.records import Row, identity, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo
    from typing import Self

    from sis_connect.schoology.grade_scales import Scale

#: What is written in place of an id where there is none.
_NO_ID = frozenset({"", "0"})
#: Codes of `exception`: 1 and 2 are documented, 3 was seen by public clients.
_EXCEPTIONS = {1: Exemption.EXCUSED, 2: Exemption.INCOMPLETE, 3: Exemption.MISSING}
_HIDDEN = "0"


@dataclass(frozen=True, slots=True)
class GradeReading:
    """How grades are read where Schoology's documentation is silent."""

    #: What `exception` means beyond 1 to 3, by its code; others come out as `Exemption.OTHER`.
    exceptions: Mapping[int, Exemption] = field(default_factory=dict)
    #: In which zone `due` is written, and the district's (None: the machine's); without both the day is as written.
    due_zones: tuple[tzinfo, tzinfo | None] | None = None
    #: Also take comments that the teacher keeps from the student.
    hidden_comments: bool = False
    #: Seconds before the cursor from which a poll asks: a grade may come to be seen later than one made after it.
    overlap_seconds: int = 300

    def __post_init__(self) -> None:
        """ValueError when grades could be missed."""
        if self.overlap_seconds < 0:
            raise ValueError("an overlap is not below zero")


def parse_category(row: Row) -> Category:
    """The category a row describes."""
    return Category(identity(row, "id"), text(row, "title").strip())


def parse_period(row: Row) -> Period:
    """The grading period a row describes; the times of day that sections' periods carry are cut off."""
    return Period(
        identity(row, "id"), text(row, "title").strip(), day(text(row, "start")[:10]), day(text(row, "end")[:10])
    )


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """A grade item; what kind of scale it has is told by its scale."""

    item: Item
    #: None for plain points.
    scale_id: str | None
    #: True for a midterm or final column.
    is_final: bool

    @classmethod
    def parse(cls, row: Row, reading: GradeReading) -> Self:
        """The item a row describes; one without a maximum has none, which is 0."""
        item = Item(
            lms_id=identity(row, "id"),
            title=text(row, "title").strip(),
            description=text(row, "description"),
            due_date=day(text(row, "due"), reading.due_zones),
            category_lms_id=_id(row, "grading_category"),
            period_lms_id=_period_id(row),
            max_points=number(row, "max_points") or Decimal(),
            scale=ScaleKind.POINTS,
            is_published=flag(row, "published", default=True),
            # What is only collected is marked as done or not, without a score.
            counts=flag(row, "count_in_grade", default=True) and not flag(row, "collected_only", default=False),
            is_for_some=any(_names_any(row.get(name)) for name in ("assignees", "grading_group_ids"))
            or whole(row, "num_assignees") > 0,
            factor=_or_one(number(row, "factor")),
        )
        return cls(item, _id(row, "grading_scale"), is_final_row(row))


@dataclass(frozen=True, slots=True)
class GradeRecord:
    """A grade of an enrollment; without score, letter and exception it was cleared."""

    item_id: str
    enrollment_id: str
    score: Decimal | None = field(repr=False)
    #: What stands in place of a number: the name of a level, which a reply should not hold.
    letter: str = field(repr=False)
    #: None where there is none.
    exemption: Exemption | None = field(repr=False)
    comment: str = field(repr=False)
    changed_at: int
    is_final: bool

    @classmethod
    def parse(cls, row: Row, reading: GradeReading) -> Self:
        """The grade a row describes."""
        exemption = _exemption(row, reading)
        # Any exception empties the grade (Grade page).
        score = None if exemption else number(row, "grade")
        is_shown = reading.hidden_comments or text(row, "comment_status") != _HIDDEN
        return cls(
            item_id=identity(row, "assignment_id"),
            enrollment_id=identity(row, "enrollment_id"),
            score=score,
            letter="" if exemption or score is not None else text(row, "grade").strip(),
            exemption=exemption,
            comment=text(row, "comment") if is_shown else "",
            changed_at=whole(row, "timestamp"),
            is_final=is_final_row(row),
        )

    def of(self, account_id: str, max_points: Decimal, scale: Scale | None) -> Grade:
        """The grade, owned by an account; a score that is no number and no level of the scale is of no known meaning.

        It never becomes a zero, nor a cleared grade.
        """
        score, exemption, level = self.score, self.exemption, self.letter or None
        if self.letter:
            score = scale.score_of(self.letter, max_points) if scale is not None else None
            exemption = Exemption.OTHER if score is None else None
        elif score is not None and scale is not None:
            level = scale.level_of(score, max_points)
        return Grade(self.item_id, account_id, score, exemption, self.comment, self.changed_at, level)


def is_final_row(row: Row) -> bool:
    """True for a midterm or final column, and for the grades in it."""
    return flag(row, "is_final", default=False)


def _exemption(row: Row, reading: GradeReading) -> Exemption | None:
    if text(row, "exception").strip() in _NO_ID:
        return None
    code = number(row, "exception")
    if code is None or code != int(code):
        return Exemption.OTHER
    return {**reading.exceptions, **_EXCEPTIONS}.get(int(code), Exemption.OTHER) if code else None


def _id(row: Row, name: str) -> str | None:
    value = text(row, name).strip()
    return None if value in _NO_ID else value


def _period_id(row: Row) -> str | None:
    """In replies about grades a period's id has a `p` before it, or is a word."""
    value = (_id(row, "grading_period") or "").removeprefix("p")
    return value if value.isascii() and value.isdigit() else None


def _names_any(value: object) -> bool:
    """True for a list of ids that is not empty, written as a list, as an object, or as JSON in a text."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else None
        except (ValueError, RecursionError):
            return True
    return bool(value)


def _or_one(value: Decimal | None) -> Decimal:
    return Decimal(1) if value is None else value
