"""What holds for every call: sign-in, limits, paging, errors, tolerance, faults and the sandbox's own controls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx2
import pytest
from oauthlib.oauth1 import SIGNATURE_PLAINTEXT

from integration.sandbox.caller import Caller, codes, get, post
from sis_connect.sandbox.schoology import Fault, FaultPlan, FaultRule, RateLimit, SandboxSettings, start

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from integration.sandbox.conftest import Launch, World
    from sis_connect.sandbox.schoology import RunningSandbox


def user(uid: str, **fields: object) -> dict[str, object]:
    return {"school_uid": uid, "name_first": "Ada", "name_last": uid, "username": uid, "role_id": 796383, **fields}


def users(*uids: str) -> dict[str, object]:
    return {"users": {"user": [user(uid) for uid in uids]}}


class TestSignIn:
    def test_a_signed_call_is_answered(self, caller: Caller) -> None:
        answer = caller.send("GET", "roles")
        assert (answer.status_code, answer.headers["X-Schoology"]) == (200, "API")

    def test_plaintext_signatures_are_good_too(self, sandbox: RunningSandbox) -> None:
        with Caller(sandbox, SIGNATURE_PLAINTEXT) as caller:
            assert caller.get("roles")["total"] == 5

    def test_an_unsigned_call_is_refused(self, sandbox: RunningSandbox) -> None:
        assert get(f"{sandbox.api_url}/roles").status_code == 401

    def test_a_client_that_fixes_the_host_header_is_known_by_its_signature(self, caller: Caller) -> None:
        uri = f"{caller.sandbox.api_url}/roles"
        _, headers, _ = caller._signer.sign(uri, "GET", headers={"Host": "api.schoology.com"})
        assert get(uri, headers=headers).status_code == 200

    def test_a_header_used_twice_is_a_replay(self, caller: Caller) -> None:
        uri = f"{caller.sandbox.api_url}/roles"
        _, headers, _ = caller._signer.sign(uri, "GET")
        first, second = get(uri, headers=headers), get(uri, headers=headers)
        assert (first.status_code, second.status_code) == (200, 401)
        assert "replay" in second.text

    def test_codes_in_paths_are_signed_as_they_are_sent(self, caller: Caller) -> None:
        caller.sandbox.seed().user("a/b c%ü", "Ada", "Vega", username="ada")
        assert caller.send("GET", "users/ext/a%2Fb%20c%25%C3%BC").status_code == 303


class TestRateLimit:
    def test_the_51st_reading_call_within_five_seconds_is_refused(self, launch: Launch) -> None:
        caller = launch(rate=RateLimit(), ticks=lambda: 100.0)
        statuses = [caller.send("GET", "roles").status_code for _ in range(51)]
        assert statuses == [200] * 50 + [429]
        answer = caller.send("GET", "roles")
        assert answer.headers["Retry-After"] == "5"
        assert answer.content == b""
        statistics = caller.sandbox.statistics()
        assert (statistics.credits, statistics.peak_credits) == (50, 50)
        assert (statistics.refusals, statistics.overruns) == (2, 2)

    def test_sixteen_writing_calls_leave_two_credits(self, launch: Launch) -> None:
        caller = launch(rate=RateLimit(), ticks=lambda: 100.0)
        assert [caller.send("POST", "users").status_code for _ in range(17)] == [400] * 16 + [429]
        assert [caller.send("GET", "roles").status_code for _ in range(3)] == [200, 200, 429]

    def test_credits_come_back_with_time(self, launch: Launch) -> None:
        times = iter([100.0] * 4 + [105.0] * 2)
        caller = launch(rate=RateLimit(credits=1), ticks=lambda: next(times))
        assert [caller.send("GET", "roles").status_code for _ in range(3)] == [200, 429, 200]


class TestPaging:
    @pytest.fixture
    def caller(self, launch: Launch) -> Caller:
        caller = launch(highest_limit=30)
        seed = caller.sandbox.seed()
        with seed.together():
            for number in range(64):
                seed.user(f"u{number}", "Ada", "Vega")
        return caller

    def test_a_page_holds_twenty_unless_told(self, caller: Caller) -> None:
        page = caller.get("users")
        assert (len(page["user"]), page["total"]) == (20, 65)

    def test_a_page_holds_no_more_than_the_cap(self, caller: Caller) -> None:
        page = caller.get("users?limit=500")
        assert len(page["user"]) == 30
        assert "limit=30" in page["links"]["next"]

    def test_links_lead_to_the_last_page_through_everyone_once(self, caller: Caller) -> None:
        page = caller.get("users?limit=30&role_ids=796383")
        seen = []
        while True:
            seen += [entry["school_uid"] for entry in page["user"]]
            if "next" not in page["links"]:
                break
            assert page["links"]["next"].startswith(caller.sandbox.api_url)
            page = caller.get(page["links"]["next"])
        assert seen == [f"u{number}" for number in range(64)]

    def test_an_empty_page_has_neither_list_nor_links(self, caller: Caller) -> None:
        assert caller.get("users?start=65") == {"total": 65}

    def test_with_full_pages_an_empty_one_has_both(self, lax: Callable[..., Caller]) -> None:
        page = lax(sparse_pages=False).get("gradingperiods")
        assert (page["gradingperiods"], page["total"]) == ([], 0)
        assert set(page["links"]) == {"self"}

    def test_links_begin_with_the_address_the_settings_give(self, launch: Launch) -> None:
        page = launch(external_base="https://sandbox.example/v1").get("users")
        assert page["links"]["self"].startswith("https://sandbox.example/v1/users?")


class TestErrors:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "users/999", 404),
            ("GET", "users/abc", 404),
            ("GET", "nonsense", 403),
            ("GET", "sections", 403),
            ("PATCH", "users", 405),
            ("POST", "roles", 405),
            ("POST", "users", 400),
        ],
    )
    def test_errors_of_a_whole_call_have_no_body(self, caller: Caller, method: str, path: str, status: int) -> None:
        answer = caller.send(method, path)
        assert (answer.status_code, answer.content) == (status, b"")

    def test_errors_are_explained_when_asked_for(self, lax: Callable[..., Caller]) -> None:
        assert "section_school_codes" in lax(empty_errors=False).send("GET", "sections").text

    def test_bodies_must_be_json(self, caller: Caller) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert caller.send("POST", "users", user("u"), form).status_code == 415
        assert caller.send("POST", "users", "no object").status_code == 400
        assert caller.send("GET", "users", headers={"Accept": "text/xml"}).status_code == 406

    def test_options_tells_the_methods_of_a_path(self, caller: Caller) -> None:
        answer = caller.send("OPTIONS", "users")
        assert (answer.status_code, answer.headers["Allow"]) == (200, "GET, POST, PUT, DELETE")

    def test_an_unknown_path_below_a_section_answers_with_the_section(self, caller: Caller, world: World) -> None:
        assert caller.get(f"sections/{world.section}/enrolments")["id"] == str(world.section)
        assert caller.get(f"courses/{world.course}/section_list")["id"] == world.course

    def test_without_that_trap_it_is_not_found(self, lax: Callable[..., Caller]) -> None:
        caller = lax(parent_for_unknown_path=False)
        course = caller.sandbox.seed().course("Algebra", "alg")
        assert caller.send("GET", f"courses/{course}/section_list").status_code == 404

    def test_paths_may_be_written_as_clients_in_the_field_do(self, caller: Caller, world: World) -> None:
        for path in (f"Section/{world.section}", f"/section/{world.section}/enrollments", "gradingPeriods"):
            assert caller.send("GET", path).status_code == 200

    def test_51_objects_are_refused_as_a_whole(self, caller: Caller) -> None:
        body = users(*(f"u{number}" for number in range(51)))
        assert caller.send("POST", "users", body).status_code == 400
        assert caller.get("users")["total"] == 1

    def test_objects_that_are_no_objects_fail_alone(self, caller: Caller) -> None:
        """A public client sends each object as a text."""
        results = caller.bulk("POST", "users", {"users": {"user": ["{'school_uid': 'u1'}", user("u2")]}})
        assert codes(results) == [400, 200]
        assert set(results[0]) == {"response_code", "message"}


class TestFaults:
    def plan(self, caller: Caller, *rules: FaultRule) -> None:
        caller.sandbox.set_faults(FaultPlan(rules))

    @pytest.mark.parametrize(
        ("fault", "status"),
        [
            (Fault.UNAVAILABLE, 503),
            (Fault.SERVER_ERROR, 500),
            (Fault.FORBIDDEN, 403),
            (Fault.TOO_MANY_REQUESTS, 429),
            (Fault.HTML_PAGE, 200),
        ],
    )
    def test_a_fault_that_answers_instead_writes_nothing(self, caller: Caller, fault: Fault, status: int) -> None:
        self.plan(caller, FaultRule(fault, seconds=7))
        answer = caller.send("POST", "users", users("u1"))
        assert answer.status_code == status
        assert answer.headers.get("Retry-After") == ("7" if fault is Fault.TOO_MANY_REQUESTS else None)
        assert (
            answer.headers["Content-Type"].startswith("text/html") if fault is Fault.HTML_PAGE else not answer.content
        )
        assert caller.get("users")["total"] == 1
        assert caller.sandbox.statistics().faults == {fault: 1}

    @pytest.mark.parametrize(("fault", "written"), [(Fault.CONNECTION_CUT, 0), (Fault.LOST_REPLY, 1)])
    def test_a_connection_ends_before_or_after_the_write(self, caller: Caller, fault: Fault, written: int) -> None:
        self.plan(caller, FaultRule(fault, method="POST"))
        with pytest.raises(httpx2.RemoteProtocolError):
            caller.send("POST", "users", users("u1"))
        assert caller.get("users")["total"] == 1 + written
        assert caller.sandbox.statistics().statuses[0] == 1

    def test_some_items_fail_and_the_others_are_written(self, caller: Caller) -> None:
        self.plan(caller, FaultRule(Fault.ITEM_FAILURES, items=(1,), code=500))
        assert codes(caller.bulk("POST", "users", users("u1", "u2", "u3"))) == [200, 500, 200]
        assert caller.sandbox.statistics().refused_objects == {("users", 500): 1}
        assert codes(caller.bulk("POST", "users", users("u2"))) == [200]

    def test_a_wrong_envelope_hides_what_was_done(self, caller: Caller) -> None:
        self.plan(caller, FaultRule(Fault.WRONG_ENVELOPE))
        assert set(caller.expect(207, "POST", "users", users("u1"))) == {"result"}
        assert caller.get("users")["total"] == 2

    def test_a_slow_reply_waits_as_long_as_the_rule_says(self, launch: Launch) -> None:
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            await asyncio.sleep(0)

        caller = launch(sleep=sleep, faults=FaultPlan((FaultRule(Fault.SLOW, seconds=30),)))
        assert caller.get("roles")["total"] == 5
        assert waits == [30]


class TestControls:
    def post(self, caller: Caller, path: str, body: object) -> httpx2.Response:
        return post(f"{caller.sandbox.web_url}_sandbox/{path}", json=body)

    def test_statistics_count_calls_credits_and_objects(self, caller: Caller) -> None:
        for _ in range(2):
            caller.bulk("POST", "users?update_existing=1", users("u1", "u2"))
        statistics = caller.sandbox.statistics()
        assert statistics.calls == {("POST", "users"): 2}
        assert (statistics.requests, statistics.write_calls, statistics.credits) == (2, 2, 6)
        assert (statistics.objects_written, statistics.duplicate_writes) == (2, 2)
        shown = get(f"{caller.sandbox.web_url}_sandbox/statistics").json()
        assert shown == statistics.as_json()
        assert shown["calls"] == {"POST users": 2}

    def test_statistics_begin_anew_when_reset(self, caller: Caller) -> None:
        caller.get("roles")
        assert self.post(caller, "statistics/reset", {}).status_code == 200
        assert caller.sandbox.statistics().requests == 0

    def test_faults_can_be_ordered(self, caller: Caller) -> None:
        rule = {"fault": "unavailable", "method": "GET", "path": "roles"}
        assert self.post(caller, "faults", {"rules": [rule]}).status_code == 200
        assert [caller.send("GET", "roles").status_code for _ in range(2)] == [503, 200]

    @pytest.mark.parametrize("body", [[], {"rules": [{"fault": "?"}]}])
    def test_what_is_not_understood_is_said_so(self, caller: Caller, body: object) -> None:
        assert self.post(caller, "faults", body).status_code == 400

    def test_things_can_be_made_by_hand(self, caller: Caller) -> None:
        made = self.post(
            caller,
            "objects",
            [
                {"kind": "grading_period", "title": "Fall", "start": "2026-08-01", "end": "2026-12-01"},
                {"kind": "course", "title": "Chess", "course_code": "chess"},
            ],
        ).json()["ids"]
        body = {"kind": "section", "course_id": made[1], "title": "Club", "grading_periods": [made[0]]}
        assert self.post(caller, "objects", body).status_code == 200
        assert caller.get("courses")["course"][0]["title"] == "Chess"
        assert (
            self.post(caller, "objects", {"kind": "course", "title": "Chess", "course_code": "chess"}).status_code
            == 400
        )
        assert caller.sandbox.contents()["courses"][0][-1] == "hand"

    def test_gradebooks_can_be_made_by_hand(self, caller: Caller, world: World) -> None:
        section = {"section_id": world.section}
        levels = [{"points": 1, "description": "Begins"}]
        made = self.post(
            caller,
            "objects",
            [
                {"kind": "grading_category", "title": "Homework", **section},
                {"kind": "grading_scale", "title": "Levels", "levels": levels, "scale_type": 3, **section},
                {"kind": "grade_item", "title": "Talk", "item_type": "discussion", **section},
            ],
        ).json()["ids"]
        grade = {"kind": "grade", "item_id": made[2], "enrollment_id": world.member, "grade": "17.5"}
        assert self.post(caller, "objects", grade).json() == {"ids": [made[2]]}
        assert caller.get(f"sections/{world.section}/grades")["grades"]["grade"][0]["type"] == "discussion"
        for wrong in (
            {"kind": "grade_item", "title": "Talk", "section_id": 1},
            {"kind": "grade_item", "title": "Talk", "item_type": "party", **section},
            {**grade, "item_id": 1},
        ):
            assert self.post(caller, "objects", wrong).status_code == 400

    def test_the_day_can_be_set(self, caller: Caller, world: World) -> None:
        assert caller.get(f"gradingperiods/{world.past}")["active"] == "0"
        assert self.post(caller, "today", {"today": "2026-03-01"}).json() == {"today": "2026-03-01"}
        assert caller.get(f"gradingperiods/{world.past}")["active"] == "1"
        assert self.post(caller, "today", {}).json() == {"today": "2026-10-01"}

    def test_pages_of_other_sites_cannot_reach_the_controls(self, caller: Caller) -> None:
        address = f"{caller.sandbox.web_url}_sandbox/statistics"
        assert post(f"{address}/reset", content="{}", headers={"Content-Type": "text/plain"}).status_code == 415
        assert get(address, headers={"Host": "evil.example"}).status_code == 421


def test_many_clients_may_call_at_once(caller: Caller) -> None:
    """Everyone's objects arrive, and nothing is counted twice."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        bodies = [users(*(f"u{call}-{item}" for item in range(10))) for call in range(16)]
        results = list(pool.map(lambda body: codes(caller.bulk("POST", "users", body)), bodies))
    assert results == [[200] * 10] * 16
    assert caller.get("users")["total"] == 161
    assert caller.sandbox.statistics().objects_written == 160


def test_a_file_keeps_what_it_holds_from_one_start_to_the_next(tmp_path: Path) -> None:
    database = tmp_path / "folder" / "sandbox.db"
    with start(SandboxSettings(), database) as sandbox:
        sandbox.seed().building("Riverbend High")
        before = sandbox.contents()
    with start(SandboxSettings(), database) as sandbox:
        assert sandbox.contents() == before


def test_a_sandbox_that_was_reset_is_as_new(caller: Caller, world: World) -> None:
    caller.get("roles")
    caller.sandbox.set_faults(FaultPlan((FaultRule(Fault.UNAVAILABLE, count=None),)))
    assert post(f"{caller.sandbox.web_url}_sandbox/reset", json={}).status_code == 200
    assert caller.sandbox.statistics().requests == 0
    assert caller.get("users")["user"][0]["id"] == 1_000_001
    with start() as other:
        assert caller.sandbox.contents() == other.contents()


def test_a_port_that_is_taken_is_an_error(sandbox: RunningSandbox) -> None:
    with pytest.raises(OSError, match="in use"):
        start(port=sandbox.port)


def test_it_listens_on_the_loopback_interface_alone(sandbox: RunningSandbox) -> None:
    assert sandbox._server._listener.getsockname()[0] == "127.0.0.1"


def test_secrets_stand_in_no_repr(sandbox: RunningSandbox) -> None:
    assert "sandbox-secret" not in repr(sandbox.settings)
