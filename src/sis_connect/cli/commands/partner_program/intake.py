"""`sis-connect partners apply`, `review`, `accept` and `decline`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.program_options import ProgramOptions, reading_options, writing_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_APPLY = """Take in a vendor's application, and say what is missing, what cannot be so and what stays a question.

FILE is a TOML file; --template writes an empty one with every question. The application is kept whatever is missing;
a vendor applies again with what was asked for. Ids and secrets of a sandbox do not belong in it.

\b
Example:
  sis-connect partners apply --template > application.toml
  sis-connect partners apply application.toml --by "Ada Quill"
"""
_REVIEW = """Look at an application again, or list all of them.

\b
Example:
  sis-connect partners review
  sis-connect partners review 3
"""
_ACCEPT = """Accept an application: the vendor is a partner In Contact then, with the draft of a profile.

The draft stands in the folder `profiles` of the program's folder. What the vendor answered has the application as its
source; what nobody knows stays unknown, and a question.

\b
Example:
  sis-connect partners accept 3 --by "Ada Quill" --because "talked to their engineers"
"""
_DECLINE = """Decline an application, with a reason.

\b
Example:
  sis-connect partners decline 3 --by "Ada Quill" --because "OneRoster 1.2 only; they apply again in spring"
"""


@click.command(help=_APPLY)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--template", is_flag=True, help="Write an empty application to stdout and do nothing else.")
@click.option("--by", metavar="NAME", envvar="SIS_CONNECT_BY", help="Who takes it in.  [env: SIS_CONNECT_BY]")
@reading_options
def apply(options: ProgramOptions, file: Path | None, by: str | None, *, template: bool) -> ExitCode:
    if template == (file is not None):
        raise click.UsageError("Name the file of an application, or say --template.")
    if file is not None and not (by or "").strip():
        raise click.UsageError("Say who you are, which is kept in the program's log: --by NAME.")
    from sis_connect.cli.actions.partner_program import intake  # noqa: PLC0415  # help must not wait

    return intake.run_template(options) if file is None else intake.run_apply(options, file, (by or "").strip())


@click.command(help=_REVIEW)
@click.argument("number", required=False, type=click.IntRange(min=1))
@reading_options
def review(options: ProgramOptions, number: int | None) -> ExitCode:
    from sis_connect.cli.actions.partner_program.intake import run_review  # noqa: PLC0415  # as above

    return run_review(options, number)


@click.command(help=_ACCEPT)
@click.argument("number", type=click.IntRange(min=1))
@writing_options
def accept(options: ProgramOptions, number: int) -> ExitCode:
    from sis_connect.cli.actions.partner_program.intake import run_accept  # noqa: PLC0415  # as above

    return run_accept(options, number)


@click.command(help=_DECLINE)
@click.argument("number", type=click.IntRange(min=1))
@writing_options
def decline(options: ProgramOptions, number: int) -> ExitCode:
    from sis_connect.cli.actions.partner_program.intake import run_decline  # noqa: PLC0415  # as above

    return run_decline(options, number)
