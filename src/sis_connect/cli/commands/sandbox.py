"""`sis-connect sandbox`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import answer_options

if TYPE_CHECKING:
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

_HELP = """Run a look-alike of Schoology on this machine, until Ctrl-C.

It answers the calls of Schoology's REST API v1 with its manners and its rate limit, and shows schools, courses,
sections, rosters and people in a browser. It listens on this machine only. Its data is gone when it ends, unless
--data names a file.

--fault lets something go wrong now and then, to see that nothing is lost or doubled.

\b
Example:
  sis-connect sandbox --district 600
  sis-connect sandbox --port 8700 --data schoology.sqlite --fault lost_reply
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
    "--fault",
    "faults",
    type=click.Choice(FAULTS),
    multiple=True,
    metavar="NAME",
    help=f"Strike one request in twenty; may be repeated: {', '.join(FAULTS)}.",
)
@click.option(
    "--district",
    "students",
    type=click.IntRange(min=1),
    metavar="N",
    help="Write a OneRoster package of an invented district of N students beside it.",
)
@answer_options
def sandbox(
    port: int,
    data: Path | None,
    *,
    unlimited: bool,
    faults: tuple[str, ...],
    students: int | None,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> ExitCode:
    del debug  # looked at where errors are shown
    from sis_connect.cli.actions.sandbox import run_sandbox  # noqa: PLC0415  # help must not wait for the server

    return run_sandbox(
        port, data, is_unlimited=unlimited, faults=faults, students=students, as_json=as_json, quiet=quiet
    )
