"""`apply` and `sync`: changes go to the LMS, and the report says what became of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.bootstrap import open_district
from sis_connect.cli.actions.reports import find_run, report_document
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.plans import show_next
from sis_connect.cli.showing.reports import show_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sis_connect.cli.options import Options
    from sis_connect.report import Report
    from sis_connect.runs.progress import Progress
    from sis_connect.runs.runner import Runner


def run_apply(options: Options, plan: str | None, *, close: bool) -> ExitCode:
    """Carry out a plan, or close the run that was interrupted; WAITING when something waits for a person."""

    def act(runner: Runner, progress: Progress) -> Report:
        if close:
            return runner.close(progress=progress)
        interrupted = runner.ledger.open_run()
        return runner.apply(plan or (interrupted.plan if interrupted else None), progress=progress)

    return _run(options, "apply", act)


def run_sync(options: Options, package: Path) -> ExitCode:
    """Plan a package and carry out what nothing holds; WAITING when something waits for a person."""
    return _run(options, "sync", lambda runner, progress: runner.sync(package, progress=progress))


def _run(options: Options, name: str, act: Callable[[Runner, Progress], Report]) -> ExitCode:
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(options.data, options.rules) as district:
        with screen.progress() as progress:
            report = act(district.runner, progress)
        document = report_document(options, name, district.runner, find_run(district.runner, report.run))
    screen.document(document)
    show_report(screen, document)
    show_next(screen, document.next)
    return ExitCode(document.exit_code)
