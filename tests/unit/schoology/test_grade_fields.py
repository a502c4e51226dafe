"""Numbers, flags and days are read however they were written, and never guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.schoology.grade_fields import day, flag, number, whole

EAST, WEST = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")


@given(st.decimals(0, 100_000, places=2))
def test_a_number_is_exact_whether_it_comes_as_number_or_as_text(value: Decimal) -> None:
    assert number({"grade": str(value)}, "grade") == value
    assert number({"grade": float(value)}, "grade") == value
    assert number({"grade": f" {value} "}, "grade") == value


@pytest.mark.parametrize("written", ["66.666666667", "1.5e2", "0", "-3", ".5", "7.", 66.666666667, 12, 0, -1.5])
def test_every_digit_is_kept(written: object) -> None:
    assert number({"grade": written}, "grade") == Decimal(str(written))


@pytest.mark.parametrize(
    "written", [None, "", " ", "A-", "12,5", "85%", "1_000", "NaN", "inf", "1e99", "٣", True, [], {}, "9" * 20]
)
def test_what_is_no_number_is_none(written: object) -> None:
    assert number({"grade": written}, "grade") is None
    assert number({}, "grade") is None


def test_a_whole_number_is_read_from_either_and_is_0_where_there_is_none() -> None:
    assert [whole({"timestamp": value}, "timestamp") for value in (1389651403, "1389651403", None, "")] == [
        1389651403,
        1389651403,
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("written", "is_set"), [(1, True), ("1", True), (True, True), (0, False), ("0", False), (False, False)]
)
def test_a_flag_is_read_from_number_text_and_boolean(written: object, *, is_set: bool) -> None:
    for default in (False, True):
        assert flag({"published": written}, "published", default=default) is is_set


@pytest.mark.parametrize("written", [None, "", "maybe"])
def test_a_flag_that_is_not_told_is_the_default(written: object) -> None:
    assert flag({"published": written}, "published", default=True)
    assert not flag({"published": written}, "published", default=False)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2026-10-02 23:59:00", date(2026, 10, 2)),
        ("2026-10-02", date(2026, 10, 2)),
        (" 2026-10-02 00:00:00 ", date(2026, 10, 2)),
        ("2026-10-02T23:59:00", date(2026, 10, 2)),
        ("", None),
        ("0000-00-00 00:00:00", None),
        ("2026-02-30 10:00:00", None),
        ("1412345678", None),
        ("20261002", None),
        ("10/02/2026", None),
    ],
)
def test_a_due_time_is_the_day_on_the_wall(written: str, told: date | None) -> None:
    assert day(written) == told


def test_with_zones_the_day_is_that_of_the_district() -> None:
    assert day("2026-10-02 01:30:00", (EAST, WEST)) == date(2026, 10, 1)
    assert day("2026-10-02 23:59:00", (WEST, EAST)) == date(2026, 10, 3)
    assert day("2026-10-02", (EAST, WEST)) == date(2026, 10, 2)
    assert day("2026-10-02T05:00:00Z", (EAST, WEST)) == date(2026, 10, 1)
    assert day("9999-12-31 23:59:00", (WEST, EAST)) is None


@given(st.text())
def test_any_text_is_a_day_or_none(written: str) -> None:
    assert isinstance(day(written, (EAST, WEST)), date | None)
