"""The states with their published meanings, and the table of what each asks for before a partner may enter it.

Here: which evidence counts and which is missing, in sentences. Not here: how evidence is looked at before it is written
down (`deciding`), and the numbers (`rules`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sis_connect.partners.entries import service_address
from sis_connect.partners.profile import Status
from sis_connect.partners.program.escalation import EscalationState
from sis_connect.partners.program.events import ConformanceShown, Need

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sis_connect.partners.program.escalation import Escalation
    from sis_connect.partners.program.rules import ProgramRules
    from sis_connect.partners.program.standing import Partner

#: As the program publishes them.
MEANINGS: Mapping[Status, str] = MappingProxyType(
    {
        Status.IN_CONTACT: "The vendor is interested; no formal work has begun.",
        Status.IN_TESTING: "The vendor has agreed to be a partner; development or testing is in progress.",
        Status.IN_PILOT: "The development environments work together; a handful of districts test with real data.",
        Status.AVAILABLE: "Tested, and ready for any district that both serve.",
    }
)

#: What a partner must have shown to enter each state from the one before.
NEEDS: Mapping[Status, tuple[Need, ...]] = MappingProxyType(
    {
        Status.IN_CONTACT: (),
        Status.IN_TESTING: (Need.APPLICATION,),
        Status.IN_PILOT: (Need.CONFORMANCE, Need.ROSTER, Need.GRADES),
        Status.AVAILABLE: (Need.PILOTS, Need.ESCALATIONS),
    }
)

_ORDER = tuple(Status)

#: By how much the clocks of two machines may differ: what is later than now by more was not yet.
CLOCKS_DIFFER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Missing:
    """Evidence that a state asks for and that is not there."""

    need: Need
    #: What is missing, as a sentence.
    what: str


def next_of(status: Status) -> Status | None:
    """The state after this one; None after the last."""
    place = _ORDER.index(status) + 1
    return _ORDER[place] if place < len(_ORDER) else None


def is_before(one: Status, other: Status) -> bool:
    """True when the first state comes before the second."""
    return _ORDER.index(one) < _ORDER.index(other)


def needed_above(status: Status) -> tuple[Need, ...]:
    """Everything that the states after this one ask for."""
    return tuple(need for later in _ORDER[_ORDER.index(status) + 1 :] for need in NEEDS[later])


def missing(
    partner: Partner, escalations: Iterable[Escalation], rules: ProgramRules, now: datetime
) -> tuple[Missing, ...]:
    """What the partner's next state asks for and is not there; nothing for a partner in the last state."""
    after = next_of(partner.status)
    needs = NEEDS[after] if after else ()
    sentences = {need: _lacking(need, partner, escalations, rules, now) for need in needs}
    return tuple(Missing(need, what) for need, what in sentences.items() if what)


def districts_ready(partner: Partner, rules: ProgramRules) -> tuple[str, ...]:
    """Pilot districts that take part and have nights enough."""
    return tuple(
        pilot.district
        for pilot in partner.pilots.values()
        if not pilot.has_left and pilot.nights_well(partner.restarted) >= rules.pilot.nights
    )


def _lacking(
    need: Need, partner: Partner, escalations: Iterable[Escalation], rules: ProgramRules, now: datetime
) -> str:
    """What is missing of one need, as a sentence; empty when nothing is."""
    match need:
        case Need.PILOTS:
            ready = len(districts_ready(partner, rules))
            wanted = rules.pilot
            if ready >= wanted.districts:
                return ""
            return (
                f"{ready} of {wanted.districts} pilot districts have {wanted.nights} nights that went well"
                f"{_best(partner)}."
            )
        case Need.ESCALATIONS:
            waiting = [str(one.number) for one in escalations if one.state is not EscalationState.SOLVED]
            return f"Not solved yet: escalation {', '.join(waiting)}." if waiting else ""
        case Need.CONFORMANCE:
            return _lacking_report(partner, rules, now)
        case Need.GRADES if not partner.takes_grades:
            return ""
    return "" if need in partner.evidence else _NOT_SHOWN[need]


_NOT_SHOWN: Mapping[Need, str] = MappingProxyType(
    {
        Need.APPLICATION: "No application was accepted.",
        Need.CONFORMANCE: "No conformance report of the vendor's endpoint was shown.",
        Need.ROSTER: "No roster of the vendor's endpoint was shown to arrive in a sandbox.",
        Need.GRADES: "No grades were shown to arrive at the vendor's endpoint.",
    }
)


def _lacking_report(partner: Partner, rules: ProgramRules, now: datetime) -> str:
    entry = partner.evidence.get(Need.CONFORMANCE)
    if entry is None or not isinstance(entry.event, ConformanceShown):
        return _NOT_SHOWN[Need.CONFORMANCE]
    age = now - entry.event.tested_at
    if age < -CLOCKS_DIFFER:
        return "The conformance report is of a time that has not come: the clock went back, or was wrong then."
    if age > timedelta(days=rules.testing.report_days):
        return f"The conformance report is {age.days} days old; it counts for {rules.testing.report_days}."
    if not partner.endpoint:
        return "The vendor's endpoint is not known: its application names it."
    if not is_same_endpoint(entry.event.url, partner.endpoint):
        return f"The conformance report is not of the vendor's endpoint, {partner.endpoint}."
    return ""


def is_same_endpoint(one: str, other: str) -> bool:
    """True when two addresses are of the same service.

    The standard's path may be left out of either; a last slash, and the case of the host, make no difference.
    """
    return _service(one) == _service(other)


def _service(url: str) -> tuple[str, str, str]:
    parts = urlsplit(service_address(url).base_url)
    return parts.scheme, parts.netloc.lower(), parts.path


def _best(partner: Partner) -> str:
    """How far each district is."""
    counts = [
        f"{pilot.district}: {pilot.nights_well(partner.restarted)}"
        for pilot in partner.pilots.values()
        if not pilot.has_left
    ]
    return f" ({', '.join(counts)})" if counts else ""
