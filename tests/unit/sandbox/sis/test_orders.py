"""What is remembered between pages holds for one version of the data, and takes a bounded amount of memory."""

from __future__ import annotations

from array import array

import pytest

from sis_connect.sandbox.sis.orders import Orders


def fail() -> int:
    """Nothing may be counted again."""
    pytest.fail("counted again")


def some(*numbers: int) -> array[int]:
    """Numbers of records."""
    return array("q", numbers)


def test_a_total_is_counted_once_for_a_version() -> None:
    orders = Orders()
    assert orders.total(1, "users", lambda: 5) == 5
    assert orders.total(1, "users", fail) == 5
    assert orders.total(1, "orgs", lambda: 2) == 2
    assert orders.total(2, "users", lambda: 6) == 6


def test_a_bookmark_is_forgotten_with_its_version() -> None:
    orders = Orders()
    assert orders.bookmark(1, "users", 10) is None
    orders.set_bookmark(1, "users", 10, ("u9", 9))
    assert orders.bookmark(1, "users", 10) == ("u9", 9)
    assert orders.bookmark(1, "users", 11) is None
    assert orders.bookmark(2, "users", 10) is None


def test_a_reader_of_an_earlier_version_changes_nothing() -> None:
    """It may still be counting when somebody else has seen the next version already."""
    orders = Orders()
    assert orders.total(2, "users", lambda: 6) == 6
    assert orders.total(1, "orgs", lambda: 5) == 5
    orders.set_bookmark(1, "users", 10, ("old", 1))
    orders.numbers(1, "filtered", lambda: some(1))
    assert orders.total(2, "orgs", lambda: 7) == 7
    assert orders.bookmark(2, "users", 10) is None
    assert orders.numbers(2, "filtered", lambda: some(2)) == some(2)


def test_lists_are_dropped_when_there_are_too_many_numbers_the_oldest_first() -> None:
    orders = Orders(numbers_kept=5)
    orders.numbers(1, "a", lambda: some(1, 2))
    orders.numbers(1, "b", lambda: some(3, 4))
    assert orders.numbers(1, "a", lambda: some(9)) == some(1, 2)
    orders.numbers(1, "c", lambda: some(5, 6))
    assert orders.numbers(1, "a", lambda: some(9)) == some(1, 2)
    assert orders.numbers(1, "b", lambda: some(9)) == some(9)


def test_a_list_longer_than_all_that_is_kept_is_kept_alone() -> None:
    orders = Orders(numbers_kept=2)
    orders.numbers(1, "a", lambda: some(1))
    assert orders.numbers(1, "long", lambda: some(1, 2, 3)) == some(1, 2, 3)
    assert orders.numbers(1, "long", lambda: some(9)) == some(1, 2, 3)
