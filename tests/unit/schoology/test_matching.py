"""Each object sent finds its own item, or nobody claims to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoology_side import a_school, a_user, an_enrollment, create, remove, update
from sis_connect.errors import OutcomeUnknownError
from sis_connect.schoology.matching import known_id, match_items, outcome_of, record_of
from sis_connect.schoology.replies import Item
from sis_connect.sync.changes import OutcomeState
from sis_connect.sync.desired import School, User

if TYPE_CHECKING:
    import random

    from sis_connect.schoology.records import Row


def an_item(code: int = 200, lms_id: str = "", message: str = "", **row: object) -> Item:
    return Item(code, lms_id, message, dict(row))


def rows(count: int) -> list[Row]:
    return [{"school_uid": f"u{number}"} for number in range(count)]


@given(st.integers(1, 50), st.randoms(use_true_random=False))
def test_items_in_any_order_are_matched_by_key(count: int, chance: random.Random) -> None:
    items = [an_item(lms_id=str(number), school_uid=f"u{number}") for number in range(count)]
    shuffled = items.copy()
    chance.shuffle(shuffled)
    assert match_items(rows(count), shuffled, ("school_uid",)) == items


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_items_that_repeat_no_key_are_matched_by_their_place(repeats: list[bool]) -> None:
    """A refused item may hold nothing but its code."""
    items = [
        an_item(lms_id=str(number), school_uid=f"u{number}") if repeated else an_item(400)
        for number, repeated in enumerate(repeats)
    ]
    assert match_items(rows(len(repeats)), items, ("school_uid",)) == items


def test_items_of_things_that_were_not_sent_do_not_disturb() -> None:
    items = [an_item(school_uid="other"), an_item(school_uid="u1"), an_item(school_uid="u0")]
    assert match_items(rows(2), items, ("school_uid",)) == [items[2], items[1]]


@pytest.mark.parametrize(
    "items",
    [
        [],
        [an_item(school_uid="u0")],
        [an_item(school_uid="u1"), an_item(400)],
        [an_item(school_uid="u0"), an_item(school_uid="u0")],
        [an_item(school_uid="u0"), an_item(400), an_item(400)],
    ],
)
def test_what_cannot_be_told_apart_is_in_doubt(items: list[Item]) -> None:
    with pytest.raises(OutcomeUnknownError):
        match_items(rows(2), items, ("school_uid",))


def test_several_fields_may_make_the_key() -> None:
    sent: list[Row] = [{"a": "1", "b": "2"}, {"a": "1", "b": 3}]
    items = [an_item(a=1, b=3), an_item(a="1", b="2")]
    assert match_items(sent, items, ("a", "b")) == [items[1], items[0]]


def test_a_new_record_has_the_id_of_its_item_and_an_old_one_keeps_its_own() -> None:
    assert outcome_of(create(a_user()), an_item(lms_id="7")).lms_id == "7"
    assert outcome_of(update(a_user(), "8"), an_item(lms_id="7")).lms_id == "8"


def test_a_new_account_without_an_id_is_in_doubt() -> None:
    with pytest.raises(OutcomeUnknownError):
        outcome_of(create(a_user()), an_item())


def test_an_enrollment_needs_no_id() -> None:
    assert outcome_of(create(an_enrollment()), an_item()).state is OutcomeState.APPLIED


def test_a_removal_of_what_is_not_there_is_done_and_an_update_is_not() -> None:
    assert outcome_of(remove(a_user(), "7"), an_item(404)).state is OutcomeState.APPLIED
    assert outcome_of(update(a_user(), "7"), an_item(404)).code == "target.not_found"


def test_a_refusal_tells_no_value_of_the_record() -> None:
    outcome = outcome_of(create(a_user("quill")), an_item(400, message="the account of quill is odd"))
    assert outcome.message == "the account of … is odd"


def test_a_change_of_what_exists_needs_its_id() -> None:
    with pytest.raises(ValueError, match="id"):
        known_id(create(a_school()))


def test_a_changes_record_is_of_the_type_its_kind_tells() -> None:
    assert record_of(create(a_school()), School) == a_school()
    with pytest.raises(TypeError, match="schools"):
        record_of(create(a_school()), User)
