"""What can happen in the program, each as one value that is written down and never changed.

Who did it, why and when stands beside it in the log. Files are named by their SHA-256 and kept apart. Not here: when
something may happen (`deciding`), and what follows from it (`standing`).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from sis_connect.partners.profile import Status


class Need(StrEnum):
    """Evidence that a state asks for."""

    #: An application that a person accepted.
    APPLICATION = "application"
    #: A signed conformance report of the vendor's endpoint in which nothing failed but advice.
    CONFORMANCE = "conformance"
    #: A roster of the vendor's endpoint that arrived in an LMS sandbox, with every record accounted for.
    ROSTER = "roster-round-trip"
    #: Grades that went from an LMS sandbox to the vendor's endpoint and were read back.
    GRADES = "grade-round-trip"
    #: Enough pilot districts with enough nights that went well.
    PILOTS = "pilots"
    #: No escalation that waits for its solution.
    ESCALATIONS = "escalations"


class NightOutcome(StrEnum):
    """How a night of a pilot district ended."""

    #: Everything that may arrive arrived.
    WELL = "well"
    #: Something waited for a person, or was refused.
    WAITING = "waiting"
    #: Nothing arrived.
    FAILED = "failed"


class Level(msgspec.Struct, frozen=True):
    """One level of a vendor's escalation path; who stands there is kept apart, in the application."""

    role: str
    #: In which an answer is promised.
    hours: int


class _Event(msgspec.Struct, frozen=True, tag_field="event", tag=lambda name: name):
    """Something that happened."""


class ApplicationReceived(_Event, frozen=True):
    """A vendor applied."""

    application: int
    #: Id that its profile would have.
    product: str
    display_name: str
    #: Of the application as it was sent.
    document: str


class ApplicationAccepted(_Event, frozen=True):
    """A person found the application good; the draft of a profile was made of it."""

    application: int
    partner: str
    #: Of the draft.
    profile: str
    #: Where the vendor's sandbox is.
    endpoint: str
    #: False where no grades can be sent, so that none need be shown to arrive.
    takes_grades: bool
    levels: tuple[Level, ...]


class ApplicationDeclined(_Event, frozen=True):
    """A person did not accept it."""

    application: int


class ConformanceShown(_Event, frozen=True):
    """A conformance report was looked at and found genuine, whole and fit."""

    partner: str
    #: Of the report.
    document: str
    url: str
    tested_at: datetime
    passed: int
    skipped: int
    #: Failures that are advice.
    advice: int


class RoundTripShown(_Event, frozen=True):
    """Data went the whole way in a sandbox."""

    partner: str
    need: Need
    #: Name of the run; empty where it was no run of SIS Connect.
    run: str
    #: Of its report, or of the file that shows it; empty for none.
    document: str
    #: Records or grades that arrived or were there already.
    arrived: int


class Advanced(_Event, frozen=True):
    """The partner entered the next state."""

    partner: str
    before: Status
    after: Status
    #: Evidence that was not there, and in whose place a person's word stands.
    exceptions: tuple[Need, ...]
    #: Published beside the state; empty for none.
    note: str = ""


class MovedBack(_Event, frozen=True):
    """The partner went back to an earlier state; what the later ones ask for must be shown anew."""

    partner: str
    before: Status
    after: Status
    #: Published beside the state; empty for none.
    note: str = ""


class PilotJoined(_Event, frozen=True):
    """A district takes part."""

    partner: str
    district: str
    since: date
    #: Who helps at the vendor.
    helper: str


class PilotLeft(_Event, frozen=True):
    """A district no longer takes part; its nights no longer count."""

    partner: str
    district: str


class PilotTested(_Event, frozen=True):
    """A district tested something."""

    partner: str
    district: str
    what: str


class ProblemFound(_Event, frozen=True):
    """A district met a problem."""

    partner: str
    district: str
    problem: int
    what: str


class ProblemSolved(_Event, frozen=True):
    """It is gone."""

    partner: str
    district: str
    problem: int


class NightRecorded(_Event, frozen=True):
    """How a night ended; of two records of a night the later one counts."""

    partner: str
    district: str
    night: date
    outcome: NightOutcome
    #: Name of the run; empty where none was named.
    run: str


class EscalationOpened(_Event, frozen=True):
    """Something does not work, and support did not solve it."""

    partner: str
    escalation: int
    what: str
    #: Name of the run that shows it; empty for none.
    run: str
    #: Of the bundle; empty for none.
    bundle: str
    #: Whose SIS it is; empty where it is about every district.
    district: str = ""


class EscalationSent(_Event, frozen=True):
    """The vendor has it, at the first level or from one on; its clock runs."""

    escalation: int
    level: int


class EscalationAnswered(_Event, frozen=True):
    """The vendor answered; the clock stands."""

    escalation: int
    answer: str


class EscalationSolved(_Event, frozen=True):
    """It is solved."""

    escalation: int
    solution: str


Event = (
    ApplicationReceived
    | ApplicationAccepted
    | ApplicationDeclined
    | ConformanceShown
    | RoundTripShown
    | Advanced
    | MovedBack
    | PilotJoined
    | PilotLeft
    | PilotTested
    | ProblemFound
    | ProblemSolved
    | NightRecorded
    | EscalationOpened
    | EscalationSent
    | EscalationAnswered
    | EscalationSolved
)


class Entry(msgspec.Struct, frozen=True):
    """One event with who wrote it down, and when."""

    #: Counted from 1.
    number: int
    at: datetime
    by: str
    #: May be empty where the event says it.
    because: str
    event: Event


def write_event(event: Event) -> bytes:
    """The event as it is kept."""
    return msgspec.json.encode(event, order="deterministic")


def read_event(content: bytes) -> Event:
    """The event that was kept so; msgspec.DecodeError when it was none of this version."""
    event: Event = _DECODER.decode(content)
    return event


_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
