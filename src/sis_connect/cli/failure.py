"""What is said when a command could not do what was asked.

Here: the words for every error, and the document they are under --json. Errors that the code knows say what happened,
where and what to do; a fault of our own is told in one sentence with its place in the code, and without the message of
the exception, which may hold a name. Light: nothing is imported here that a mistyped command would have to wait for.
"""

from __future__ import annotations

import errno
import traceback

import click
import msgspec

from sis_connect.cli.advice import as_called
from sis_connect.cli.exits import ExitCode, exit_code_of
from sis_connect.cli.safe_text import harmless
from sis_connect.errors import PackageRefusedError, PullRefusedError, Remedy, SisConnectError

_INTERRUPTED = "Interrupted. What was done is kept."
_AGAIN = "Run the same command again: it goes on where it stopped."
_FAULT = "Something went wrong inside SIS Connect. What was done is kept, and nothing is written twice."
_REPORT = "Run it again with --debug and report what it shows."


class Document(msgspec.Struct, frozen=True):
    """What every document has."""

    #: The command that was given.
    command: str
    #: The exit code that the process ends with.
    exit_code: int


class Failure(msgspec.Struct, frozen=True):
    """Why a command could not do what was asked."""

    #: Name of the exit code, such as `configuration`.
    kind: str
    #: What happened, as a sentence.
    what: str
    #: File, setting, address or place in the code; may be empty.
    where: str
    #: What to do, as a sentence; may be empty.
    fix: str
    #: Who does what next: `retry`, `reconfigure`, `approve`, `fix the source` or `report`.
    remedy: str
    #: The finding code of a refused package or pull, else null.
    code: str | None = None


class ErrorDocument(Document, frozen=True):
    """The answer in place of any other when a command could not do what was asked."""

    #: What happened and what to do.
    error: Failure


def explain(error: BaseException) -> tuple[ExitCode, Failure]:
    """How a command ends that met this, and what to say."""
    if isinstance(error, SisConnectError):
        code = exit_code_of(error)
        finding = error.code if isinstance(error, PackageRefusedError | PullRefusedError) else None
        return code, _failure(code, error.what, error.where, error.fix, error.remedy, finding=finding)
    if isinstance(error, click.ClickException):
        context = error.ctx if isinstance(error, click.UsageError) else None
        path = context.command_path if context else "sis-connect"
        code = ExitCode.USAGE
        return code, _failure(
            code, _sentence(error.format_message()), path, f"See `{path} --help`.", Remedy.RECONFIGURE
        )
    if isinstance(error, KeyboardInterrupt | click.Abort):
        code = ExitCode.INTERRUPTED
        return code, _failure(code, _INTERRUPTED, "", _AGAIN, Remedy.RETRY)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        code = ExitCode.STORE
        return code, _failure(code, "The disk is full.", "", f"Make room. {_AGAIN}", Remedy.RETRY)
    code = ExitCode.INTERNAL
    return code, _failure(code, _FAULT, _where(error), _REPORT, Remedy.REPORT)


def _failure(code: ExitCode, what: str, where: str, fix: str, remedy: Remedy, *, finding: str | None = None) -> Failure:
    return Failure(code.name.lower(), harmless(what), harmless(where), harmless(as_called(fix)), remedy.value, finding)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _where(error: BaseException) -> str:
    """The class of the error and the innermost line of our own code; never its message, which may hold a name."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if "sis_connect" in frame.filename]
    place = f" at {own[-1].filename.rpartition('sis_connect/')[2]}, line {own[-1].lineno}" if own else ""
    return f"{type(error).__name__}{place}"
