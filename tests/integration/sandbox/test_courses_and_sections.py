"""Courses and sections of the Schoology look-alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.caller import Caller, codes
from sis_connect.sandbox.schoology import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integration.sandbox.conftest import World


def write(caller: Caller, world: World, *sections: Mapping[str, object], flags: str = "") -> list[dict[str, Any]]:
    return caller.bulk("POST", f"courses/{world.course}/sections?{flags}", {"sections": {"section": list(sections)}})


class TestCourses:
    def test_ids_mix_numbers_and_texts(self, caller: Caller, world: World) -> None:
        [shown] = caller.get("courses")["course"]
        assert (shown["id"], shown["building_id"], shown["synced"]) == (world.course, str(world.school), 0)

    def test_courses_are_filtered_by_building(self, caller: Caller, world: World) -> None:
        assert caller.get(f"courses?building_id={world.school}")["total"] == 1
        assert caller.get("courses?building_id=10001") == {"total": 0}

    def test_one_course_is_made_changed_and_removed_with_its_sections(self, caller: Caller, world: World) -> None:
        made = caller.expect(201, "POST", "courses", {"title": "Art", "course_code": "art", "subject_area": 9})
        caller.expect(204, "PUT", f"courses/{made['id']}", {"title": "Fine Art"})
        shown = caller.get(f"courses/{made['id']}")
        assert (shown["title"], shown["course_code"], shown["subject_area"]) == ("Fine Art", "art", "9")
        caller.expect(204, "DELETE", f"courses/{world.course}")
        assert caller.send("GET", f"sections/{world.section}").status_code == 404

    def test_codes_are_unique_and_case_matters(self, caller: Caller, world: World) -> None:
        items = [{"title": "Algebra", "course_code": code} for code in ("alg", "ALG", "")]
        assert codes(caller.bulk("POST", "courses", {"courses": {"course": items}})) == [400, 200, 400]

    def test_update_existing_matches_the_code(self, caller: Caller, world: World) -> None:
        items = [{"title": "Algebra I", "course_code": "alg"}]
        [result] = caller.bulk("POST", "courses?update_existing=1", {"courses": {"course": items}})
        assert (result["id"], result["course_code"]) == (world.course, "alg")
        shown = caller.get(f"courses/{world.course}")
        assert (shown["title"], shown["building_id"]) == ("Algebra I", str(world.school))

    def test_a_course_may_succeed_while_one_of_its_sections_fails(self, caller: Caller, world: World) -> None:
        sections = [
            {"title": "A", "section_school_code": "art-a", "grading_periods": [world.fall]},
            {"title": "B", "section_school_code": "art-b", "grading_periods": []},
        ]
        items = [{"title": "Art", "course_code": "art", "sections": {"section": sections}}]
        [course] = caller.bulk("POST", "courses?update_existing=1", {"courses": {"course": items}})
        assert course["response_code"] == 200
        assert codes(course["sections"]["section"]) == [200, 400]
        assert caller.get(f"courses/{course['id']}/sections")["total"] == 1

    def test_bulk_updates_and_deletions_go_by_id(self, caller: Caller, world: World) -> None:
        items = [{"id": world.course, "synced": 1}, {"id": 99, "title": "x"}]
        results = caller.bulk("PUT", "courses", {"courses": {"course": items}})
        assert codes(results) == [200, 404]
        assert results[0]["course_code"] == "alg"
        assert codes(caller.bulk("DELETE", f"courses?course_ids={world.course},99", None)) == [200, 404]
        assert caller.get("courses") == {"total": 0}


class TestReadingSections:
    def test_ids_and_flags_are_texts_and_the_title_has_another_name(self, caller: Caller, world: World) -> None:
        shown = caller.get(f"sections/{world.section}")
        assert (shown["id"], shown["course_id"], shown["synced"]) == (str(world.section), str(world.course), "0")
        assert (shown["section_title"], shown["active"], shown["grading_periods"]) == ("Period 1", 1, [world.fall])
        assert shown["meeting_days"] == [""]

    def test_a_course_that_only_carries_sections_is_no_write_of_its_own(self, caller: Caller, world: World) -> None:
        """Else nobody could add a section in bulk without seeming to write its course once more."""
        section = {"title": "Period 2", "section_school_code": "alg-2", "grading_periods": [world.fall]}
        course = {"title": "Algebra", "course_code": "alg", "building_id": world.school}
        carrying = {**course, "sections": {"section": [section]}}
        for item, duplicates in ((carrying, 0), (course, 1)):
            caller.sandbox.reset_statistics()
            caller.bulk("POST", "courses?update_existing=1", {"courses": {"course": [item]}})
            statistics = caller.sandbox.statistics()
            assert statistics.duplicate_writes == duplicates
            assert statistics.objects["courses", Effect.CARRIED if item is carrying else Effect.UNCHANGED] == 1

    def test_default_lists_hide_sections_outside_active_periods(self, caller: Caller, world: World) -> None:
        seed = caller.sandbox.seed()
        old = seed.section(world.course, "Old", grading_periods=[world.past], section_school_code="alg-old")
        seed.member(old, world.student)
        for path in (f"courses/{world.course}/sections", f"users/{world.student}/sections"):
            assert [shown["section_title"] for shown in caller.get(path)["section"]] == ["Period 1"]
            assert caller.get(f"{path}?include_past=1")["total"] == 2
        assert caller.get("sections?section_school_codes=alg-1,alg-old")["total"] == 1
        assert caller.get("sections?section_school_codes=alg-1,alg-old&include_past=1")["total"] == 2

    def test_unless_that_is_switched_off(self, lax: Callable[..., Caller]) -> None:
        caller = lax(hide_past_sections=False)
        seed = caller.sandbox.seed()
        course, past = seed.course("Art", "art"), seed.grading_period("Past", "2020-01-01", "2020-02-01")
        seed.section(course, "Old", grading_periods=[past])
        assert caller.get(f"courses/{course}/sections")["total"] == 1

    def test_a_section_is_found_by_its_code_without_a_redirect(self, caller: Caller, world: World) -> None:
        assert caller.get("sections/ext/alg-1")["id"] == str(world.section)
        assert caller.send("GET", "sections/ext/ALG-1").status_code == 404

    def test_periods_of_a_section_have_times(self, caller: Caller, world: World) -> None:
        [period] = caller.get(f"sections/{world.section}/grading_periods")["grading_period"]
        assert (period["id"], period["start"], period["end"]) == (
            world.fall,
            "2026-08-15 00:00:00",
            "2026-12-20 23:59:59",
        )

    @pytest.mark.parametrize(
        ("path", "key"),
        [
            ("discussions", "discussion"),
            ("submissions/5", "revision"),
            ("attendance", "date"),
        ],
    )
    def test_what_a_sandbox_does_not_keep_is_an_empty_list(
        self, caller: Caller, world: World, path: str, key: str
    ) -> None:
        assert caller.get(f"sections/{world.section}/{path}")[key] == []


class TestWritingSections:
    def test_one_section_is_made_changed_and_removed(self, caller: Caller, world: World) -> None:
        fields = {"section_title": "P2", "section_code": "p2", "grading_periods": str(world.fall), "location": "B12"}
        made = caller.expect(201, "POST", f"courses/{world.course}/sections", fields)
        caller.expect(204, "PUT", f"sections/{made['id']}", {"title": "P2b", "meeting_days": ["1", "3"]})
        shown = caller.get(f"sections/{made['id']}")
        assert (shown["section_title"], shown["location"], shown["meeting_days"]) == ("P2b", "B12", ["1", "3"])
        caller.expect(204, "DELETE", f"sections/{made['id']}")
        assert caller.send("GET", f"sections/{made['id']}").status_code == 404

    def test_results_carry_both_codes_flags_and_periods(self, caller: Caller, world: World) -> None:
        fields = {"title": "P2", "section_school_code": "alg-2", "grading_periods": [world.fall], "synced": 1}
        [result] = write(caller, world, fields)
        assert result.items() >= {"response_code": 200, "section_school_code": "alg-2", "section_code": ""}.items()
        assert (result["synced"], result["grading_periods"]) == ("1", [world.fall])

    @pytest.mark.parametrize(
        "fields",
        [
            {"title": ""},
            {"section_school_code": ""},
            {"grading_periods": []},
            {"grading_periods": [99]},
            {"grading_periods": "soon"},
            {"section_school_code": "alg-1"},
        ],
    )
    def test_a_wrong_field_fails_its_section_alone(
        self, caller: Caller, world: World, fields: dict[str, object]
    ) -> None:
        good = {"title": "P2", "section_school_code": "alg-2", "grading_periods": [world.fall]}
        results = write(caller, world, {**good, **fields}, {**good, "section_school_code": "alg-3"})
        assert codes(results) == [400, 200]

    def test_a_section_code_is_unique_in_its_course_and_period(self, caller: Caller, world: World) -> None:
        fields = {"title": "P2", "section_code": "p2"}
        both = [world.fall, world.past]
        results = [
            *write(caller, world, {**fields, "grading_periods": [world.fall]}),
            *write(caller, world, {**fields, "grading_periods": both}),
            *write(caller, world, {**fields, "grading_periods": [world.past]}),
        ]
        assert codes(results) == [200, 400, 200]

    def test_an_upsert_matches_code_and_periods_so_other_periods_make_a_second_section(
        self, caller: Caller, world: World
    ) -> None:
        first = {"title": "P2", "section_code": "p2", "grading_periods": [world.past]}
        [made] = write(caller, world, first)
        [same] = write(caller, world, {**first, "title": "P2b"}, flags="update_existing=1")
        [moved] = write(caller, world, {**first, "grading_periods": [world.fall]}, flags="update_existing=1")
        assert same["id"] == made["id"]
        assert moved["id"] != made["id"]

    def test_without_a_section_code_an_upsert_matches_the_school_code(self, caller: Caller, world: World) -> None:
        fields = {"title": "Period 1b", "section_school_code": "alg-1", "grading_periods": [world.past]}
        [result] = write(caller, world, fields, flags="update_existing=1")
        assert result["id"] == str(world.section)

    def test_an_upsert_does_not_reach_into_another_course(self, caller: Caller, world: World) -> None:
        course = caller.sandbox.seed().course("Art", "art")
        item = {"title": "P1", "section_school_code": "alg-1", "grading_periods": [world.fall]}
        body = {"sections": {"section": [item]}}
        assert codes(caller.bulk("POST", f"courses/{course}/sections?update_existing=1", body)) == [400]

    def test_matching_by_periods_can_be_switched_off(self, lax: Callable[..., Caller]) -> None:
        caller = lax(section_match_by_periods=False)
        seed = caller.sandbox.seed()
        course = seed.course("Art", "art")
        fall, spring = (seed.grading_period(title, "2026-08-01", "2027-06-01") for title in ("Fall", "Spring"))
        made = seed.section(course, "A", grading_periods=[fall], section_school_code="art-a")
        item = {"title": "A", "section_code": "a", "section_school_code": "art-a", "grading_periods": [spring]}
        body = {"sections": {"section": [item]}}
        [result] = caller.bulk("POST", f"courses/{course}/sections?update_existing=1", body)
        assert result["id"] == str(made)

    def test_periods_change_by_id(self, caller: Caller, world: World) -> None:
        items = [{"id": world.section, "grading_periods": [world.past]}, {"id": 99, "title": "x"}]
        assert codes(caller.bulk("PUT", "sections", {"sections": {"section": items}})) == [200, 404]
        assert caller.get(f"sections/{world.section}")["grading_periods"] == [world.past]

    def test_bulk_deletions_go_by_id(self, caller: Caller, world: World) -> None:
        assert codes(caller.bulk("DELETE", f"sections?section_ids={world.section}", None)) == [200]
        assert caller.send("DELETE", "sections").status_code == 400
        assert caller.send("DELETE", "sections?section_ids=x").status_code == 400


def test_many_reads_go_into_one_call(caller: Caller, world: World) -> None:
    paths = [f"/v1/sections/{world.section}/enrollments?limit=1", "/v1/users/ext/s1", "/v1/users/99", "/v1/schools"]
    answer = caller.expect(207, "POST", "multiget", {"request": paths})
    assert [(reply["location"], reply["response_code"]) for reply in answer["response"]] == list(
        zip(paths, [200, 303, 404, 403], strict=True)
    )
    assert answer["response"][0]["body"]["enrollment"][0]["school_uid"] == "s1"
    assert caller.send("POST", "multiget", {"request": []}).status_code == 400
