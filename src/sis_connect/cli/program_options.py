"""The options of the commands about the partner program, and their variables in the environment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sis_connect.cli.options import answer_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.cli.exits import ExitCode

DEFAULT_PROGRAM = "sis-connect-program"
#: The values of `partners.profile.Status`, `partners.program.events.Need` and `NightOutcome`, named here so that help
#: loads in no time.
STATES = ("In Contact", "In Testing", "In Pilot", "Available")
NEEDS = ("application", "conformance", "roster-round-trip", "grade-round-trip", "pilots", "escalations")
OUTCOMES = ("well", "waiting", "failed")


@dataclass(frozen=True, slots=True)
class ProgramOptions:
    """Where the program is, who writes, and how to answer."""

    #: Words of the command, such as `partners advance`.
    command: str
    folder: Path
    as_json: bool
    quiet: bool
    #: Empty where nothing is written.
    by: str = ""
    because: str = ""

    @property
    def is_default_folder(self) -> bool:
        """True when commands need not name the folder."""
        return self.folder == Path(DEFAULT_PROGRAM)


def reading_options(function: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Hand a `ProgramOptions` as first argument to a command that writes nothing."""

    @wraps(function)
    def command(*, program: Path, as_json: bool, quiet: bool, debug: bool, **others: Any) -> ExitCode:
        del debug  # looked at where errors are shown
        return function(ProgramOptions(_words(), program, as_json, quiet), **others)

    return _with(command, _FOLDER)


def writing_options(function: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Hand a `ProgramOptions` with a name and a reason as first argument to a command that writes into the log."""

    @wraps(function)
    def command(
        *, program: Path, by: str | None, because: str, as_json: bool, quiet: bool, debug: bool, **others: Any
    ) -> ExitCode:
        del debug  # as above
        name = (by or "").strip()
        if not name:
            raise click.UsageError("Say who you are, which is kept in the program's log: --by NAME.")
        return function(ProgramOptions(_words(), program, as_json, quiet, name, because.strip()), **others)

    return _with(command, _FOLDER, *_PERSON)


def _with(function: Callable[..., ExitCode], *options: Callable[..., Any]) -> Callable[..., ExitCode]:
    decorated = answer_options(function)
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def _words() -> str:
    """The command's words below `sis-connect`."""
    return click.get_current_context().command_path.partition(" ")[2]


_FOLDER = click.option(
    "--program",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_PROGRAM,
    envvar="SIS_CONNECT_PROGRAM",
    metavar="DIR",
    help=f"The program's folder.  [default: ./{DEFAULT_PROGRAM}; env: SIS_CONNECT_PROGRAM]",
)
_PERSON = (
    click.option("--by", metavar="NAME", envvar="SIS_CONNECT_BY", help="Who you are; needed.  [env: SIS_CONNECT_BY]"),
    click.option("--because", metavar="TEXT", default="", help="Why; kept in the program's log."),
)
