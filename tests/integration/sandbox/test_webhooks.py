"""Event triggers of the Schoology look-alike: targets, subscriptions, and events that arrive or are lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.caller import post
from integration.sandbox.conftest import NOW
from integration.sandbox.receiver import Receiver
from sis_connect.sandbox.schoology import Webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.sandbox.caller import Caller
    from integration.sandbox.conftest import Classroom, Launch


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def target(caller: Caller, url: str) -> int:
    """A new target's id."""
    return int(caller.expect(201, "POST", "triggers/targets", {"target": url, "description": "Hook"})["id"])


def subscribe(caller: Caller, *items: dict[str, object]) -> list[dict[str, Any]]:
    return list(caller.expect(200, "PUT", "triggers/subscriptions", {"subscription": list(items)})["subscription"])


def listen(caller: Caller, url: str, *triggers: str, include_object: int = 1) -> int:
    """A new target that is subscribed to these triggers."""
    id_ = target(caller, url)
    answers = subscribe(
        caller,
        *[{"target_id": id_, "trigger": name, "subscribed": 1, "include_object": include_object} for name in triggers],
    )
    assert [answer["status"] for answer in answers] == [200] * len(triggers)
    return id_


class TestTargets:
    def test_one_is_made_listed_changed_and_removed(self, caller: Caller) -> None:
        id_ = target(caller, "http://127.0.0.1:9/hook")
        caller.expect(204, "PUT", f"triggers/targets/{id_}", {"description": "New"})
        assert caller.get("triggers/targets") == {
            "target": [{"id": id_, "target": "http://127.0.0.1:9/hook", "description": "New"}]
        }
        caller.expect(204, "DELETE", f"triggers/targets/{id_}")
        assert caller.get("triggers/targets") == {"target": []}

    @pytest.mark.parametrize(
        "address",
        ["", "https://example.org/hook", "http://127.0.0.1.example.org/", "ftp://127.0.0.1/", "http://[::1", "hook"],
    )
    def test_nothing_is_ever_sent_to_another_machine(self, caller: Caller, address: str) -> None:
        assert caller.send("POST", "triggers/targets", {"target": address}).status_code == 400

    @pytest.mark.parametrize("address", ["http://localhost:8000/", "http://[::1]:8000/", "https://127.8.9.1/"])
    def test_this_machine_has_several_names(self, caller: Caller, address: str) -> None:
        assert target(caller, address)

    def test_a_host_may_be_allowed(self, launch: Launch) -> None:
        caller = launch(webhooks=Webhooks(by_themselves=False, allowed_hosts=frozenset({"hub.test"})))
        assert target(caller, "https://hub.test/hook")


class TestSubscriptions:
    def test_each_is_answered_with_a_status_of_its_own(self, caller: Caller) -> None:
        id_ = target(caller, "http://127.0.0.1:9/hook")
        taken, unknown, nowhere = subscribe(
            caller,
            {"target_id": id_, "trigger": "grades", "subscribed": 1, "include_object": 1},
            {"target_id": id_, "trigger": "roster", "subscribed": 1},
            {"target_id": 1, "trigger": "grades", "subscribed": 1},
        )
        assert taken == {
            "item": {
                "target_id": id_,
                "trigger": "grades",
                "version": "v1",
                "subscribed": 1,
                "target_url": "http://127.0.0.1:9/hook",
                "include_object": "1",
            },
            "status": 200,
        }
        assert (unknown["status"], unknown["message"]) == (400, "The trigger with name roster does not exist")
        assert (nowhere["status"], nowhere["item"]["version"]) == (400, None)

    def test_the_list_says_zero_for_all_of_them_as_documented(self, caller: Caller) -> None:
        id_ = listen(caller, "http://127.0.0.1:9/hook", "grades", "grade_item")
        shown = caller.get("triggers/subscriptions")["subscription"]
        assert [(row["trigger"], row["subscribed"]) for row in shown] == [("grade_item", 0), ("grades", 0)]
        subscribe(caller, {"target_id": id_, "trigger": "grades", "subscribed": 0})
        assert [row["trigger"] for row in caller.get("triggers/subscriptions")["subscription"]] == ["grade_item"]

    def test_a_body_without_a_list_is_refused(self, caller: Caller) -> None:
        assert caller.send("PUT", "triggers/subscriptions", {"subscription": {}}).status_code == 400


class TestEvents:
    def test_an_item_is_told_of_when_made_changed_and_deleted(
        self, caller: Caller, classroom: Classroom, receiver: Receiver
    ) -> None:
        listen(caller, receiver.url, "grade_item")
        path = f"sections/{classroom.section}/assignments"
        made = caller.expect(201, "POST", path, {"title": "Essay"})
        caller.expect(204, "PUT", f"{path}/{made['id']}", {"title": "Essay 1"})
        caller.expect(204, "DELETE", f"{path}/{made['id']}")
        assert {delivery.outcome for delivery in caller.sandbox.deliver_webhooks()} == {"delivered"}
        assert receiver.types() == ["grade_item.update", "grade_item.update", "grade_item.delete"]
        event = receiver.events[1]
        assert (event["uid"], event["timestamp"]) == (1_000_001, int(NOW.timestamp()))
        [data] = event["data"]
        assert data.pop("object")["title"] == "Essay 1"
        assert data == {
            "realm": "section",
            "section_id": str(classroom.section),
            "realm_id": str(classroom.section),
            "section_school_code": "alg-1",
            "synced_section": "0",
            "id": made["id"],
            "grade_item_type": "assignment",
        }

    def test_grades_saved_together_are_one_event(
        self, caller: Caller, classroom: Classroom, receiver: Receiver
    ) -> None:
        listen(caller, receiver.url, "grades")
        grades = [
            {"assignment_id": classroom.item, "enrollment_id": student, "grade": 15}
            for student in (classroom.ada, 1, classroom.zoe)
        ]
        caller.bulk("PUT", f"sections/{classroom.section}/grades", {"grades": {"grade": grades}})
        caller.sandbox.deliver_webhooks()
        [event] = receiver.events
        assert event["type"] == "grades.update"
        assert [(data["school_uid"], data["updated_overall_grade"]) for data in event["data"]] == [
            ("s1", 75),
            ("s2", 75),
        ]
        assert event["data"][0]["object"]["grade"] == 15

    def test_without_objects_they_only_hint(self, caller: Caller, classroom: Classroom, receiver: Receiver) -> None:
        listen(caller, receiver.url, "grades", "grade_item", include_object=0)
        seed = caller.sandbox.seed()
        seed.grade(seed.grade_item(classroom.section, "Essay"), classroom.ada, 1)
        caller.sandbox.deliver_webhooks()
        assert receiver.types() == ["grade_item.update", "grades.update"]
        assert ["object" in event["data"][0] for event in receiver.events] == [False, False]

    def test_nobody_is_told_of_what_they_did_not_subscribe_to(
        self, caller: Caller, classroom: Classroom, receiver: Receiver
    ) -> None:
        listen(caller, receiver.url, "attendance")
        caller.sandbox.seed().grade(classroom.item, classroom.ada, 1)
        assert caller.sandbox.deliver_webhooks() == ()

    def test_a_day_of_teaching_is_told_of(self, caller: Caller, classroom: Classroom, receiver: Receiver) -> None:
        listen(caller, receiver.url, "grades", "grade_item")
        caller.sandbox.teach_a_day(oddities=())
        caller.sandbox.deliver_webhooks()
        assert receiver.types() == ["grade_item.update", "grades.update"]
        teacher = caller.get(f"sections/{classroom.section}/enrollments/{classroom.teacher}")["uid"]
        assert str(receiver.events[0]["uid"]) == teacher


class TestDelivery:
    def test_what_is_not_answered_with_200_is_sent_again_five_times_then_lost(
        self, caller: Caller, classroom: Classroom, receiver: Receiver
    ) -> None:
        listen(caller, receiver.url, "grades")
        caller.sandbox.seed().grade(classroom.item, classroom.ada, 1)
        receiver.status = 204
        outcomes = []
        for _ in range(7):
            outcomes += [(one.attempt, one.status, str(one.outcome)) for one in caller.sandbox.deliver_webhooks()]
            assert caller.sandbox.deliver_webhooks() == ()
            caller.sandbox.move_clock(caller.sandbox.now + timedelta(minutes=10))
        assert outcomes == [(attempt, 204, "again") for attempt in range(1, 6)] + [(6, 204, "lost")]
        assert len(receiver.events) == 6

    def test_it_arrives_once_the_target_is_back(self, caller: Caller, classroom: Classroom, receiver: Receiver) -> None:
        id_ = listen(caller, "http://127.0.0.1:1/hook", "grades")
        caller.sandbox.seed().grade(classroom.item, classroom.ada, 1)
        [failed] = caller.sandbox.deliver_webhooks()
        assert (failed.status, failed.outcome) == (None, "again")
        caller.expect(204, "PUT", f"triggers/targets/{id_}", {"target": receiver.url})
        caller.sandbox.move_clock(NOW + timedelta(seconds=600))
        assert [one.outcome for one in caller.sandbox.deliver_webhooks()] == ["delivered"]
        assert receiver.types() == ["grades.update"]

    def test_the_controls_make_time_pass_and_deliver(
        self, caller: Caller, classroom: Classroom, receiver: Receiver
    ) -> None:
        listen(caller, receiver.url, "grades")
        caller.sandbox.seed().grade(classroom.item, classroom.ada, 1)
        receiver.status = 500
        controls = f"{caller.sandbox.web_url}_sandbox"
        first = post(f"{controls}/webhooks", json={}).json()
        assert first["waiting"] == 1
        receiver.status = 200
        assert post(f"{controls}/clock", json={"advance": 600}).json() == {"now": "2026-10-01T12:10:00+00:00"}
        second = post(f"{controls}/webhooks", json={}).json()
        assert second["deliveries"] == [
            {"target_id": 9001, "type": "grades.update", "attempt": 2, "status": 200, "outcome": "delivered"}
        ]
        assert second["waiting"] == 0
        assert post(f"{controls}/clock", json={"now": "2026-10-01T12:00:00"}).status_code == 400

    def test_they_are_sent_without_being_told(self, launch: Launch, receiver: Receiver) -> None:
        caller = launch(webhooks=Webhooks())
        listen(caller, receiver.url, "grade_item")
        seed = caller.sandbox.seed()
        period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
        receiver.status = 503
        seed.grade_item(seed.section(seed.course("Art", "art"), "P1", grading_periods=[period]), "Essay")
        assert receiver.arrived.acquire(timeout=60)
        receiver.status = 200
        # The next attempt is reckoned from when the failure was noted, which may be after the clock was moved.
        hours = iter(range(1, 7))
        while not receiver.arrived.acquire(timeout=5):
            caller.sandbox.move_clock(NOW + timedelta(hours=next(hours)))
        assert receiver.types() == ["grade_item.update"] * 2
