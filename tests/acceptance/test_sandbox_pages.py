"""The sandbox's pages in a real browser: as a person with a mouse, a keyboard, a phone or a dark room sees them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from acceptance.browser import check_looks, keep_picture, open_browser, open_pages
from sis_connect.sandbox.schoology import SANDBOX_KEY, RunningSandbox, SandboxSettings, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from acceptance.browser import Open, Scheme

pytestmark = pytest.mark.browser

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
MARKUP = "<img src=x onerror=alert(1)>"
STUDENTS = (
    "Ada Abara",
    "Ben Castillo",
    "Chidi Okafor",
    "Elena García",
    "Hana Nakamura",
    "Jonas Lindqvist",
    "Zoë Silva",
)
PATHS = (
    "",
    "schools/10002",
    "schools/10002/sections",
    "schools/10002/people",
    "courses/3000001",
    "sections/5000001",
    "sections/5000001/gradebook",
    "people",
    "people/1000003",
    "grading-periods",
    "calls",
    "nowhere",
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """A small district, most of it made through the API."""
    with start(SandboxSettings(now=lambda: NOW)) as running:
        seed = running.seed(made_by=SANDBOX_KEY)
        with seed.together():
            fall = seed.grading_period("2026-27 Semester 1", "2026-08-17", "2027-01-15")
            seed.grading_period("2026-27 Semester 2", "2027-01-19", "2027-06-04")
            for number, title in enumerate(
                ("Riverbend High School", "Lakeside Middle School", "Maple Street Elementary")
            ):
                add_school(running, title, str(100 + 10 * number), fall)
        seed = running.seed()
        seed.member(5_000_001, seed.user("guest", "Gast", MARKUP))
        for day in range(1, 5):
            running.teach_a_day(date(2026, 10, day), items=4)
        yield running


def add_school(running: RunningSandbox, title: str, code: str, period: int) -> None:
    """A school with two courses, a teacher and some students."""
    seed = running.seed(made_by=SANDBOX_KEY)
    school = seed.building(title, code)
    teacher = seed.user(f"T{code}", "Rosa", "Ivanov", role="Teacher", building_id=school)
    students = []
    for number, name in enumerate(STUDENTS):
        first, last = name.split()
        uid = f"S{code}{number}"
        students.append(seed.user(uid, first, last, building_id=school, username=f"{first}.{last}.{code}".lower()))
    seed.user(f"P{code}", "Leila", "Abara", role="Parent", building_id=school)
    seed.parent(f"S{code}0", f"P{code}")
    for course_title in ("Algebra I", "Biology"):
        course = seed.course(course_title, f"{code}-{course_title}", building_id=school, synced=1)
        for number in (1, 2):
            code_of_section = f"{code}-{course_title[:3].lower()}-{number}"
            section = seed.section(
                course,
                f"Period {number}",
                grading_periods=[period],
                section_school_code=code_of_section,
                location=f"Room {number}01",
            )
            seed.member(section, teacher, admin=True)
            for student in students:
                seed.member(section, student)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests here."""
    with open_browser() as opened:
        yield opened


@pytest.fixture
def open_page(browser: Browser, sandbox: RunningSandbox) -> Iterator[Open]:
    """Opens a page; nothing may have gone wrong in it by the end of the test."""
    with open_pages(browser, sandbox.web_url) as open_:
        yield open_


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_its_window_and_can_be_read_and_reached(open_page: Open, scheme: Scheme, width: int) -> None:
    page = open_page("", scheme, width)
    home = page.url
    for path in PATHS:
        page.goto(f"{home}{path}")
        assert page.get_by_text("not the real service").is_visible()
        check_looks(page, width)
        keep_picture(page, "sandbox", path, scheme, width)
    ground = "rgb(244, 246, 248)" if scheme == "light" else "rgb(16, 23, 29)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_a_person_finds_the_roster_with_the_mouse(open_page: Open) -> None:
    page = open_page("")
    page.get_by_role("link", name="Riverbend High School").click()
    page.get_by_role("link", name="Algebra I").click()
    page.get_by_role("link", name="Period 1").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Algebra I: Period 1"
    students = page.get_by_role("region", name="Students", exact=True).last.locator("tbody tr")
    assert students.count() == len(STUDENTS) + 1
    assert students.filter(has_text="By hand").count() == 1


def test_a_person_finds_the_gradebook_and_leafs_through_it(open_page: Open) -> None:
    page = open_page("sections/5000001")
    page.get_by_role("link", name="Gradebook").click()
    grid = page.get_by_role("region", name="Gradebook", exact=True).last
    assert grid.locator("tbody tr").count() == len(STUDENTS) + 1
    names = grid.locator("tbody th").first
    left = names.bounding_box()
    grid.evaluate("element => element.scrollLeft = 300")
    assert grid.evaluate("element => element.scrollLeft") == 300
    assert names.bounding_box() == left
    page.get_by_role("navigation", name="Pages of grade items").get_by_role("link", name="Next").click()
    assert "13\N{EN DASH}" in page.get_by_role("navigation", name="Pages of grade items").inner_text()


def test_a_person_finds_somebody_with_the_keyboard_alone(open_page: Open) -> None:
    page = open_page("")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "People"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/people")
    page.get_by_label("Name, unique ID").focus()
    page.keyboard.type("zoë")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=zo*")
    assert page.locator("tbody tr").count() == 3


def test_markup_in_a_name_is_shown_and_does_nothing(open_page: Open) -> None:
    page = open_page("sections/5000001")
    assert page.get_by_text(MARKUP).is_visible()
    assert page.locator("main img").count() == 0
