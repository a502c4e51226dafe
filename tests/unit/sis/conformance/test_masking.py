"""What a report shows of records: shapes for whatever tells something about a person."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.oneroster.operations import OPERATIONS
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.shapes import shape_of
from sis_connect.sis.conformance.asking import Answered, Asked
from sis_connect.sis.conformance.masking import (
    masked_body,
    masked_headers,
    masked_name,
    masked_parameters,
    masked_path,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
PERSONAL = sorted({field.name for entity in ENTITIES.values() for field in entity.fields if field.is_personal})


def masked(document: object, entity: str) -> str:
    """The body as it is shown."""
    content = json.dumps(document).encode()
    return json.dumps(masked_body(content, json.loads(content), entity), ensure_ascii=False)


def test_person_is_shown_by_shapes_and_words_of_the_standard() -> None:
    user = {
        "sourcedId": "u-100",
        "role": "student",
        "givenName": "Zoë",
        "password": "geheim",
        "orgs": [{"href": "https://sis/orgs/s1", "sourcedId": "s1", "type": "org"}],
        "agents": [{"href": "https://sis/users/p1", "sourcedId": "p1", "type": "user"}],
        "metadata": {"nickname": "Zo"},
    }
    assert json.loads(masked({"users": [user]}, "users")) == {
        "users": [
            {
                "sourcedId": "a-999",
                "role": "student",
                "givenName": "Aaa",
                "password": "…",
                "orgs": [{"href": "aaaaa://aaa/aaaa/a9", "sourcedId": "s1", "type": "org"}],
                "agents": [{"href": "aaaaa://aaa/aaaaa/a9", "sourcedId": "a9", "type": "user"}],
                "metadata": {"aaaaaaaa": "Aa"},
            }
        ]
    }


@given(
    st.sampled_from(PERSONAL), st.sampled_from(list(ENTITIES)), st.text(st.sampled_from("QXZ"), min_size=3, max_size=9)
)
def test_personal_value_is_never_shown_under_whatever_entity(name: str, entity: str, value: str) -> None:
    assert value not in masked({entity: [{name: value}], "more": {name: [value]}}, entity)


@given(json_values, st.sampled_from(["", *ENTITIES]))
def test_whatever_a_service_says_can_be_shown(document: object, entity: str) -> None:
    masked(document, entity)


@given(st.text())
def test_shape_holds_no_letters_but_a_and_no_digits_but_9(text: str) -> None:
    assert re.fullmatch(r"[aA9·…\x20-\x40\[-`{-~]*", shape_of(text)) is not None
    assert set(re.findall(r"\d", shape_of(text))) <= {"9"}


@pytest.mark.parametrize(
    ("entity", "record"),
    [
        ("users", {"role": "Maria Lopez"}),
        ("users", {"status": "maria"}),
        ("users", {"enabledUser": "Maria"}),
        ("users", {"dateLastModified": "Maria 2026"}),
        ("academicSessions", {"schoolYear": "Maria", "startDate": "of Maria", "type": "MariaTerm"}),
        ("results", {"score": "Maria"}),
        ("orgs", {"parent": {"href": "x", "sourcedId": "o1", "type": "Maria"}}),
        ("orgs", {"maria": "x", "Maria Lopez": {"maria": [{"maria": 1}]}}),
        ("orgs", {"metadata": {"Maria": "x"}}),
    ],
)
def test_what_is_no_word_of_the_standard_is_shown_by_its_shape(entity: str, record: dict[str, object]) -> None:
    """An unknown type, role or property may be the name of somebody."""
    shown = masked({entity: [record], "maria": [record]}, entity)
    assert "maria" not in shown.lower()


def test_codes_of_notices_are_shown_where_the_standard_has_them() -> None:
    notice = {"imsx_codeMajor": "Maria", "imsx_codeMinor": "maria lopez", "imsx_operationRefIdentifier": "getMaria"}
    assert "aria" not in masked({"statusInfoSet": [notice]}, "users")


def test_filters_show_words_of_the_standard_and_shapes_of_others() -> None:
    operation = OPERATIONS["getAllUsers"]
    asked = Asked("GET", "/users", {"filter": "role='student' AND status='maria'"}, operation)
    assert masked_parameters(asked) == {"filter": "role='student' AND status='aaaaa'"}


@pytest.mark.parametrize("name", ["sourcedId", "SOURCEDID", "orgSourcedIds", "roles", "gradingPeriods", "userId"])
def test_names_of_any_version_of_the_standard_are_shown(name: str) -> None:
    assert masked_name(name) == name


def test_only_two_records_of_a_page_are_shown() -> None:
    page = {"orgs": [{"sourcedId": f"s{number}"} for number in range(9)]}
    assert json.loads(masked(page, "orgs"))["orgs"] == [{"sourcedId": "s0"}, {"sourcedId": "s1"}, "… 7 more"]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (0, [{"sourcedId": "s0"}, "… 8 more"]),
        (4, ["… 4 before", {"sourcedId": "s4"}, "… 4 more"]),
        (8, ["… 8 before", {"sourcedId": "s8"}]),
    ],
)
def test_record_that_is_meant_is_shown_with_how_many_stand_around_it(shown: int, expected: list[object]) -> None:
    page = {"orgs": [{"sourcedId": f"s{number}"} for number in range(9)]}
    assert masked_body(json.dumps(page).encode(), page, "orgs", shown) == {"orgs": expected}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Content-Type", "application/json; charset=utf-8", "application/json; charset=utf-8"),
        ("Date", "Mon, 23 Nov 2026 20:21:25 GMT", "Mon, 23 Nov 2026 20:21:25 GMT"),
        ("Date", "\x1b[31mSoon", "·[99aAaaa"),
        ("X-Total-Count", "650", "650"),
        ("X-Total-Count", "Zoë \u202eO'Hara", "Aaa ·A'Aaaa"),
        ("Retry-After", "never, Bo", "aaaaa, Aa"),
        ("WWW-Authenticate", 'Bearer realm="Zo", error="invalid_token"', "Bearer, error=invalid_token, …"),
        ("WWW-Authenticate", "Bearer a-token-that-was-given-out", "Bearer, …"),
        ("WWW-Authenticate", "\x1b[2J", "…"),
    ],
)
def test_header_that_is_not_written_as_http_has_it_is_shown_by_its_shape(name: str, value: str, shown: str) -> None:
    """A service may put anything into a header: names, what it was sent, commands for a terminal."""
    taken = Answered(Asked("GET", "/users"), 401, headers={name: value})
    assert masked_headers(taken) == {name: shown}


def test_notices_keep_their_codes_and_lose_their_words() -> None:
    notice = {"imsx_codeMajor": "failure", "imsx_codeMinor": "unknown object", "imsx_description": "Zoë"}
    shown = json.loads(masked({"statusInfoSet": [notice]}, "users"))["statusInfoSet"]
    assert shown == [notice | {"imsx_description": "Aaa"}]


def test_page_of_a_web_server_is_shown_by_its_shape() -> None:
    assert masked_body(b"<html>Zo</html>", None, "users") == "<aaaa>Aa</aaaa>"


def test_ids_of_people_are_masked_in_paths_and_filters() -> None:
    operation = OPERATIONS["getResultsForStudentForClass"]
    asked = Asked(
        "GET",
        "/x",
        {"filter": "sourcedId='u7' AND dateLastModified>'2026-01-01'"},
        operation,
        {"class_id": "c1", "student_id": "u7"},
    )
    assert masked_path(asked) == "/classes/c1/students/a9/results"
    assert masked_parameters(asked) == {"filter": "sourcedId='a9' AND dateLastModified>'2026-01-01'"}
