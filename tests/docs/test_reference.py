"""The generated pages say what the code says, and links and promises of the prose hold."""

from __future__ import annotations

import inspect
import re
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

import sis_connect
from sis_connect.config import read_settings
from sis_connect.sandbox.schoology import control as schoology_control
from sis_connect.sandbox.schoology.faults import Fault
from sis_connect.sandbox.schoology.settings import SANDBOX_KEY, SANDBOX_SECRET, Strictness
from sis_connect.sandbox.sis import control as sis_control

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


def test_sandbox_page_names_every_fault() -> None:
    page = (DOCS / "sandbox.md").read_text(encoding="utf-8")
    assert [fault for fault in Fault if f"`{fault}`" not in page] == []


def test_sandbox_page_names_every_manner_that_can_be_left_out() -> None:
    page = (DOCS / "sandbox.md").read_text(encoding="utf-8")
    assert [field.name for field in fields(Strictness) if f"`{field.name}`" not in page] == []


def test_sandbox_page_tells_every_control() -> None:
    page = (DOCS / "sandbox.md").read_text(encoding="utf-8")
    for side, module in (("Schoology", schoology_control), ("SIS", sis_control)):
        told = page[page.index(f"## The controls of the {side} side") + 1 :].split("\n## ")[0]
        declared = re.findall(r'_route\("(/\S+)", "(\w+)"', inspect.getsource(module))
        assert declared
        assert set(re.findall(r"^\| `(\w+) /_sandbox(\S+)` \|", told, re.MULTILINE)) == {
            (method, path) for path, method in declared
        }


def test_guide_gives_the_credentials_of_the_sandbox() -> None:
    page = (DOCS / "district.md").read_text(encoding="utf-8")
    assert f"SIS_CONNECT_SCHOOLOGY_KEY={SANDBOX_KEY}" in page
    assert f"SIS_CONNECT_SCHOOLOGY_SECRET={SANDBOX_SECRET}" in page


def test_rules_in_the_guides_are_valid(tmp_path: Path) -> None:
    for page in PROSE:
        for number, example in enumerate(re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)):
            path = tmp_path / f"{page.stem}-{number}.toml"
            path.write_text(example, encoding="utf-8")
            read_settings(path)


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [
        str(module.relative_to(ROOT))
        for module in (ROOT / "src").rglob("*.py")
        if not module.read_text(encoding="utf-8").startswith('"""')
    ]
    assert silent == []
