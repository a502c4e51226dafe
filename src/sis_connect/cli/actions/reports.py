"""A run's report as a document: with the words of codes, and with what still waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sis_connect.bootstrap import refusal_in_words
from sis_connect.cli.actions.totals import totals_of
from sis_connect.cli.actions.unfinished import unfinished
from sis_connect.cli.advice import as_called, command, completed, shown
from sis_connect.cli.documents import RefusedInWords, ReportDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.errors import PlanError, StoreError
from sis_connect.report import Report
from sis_connect.runs.listing import HeldGroup, group_of_hold, open_listing

if TYPE_CHECKING:
    from sis_connect.cli.options import Options
    from sis_connect.report import RefusedChange
    from sis_connect.runs.runner import Runner
    from sis_connect.store.ledger import Run


def find_run(options: Options, runner: Runner, wanted: str | None) -> Run:
    """The run of that name, or whose name begins so, or the latest that has ended; PlanError when there is none."""
    runs = runner.ledger.runs()
    open_run = runner.ledger.open_run()
    if wanted in (None, "latest"):
        found = [run for run in runs if run.report is not None][:1]
        if not found and open_run is not None:
            raise unfinished(options, runner, open_run)
    else:
        found = [run for run in runs if run.id.startswith(str(wanted))]
    if len(found) != 1:
        what = f"{'More than one' if found else 'No'} run is called {wanted!r}." if wanted else "Nothing was run yet."
        raise PlanError(what, where=str(runner.folder.root), fix="`sis-connect report --list` shows all runs.")
    if found[0].report is None:
        raise unfinished(options, runner, found[0])
    return found[0]


def report_document(options: Options, name: str, runner: Runner, run: Run) -> ReportDocument:
    """The document of an ended run under the command `name`."""
    report = msgspec.json.decode(run.report or b"", type=Report)
    held, titles = _read_plan(runner, run, report)
    causes = dict.fromkeys(group.cause for group in held if group.is_approvable)
    approvals = [
        command(options, "approve", shown(report.plan), "--cause", cause, "--by", "NAME", "--because", "REASON")
        for cause in causes
    ]
    again = [command(options, "apply", shown(report.plan))] if approvals else []
    return ReportDocument(
        command=name,
        exit_code=ExitCode.WAITING if report.needs_a_person and name != "report" else ExitCode.OK,
        run=run.id,
        state=run.state,
        plan=report.plan,
        as_of=report.as_of,
        started_at=report.started_at,
        ended_at=report.ended_at,
        adds_up=all(counts.adds_up for counts in report.records),
        records=report.records,
        changes=report.changes,
        held=held,
        refused=tuple(_in_words(options, one, titles) for one in report.refused),
        findings=totals_of(report.findings),
        next=(*approvals, *again),
        changed_settings=report.changed_settings,
        origin=report.origin,
        origin_change=report.origin_change,
    )


def _read_plan(runner: Runner, run: Run, report: Report) -> tuple[tuple[HeldGroup, ...], dict[tuple[str, str], str]]:
    """What waits, and names of what was refused; without names while others are at work, or once the plan is gone."""
    try:
        with open_listing(runner, runner.find_plan(report.plan)) as listing:
            return listing.held(run.approvals), listing.titles_of(report.refused)
    except (PlanError, StoreError):
        return tuple(map(group_of_hold, report.holds)), {}


def _in_words(options: Options, refused: RefusedChange, titles: dict[tuple[str, str], str]) -> RefusedInWords:
    what, fix = refusal_in_words(refused.code)
    fix = as_called(completed(options, fix))
    name = titles.get((refused.kind, refused.key), refused.key)
    return RefusedInWords(refused.kind, refused.key, refused.code, what, fix, refused.message, name)
