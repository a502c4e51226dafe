"""When an item is due, and in which session it is filed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from shaped_books import FALL, PERIOD_1, QUARTER_1, QUARTER_2, an_item
from sis_connect.grades.findings import Objection
from sis_connect.grades.observed import Period
from sis_connect.grades.periods import Filing, file_item, session_of
from sis_connect.grades.rules import GradeRules

if TYPE_CHECKING:
    from sis_connect.grades.roster import Session

SESSIONS = (FALL, QUARTER_2, QUARTER_1)


def filed(
    due: date | None, *, period: Period | None = PERIOD_1, sessions: tuple[Session, ...] = SESSIONS, **rules: Any
) -> Filing | Objection:
    return file_item(an_item(due_date=due), period, sessions, GradeRules(**rules))


@pytest.mark.parametrize(
    ("due", "session"),
    [
        (date(2026, 8, 24), QUARTER_1),
        (date(2026, 10, 30), QUARTER_1),
        (date(2026, 10, 31), QUARTER_2),
        (date(2027, 1, 15), QUARTER_2),
    ],
)
def test_the_due_date_decides_and_both_last_days_belong_to_it(due: date, session: Session) -> None:
    assert filed(due) == Filing(due, session)


def test_a_grading_period_counts_before_a_term_and_a_short_one_before_a_long_one() -> None:
    due = date(2026, 9, 15)
    assert filed(due, sessions=(FALL,)) == Filing(due, FALL)
    week = replace(QUARTER_1, sourced_id="w", start_date=date(2026, 9, 14), end_date=date(2026, 9, 18))
    assert filed(due, sessions=(*SESSIONS, week)) == Filing(due, week)


@pytest.mark.parametrize("due", [date(2026, 8, 23), date(2027, 1, 16)])
def test_a_due_date_outside_the_class_is_told(due: date) -> None:
    assert filed(due) == Objection("grades.due_outside_term", f"due {due}, class 2026-08-24 to 2027-01-15")


def test_an_undated_item_is_due_a_day_before_its_period_within_the_session_ends() -> None:
    """Some take `endDate` for the last day and some for the day after: the day before is inside for both."""
    assert filed(None) == Filing(date(2026, 10, 27), QUARTER_1)
    longer = replace(PERIOD_1, end_date=date(2026, 11, 6))
    assert filed(None, period=longer) == Filing(date(2026, 10, 29), QUARTER_1)


def test_an_undated_item_without_a_period_is_due_a_day_before_the_class_ends() -> None:
    assert filed(None, period=None) == Filing(date(2027, 1, 14), QUARTER_2)
    assert filed(None, period=Period("other", "Other", None, None)) == Filing(date(2027, 1, 14), QUARTER_2)


def test_an_undated_item_waits_where_the_district_wants_it_to_or_nothing_tells_a_day() -> None:
    assert filed(None, undated="ask") == Objection("grades.undated")
    assert filed(None, sessions=()) == Objection("grades.undated")


def test_a_class_without_sessions_has_no_term_to_be_outside_of() -> None:
    assert filed(date(2026, 9, 15), sessions=()) == Filing(date(2026, 9, 15), None)


@pytest.mark.parametrize("locked", ["q1", "fall", "year"])
def test_nothing_is_filed_in_a_locked_session_nor_below_one(locked: str) -> None:
    sessions = (QUARTER_1, replace(FALL, parent_sourced_id="year"))
    assert filed(date(2026, 9, 15), sessions=sessions, locked_sessions=(locked,)) == Objection(
        "grades.session_locked", "q1"
    )


def test_another_locked_session_is_none_of_it_and_a_circle_of_parents_ends() -> None:
    due = date(2026, 9, 15)
    assert filed(due, locked_sessions=("q2",)) == Filing(due, QUARTER_1)
    circle = (QUARTER_1, replace(FALL, parent_sourced_id="q1"))
    assert filed(due, sessions=circle, locked_sessions=("q2",)) == Filing(due, QUARTER_1)


def test_a_period_stands_for_the_session_that_is_most_like_it() -> None:
    assert session_of(PERIOD_1, SESSIONS) == QUARTER_1
    assert session_of(replace(PERIOD_1, end_date=date(2027, 1, 10)), SESSIONS) == FALL
    late = Period("p", "", date(2026, 10, 29), date(2027, 1, 20))
    assert session_of(late, (QUARTER_1, QUARTER_2)) == QUARTER_2
    assert session_of(Period("p", "", date(2028, 1, 1), date(2028, 2, 1)), SESSIONS) is None
