"""Replies that a well-behaved server never gives."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx2
import pytest

from schoology_side import KEY_AND_SECRET, KnownLinks, a_class, a_user, an_enrollment, create, remove
from sis_connect.errors import MalformedReplyError, OutcomeUnknownError
from sis_connect.schoology.connection import SchoologySettings, open_client
from sis_connect.schoology.target import SchoologyTarget
from sis_connect.sync.changes import OutcomeState
from sis_connect.sync.desired import Kind
from sis_connect.transport.client import RequestRefusedError, Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.schoology.client import SchoologyClient


@contextmanager
def answering(replies: dict[str, object]) -> Iterator[SchoologyClient]:
    """A client of a server that gives these replies by method and path; a number is a status."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        reply = replies[f"{request.method} {request.url.path.removeprefix('/v1/')}"]
        return httpx2.Response(reply) if isinstance(reply, int) else httpx2.Response(200, json=reply)

    around = Surroundings(wire=httpx2.MockTransport(answer))
    with open_client(SchoologySettings(KEY_AND_SECRET), around) as client:
        yield client


@pytest.mark.parametrize("reply", [{"title": "Birch"}, [], "Birch"])
def test_a_creation_answered_without_an_id_is_in_doubt(reply: object) -> None:
    with answering({"POST gradingperiods": reply}) as client, pytest.raises(OutcomeUnknownError):
        client.create_grading_period({})


def test_one_object_that_is_not_there_is_none_and_any_other_refusal_an_error() -> None:
    with answering({"GET courses/1": 404, "GET courses/2": 410}) as client:
        assert client.course("1") is None
        with pytest.raises(RequestRefusedError):
            client.course("2")


def test_another_object_under_the_path_of_an_inactive_account_is_not_that_account() -> None:
    with answering({"GET users/inactive/7": {"uid": 8}}) as client:
        assert not client.is_inactive("7")


def test_more_objects_than_a_bulk_call_takes_are_never_sent() -> None:
    with answering({}) as client:
        for count in (0, 51):
            with pytest.raises(ValueError, match="1 to 50"):
                client.create_users([{} for _ in range(count)])
            with pytest.raises(ValueError, match="1 to 50"):
                list(client.users([""] * count))
            with pytest.raises(ValueError, match="1 to 50"):
                client.deactivate_users([""] * count, "")


def test_a_key_that_sees_no_school_cannot_write() -> None:
    with answering({"GET schools": {"total": 0}, "GET roles": {"role": [{"id": 1, "title": "Student"}]}}) as client:
        target = SchoologyTarget(client)
        with pytest.raises(MalformedReplyError, match="no school"):
            target.write([create(a_user(school_key=None))], KnownLinks())


COURSE = {"id": 3, "title": "Algebra I", "course_code": "MATH-1", "building_id": "5", "synced": 1}
LINKS = KnownLinks({(Kind.COURSES, "course-1"): "3", (Kind.TERMS, "term-1"): "9"})


def test_a_course_that_is_refused_refuses_the_sections_in_it() -> None:
    item = {"response_code": 403, "message": "No permission for Algebra I"}
    with answering({"GET courses/3": COURSE, "POST courses": {"course": [item]}}) as client:
        outcomes = SchoologyTarget(client).write([create(a_class()), create(a_class("class-2"))], LINKS)
    assert [outcome.code for outcome in outcomes] == ["target.not_permitted"] * 2
    assert outcomes[0].message == "No permission for …"


def test_a_course_that_succeeds_where_a_section_fails_refuses_that_section_alone() -> None:
    sections = [
        {"response_code": 200, "id": "71", "section_school_code": "class-1"},
        {"response_code": 400, "message": "Invalid grading period"},
    ]
    item = {"response_code": 200, "id": "3", "course_code": "MATH-1", "sections": {"section": sections}}
    with answering({"GET courses/3": COURSE, "POST courses": {"course": [item]}}) as client:
        created, refused = SchoologyTarget(client).write([create(a_class()), create(a_class("class-2"))], LINKS)
    assert (created.state, created.lms_id) == (OutcomeState.APPLIED, "71")
    assert refused.code == "target.unknown_term"


@pytest.mark.parametrize("sections", [{}, {"sections": {}}, {"sections": {"section": [{}]}}, {"sections": []}])
def test_a_course_answered_without_readable_sections_leaves_them_in_doubt(sections: dict[str, object]) -> None:
    item = {"response_code": 200, "id": "3", "course_code": "MATH-1", **sections}
    with answering({"GET courses/3": COURSE, "POST courses": {"course": [item]}}) as client:
        target = SchoologyTarget(client)
        with pytest.raises(OutcomeUnknownError):
            target.write([create(a_class())], LINKS)


def test_a_course_that_schoology_no_longer_has_takes_no_section() -> None:
    with answering({"GET courses/3": 404}) as client:
        [outcome] = SchoologyTarget(client).write([create(a_class())], LINKS)
    assert outcome.code == "target.unknown_course"


@pytest.mark.parametrize(
    "reply", [{"user": [{"response_code": 200, "id": "7"}]}, {"users": {"user": [{"response_code": 200, "id": 7}]}}]
)
def test_a_deactivation_is_read_wrapped_or_not(reply: object) -> None:
    with answering({"DELETE users": reply}) as client:
        [outcome] = SchoologyTarget(client).write([remove(a_user(), "7")], LINKS)
    assert (outcome.state, outcome.lms_id) == (OutcomeState.APPLIED, "7")


def test_archived_enrollments_are_no_members_and_no_obstacle_to_a_new_one() -> None:
    row = {"id": 1, "uid": "7", "school_uid": "student-1", "admin": 0, "status": "5"}
    replies: dict[str, object] = {
        "GET sections/71": {"id": "71", "section_school_code": "class-1"},
        "GET sections/71/enrollments": {"enrollment": [row], "total": "1"},
    }
    links = KnownLinks({(Kind.CLASSES, "class-1"): "71"})
    with answering(replies) as client:
        target = SchoologyTarget(client)
        assert list(target.members(["71"])) == []
        assert target.look([create(an_enrollment())], links) == [None]
