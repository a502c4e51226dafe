"""`sis-connect partners list`, `show`, `status-page` and `history`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.program_options import STATES, ProgramOptions, reading_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_LIST = """List the partners as a district looks for them, and what each of them still has to show.

\b
Example:
  sis-connect partners list
  sis-connect partners list --state "In Pilot"
"""
_SHOW = """Show one partner: where it stands, what it has shown, what is missing, its pilots and escalations.

\b
Example:
  sis-connect partners show "Infinite Campus"
"""
_PAGE = """Write what the program publishes: a page for people, the same as JSON, and a table in Markdown.

The page is one file that fetches nothing and runs no script. The JSON names the digest of the log's last entry;
`history --since-digest` tells later whether anything before it was changed or cut off.

\b
Example:
  sis-connect partners status-page --to public
"""
_HISTORY = """Show what happened, who wrote it down and why, for one partner or all; every entry is verified first.

\b
Example:
  sis-connect partners history Skyward
  sis-connect partners history --since-digest 4f0c9a
"""


@click.command("list", help=_LIST)
@click.option("--state", type=click.Choice(STATES, case_sensitive=False), metavar="STATE", help="Only this state.")
@reading_options
def list_(options: ProgramOptions, state: str | None) -> ExitCode:
    from sis_connect.cli.actions.partner_program.looking import run_list  # noqa: PLC0415  # help must not wait

    return run_list(options, state)


@click.command(help=_SHOW)
@click.argument("partner")
@reading_options
def show(options: ProgramOptions, partner: str) -> ExitCode:
    from sis_connect.cli.actions.partner_program.looking import run_show  # noqa: PLC0415  # as above

    return run_show(options, partner)


@click.command("status-page", help=_PAGE)
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    metavar="DIR",
    help="Where the three files go: partners.html, partners.json and partners.md.  [default: this folder]",
)
@reading_options
def status_page(options: ProgramOptions, to: Path) -> ExitCode:
    from sis_connect.cli.actions.partner_program.looking import run_status_page  # noqa: PLC0415  # as above

    return run_status_page(options, to)


@click.command(help=_HISTORY)
@click.argument("partner", required=False)
@click.option(
    "--since-digest",
    metavar="DIGEST",
    help="Only what came after the entry with this digest, or its beginning; fails when the log has no such entry.",
)
@reading_options
def history(options: ProgramOptions, partner: str | None, since_digest: str | None) -> ExitCode:
    from sis_connect.cli.actions.partner_program.looking import run_history  # noqa: PLC0415  # as above

    return run_history(options, partner, since_digest)
