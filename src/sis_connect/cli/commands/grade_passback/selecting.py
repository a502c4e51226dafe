"""The options by which commands about grades say whose grades are meant, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.cli.exits import ExitCode


@dataclass(frozen=True, slots=True)
class Selection:
    """What was said about whose grades, and by whom."""

    classes: tuple[str, ...]
    schools: tuple[str, ...]
    #: A teacher's sourcedId; None for an administrator.
    teacher: str | None
    by: str | None
    is_due_only: bool
    is_full: bool


def selecting_options(function: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Hand a `Selection` to a command that looks at grade books."""

    @wraps(function)
    def command(
        *args: Any,
        classes: tuple[str, ...],
        schools: tuple[str, ...],
        teacher: str | None,
        by: str | None,
        due: bool,
        full: bool,
        **others: Any,
    ) -> ExitCode:
        if due and (classes or schools or teacher or full):
            raise click.UsageError("--due goes by the schedule of the rules file: it stands without other choices.")
        selection = Selection(classes, schools, teacher, by, is_due_only=due, is_full=full)
        return function(*args, selection=selection, **others)

    decorators = [
        click.option("--class", "classes", multiple=True, metavar="KEY", help="Only this class, by its sourcedId."),
        click.option("--school", "schools", multiple=True, metavar="KEY", help="Only this school, by its sourcedId."),
        click.option(
            "--teacher",
            metavar="KEY",
            help="In the name of this teacher, by sourcedId: only classes that the teacher teaches by the roster.",
        ),
        click.option("--by", metavar="NAME", help="Who asks; kept in the audit log."),
        click.option("--due", is_flag=True, help="Only classes that the schedule wants looked at now; for a timer."),
        click.option("--full", is_flag=True, help="Read everything, and not only what changed since the last look."),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
