"""`sis-connect check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import Options, common_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Find everything that is wrong or doubtful in a OneRoster 1.1 roster.

PACKAGE is a zip file or a folder; without it the SIS of the rules (`sis.url`) is asked over REST. Each finding says
how often it was met, where first (file, line, column and the shape of the value, never the value), who can fix it and
how. Errors quarantine a record and what depends on it; warnings and notes do not. A package that brings only changes
is laid over what was read last.

\b
Example:
  sis-connect check oneroster.zip
  sis-connect check oneroster.zip --csv findings.csv
"""


@click.command(help=_HELP)
@click.argument("package", required=False, type=click.Path(path_type=Path))
@click.option(
    "--strict", is_flag=True, help="Take the standard at its word, as a certification does: repairs are errors."
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    metavar="N",
    help="Places shown of each finding.",
)
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write all findings to a CSV file too; `occurrences` counts repeats.",
)
@common_options
def check(options: Options, package: Path | None, *, strict: bool, limit: int, csv_file: Path | None) -> ExitCode:
    from sis_connect.cli.actions.check import run_check  # noqa: PLC0415  # help must not wait for the engine

    return run_check(options, package, strict=strict, limit=limit, csv_file=csv_file)
