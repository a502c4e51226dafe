"""Sorting and the selection of fields, and what is warned about instead of refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queried_tables import Tables
from sis_connect.oneroster.query import QueryError, QueryFault, parse_fields, parse_sort
from sis_connect.oneroster.schema import ENTITIES

USERS = ENTITIES["users"]


def test_without_sort_the_order_is_by_sourced_id() -> None:
    tables = Tables({"users": [{"sourced_id": id_} for id_ in ("b", "a", "B", "10", "9")]})
    assert tables.sorted(None) == ["10", "9", "B", "a", "b"]


def test_text_is_sorted_by_code_point_and_ties_by_sourced_id() -> None:
    names = {"1": "a", "2": "B", "3": "é", "4": "a", "5": None, "6": ""}
    tables = Tables({"users": [{"sourced_id": id_, "family_name": name} for id_, name in names.items()]})
    assert tables.sorted("familyName") == ["5", "6", "2", "1", "4", "3"]
    assert tables.sorted("familyName", "desc") == ["3", "1", "4", "2", "5", "6"]
    assert tables.sorted("familyName", "asc") == tables.sorted("familyName")


def test_dates_numbers_and_moments_are_sorted_by_what_they_mean() -> None:
    scores = Tables({"results": [{"sourced_id": text, "score": text} for text in ("10", "9", "-1", "x")]})
    assert scores.sorted("score", collection="results") == ["x", "-1", "9", "10"]
    moments = ("2026-08-15T12:00:00+05:00", "2026-08-15T10:00:00Z")
    users = Tables({"users": [{"sourced_id": text, "date_last_modified": text} for text in moments]})
    assert users.sorted("dateLastModified") == list(moments)
    days = Tables({"enrollments": [{"sourced_id": text, "begin_date": text} for text in ("08/15/2026", "2026-07-01")]})
    assert days.sorted("beginDate", collection="enrollments") == ["2026-07-01", "08/15/2026"]


def test_nested_fields_sort_too() -> None:
    rows = [{"sourced_id": "1", "school_sourced_id": "b"}, {"sourced_id": "2", "school_sourced_id": "a"}]
    assert Tables({"classes": rows}).sorted("school.sourcedId", collection="classes") == ["2", "1"]
    kept = [{"sourced_id": "1", "metadata": '{"k": "b"}'}, {"sourced_id": "2", "metadata": '{"k": "A"}'}]
    assert Tables({"users": kept}).sorted("metadata.k") == ["2", "1"]
    assert Tables({"users": kept}).sorted("orgs.sourcedId", "desc") == ["1", "2"]


@given(name=st.text() | st.sampled_from(["", "shoeSize", "children", "password", "a.b", "sourcedId;--"]))
def test_an_unknown_sort_field_is_a_warning_and_the_default_order(name: str) -> None:
    sort = parse_sort(name, "desc", ENTITIES["orgs"])
    if sort.unknown is None:
        assert sort.element is not None
        return
    assert (sort.unknown, sort.element, sort.is_descending) == (name, None, False)
    assert Tables({"orgs": [{"sourced_id": "b"}, {"sourced_id": "a"}]}).sorted(name, "desc", "orgs") == ["a", "b"]


@pytest.mark.parametrize("order_by", ["", "ASC", "descending", "1"])
def test_an_order_that_is_neither_asc_nor_desc_is_refused(order_by: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_sort("familyName", order_by, USERS)
    assert caught.value.kind is QueryFault.WRONG_ORDER


RECORD: dict[str, object] = {"sourcedId": "1", "status": "active", "familyName": "Khan", "metadata": {"k": "v"}}


def test_without_fields_a_record_is_whole() -> None:
    assert parse_fields(None, USERS).of(RECORD) == RECORD


def test_fields_are_exactly_those_asked_for_even_without_the_sourced_id() -> None:
    assert parse_fields("familyName,metadata", USERS).of(RECORD) == {"familyName": "Khan", "metadata": {"k": "v"}}
    assert parse_fields(" status , status,", USERS).of(RECORD) == {"status": "active"}
    assert parse_fields("phone", USERS).of(RECORD) == {}


@pytest.mark.parametrize("name", ["shoeSize", "orgs.sourcedId", "metadata.k", "FamilyName", "\x00"])
def test_an_unknown_name_in_fields_is_a_warning_and_every_property(name: str) -> None:
    """Field selection; names with dots are not defined for it (ambiguities, `fields` with nested paths)."""
    selection = parse_fields(f"sourcedId,{name},{name}", USERS)
    assert selection.unknown == (name,)
    assert selection.of(RECORD) == RECORD


@pytest.mark.parametrize("fields", ["", " ", ",", " , "])
def test_blank_fields_are_refused(fields: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_fields(fields, USERS)
    assert caught.value.kind is QueryFault.BLANK_SELECTION


def test_lists_that_only_rest_has_may_be_selected() -> None:
    assert parse_fields("children", ENTITIES["orgs"]).unknown == ()
    assert parse_fields("resources", ENTITIES["classes"]).unknown == ()
    assert parse_fields("children", USERS).unknown == ("children",)
