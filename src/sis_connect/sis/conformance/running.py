"""Makes the checks in order; what rests on a sign-in is not tried without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sis.conformance.checking import CannotTellError, Group, skipped
from sis_connect.sis.conformance.checks.sign_in import first_read, is_let_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sis_connect.sis.conformance.checking import Check, Verdict
    from sis_connect.sis.conformance.probe import Probe

#: What can be looked at without having been let in.
_OUTSIDE = frozenset((Group.REACH, Group.SIGN_IN))


def run_checks(probe: Probe, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
    """Each check with its verdict, as soon as it is known."""
    for check in checks:
        yield check, _verdict(probe, check)


def _verdict(probe: Probe, check: Check) -> Verdict:
    if probe.way.ended_at is not None and check.group is not Group.REACH:
        return skipped("The service cannot be reached.")
    if check.group not in _OUTSIDE and not is_let_in(first_read(probe)):
        return skipped("Nobody was let in.")
    try:
        return check.judge(probe)
    except CannotTellError as reason:
        return skipped(str(reason))
