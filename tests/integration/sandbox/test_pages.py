"""The pages of the Schoology look-alike, as the server sends them."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from integration.sandbox.caller import get
from sis_connect.sandbox.schoology import SANDBOX_KEY, Fault, FaultPlan, FaultRule, GradeManners

if TYPE_CHECKING:
    from integration.sandbox.caller import Caller
    from integration.sandbox.conftest import Classroom, Launch, World
    from sis_connect.sandbox.schoology import RunningSandbox

MARKUP = '<script>alert("x")</script> & <b>co</b>'


def text_of(sandbox: RunningSandbox, path: str, status: int = 200) -> str:
    """The page's text without its tags."""
    answer = get(f"{sandbox.web_url}{path}")
    assert answer.status_code == status
    # A place where a long word may break is inside the word.
    words = answer.text.replace("<wbr>", "")
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", words)).split())


def test_the_first_page_shows_schools_with_counts(sandbox: RunningSandbox, world: World) -> None:
    text = text_of(sandbox, "")
    assert "not the real service" in text
    assert "Riverbend High Building 100 Courses 1 Sections 1 People 2" in text
    assert "Sandbox District The district itself" in text


def test_an_empty_sandbox_says_that_nothing_is_there_yet(sandbox: RunningSandbox) -> None:
    assert "No schools yet" in text_of(sandbox, "")
    assert "No grading periods yet" in text_of(sandbox, "grading-periods")
    assert "Nobody has called yet" in text_of(sandbox, "calls")


def test_a_school_shows_its_courses_sections_and_people(sandbox: RunningSandbox, world: World) -> None:
    assert "Algebra alg 1 By hand" in text_of(sandbox, f"schools/{world.school}")
    assert "Period 1 alg-1 Algebra \N{EN DASH} 1 Fall 2026 By hand" in text_of(
        sandbox, f"schools/{world.school}/sections"
    )
    assert "Omar Vega t1 Teacher" in text_of(sandbox, f"schools/{world.school}/people")


def test_a_course_shows_its_sections(sandbox: RunningSandbox, world: World) -> None:
    sandbox.seed().member(world.section, world.teacher, admin=True)
    assert "Period 1 alg-1 Omar Vega 1 Fall 2026" in text_of(sandbox, f"courses/{world.course}")


def test_a_section_shows_teachers_then_students_and_who_added_them(sandbox: RunningSandbox, world: World) -> None:
    sandbox.seed(made_by=SANDBOX_KEY).member(world.section, world.teacher, admin=True)
    text = text_of(sandbox, f"sections/{world.section}")
    assert "Members 2, 1 added by hand" in text
    teachers, students = text.split("Teachers 1 in all")[1].split("Students 1 in all")
    assert "Omar Vega t1 Teacher t1 Active SIS Connect" in teachers
    assert "Ada Moreno s1 Student ada@district.example Active By hand" in students
    assert "Current" in text.split("About")[0]


def test_a_section_outside_its_periods_is_not_current(sandbox: RunningSandbox, world: World) -> None:
    old = sandbox.seed().section(world.course, "Old", grading_periods=[world.past])
    assert "Not current" in text_of(sandbox, f"sections/{old}")


def test_a_gradebook_shows_students_as_rows_and_items_as_columns(sandbox: RunningSandbox, classroom: Classroom) -> None:
    seed = sandbox.seed()
    essay = seed.grade_item(
        classroom.section, "Essay", grading_scale=1, published=0, is_final=1, assignees=[classroom.ada]
    )
    seed.grade(classroom.item, classroom.ada, 21, comment="See me")
    seed.grade(classroom.item, classroom.zoe, exception=3)
    seed.grade(essay, classroom.ada, "B+")
    text = text_of(sandbox, f"sections/{classroom.section}/gradebook")
    assert "2 grade items, 2 students" in text
    assert "Fractions 1 Homework 20 points Due 2026-10-01 Essay Ungraded 100 points No due date" in text
    assert "No due date Final Unpublished 1 students" in text
    assert "Zoë García 0.0 % Missing \N{EN DASH}" in text
    assert "Ada Moreno 105.0 % 21 Comment: See me 87 B+" in text
    assert "Homework Total points 100 0 1 By hand Tests Percent 100 1 0 By hand" in text


def test_levels_of_points_are_named_and_unknown_exceptions_numbered(launch: Launch) -> None:
    sandbox = launch(grades=GradeManners(exceptions=frozenset({0, 7}))).sandbox
    seed = sandbox.seed()
    period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
    section = seed.section(seed.course("Art", "art"), "P1", grading_periods=[period])
    levels = [{"points": 2, "description": "Meets"}, {"points": 1, "description": "Begins"}]
    talk = seed.grade_item(section, "Talk", grading_scale=seed.grading_scale(section, "Two", levels, scale_type=3))
    seed.grade(talk, seed.member(section, seed.user("s1", "Ada", "Moreno")), 2.5)
    seed.grade(talk, seed.member(section, seed.user("s2", "Ben", "Okafor")), exception=7)
    text = text_of(sandbox, f"sections/{section}/gradebook")
    assert "Ada Moreno \N{EN DASH} 2.5 Meets Ben Okafor \N{EN DASH} Exception 7" in text


def test_a_gradebook_of_many_items_comes_in_pages(sandbox: RunningSandbox, classroom: Classroom) -> None:
    seed = sandbox.seed()
    for number in range(20):
        seed.grade_item(classroom.section, f"Item {number:02}", due="2026-10-02 10:00:00")
    page = get(f"{sandbox.web_url}sections/{classroom.section}/gradebook?items=2").text
    assert "13\N{EN DASH}21 of 21" in page
    assert "Item 11" in page
    assert "Item 10" not in page
    assert 'href="?page=1&amp;items=1"' in page


def test_an_empty_gradebook_says_so(sandbox: RunningSandbox, world: World) -> None:
    text = text_of(sandbox, f"sections/{world.section}/gradebook")
    assert "Nothing to grade yet" in text
    assert "nothing counts" in text


def test_a_person_shows_account_family_and_sections(sandbox: RunningSandbox, world: World) -> None:
    seed = sandbox.seed()
    parent = seed.user("p1", "Rosa", "Moreno", role="Parent", additional_buildings=str(world.school))
    seed.parent("s1", "p1")
    student, guardian = text_of(sandbox, f"people/{world.student}"), text_of(sandbox, f"people/{parent}")
    assert "Parents RM Rosa Moreno p1" in student
    assert "Algebra: Period 1 Student Fall 2026 Active By hand" in student
    assert "Children AM Ada Moreno s1" in guardian
    assert "Other schools Riverbend High" in guardian


def test_an_inactive_person_is_shown_as_such(caller: Caller, world: World) -> None:
    caller.expect(204, "DELETE", f"users/{world.student}?option_keep_enrollments=1&email_notification=0")
    assert "Inactive" in text_of(caller.sandbox, f"people/{world.student}").split("Account")[0]
    assert "Ada Moreno" in text_of(caller.sandbox, "people?state=inactive")
    assert "Ada Moreno" not in text_of(caller.sandbox, "people")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=MORENO", ["Ada Moreno"]),
        ("q=omar+t1", ["Omar Vega"]),
        ("q=district.example", ["Ada Moreno"]),
        ("q=%C3%96MER", ["ömer Ünal"]),
        ("q=%25", []),
        ("role=796382", ["Omar Vega"]),
    ],
)
def test_people_are_found_by_every_word_and_by_role(
    sandbox: RunningSandbox, world: World, query: str, found: list[str]
) -> None:
    sandbox.seed().user("x1", "ömer", "Ünal")
    text = text_of(sandbox, f"people?{query}")
    everyone = ["Ada Moreno", "Omar Vega", "ömer Ünal", "Sandbox Administrator"]
    assert [name for name in everyone if name in text] == found


def test_long_lists_come_in_pages_that_keep_the_search(sandbox: RunningSandbox) -> None:
    seed = sandbox.seed()
    with seed.together():
        for number in range(120):
            seed.user(f"u{number}", "Ada", f"Vega {number:03}")
    page = get(f"{sandbox.web_url}people?q=vega&page=2").text
    assert "51\N{EN DASH}100 of 120" in page
    assert 'href="?q=vega&amp;page=3"' in page
    assert "Vega 050" in page
    assert "Vega 049" not in page
    assert "101\N{EN DASH}120 of 120" in get(f"{sandbox.web_url}people?q=vega&page=999").text
    assert "1\N{EN DASH}50 of 120" in get(f"{sandbox.web_url}people?q=vega&page=x").text


def test_grading_periods_show_which_are_active(sandbox: RunningSandbox, world: World) -> None:
    text = text_of(sandbox, "grading-periods")
    assert "Fall 2026 2026-08-15 2026-12-20 Active 1 By hand" in text
    assert "Spring 2026 2026-01-10 2026-06-10 Past 0 By hand" in text


def test_the_log_of_calls_shows_no_personal_data(caller: Caller, world: World) -> None:
    caller.send("GET", "users/ext/ada@district.example")
    caller.get(f"users/{world.student}")
    caller.get("users?school_uids=s1")
    caller.sandbox.set_faults(FaultPlan((FaultRule(Fault.UNAVAILABLE),)))
    caller.send("GET", "roles")
    text = text_of(caller.sandbox, "calls")
    assert f"GET /v1/users/{world.student} 200 1" in text
    assert "GET /v1/users/ext/… 404 1" in text
    assert "GET /v1/roles 503 unavailable 0" in text
    assert "@" not in text
    assert "s1" not in text


def test_a_bulk_call_is_coloured_by_what_became_of_its_objects(caller: Caller, classroom: Classroom) -> None:
    """A 207 says that they were answered by themselves, not that any of them was taken."""
    good = {"assignment_id": classroom.item, "enrollment_id": classroom.ada, "grade": 1}
    calls: list[list[dict[str, int]]] = [[good], [good, {}], [{}, {}]]
    for grades in calls:
        caller.bulk("PUT", f"sections/{classroom.section}/grades", {"grades": {"grade": grades}})
    page = get(f"{caller.sandbox.web_url}calls").text
    assert re.findall(r'tag (\w+)">207</span>', page) == ["bad", "hand", "good"]
    assert re.findall(r"\d of \d refused", page) == ["2 of 2 refused", "1 of 2 refused"]


@pytest.mark.parametrize(
    "path", ["nowhere", "schools/9", "courses/9", "sections/9", "sections/9/gradebook", "people/9", "people/x"]
)
def test_what_is_not_there_is_said_so(sandbox: RunningSandbox, path: str) -> None:
    assert "There is nothing here" in text_of(sandbox, path, 404)


def test_markup_in_names_is_text_everywhere(sandbox: RunningSandbox) -> None:
    seed = sandbox.seed()
    school = seed.building(MARKUP, MARKUP)
    period = seed.grading_period(MARKUP, "2026-01-01", "2026-12-31")
    course = seed.course(MARKUP, MARKUP, building_id=school)
    section = seed.section(course, MARKUP, section_school_code=MARKUP, grading_periods=[period], location=MARKUP)
    person = seed.user(MARKUP, MARKUP, MARKUP, building_id=school, position=MARKUP)
    category = seed.grading_category(section, MARKUP)
    item = seed.grade_item(section, MARKUP, grading_category=category)
    seed.grade(item, seed.member(section, person), 1, comment=MARKUP)
    paths = [
        "",
        f"schools/{school}",
        f"schools/{school}/sections",
        f"schools/{school}/people",
        f"courses/{course}",
        f"sections/{section}",
        f"sections/{section}/gradebook",
        "people",
        "people?q=%3Cscript%3E",
        f"people/{person}",
        "grading-periods",
    ]
    for path in paths:
        page = get(f"{sandbox.web_url}{path}").text
        assert "<script" not in page
        assert "<b>" not in page
        assert "&lt;script&gt;" in page


def test_pages_may_run_no_script_and_fetch_nothing_from_elsewhere(sandbox: RunningSandbox) -> None:
    answer = get(sandbox.web_url)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert set(re.findall(r'(?:href|src)="(https?:[^"]*)"', answer.text)) == set()


def test_assets_come_from_the_sandbox_itself(sandbox: RunningSandbox) -> None:
    types = {name: get(f"{sandbox.web_url}assets/{name}").headers["Content-Type"] for name in ("style.css", "icon.svg")}
    assert types == {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


def test_another_name_for_this_machine_is_not_answered(sandbox: RunningSandbox) -> None:
    """A name that somebody else pointed here could read the pages from their own site."""
    assert get(sandbox.web_url, headers={"Host": f"evil.example:{sandbox.port}"}).status_code == 421
    assert get(sandbox.web_url, headers={"Host": f"localhost:{sandbox.port}"}).status_code == 200
