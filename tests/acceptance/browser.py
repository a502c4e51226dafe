"""A real headless browser for acceptance tests: found on the machine, or skipped loudly; never skipped under CI."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    Open: TypeAlias = Callable[..., Page]

Scheme: TypeAlias = Literal["light", "dark"]

_ARTIFACTS = Path(__file__).parents[2] / "artifacts"

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str:
    """The path of a Chromium; without one the test is skipped, or fails under CI."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if found:
        return found
    reason = (
        "no Chromium on this machine: install it (Debian: apt-get install chromium) or name it: CHROMIUM=/path/to/it"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser, closed in the end."""
    path = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_pages(browser: Browser, web_url: str) -> Iterator[Open]:
    """A way to open pages below an address; nothing may have gone wrong in them by the end."""
    troubles: list[str] = []

    def open_(path: str, scheme: Scheme = "light", width: int = 1200) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url} {request.failure}"))
        page.goto(f"{web_url}{path}")
        return page

    yield open_
    # The page that is not there says so, and whoever leaves a page no longer wants its icon.
    harmless = ("status of 404 (Not Found)", "net::ERR_ABORTED")
    assert [trouble for trouble in troubles if not trouble.endswith(harmless)] == []


#: Texts that stand out too little from their ground: WCAG 2.2, 1.4.3, wants a contrast of 4.5 to 1.
_POOR_CONTRAST = """() => {
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
_OUT_OF_REACH = """
[...document.querySelectorAll('a, button, input, select')]
    .filter(e => e.tabIndex < 0 || !(e.textContent.trim() || e.labels?.length))
    .map(e => e.outerHTML)
"""


def check_looks(page: Page, width: int) -> None:
    """The page fits its window, and everything on it can be read and reached."""
    assert (page.locator("h1").count(), page.locator("main").count()) == (1, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(_POOR_CONTRAST) == []
    assert page.evaluate(_OUT_OF_REACH) == []


def keep_picture(page: Page, of: str, path: str, scheme: Scheme, width: int) -> None:
    """A picture of the page lies in `artifacts/`, named after its path."""
    _ARTIFACTS.mkdir(exist_ok=True)
    name = re.sub(r"[^a-zA-Z0-9]+", "-", path).strip("-") or "home"
    page.screenshot(path=_ARTIFACTS / f"{of}-{name}-{scheme}-{width}.png")
