"""`sis-connect partners escalate`, `escalations`, `send`, `answer` and `solve`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sis_connect.cli.options import DEFAULT_DATA
from sis_connect.cli.program_options import ProgramOptions, reading_options, writing_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.cli.exits import ExitCode

_ESCALATE = """Open an escalation, and make the bundle with which the vendor's engineer can act without asking back.

RUN is a run of the data folder that shows it, the beginning of its name, or `latest`; leave it out when there is none,
as after a pull that failed: --doctor asks the SIS now. The bundle is a zip: what failed, requests and replies, codes of
findings, times with their zone, the version of the profile, an excerpt of the conformance report, and what was tried.
Names, ids of people, addresses and secrets are masked. `send` says later that the vendor has it.

\b
Example:
  sis-connect partners escalate Acorn latest --what "half of the enrollments are missing" --by "Ada Quill"
  sis-connect partners escalate Acorn --what "tokens are refused" --district Riverbend --rules riverbend.toml --doctor
"""
_LIST = """List escalations that are not solved, the most pressing first, with whose turn it is at the vendor.

An unanswered one climbs the vendor's levels by itself: at which level it stands follows from the time.

\b
Example:
  sis-connect partners escalations
  sis-connect partners escalations Acorn --all
  sis-connect partners escalations --district Riverbend
"""
_SEND = """Note that the vendor has an escalation: its clock begins to run; also again, when an answer did not help.

\b
Example:
  sis-connect partners send 4 --by "Ada Quill"
  sis-connect partners send 4 --level 2 --by "Ada Quill" --because "their answer did not help"
"""
_ANSWER = """Note what the vendor answered: the clock stands.

\b
Example:
  sis-connect partners answer 4 "a fix comes with release 9.1" --by "Ada Quill"
"""
_SOLVE = """Note what solved an escalation.

\b
Example:
  sis-connect partners solve 4 "release 9.1 sends all pages" --by "Ada Quill"
"""


def shown_options(function: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Hand what shows that something does not work to a command that opens an escalation."""
    for option in reversed(_SHOWN):
        function = option(function)
    return function


_SHOWN = (
    click.option("--what", required=True, metavar="TEXT", help="What does not work, in a sentence."),
    click.option("--tried", multiple=True, metavar="TEXT", help="What was tried; may be repeated."),
    click.option(
        "--conformance",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="REPORT",
        help="A conformance report (JSON) of the same service: what failed goes into the bundle, with its requests.",
    ),
    click.option("--district", default="", metavar="NAME", help="Whose SIS it is; it sees with that where it stands."),
    click.option(
        "--doctor",
        "asks_now",
        is_flag=True,
        help="Ask the SIS of the rules now, as `doctor` does; what it answers goes into the bundle, masked.",
    ),
    click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=DEFAULT_DATA,
        envvar="SIS_CONNECT_DATA",
        metavar="DIR",
        help=f"The data folder of the run.  [default: ./{DEFAULT_DATA}; env: SIS_CONNECT_DATA]",
    ),
    click.option(
        "--rules",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="SIS_CONNECT_RULES",
        metavar="FILE",
        help="The district's rules: its time zone and its SIS.  [default: rules.toml in the data folder, if there; "
        "env: SIS_CONNECT_RULES]",
    ),
    click.option(
        "--to",
        type=click.Path(file_okay=False, path_type=Path),
        default=".",
        metavar="DIR",
        help="Where the bundle goes.  [default: this folder]",
    ),
)


@click.command(help=_ESCALATE)
@click.argument("partner")
@click.argument("run", required=False)
@shown_options
@writing_options
def escalate(options: ProgramOptions, partner: str, run: str | None, **shown: Any) -> ExitCode:
    return open_escalation(options, partner, run, **shown)


def open_escalation(
    options: ProgramOptions,
    partner: str,
    run: str | None,
    *,
    what: str,
    to: Path,
    data: Path,
    rules: Path | None,
    **shown: Any,
) -> ExitCode:
    """Open an escalation and make its bundle, as the options of `shown_options` say."""
    from sis_connect.cli.actions.partner_program.escalations import Shown, run_escalate  # noqa: PLC0415  # help is quick
    from sis_connect.cli.actions.partner_program.opening import rules_of  # noqa: PLC0415  # as above

    return run_escalate(options, partner, what, Shown(run, data, rules_of(data, rules), **shown), to)


@click.command(help=_LIST)
@click.argument("partner", required=False)
@click.option("--all", "is_all", is_flag=True, help="Solved ones too.")
@click.option("--district", metavar="NAME", help="Only those of this district.")
@reading_options
def escalations(options: ProgramOptions, partner: str | None, *, is_all: bool, district: str | None) -> ExitCode:
    from sis_connect.cli.actions.partner_program.escalations import run_list  # noqa: PLC0415  # as above

    return run_list(options, partner, district, is_all=is_all)


@click.command(help=_SEND)
@click.argument("number", type=click.IntRange(min=1))
@click.option("--level", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="To which level.")
@writing_options
def send(options: ProgramOptions, number: int, level: int) -> ExitCode:
    from sis_connect.cli.actions.partner_program.escalations import run_send  # noqa: PLC0415  # as above

    return run_send(options, number, level)


@click.command(help=_ANSWER)
@click.argument("number", type=click.IntRange(min=1))
@click.argument("text")
@writing_options
def answer(options: ProgramOptions, number: int, text: str) -> ExitCode:
    from sis_connect.cli.actions.partner_program.escalations import run_answer  # noqa: PLC0415  # as above

    return run_answer(options, number, text)


@click.command(help=_SOLVE)
@click.argument("number", type=click.IntRange(min=1))
@click.argument("text")
@writing_options
def solve(options: ProgramOptions, number: int, text: str) -> ExitCode:
    from sis_connect.cli.actions.partner_program.escalations import run_solve  # noqa: PLC0415  # as above

    return run_solve(options, number, text)
