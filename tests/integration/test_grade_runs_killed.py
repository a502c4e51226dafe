"""A process that sends grades is killed, wherever it is: the next one goes on, nothing is written twice or lost.

Real processes that get a real SIGKILL, a real SIS that goes on living, the real command's own path through
`open_district`.
"""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from grade_side import DAY, EVENING, EVERYTHING, GradingDistrict, a_grading_district
from killed_sender import Death, WatchedSis
from sis_connect.grades.plan import GradePlan
from sis_connect.sandbox.sis import SisSettings
from sis_connect.store.ledger import RunState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.grades.receipts import LineItemReceipt, Receipt
    from sis_connect.runs.grade_passback import GradePassback

pytestmark = pytest.mark.slow

KEEP = "sis_connect.store.grade_receipts:GradeReceipts.keep"
LEDGER = "sis_connect.store.grade_ledger:GradeLedger"
DEATHS = [
    Death(f"{LEDGER}.record_plan", after=True),
    Death(f"{LEDGER}.begin_run", after=True),
    Death("putCategory", after=True),
    Death("putLineItem", 3, after=True),
    Death("getLineItemsForClass", 2),
    Death("putResult"),
    Death("putResult", 20, after=True),
    Death(KEEP, 6),
    Death(KEEP, 7, after=True),
    Death("getResultsForLineItemForClass", 5),
    Death(f"{LEDGER}.end_run"),
    Death(f"{LEDGER}.end_run", after=True),
]
#: Operations at which a process dies when chance decides.
CHANCES = [("putLineItem", 15), ("putResult", 60), ("getResultsForLineItemForClass", 15), (KEEP, 8)]
HALF = 0.5
#: Changes that are written down together.
CHUNK = 64
GRADEBOOK = ("categories", "lineItems", "results")


@dataclass
class Evening:
    """A district with grades of two days, of which the SIS has the first."""

    district: GradingDistrict
    watched: WatchedSis
    #: What the SIS held before the second day is sent.
    before: dict[str, list[dict[str, str | None]]]
    #: What an undisturbed run left.
    calm: Left | None = None

    def held(self) -> dict[str, list[dict[str, str | None]]]:
        with self.district.sis.records.together() as writing:
            rows = {name: writing.find(name) for name in GRADEBOOK}
        return {name: [{**row, "date_last_modified": None} for row in rows[name]] for name in GRADEBOOK}

    def begin_again(self, folder: Path) -> GradingDistrict:
        """The evening before the second day is sent, in another folder."""
        with self.district.sis.records.together() as writing:
            for name in GRADEBOOK:
                writing.remove(name, [str(row["sourced_id"]) for row in writing.find(name)])
                for row in self.before[name]:
                    writing.put(name, row)
        self.watched.written.clear()
        self.watched.let_anybody_in()
        shutil.copytree(self.district.folder / "data", folder / "data")
        return replace(self.district, folder=folder)

    def finish(self, district: GradingDistrict) -> Left:
        """The grades are sent, in the second run that there is; what is there then."""
        with district.opened() as opened:
            opened.grades.send(EVERYTHING)
            reports = [run.report for run in opened.grades.ledger.runs() if run.state is RunState.FINISHED]
            assert len(reports) == 2, reports
            assert opened.grades.ledger.open_run() is None
            assert opened.grades.audit.verify() is None
            return Left(self.held(), _receipts(opened.grades), _report(opened.grades))


@dataclass(frozen=True)
class Left:
    """What is there after a run: in the SIS, in the receipts, in the report; without the names of runs."""

    sis: dict[str, list[dict[str, str | None]]]
    receipts: list[LineItemReceipt | Receipt]
    report: dict[str, object]


def _receipts(grades: GradePassback) -> list[LineItemReceipt | Receipt]:
    kept = grades.ledger.receipts
    found: list[LineItemReceipt | Receipt] = []
    for key in grades.looked_at():
        found += [replace(receipt, run=None) for _, receipt in sorted(kept.line_items(key).items())]
        found += [replace(receipt, run=None) for _, receipt in sorted(kept.results(key).items())]
    return found


def _report(grades: GradePassback) -> dict[str, object]:
    run = grades.ledger.runs(1)[0]
    assert run.report is not None
    return {**msgspec.json.decode(run.report), "run": None}


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    """Two days of lessons; on the second, grades of the first were changed."""
    watched = WatchedSis()
    watched.let_anybody_in()
    folder = tmp_path_factory.mktemp("evening")
    with a_grading_district(folder, provider=SisSettings(layers=(watched.layer,))) as district:
        district.schoology.teach_a_day(DAY, oddities=(), sections=5)
        district.send()
        district.now = EVENING + timedelta(days=1)
        district.schoology.teach_a_day(DAY + timedelta(days=1), seed=2, oddities=(), sections=9, items=2)
        found = Evening(district, watched, {})
        found.before = found.held()
        calm = found.begin_again(folder / "calm")
        found.calm = found.finish(calm)
        yield found


def test_the_undisturbed_run_has_something_of_everything(evening: Evening, tmp_path: Path) -> None:
    """So that whatever is cut off below was about to happen; after it nothing is left to be sent."""
    assert evening.calm is not None
    assert all(len(evening.calm.sis[name]) > len(evening.before[name]) for name in GRADEBOOK)
    known = {row["sourced_id"]: row for row in evening.before["results"]}
    changed = [row for row in evening.calm.sis["results"] if known.get(row["sourced_id"], row) != row]
    assert changed
    results = evening.calm.report["results"]
    assert isinstance(results, int)
    assert results > CHUNK
    district = evening.begin_again(tmp_path)
    assert evening.finish(district) == evening.calm
    assert set(evening.watched.written.values()) == {1}
    with district.opened() as opened:
        assert isinstance(opened.grades.send(EVERYTHING), GradePlan)


def _by_chance(seed: int) -> Death:
    chance = random.Random(seed)  # noqa: S311  # a place, not a secret
    call, highest = chance.choice(CHANCES)
    return Death(call, chance.randint(1, highest), after=chance.random() < HALF)


@pytest.mark.parametrize("death", list(dict.fromkeys([*DEATHS, *map(_by_chance, range(3))])), ids=str)
def test_whenever_a_run_is_killed_the_next_one_ends_as_if_nothing_had_been(
    evening: Evening, tmp_path: Path, death: Death
) -> None:
    """The same in the SIS, in every receipt, in the report; each record was written exactly once."""
    district = evening.begin_again(tmp_path)
    evening.watched.send_and_die(district, death)
    assert evening.finish(district) == evening.calm
    assert set(evening.watched.written.values()) == {1}


def test_a_run_that_is_killed_again_and_again_comes_to_its_end(evening: Evening, tmp_path: Path) -> None:
    district = evening.begin_again(tmp_path)
    chance = random.Random(5)  # noqa: S311  # a place, not a secret
    for call, step in (("putLineItem", 4), ("putResult", 30), (KEEP, 2), ("putResult", 30)):
        evening.watched.send_and_die(district, Death(call, chance.randint(1, step), after=chance.random() < HALF))
    assert evening.finish(district) == evening.calm
    assert set(evening.watched.written.values()) == {1}
