"""`sis-connect plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import KINDS, KindName, Options, another_district_option, common_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Show what a roster would do to Schoology, and seal it as a plan.

PACKAGE is a zip file or a folder; without it the SIS of the rules (`sis.url`) is asked over REST. With --latest, or
where there is no such SIS, the latest plan is shown once more. First come counts for each kind and action, then what
is held back and why, then the people and classes behind the counts, removals and held ones first. Nothing is changed
in Schoology. The plan's name (its digest) stands for exactly this set of changes; `apply` takes it.

Schoology is looked at before the first run, when a new school or term comes up, and while others have something under
a code of ours, so that what others made there is found and left alone. What Schoology refused before waits until
something about it changes, or for some nights (`refusals.retry_after_nights`).

A roster of another district than the one applied before is refused: none of its orgs is known. Where that is wanted,
--another-district confirms it.

\b
Example:
  sis-connect plan oneroster.zip
  sis-connect plan --latest --list enrollments --school SCHOOL-7 --limit 200
"""


@click.command(help=_HELP)
@click.argument("package", required=False, type=click.Path(path_type=Path))
@click.option("--latest", is_flag=True, help="Show the latest plan once more; nothing is read.")
@click.option("--offline", is_flag=True, help="Do not look at Schoology: everything new is taken as not there yet.")
@click.option("--survey", is_flag=True, help="Look through all of Schoology again for what others made.")
@click.option("--retry-refused", is_flag=True, help="Send again what Schoology refused before, changed or not.")
@another_district_option
@click.option("--list", "kind", type=KindName(), metavar="KIND", help=f"List this kind only: {', '.join(KINDS)}.")
@click.option("--school", metavar="KEY", help="List changes of this school only, by its sourcedId.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="Changes listed of each kind.",
)
@common_options
def plan(
    options: Options,
    package: Path | None,
    *,
    latest: bool,
    offline: bool,
    survey: bool,
    retry_refused: bool,
    another_district: bool,
    kind: str | None,
    school: str | None,
    limit: int,
) -> ExitCode:
    if latest and package is not None:
        raise click.UsageError("--latest shows the plan that is there; it takes no PACKAGE.")
    from sis_connect.cli.actions.plan import PlanRequest, run_plan  # noqa: PLC0415  # help must not wait for the engine

    request = PlanRequest(latest, offline, survey, retry_refused, another_district)
    return run_plan(options, package, request, kind=kind, school=school, limit=limit)
