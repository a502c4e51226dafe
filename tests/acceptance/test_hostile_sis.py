"""Whatever a SIS does, a night ends in the right roster, in a refusal by name, or in nobody being taken out.

One test for each row of the table of scenarios, so that none can be forgotten; `docs/hostile-sis.md` says what became
of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs.hostile_reference import PAGE, line
from hostile_side import HostileDistrict, a_hostile_district
from sis_connect.sandbox.sis.hostility import ROSTER_SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileDistrict]:
    with a_hostile_district(tmp_path_factory.mktemp("hostile")) as district:
        yield district


@pytest.mark.parametrize("name", ROSTER_SCENARIOS)
def test_no_shorter_roster_is_believed(district: HostileDistrict, name: str, tmp_path: Path) -> None:
    outcome = district.meet(ROSTER_SCENARIOS[name], tmp_path / "night")
    assert line(ROSTER_SCENARIOS[name], outcome) in PAGE.read_text(encoding="utf-8").splitlines(), (
        "renew the page: ./dev run python tests/docs/hostile_reference.py"
    )
