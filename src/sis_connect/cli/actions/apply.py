"""`apply` and `sync`: changes go to the LMS, and the report says what became of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.bootstrap import open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.actions.reports import find_run, report_document
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.screen import GOOD, Screen, counted, line
from sis_connect.cli.showing.plans import show_next
from sis_connect.cli.showing.reports import show_report

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.cli.options import Options
    from sis_connect.progress import Progress
    from sis_connect.report import Report
    from sis_connect.runs.runner import Runner


def run_apply(options: Options, plan: str | None, *, close: bool) -> ExitCode:
    """Carry out a plan, or close the run that was interrupted; WAITING when something waits for a person."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district:
        with screen.progress() as progress:
            report = _close_or_apply(district.runner, plan, progress, close=close)
        return _show(screen, options, "apply", district.runner, report)


def run_sync(
    options: Options, package: Path | None, *, retry_refused: bool, another_district: bool = False
) -> ExitCode:
    """Plan a package, or what the SIS says, and carry out what nothing holds; WAITING when something waits."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(options.data, options.rules) as district:
        _finish_interrupted(screen, district.runner)
        with screen.progress() as progress:
            report = district.runner.sync(
                package, retry_refused=retry_refused, another_district=another_district, progress=progress
            )
        return _show(screen, options, "sync", district.runner, report)


def _close_or_apply(runner: Runner, plan: str | None, progress: Progress, *, close: bool) -> Report:
    if close:
        return runner.close(progress=progress)
    interrupted = runner.ledger.open_run()
    return runner.apply(plan or (interrupted.plan if interrupted else None), progress=progress)


def _finish_interrupted(screen: Screen, runner: Runner) -> None:
    """The run that was interrupted has ended, and what it wrote was told."""
    interrupted = runner.ledger.open_run()
    if interrupted is None:
        return
    with screen.progress() as progress:
        report = runner.apply(interrupted.plan, progress=progress)
    written = counted(sum(counts.applied for counts in report.changes), "change")
    screen.show(line(("✓ ", GOOD), f"Finished the interrupted run {report.run}: {written} written."), "")


def _show(screen: Screen, options: Options, name: str, runner: Runner, report: Report) -> ExitCode:
    document = report_document(options, name, runner, find_run(options, runner, report.run))
    screen.document(document)
    show_report(screen, document, is_brief=options.quiet)
    show_next(screen, document.next)
    return ExitCode(document.exit_code)
