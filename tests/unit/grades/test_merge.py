"""The complete view of a grade book, from what was known and what was read since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shaped_books import a_book, a_grade, an_item
from sis_connect.grades.merge import merge_books

if TYPE_CHECKING:
    from sis_connect.grades.observed import Grade, GradeBook, Item

TWO_ITEMS = (an_item("100"), an_item("101", "Quiz 2"))


def a_poll(*grades: Grade, items: tuple[Item, ...] = TWO_ITEMS, cursor: int = 20) -> GradeBook:
    return a_book(*grades, items=items, is_complete=False, cursor=cursor)


KNOWN = a_book(
    a_grade("1", "5", "100", changed_at=10), a_grade("2", "6", "101", changed_at=10), items=TWO_ITEMS, cursor=10
)


def test_a_poll_replaces_what_it_tells_and_leaves_the_rest() -> None:
    news = a_grade("1", "7", "100", changed_at=20)
    merged = merge_books(KNOWN, a_poll(news))
    assert merged.grades == (news, KNOWN.grades[1])
    assert merged.is_complete
    assert merged.cursor == 20


def test_of_two_changes_in_one_second_the_one_that_was_read_later_counts() -> None:
    news = a_grade("1", "7", "100", changed_at=10)
    assert merge_books(KNOWN, a_poll(news)).grades[0] == news


def test_a_grade_that_a_poll_shows_as_cleared_is_cleared() -> None:
    cleared = a_grade("1", None, "100", changed_at=20)
    assert merge_books(KNOWN, a_poll(cleared)).grades[0] == cleared


def test_grades_of_an_item_that_is_gone_are_gone() -> None:
    assert merge_books(KNOWN, a_poll(items=TWO_ITEMS[:1])).grades == KNOWN.grades[:1]


def test_a_complete_reading_replaces_everything() -> None:
    whole = a_book(a_grade("2", "9", "101", changed_at=5), items=TWO_ITEMS, cursor=5)
    assert merge_books(KNOWN, whole) == whole
    assert merge_books(None, whole) == whole


def test_what_is_older_than_known_changes_nothing_and_the_cursor_never_goes_back() -> None:
    """Polls overlap, and an answer may come late."""
    assert merge_books(KNOWN, a_poll(a_grade("1", "1", "100", changed_at=9), cursor=9)) == KNOWN


@pytest.mark.parametrize(
    "known",
    [None, replace(KNOWN, is_complete=False), replace(KNOWN, class_key="honors")],
    ids=["nothing", "a poll", "another class"],
)
def test_a_poll_alone_is_no_grade_book(known: GradeBook | None) -> None:
    with pytest.raises(ValueError, match="complete grade book"):
        merge_books(known, a_poll())


CHANGES = st.lists(
    st.builds(
        lambda item, account, score: (item, account, score),
        st.sampled_from(["100", "101"]), st.sampled_from(["1", "2", "3"]), st.sampled_from(["1", "2", None]),
    ),
    max_size=12,
)  # fmt: skip


@given(CHANGES, st.lists(st.integers(0, 12), max_size=4))
def test_polls_come_to_the_same_as_reading_everything_at_the_end(
    changes: list[tuple[str, str, str | None]], cuts: list[int]
) -> None:
    """However the changes are cut into polls, and also when polls overlap by what changed in the cursor's second."""
    grades = [a_grade(account, score, item, changed_at=at) for at, (item, account, score) in enumerate(changes, 1)]
    last = {(grade.item_lms_id, grade.account_lms_id): grade for grade in grades}
    book = a_book(items=TWO_ITEMS, cursor=0)
    for cut in [*sorted(cuts), len(grades)]:
        told = [grade for grade in grades[:cut] if grade.changed_at >= book.cursor]
        book = merge_books(book, a_poll(*told, cursor=max((grade.changed_at for grade in told), default=book.cursor)))
    assert book.grades == tuple(last[key] for key in sorted(last))
