"""The shipped profiles say what the program publishes, in one order; no code decides by the name of a vendor."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import sis_connect
from partner_files import IDS, PARTNER_IDS, profile, shipped
from sis_connect.partners.directory import SHIPPED
from sis_connect.partners.facts import facts_of
from sis_connect.partners.profile import Status

SOURCES = Path(sis_connect.__file__).parent


def test_program_is_published_as_it_stands() -> None:
    published = [(line.listed_as, line.status, line.note) for line in shipped().listings()]
    assert published == [
        ("Aequitas", Status.IN_CONTACT, ""),
        ("Aeries", Status.AVAILABLE, ""),
        ("eSchool Data", Status.IN_PILOT, "Available for back-to-school 2021-22."),
        ("FACTS SIS", Status.IN_TESTING, ""),
        ("Focus School Software", Status.AVAILABLE, ""),
        ("Follett Aspen", Status.IN_PILOT, ""),
        ("Infinite Campus", Status.AVAILABLE, ""),
        ("Progressbook", Status.AVAILABLE, ""),
        ("SchoolTool", Status.IN_PILOT, "Available for back-to-school 2021-22."),
        ("Skyward", Status.AVAILABLE, ""),
        ("Synergy", Status.AVAILABLE, ""),
    ]


def test_skyward_has_two_products_and_every_other_partner_one() -> None:
    products = {line.listed_as: [one.display_name for one in line.products] for line in shipped().listings()}
    assert products.pop("Skyward") == ["Skyward Qmlativ", "Skyward SMS 2.0"]
    assert all(len(names) == 1 for names in products.values())


def test_district_finds_names_as_the_vendors_write_them_and_everyone_else_last() -> None:
    assert [one.display_name for one in shipped().profiles] == [
        "Aequitas Q",
        "Aeries",
        "ClassLink Roster Server",
        "eSchoolData",
        "eSchoolPlus",
        "FACTS SIS",
        "Focus School Software",
        "Follett Aspen",
        "Infinite Campus",
        "PowerSchool SIS",
        "ProgressBook",
        "SchoolTool",
        "Skyward Qmlativ",
        "Skyward SMS 2.0",
        "Synergy",
        "Another OneRoster 1.1 provider",
    ]


@pytest.mark.parametrize("id_", PARTNER_IDS)
def test_partner_of_the_program_has_a_status(id_: str) -> None:
    assert profile(id_).program is not None


@pytest.mark.parametrize("id_", sorted(set(IDS) - set(PARTNER_IDS)))
def test_product_beside_the_program_has_none(id_: str) -> None:
    assert profile(id_).program is None


def test_catch_all_knows_nothing() -> None:
    assert {known for _, known in facts_of(profile("other"))} == {None}


@pytest.mark.parametrize("id_", IDS)
def test_every_table_and_fact_is_written_down_in_the_order_of_the_schema(id_: str) -> None:
    """A person who compares two files finds the same thing at the same place."""
    content = tomllib.loads((SHIPPED / f"{id_}.toml").read_text(encoding="utf-8"))
    declared = [path for path, _ in facts_of(profile(id_))]
    written = [path for path in _paths(content) if path in declared]
    tables = {path.rpartition(".")[0] for path in declared}
    assert all(
        [path for path in written if path.rpartition(".")[0] == table]
        == [path for path in declared if path.rpartition(".")[0] == table]
        for table in tables
    )


def decisions(text: str) -> list[str]:
    """The lines that compare something with the id or name of a vendor, or compare such a name with anything."""
    names = "|".join(sorted({*IDS, *(one.display_name for one in shipped().profiles)} - {"other", "facts"}))
    compared = rf"(?:==|!=|\bin|\bcase)\s*[\[({{]*\s*[\"'](?:{names})[\"']"
    comparing = r"\b(?:vendor|display_name|profile_id|profile\.id|listed_as)\s*(?:==|!=|in\b)"
    rule = re.compile(f"{compared}|{comparing}", re.IGNORECASE)
    return [line.strip() for line in text.splitlines() if rule.search(line)]


def test_no_code_decides_by_the_name_of_a_vendor() -> None:
    """A difference between vendors is a fact or a quirk of their profiles."""
    found = {module.name: decisions(module.read_text(encoding="utf-8")) for module in SOURCES.rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line", ['if vendor == "Oak":', "if profile.id in KNOWN:", 'case "skyward-sms":', 'if name in ("aspen", "x"):']
)
def test_code_that_decides_by_the_name_of_a_vendor_would_be_found(line: str) -> None:
    assert decisions(f"    {line}\n        pass") == [line]


def _paths(content: dict[str, object], prefix: str = "") -> list[str]:
    paths = []
    for name, value in content.items():
        paths.append(f"{prefix}{name}")
        if isinstance(value, dict) and "sources" not in value:
            paths += _paths(value, f"{prefix}{name}.")
    return paths
