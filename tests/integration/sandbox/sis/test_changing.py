"""Data that changes while the provider runs, without the API; and layers, which change what goes over the wire."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse

from integration.sandbox.sis.sis_caller import refusal

if TYPE_CHECKING:
    from starlette.responses import Response

    from integration.sandbox.sis.conftest import Launch
    from integration.sandbox.sis.sis_caller import SisCaller
    from integration.sandbox.sis.sis_world import Clock
    from sis_connect.sandbox.sis import Answer, Exchange, Proceed


def test_changes_bear_the_moment_of_the_providers_clock(launch: Launch, clock: Clock) -> None:
    caller = launch(now=clock)
    with caller.sis.records.together() as writing:
        assert writing.put("orgs", {"sourced_id": "s3", "name": "Glen", "type": "school"}, {"colour": "red"})
        assert not writing.put("orgs", {"sourced_id": "s2", "name": "Dale", "type": "school"})
        assert writing.change("users", ["u1", "u2", "nobody"], family_name="Vale") == 2
        assert writing.mark_deleted("enrollments", ["e1"]) == 1
        assert writing.remove("users", ["u3"]) == 1
    now = clock.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    school = caller.get("/orgs/s3")["org"]
    assert (school["status"], school["dateLastModified"], school["metadata"]) == ("active", now, {"colour": "red"})
    assert caller.ids("/users", filter=f"dateLastModified>='{now}'") == ["u1", "u2"]
    assert caller.get("/enrollments/e1")["enrollment"]["status"] == "tobedeleted"
    assert caller.send("GET", "/users/u3").status_code == 404
    assert caller.ids("/classes/c1/students") == ["u2"]


def test_changes_stand_together_or_not_at_all(writer: SisCaller) -> None:
    class MindChangedError(Exception):
        pass

    def remove_and_think_again() -> None:
        with writer.sis.records.together() as writing:
            writing.remove("users", ["u1"])
            raise MindChangedError

    with pytest.raises(MindChangedError):
        remove_and_think_again()
    assert writer.get("/users/u1")["user"]["givenName"] == "Bo"


def test_lists_of_references_follow_a_change(writer: SisCaller) -> None:
    with writer.sis.records.together() as writing:
        writing.change("users", ["u1"], org_sourced_ids='s2, odd",\\x,s2')
        writing.change("classes", ["c1"], term_sourced_ids=None)
        [user] = writing.find("users", "sourced_id = ?", "u1")
    assert user["org_sourced_ids"] == 's2, odd",\\x,s2'
    assert writer.ids("/schools/s1/students") == ["u2"]
    assert writer.ids("/schools/s2/students") == ["u1", "u3"]
    assert writer.ids("/terms/t2/classes") == ["c2"]


def test_a_column_that_there_is_not_is_an_error(writer: SisCaller) -> None:
    with pytest.raises(KeyError), writer.sis.records.together() as writing:
        writing.change("users", ["u1"], shoe_size="40")


def test_layers_may_change_what_is_asked_and_what_is_answered(launch: Launch) -> None:
    seen: list[tuple[int, str, int]] = []

    async def clamp(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        exchange.set_parameter("limit", "2")
        return await proceed(exchange)

    async def forget(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        assert not hasattr(answer, "body")
        seen.append((exchange.number, exchange.operation.id if exchange.operation else "", len(answer.records)))
        answer.total = None
        answer.links.clear()
        answer.root_key = "people"
        answer.records[0].pop("givenName")
        return answer

    caller = launch(layers=(forget, clamp))
    answer = caller.send("GET", "/users?limit=5&offset=2")
    assert [person["sourcedId"] for person in answer.json()["people"]] == ["u1", "u2"]
    assert "givenName" not in answer.json()["people"][0]
    assert "X-Total-Count" not in answer.headers
    assert "Link" not in answer.headers
    assert seen == [(1, "getAllUsers", 2)]


def test_a_layer_may_answer_instead_of_the_provider(launch: Launch) -> None:
    async def busy(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.number % 2:
            return PlainTextResponse("Later.", 429, {"Retry-After": "1"})
        return await proceed(exchange)

    caller = launch(layers=(busy,))
    assert caller.send("GET", "/orgs").status_code == 429
    assert caller.send("GET", "/orgs").status_code == 200
    assert caller.sis.statistics().statuses == {429: 1, 200: 1}


def test_layers_see_what_the_provider_refuses(launch: Launch) -> None:
    statuses = []

    async def watch(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        statuses.append((exchange.operation is None, getattr(answer, "status", None)))
        return answer

    caller = launch(layers=(watch,))
    assert refusal(caller.send("GET", "/nowhere"))[0] == 404
    assert refusal(caller.http.get(f"{caller.sis.url}/orgs"))[0] == 401
    assert statuses == [(True, 404), (False, 401)]


def test_statistics_count_what_was_asked_and_sent(writer: SisCaller) -> None:
    writer.ids("/schools")
    writer.ids("/orgs", limit=1)
    writer.send("GET", "/nowhere")
    writer.token()
    writer.token(client_secret="wrong")
    counted = writer.sis.statistics()
    assert counted.as_json() == {
        "requests": 3,
        "operations": {"": 1, "getAllOrgs": 1, "getAllSchools": 1},
        "statuses": {"200": 2, "404": 1},
        "clients": {"sandbox-client": 3},
        "records": {"orgs": 3},
        "tokens": 1,
        "refused_tokens": 1,
    }
    writer.sis.reset_statistics()
    assert writer.sis.statistics().requests == 0


def test_a_page_and_its_total_are_of_one_moment(writer: SisCaller) -> None:
    """Two pupils come and go together; whoever reads meanwhile sees both or neither."""

    def come_and_go() -> None:
        for number in range(60):
            with writer.sis.records.together() as writing:
                for pupil in ("x1", "x2"):
                    if number % 2:
                        writing.remove("users", [pupil])
                    else:
                        writing.put("users", {"sourced_id": pupil, "role": "student"})

    changing = threading.Thread(target=come_and_go)
    changing.start()
    sizes = set()
    while changing.is_alive():
        answer = writer.send("GET", "/students?filter=role%3D%27student%27")
        sizes.add((len(answer.json()["users"]), answer.headers["X-Total-Count"]))
        sizes.add((len(writer.ids("/students")), ""))
    changing.join()
    assert sizes <= {(3, "3"), (5, "5"), (3, ""), (5, "")}
    assert writer.ids("/students") == ["u1", "u2", "u3"]
