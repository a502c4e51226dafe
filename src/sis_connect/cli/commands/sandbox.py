"""`sis-connect sandbox`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import answer_options

if TYPE_CHECKING:
    from datetime import datetime

    from sis_connect.cli.exits import ExitCode

#: The values of `sandbox.schoology.Fault`, named here so that help loads in no time.
FAULTS = (
    "too_many_requests",
    "unavailable",
    "server_error",
    "forbidden",
    "html_page",
    "connection_cut",
    "lost_reply",
    "wrong_envelope",
    "item_failures",
    "slow",
)

#: The fields of `sandbox.schoology.Strictness`, as above.
LAX = (
    "signatures",
    "replays",
    "timestamp_order",
    "sparse_pages",
    "mixed_types",
    "redirects",
    "object_cap",
    "unique_keys",
    "section_match_by_periods",
    "hide_past_sections",
    "keep_used_periods",
    "inactive_stays_inactive",
    "parent_for_unknown_path",
    "empty_errors",
)

_HELP = """Run a look-alike of Schoology on this machine, until Ctrl-C.

It answers the calls of Schoology's REST API v1 with its manners and its rate limit, and shows schools, courses,
sections, rosters and people in a browser. It listens on this machine only. Its data is gone when it ends, unless
--data names a file.

--fault lets something go wrong now and then, to see that nothing is lost or doubled. --lax lets one of Schoology's
manners go.

With --sis a SIS runs beside it: a provider of OneRoster 1.1 over REST with all operations, which serves an invented
district or a package. It too can be made to misbehave, by the name of a scenario; docs/hostile-sis.md lists them all.
Its address is put into a rules file, ready for use. With --partner it looks like the service of that SIS: sign-in,
addresses, pages, ids and quirks, as far as they are known.

\b
Example:
  sis-connect sandbox --district 600
  sis-connect sandbox --port 8700 --data schoology.sqlite --fault lost_reply
  sis-connect sandbox --sis --package oneroster.zip --scenario page_empty
  sis-connect sandbox --partner infinite-campus
"""


@click.command(help=_HELP)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="PORT", help="Port to listen on.  [default: a free one]"
)
@click.option(
    "--data", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Keep its data in this file."
)
@click.option("--unlimited", is_flag=True, help="No rate limit.")
@click.option(
    "--credits", "credits_", type=click.IntRange(min=3), metavar="N", help="Credits in any five seconds.  [default: 50]"
)
@click.option(
    "--fault",
    "faults",
    type=click.Choice(FAULTS),
    multiple=True,
    metavar="NAME",
    help=f"Strike one request in twenty; may be repeated: {', '.join(FAULTS)}.",
)
@click.option(
    "--lax",
    type=click.Choice(LAX),
    multiple=True,
    metavar="NAME",
    help=f"Leave out one of Schoology's manners; may be repeated: {', '.join(LAX)}.",
)
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day it is in the sandbox: it decides which grading periods are active.  [default: today]",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="Which requests faults strike, who lives in the district, what a scenario does: the same for the same seed.",
)
@click.option(
    "--district",
    "students",
    type=click.IntRange(min=1),
    metavar="N",
    help="Write a OneRoster package of an invented district of N students beside it.",
)
@click.option("--sis", is_flag=True, help="Run a SIS too: a provider of OneRoster 1.1 over REST.")
@click.option(
    "--partner",
    metavar="NAME",
    help="Run a SIS that looks like this one of the partner directory, by its id or name, or by the file of a profile.",
)
@click.option(
    "--package",
    type=click.Path(exists=True, path_type=Path),
    metavar="PACKAGE",
    help="What the SIS serves.  [default: an invented district of 600 students, or that of --district]",
)
@click.option("--sis-port", type=click.IntRange(0, 65535), metavar="PORT", help="The port of the SIS.")
@click.option(
    "--scenario",
    metavar="NAME",
    help="How the SIS misbehaves, such as page_empty, or with its numbers: 'page_empty; page=2'.",
)
@answer_options
def sandbox(
    port: int,
    data: Path | None,
    *,
    unlimited: bool,
    credits_: int | None,
    faults: tuple[str, ...],
    lax: tuple[str, ...],
    today: datetime | None,
    seed: int,
    students: int | None,
    sis: bool,
    partner: str | None,
    package: Path | None,
    sis_port: int | None,
    scenario: str | None,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> ExitCode:
    del debug  # looked at where errors are shown
    if unlimited and credits_:
        raise click.UsageError("--unlimited and --credits contradict each other.")
    sis = sis or partner is not None
    if not sis and (package or scenario or sis_port is not None):
        raise click.UsageError("--package, --sis-port and --scenario are about the SIS: say --sis too.")
    from sis_connect.cli.actions.sandbox import Manners, SisRequest, run_sandbox  # noqa: PLC0415  # help must not wait

    manners = Manners(
        is_unlimited=unlimited,
        credits=credits_,
        faults=faults,
        lax=lax,
        today=today.date() if today else None,
        seed=seed,
    )
    request = SisRequest(package, sis_port or 0, scenario, partner) if sis else None
    return run_sandbox(port, data, manners, students=students, sis=request, as_json=as_json, quiet=quiet)
