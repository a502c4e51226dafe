"""The gradebook's writing half: what a PUT makes, what it refuses, and what is left after a DELETE."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.sis.sis_caller import refusal

if TYPE_CHECKING:
    from integration.sandbox.sis.conftest import Launch
    from integration.sandbox.sis.sis_caller import SisCaller
    from integration.sandbox.sis.sis_world import Clock


def a_line_item(**parts: object) -> dict[str, Any]:
    """The body of a PUT to l9; a part that is None is left out."""
    record: dict[str, Any] = {
        "sourcedId": "l9",
        "title": "Quiz 1",
        "assignDate": "2026-09-01T00:00:00.000Z",
        "dueDate": "2026-09-05T12:30:00.000Z",
        "class": {"sourcedId": "c1"},
        "category": {"href": "anywhere", "sourcedId": "q1", "type": "category"},
        "gradingPeriod": {"sourcedId": "g1", "type": "academicSession"},
        "resultValueMin": 0.0,
        "resultValueMax": 20,
        **parts,
    }
    return {"lineItem": {name: value for name, value in record.items() if value is not None}}


def a_result(**parts: object) -> dict[str, Any]:
    """The body of a PUT to m9; a part that is None is left out."""
    record: dict[str, Any] = {
        "sourcedId": "m9",
        "lineItem": {"sourcedId": "l1"},
        "student": {"sourcedId": "u2"},
        "scoreStatus": "fully graded",
        "score": 300.25,
        "scoreDate": "2026-09-06",
        **parts,
    }
    return {"result": {name: value for name, value in record.items() if value is not None}}


def test_what_is_put_is_created_and_answered_as_stored(launch: Launch, clock: Clock) -> None:
    caller = launch(now=clock)
    answer = caller.send("PUT", "/lineItems/l9", a_line_item(metadata={"lms.id": 7, "deep": {"a": [1]}}))
    assert answer.status_code == 201
    stored = answer.json()["lineItem"]
    assert stored == caller.get("/lineItems/l9")["lineItem"]
    url = caller.sis.url
    now = clock.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert stored == {
        "sourcedId": "l9",
        "status": "active",
        "dateLastModified": now,
        "title": "Quiz 1",
        "description": "",
        "assignDate": "2026-09-01T00:00:00.000Z",
        "dueDate": "2026-09-05T12:30:00.000Z",
        "class": {"href": f"{url}/classes/c1", "sourcedId": "c1", "type": "class"},
        "category": {"href": f"{url}/categories/q1", "sourcedId": "q1", "type": "category"},
        "gradingPeriod": {"href": f"{url}/academicSessions/g1", "sourcedId": "g1", "type": "academicSession"},
        "resultValueMin": 0.0,
        "resultValueMax": 20,
        "metadata": {"lms.id": 7, "deep": {"a": [1]}},
    }
    assert caller.ids("/classes/c1/lineItems") == ["l1", "l9"]


def test_what_is_put_again_is_replaced_and_not_merged(writer: SisCaller) -> None:
    assert writer.send("PUT", "/results/m9", a_result(comment="Well done")).status_code == 201
    answer = writer.send("PUT", "/results/m9", a_result(score=0, scoreStatus="exempt"))
    assert answer.status_code == 200
    stored = writer.get("/results/m9")["result"]
    assert (stored["score"], stored["scoreStatus"], stored["comment"]) == (0, "exempt", "")
    assert writer.ids("/classes/c1/students/u2/results") == ["m2", "m9"]


def test_the_same_put_twice_leaves_one_record(writer: SisCaller) -> None:
    category = {"category": {"sourcedId": "q/9", "title": "Labs"}}
    assert writer.send("PUT", "/categories/q%2F9", category).status_code == 201
    assert writer.send("PUT", "/categories/q%2F9", category).status_code == 200
    assert writer.ids("/categories") == ["q/9", "q1", "q2"]


def test_stamps_that_the_consumer_sends_are_kept(writer: SisCaller) -> None:
    answer = writer.send("PUT", "/results/m9", a_result(status="active", dateLastModified="2026-09-06T10:00:00+02:00"))
    assert answer.json()["result"]["dateLastModified"] == "2026-09-06T08:00:00.000Z"


def test_scores_keep_their_digits_and_dates_their_day(writer: SisCaller) -> None:
    body = b'{"result":{"sourcedId":"m9","lineItem":{"sourcedId":"l1"},"student":{"sourcedId":"u2"},"scoreStatus":'
    body += b'"fully graded","score":17.10,"scoreDate":"2026-09-06T08:00:00.000Z"}}'
    answer = writer.send("PUT", "/results/m9", body)
    assert '"score":17.10,' in answer.text
    assert answer.json()["result"]["scoreDate"] == "2026-09-06"


@pytest.mark.parametrize(
    "parts",
    [
        {"title": None},
        {"title": ""},
        {"title": 5},
        {"sourcedId": None},
        {"sourcedId": "l8"},
        {"status": "inactive"},
        {"dateLastModified": "yesterday"},
        {"assignDate": "2026-02-30"},
        {"dueDate": "2026-13-01T00:00:00Z"},
        {"class": None},
        {"class": "c1"},
        {"class": {"sourcedId": "nowhere"}},
        {"category": {"sourcedId": "nowhere"}},
        {"category": None},
        {"gradingPeriod": {"sourcedId": "t1"}},
        {"gradingPeriod": None},
        {"resultValueMin": "0"},
        {"resultValueMax": True},
        {"metadata": "text"},
        {"title": "x" * 40_000},
    ],
    ids=str,
)
def test_a_line_item_that_breaks_the_model_is_refused_by_the_name_of_its_field(
    caller: SisCaller, parts: dict[str, object]
) -> None:
    [field] = parts
    assert refusal(caller.send("PUT", "/lineItems/l9", a_line_item(**parts))) == (422, "invalid data", field)
    assert caller.send("GET", "/lineItems/l9").status_code == 404


@pytest.mark.parametrize(
    "parts",
    [
        {"lineItem": {"sourcedId": "none"}},
        {"student": {"sourcedId": "v1"}},
        {"student": {"sourcedId": 5}},
        {"scoreStatus": "fully_graded"},
        {"score": None},
        {"score": "17"},
        {"scoreDate": "06.09.2026"},
    ],
    ids=str,
)
def test_a_result_that_breaks_the_model_is_refused(caller: SisCaller, parts: dict[str, object]) -> None:
    [field] = parts
    assert refusal(caller.send("PUT", "/results/m9", a_result(**parts))) == (422, "invalid data", field)


def test_a_score_that_no_computer_can_hold_is_refused(caller: SisCaller) -> None:
    body = json.dumps(a_result(score=17)).replace("17", "1e999999999").encode()
    assert refusal(caller.send("PUT", "/results/m9", body)) == (422, "invalid data", "score")


def test_a_lenient_provider_takes_a_line_item_without_category_and_grading_period(launch: Launch) -> None:
    caller = launch(lenient_line_items=True)
    answer = caller.send("PUT", "/lineItems/l9", a_line_item(category=None, gradingPeriod=None))
    assert answer.status_code == 201
    assert "category" not in answer.json()["lineItem"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 5_000, b'{"category":', b'{"a":"\\ud800"}'])
def test_a_body_that_is_no_json_is_a_bad_request(caller: SisCaller, body: bytes) -> None:
    assert refusal(caller.send("PUT", "/categories/q9", body))[:2] == (400, "invalid data")


@pytest.mark.parametrize("body", [[], 5, None, {}, {"categories": []}, {"category": []}, {"lineItem": {}}])
def test_a_body_without_its_root_key_is_refused(caller: SisCaller, body: object) -> None:
    sent = b"null" if body is None else body
    assert refusal(caller.send("PUT", "/categories/q9", sent)) == (422, "invalid data", "category")


def test_a_body_of_more_than_a_megabyte_is_refused(caller: SisCaller) -> None:
    answer = caller.send("PUT", "/categories/q9", b'{"category":"' + b"x" * 1_100_000)
    assert refusal(answer)[:2] == (413, "invalid data")


def test_unknown_properties_are_left_out(writer: SisCaller) -> None:
    body = a_result()
    body["result"]["late"] = True
    assert "late" not in writer.send("PUT", "/results/m9", body).json()["result"]


def test_what_is_deleted_is_gone_everywhere(writer: SisCaller) -> None:
    answer = writer.send("DELETE", "/results/m1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(writer.send("GET", "/results/m1"))[:2] == (404, "unknown object")
    assert refusal(writer.send("DELETE", "/results/m1"))[:2] == (404, "unknown object")
    assert writer.ids("/results") == ["m2", "m3"]
    assert writer.ids("/results", filter="status='tobedeleted'") == []
    assert writer.ids("/classes/c1/results") == ["m2"]
    assert writer.send("GET", "/classes/c1/students/u1/results").json() == {"results": []}


def test_what_was_deleted_may_be_created_anew(writer: SisCaller) -> None:
    writer.send("DELETE", "/categories/q2")
    assert writer.send("PUT", "/categories/q2", {"category": {"sourcedId": "q2", "title": "New"}}).status_code == 201
    assert writer.get("/categories/q2")["category"]["title"] == "New"


def test_a_line_item_takes_its_results_with_it(writer: SisCaller) -> None:
    assert writer.send("DELETE", "/lineItems/l1").status_code == 204
    assert writer.ids("/results") == ["m3"]
    assert writer.send("GET", "/classes/c1/lineItems/l1/results").status_code == 404
    assert refusal(writer.send("PUT", "/results/m9", a_result())) == (422, "invalid data", "lineItem")


def test_a_provider_may_keep_the_results_of_a_deleted_line_item(launch: Launch) -> None:
    caller = launch(results_go_with_line_items=False)
    caller.send("DELETE", "/lineItems/l1")
    assert caller.ids("/results") == ["m1", "m2", "m3"]
    assert caller.ids("/classes/c1/results") == []


def test_a_category_in_use_is_kept(launch: Launch) -> None:
    strict, lax = launch(), launch(keep_used_categories=False)
    assert refusal(strict.send("DELETE", "/categories/q1"))[:2] == (422, "invalid data")
    assert strict.send("DELETE", "/categories/q2").status_code == 204
    assert lax.send("DELETE", "/categories/q1").status_code == 204


def test_a_refused_put_leaves_what_was_there(writer: SisCaller) -> None:
    before = copy.deepcopy(writer.get("/lineItems/l1"))
    body = a_line_item(sourcedId="l1", **{"class": {"sourcedId": "nowhere"}})
    assert writer.send("PUT", "/lineItems/l1", body).status_code == 422
    assert writer.get("/lineItems/l1") == before
