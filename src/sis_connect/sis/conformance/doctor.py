"""Why a district's connection does not work: the steps in order, up to the first that explains the rest.

Each step looks at what the one before it needs: name, connection, TLS, clock, token, sign-in, permissions, version,
and a year with classes and people in it. Not here: whether the service keeps the standard (`catalogue`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sis_connect.findings import Fixer
from sis_connect.oneroster.operations import version_in
from sis_connect.oneroster.schema import ONEROSTER_VERSION, ROSTER_ENTITIES
from sis_connect.sis.conformance.checking import CannotTellError
from sis_connect.sis.conformance.checks.reach import clock_offset
from sis_connect.sis.conformance.checks.sign_in import first_read, is_let_in
from sis_connect.sis.conformance.probe import LISTINGS
from sis_connect.sis.rest.remedies import nothing_there
from sis_connect.transport.diagnosis import DIAGNOSES, Action, Cause, diagnose_content
from sis_connect.transport.oauth2 import ClientGrant
from sis_connect.transport.reaching import Leg
from sis_connect.transport.statuses import diagnose_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.probe import Probe

#: Seconds by which clocks may differ before signatures are refused somewhere.
_MOST_DRIFT = 300.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, what to do and who does it."""

    #: Permanent, dotted.
    code: str
    what: str
    fix: str
    fixer: Fixer


@dataclass(frozen=True, slots=True)
class Finding:
    """How one step ended."""

    step: str
    #: What was found, as a sentence, when all is well.
    seen: str = ""
    trouble: Trouble | None = None


def examine(probe: Probe) -> Iterator[Finding]:
    """The steps as they are taken; the last is the first that has a trouble, if any has."""
    for name, look in _STEPS:
        try:
            found = look(probe)
        except CannotTellError as reason:
            found = Trouble(
                "data.unreadable", str(reason), "Have the SIS vendor look at the conformance report.", Fixer.VENDOR
            )
        if isinstance(found, Trouble):
            yield Finding(name, trouble=found)
            return
        yield Finding(name, found)


def _on_the_way(*steps: Leg) -> Callable[[Probe], str | Trouble]:
    def look(probe: Probe) -> str | Trouble:
        way = probe.way
        if way.ended_at in steps and way.cause is not None:
            return _of_cause(probe, way.cause)
        if way.is_proxied:
            return "A proxy stands in between; it is asked to pass everything on."
        if Leg.TLS in steps:
            return (
                f"{way.tls_version}."
                if way.is_encrypted
                else "Not encrypted, which is allowed for this machine itself."
            )
        return f"{_amount(way.addresses, 'address', 'addresses')} found." if Leg.NAME in steps else "It answers."

    return look


def _amount(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _of_cause(probe: Probe, cause: Cause) -> Trouble:
    row, naming = DIAGNOSES[cause], probe.connection.naming
    fixer = Fixer.VENDOR if row.action is Action.REPORT else Fixer.OPERATOR
    return Trouble(cause.value, naming.of_sentence(row.what), naming.fix_of(cause, row.fix), fixer)


def _clock(probe: Probe) -> str | Trouble:
    offset = clock_offset(probe)
    if offset is None:
        return "The service does not tell the time."
    if abs(offset) > _MOST_DRIFT:
        return Trouble(
            "clock.differs",
            f"The clocks of this machine and of the service differ by {abs(offset):,.0f} seconds.",
            "Have this machine take the time from a time server; if it does, tell the SIS vendor.",
            Fixer.OPERATOR,
        )
    return f"The clocks agree within {_amount(math.ceil(abs(offset)) or 1, 'second', 'seconds')}."


def _token(probe: Probe) -> str | Trouble:
    if not isinstance(probe.connection.sign_in, ClientGrant):
        return "No token needs to be fetched."
    taken = first_read(probe)
    if not taken.status and taken.cause.startswith("sign_in."):
        return Trouble(taken.cause, taken.what, taken.fix, _fixer_of_sign_in(taken.cause))
    return "A token was given."


def _fixer_of_sign_in(cause: str) -> Fixer:
    if cause in {Cause.SCOPE_REFUSED, Cause.GRANT_REFUSED}:
        return Fixer.DISTRICT
    return Fixer.VENDOR if cause == Cause.SIGN_IN_UNREADABLE else Fixer.OPERATOR


def _sign_in(probe: Probe) -> str | Trouble:
    taken = first_read(probe)
    if is_let_in(taken):
        return "The credentials are accepted."
    if not taken.status:
        return Trouble(taken.cause, taken.what, taken.fix, Fixer.OPERATOR)
    return replace(_of_cause(probe, diagnose_status(taken.status) or Cause.UNAUTHORISED), fixer=Fixer.OPERATOR)


def _version(probe: Probe) -> str | Trouble:
    said = version_in(probe.url)
    if said not in {"", ONEROSTER_VERSION}:
        return Trouble(
            "version.other",
            f"The address is that of OneRoster {said}.",
            f"Ask the SIS vendor for the address of OneRoster {ONEROSTER_VERSION}.",
            Fixer.OPERATOR,
        )
    answers = [probe.ask(LISTINGS[name].id, {"limit": 1}) for name in ROSTER_ENTITIES]
    if all(taken.status == 404 for taken in answers):
        found = _of_cause(probe, Cause.NOT_FOUND)
        return replace(found, what=nothing_there(probe.url) or found.what)
    pages = [taken for taken in answers if diagnose_content(taken.header("Content-Type"), taken.content)]
    if pages:
        return _of_cause(probe, Cause.HTML)
    return "The address is that of a OneRoster service."


def _permissions(probe: Probe) -> str | Trouble:
    answers = {name: probe.ask(LISTINGS[name].id, {"limit": 1}) for name in ROSTER_ENTITIES}
    forbidden = [name for name, taken in answers.items() if taken.status in {401, 403}]
    if forbidden:
        what = "a scope" if isinstance(probe.connection.sign_in, ClientGrant) else "a permission"
        return Trouble(
            "permission.missing",
            f"The credentials may not read {', '.join(forbidden)}: {what} is missing.",
            f"Have {what} given for {', '.join(forbidden)} in the SIS, or by its vendor.",
            Fixer.DISTRICT,
        )
    broken = {name: taken for name, taken in answers.items() if taken.status != 200}
    if broken:
        name, taken = next(iter(broken.items()))
        return _of_answer(name, taken)
    return f"All {len(ROSTER_ENTITIES)} collections of a roster may be read."


def _of_answer(name: str, taken: Answered) -> Trouble:
    cause = taken.cause or str(diagnose_status(taken.status) or "")
    fixer = Fixer.VENDOR
    return Trouble(
        cause or "data.unreadable",
        f"{LISTINGS[name].path} was answered with {taken.ending}.",
        "Tell the SIS vendor; `sis-connect conformance` writes what was asked and answered.",
        fixer,
    )


def _year(probe: Probe) -> str | Trouble:
    """A session that holds today; without one, nothing will be active."""
    today = f"{datetime.fromtimestamp(probe.around.wall_clock(), UTC):%Y-%m-%d}"
    sessions = probe.sample("academicSessions").rows
    active = [row for row in sessions if (row["start_date"] or "") <= today < (row["end_date"] or "")[:10]]
    if active:
        return f"{_amount(len(active), 'session holds', 'sessions hold')} today."
    latest = max(((row["end_date"] or "")[:10] for row in sessions), default="")
    return Trouble(
        "year.none",
        f"No school year or term holds today; the latest ends on {latest}.",
        "Have the current school year released to this client in the SIS.",
        Fixer.DISTRICT,
    )


def _people(probe: Probe) -> str | Trouble:
    """A roster with nobody in it is no roster."""
    for name in ("classes", "users", "enrollments"):
        listing = probe.listing(LISTINGS[name])
        if listing.is_complete and not listing.rows:
            return Trouble(
                f"year.no_{name}",
                f"The SIS gives no {name}.",
                f"Have the {name} of the current year released to this client in the SIS.",
                Fixer.DISTRICT,
            )
        if listing.problem:
            return Trouble(
                "data.unreadable",
                f"The {name} cannot be read: {listing.problem}.",
                "Tell the SIS vendor; `sis-connect conformance` writes what was asked and answered.",
                Fixer.VENDOR,
            )
    return "There are classes, people and enrollments."


_STEPS: tuple[tuple[str, Callable[[Probe], str | Trouble]], ...] = (
    ("name", _on_the_way(Leg.NAME)),
    ("connection", _on_the_way(Leg.CONNECTION)),
    ("encryption", _on_the_way(Leg.TLS)),
    ("clock", _clock),
    ("token", _token),
    ("sign-in", _sign_in),
    ("address", _version),
    ("permissions", _permissions),
    ("school year", _year),
    ("people", _people),
)

STEPS = tuple(name for name, _ in _STEPS)
