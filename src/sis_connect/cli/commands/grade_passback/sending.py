"""`sis-connect grades plan`, `approve` and `send`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sis_connect.cli.commands.grade_passback.selecting import Selection, selecting_options
from sis_connect.cli.options import Options, common_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_PLAN = """Look at Schoology's grade books and show what would go to the SIS. Sends nothing.

Line items and results that are new, changed or gone; what waits for a person; and what the SIS is known to refuse, with
the fix beside it. The plan is kept: `send` with its name sends exactly that.

\b
Example:
  sis-connect grades plan
  sis-connect grades plan --class ALG-1 --teacher T-17
"""
_APPROVE = """Let held changes of a plan through; `send` with the plan's name then sends them.

PLAN is the beginning of a plan's name, or the latest plan. What was deleted in Schoology waits before it is taken back
in the SIS, and so does a class that would send far more than is usual for it.

\b
Example:
  sis-connect grades approve --cause grades.withdrawal --by "Ada Quill" --because "quiz was a test"
"""
_SEND = """Send grades to the SIS, read them back, and say what became of each.

PLAN is the beginning of a plan's name: exactly that is sent. Without it the grade books are looked at first, and what
nothing holds is sent. An interrupted run is finished before anything else. A refused grade does not stop the others;
exit code 6 says that something was refused or waits. What was refused waits until it changes.

\b
Example:
  sis-connect grades send
  sis-connect grades send 3f9c
  sis-connect grades send --due --quiet
"""


@click.command(help=_PLAN)
@selecting_options
@click.option("--retry-refused", is_flag=True, help="Plan what the SIS refused before, changed or not.")
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Changes to list.")
@common_options
def plan(options: Options, *, selection: Selection, retry_refused: bool, limit: int) -> ExitCode:
    from sis_connect.cli.actions.grade_passback.sending import run_plan  # noqa: PLC0415  # help must not wait

    return run_plan(options, selection, retry_refused=retry_refused, limit=limit)


@click.command(help=_APPROVE)
@click.argument("plan", required=False)
@click.option("--cause", metavar="CAUSE", help="Changes held for this cause, such as grades.withdrawal.")
@click.option("--class", "class_key", metavar="KEY", help="Changes of this class, by its sourcedId.")
@click.option("--all", "everything", is_flag=True, help="Every held change that a person may let through.")
@click.option("--by", metavar="NAME", help="Who lets them through; needed.")
@click.option("--because", metavar="TEXT", help="Why it is right; needed.")
@common_options
def approve(
    options: Options,
    plan: str | None,
    *,
    cause: str | None,
    class_key: str | None,
    everything: bool,
    by: str | None,
    because: str | None,
) -> ExitCode:
    by, because = (by or "").strip(), (because or "").strip()
    if everything is any((cause, class_key)):
        raise click.UsageError("Say which changes: --cause and --class narrow them down, or --all alone.")
    if not by or not because:
        raise click.UsageError("Say who and why, which is kept with the run: --by NAME and --because TEXT.")
    from sis_connect.cli.actions.grade_passback.sending import run_approve  # noqa: PLC0415  # as above

    return run_approve(options, plan, cause=cause, class_key=class_key, by=by, because=because)


@click.command(help=_SEND)
@click.argument("plan", required=False)
@selecting_options
@click.option("--retry-refused", is_flag=True, help="Send what the SIS refused before, changed or not.")
@common_options
def send(options: Options, plan: str | None, *, selection: Selection, retry_refused: bool) -> ExitCode:
    if plan and (selection.classes or selection.schools or selection.is_due_only or selection.is_full or retry_refused):
        raise click.UsageError("A plan that is named is sent as it is: choices belong to `grades plan`.")
    from sis_connect.cli.actions.grade_passback.sending import run_send  # noqa: PLC0415  # as above

    return run_send(options, plan, selection, retry_refused=retry_refused)
