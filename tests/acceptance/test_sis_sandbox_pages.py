"""The provider's pages in a real browser: as a vendor's engineer with a mouse, a keyboard or a phone sees them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from acceptance.browser import check_looks, keep_picture, open_browser, open_pages
from integration.sandbox.sis.sis_caller import SisCaller
from integration.sandbox.sis.sis_world import a_district
from sis_connect.sandbox.sis import Client, RunningSis, SisSettings, load_district, load_package, start
from sis_packages import write_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from acceptance.browser import Open, Scheme

pytestmark = pytest.mark.browser

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
MARKUP = "<img src=x onerror=alert(1)>"
PATHS = (
    "",
    "collections/orgs",
    "collections/users",
    "collections/enrollments",
    "collections/classResources",
    "collections/results",
    "collections/users?filter=shoeSize%3D'9'",
    "collections/users?q=nobody",
    "collections/classes/record?id=c1",
    "collections/users/record?id=u1",
    "collections/users/record?id=odd",
    "gradebook",
    "gradebook/class?id=c1",
    "gradebook/class?id=c2",
    "requests",
    "scenarios",
    "nowhere",
)


@pytest.fixture(scope="module")
def sis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSis]:
    """The small district, with many more people, hostile, and called a few times."""
    folder = tmp_path_factory.mktemp("pages")
    write_folder(a_district(), folder / "package")
    load_package(folder / "package", folder / "sis.sqlite", at=NOW)
    load_district(folder / "seeded.sqlite", students=150, at=NOW)
    clients = (Client(bearer="sandbox-token"), Client("reader", "another-secret"))
    settings = SisSettings(clients=clients, scenario="limit_clamped; seed=3", now=lambda: NOW)
    with (
        start(SisSettings(), folder / "seeded.sqlite") as seeded,
        start(settings, folder / "sis.sqlite") as running,
        SisCaller(running) as caller,
    ):
        with seeded.records.together() as source, running.records.together() as target:
            for name in ("orgs", "courses", "classes", "users", "enrollments"):
                for row in source.find(name):
                    target.put(name, row)
            target.put("users", {"sourced_id": "odd", "given_name": MARKUP, "org_sourced_ids": "s1,gone"})
        headers = {"Authorization": "Bearer sandbox-token"}
        for path in ("users?limit=100&offset=7", "classes/c1/students?filter=x", "schools/s9/terms", "shoes"):
            caller.http.get(f"{running.url}/{path}", headers=headers)
        caller.token()
        caller.token(client_secret="wrong")
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests here."""
    with open_browser() as opened:
        yield opened


@pytest.fixture
def open_page(browser: Browser, sis: RunningSis) -> Iterator[Open]:
    """Opens a page; nothing may have gone wrong in it by the end of the test."""
    with open_pages(browser, sis.web_url) as open_:
        yield open_


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_its_window_and_can_be_read_and_reached(open_page: Open, scheme: Scheme, width: int) -> None:
    page = open_page("", scheme, width)
    home = page.url
    for path in PATHS:
        page.goto(f"{home}{path}")
        assert page.get_by_text("not a real school's system").is_visible()
        check_looks(page, width)
        keep_picture(page, "sis", path, scheme, width)
    ground = "rgb(244, 246, 248)" if scheme == "light" else "rgb(16, 23, 29)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_an_engineer_follows_references_with_the_mouse(open_page: Open) -> None:
    page = open_page("")
    page.get_by_role("link", name="Enrollments").click()
    page.get_by_label("Filter, as a consumer writes it").fill("sourcedId='e1'")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("region", name="Records").get_by_role("link", name="e1", exact=True).click()
    page.get_by_role("link", name="Algebra 1").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Algebra 1"
    page.get_by_role("link", name="3 enrollments").click()
    assert page.get_by_label("Filter, as a consumer writes it").input_value() == "class='c1'"
    assert page.get_by_role("region", name="Records").locator("tbody tr").count() == 3


def test_an_engineer_asks_with_a_filter_by_the_keyboard_alone(open_page: Open) -> None:
    page = open_page("collections/users")
    page.get_by_label("Filter, as a consumer writes it").focus()
    page.keyboard.type("familyName='o''hara' AND role='student'")
    page.keyboard.press("Enter")
    page.wait_for_url("**filter=*")
    assert page.get_by_role("region", name="Records").locator("tbody tr").count() == 1
    assert page.get_by_text("Zoë O'Hara").is_visible()


def test_markup_in_a_name_is_shown_and_does_nothing(open_page: Open) -> None:
    page = open_page("collections/users/record?id=odd")
    assert page.get_by_role("heading", level=1).inner_text() == MARKUP
    assert page.locator("main img").count() == 0
