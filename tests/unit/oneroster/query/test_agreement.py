"""What SQLite shows, what a consumer's own check keeps and what the filter says are the same, whatever the data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filter_fuzz import COLLECTIONS, filters, hostile_text, judge, rows
from queried_tables import Tables
from sis_connect.oneroster.query import Filter, FilterError, matches, parse_filter
from sis_connect.oneroster.schema import ENTITIES

LINKING = {"courses": "courseResources", "classes": "classResources"}

json_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
json_values = st.recursive(
    json_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("sourcedId", "type", "k")), inner),
    max_leaves=6,
)


@st.composite
def tables(draw: st.DrawFn, collection: str, filter_: Filter) -> Tables:
    """Rows with values where the filter looks."""
    elements = [clause.element for clause in filter_.clauses]
    columns = {element.column for element in elements} | {
        column for element in elements if element.link for column in (element.link.owner, element.link.item, "status")
    }
    made = {collection: draw(rows(collection, columns))}
    if linking := LINKING.get(collection):
        made[linking] = draw(rows(linking, columns))
    return Tables(made)


@pytest.mark.parametrize("collection", COLLECTIONS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_sql_shows_exactly_the_records_that_match(collection: str, data: st.DataObject) -> None:
    filter_ = data.draw(filters(ENTITIES[collection]).map(lambda text: _parsed(text, collection)))
    if filter_ is not None:
        assert data.draw(tables(collection, filter_)).disagreement(filter_, collection) == set()


@settings(max_examples=100, deadline=None)
@given(data=st.data(), collection=st.sampled_from(COLLECTIONS))
def test_not_equal_shows_exactly_the_records_that_equal_hides(collection: str, data: st.DataObject) -> None:
    text = data.draw(filters(ENTITIES[collection]).filter(lambda text: " AND " not in text and " OR " not in text))
    name = text[: min(text.index(sign) for sign in "=!<>~" if sign in text)]
    value = text[text.index("'") :]
    filter_ = _parsed(f"{name}={value}", collection)
    if filter_ is None:
        return
    kept = data.draw(tables(collection, filter_))
    equal, other = kept.shown(f"{name}={value}", collection), kept.shown(f"{name}!={value}", collection)
    assert sorted(equal + other) == sorted(str(row["sourced_id"]) for row in kept.rows[collection])


@settings(max_examples=200, deadline=None)
@given(data=st.data(), collection=st.sampled_from(COLLECTIONS))
def test_any_text_is_a_filter_or_is_refused_by_name_and_a_filter_is_what_it_is_written_as(
    collection: str, data: st.DataObject
) -> None:
    text = data.draw(hostile_text(ENTITIES[collection]))
    filter_ = _parsed(text, collection)
    if filter_ is not None:
        assert str(filter_) == text
        kept = data.draw(tables(collection, filter_))
        assert kept.disagreement(filter_, collection) == set()


@settings(max_examples=150, deadline=None)
@given(data=st.data(), collection=st.sampled_from(COLLECTIONS))
def test_any_json_object_has_an_answer(collection: str, data: st.DataObject) -> None:
    entity = ENTITIES[collection]
    names = st.sampled_from([*(field.name for field in entity.fields), "metadata", "children", "resources"])
    record = data.draw(st.dictionaries(names, json_values))
    filter_ = _parsed(data.draw(filters(entity)), collection)
    if filter_ is not None:
        assert matches(filter_, record) in (True, False)


def test_the_judge_of_a_provider_accepts_the_right_answer_and_no_other() -> None:
    entity = ENTITIES["users"]
    everything: list[dict[str, Any]] = [{"sourcedId": "1", "role": "student"}, {"sourcedId": "2", "role": "teacher"}]

    def verdict(text: str, status: int, shown: set[str], code: str = "") -> str | None:
        return judge(text, entity, everything, lambda _: (status, shown, code))

    assert verdict("role='student'", 200, {"1"}) is None
    assert verdict("role='student'", 200, {"1", "2"}) == "1 records are shown that the filter hides"
    assert verdict("role='student'", 200, set()) == "1 records are hidden that the filter shows"
    assert verdict("role='student'", 500, set()) == "a good filter was answered 500 "
    assert verdict("shoeSize='9'", 400, set(), "invalid_filter_field") is None
    assert verdict("shoeSize='9'", 200, {"1"}) is not None
    assert verdict("dateLastModified>'soon'", 400, set(), "invalid data") is None


def _parsed(text: str, collection: str) -> Filter | None:
    """The filter, None when it is refused."""
    try:
        return parse_filter(text, ENTITIES[collection])
    except FilterError:
        return None
