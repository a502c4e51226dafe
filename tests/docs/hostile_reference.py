"""`docs/hostile-sis.md`, made from the table of scenarios and from what becomes of each: run this to renew it."""

from __future__ import annotations

import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.sandbox.sis.hostile.choosing import SCENARIO_HEADER
from sis_connect.sandbox.sis.hostility import GRADE_SCENARIOS, ROSTER_SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hostile_grades import Outcome as GradeOutcome
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

_ABOUT_GRADES = """\
## What becomes of grades

The same provider can mistreat grades that are put into its gradebook. For each of these scenarios a test sends the
grades of two classes by the whole path, plan, ledger and reading back included. A run ends in one of these ways, and
never with a grade that counts as confirmed and is not in the records of the SIS as it was sent:

- SIS Connect *confirms every grade*, because it has read each of them back;
- it *confirms the grades that the SIS has*, or *none*, and says of each of the others by a code what became of it;
- all of them *wait for the next run*, to be sent or to be read.

Then the provider behaves again, and one more run leaves every grade there exactly once."""

_HEAD = ("scenario", "what the SIS does", "learned from", "what SIS Connect does", "codes")


def page(outcomes: Mapping[str, Outcome | GradeOutcome]) -> str:
    """The whole page; `outcomes` by the names of all scenarios."""
    parts = [_ABOUT, *_tables(ROSTER_SCENARIOS, outcomes), _ABOUT_GRADES, *_tables(GRADE_SCENARIOS, outcomes)]
    return "\n\n".join(parts) + "\n"


def _tables(scenarios: Mapping[str, Scenario], outcomes: Mapping[str, Outcome | GradeOutcome]) -> Iterator[str]:
    for theme, some in groupby(scenarios.values(), lambda scenario: scenario.theme):
        rows = [line(scenario, outcomes[scenario.name]) for scenario in some]
        yield f"## {theme}"
        yield "\n".join((_line(_HEAD), _line(["---"] * len(_HEAD)), *rows))


def line(scenario: Scenario, outcome: Outcome | GradeOutcome) -> str:
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
    from hostile_grades import GradedDistrict
    from hostile_side import a_hostile_district

    outcomes: dict[str, Outcome | GradeOutcome] = {}
    with tempfile.TemporaryDirectory() as folder, a_hostile_district(Path(folder) / "district") as district:
        outcomes |= {name: district.meet(row, Path(folder) / name) for name, row in ROSTER_SCENARIOS.items()}
        graded = GradedDistrict(Path(folder) / "graded")
        outcomes |= {name: graded.meet(row, Path(folder) / name) for name, row in GRADE_SCENARIOS.items()}
    PAGE.write_text(page(outcomes), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    _renew()
