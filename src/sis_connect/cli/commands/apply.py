"""`sis-connect apply`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import Options, common_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Carry out a plan: exactly the changes that were sealed, and of the held ones those that were approved.

PLAN is the beginning of a plan's name; without it the run that was interrupted goes on, or else the latest plan is
carried out. Every batch is written down before it is sent, so an interrupted run goes on where it stopped and writes
nothing twice. What Schoology refuses does not stop the rest.

\b
Example:
  sis-connect apply 3f9c1a2b
"""


@click.command(help=_HELP)
@click.argument("plan", required=False)
@click.option("--close", is_flag=True, help="End the interrupted run: look for what was sent, send nothing more.")
@common_options
def apply(options: Options, plan: str | None, *, close: bool) -> ExitCode:
    if close and plan is not None:
        raise click.UsageError("--close ends the run that was interrupted; it takes no PLAN.")
    from sis_connect.cli.actions.apply import run_apply  # noqa: PLC0415  # help must not wait for the engine

    return run_apply(options, plan, close=close)
