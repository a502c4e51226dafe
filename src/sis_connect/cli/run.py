"""One call of the command line, from its arguments to its exit code; every way in which it can end is here.

Errors say what happened, where and what to do; a fault of our own is told in one sentence. A traceback appears only on
--debug, and without the messages of exceptions: those may hold a name. Not here: what commands do.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import traceback
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click
import msgspec

from sis_connect.cli.app import SUMMARIES, app
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.failure import ErrorDocument, explain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.cli.failure import Failure


def run(arguments: Sequence[str]) -> ExitCode:
    """Carry out one command; how it ended. Everything that had to be said has been written."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = _attempt(arguments)
    # Sessions of the columnar engine that an error still held are closed before the interpreter is torn down.
    gc.collect()
    return code


def _attempt(arguments: Sequence[str]) -> ExitCode:
    try:
        ended = app.main(list(arguments), prog_name="sis-connect", standalone_mode=False)
        sys.stdout.flush()
        return ExitCode(ended or 0)
    except click.exceptions.NoArgsIsHelpError as help_:
        click.echo(help_.format_message(), err=True)
        return ExitCode.USAGE
    except (BrokenPipeError, SystemExit):
        # Nobody reads any more: click ends so then. The interpreter would complain once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OUTPUT_CLOSED
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the last place where anything can be said about it
        code, failure = explain(error)
        if "--debug" in arguments and code is ExitCode.INTERNAL:
            _show_where(error)
    _tell(arguments, code, failure)
    return code


def _tell(arguments: Sequence[str], code: ExitCode, failure: Failure) -> None:
    if "--json" in arguments:
        command = next((argument for argument in arguments if argument in SUMMARIES), "")
        document = ErrorDocument(command, code.value, failure)
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(document)).decode() + "\n")
        sys.stdout.flush()
        return
    sign = "Stopped" if code is ExitCode.INTERRUPTED else "Error"
    width = min(shutil.get_terminal_size().columns, 100)
    said = [(f"{sign}:", failure.what, "red"), ("Where:", failure.where, ""), ("To do:", failure.fix, "")]
    for label, text, color in said:
        if text:
            wrapped = click.wrap_text(text, width, f"{label:<8} ", " " * 9)
            head, rest = wrapped[: len(label)], wrapped[len(label) :]
            click.echo(click.style(head, fg=color or None, bold=True) + rest, err=True)


def _show_where(error: BaseException) -> None:
    """The way to the error through the code, without the messages of exceptions."""
    chain: BaseException | None = error
    while chain is not None:
        click.echo("".join(traceback.format_list(traceback.extract_tb(chain.__traceback__))), err=True, nl=False)
        click.echo(f"{type(chain).__name__}  (its message is left out: it may hold personal data)", err=True)
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
