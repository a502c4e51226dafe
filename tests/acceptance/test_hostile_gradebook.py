"""Whatever the gradebook of a SIS does, no grade counts as confirmed that it does not have, and none is there twice.

One test for each row of the table of scenarios, so that none can be forgotten; `docs/hostile-sis.md` says what became
of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs.hostile_reference import PAGE, line
from hostile_grades import GradedDistrict
from sis_connect.sandbox.sis.hostility import GRADE_SCENARIOS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> GradedDistrict:
    return GradedDistrict(tmp_path_factory.mktemp("graded"))


@pytest.mark.parametrize("name", GRADE_SCENARIOS)
def test_no_grade_is_confirmed_that_the_sis_does_not_have(district: GradedDistrict, name: str, tmp_path: Path) -> None:
    outcome = district.meet(GRADE_SCENARIOS[name], tmp_path / "run")
    assert line(GRADE_SCENARIOS[name], outcome) in PAGE.read_text(encoding="utf-8").splitlines(), (
        "renew the page: ./dev run python tests/docs/hostile_reference.py"
    )
