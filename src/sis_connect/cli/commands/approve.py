"""`sis-connect approve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import KINDS, KindName, Options, common_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Let held changes of a plan through; `apply` then carries them out.

PLAN is the beginning of a plan's name, or the latest plan. Say which changes you mean: by cause, kind or school, or
--all of them. Your name and your reason are kept with the run. An approval holds for this plan alone: tomorrow's
package is judged anew.

\b
Example:
  sis-connect approve 3f9c --cause guard.class --by "Ada Quill" --because "class split"
"""


@click.command(help=_HELP)
@click.argument("plan", required=False)
@click.option("--cause", metavar="CAUSE", help="Changes held for this cause, such as guard.class.")
@click.option("--kind", type=KindName(), metavar="KIND", help=f"Changes of this kind: {', '.join(KINDS)}.")
@click.option("--school", metavar="KEY", help="Changes of this school, by its sourcedId.")
@click.option("--all", "everything", is_flag=True, help="Every held change that a person may let through.")
@click.option("--by", metavar="NAME", help="Who lets them through; needed.")
@click.option("--because", metavar="TEXT", help="Why it is right; needed.")
@click.option("--dry-run", is_flag=True, help="Only show what would be let through.")
@common_options
def approve(
    options: Options,
    plan: str | None,
    *,
    cause: str | None,
    kind: str | None,
    school: str | None,
    everything: bool,
    by: str | None,
    because: str | None,
    dry_run: bool,
) -> ExitCode:
    by, because = (by or "").strip(), (because or "").strip()
    wanting = []
    if everything is any((cause, kind, school)):
        wanting.append("Say which changes: --cause, --kind and --school narrow them down, or --all alone.")
    if not by or not because:
        missing = " and ".join(name for name, said in (("--by NAME", by), ("--because TEXT", because)) if not said)
        wanting.append(f"Say who and why, which is kept with the run: {missing}.")
    if wanting:
        raise click.UsageError(" ".join(wanting))
    from sis_connect.cli.actions.approve import run_approve  # noqa: PLC0415  # help must not wait for the engine

    return run_approve(options, plan, cause=cause, kind=kind, school=school, by=by, because=because, dry_run=dry_run)
