"""A run that has begun and not ended: how far it is, and what goes on with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sis_connect.cli.advice import command, shown
from sis_connect.errors import PlanError, StoreError
from sis_connect.store.journal import RunJournal
from sis_connect.sync.changes import Action

if TYPE_CHECKING:
    from sis_connect.cli.options import Options
    from sis_connect.runs.runner import Runner
    from sis_connect.store.ledger import Run


def is_at_work(runner: Runner) -> bool:
    """True while a process holds the data folder: a run that has not ended is under way then, else interrupted."""
    try:
        with runner.folder.locked():
            return False
    except StoreError:
        return True


def told(runner: Runner, run: Run) -> str:
    """A sentence: which plan, since when, and how much of it is done."""
    since = datetime.fromisoformat(run.started_at)
    state = "under way" if is_at_work(runner) else "unfinished"
    return f"A run of plan {shown(run.plan)} is {state} since {since:%d %B %Y at %H:%M} UTC{_progress(runner, run)}."


def going_on(options: Options, run: Run) -> str:
    """The command that goes on with a run."""
    return command(options, "apply", shown(run.plan))


def unfinished(options: Options, runner: Runner, run: Run) -> PlanError:
    """The error of asking for the report of a run that has not ended."""
    return PlanError(
        told(runner, run), where=str(runner.folder.root), fix=f"`{going_on(options, run)}` goes on with it."
    )


def _progress(runner: Runner, run: Run) -> str:
    """How many changes have an outcome, and of how many where the plan alone says so."""
    known = sum(_rows(entry) for entry in RunJournal(runner.database, run.id).iter_outcomes())
    try:
        plan = runner.find_plan(run.plan)
    except PlanError:
        return f", {known:,} changes done"
    if run.approvals or runner.ledger.runs_of(run.plan):
        return f", {known:,} changes done"
    quiet = (Action.LINK, Action.RELEASE)
    total = sum(counts.changes - counts.held for counts in plan.counts if counts.action not in quiet)
    return f", {known:,} of {total:,} changes done"


def _rows(entry: dict[str, object]) -> int:
    rows = entry["rows"]
    return len(rows) if isinstance(rows, list) else 0
