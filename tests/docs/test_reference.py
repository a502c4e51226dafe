"""The generated pages say what the code says, and links and promises of the prose hold."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

import sis_connect

if TYPE_CHECKING:
    from pathlib import Path
from docs.reference import DOCS, PAGES

ROOT = DOCS.parent
PROSE = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_up_to_date(name: str) -> None:
    page = PAGES[name]()
    assert (DOCS / name).read_text(encoding="utf-8") == page, "renew it: ./dev run python tests/docs/reference.py"


@pytest.mark.parametrize("page", PROSE, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_the_prose_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_version_is_the_same_everywhere() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    changelog = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert changelog is not None
    assert declared == sis_connect.__version__ == changelog[1]


def test_readme_begins_with_the_two_commands() -> None:
    first = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert first is not None
    assert first[1].splitlines() == ["./dev demo", "./dev test"]


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [
        str(module.relative_to(ROOT))
        for module in (ROOT / "src").rglob("*.py")
        if not module.read_text(encoding="utf-8").startswith('"""')
    ]
    assert silent == []
