"""The district every test of this step breaks in its own place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checked_district import District

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def district(tmp_path: Path) -> District:
    return District(tmp_path)
