"""`export`: what can be used of a package, or of the current roster, as a strict package."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sis_connect.bootstrap import open_district, write_package
from sis_connect.cli.actions.data_folder import data_or_scratch, known_data
from sis_connect.cli.documents import ExportDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.safe_text import harmless
from sis_connect.cli.screen import GOOD, STRONG, WARN, Screen, data, indented, line
from sis_connect.errors import PlanError
from sis_connect.runs.exporting import export

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.cli.options import Options
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.runs.runner import Runner


def run_export(options: Options, package: Path | None, to: Path, *, force: bool) -> ExitCode:
    """Write the package."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with _data(options, package) as data_folder, open_district(data_folder, options.rules) as district:
        runner = district.runner
        if package is None:
            snapshot = _current(runner)
        else:
            with screen.progress() as progress:
                snapshot = runner.check(package, limit=0, progress=progress).snapshot
        exported = export(runner, snapshot, to, write_package, force=force)
    document = ExportDocument(
        command="export",
        exit_code=ExitCode.OK,
        to=harmless(to),
        written=exported.written,
        quarantined=exported.quarantined,
        deleted=exported.deleted,
    )
    screen.document(document)
    _show(screen, document)
    return ExitCode.OK


@contextmanager
def _data(options: Options, package: Path | None) -> Iterator[Path]:
    if package is None:
        yield known_data(options)
        return
    with data_or_scratch(options) as folder:
        yield folder


def _current(runner: Runner) -> Snapshot:
    digest = runner.ledger.snapshot
    snapshot = runner.snapshots.find(digest) if digest else None
    if snapshot is None:
        raise PlanError(
            "No roster was planned yet.", where=str(runner.folder.root), fix="Name a package: export PACKAGE TO."
        )
    return snapshot


def _show(screen: Screen, document: ExportDocument) -> None:
    screen.show(line(("✓ ", GOOD), "Written to ", data(document.to, STRONG)))
    screen.show(indented(", ".join(f"{amount:,} {name}" for name, amount in document.written.items())))
    for amounts, why in ((document.quarantined, "cannot be used"), (document.deleted, "marked tobedeleted")):
        if amounts:
            told = ", ".join(f"{amount:,} {name}" for name, amount in amounts.items())
            screen.show(indented(line(("Left out: ", WARN), f"{told} ({why}).")))
