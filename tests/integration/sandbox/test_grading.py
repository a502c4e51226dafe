"""Grading categories, scales and grade items of the Schoology look-alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.caller import codes
from sis_connect.sandbox.schoology import DueZone, Effect, GradeManners
from sis_connect.sandbox.schoology.records.fields import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration.sandbox.caller import Caller
    from integration.sandbox.conftest import Classroom, Launch, World


def categories(caller: Caller, section: int) -> list[dict[str, Any]]:
    return list(caller.get(f"sections/{section}/grading_categories")["grading_category"])


def add_categories(caller: Caller, section: int, *items: object) -> list[dict[str, Any]]:
    body = {"grading_categories": {"grading_category": list(items)}}
    return caller.bulk("POST", f"sections/{section}/grading_categories", body)


def add_item(caller: Caller, section: int, **fields: object) -> dict[str, Any]:
    made: dict[str, Any] = caller.expect(201, "POST", f"sections/{section}/assignments", {"title": "Essay", **fields})
    return made


class TestCategories:
    def test_a_list_comes_whole_in_its_order_with_numbers(self, caller: Caller, classroom: Classroom) -> None:
        caller.sandbox.seed().grading_category(classroom.section, "First", delta=0, weight=12.5)
        answer = caller.get(f"sections/{classroom.section}/grading_categories?limit=1")
        assert [row["title"] for row in answer["grading_category"]] == ["Homework", "Tests", "First"]
        assert "total" not in answer
        shown = answer["grading_category"][1]
        assert (shown["calculation_type"], shown["drop_lowest"], shown["default_max_points"]) == (1, 1, 100)
        assert (shown["id"], answer["grading_category"][2]["weight"]) == (classroom.tests, 12.5)

    def test_one_says_where_it_belongs(self, caller: Caller, classroom: Classroom) -> None:
        shown = caller.get(f"sections/{classroom.section}/grading_categories/{classroom.homework}")
        assert (shown["realm"], shown["realm_id"]) == ("course", str(classroom.section))

    def test_without_any_the_list_is_missing(self, caller: Caller, world: World) -> None:
        assert set(caller.get(f"sections/{world.section}/grading_categories")) == {"links"}

    def test_without_sparse_pages_an_empty_list_is_there(self, lax: Callable[..., Caller]) -> None:
        caller = lax(sparse_pages=False)
        seed = caller.sandbox.seed()
        period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
        section = seed.section(seed.course("Art", "art"), "P1", grading_periods=[period])
        assert categories(caller, section) == []

    def test_several_are_made_at_once_with_defaults_and_ids_as_texts(self, caller: Caller, world: World) -> None:
        results = add_categories(caller, world.section, {"title": "Labs", "weight": "40"}, {"title": ""}, "Labs")
        assert codes(results) == [200, 400, 400]
        assert results[0].items() >= {"weight": 40, "calculation_type": 2, "default_grading_scale": 0}.items()
        assert results[0]["id"] == str(categories(caller, world.section)[0]["id"])

    def test_a_body_that_is_not_wrapped_makes_nothing(self, caller: Caller, world: World) -> None:
        caller.expect(400, "POST", f"sections/{world.section}/grading_categories", {"title": "Labs"})

    @pytest.mark.parametrize(
        "fields",
        [
            {"calculation_type": 3},
            {"drop_lowest": 11},
            {"weight": -1},
            {"default_grading_scale_id": 99},
            {"default_max_points": "many"},
        ],
    )
    def test_values_that_make_no_sense_are_refused(
        self, caller: Caller, world: World, fields: dict[str, object]
    ) -> None:
        assert codes(add_categories(caller, world.section, {"title": "Labs", **fields})) == [400]

    def test_one_is_changed_and_sent_back_in_texts(self, caller: Caller, classroom: Classroom) -> None:
        path = f"sections/{classroom.section}/grading_categories/{classroom.homework}"
        shown = caller.expect(200, "PUT", path, {"drop_lowest": 2})
        assert (shown["drop_lowest"], shown["title"], shown["uid"]) == ("2", "Homework", "1000001")
        assert caller.get(path)["drop_lowest"] == 2

    def test_several_are_changed_by_id_with_a_code_of_their_own(self, caller: Caller, classroom: Classroom) -> None:
        items = [{"id": classroom.homework, "weight": 30}, {"id": 1, "weight": 70}]
        path = f"sections/{classroom.section}/grading_categories"
        results = caller.bulk("PUT", path, {"grading_categories": {"grading_category": items}})
        assert codes(results) == [204, 404]
        assert results[0]["weight"] == "30"

    def test_items_of_a_deleted_one_are_ungraded(self, caller: Caller, classroom: Classroom) -> None:
        caller.expect(204, "DELETE", f"sections/{classroom.section}/grading_categories/{classroom.homework}")
        shown = caller.get(f"sections/{classroom.section}/assignments/{classroom.item}")
        assert shown["grading_category"] == "0"

    def test_those_of_another_section_are_not_there(self, caller: Caller, classroom: Classroom, world: World) -> None:
        other = caller.sandbox.seed().section(world.course, "Other", grading_periods=[world.fall])
        path = f"sections/{other}/grading_categories/{classroom.homework}"
        assert caller.send("GET", path).status_code == 404


class TestScales:
    def test_every_section_has_letters_and_may_have_its_own(self, caller: Caller, world: World) -> None:
        levels = [{"points": 2, "description": "Meets"}, {"points": 1, "description": "Begins"}]
        own = caller.sandbox.seed().grading_scale(world.section, "Two levels", levels, scale_type=3)
        letters, levelled = caller.get(f"sections/{world.section}/grading_scales")["grading_scale"]
        assert (letters["id"], letters["type"]) == (1, 1)
        assert letters["scale"]["level"][-1] == {"grade": "A+", "cutoff": 97, "average": 97}
        assert (levelled["id"], levelled["type"], levelled["scale"]["level"]) == (own, 3, levels)

    @pytest.mark.parametrize(
        ("scale_type", "level"),
        [(0, {}), (1, {"grade": "A", "cutoff": 90}), (3, {"points": "x", "description": "Meets"}), (3, {"points": 1})],
    )
    def test_a_level_has_what_its_type_needs(
        self, caller: Caller, world: World, scale_type: int, level: dict[str, object]
    ) -> None:
        with pytest.raises(RefusedError):
            caller.sandbox.seed().grading_scale(world.section, "Levels", [level], scale_type=scale_type)

    def test_nobody_makes_one_through_the_api(self, caller: Caller, world: World) -> None:
        assert caller.send("POST", f"sections/{world.section}/grading_scales", {}).status_code == 405


class TestItems:
    def test_numbers_and_texts_are_mixed(self, caller: Caller, classroom: Classroom, world: World) -> None:
        shown = caller.get(f"sections/{classroom.section}/assignments/{classroom.item}")
        assert (shown["id"], shown["grade_item_id"], shown["published"]) == (classroom.item, classroom.item, 1)
        texts = {
            "grading_scale": "0",
            "grading_period": str(world.fall),
            "grading_category": str(classroom.homework),
            "max_points": "20",
            "factor": "1",
            "is_final": "0",
            "allow_dropbox": "1",
        }
        assert shown.items() >= texts.items()
        assert "count_in_grade" not in shown

    def test_lists_leave_descriptions_out(self, caller: Caller, world: World) -> None:
        made = add_item(caller, world.section, description="Read chapter 1.")
        assert made["description"] == "Read chapter 1."
        for path in ("assignments", "grade_items"):
            assert caller.get(f"sections/{world.section}/{path}")["assignment"][0]["description"] == ""

    def test_defaults_are_a_hundred_points_and_published(self, caller: Caller, world: World) -> None:
        made = add_item(caller, world.section)
        assert (made["max_points"], made["due"], made["published"], made["grading_period"]) == ("100", "", 1, "0")
        assert caller.sandbox.statistics().objects["grade_items", Effect.CREATED] == 1

    def test_one_is_changed_and_removed(self, caller: Caller, classroom: Classroom) -> None:
        path = f"sections/{classroom.section}/assignments/{classroom.item}"
        caller.expect(204, "PUT", path, {"title": "Fractions", "max_points": "12.5", "published": 0})
        shown = caller.get(path)
        assert (shown["title"], shown["max_points"], shown["published"]) == ("Fractions", "12.5", 0)
        caller.expect(204, "DELETE", path)
        assert caller.send("GET", path).status_code == 404
        assert caller.get(f"sections/{classroom.section}/grade_items") == {"total": 0}

    @pytest.mark.parametrize(
        "fields",
        [
            {"title": " "},
            {"due": "2026-10-01"},
            {"due": "2026-02-30 10:00:00"},
            {"max_points": "-1"},
            {"published": 2},
            {"grading_scale": 77},
            {"grading_category": 77},
            {"grading_period": 77},
            {"assignees": [77]},
            {"assignees": "[1"},
        ],
    )
    def test_values_that_make_no_sense_are_refused(
        self, caller: Caller, world: World, fields: dict[str, object]
    ) -> None:
        answer = caller.send("POST", f"sections/{world.section}/assignments", {"title": "Essay", **fields})
        assert answer.status_code == 400
        assert caller.get(f"sections/{world.section}/grade_items") == {"total": 0}

    def test_a_text_instead_of_an_object_is_refused(self, caller: Caller, world: World) -> None:
        """A public client sends one."""
        assert caller.send("POST", f"sections/{world.section}/assignments", "{'title': 'x'}").status_code == 400

    def test_finals_come_last_and_have_pages_of_their_own(self, caller: Caller, world: World) -> None:
        """The limit holds for either kind, so a page may hold twice as many."""
        for number in range(3):
            add_item(caller, world.section, title=f"E{number}", due=f"2026-10-0{3 - number} 10:00:00")
            add_item(caller, world.section, title=f"F{number}", is_final=1)
        page = caller.get(f"sections/{world.section}/assignments?limit=2")
        assert [row["title"] for row in page["assignment"]] == ["E2", "E1", "F0", "F1"]
        assert page["total"] == 6
        rest = caller.get(page["links"]["next"])
        assert [row["title"] for row in rest["assignment"]] == ["E0", "F2"]
        assert "next" not in rest["links"]

    def test_only_grade_items_show_what_is_no_assignment(self, caller: Caller, classroom: Classroom) -> None:
        talk = caller.sandbox.seed().grade_item(classroom.section, "Talk", item_type="discussion")
        section = f"sections/{classroom.section}"
        assert [row["id"] for row in caller.get(f"{section}/assignments")["assignment"]] == [classroom.item]
        items = caller.get(f"{section}/grade_items")
        assert {row["id"]: row["type"] for row in items["assignment"]}[talk] == "discussion"
        assert caller.get(f"{section}/grade_items/{talk}")["title"] == "Talk"
        assert caller.send("GET", f"{section}/assignments/{talk}").status_code == 404

    def test_those_assigned_are_a_list_or_json_in_a_text(self, caller: Caller, classroom: Classroom) -> None:
        made = add_item(caller, classroom.section, assignees=[classroom.zoe])
        assert (made["assignees"], made["num_assignees"]) == ([classroom.zoe], 1)
        shown = {
            row["id"]: row["assignees"] for row in caller.get(f"sections/{classroom.section}/grade_items")["assignment"]
        }
        assert shown == {made["id"]: f"[{classroom.zoe}]", classroom.item: []}
        path = f"sections/{classroom.section}/assignments/{made['id']}"
        caller.expect(204, "PUT", path, {"assignees": f"[{classroom.ada}, {classroom.zoe}]"})
        assert caller.get(path)["assignees"] == [classroom.ada, classroom.zoe]
        caller.expect(204, "PUT", path, {"assignees": []})
        assert caller.get(path)["num_assignees"] == 0

    def test_what_does_not_count_says_so(self, caller: Caller, world: World) -> None:
        made = add_item(caller, world.section, count_in_grade=0)
        assert (made["count_in_grade"], made["collected_only"]) == (0, 0)

    def test_an_item_of_a_removed_period_has_none(self, lax: Callable[..., Caller]) -> None:
        caller = lax(keep_used_periods=False)
        seed = caller.sandbox.seed()
        period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
        section = seed.section(seed.course("Art", "art"), "P1", grading_periods=[period])
        item = seed.grade_item(section, "Essay", grading_period=period)
        caller.expect(204, "DELETE", f"gradingperiods/{period}")
        assert caller.get(f"sections/{section}/grade_items/{item}")["grading_period"] == "0"

    def test_due_may_be_written_in_the_zone_of_the_account_that_calls(self, launch: Launch) -> None:
        """Whose zone it is is not documented: the school's unless the settings say otherwise."""
        caller = launch(grades=GradeManners(due_zone=DueZone.ACCOUNT, school_zone="America/Chicago"))
        caller.expect(204, "PUT", "users/1000001", {"tz_name": "Europe/Berlin"})
        seed = caller.sandbox.seed()
        period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
        section = seed.section(seed.course("Art", "art"), "P1", grading_periods=[period])
        item = seed.grade_item(section, "Essay", due="2026-10-01 23:59:00")
        assert caller.get(f"sections/{section}/grade_items/{item}")["due"] == "2026-10-02 06:59:00"
        made = add_item(caller, section, due="2026-10-02 06:59:00")
        assert made["due"] == "2026-10-02 06:59:00"
        dues = [str(row[4]) for row in caller.sandbox.contents()["grade_items"]]
        assert dues == ["2026-10-01 23:59:00"] * 2
