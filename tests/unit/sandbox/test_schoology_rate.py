"""The credit limit of the Schoology look-alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.sandbox.schoology.rate import Bucket, credits_of
from sis_connect.sandbox.schoology.settings import RateLimit

GAPS = st.lists(st.tuples(st.floats(0, 4), st.sampled_from([1, 3])), max_size=120)


@pytest.mark.parametrize(("method", "cost"), [("GET", 1), ("OPTIONS", 1), ("POST", 3), ("PUT", 3), ("DELETE", 3)])
def test_reading_costs_one_credit_and_writing_three(method: str, cost: int) -> None:
    assert credits_of(method) == cost


@given(GAPS)
def test_no_window_holds_more_than_the_limit_wherever_it_begins(calls: list[tuple[float, int]]) -> None:
    bucket = Bucket(RateLimit(credits=12, seconds=5))
    at, spent = 0.0, []
    for gap, cost in calls:
        at += gap
        if bucket.spend(at, cost) is None:
            spent.append((at, cost))
    for begin, _ in spent:
        assert sum(cost for time, cost in spent if begin <= time < begin + 5) <= 12


@given(GAPS)
def test_a_refused_call_is_let_in_after_the_wait_it_was_told(calls: list[tuple[float, int]]) -> None:
    bucket = Bucket(RateLimit(credits=12, seconds=5))
    at = 0.0
    for gap, cost in calls:
        at += gap
        wait = bucket.spend(at, cost)
        if wait is not None:
            assert 0 < wait <= 5
            # A hair more than told: adding and subtracting seconds loses the last binary digit.
            at += wait + 1e-9
            assert bucket.spend(at, cost) is None


def test_fixed_windows_allow_a_burst_across_their_border() -> None:
    """The loose reading: twice the credits within a moment, half of them in each window."""
    fixed = Bucket(RateLimit(credits=50, seconds=5, fixed_windows=True))
    assert [fixed.spend(4.9, 3) for _ in range(16)] == [None] * 16
    assert fixed.spend(4.9, 3) == pytest.approx(0.1)
    assert fixed.spend(5.0, 3) is None
    sliding = Bucket(RateLimit(credits=50, seconds=5))
    assert [sliding.spend(4.9, 3) for _ in range(16)] == [None] * 16
    assert sliding.spend(5.0, 3) is not None


def test_a_scaled_limit_runs_faster_than_time() -> None:
    bucket = Bucket(RateLimit(credits=3, seconds=5, scale=100))
    assert bucket.spend(0.0, 3) is None
    assert bucket.spend(0.04, 3) == pytest.approx(0.01)
    assert bucket.spend(0.05, 3) is None


def test_without_a_limit_nothing_is_refused() -> None:
    bucket = Bucket(None)
    assert [bucket.spend(0.0, 3) for _ in range(1000)] == [None] * 1000


def test_the_peak_is_the_most_spent_within_one_window() -> None:
    bucket = Bucket(RateLimit(credits=50, seconds=5))
    for at in (0.0, 1.0, 2.0, 20.0):
        bucket.spend(at, 3)
    assert bucket.peak == 9
