"""`sis-connect report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import Options, common_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Show what became of every record in a run, and what waits for a person.

RUN is a run's name or its beginning; without it the latest run is shown. --foreign looks through Schoology and lists
what SIS Connect did not make: hand-made courses and sections, people, and members added by hand. All of that is left
alone.

\b
Example:
  sis-connect report
  sis-connect report --list
  sis-connect report --foreign --csv made-by-others.csv
"""


@click.command(help=_HELP)
@click.argument("run", required=False)
@click.option("--list", "is_list", is_flag=True, help="List all runs, newest first.")
@click.option("--refused", "is_refused", is_flag=True, help="Name every change that Schoology refused.")
@click.option("--foreign", "is_foreign", is_flag=True, help="List what others made in Schoology.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the list (runs, refused changes, foreign things; else the counts) to a CSV file too.",
)
@common_options
def report(
    options: Options, run: str | None, *, is_list: bool, is_refused: bool, is_foreign: bool, csv_file: Path | None
) -> ExitCode:
    if is_list + is_refused + is_foreign > 1 or (run is not None and (is_list or is_foreign)):
        raise click.UsageError("--list, --refused and --foreign exclude one another; --list and --foreign take no RUN.")
    from sis_connect.cli.actions import report as action  # noqa: PLC0415  # help must not wait for the engine

    if is_list:
        return action.run_list(options, csv_file)
    if is_foreign:
        return action.run_foreign(options, csv_file)
    return action.run_report(options, run, csv_file, all_refused=is_refused)
