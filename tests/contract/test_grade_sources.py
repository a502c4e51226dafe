"""What every source of grades must do, run on grade books in memory and on Schoology's adapter against the sandbox."""

from __future__ import annotations

import random
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from graded_classes import STUDENTS, ClassInMemory, GradedClass, a_hand, put_class_into, settings_for
from sis_connect.grades.merge import merge_books
from sis_connect.grades.observed import Exemption, GradeBook, LeftOut, ScaleKind
from sis_connect.grades.source import ClassUnreadableError
from sis_connect.sandbox.schoology import server
from sis_connect.sandbox.schoology.settings import GradeManners, SandboxSettings
from sis_connect.schoology.connection import open_grade_source

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["in memory", "schoology", "schoology that tells of cleared grades"])
def graded(request: pytest.FixtureRequest) -> Iterator[GradedClass]:
    if request.param == "in memory":
        yield ClassInMemory()
        return
    manners = GradeManners(tells_of_cleared_grades="cleared" in request.param)
    with ExitStack() as stack:
        settings = SandboxSettings(rate=None, grades=manners, now=lambda: datetime(2026, 10, 2, 12, tzinfo=UTC))
        sandbox = stack.enter_context(server.start(settings))
        source = stack.enter_context(open_grade_source(settings_for(sandbox)))
        yield put_class_into(sandbox, source, stack.enter_context(a_hand(sandbox)))


def read(graded: GradedClass) -> GradeBook:
    """The complete book."""
    return merge_books(None, graded.source.read(graded.class_, None))


def poll(graded: GradedClass, known: GradeBook, *, tells_known: bool = True) -> GradeBook:
    """What was known, joined with what changed since."""
    told = graded.source.read(graded.class_, known.cursor, known if tells_known else None)
    return merge_books(known, told)


def same(book: GradeBook) -> GradeBook:
    """What must be equal however it was read; nothing is owed about cleared grades but that they hold nothing."""
    told = tuple(grade for grade in book.grades if grade.score is not None or grade.exemption or grade.comment)
    return replace(book, grades=told, left_out=LeftOut(), cursor=0)


def test_a_complete_reading_is_what_the_teacher_did(graded: GradedClass) -> None:
    homework = graded.add_category("Homework")
    item = graded.add_item("Fractions", category=homework, due=date(2026, 10, 2), max_points="20")
    letters = graded.add_item("Essay", has_letters=True)
    graded.grade(item, "ada", "17.25", comment="Well <b>done</b>")
    graded.grade(item, "ben", exemption=Exemption.MISSING)
    graded.grade(letters, "ada", "85")
    book = read(graded)

    assert (book.class_key, book.is_complete) == (graded.class_.key, True)
    assert [(category.lms_id, category.title) for category in book.categories] == [(homework, "Homework")]
    items = {one.lms_id: one for one in book.items}
    assert (items[item].title, items[item].due_date, items[item].category_lms_id) == (
        "Fractions", date(2026, 10, 2), homework,
    )  # fmt: skip
    assert (items[item].max_points, items[item].scale, items[item].factor) == (
        Decimal(20),
        ScaleKind.POINTS,
        Decimal(1),
    )
    assert (items[letters].due_date, items[letters].category_lms_id) == (None, None)
    assert items[letters].scale is ScaleKind.LEVELS
    told = {(one.item_lms_id, one.account_lms_id): one for one in book.grades}
    assert set(told) == {
        (item, graded.account("ada")), (item, graded.account("ben")), (letters, graded.account("ada"))
    }  # fmt: skip
    first = told[item, graded.account("ada")]
    assert (first.score, first.exemption, first.comment) == (Decimal("17.25"), None, "Well <b>done</b>")
    second = told[item, graded.account("ben")]
    assert (second.score, second.exemption) == (None, Exemption.MISSING)
    assert told[letters, graded.account("ada")].level == "B"
    assert book.cursor == max(one.changed_at for one in book.grades)


def test_an_empty_class_has_an_empty_book_that_can_be_polled(graded: GradedClass) -> None:
    known = read(graded)
    assert (known.items, known.grades, known.cursor) == ((), (), 0)

    item = graded.add_item("Fractions")
    graded.grade(item, "ada", "1")
    assert same(poll(graded, known)) == same(read(graded))


@pytest.mark.parametrize("tells_known", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_polls_joined_with_what_was_known_are_a_complete_reading(
    graded: GradedClass, seed: int, *, tells_known: bool
) -> None:
    """Whatever a teacher does but clearing grades, which no poll has to tell of."""
    dice = random.Random(seed)  # noqa: S311 -- repeatable, not secret
    category = graded.add_category("Homework")
    items = [graded.add_item("Quiz 0", category=category)]
    known = read(graded)
    for turn in range(12):
        for _ in range(dice.randrange(4)):
            item, student = dice.choice(items), dice.choice(STUDENTS)
            match dice.randrange(6):
                case 0:
                    items.append(graded.add_item(f"Quiz {turn}", category=dice.choice([category, None])))
                case 1 if len(items) > 1:
                    items.remove(item)
                    graded.remove_item(item)
                case 2:
                    category = graded.add_category(f"Category {turn}")
                    items.append(graded.add_item(f"Test {turn}", category=category, has_letters=True))
                case 3:
                    graded.grade(item, student, exemption=dice.choice(list(Exemption)[:3]))
                case _:
                    graded.grade(item, student, str(dice.randrange(5)), comment=dice.choice(["", "Good"]))
        graded.wait(dice.choice([0, 1, 100, 1000]))
        before, known = known, poll(graded, known, tells_known=tells_known)
        assert known.cursor >= before.cursor
    complete = read(graded)
    assert same(known).grades == same(complete).grades
    assert known.items == complete.items
    named = {item.category_lms_id for item in complete.items} - {None}
    assert named <= {category.lms_id for category in known.categories}


def test_a_quiet_class_tells_nothing_and_keeps_its_cursor(graded: GradedClass) -> None:
    item = graded.add_item("Fractions")
    for student in STUDENTS:
        graded.grade(item, student, "5")
    known = read(graded)
    graded.wait(1000)
    for _ in range(2):
        told = graded.source.read(graded.class_, known.cursor, known)
        assert (told.grades, told.cursor, told.is_complete) == ((), known.cursor, False)


def test_a_grade_given_in_the_very_second_of_the_cursor_is_told(graded: GradedClass) -> None:
    """Also one in the same words as another student's."""
    item = graded.add_item("Fractions")
    graded.grade(item, "ada", "5")
    known = read(graded)
    graded.grade(item, "ben", "5")
    told = graded.source.read(graded.class_, known.cursor, known)
    assert graded.account("ben") in {grade.account_lms_id for grade in told.grades}


def test_what_was_cleared_is_found_by_a_complete_reading(graded: GradedClass) -> None:
    item = graded.add_item("Fractions")
    graded.grade(item, "ada", "5")
    graded.grade(item, "ben", "6")
    known = read(graded)
    graded.grade(item, "ada")
    assert [grade.account_lms_id for grade in same(read(graded)).grades] == [graded.account("ben")]
    joined = {grade.account_lms_id: grade for grade in poll(graded, known).grades}
    assert joined[graded.account("ben")].score == 6


def test_what_was_exempted_or_scored_since_replaces_what_was_known(graded: GradedClass) -> None:
    item = graded.add_item("Fractions")
    graded.grade(item, "ada", "5")
    known = read(graded)
    graded.wait(1)
    graded.grade(item, "ada", exemption=Exemption.EXCUSED)
    [grade] = poll(graded, known).grades
    assert (grade.score, grade.exemption) == (None, Exemption.EXCUSED)


def test_a_class_that_cannot_be_read_says_so_and_what_to_do(graded: GradedClass) -> None:
    graded.forbid()
    with pytest.raises(ClassUnreadableError) as caught:
        graded.source.read(graded.class_, None)
    assert caught.value.where == graded.class_.key
    assert caught.value.fix
