"""Grades of the Schoology look-alike: reading, polling, writing, and what is computed from them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.caller import codes
from integration.sandbox.conftest import NOW
from sis_connect.sandbox.schoology import Effect, GradeManners

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration.sandbox.caller import Caller
    from integration.sandbox.conftest import Classroom, Launch, World

START = int(NOW.timestamp())


def grade(classroom: Classroom, enrollment: int, points: object, **fields: object) -> dict[str, object]:
    """One grade to be written."""
    return {"assignment_id": classroom.item, "enrollment_id": enrollment, "grade": points, **fields}


def write(caller: Caller, classroom: Classroom, *grades: dict[str, object]) -> list[dict[str, Any]]:
    return caller.bulk("PUT", f"sections/{classroom.section}/grades", {"grades": {"grade": list(grades)}})


def read(caller: Caller, classroom: Classroom, query: str = "") -> list[dict[str, Any]]:
    answer = caller.get(f"sections/{classroom.section}/grades?{query}")
    return list(answer.get("grades", {}).get("grade", []))


def finals(caller: Caller, classroom: Classroom, enrollment: int) -> dict[str, object]:
    """Computed grades of a student by period."""
    [shown] = caller.get(f"sections/{classroom.section}/grades?enrollment_id={enrollment}")["final_grade"]
    assert shown["enrollment_id"] == str(enrollment)
    return {row["period_id"]: row["grade"] for row in shown["period"]}


class TestReading:
    def test_a_grade_says_what_it_is_for(self, caller: Caller, classroom: Classroom) -> None:
        caller.sandbox.seed().grade(classroom.item, classroom.ada, "17.5", comment="Good", comment_status=1)
        [shown] = read(caller, classroom)
        location = shown.pop("location")
        assert location == f"{caller.sandbox.api_url}/sections/{classroom.section}/assignments/{classroom.item}"
        assert shown == {
            "enrollment_id": classroom.ada,
            "assignment_id": classroom.item,
            "grade": 17.5,
            "exception": 0,
            "max_points": 20,
            "is_final": 0,
            "timestamp": START,
            "comment": "Good",
            "comment_status": 1,
            "override": None,
            "calculated_grade": None,
            "pending": None,
            "type": "assignment",
            "scale_id": 0,
            "scale_type": 0,
            "category_id": classroom.homework,
        }

    def test_without_any_only_the_periods_are_there(self, caller: Caller, classroom: Classroom, world: World) -> None:
        answer = caller.get(f"sections/{classroom.section}/grades")
        period = {"period_id": f"p{world.fall}", "period_title": "Fall 2026", "weight": "100.00"}
        assert answer == {"period": [period], "final_grade": []}

    def test_pages_lead_through_all_of_them_once(self, caller: Caller, classroom: Classroom) -> None:
        seed = caller.sandbox.seed()
        students = [seed.member(classroom.section, seed.user(f"x{n}", "Ben", f"Okafor {n}")) for n in range(45)]
        seed.grades(classroom.item, dict.fromkeys(students, 5.0))
        answer = caller.get(f"sections/{classroom.section}/grades")
        seen = []
        while True:
            own = [row["enrollment_id"] for row in answer["grades"]["grade"]]
            assert [int(row["enrollment_id"]) for row in answer["final_grade"]] == sorted(own)
            seen.append(own)
            if "next" not in answer["links"]:
                break
            answer = caller.get(answer["links"]["next"])
        assert [len(own) for own in seen] == [20, 20, 5]
        assert sorted(id_ for own in seen for id_ in own) == students

    def test_they_are_asked_for_by_item_and_student(self, caller: Caller, classroom: Classroom) -> None:
        seed = caller.sandbox.seed()
        other = seed.grade_item(classroom.section, "Maps")
        for item in (classroom.item, other):
            for student in (classroom.ada, classroom.zoe):
                seed.grade(item, student, 1)
        assert [row["enrollment_id"] for row in read(caller, classroom, f"assignment_id={other}")] == [
            classroom.ada,
            classroom.zoe,
        ]
        [only] = read(caller, classroom, f"assignment_id={other}&enrollment_id={classroom.zoe}")
        assert (only["assignment_id"], only["enrollment_id"]) == (other, classroom.zoe)
        assert caller.send("GET", f"sections/{classroom.section}/grades?timestamp=soon").status_code == 400

    def test_those_of_an_enrollment_that_ends_are_gone(self, caller: Caller, classroom: Classroom) -> None:
        caller.sandbox.seed().grade(classroom.item, classroom.ada, 1)
        caller.expect(204, "DELETE", f"sections/{classroom.section}/enrollments/{classroom.ada}")
        assert read(caller, classroom) == []

    def test_many_sections_are_read_in_one_call(self, caller: Caller, classroom: Classroom) -> None:
        caller.sandbox.seed().grade(classroom.item, classroom.ada, 1)
        body = {"request": [f"/v1/sections/{classroom.section}/grades"]}
        [part] = caller.expect(207, "POST", "multiget", body)["response"]
        assert len(part["body"]["grades"]["grade"]) == 1


class TestPolling:
    @pytest.fixture
    def polled(self, caller: Caller, classroom: Classroom) -> Classroom:
        """Both students have a grade since yesterday."""
        caller.sandbox.move_clock(NOW - timedelta(days=1))
        seed = caller.sandbox.seed()
        seed.grades(classroom.item, {classroom.ada: 10.0, classroom.zoe: 11.0})
        caller.sandbox.move_clock(NOW)
        return classroom

    def test_a_poll_finds_what_changed_since_that_second_included(self, caller: Caller, polled: Classroom) -> None:
        write(caller, polled, grade(polled, polled.zoe, 12))
        assert [row["grade"] for row in read(caller, polled, f"timestamp={START}")] == [12]
        assert read(caller, polled, f"timestamp={START + 1}") == []
        assert len(read(caller, polled, f"timestamp={START - 86_400}")) == 2

    def test_a_comment_alone_moves_the_stamp(self, caller: Caller, polled: Classroom) -> None:
        sent = {"assignment_id": polled.item, "enrollment_id": polled.ada, "comment": "Well done"}
        write(caller, polled, sent)
        [shown] = read(caller, polled, f"timestamp={START}")
        assert (shown["grade"], shown["comment"]) == (10, "Well done")

    def test_writing_what_stands_already_moves_nothing(self, caller: Caller, polled: Classroom) -> None:
        assert codes(write(caller, polled, grade(polled, polled.ada, "10"))) == [204]
        assert read(caller, polled, f"timestamp={START}") == []
        assert caller.sandbox.statistics().duplicate_writes == 1

    def test_a_poll_does_not_tell_of_cleared_grades(self, caller: Caller, polled: Classroom) -> None:
        """Whether it does is not documented; only comparing everything finds them for certain."""
        write(caller, polled, grade(polled, polled.ada, ""))
        assert read(caller, polled, f"timestamp={START}") == []
        assert [row["enrollment_id"] for row in read(caller, polled)] == [polled.zoe]

    def test_grades_of_a_deleted_item_are_gone_from_everything(self, caller: Caller, polled: Classroom) -> None:
        caller.expect(204, "DELETE", f"sections/{polled.section}/assignments/{polled.item}")
        assert read(caller, polled) == read(caller, polled, "timestamp=0") == []

    def test_it_does_where_the_settings_say_so(self, launch: Launch) -> None:
        caller = launch(grades=GradeManners(tells_of_cleared_grades=True))
        seed = caller.sandbox.seed()
        period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
        section = seed.section(seed.course("Art", "art"), "P1", grading_periods=[period])
        student = seed.member(section, seed.user("s1", "Ada", "Moreno"))
        kept, deleted = seed.grade_item(section, "Kept"), seed.grade_item(section, "Deleted")
        for item in (kept, deleted):
            seed.grade(item, student, 5)
        seed.grade(kept, student, "")
        caller.expect(204, "DELETE", f"sections/{section}/assignments/{deleted}")
        polled = caller.get(f"sections/{section}/grades?timestamp={START}")["grades"]["grade"]
        assert {row["assignment_id"]: row["grade"] for row in polled} == {kept: None, deleted: None}
        assert "grades" not in caller.get(f"sections/{section}/grades")


class TestWriting:
    def test_each_is_answered_by_itself(self, caller: Caller, classroom: Classroom) -> None:
        """A teacher, a stranger, an unknown item, a wrong type and a text that is no number are refused alone."""
        results = write(
            caller,
            classroom,
            grade(classroom, classroom.ada, 20, type="assignment", comment="", comment_status=0),
            grade(classroom, classroom.teacher, 20),
            grade(classroom, 1, 20),
            {"assignment_id": 1, "enrollment_id": classroom.ada, "grade": 1},
            grade(classroom, classroom.zoe, 5, type="discussion"),
            grade(classroom, classroom.zoe, "B+"),
            grade(classroom, classroom.zoe, "nan"),
            grade(classroom, classroom.zoe, -1),
        )
        assert codes(results) == [204, 404, 404, 404, 400, 400, 400, 400]
        assert results[0] == {
            "response_code": 204,
            "assignment_id": classroom.item,
            "enrollment_id": classroom.ada,
        }
        assert [row["grade"] for row in read(caller, classroom)] == [20]

    def test_more_than_the_maximum_is_extra_credit(self, caller: Caller, classroom: Classroom) -> None:
        assert codes(write(caller, classroom, grade(classroom, classroom.ada, "22.25"))) == [204]
        assert read(caller, classroom)[0]["grade"] == 22.25

    @pytest.mark.parametrize("exception", [1, 2, 3])
    def test_an_exception_takes_the_place_of_the_points(
        self, caller: Caller, classroom: Classroom, exception: int
    ) -> None:
        write(caller, classroom, grade(classroom, classroom.ada, 15))
        write(caller, classroom, grade(classroom, classroom.ada, 16, exception=exception))
        [shown] = read(caller, classroom)
        assert (shown["grade"], shown["exception"]) == (None, exception)

    def test_points_end_an_exception(self, caller: Caller, classroom: Classroom) -> None:
        write(caller, classroom, grade(classroom, classroom.ada, "", exception=2))
        write(caller, classroom, grade(classroom, classroom.ada, 16))
        [shown] = read(caller, classroom)
        assert (shown["grade"], shown["exception"]) == (16, 0)

    def test_codes_nobody_documented_are_refused_unless_the_settings_know_them(
        self, caller: Caller, classroom: Classroom, launch: Launch
    ) -> None:
        assert codes(write(caller, classroom, grade(classroom, classroom.ada, "", exception=4))) == [400]
        knowing = launch(grades=GradeManners(exceptions=frozenset({0, 1, 2, 3, 4})))
        seed = knowing.sandbox.seed()
        period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
        section = seed.section(seed.course("Art", "art"), "P1", grading_periods=[period])
        student = seed.member(section, seed.user("s1", "Ada", "Moreno"))
        item = seed.grade_item(section, "Essay")
        body = {"grades": {"grade": [{"assignment_id": item, "enrollment_id": student, "exception": 4}]}}
        assert codes(knowing.bulk("PUT", f"sections/{section}/grades", body)) == [204]

    def test_letters_and_levels_of_the_items_scale_become_points(self, caller: Caller, classroom: Classroom) -> None:
        seed = caller.sandbox.seed()
        levels = [{"points": 3, "description": "Meets"}]
        scale = seed.grading_scale(classroom.section, "Levels", levels, scale_type=3)
        lettered = seed.grade_item(classroom.section, "Essay", grading_scale=1, max_points=50)
        levelled = seed.grade_item(classroom.section, "Talk", grading_scale=scale, max_points=4)
        sent = [(lettered, "B+"), (levelled, "Meets"), (lettered, "H"), (lettered, 41)]
        results = write(
            caller,
            classroom,
            *[{"assignment_id": item, "enrollment_id": classroom.ada, "grade": text} for item, text in sent[:3]],
        )
        assert codes(results) == [204, 204, 400]
        shown = {
            row["assignment_id"]: (row["grade"], row["scale_id"], row["scale_type"]) for row in read(caller, classroom)
        }
        assert shown == {lettered: (43.5, 1, 1), levelled: (3, scale, 3)}

    def test_an_item_for_some_students_is_not_graded_for_others(self, caller: Caller, classroom: Classroom) -> None:
        path = f"sections/{classroom.section}/assignments/{classroom.item}"
        caller.expect(204, "PUT", path, {"assignees": [classroom.zoe]})
        results = write(caller, classroom, grade(classroom, classroom.ada, 1), grade(classroom, classroom.zoe, 1))
        assert codes(results) == [400, 204]

    def test_effects_are_counted(self, caller: Caller, classroom: Classroom) -> None:
        for points in (1, 2, 2, ""):
            write(caller, classroom, grade(classroom, classroom.ada, points))
        counted = caller.sandbox.statistics().objects
        assert [counted["grades", effect] for effect in Effect if ("grades", effect) in counted] == [1, 1, 1, 1]

    def test_the_body_is_wrapped_and_holds_fifty_at_most(self, caller: Caller, classroom: Classroom) -> None:
        path = f"sections/{classroom.section}/grades"
        one = grade(classroom, classroom.ada, 1)
        assert caller.send("PUT", path, one).status_code == 400
        assert caller.send("PUT", path, {"grades": {"grade": [one] * 51}}).status_code == 400
        assert caller.send("POST", path, {"grades": {"grade": [one]}}).status_code == 405


class TestComputed:
    def test_periods_carry_a_prefix_and_the_course_is_final(
        self, caller: Caller, classroom: Classroom, world: World
    ) -> None:
        write(caller, classroom, grade(classroom, classroom.ada, 15))
        assert finals(caller, classroom, classroom.ada) == {f"p{world.fall}": 75, "other": None, "final": 75}

    def test_what_has_no_category_or_no_period_does_not_make_the_course(
        self, caller: Caller, classroom: Classroom, world: World
    ) -> None:
        seed = caller.sandbox.seed()
        ungraded = seed.grade_item(classroom.section, "Chat", grading_period=world.fall)
        elsewhere = seed.grade_item(classroom.section, "Trip", grading_category=classroom.homework, max_points=10)
        for item, points in ((ungraded, 1), (elsewhere, 9)):
            seed.grade(item, classroom.ada, points)
        assert finals(caller, classroom, classroom.ada) == {f"p{world.fall}": None, "other": 90, "final": None}

    def test_missing_is_zero_and_excused_is_nothing(self, caller: Caller, classroom: Classroom, world: World) -> None:
        write(
            caller,
            classroom,
            grade(classroom, classroom.ada, "", exception=3),
            grade(classroom, classroom.zoe, "", exception=1),
        )
        assert finals(caller, classroom, classroom.ada)["final"] == 0
        assert finals(caller, classroom, classroom.zoe)["final"] is None

    def test_they_cannot_be_written_but_commented_on(self, caller: Caller, classroom: Classroom, world: World) -> None:
        write(caller, classroom, grade(classroom, classroom.ada, 15))
        comments = [
            {
                "enrollment_id": str(classroom.ada),
                "period_id": str(world.fall),
                "comment": "Great",
                "comment_status": "1",
            },
            {"enrollment_id": classroom.ada, "period_id": "final", "comment": "Very good"},
            {"enrollment_id": classroom.ada, "period_id": world.past, "comment": "Other section's"},
        ]
        path = f"sections/{classroom.section}/grades"
        results = caller.bulk("PUT", path, {"final_comments": {"final_comment": comments}})
        assert codes(results) == [204, 204, 400]
        [shown] = caller.get(path)["final_grade"]
        assert [(row["period_id"], row["comment"], row["comment_status"]) for row in shown["period"]] == [
            (f"p{world.fall}", "Great", 1),
            ("other", "", None),
            ("final", "Very good", 0),
        ]


class TestOfAUser:
    def test_they_are_grouped_by_section_and_period(self, caller: Caller, classroom: Classroom, world: World) -> None:
        seed = caller.sandbox.seed()
        loose = seed.grade_item(classroom.section, "Trip")
        seed.grade(classroom.item, classroom.ada, 15)
        seed.grade(loose, classroom.ada, 1)
        path = f"users/{world.student}/grades?section_id={classroom.section}"
        [section] = caller.get(path)["section"]
        assert section["section_id"] == str(classroom.section)
        fall, other = section["period"]
        assert (fall["period_id"], [row["assignment_id"] for row in fall["assignment"]]) == (
            f"p{world.fall}",
            [classroom.item],
        )
        assert (other["period_id"], other["assignment"][0]["assignment_id"]) == ("other", loose)
        final = {row["period_id"]: row for row in section["final_grade"]}
        assert (final[f"p{world.fall}"]["grade"], final[f"p{world.fall}"]["weight"], final["final"]["grade"]) == (
            75,
            100,
            75,
        )
        assert final[f"p{world.fall}"]["grading_category"] == [
            {"category_id": classroom.homework, "grade": 75},
            {"category_id": classroom.tests, "grade": None},
        ]
        assert [row["title"] for row in section["grading_category"]] == ["Homework", "Tests"]
        [chosen] = caller.get(f"{path}&grading_period_ids=other")["section"]
        assert [row["period_id"] for row in chosen["period"] + chosen["final_grade"]] == ["other", "other"]

    def test_without_a_section_they_are_forbidden(self, caller: Caller, world: World) -> None:
        assert caller.send("GET", f"users/{world.student}/grades").status_code == 403

    def test_pages_count_enrollments_where_they_are_polled(self, launch: Launch) -> None:
        caller = launch(grades=GradeManners(user_grades_need_section=False))
        seed = caller.sandbox.seed()
        period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
        student = seed.user("s1", "Ada", "Moreno")
        course = seed.course("Art", "art")
        for number in range(3):
            section = seed.section(course, f"P{number}", grading_periods=[period])
            seed.grade(seed.grade_item(section, "Essay"), seed.member(section, student), 1)
        assert len(caller.get(f"users/{student}/grades")["section"]) == 3
        page = caller.get(f"users/{student}/grades?timestamp={START}&limit=2")
        assert len(page["section"]) == 2
        rest = caller.get(page["links"]["next"])
        assert len(rest["section"]) == 1
        assert set(rest["links"]) == {"self"}


def test_with_plain_types_every_id_of_a_grade_is_a_text(lax: Callable[..., Caller]) -> None:
    caller = lax(mixed_types=False)
    seed = caller.sandbox.seed()
    period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
    section = seed.section(seed.course("Art", "art"), "P1", grading_periods=[period])
    student = seed.member(section, seed.user("s1", "Ada", "Moreno"))
    item = seed.grade_item(section, "Essay")
    seed.grade(item, student, 5)
    [shown] = caller.get(f"sections/{section}/grades")["grades"]["grade"]
    assert (shown["assignment_id"], shown["enrollment_id"], shown["grade"]) == (str(item), str(student), 5)
