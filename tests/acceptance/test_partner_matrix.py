"""Every SIS of the partner directory works with the sandbox in its dress; `docs/partners.md` is made of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs.partners_page import PAGE, page, partners, row
from partner_matrix import COLUMNS, live_through_all
from rest_side import a_district

if TYPE_CHECKING:
    from pathlib import Path

_PROFILES = {profile.id: profile for profile in partners()}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small district, the same for every partner."""
    return a_district(tmp_path_factory.mktemp("district"), students=30)


@pytest.mark.parametrize("id_", _PROFILES)
def test_partner_works_from_the_form_to_the_next_school_year(id_: str, package: Path, tmp_path: Path) -> None:
    outcomes = live_through_all(_PROFILES[id_], package, tmp_path / "district")
    assert row(_PROFILES[id_], outcomes) in PAGE.read_text(encoding="utf-8").splitlines(), (
        "renew the page: ./dev run python tests/docs/partners_page.py"
    )


def test_page_tells_of_every_partner_what_is_known() -> None:
    """Everything on the page but the outcomes follows from profiles and tables; those are proven above."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    told = {line.split(" | ")[0].removeprefix("| "): line.split(" | ")[1:-1] for line in lines if line.startswith("| ")}
    first = lines.index(next(line for line in lines if line.startswith("| SIS | in the program | connect")))
    matrix = {
        line.split(" | ")[0].removeprefix("| "): line.split(" | ")[2:-1]
        for line in lines[first + 2 :][: len(_PROFILES)]
    }
    outcomes = {
        id_: dict(zip(COLUMNS, matrix[profile.display_name], strict=True)) for id_, profile in _PROFILES.items()
    }
    assert told
    assert page(COLUMNS, outcomes) == PAGE.read_text(encoding="utf-8")
