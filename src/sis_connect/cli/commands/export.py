"""`sis-connect export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import Options, common_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Write a roster as a strict OneRoster 1.1 bulk package, mended where it can be mended.

\b
  sis-connect export PACKAGE TO     what can be used of a package
  sis-connect export --current TO   the roster as last planned, deltas merged in

TO is a zip file by its name, or else a new folder. Repairs are written as the standard wants them, records that
cannot be used are left out and counted, passwords are never written, and only you can read what is written. A package
that brings only changes is merged with the roster as last planned.

\b
Example:
  sis-connect export oneroster.zip mended.zip
"""


@click.command(help=_HELP)
@click.argument("paths", nargs=-1, metavar="[PACKAGE] TO", type=click.Path(path_type=Path))
@click.option("--current", is_flag=True, help="The roster as last planned, in place of PACKAGE.")
@click.option("--force", is_flag=True, help="Replace the package that TO holds already.")
@common_options
def export(options: Options, paths: tuple[Path, ...], *, current: bool, force: bool) -> ExitCode:
    if len(paths) != (1 if current else 2):
        raise click.UsageError("Name a PACKAGE, or --current in its place, and where TO write.")
    from sis_connect.cli.actions.export import run_export  # noqa: PLC0415  # help must not wait for the engine

    return run_export(options, None if current else paths[0], paths[-1], force=force)
