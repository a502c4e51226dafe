"""Teachers of the Schoology look-alike who grade day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.caller import post
from integration.sandbox.conftest import NOW
from sis_connect.sandbox.schoology import Oddity, SandboxSettings, Webhooks, start

if TYPE_CHECKING:
    from integration.sandbox.caller import Caller
    from sis_connect.sandbox.schoology import RunningSandbox, TaughtDay

STUDENTS = 12


@pytest.fixture
def sections(sandbox: RunningSandbox) -> list[int]:
    return furnish(sandbox)


def furnish(sandbox: RunningSandbox) -> list[int]:
    """Three sections with a teacher and students, and some in which nobody can be graded."""
    seed = sandbox.seed()
    with seed.together():
        fall = seed.grading_period("Fall 2026", "2026-08-15", "2026-12-20")
        past = seed.grading_period("Spring 2026", "2026-01-10", "2026-06-10")
        teacher = seed.user("t1", "Omar", "Vega", role="Teacher")
        students = [seed.user(f"s{number}", "Ada", f"Moreno {number}") for number in range(STUDENTS)]
        course = seed.course("Algebra", "alg")
        made = []
        for number, period in enumerate((fall, fall, fall, past)):
            section = seed.section(course, f"P{number}", grading_periods=[period], section_school_code=f"alg-{number}")
            seed.member(section, teacher, admin=True)
            for student in students:
                seed.member(section, student)
            made.append(section)
        seed.member(seed.section(course, "Nobody", grading_periods=[fall]), teacher, admin=True)
    return made[:3]


def items(caller: Caller, section: int) -> list[dict[str, Any]]:
    return list(caller.get(f"sections/{section}/grade_items?limit=200")["assignment"])


def teach(sandbox: RunningSandbox) -> list[TaughtDay]:
    """Three weeks."""
    return [sandbox.teach_a_day(date(2026, 10, number), seed=4, items=2) for number in range(1, 22)]


def test_every_current_section_gets_categories_an_item_and_grades(
    caller: Caller, sandbox: RunningSandbox, sections: list[int]
) -> None:
    day = sandbox.teach_a_day(oddities=())
    assert (day.sections, day.categories, day.items, day.graded) == (3, 9, 3, 3 * STUDENTS)
    for section in sections:
        [item] = items(caller, section)
        assert (item["due"], item["type"]) == ("2026-10-01 23:59:00", "assignment")
        assert len(caller.get(f"sections/{section}/grades?assignment_id={item['id']}")["grades"]["grade"]) == STUDENTS


def test_few_sections_may_take_part(sandbox: RunningSandbox, sections: list[int]) -> None:
    assert sandbox.teach_a_day(sections=1).sections == 1


def test_the_same_seed_does_the_same_in_another_sandbox(sandbox: RunningSandbox, sections: list[int]) -> None:
    days = teach(sandbox)
    with start(SandboxSettings(rate=None, now=lambda: NOW, webhooks=Webhooks(by_themselves=False))) as other:
        furnish(other)
        assert teach(other) == days
        assert other.contents() == sandbox.contents()


def test_another_seed_does_something_else(sandbox: RunningSandbox, sections: list[int]) -> None:
    sandbox.teach_a_day(seed=1)
    first = sandbox.contents()["grades"]
    sandbox.reset()
    furnish(sandbox)
    sandbox.teach_a_day(seed=2)
    assert sandbox.contents()["grades"] != first


def test_in_some_weeks_everything_happens_that_makes_trouble(
    caller: Caller, sandbox: RunningSandbox, sections: list[int]
) -> None:
    days = teach(sandbox)
    assert all(sum(getattr(day, name) for day in days) for name in ("changed", "cleared", "withdrawn"))
    made = [(section, item) for section in sections for item in items(caller, section)]
    every = [item for _, item in made]
    titles = [(section, item["title"]) for section, item in made]
    found = {
        Oddity.LONG_TITLE: any(len(item["title"]) > 50 for item in every),
        Oddity.DUPLICATE_TITLE: len(set(titles)) < len(titles),
        Oddity.NO_CATEGORY: any(item["grading_category"] == "0" for item in every),
        Oddity.NO_DUE_DATE: any(item["due"] == "" for item in every),
        Oddity.DUE_OUTSIDE_TERM: any(item["due"] > "2026-12-21" for item in every),
        Oddity.LETTER_SCALE: any(item["grading_scale_type"] == 1 for item in every),
        Oddity.LEVEL_SCALE: any(item["grading_scale_type"] == 3 for item in every),
        Oddity.EXTRA_CREDIT: any(item["title"].startswith("Extra credit") for item in every),
        Oddity.ZERO_MAXIMUM: any(item["max_points"] == "0" for item in every),
        Oddity.SOME_STUDENTS: any(item["num_assignees"] for item in every),
        Oddity.UNPUBLISHED: any(not item["published"] for item in every),
        Oddity.NO_PERIOD: any(item["grading_period"] == "0" for item in every),
        Oddity.NOT_COUNTED: any("count_in_grade" in item for item in every),
        Oddity.FINAL: any(item["is_final"] == "1" for item in every),
        Oddity.ASSESSMENT: any(item["type"] == "assessment" for item in every),
        Oddity.DISCUSSION: any(item["type"] == "discussion" for item in every),
    }
    assert found == dict.fromkeys(Oddity, True)
    grades = sandbox.contents()["grades"]
    assert {row[6] for row in grades} == {0, 1, 2, 3}
    assert any("<b>" in str(row[7]) for row in grades)


def test_only_the_trouble_that_is_asked_for_happens(
    caller: Caller, sandbox: RunningSandbox, sections: list[int]
) -> None:
    sandbox.teach_a_day(items=4, oddities=[Oddity.ZERO_MAXIMUM])
    assert [item["max_points"] == "0" for item in sorted(items(caller, sections[0]), key=lambda item: item["id"])] == [
        False,
        True,
        False,
        True,
    ]


def test_a_later_day_becomes_today_and_a_poll_finds_what_was_done(
    caller: Caller, sandbox: RunningSandbox, sections: list[int]
) -> None:
    sandbox.teach_a_day(oddities=())
    since = int(sandbox.now.timestamp()) + 1
    day = sandbox.teach_a_day(date(2026, 10, 2), oddities=(), sections=1)
    assert sandbox.now == datetime(2026, 10, 2, 19, 30, tzinfo=UTC)
    polled = caller.get(f"sections/{sections[0]}/grades?limit=200&timestamp={since}")["grades"]["grade"]
    assert len(polled) == day.graded + day.changed


def test_an_earlier_day_is_history(caller: Caller, sandbox: RunningSandbox, sections: list[int]) -> None:
    sandbox.teach_a_day(date(2026, 9, 1), oddities=())
    assert sandbox.now == NOW
    [first, *_] = caller.get(f"sections/{sections[0]}/grades")["grades"]["grade"]
    assert first["timestamp"] == datetime(2026, 9, 1, 19, 30, tzinfo=UTC).timestamp()


def test_twenty_thousand_grades_are_there_at_once(sandbox: RunningSandbox) -> None:
    seed = sandbox.seed()
    with seed.together():
        fall = seed.grading_period("Fall 2026", "2026-08-15", "2026-12-20")
        course, students = seed.course("Algebra", "alg"), [seed.user(f"s{n}", "Ada", f"M {n}") for n in range(100)]
        for number in range(20):
            section = seed.section(course, f"P{number}", grading_periods=[fall])
            enrollments = [seed.member(section, student) for student in students]
            for item in range(10):
                seed.grades(seed.grade_item(section, f"Item {item}"), dict.fromkeys(enrollments, 7.0))
    assert len(sandbox.contents()["grades"]) == 20_000


def test_the_controls_let_a_day_pass(sandbox: RunningSandbox, sections: list[int]) -> None:
    address = f"{sandbox.web_url}_sandbox/teaching-day"
    body = {"day": "2026-10-05", "seed": 2, "sections": 2, "items": 3, "oddities": ["final", "no_category"]}
    done = post(address, json=body).json()
    assert (done["day"], done["sections"], done["items"]) == ("2026-10-05", 2, 6)
    assert post(address, json={}).json()["sections"] == 3
    for wrong in ({"oddities": ["?"]}, {"month": 1}, {"day": "soon"}, {"items": "x"}):
        assert post(address, json=wrong).status_code == 400
