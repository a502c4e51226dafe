"""Filters as a consumer writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.oneroster.query import (
    Condition,
    FilterError,
    Logical,
    Predicate,
    QueryFault,
    build_filter,
    changed_since,
    matches,
    parse_filter,
)
from sis_connect.oneroster.schema import ENTITIES

USERS = ENTITIES["users"]
ROLE = Condition("role", Predicate.EQUALS, "student")


def test_a_delta_asks_for_what_changed_after_a_moment_in_utc_with_milliseconds() -> None:
    moment = datetime(2024, 8, 1, 2, 0, 0, 123_999, timezone(timedelta(hours=2)))
    assert build_filter(USERS, changed_since(moment)) == "dateLastModified>'2024-08-01T00:00:00.123Z'"
    assert changed_since(moment, Predicate.AT_LEAST).predicate is Predicate.AT_LEAST


def test_a_moment_without_its_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        changed_since(datetime(2024, 8, 1))  # noqa: DTZ001 - what is refused


def test_two_conditions_are_joined_by_one_operator() -> None:
    since = changed_since(datetime(2024, 8, 1, tzinfo=UTC))
    both = build_filter(USERS, ROLE, since)
    assert both == "role='student' AND dateLastModified>'2024-08-01T00:00:00.000Z'"
    assert build_filter(USERS, ROLE, since, Logical.OR) == both.replace("AND", "OR")


@pytest.mark.parametrize("value", ["O'Neil", "'", "a\x00b", "a\nb", "\ud800", "\u200e"])
def test_a_value_that_providers_may_read_differently_is_not_sent(value: str) -> None:
    with pytest.raises(FilterError) as caught:
        build_filter(USERS, Condition("familyName", Predicate.EQUALS, value))
    assert (caught.value.kind, caught.value.field) == (QueryFault.UNQUOTABLE, "familyName")


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("shoeSize", "9", QueryFault.UNKNOWN_FIELD),
        ("role='x' OR sourcedId", "9", QueryFault.UNKNOWN_FIELD),
        ("metadata.k='x' OR sourcedId", "9", QueryFault.UNKNOWN_FIELD),
        ("enabledUser", "yes", QueryFault.WRONG_TYPE),
        ("family Name", "Khan", QueryFault.SYNTAX),
    ],
)
def test_what_no_provider_could_answer_is_not_sent(field: str, value: str, kind: QueryFault) -> None:
    with pytest.raises(FilterError) as caught:
        build_filter(USERS, Condition(field, Predicate.EQUALS, value))
    assert caught.value.kind is kind


@given(value=st.text(), predicate=st.sampled_from(tuple(Predicate)))
def test_what_is_sent_asks_for_what_was_meant(value: str, predicate: Predicate) -> None:
    condition = Condition("familyName", predicate, value)
    if "'" in value or not value.isprintable():
        with pytest.raises(FilterError):
            build_filter(USERS, condition)
        return
    text = build_filter(USERS, condition)
    [clause] = parse_filter(text, USERS).clauses
    assert (clause.element.name, clause.predicate, clause.value) == ("familyName", predicate, value)


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("enabledUser='true'", {"enabledUser": True}),
        ("enabledUser='true'", {"enabledUser": "TRUE"}),
        ("sourcedId='12'", {"sourcedId": 12}),
        ("grades='09,10'", {"grades": "09,10"}),
        ("grades='09'", {"grades": "09"}),
        ("grades=''", {"grades": None}),
        ("grades=''", {"grades": []}),
        ("grades=''", {}),
        ("orgs.sourcedId='s'", {"orgs": {"sourcedId": "s"}}),
        ("orgs.sourcedId='s'", {"orgs": ["t", "s"]}),
        ("orgs.sourcedId='s'", {"orgs": "s"}),
        ("userIds.identifier='7'", {"userIds": {"type": "SIS", "identifier": 7}}),
        ("userIds.identifier='7'", {"userIds": "{SIS:7}"}),
        ("middleName=''", {"middleName": None}),
        ("familyName='khan'", {"familyName": ["Khan"]}),
        ("metadata.k='v'", {"metadata": '{"k": "v"}'}),
        ("metadata.k=''", {"metadata": []}),
        ("dateLastModified>'2024-08-01'", {"dateLastModified": "2024-08-01T00:00:00.0000001+00:00"}),
    ],
)
def test_records_that_deviate_are_still_found(text: str, record: dict[str, object]) -> None:
    assert matches(parse_filter(text, USERS), record)


def test_a_reference_deviates_as_references_do() -> None:
    filter_ = parse_filter("school.sourcedId='s'", ENTITIES["classes"])
    found: tuple[object, ...] = ({"sourcedId": "s", "type": "school"}, "s", [{"sourcedId": "s"}])
    hidden: tuple[object, ...] = (None, {}, [], {"sourcedId": None}, "S")
    assert all(matches(filter_, {"school": value}) for value in found)
    assert not any(matches(filter_, {"school": value}) for value in hidden)
