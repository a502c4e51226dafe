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
    INTERNAL = 70
    INTERRUPTED = 130
    OUTPUT_CLOSED = 141


#: What each code means, as a person reads it.
MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.OK: "Done. Findings that quarantine nothing, warnings and notes, end here too.",
    ExitCode.QUARANTINED: "`check` found records that cannot be used; the others can.",
    ExitCode.USAGE: "The command line is wrong: an unknown option, a missing argument.",
    ExitCode.PACKAGE_REFUSED: "The package cannot be read at all; nothing was done.",
    ExitCode.CONFIGURATION: "A setting is wrong or missing; its file and key are named.",
    ExitCode.LMS: "Schoology did not answer, refused the credentials or answered something unreadable. Run the same "
    "command again: it goes on where it stopped.",
    ExitCode.WAITING: "The run is done as far as it may; held or refused changes wait for a person.",
    ExitCode.STORE: "The data folder is in use or damaged, or the plan is unknown, changed or outdated.",
    ExitCode.INTERNAL: "A fault in SIS Connect itself.",
    ExitCode.INTERRUPTED: "Interrupted from the keyboard. Run the same command again: it goes on where it stopped.",
    ExitCode.OUTPUT_CLOSED: "Whoever read the output stopped reading.",
}

#: From the error tree; the nearest class decides.
_OF_ERROR: Mapping[type[errors.SisConnectError], ExitCode] = {
    errors.ConfigurationError: ExitCode.CONFIGURATION,
    errors.PackageRefusedError: ExitCode.PACKAGE_REFUSED,
    errors.PullRefusedError: ExitCode.PACKAGE_REFUSED,
    errors.TargetError: ExitCode.LMS,
    errors.PlanError: ExitCode.STORE,
    errors.StoreError: ExitCode.STORE,
    errors.SisConnectError: ExitCode.INTERNAL,
}


def exit_code_of(error: errors.SisConnectError) -> ExitCode:
    """How a command ends that ended with this error."""
    return next(_OF_ERROR[ancestor] for ancestor in type(error).__mro__ if ancestor in _OF_ERROR)
