"""A section in which two linked classes are graded, and what it comes to in the SIS; every part can be another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sis_connect.grades.manners import Manners
from sis_connect.grades.observed import Category, Grade, GradeBook, Item, Period, ScaleKind
from sis_connect.grades.roster import Class, Roster, Session
from sis_connect.grades.rules import GradeRules
from sis_connect.grades.shape import SisBook, shape_book

if TYPE_CHECKING:
    from sis_connect.grades.target import Row
    from sis_connect.grades.wanted import WantedBook

ZONE = ZoneInfo("America/New_York")
TODAY = date(2026, 10, 5)
#: A moment of 2026-10-01 in New York, and of the day after in UTC.
CHANGED_AT = 1_790_908_200
QUARTER_1 = Session("q1", "Quarter 1", "gradingPeriod", date(2026, 8, 24), date(2026, 10, 30), "fall")
QUARTER_2 = Session("q2", "Quarter 2", "gradingPeriod", date(2026, 10, 31), date(2027, 1, 15), "fall")
FALL = Session("fall", "Fall", "term", date(2026, 8, 24), date(2027, 1, 15))
PERIOD_1 = Period("p1", "First quarter", date(2026, 8, 20), date(2026, 10, 28))

ALGEBRA = Class(
    "algebra", "algebra", "Algebra", "77", "maths", "north", (QUARTER_1, QUARTER_2, FALL),
    frozenset(("ada", "ben")), frozenset(("tove",)), ("09",),
)  # fmt: skip
#: Linked with it in the LMS.
HONORS = replace(
    ALGEBRA, key="honors", sourced_id="honors", lms_id="78", students=frozenset(("cem",)), teachers=frozenset(("sven",))
)
ROSTER = Roster({"algebra": ALGEBRA, "honors": HONORS}, {"1": ("ada",), "2": ("ben",), "3": ("cem",), "4": ("dora",)})

#: A SIS of which enough is known.
MANNERS = Manners(takes_grades=True)
#: Its categories, as it tells them.
CATEGORIES: tuple[Row, ...] = (
    {"sourced_id": "c-hw", "title": "Homework", "status": "active"},
    {"sourced_id": "c-test", "title": "Tests", "status": "active"},
)
SIS = SisBook(categories=CATEGORIES)


def an_item(lms_id: str = "100", title: str = "Quiz 1", **parts: Any) -> Item:
    """A published item of 20 points in Homework, due in the first quarter."""
    given: dict[str, Any] = {
        "description": "", "due_date": date(2026, 9, 15), "category_lms_id": "k1", "period_lms_id": "p1",
        "max_points": Decimal(20), "scale": ScaleKind.POINTS, "is_published": True, "counts": True,
        "is_for_some": False,
    }  # fmt: skip
    return Item(lms_id=lms_id, title=title, **(given | parts))


def a_grade(account: str = "1", score: str | None = "17.5", item: str = "100", **parts: Any) -> Grade:
    """A grade of Ada's for the first item."""
    number = None if score is None else Decimal(score)
    return Grade(item, account, **({"score": number, "changed_at": CHANGED_AT} | parts))


def a_book(*grades: Grade, items: tuple[Item, ...] = (an_item(),), **parts: Any) -> GradeBook:
    """The complete grade book of the section that carries Algebra."""
    given: dict[str, Any] = {
        "class_key": "algebra", "categories": (Category("k1", "Homework"), Category("k2", "Projects")),
        "periods": (PERIOD_1,), "items": items, "grades": grades, "is_complete": True, "cursor": CHANGED_AT,
    }  # fmt: skip
    return GradeBook(**(given | parts))


def shaped(
    book: GradeBook,
    *,
    roster: Roster = ROSTER,
    manners: Manners = MANNERS,
    rules: GradeRules | None = None,
    sis: SisBook = SIS,
    today: date = TODAY,
) -> WantedBook:
    """What it comes to."""
    return shape_book(book, roster, manners, rules or GradeRules(), sis, today=today, zone=ZONE)


def codes(wanted: WantedBook) -> list[str]:
    """The codes of its problems."""
    return [problem.code.removeprefix("grades.") for problem in wanted.problems]
