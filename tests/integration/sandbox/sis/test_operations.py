"""Each operation shows the records that the standard says, under the root key that it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.sandbox.sis.sis_caller import refusal
from sis_connect.oneroster.operations import OPERATIONS, Kind

if TYPE_CHECKING:
    from integration.sandbox.sis.sis_caller import SisCaller

ODD = "a/b+c|d"

#: Path of every list, and the ids it shows in order.
LISTS = {
    "/academicSessions": ["g1", "g2", "t1", "t2", "y1"],
    "/classes": ["c1", "c2", "c3"],
    "/courses": ["k1", "k2"],
    "/gradingPeriods": ["g1", "g2"],
    "/demographics": ["u1"],
    "/enrollments": ["e1", "e2", "e3", "e4", "e5"],
    "/orgs": ["d1", "s1", "s2"],
    "/schools": ["s1", "s2"],
    "/students": ["u1", "u2", "u3"],
    "/teachers": ["v1"],
    "/terms": ["t1"],
    "/users": [ODD, "p1", "u1", "u2", "u3", "v1"],
    "/schools/s1/courses": ["k1"],
    "/schools/s1/classes/c1/enrollments": ["e1", "e2", "e3"],
    "/schools/s1/classes/c1/students": ["u1", "u2"],
    "/schools/s1/classes/c1/teachers": ["v1"],
    # The class decides, not the school that the enrollment names.
    "/schools/s1/enrollments": ["e1", "e2", "e3", "e5"],
    "/schools/s2/students": ["u1", "u3"],
    "/schools/s1/teachers": ["v1"],
    # All sessions in which classes of the school meet, semesters too.
    "/schools/s1/terms": ["t1", "t2"],
    "/schools/s2/terms": ["t1"],
    "/terms/t2/classes": ["c1", "c2"],
    "/terms/t1/gradingPeriods": ["g1", "g2"],
    "/terms/t2/gradingPeriods": [],
    "/courses/k2/classes": ["c2", "c3"],
    "/students/u1/classes": ["c1", "c3"],
    # An enrollment that is to be deleted leads nowhere.
    "/students/u2/classes": ["c1"],
    "/teachers/v1/classes": ["c1"],
    "/schools/s1/classes": ["c1", "c2"],
    "/users/u1/classes": ["c1", "c3"],
    "/users/p1/classes": [],
    "/classes/c1/students": ["u1", "u2"],
    "/classes/c1/teachers": ["v1"],
    "/classes/c2/students": [],
    "/resources": ["r1", "r2"],
    "/courses/k1/resources": ["r2"],
    "/classes/c1/resources": ["r1"],
    "/categories": ["q1", "q2"],
    "/lineItems": ["l1", "l2"],
    "/results": ["m1", "m2", "m3"],
    "/classes/c1/lineItems": ["l1"],
    "/classes/c1/results": ["m1", "m2"],
    "/classes/c1/lineItems/l1/results": ["m1", "m2"],
    "/classes/c1/students/u1/results": ["m1"],
}

ONES = {
    "getAcademicSession": "y1",
    "getClass": "c1",
    "getCourse": "k1",
    "getGradingPeriod": "g1",
    "getDemographics": "u1",
    "getEnrollment": "e1",
    "getOrg": "d1",
    "getSchool": "s1",
    "getStudent": "u1",
    "getTeacher": "v1",
    "getTerm": "t1",
    "getUser": ODD,
    "getResource": "r1",
    "getCategory": "q1",
    "getLineItem": "l1",
    "getResult": "m1",
}


@pytest.mark.parametrize(("path", "ids"), LISTS.items())
def test_a_list_shows_its_records_in_the_order_of_their_ids(caller: SisCaller, path: str, ids: list[str]) -> None:
    assert caller.ids(path) == ids


def test_every_reading_operation_is_tried_here(caller: SisCaller) -> None:
    caller.sis.reset_statistics()
    for path in LISTS:
        caller.send("GET", path)
    for operation, id_ in ONES.items():
        caller.send("GET", OPERATIONS[operation].path_with(id=id_))
    reading = {id_ for id_, operation in OPERATIONS.items() if operation.kind in (Kind.LIST, Kind.ONE)}
    assert set(caller.sis.statistics().operations) == reading


@pytest.mark.parametrize(("operation", "id_"), ONES.items())
def test_one_record_stands_under_the_name_of_its_entity(caller: SisCaller, operation: str, id_: str) -> None:
    body = caller.get(OPERATIONS[operation].path_with(id=id_))
    assert list(body) == [OPERATIONS[operation].root_key]
    assert body[OPERATIONS[operation].root_key]["sourcedId"] == id_


def test_alias_collections_answer_under_the_name_of_the_underlying_entity(caller: SisCaller) -> None:
    keys = {path: list(caller.get(path)) for path in ("/schools", "/terms", "/students", "/gradingPeriods")}
    assert keys == {
        "/schools": ["orgs"],
        "/terms": ["academicSessions"],
        "/students": ["users"],
        "/gradingPeriods": ["academicSessions"],
    }


def test_a_record_is_as_the_standard_writes_it(caller: SisCaller) -> None:
    """String booleans, references with absolute href and base type, no password, metadata without its prefix."""
    url = caller.sis.url
    assert caller.get("/users/u1")["user"] == {
        "sourcedId": "u1",
        "status": "active",
        "dateLastModified": "2026-09-15T06:00:00.000Z",
        "enabledUser": "true",
        "orgs": [
            {"href": f"{url}/orgs/s1", "sourcedId": "s1", "type": "org"},
            {"href": f"{url}/orgs/s2", "sourcedId": "s2", "type": "org"},
        ],
        "role": "student",
        "username": "bo",
        "userIds": [{"type": "LDAP", "identifier": "bo"}, {"type": "SIS", "identifier": "9"}],
        "givenName": "Bo",
        "familyName": "Lane",
        "middleName": "",
        "identifier": "S1",
        "email": "bo@riverbend.example",
        "sms": "",
        "phone": "",
        "agents": [{"href": f"{url}/users/p1", "sourcedId": "p1", "type": "user"}],
        "grades": ["09"],
        "metadata": {"house": "Blue"},
    }


def test_lists_that_csv_has_not_are_derived(caller: SisCaller) -> None:
    assert [child["sourcedId"] for child in caller.get("/orgs/d1")["org"]["children"]] == ["s1", "s2"]
    assert [child["sourcedId"] for child in caller.get("/terms/t1")["academicSession"]["children"]] == ["g1", "g2"]
    assert [item["sourcedId"] for item in caller.get("/classes/c1")["class"]["resources"]] == ["r1"]
    assert [item["sourcedId"] for item in caller.get("/courses/k1")["course"]["resources"]] == ["r2"]


def test_scores_are_numbers_and_keep_their_digits(caller: SisCaller) -> None:
    assert '"score":17.50,' in caller.send("GET", "/results/m1").text


@pytest.mark.parametrize(
    "path",
    [
        "/users/nobody",
        "/students/v1",
        "/teachers/u1",
        "/schools/d1",
        "/terms/t2",
        "/schools/nowhere/classes",
        "/schools/d1/classes",
        "/schools/s2/classes/c1/students",
        "/students/v1/classes",
        "/teachers/u1/classes",
        "/users/nobody/classes",
        "/classes/none/students",
        "/courses/none/classes",
        "/terms/none/classes",
        "/classes/none/lineItems",
        "/classes/c1/lineItems/l2/results",
        "/classes/c1/students/v1/results",
        "/classes/none/students/u1/results",
        "/scoreScales",
        "/classes/c1/categories",
        "/users/",
        "//users",
        "/",
        "",
    ],
)
def test_what_is_not_there_is_an_unknown_object(caller: SisCaller, path: str) -> None:
    status, minor, _ = refusal(caller.send("GET", path))
    assert (status, minor) == (404, "unknown object")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/users/u1", "GET"),
        ("DELETE", "/classes", "GET"),
        ("POST", "/lineItems", "GET"),
        ("PATCH", "/lineItems/l1", "DELETE, GET, PUT"),
        ("OPTIONS", "/orgs", "GET"),
    ],
)
def test_another_method_than_the_operations_is_refused(caller: SisCaller, method: str, path: str, allowed: str) -> None:
    answer = caller.send(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed
    assert answer.json()["statusInfoSet"][0]["imsx_codeMajor"] == "unsupported"


def test_a_link_that_names_no_resource_is_none(writer: SisCaller) -> None:
    with writer.sis.records.together() as writing:
        writing.put("classResources", {"sourced_id": "nothing", "class_sourced_id": "c1"})
    assert [resource["sourcedId"] for resource in writer.get("/classes/c1")["class"]["resources"]] == ["r1"]
