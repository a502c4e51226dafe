"""The options that every command about a district takes, and their variables in the environment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sis_connect.errors import SisConnectError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.cli.exits import ExitCode

DEFAULT_DATA = "sis-connect-data"
#: What `--list` and `--kind` take: the values of `sync.desired.Kind`, named here so that help loads in no time.
#: Other words for them: the LMS's own, and everyday ones.
_OTHER_WORDS = {
    "buildings": "schools",
    "sessions": "terms",
    "people": "users",
    "person": "users",
    "persons": "users",
    "parents": "agents",
    "sections": "classes",
    "members": "enrollments",
    "memberships": "enrollments",
}
KINDS = ("schools", "terms", "users", "agents", "courses", "classes", "enrollments")
#: Used when no other rules file is named; lies in the data folder.
RULES_FILE = "rules.toml"


@dataclass(frozen=True, slots=True)
class Options:
    """What was said about where things are and how to answer."""

    data: Path
    #: The rules file; None for the defaults.
    rules: Path | None
    as_json: bool
    quiet: bool

    @property
    def is_default_data(self) -> bool:
        """True when commands need not name the data folder."""
        return self.data == Path(DEFAULT_DATA)


class KindName(click.Choice[str]):
    """A kind of record, by its name or by another word for it, one of it or many."""

    def __init__(self) -> None:
        """Shown as the names alone."""
        super().__init__(KINDS)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name of the kind that is meant."""
        for word in (value.lower(), f"{value.lower()}s", f"{value.lower()}es"):
            if word in KINDS or word in _OTHER_WORDS:
                return _OTHER_WORDS.get(word, word)
        return super().convert(value, param, ctx)


#: Of the commands that plan.
another_district_option = click.option(
    "--another-district",
    is_flag=True,
    help="The roster may be of another district than the one applied before; the plan and its report say so.",
)


def answer_options(function: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Add the options that say how to answer."""
    decorators = [
        click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on stdout."),
        click.option(
            "--quiet",
            "-q",
            is_flag=True,
            help="No progress, no advice: only the result; of a run, what needs a person and the totals.",
        ),
        click.option("--debug", is_flag=True, help="When SIS Connect itself fails, show where in its code."),
    ]
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def common_options(function: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Hand an `Options` as first argument to a command about a district."""

    @wraps(function)
    def command(data: Path, rules: Path | None, *, as_json: bool, quiet: bool, debug: bool, **others: Any) -> ExitCode:
        del debug  # looked at where errors are shown, also those of the command line itself
        if data.exists() and not data.is_dir():
            raise click.UsageError(f"--data names a folder, and {data} is a file.")
        own = data / RULES_FILE
        options = Options(data, rules or (own if own.exists() else None), as_json, quiet)
        try:
            return function(options, **others)
        except SisConnectError as error:
            from sis_connect.cli.advice import completed  # noqa: PLC0415  # which is about these options

            error.fix = completed(options, error.fix)
            raise

    decorators = [
        click.option(
            "--data",
            type=click.Path(path_type=Path),
            default=DEFAULT_DATA,
            envvar="SIS_CONNECT_DATA",
            metavar="DIR",
            help=f"The district's data folder.  [default: ./{DEFAULT_DATA}; env: SIS_CONNECT_DATA]",
        ),
        click.option(
            "--rules",
            type=click.Path(dir_okay=False, path_type=Path),
            envvar="SIS_CONNECT_RULES",
            metavar="FILE",
            help=f"The district's rules.  [default: {RULES_FILE} in the data folder, if there; env: SIS_CONNECT_RULES]",
        ),
    ]
    decorated = answer_options(command)
    for decorator in reversed(decorators):
        decorated = decorator(decorated)
    return decorated
