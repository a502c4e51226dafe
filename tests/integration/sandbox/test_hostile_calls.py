"""Whatever a client sends, the Schoology look-alike answers by its own rules: never with a failure of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from integration.sandbox.caller import Caller
    from integration.sandbox.conftest import World

#: Bulk endpoints and what wraps their objects.
ENDPOINTS = {
    "POST users": ("users", "user"),
    "POST users?update_existing=1&email_conflict_resolution=2": ("users", "user"),
    "PUT users": ("users", "user"),
    "PUT users/reactivate": ("users", "user"),
    "POST users/import/associations/parents": ("associations", "association"),
    "POST courses?update_existing=1": ("courses", "course"),
    "PUT courses": ("courses", "course"),
    "POST courses/3000001/sections?update_existing=1": ("sections", "section"),
    "PUT sections": ("sections", "section"),
    "POST enrollments": ("enrollments", "enrollment"),
    "POST enrollments/import/course": ("enrollments", "enrollment"),
    "POST enrollments/import/course/20001": ("enrollments", "enrollment"),
    "PUT sections/5000001/enrollments": ("enrollments", "enrollment"),
}
NAMES = [
    "id",
    "uid",
    "school_uid",
    "name_first",
    "name_last",
    "username",
    "primary_email",
    "role_id",
    "building_id",
    "additional_buildings",
    "synced",
    "title",
    "course_code",
    "section_code",
    "section_school_code",
    "grading_periods",
    "sections",
    "admin",
    "status",
    "delete",
    "realm",
    "section_id",
    "student_school_uid",
    "parent_school_uid",
    "option_reenroll",
    "description",
    "meeting_days",
    "credits",
    "grade_level_range_start",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(["s1", "t1", "alg", "alg-1", 1_000_002, 5_000_001, 20_001, 796_383, "section", "\x00", "9" * 40]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
)
OBJECTS = st.one_of(SCALARS, st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=10))


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(objects=st.lists(OBJECTS, min_size=1, max_size=4))
def test_every_object_of_a_bulk_call_gets_its_own_result(
    caller: Caller, world: World, endpoint: str, objects: list[object]
) -> None:
    method, path = endpoint.split()
    outer, inner = ENDPOINTS[endpoint]
    results = caller.bulk(method, path, {outer: {inner: objects}})
    assert len(results) == len(objects)
    assert all(result["response_code"] in (200, 400, 403, 404) for result in results)
    for readable in ("users?limit=200", "courses?limit=200", "sections?section_school_codes=alg-1&include_past=1"):
        assert caller.send("GET", readable).status_code == 200


METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE"])
SEGMENTS = st.sampled_from(["users", "sections", "ext", "import", "course", "5000001", "me"]) | st.text(
    "a1% ", max_size=4
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(METHODS, st.lists(SEGMENTS, max_size=5), st.text("ab=&1,", max_size=12), VALUES))
def test_any_path_query_and_body_is_answered(
    caller: Caller, world: World, request_: tuple[str, list[str], str, object]
) -> None:
    method, segments, query, body = request_
    path = "/".join(map(quote, segments))
    answer = caller.send(method, f"{path}?{query}", body if method in ("POST", "PUT") else None)
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "content", [b"{", b"\xff", b"[" * 100_000, b'{"users": {"user": {}}}', json.dumps({"users": 1}).encode()]
)
def test_a_body_that_cannot_be_read_is_refused(caller: Caller, content: bytes) -> None:
    uri = f"{caller.sandbox.api_url}/users"
    _, headers, _ = caller._signer.sign(uri, "POST")
    answer = caller._http.post(uri, content=content, headers={**headers, "Content-Type": "application/json"})
    assert answer.status_code in (207, 400)
