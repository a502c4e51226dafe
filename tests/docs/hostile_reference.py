"""`docs/hostile-sis.md`, made from the table of scenarios and from what becomes of each: run this to renew it."""

from __future__ import annotations

import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.sandbox.sis.hostile.choosing import SCENARIO_HEADER
from sis_connect.sandbox.sis.hostility import ROSTER_SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hostile_side import Outcome
    from sis_connect.sandbox.sis.hostile.scenario import Scenario

PAGE = Path(__file__).resolve().parents[2] / "docs" / "hostile-sis.md"

_ABOUT = f"""\
# What a hostile SIS can do, and what becomes of it

Every service differs from the standard somewhere, and some do it where it costs people their classes. The reference
provider of the sandbox can do all of it on purpose, and for each scenario a test lets SIS Connect pull a small district
from it. A night ends in one of these ways, and never in a shorter roster that is believed:

- SIS Connect *reads the roster*, row for row what the SIS holds, and names what it tolerated;
- it *refuses*, by a code that says why, and nothing is written to the LMS;
- where the SIS itself holds less than it should, or gives less and says so, SIS Connect reads what there is and goes on
  to the LMS: *nobody is taken out by it*, or *what looks wrong waits for a person*.

This page is made from the answers of those tests; the codes are explained in [Findings](findings.md).

A scenario is chosen for one request by a header, `{SCENARIO_HEADER}: limit_clamped; rows=5; seed=2`, or for the whole
provider with the same words, by `POST /_sandbox/scenario`. The same seed does the same. Numbers have the values told
here unless chosen; `times=0` is without an end. Scenarios marked with * change the data, or the token endpoint, and are
chosen for the whole provider."""

_HEAD = ("scenario", "what the SIS does", "learned from", "what SIS Connect does", "codes")


def page(outcomes: Mapping[str, Outcome]) -> str:
    """The whole page; `outcomes` by the names of all scenarios."""
    parts = [_ABOUT]
    for theme, scenarios in groupby(ROSTER_SCENARIOS.values(), lambda scenario: scenario.theme):
        rows = [line(scenario, outcomes[scenario.name]) for scenario in scenarios]
        parts += [f"## {theme}", "\n".join((_line(_HEAD), _line(["---"] * len(_HEAD)), *rows))]
    return "\n\n".join(parts) + "\n"


def line(scenario: Scenario, outcome: Outcome) -> str:
    """The row of one scenario."""
    codes = ", ".join(f"`{code}`" for code in outcome.codes)
    return _line((*told(scenario), outcome.end, codes))


def told(scenario: Scenario) -> tuple[str, str, str]:
    """What a row says without any pull."""
    mark = "*" if scenario.is_of_the_whole else ""
    return f"`{scenario.name}`{mark}", scenario.in_words(), scenario.origin


def rows_of_the_page() -> list[list[str]]:
    """The cells of every row as the page has them."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split(" | ")] for line in lines if line.startswith("| `")]


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _renew() -> None:
    from hostile_side import a_hostile_district

    with tempfile.TemporaryDirectory() as folder, a_hostile_district(Path(folder) / "district") as district:
        outcomes = {name: district.meet(row, Path(folder) / name) for name, row in ROSTER_SCENARIOS.items()}
    PAGE.write_text(page(outcomes), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    _renew()
