"""Makes the checks in order; what rests on a sign-in, or on a scope, is not judged without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sis.conformance.checking import CannotTellError, Group, Outcome, skipped
from sis_connect.sis.conformance.checks.sign_in import first_read, is_let_in
from sis_connect.sis.conformance.probe import SIGNED_IN
from sis_connect.transport.oauth2 import ClientGrant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sis_connect.sis.conformance.asking import Answered
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
        verdict = check.judge(probe)
    except CannotTellError as reason:
        return skipped(str(reason))
    except Exception as fault:  # noqa: BLE001 - a service that trips one check must not cost the whole report
        return skipped(f"What the service sent made the check itself fail ({type(fault).__name__}).")
    if verdict.outcome is Outcome.FAILED and verdict.evidence:
        lacking = [_lacking_scope(probe, taken) for taken in verdict.evidence]
        if all(lacking):
            return skipped(f"No scope for it was asked for: add --scope {lacking[0]}.")
    return verdict


def _lacking_scope(probe: Probe, taken: Answered) -> str:
    """The ending of a scope for want of which we were turned away; "" when that is not why it ended so."""
    grant, operation = probe.connection.sign_in, taken.asked.operation
    if taken.status != 403 or taken.asked.by != SIGNED_IN or operation is None:
        return ""
    # Where no scope is named at all, the service decides what the credentials open.
    if not isinstance(grant, ClientGrant) or not grant.scopes or set(grant.scopes) & set(operation.scopes):
        return ""
    return operation.scopes[0].rpartition("/")[2]
