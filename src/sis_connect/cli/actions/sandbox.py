"""`sandbox`: the look-alike of Schoology in the foreground, and a SIS beside it where one is wanted."""

from __future__ import annotations

import shlex
import signal
import threading
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.cli.actions.sandbox_sis import SisRequest, started_sis
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
    Strictness,
    start,
)

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Manners", "SisRequest", "run_sandbox"]

#: Share of requests that a fault strikes.
_STRUCK = 0.05
#: Fewer students cannot carry all the blemishes that make a district lifelike.
_BLEMISHED = 50


@dataclass(frozen=True, slots=True)
class Manners:
    """How the sandbox is to behave."""

    is_unlimited: bool
    #: In any five seconds; None for as many as Schoology gives.
    credits: int | None
    #: Names of faults.
    faults: tuple[str, ...]
    #: Names of manners that are left out.
    lax: tuple[str, ...]
    #: None for the clock's day.
    today: date | None
    seed: int

    @property
    def settings(self) -> SandboxSettings:
        """The settings of a sandbox that behaves so."""
        rules = tuple(FaultRule(Fault(name), count=None, probability=_STRUCK) for name in self.faults)
        rate = RateLimit(credits=self.credits) if self.credits else RateLimit()
        return SandboxSettings(
            strictness=Strictness(**dict.fromkeys(self.lax, False)),
            rate=None if self.is_unlimited else rate,
            faults=FaultPlan(rules, seed=self.seed),
        )


def run_sandbox(
    port: int,
    data: Path | None,
    manners: Manners,
    *,
    students: int | None,
    sis: SisRequest | None,
    as_json: bool,
    quiet: bool,
) -> ExitCode:
    """Serve until interrupted."""
    screen = Screen(as_json=as_json, quiet=quiet)
    school_year = school_year_of(manners.today or datetime.now(UTC).date())
    district = _district(students, manners.seed, school_year) if students else None
    if sis is not None and sis.package is None:
        sis = replace(sis, package=district)
    told_to_end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_end.set())
    with ExitStack() as stack:
        sandbox = stack.enter_context(_started(manners.settings, data, port))
        sandbox.set_today(manners.today)
        beside = stack.enter_context(started_sis(sis, seed=manners.seed, school_year=school_year)) if sis else None
        document = SandboxDocument(
            command="sandbox",
            exit_code=ExitCode.OK,
            web_url=sandbox.web_url,
            api_url=sandbox.api_url,
            key=SANDBOX_KEY,
            secret=SANDBOX_SECRET,
            district=str(district) if district else None,
            sis=beside,
        )
        screen.document(document)
        _show(screen, document)
        if manners.is_unlimited:
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


def _district(students: int, seed: int, school_year: int) -> Path:
    """The folder of the invented district; what is there already stays as it is."""
    folder = Path(f"sandbox-district-{students}")
    if not folder.exists():
        write_district(folder, students=students, seed=seed, school_year=school_year, blemishes=students >= _BLEMISHED)
    return folder


def _show(screen: Screen, document: SandboxDocument) -> None:
    sis = document.sis
    screen.show(line("The sandbox is open: ", (document.web_url, STRONG)))
    variables = {
        "SIS_CONNECT_SCHOOLOGY_URL": document.api_url,
        "SIS_CONNECT_SCHOOLOGY_KEY": document.key,
        "SIS_CONNECT_SCHOOLOGY_SECRET": document.secret,
    }
    if sis is not None:
        screen.show(line("The SIS is open:     ", (sis.web_url, STRONG)))
        variables |= {
            "SIS_CONNECT_SIS_KEY": sis.key,
            "SIS_CONNECT_SIS_SECRET": sis.secret,
            "SIS_CONNECT_RULES": sis.rules,
        }
    screen.show(heading("In another terminal"))
    for variable, value in variables.items():
        screen.show(indented(f"export {variable}={value}"))
    package = [] if sis is not None else [document.district or "oneroster.zip"]
    if sis is not None:
        screen.show(indented(shlex.join([*program(), "doctor"])))
    for verb in ("check", "sync"):
        screen.show(indented(shlex.join([*program(), verb, *package])))
