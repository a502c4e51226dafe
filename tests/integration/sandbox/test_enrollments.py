"""Enrollments of the Schoology look-alike, in all the ways they can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.caller import Caller, codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integration.sandbox.conftest import World


def enroll(caller: Caller, path: str, *items: Mapping[str, object], method: str = "POST") -> list[dict[str, Any]]:
    return caller.bulk(method, path, {"enrollments": {"enrollment": list(items)}})


def members(caller: Caller, section: int) -> list[tuple[str, int, str]]:
    page = caller.get(f"sections/{section}/enrollments")
    return [(entry["school_uid"], entry["admin"], entry["status"]) for entry in page.get("enrollment", [])]


def test_ids_totals_and_states_mix_numbers_and_texts(caller: Caller, world: World) -> None:
    page = caller.get(f"sections/{world.section}/enrollments")
    [entry] = page["enrollment"]
    assert (page["total"], entry["uid"], entry["admin"], entry["status"]) == ("1", str(world.student), 0, "1")
    assert caller.get(entry["links"]["self"]) == entry


def test_enrollments_are_filtered_by_user_state_and_type(caller: Caller, world: World) -> None:
    caller.sandbox.seed().member(world.section, world.teacher, admin=True)
    path = f"sections/{world.section}/enrollments"
    assert caller.get(f"{path}?uid={world.student},99")["total"] == "1"
    assert caller.get(f"{path}?enrollment_status=1")["total"] == "2"
    assert caller.get(f"{path}?enrollment_status=2,5") == {"total": "0"}
    assert [entry["school_uid"] for entry in caller.get(f"{path}?type=admin")["enrollment"]] == ["t1"]


class TestPerSection:
    def test_one_enrollment_is_made_changed_and_removed(self, caller: Caller, world: World) -> None:
        path = f"sections/{world.section}/enrollments"
        made = caller.expect(201, "POST", path, {"uid": world.teacher, "admin": 1, "status": 1})
        assert made["status"] == 1
        caller.expect(204, "PUT", f"{path}/{made['id']}", {"status": 2})
        assert members(caller, world.section)[1] == ("t1", 1, "2")
        caller.expect(204, "DELETE", f"{path}/{made['id']}")
        assert caller.send("GET", f"{path}/{made['id']}").status_code == 404

    def test_bulk_results_are_wrapped_and_mix_numbers_and_texts(self, caller: Caller, world: World) -> None:
        path = f"sections/{world.section}/enrollments"
        body = {
            "enrollments": {"enrollment": [{"uid": world.teacher, "admin": 1}, {"uid": world.student}, {"uid": 99}]}
        }
        results = caller.expect(207, "POST", path, body)["enrollments"]["enrollment"]
        assert codes(results) == [200, 400, 404]
        assert isinstance(results[0]["id"], str)
        assert results[0]["uid"] == world.teacher
        assert results[0]["location"] == f"{caller.sandbox.api_url}/{path}/{results[0]['id']}"

    def test_bulk_updates_go_by_id_within_the_section(self, caller: Caller, world: World) -> None:
        [entry] = caller.get(f"sections/{world.section}/enrollments")["enrollment"]
        other = caller.sandbox.seed().section(world.course, "P2", grading_periods=[world.fall])
        item = {"id": entry["id"], "admin": 1}
        assert codes(enroll(caller, f"sections/{other}/enrollments", item, method="PUT")) == [404]
        assert codes(enroll(caller, f"sections/{world.section}/enrollments", item, method="PUT")) == [200]
        assert members(caller, world.section) == [("s1", 1, "1")]

    def test_bulk_deletions_go_by_id_and_enrolling_again_gives_another_id(self, caller: Caller, world: World) -> None:
        [entry] = caller.get(f"sections/{world.section}/enrollments")["enrollment"]
        answer = caller.expect(207, "DELETE", f"enrollments?enrollment_ids={entry['id']},99")
        assert codes(answer["enrollments"]["enrollment"]) == [200, 404]
        [again] = enroll(caller, f"sections/{world.section}/enrollments", {"uid": world.student})
        assert int(again["id"]) > entry["id"]


class TestOverRealms:
    def test_several_sections_are_written_in_one_call(self, caller: Caller, world: World) -> None:
        other = caller.sandbox.seed().section(world.course, "P2", grading_periods=[world.fall])
        items = [
            {"realm": "section", "section_id": other, "uid": world.student},
            {"realm": "section", "section_id": world.section, "uid": world.student, "admin": 1},
            {"realm": "section", "section_id": 99, "uid": world.student},
            {"realm": "group", "group_id": 1, "uid": world.student},
        ]
        results = enroll(caller, "enrollments", *items)
        assert codes(results) == [200, 400, 404, 403]
        assert (results[0]["realm"], results[0]["realm_id"]) == ("section", str(other))

    def test_update_existing_updates_those_who_are_in(self, caller: Caller, world: World) -> None:
        item = {"realm": "section", "section_id": world.section, "uid": world.student, "admin": 1}
        assert codes(enroll(caller, "enrollments?update_existing=1", item)) == [200]
        assert members(caller, world.section) == [("s1", 1, "1")]


class TestImport:
    def test_additions_updates_and_removals_mix(self, caller: Caller, world: World) -> None:
        code = {"section_school_code": "alg-1"}
        results = enroll(
            caller,
            "enrollments/import/course",
            {**code, "school_uid": "t1", "admin": 1},
            {**code, "school_uid": "s1", "admin": 1},
            {**code, "school_uid": "s1", "delete": 1},
            {**code, "school_uid": "s1", "delete": 1},
            {**code, "school_uid": "nobody"},
            {"section_school_code": "ALG-1", "school_uid": "s1"},
        )
        assert codes(results) == [200, 200, 200, 404, 404, 404]
        assert members(caller, world.section) == [("t1", 1, "1")]
        first = {"school_uid": "t1", "uid": world.teacher, "course_code": "alg", "section_school_code": "alg-1"}
        assert results[0].items() >= first.items()

    def test_an_inactive_user_cannot_be_enrolled(self, caller: Caller, world: World) -> None:
        caller.expect(204, "DELETE", f"users/{world.teacher}")
        item = {"section_school_code": "alg-1", "school_uid": "t1"}
        assert codes(enroll(caller, "enrollments/import/course", item)) == [404]

    def test_an_archived_member_is_active_again(self, caller: Caller, world: World) -> None:
        caller.expect(204, "DELETE", f"users/{world.student}?option_keep_enrollments=1")
        caller.bulk("PUT", "users/reactivate", {"user": [{"uid": world.student}]})
        item = {"section_school_code": "alg-1", "school_uid": "s1"}
        assert codes(enroll(caller, "enrollments/import/course", item)) == [200]
        assert members(caller, world.section) == [("s1", 0, "1")]

    def test_the_older_form_goes_by_course_code_section_code_and_periods(self, caller: Caller, world: World) -> None:
        seed = caller.sandbox.seed()
        sections = [
            seed.section(world.course, title, section_code="p2", grading_periods=[period])
            for title, period in (("Now", world.fall), ("Then", world.past))
        ]
        item = {"course_code": "alg", "section_code": "p2", "school_uid": "s1"}
        assert codes(enroll(caller, f"enrollments/import/course/{world.past}", item)) == [200]
        assert codes(enroll(caller, "enrollments/import/course/99,98", item)) == [404]
        assert [members(caller, section) for section in sections] == [[], [("s1", 0, "1")]]

    @pytest.mark.parametrize("fields", [{"admin": 2}, {"delete": "yes"}])
    def test_flags_must_be_flags(self, caller: Caller, world: World, fields: dict[str, object]) -> None:
        item = {"section_school_code": "alg-1", "school_uid": "t1", **fields}
        assert codes(enroll(caller, "enrollments/import/course", item)) == [400]


def test_a_state_must_be_one_of_five(caller: Caller, world: World) -> None:
    path = f"sections/{world.section}/enrollments"
    assert codes(enroll(caller, path, {"uid": world.teacher, "status": 6})) == [400]


def test_who_made_what_is_kept(caller: Caller, world: World) -> None:
    enroll(caller, "enrollments/import/course", {"section_school_code": "alg-1", "school_uid": "t1"})
    made_by = {row[2]: row[-1] for row in caller.sandbox.contents()["enrollments"]}
    assert made_by == {"s1": "hand", "t1": "sandbox-key"}
