"""The sandbox's pages in a real browser: as a person with a mouse, a keyboard, a phone or a dark room sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from acceptance.browser import open_browser
from sis_connect.sandbox.schoology import SANDBOX_KEY, RunningSandbox, SandboxSettings, start

pytestmark = pytest.mark.browser

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
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
    "people",
    "people/1000003",
    "grading-periods",
    "calls",
    "nowhere",
)

Open = Callable[..., Page]
Scheme = Literal["light", "dark"]


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
    troubles: list[str] = []

    def open_(path: str, scheme: Scheme = "light", width: int = 1200) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url} {request.failure}"))
        page.goto(f"{sandbox.web_url}{path}")
        return page

    yield open_
    # The page that is not there says so, and whoever leaves a page no longer wants its icon.
    harmless = ("status of 404 (Not Found)", "net::ERR_ABORTED")
    assert [trouble for trouble in troubles if not trouble.endswith(harmless)] == []


#: Texts that stand out too little from their ground: WCAG 2.2, 1.4.3, wants a contrast of 4.5 to 1.
POOR_CONTRAST = """() => {
        const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
        const light = c => c.slice(0, 3).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = e => { for (; e; e = e.parentElement) {
            const c = parse(getComputedStyle(e).backgroundColor);
            if (c.length === 3 || c[3] === 1) return c;
        } return [255, 255, 255]; };
        const poor = [];
        for (const e of document.querySelectorAll('body *')) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
            const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < 4.5) poor.push(e.className + ' ' + e.tagName + ' ' + ratio.toFixed(2));
        }
        return poor;
    }"""
#: Things to click or fill that the keyboard does not reach or that have no name.
OUT_OF_REACH = """
[...document.querySelectorAll('a, button, input, select')]
    .filter(e => e.tabIndex < 0 || !(e.textContent.trim() || e.labels?.length))
    .map(e => e.outerHTML)
"""


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_its_window_and_can_be_read_and_reached(open_page: Open, scheme: Scheme, width: int) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    page = open_page("", scheme, width)
    home = page.url
    for path in PATHS:
        page.goto(f"{home}{path}")
        assert page.get_by_text("not the real service").is_visible()
        assert (page.locator("h1").count(), page.locator("main").count()) == (1, 1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(POOR_CONTRAST) == []
        assert page.evaluate(OUT_OF_REACH) == []
        name = path.replace("/", "-") or "home"
        page.screenshot(path=ARTIFACTS / f"sandbox-{name}-{scheme}-{width}.png")
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
