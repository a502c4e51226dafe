"""The roster path as a process of its own: read, check, shape, plan; against nothing, or against a district at work.

Usage: python -m bench.roster_path plan PACKAGE DATA [--memory 1GB] [--threads 2]
       python -m bench.roster_path land PACKAGE DATA [...]

`plan` makes the plan of a package in the data folder DATA, as `sis-connect plan --offline` does. `land` applies a
package to an LMS that takes everything at once, so that later plans start from a district at work.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.frames import Limits
from sis_connect.runs.runner import Runner, RunSettings
from sis_connect.sandbox.district import DEFAULT_SCHOOL_YEAR
from sis_connect.sis.csv_source import PackageSource
from sis_connect.store.folder import DataFolder
from sis_connect.sync.changes import Action, Outcome, OutcomeState
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan import Ownership
from sis_connect.sync.plan.guard import GuardRules
from sis_connect.sync.shape.rules import DistrictRules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sis_connect.sync.changes import Change, Holding, Links

#: A day in the fall of the seeded districts' school year.
TODAY = datetime(DEFAULT_SCHOOL_YEAR - 1, 10, 1, 3, tzinfo=UTC)


class TakesEverything:
    """An LMS that does at once whatever it is told, in batches large enough not to be what is measured."""

    def __init__(self) -> None:
        """An LMS that gives out ids from 1."""
        self._ids = count(1)

    def batch_size(self, kind: Kind, action: Action) -> int:
        """Far more than a real one allows."""
        return 5_000

    def write(self, batch: Sequence[Change], links: Links) -> list[Outcome]:
        """Everything is applied."""
        if batch[0].kind is Kind.ENROLLMENTS:
            return [Outcome(OutcomeState.APPLIED)] * len(batch)
        return [Outcome(OutcomeState.APPLIED, lms_id=change.lms_id or str(next(self._ids))) for change in batch]

    def look(self, batch: Sequence[Change], links: Links) -> list[Outcome | None]:
        """Nothing is ever lost."""
        return [None] * len(batch)

    def survey(self, kinds: Collection[Kind]) -> Iterator[Holding]:
        """Nothing was there before."""
        return iter(())

    def roles(self) -> None:
        """Any will do."""

    def members(self, class_lms_ids: Iterable[str]) -> Iterator[Holding]:
        """Nobody was there before."""
        return iter(())


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["plan", "land"])
    parser.add_argument("package", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    folder = DataFolder(options.data)
    limits = Limits(memory=options.memory, threads=options.threads, spill_folder=folder.spill)
    settings = RunSettings(DistrictRules(), GuardRules(), Ownership(), limits, strict=False)
    runner = Runner(
        folder,
        settings,
        open_source=lambda _: PackageSource(options.package),
        open_target=TakesEverything,
        now=lambda: TODAY,
    )
    if options.what == "land":
        runner.sync(options.package)
        return
    plan = runner.plan(options.package, offline=True)
    print(f"{sum(count.changes for count in plan.counts)} changes, {plan.held} held, plan {plan.digest[:12]}")


if __name__ == "__main__":
    main()
