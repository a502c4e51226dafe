"""What a provider is asked for beside limit and offset, and in which order its identifiers come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.errors import ConfigurationError
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sis.rest.connection import PullSettings
from sis_connect.sis.rest.paging.dialect import Dialect, needed, shows_more
from sis_connect.sis.rest.paging.ordering import Order, first_beyond, still_held

USERS = ENTITIES["users"]

if TYPE_CHECKING:
    from collections.abc import Callable


def test_passwords_are_never_asked_for() -> None:
    for entity in ENTITIES.values():
        assert "password" not in needed(entity, metadata=True)


def test_identity_and_status_are_always_asked_for() -> None:
    assert {"sourcedId", "status", "dateLastModified"} <= set(needed(USERS, metadata=False))


def test_order_is_pinned() -> None:
    parameters = Dialect().parameters(USERS, metadata=False)

    assert (parameters["sort"], parameters["orderBy"]) == ("sourcedId", "asc")


def test_what_is_refused_is_left_out_and_the_order_last() -> None:
    tried = [Dialect()]
    while (simpler := tried[-1].simpler(tried[0])) is not None:
        tried.append(simpler)

    assert [(dialect.sorts, dialect.selects_fields) for dialect in tried] == [
        (True, True),
        (True, False),
        (False, True),
        (False, False),
    ]


def test_what_was_not_sent_is_not_left_out_again() -> None:
    assert Dialect(sorts=False).simpler(Dialect(sorts=False)) == Dialect(sorts=False, selects_fields=False)
    assert Dialect(selects_fields=False).simpler(Dialect(selects_fields=False)) == Dialect(
        sorts=False, selects_fields=False
    )


@pytest.mark.parametrize(
    ("content", "is_more"),
    [
        (b'{"users": [{"sourcedId": "a", "username": "b"}]}', False),
        (b'{"users": [{"sourcedId": "a", "password" : "b"}]}', True),
        (b'{"users": [{"sourcedId": "a", "username": "\\"password\\": "}]}', False),
        (b'{"users": [{"sourcedId": "a", "metadata": {}}]}', True),
    ],
)
def test_properties_that_were_not_asked_for_are_seen(content: bytes, is_more: bool) -> None:
    assert shows_more(USERS, content, metadata=False) is is_more


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: PullSettings(page_size=0), "page_size"),
        (lambda: PullSettings(concurrency=0), "concurrency"),
        (lambda: PullSettings(passes=0), "passes"),
    ],
)
def test_settings_that_cannot_work_are_refused(make: Callable[[], PullSettings], name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()

    assert caught.value.where == f"sis.{name}"


def test_collections_that_cannot_be_asked_for_are_refused() -> None:
    with pytest.raises(ConfigurationError):
        PullSettings(extras=("results",))


@given(st.lists(st.text(min_size=1, max_size=4)), st.sampled_from(Order))
def test_sorted_ids_hold_their_order(ids: list[str], order: Order) -> None:
    ordered = sorted(ids, key=order.key)

    assert order in still_held(tuple(Order), None, ordered)


@given(st.lists(st.text(min_size=1, max_size=4), min_size=2, unique=True), st.sampled_from(Order))
def test_ids_out_of_order_hold_it_no_more(ids: list[str], order: Order) -> None:
    backwards = sorted(ids, key=order.key, reverse=True)

    assert order not in still_held(tuple(Order), None, backwards)
    assert order not in still_held(tuple(Order), backwards[0], backwards[1:])


@given(st.lists(st.text(min_size=1, max_size=4)), st.text(min_size=1, max_size=4), st.sampled_from(Order))
def test_first_id_beyond_parts_the_known_from_the_new(ids: list[str], highest: str, order: Order) -> None:
    ordered = sorted(ids, key=order.key)

    at = first_beyond(order, highest, ordered)

    keys = [order.key(sourced_id) for sourced_id in ordered]
    assert keys == sorted([*keys[:at], *keys[at:]])
    assert sorted([*keys, order.key(highest)]).index(order.key(highest)) + keys.count(order.key(highest)) == at
