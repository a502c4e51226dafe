"""`report`: runs and their reports, and what others made in the LMS."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from sis_connect.bootstrap import open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.actions.reports import find_run, report_document
from sis_connect.cli.actions.unfinished import going_on, is_at_work, told
from sis_connect.cli.csv_files import write_csv
from sis_connect.cli.documents import ForeignDocument, ForeignThing, RunLine, RunsDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.screen import WARN, Screen, line
from sis_connect.cli.showing.foreign import show_foreign
from sis_connect.cli.showing.plans import show_next
from sis_connect.cli.showing.reports import NAMED, show_report, show_runs
from sis_connect.report import Report
from sis_connect.runs.foreign import find_foreign
from sis_connect.store.ledger import RunState

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.cli.options import Options
    from sis_connect.runs.runner import Runner
    from sis_connect.store.ledger import Run

_COUNTS = ("entity", "received", "applied", "unchanged", "held", "quarantined", "out_of_scope")
_REFUSED = ("kind", "key", "code", "title", "fix", "message")
_RUNS = ("run", "state", "plan", "started_at", "ended_at", "applied", "held", "refused")
_FOREIGN = ("kind", "title", "key", "lms_id", "within", "is_linked")


def run_report(options: Options, run: str | None, csv_file: Path | None, *, all_refused: bool) -> ExitCode:
    """Show one run."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district:
        runner = district.runner
        document = report_document(options, "report", runner, find_run(options, runner, run))
        open_run = runner.ledger.open_run() if run is None else None
        if open_run is not None:
            screen.show(line(("! ", WARN), told(runner, open_run)), "")
            document = msgspec.structs.replace(document, next=(going_on(options, open_run), *document.next))
    if csv_file is not None:
        listed, columns = (document.refused, _REFUSED) if all_refused else (document.records, _COUNTS)
        _write(csv_file, columns, listed)
    screen.document(document)
    show_report(screen, document, refused=None if all_refused else NAMED)
    show_next(screen, document.next)
    return ExitCode.OK


def run_list(options: Options, csv_file: Path | None) -> ExitCode:
    """Show all runs."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district:
        document = RunsDocument("report", ExitCode.OK, _run_lines(district.runner))
    if csv_file is not None:
        _write(csv_file, _RUNS, document.runs)
    screen.document(document)
    show_runs(screen, document.runs)
    return ExitCode.OK


def run_foreign(options: Options, csv_file: Path | None) -> ExitCode:
    """Show what others made in the LMS."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district, screen.progress() as progress:
        found = find_foreign(district.runner, district.open_target, progress)
    things = tuple(ForeignThing(one.kind, one.title, one.key, one.lms_id, one.within, one.is_linked) for one in found)
    counts: dict[str, int] = {}
    for thing in things:
        counts[thing.kind] = counts.get(thing.kind, 0) + 1
    document = ForeignDocument("report", ExitCode.OK, counts, things)
    if csv_file is not None:
        _write(csv_file, _FOREIGN, things)
    screen.document(document)
    show_foreign(screen, document)
    return ExitCode.OK


def _run_lines(runner: Runner) -> tuple[RunLine, ...]:
    runs = runner.ledger.runs()
    at_work = any(run.state is RunState.RUNNING for run in runs) and is_at_work(runner)
    return tuple(_run_line(run, at_work=at_work) for run in runs)


def _run_line(run: Run, *, at_work: bool) -> RunLine:
    changes = msgspec.json.decode(run.report, type=Report).changes if run.report else ()
    return RunLine(
        run=run.id,
        state="interrupted" if run.state is RunState.RUNNING and not at_work else run.state,
        plan=run.plan,
        started_at=datetime.fromisoformat(run.started_at),
        ended_at=datetime.fromisoformat(run.ended_at) if run.ended_at else None,
        applied=sum(counts.applied for counts in changes),
        held=sum(counts.held for counts in changes),
        refused=sum(counts.refused for counts in changes),
    )


def _write(path: Path, columns: tuple[str, ...], listed: tuple[msgspec.Struct, ...]) -> None:
    write_csv(path, columns, ([getattr(one, column) for column in columns] for one in listed))
