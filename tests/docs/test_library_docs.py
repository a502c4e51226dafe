"""`docs/library.md`: every code block does what the page says it does, and the package says what is in it."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import sis_connect.oneroster

PAGE = Path(__file__).resolve().parents[2] / "docs" / "library.md"
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_code_of_the_page_does_what_the_page_says() -> None:
    """The blocks are one session, from the top of the page to its end."""
    session = "".join(code for _, code in FENCED.findall(PAGE.read_text(encoding="utf-8")))
    test = doctest.DocTestParser().get_doctest(session, {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    results = doctest.DocTestRunner().run(test, out=told.append)
    assert "".join(told) == ""
    assert results.attempted > 30


def test_every_block_is_code_that_is_tried() -> None:
    blocks = FENCED.findall(PAGE.read_text(encoding="utf-8"))
    assert {(language, code.startswith(">>> ")) for language, code in blocks} == {("python", True)}


def test_package_names_modules_that_are_there() -> None:
    told = sis_connect.oneroster.__doc__ or ""
    names = [name for line in re.findall(r"^- ([^:]+):", told, re.MULTILINE) for name in re.findall(r"`(\w+)`", line)]
    folder = Path(sis_connect.oneroster.__file__).parent
    assert names
    assert [name for name in names if not (folder / f"{name}.py").exists() and not (folder / name).is_dir()] == []
