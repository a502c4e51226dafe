"""Two public clients that nobody here wrote read the Schoology look-alike: it is like Schoology to them too.

They stand in an environment of their own, made once from `clients.requirements` and kept in `.tools/`.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.caller import Caller
from public_clients import python_of, run
from sis_connect.sandbox.schoology import SANDBOX_KEY, SANDBOX_SECRET

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology import RunningSandbox

HERE = Path(__file__).parent

TEACHERS, STUDENTS, COURSES, SECTIONS = 5, 60, 22, 23
ITEMS, FINALS = 45, 3


@pytest.fixture(scope="session")
def clients_python() -> Path:
    """The interpreter of the clients' environment."""
    return python_of(HERE / "clients.requirements")


@pytest.fixture
def district(sandbox: RunningSandbox) -> RunningSandbox:
    """A district of several pages of everything."""
    seed = sandbox.seed()
    with seed.together():
        school = seed.building("Riverbend High", "100")
        period = seed.grading_period("Fall 2026", "2026-08-15", "2026-12-20")
        teachers = [seed.user(f"t{n}", "Rosa", f"Ivanov {n}", role="Teacher") for n in range(TEACHERS)]
        students = [seed.user(f"s{n}", "Zoë", f"García {n}", building_id=school) for n in range(STUDENTS)]
        courses = [seed.course(f"Course {n}", f"c{n}", building_id=school) for n in range(COURSES)]
        for number in range(SECTIONS + COURSES - 1):
            # The first course has sections for more than one page, every other one a single section.
            course = courses[max(0, number - SECTIONS + 1)]
            section = seed.section(
                course, f"Section {number}", grading_periods=[period], section_school_code=f"x{number}"
            )
            seed.member(section, teachers[number % TEACHERS], admin=True)
            members = students if number == 0 else students[number : number + 2]
            enrollments = [seed.member(section, student) for student in members]
            if number == 0:
                add_grades(sandbox, section, period, enrollments)
    return sandbox


def add_grades(sandbox: RunningSandbox, section: int, period: int, enrollments: list[int]) -> None:
    """Several pages of assignments, the first of them graded."""
    seed = sandbox.seed()
    category = seed.grading_category(section, "Homework", weight=40)
    where: dict[str, Any] = {"grading_category": category, "grading_period": period}
    items = [
        seed.grade_item(section, f"Item {number:02}", due=f"2026-09-{number // 2 + 1:02} 12:00:00", **where)
        for number in range(ITEMS)
    ]
    for number in range(FINALS):
        seed.grade_item(section, f"Final {number}", is_final=1, **where)
    for enrollment in enrollments:
        seed.grade(items[0], enrollment, 80, comment="Good")
    seed.grade(items[1], enrollments[0], exception=1)


def read(python: Path, client: str, sandbox: RunningSandbox) -> dict[str, list[dict[str, Any]]]:
    script = HERE / "read_with_client.py"
    printed = run(python, script, client, sandbox.api_url, SANDBOX_KEY, SANDBOX_SECRET)
    answer: dict[str, list[dict[str, Any]]] = json.loads(printed)
    return answer


def check_roster(read: dict[str, list[dict[str, Any]]], sandbox: RunningSandbox) -> None:
    """What was read is what the sandbox holds, every object once."""
    contents = sandbox.contents()
    assert sorted(user["school_uid"] for user in read["users"]) == [str(row[0]) for row in contents["users"]]
    assert sorted(course["course_code"] for course in read["courses"]) == [str(row[0]) for row in contents["courses"]]
    codes = {str(section["id"]): section["section_school_code"] for section in read["sections"]}
    assert sorted(codes.values()) == [str(row[0]) for row in contents["sections"]]
    sections = [entry["links"]["self"].split("/")[-3] for entry in read["enrollments"]]
    members = [
        (codes[section], entry["school_uid"], entry["admin"])
        for section, entry in zip(sections, read["enrollments"], strict=True)
    ]
    assert Counter(members) == Counter((row[0], row[2], row[3]) for row in contents["enrollments"])


def test_schoolopy_reads_the_district(clients_python: Path, district: RunningSandbox) -> None:
    leaver = district.seed().user("leaver", "Omar", "Vega")
    with Caller(district) as caller:
        caller.expect(204, "DELETE", f"users/{leaver}")
    got = read(clients_python, "schoolopy", district)
    assert len(got["first_users"]) == 20
    assert [school["title"] for school in got["schools"]] == ["Sandbox District", "Riverbend High"]
    assert [user["school_uid"] for user in got["inactive"]] == ["leaver"]
    check_roster({**got, "users": got["users"] + got["inactive"]}, district)
    check_grades(got)


def check_grades(got: dict[str, list[dict[str, Any]]]) -> None:
    """The gradebook of the first section."""
    assert [period["title"] for period in got["periods"]] == ["Fall 2026"]
    check_assignments(got["assignments"])
    [first] = got["assignment"]
    assert (first["title"], first["max_points"], first["grading_category"]) == (
        "Item 00",
        "100",
        str(got["categories"][0]["id"]),
    )
    assert [category["title"] for category in got["categories"] + got["category"]] == ["Homework", "Homework"]
    assert [scale["title"] for scale in got["scales"]] == ["Letter grades"]
    [section] = got["grades"]
    [period] = section["period"]
    graded = [(grade["grade"], grade["exception"], grade["comment"]) for grade in period["assignment"]]
    assert graded == [(80, 0, "Good"), (None, 1, "")]
    assert [final["grade"] for final in section["final_grade"]] == [80, None, 80]


def check_assignments(read: list[dict[str, Any]]) -> None:
    """Every assignment was read once."""
    expected = [f"Item {number:02}" for number in range(ITEMS)] + [f"Final {number}" for number in range(FINALS)]
    assert sorted(item["title"] for item in read) == sorted(expected)


def test_edfi_schoology_extractor_reads_the_district_page_by_page(
    clients_python: Path, district: RunningSandbox
) -> None:
    got = read(clients_python, "edfi", district)
    check_roster(got, district)
    assert [role["title"] for role in got["roles"]][2:4] == ["Teacher", "Student"]
    assert got["coursework"] == []
    check_assignments(got["assignments"])
    calls = district.statistics().calls
    assert calls["GET", "users"] == 4
    assert calls["GET", "sections/{section_id}/assignments"] == 3
    assert calls["GET", "courses"] == 2
    assert calls["GET", "courses/{course_id}/sections"] == COURSES + 1
    assert calls["GET", "sections/{section_id}/enrollments"] == SECTIONS + COURSES - 1 + 3
