"""The grade books of the LMS, kept between readings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sis_connect.grades.observed import Category, Exemption, Grade, GradeBook, Item, Period, ScaleKind
from sis_connect.store.database import Database
from sis_connect.store.grade_books import GradeBooks, KeptBook

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 10, 1, 3, tzinfo=UTC)
BOOK = GradeBook(
    class_key="algebra",
    categories=(Category("1", "Labs"),),
    periods=(Period("2", "Fall", date(2026, 9, 1), None),),
    items=(
        Item(
            lms_id="3",
            title="Quiz",
            description="",
            due_date=date(2026, 9, 5),
            category_lms_id="1",
            period_lms_id="2",
            max_points=Decimal("12.5"),
            scale=ScaleKind.POINTS,
            is_published=True,
            counts=True,
            is_for_some=False,
        ),
    ),
    grades=(Grade("3", "7", Decimal("8.25"), None, "Good", 5), Grade("3", "8", exemption=Exemption.EXCUSED)),
    is_complete=True,
    cursor=5,
)


def test_book_is_kept_as_it_was_read_until_it_is_read_again(tmp_path: Path) -> None:
    database = Database(tmp_path / "district.sqlite")
    books = GradeBooks(database)
    assert books.find("algebra") is None
    books.keep(BOOK, read_at=NOW, whole_at=NOW)
    later = NOW + timedelta(minutes=10)
    books.keep(BOOK, read_at=later, whole_at=NOW)

    assert books.find("algebra") == KeptBook(BOOK, later, NOW)
    assert books.read_at() == {"algebra": (later, NOW)}
    database.close()
