"""`sis-connect sync`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import Options, another_district_option, common_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Bring Schoology in step with a roster: check, plan, and carry out what nothing holds.

PACKAGE is a zip file or a folder; without it the SIS of the rules (`sis.url`) is asked over REST. This is the command
for every night: when nothing changed it makes no call that writes, when a run was interrupted it finishes that first,
and when the roster looks like a broken feed the risky part waits for a person while the safe part goes through (exit
code 6 then). What Schoology refused before waits, too, until something about it changes, or for some nights
(`refusals.retry_after_nights`).

\b
Example:
  sis-connect sync oneroster.zip
  sis-connect sync oneroster.zip --quiet --json > report.json
"""


@click.command(help=_HELP)
@click.argument("package", required=False, type=click.Path(path_type=Path))
@click.option("--retry-refused", is_flag=True, help="Send again what Schoology refused before, changed or not.")
@another_district_option
@common_options
def sync(options: Options, package: Path | None, *, retry_refused: bool, another_district: bool) -> ExitCode:
    from sis_connect.cli.actions.apply import run_sync  # noqa: PLC0415  # help must not wait for the engine

    return run_sync(options, package, retry_refused=retry_refused, another_district=another_district)
