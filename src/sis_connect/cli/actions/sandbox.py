"""`sandbox`: the look-alike of Schoology in the foreground."""

from __future__ import annotations

import shlex
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.cli.advice import program
from sis_connect.cli.documents import SandboxDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.screen import DIM, STRONG, Screen, heading, indented, line
from sis_connect.errors import ConfigurationError
from sis_connect.sandbox.district import school_year_of, write_district
from sis_connect.sandbox.schoology import (
    SANDBOX_KEY,
    SANDBOX_SECRET,
    Fault,
    FaultPlan,
    FaultRule,
    RateLimit,
    RunningSandbox,
    SandboxSettings,
    start,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Share of requests that a fault strikes.
_STRUCK = 0.05


def run_sandbox(
    port: int,
    data: Path | None,
    *,
    is_unlimited: bool,
    faults: Sequence[str],
    students: int | None,
    as_json: bool,
    quiet: bool,
) -> ExitCode:
    """Serve until interrupted."""
    screen = Screen(as_json=as_json, quiet=quiet)
    district = _district(students) if students else None
    rules = tuple(FaultRule(Fault(name), count=None, probability=_STRUCK) for name in faults)
    settings = SandboxSettings(rate=None if is_unlimited else RateLimit(), faults=FaultPlan(rules))
    told_to_end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_end.set())
    with _started(settings, data, port) as sandbox:
        document = SandboxDocument(
            command="sandbox",
            exit_code=ExitCode.OK,
            web_url=sandbox.web_url,
            api_url=sandbox.api_url,
            key=SANDBOX_KEY,
            secret=SANDBOX_SECRET,
            district=str(district) if district else None,
        )
        screen.document(document)
        _show(screen, document)
        if is_unlimited:
            screen.advise(
                "", indented("SIS Connect keeps to a limit of its own: raise schoology.credits in its rules.")
            )
        screen.advise("", line(("Ctrl-C ends it.", DIM)))
        told_to_end.wait()
    screen.advise("", line(("The sandbox has ended.", DIM)))
    return ExitCode.OK


def _started(settings: SandboxSettings, data: Path | None, port: int) -> RunningSandbox:
    if data is not None and not data.absolute().parent.is_dir():
        raise ConfigurationError("There is no such folder.", where=f"--data {data}", fix="Make it, or name another.")
    try:
        return start(settings, data, port)
    except OSError as error:
        raise ConfigurationError(
            f"The sandbox cannot listen on port {port}: {error.strerror}.",
            where="--port",
            fix="Name another port, or none to take a free one.",
        ) from error


def _district(students: int) -> Path:
    """The folder of the invented district; what is there already stays as it is."""
    folder = Path(f"sandbox-district-{students}")
    if not folder.exists():
        year = school_year_of(datetime.now(UTC).date())
        write_district(folder, students=students, school_year=year, blemishes=students >= _BLEMISHED)
    return folder


#: Fewer students cannot carry all the blemishes that make a district lifelike.
_BLEMISHED = 50


def _show(screen: Screen, document: SandboxDocument) -> None:
    screen.show(line("The sandbox is open: ", (document.web_url, STRONG)))
    screen.show(heading("In another terminal"))
    for variable, value in (
        ("SIS_CONNECT_SCHOOLOGY_URL", document.api_url),
        ("SIS_CONNECT_SCHOOLOGY_KEY", document.key),
        ("SIS_CONNECT_SCHOOLOGY_SECRET", document.secret),
    ):
        screen.show(indented(f"export {variable}={value}"))
    package = document.district or "oneroster.zip"
    for verb in ("check", "sync"):
        screen.show(indented(shlex.join([*program(), verb, package])))
