"""The exit codes that scripts rely on, and which error ends with which.

Permanent: a code is never given another meaning. `docs/cli.md` shows the same table.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from sis_connect import errors

if TYPE_CHECKING:
    from collections.abc import Mapping


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    QUARANTINED = 1
    USAGE = 2
    PACKAGE_REFUSED = 3
    CONFIGURATION = 4
    LMS = 5
    WAITING = 6
    STORE = 7
    SIS = 8
    INTERNAL = 70
    INTERRUPTED = 130
    OUTPUT_CLOSED = 141


#: What each code means, as a person reads it.
MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.OK: "Done. Findings that quarantine nothing, warnings and notes, end here too.",
    ExitCode.QUARANTINED: "`check` found records that cannot be used, and the others can; `conformance` or `doctor` "
    "found something wrong with the SIS.",
    ExitCode.USAGE: "The command line is wrong: an unknown option, a missing argument.",
    ExitCode.PACKAGE_REFUSED: "The package, or what the SIS gives over REST, cannot be read or proven whole; nothing "
    "was done.",
    ExitCode.CONFIGURATION: "A setting is wrong or missing, and its file and key are named; or the SIS refused the "
    "credentials.",
    ExitCode.LMS: "Schoology did not answer, refused the credentials or answered something unreadable. Run the same "
    "command again: it goes on where it stopped.",
    ExitCode.WAITING: "The run is done as far as it may; held or refused changes wait for a person. Of "
    "`partners advance`: evidence is missing, and nothing was done.",
    ExitCode.STORE: "The data folder is in use or damaged, or the plan is unknown, changed or outdated. "
    "Of `grades` also: the roster has no such class or student, or the class is not the teacher's.",
    ExitCode.SIS: "The SIS did not answer, or could not. Nothing was done; run the same command again: a "
    "pull goes on where it stopped. Of `grades send`: what was sent is kept, and the rest goes out with the next one.",
    ExitCode.INTERNAL: "A fault in SIS Connect itself.",
    ExitCode.INTERRUPTED: "Interrupted from the keyboard. Run the same command again: it goes on where it stopped.",
    ExitCode.OUTPUT_CLOSED: "Whoever read the output stopped reading.",
}

#: The same as `ENDINGS`, of the commands of `grades`.
GRADE_ENDINGS: Mapping[str, tuple[ExitCode, ...]] = {
    "plan": (ExitCode.PACKAGE_REFUSED, ExitCode.CONFIGURATION, ExitCode.LMS, ExitCode.STORE, ExitCode.SIS),
    "approve": (ExitCode.CONFIGURATION, ExitCode.STORE),
    "send": (
        ExitCode.PACKAGE_REFUSED,
        ExitCode.CONFIGURATION,
        ExitCode.LMS,
        ExitCode.WAITING,
        ExitCode.STORE,
        ExitCode.SIS,
    ),
    "status": (ExitCode.CONFIGURATION, ExitCode.STORE),
    "explain": (ExitCode.CONFIGURATION, ExitCode.STORE),
    "hint": (ExitCode.CONFIGURATION, ExitCode.STORE),
}
#: How each command may end, beside the ways in which every command may (`EVERYWHERE`).
ENDINGS: Mapping[str, tuple[ExitCode, ...]] = {
    "demo": (),
    "doctor": (ExitCode.QUARANTINED, ExitCode.CONFIGURATION),
    "conformance": (ExitCode.QUARANTINED, ExitCode.CONFIGURATION),
    "check": (
        ExitCode.QUARANTINED,
        ExitCode.PACKAGE_REFUSED,
        ExitCode.CONFIGURATION,
        ExitCode.STORE,
        ExitCode.SIS,
    ),
    "plan": (ExitCode.PACKAGE_REFUSED, ExitCode.CONFIGURATION, ExitCode.LMS, ExitCode.STORE, ExitCode.SIS),
    "approve": (ExitCode.CONFIGURATION, ExitCode.STORE),
    "apply": (ExitCode.CONFIGURATION, ExitCode.LMS, ExitCode.WAITING, ExitCode.STORE),
    "sync": (
        ExitCode.PACKAGE_REFUSED,
        ExitCode.CONFIGURATION,
        ExitCode.LMS,
        ExitCode.WAITING,
        ExitCode.STORE,
        ExitCode.SIS,
    ),
    "grades": tuple(sorted(set().union(*GRADE_ENDINGS.values()))),
    "report": (ExitCode.CONFIGURATION, ExitCode.LMS, ExitCode.STORE),
    "export": (ExitCode.PACKAGE_REFUSED, ExitCode.CONFIGURATION, ExitCode.STORE),
    "sandbox": (ExitCode.PACKAGE_REFUSED, ExitCode.CONFIGURATION),
    "partners": (ExitCode.CONFIGURATION, ExitCode.WAITING, ExitCode.STORE),
    "escalate": (ExitCode.CONFIGURATION, ExitCode.STORE),
}
EVERYWHERE = (ExitCode.OK, ExitCode.USAGE, ExitCode.INTERNAL, ExitCode.INTERRUPTED, ExitCode.OUTPUT_CLOSED)

#: From the error tree; the nearest class decides.
_OF_ERROR: Mapping[type[errors.SisConnectError], ExitCode] = {
    errors.ConfigurationError: ExitCode.CONFIGURATION,
    errors.PackageRefusedError: ExitCode.PACKAGE_REFUSED,
    errors.PullRefusedError: ExitCode.PACKAGE_REFUSED,
    errors.SourceError: ExitCode.SIS,
    errors.TargetError: ExitCode.LMS,
    errors.PlanError: ExitCode.STORE,
    errors.StoreError: ExitCode.STORE,
    errors.SisConnectError: ExitCode.INTERNAL,
}


def exit_code_of(error: errors.SisConnectError) -> ExitCode:
    """How a command ends that ended with this error; a SIS that waits for another setting will not heal by itself."""
    if isinstance(error, errors.SourceError) and error.remedy is errors.Remedy.RECONFIGURE:
        return ExitCode.CONFIGURATION
    return next(_OF_ERROR[ancestor] for ancestor in type(error).__mro__ if ancestor in _OF_ERROR)
