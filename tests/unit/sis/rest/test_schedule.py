"""When a full pull proves the deltas: weekly where they tell everything, sooner the less they tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sis_connect.sis.rest.pulling.delta import Marks
from sis_connect.sis.rest.pulling.honesty import Drift, FullSchedule, Honesty, is_full_due

NOW = datetime(2026, 10, 1, 3, tzinfo=UTC)
MARKS = Marks({"users": NOW})
SETTINGS = FullSchedule()

shares = st.floats(0, 1)


def is_due(days: float, honesty: float | None, marks: Marks = MARKS) -> bool:
    """So many days after the last full pull."""
    return is_full_due(NOW - timedelta(days=days), honesty, SETTINGS, now=NOW, marks=marks)


def test_trusted_deltas_are_proven_weekly() -> None:
    assert not is_due(6.9, 1.0)
    assert is_due(7, 1.0)
    assert not is_due(6.9, None)
    assert is_due(7, None)


def test_distrusted_deltas_are_proven_daily() -> None:
    assert is_due(1, 0.9)
    assert is_due(1, 0.0)
    assert not is_due(0.9, 0.0)


@given(days=st.floats(0, 30), less=shares, more=shares)
def test_the_less_is_told_the_sooner_it_is_due(days: float, less: float, more: float) -> None:
    less, more = sorted((less, more))
    assert is_due(days, less) or not is_due(days, more)


@given(honesty=st.none() | shares)
def test_without_marks_or_a_full_pull_before_it_is_always_due(honesty: float | None) -> None:
    assert is_due(0, honesty, Marks())
    assert is_full_due(None, honesty, SETTINGS, now=NOW, marks=MARKS)


def test_schedule_that_trusts_only_the_whole_truth() -> None:
    strict = FullSchedule(distrusted=1.0)
    assert not is_full_due(NOW - timedelta(days=2), 1.0, strict, now=NOW, marks=MARKS)
    assert is_full_due(NOW - timedelta(days=2), 0.99, strict, now=NOW, marks=MARKS)


def test_share_is_that_of_all_changes() -> None:
    assert Honesty({"users": Drift(told=3, new=1), "orgs": Drift(), "classes": Drift(told=4)}).share == 7 / 8
    assert Honesty({"users": Drift()}).share is None
    assert Honesty({"users": Drift(gone=2)}).share == 0.0


def test_marks_are_stored_as_a_plain_value() -> None:
    assert Marks.from_json(MARKS.as_json()) == MARKS
    assert MARKS.as_json() == {"users": "2026-10-01T03:00:00+00:00"}
