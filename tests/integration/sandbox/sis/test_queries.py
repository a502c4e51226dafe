"""Filter, sort and fields over HTTP: what they do, and how what is wrong with them is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.sandbox.sis.sis_caller import refusal

if TYPE_CHECKING:
    from integration.sandbox.sis.sis_caller import SisCaller


@pytest.mark.parametrize(
    ("path", "filter_", "ids"),
    [
        ("/users", "familyName='lane'", ["p1", "u1"]),
        ("/users", "familyName='O''Hara'", ["u2"]),
        ("/users", "role='student' AND orgs.sourcedId='s2'", ["u1", "u3"]),
        ("/users", "givenName='Zoë' OR sourcedId='a/b+c|d'", ["a/b+c|d", "u2"]),
        ("/users", "metadata.house='Blue'", ["u1"]),
        ("/users", "dateLastModified>'2026-09-14T00:00:00.000Z' AND email~'riverbend'", ["u1"]),
        ("/students", "enabledUser='true' AND sourcedId>='u2'", ["u2", "u3"]),
        ("/enrollments", "status='tobedeleted'", ["e5"]),
        ("/enrollments", "class.sourcedId='c1'", ["e1", "e2", "e3"]),
        ("/orgs", "children.sourcedId='s2'", ["d1"]),
        ("/results", "score>'9'", ["m1"]),
        ("/classes/c1/students", "familyName='Lane'", ["u1"]),
    ],
)
def test_a_filter_shows_what_it_asks_for(caller: SisCaller, path: str, filter_: str, ids: list[str]) -> None:
    assert caller.ids(path, filter=filter_) == ids


@pytest.mark.parametrize(
    ("filter_", "minor", "description"),
    [
        ("shoeSize='40'", "invalid_filter_field", "shoeSize"),
        ("password='x'", "invalid_filter_field", "password"),
        ("familyName=Lane", "invalid_filter_field", "syntax"),
        ("role='student' AND role='student' AND role='student'", "invalid_filter_field", "syntax"),
        ("", "invalid_filter_field", "syntax"),
        ("dateLastModified>'yesterday'", "invalid data", "dateLastModified"),
    ],
)
def test_a_filter_that_cannot_be_understood_shows_nothing(
    caller: SisCaller, filter_: str, minor: str, description: str
) -> None:
    assert refusal(caller.send("GET", "/users", filter=filter_)) == (400, minor, description)


def test_records_are_sorted_by_code_point_and_ties_by_id(caller: SisCaller) -> None:
    assert caller.ids("/orgs", sort="name") == ["s1", "d1", "s2"]
    assert caller.ids("/users", sort="role") == ["a/b+c|d", "p1", "u1", "u2", "u3", "v1"]
    assert caller.ids("/users", sort="role", orderBy="desc") == ["v1", "u1", "u2", "u3", "p1", "a/b+c|d"]
    assert caller.ids("/results", sort="score") == ["m2", "m3", "m1"]
    assert caller.ids("/classes", sort="course.sourcedId", orderBy="desc") == ["c2", "c3", "c1"]


def test_an_unknown_sort_field_is_a_warning_beside_the_data(caller: SisCaller) -> None:
    body = caller.get("/schools", sort="shoeSize")
    assert [org["sourcedId"] for org in body["orgs"]] == ["s1", "s2"]
    [warning] = body["statusInfoSet"]
    assert warning["imsx_codeMajor"] == "success"
    assert warning["imsx_severity"] == "warning"
    assert warning["imsx_codeMinor"] == "invalid_sort_field"
    assert warning["imsx_description"] == "shoeSize"
    assert warning["imsx_operationRefIdentifier"] == "getAllSchools"


def test_an_order_that_is_none_is_refused(caller: SisCaller) -> None:
    assert refusal(caller.send("GET", "/orgs?sort=name&orderBy=up")) == (400, "invalid data", "orderBy")


def test_fields_are_exactly_those_asked_for(caller: SisCaller) -> None:
    assert caller.get("/orgs", fields="name,parent", limit=1) == {"orgs": [{"name": "Riverbend District"}]}
    assert caller.get("/orgs/d1", fields="type") == {"org": {"type": "district"}}
    assert caller.get("/users", filter="sourcedId='u1'", fields="givenName") == {"users": [{"givenName": "Bo"}]}


def test_an_unknown_field_is_a_warning_beside_all_of_them(caller: SisCaller) -> None:
    body = caller.get("/orgs/d1", fields="name,shoeSize")
    assert body["org"] == caller.get("/orgs/d1")["org"]
    assert body["statusInfoSet"][0]["imsx_codeMinor"] == "invalid_selection_field"
    assert body["statusInfoSet"][0]["imsx_description"] == "shoeSize"


def test_two_warnings_stand_side_by_side(caller: SisCaller) -> None:
    warnings = caller.get("/orgs", fields="a", sort="b")["statusInfoSet"]
    assert [warning["imsx_codeMinor"] for warning in warnings] == ["invalid_sort_field", "invalid_selection_field"]


@pytest.mark.parametrize("path", ["/orgs", "/orgs/d1"])
@pytest.mark.parametrize("fields", ["", " ", ",,"])
def test_blank_fields_are_refused(caller: SisCaller, path: str, fields: str) -> None:
    assert refusal(caller.send("GET", path, fields=fields))[:2] == (400, "invalid_blank_selection_field")


def test_parameters_of_lists_mean_nothing_for_one_record(caller: SisCaller) -> None:
    assert caller.get("/orgs/d1?limit=0&filter=x&offset=-1")["org"]["sourcedId"] == "d1"
