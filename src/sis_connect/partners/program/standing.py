"""What is so, as it follows from the events: applications, partners with their evidence, pilots and escalations.

Here: taking events one after the other. Nothing is refused here: what was written down happened (`deciding` refuses).
The values are built here and changed by nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import singledispatchmethod
from typing import TYPE_CHECKING

from sis_connect.partners.directory import name_key
from sis_connect.partners.profile import Status
from sis_connect.partners.program import events as ev
from sis_connect.partners.program.escalation import Escalation, EscalationState
from sis_connect.partners.program.lifecycle import needed_above

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sis_connect.partners.program.events import Level, Need


class ApplicationState(StrEnum):
    """Where an application stands."""

    #: Nobody has decided yet.
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(slots=True)
class Applied:
    """One application."""

    number: int
    product: str
    display_name: str
    document: str
    received_at: datetime
    state: ApplicationState = ApplicationState.RECEIVED


@dataclass(slots=True)
class Problem:
    """What a pilot district met."""

    number: int
    what: str
    found_at: datetime
    solved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Night:
    """One night of a pilot district."""

    outcome: ev.NightOutcome
    run: str


@dataclass(slots=True)
class Pilot:
    """One district that tests with real data."""

    district: str
    since: date
    helper: str
    tested: list[str] = field(default_factory=list)
    problems: dict[int, Problem] = field(default_factory=dict)
    nights: dict[date, Night] = field(default_factory=dict)
    has_left: bool = False

    def nights_well(self, after: datetime | None) -> int:
        """Nights that went well, after the day of an instant or at all."""
        return sum(
            night.outcome is ev.NightOutcome.WELL and (after is None or day > after.date())
            for day, night in self.nights.items()
        )


@dataclass(slots=True)
class Partner:
    """One partner: a line of what the program publishes."""

    #: Made of its name; permanent.
    id: str
    name: str
    status: Status
    note: str = ""
    #: Ids of its products' profiles.
    products: tuple[str, ...] = ()
    #: When it entered its state; None where that was before this log began.
    since: datetime | None = None
    #: Of the application accepted last; 0 for none.
    application: int = 0
    endpoint: str = ""
    takes_grades: bool = True
    levels: tuple[Level, ...] = ()
    #: The latest of each kind that still counts.
    evidence: dict[Need, ev.Entry] = field(default_factory=dict)
    #: When it was moved back last: what is shown must be of later, and nights count from the day after.
    restarted: datetime | None = None
    pilots: dict[str, Pilot] = field(default_factory=dict)

    def pilot(self, district: str) -> Pilot | None:
        """The district that takes part under this name, however it is spaced and capitalised; None for none."""
        wanted = name_key(district)
        return next(
            (one for one in self.pilots.values() if not one.has_left and name_key(one.district) == wanted), None
        )


@dataclass(slots=True)
class Standing:
    """Everything that is so after the events taken so far."""

    partners: dict[str, Partner] = field(default_factory=dict)
    applications: dict[int, Applied] = field(default_factory=dict)
    escalations: dict[int, Escalation] = field(default_factory=dict)

    def take(self, entry: ev.Entry) -> None:
        """Let one event be so."""
        self._take(entry.event, entry)

    def escalations_of(self, partner: str) -> list[Escalation]:
        """A partner's escalations, oldest first."""
        return [one for one in self.escalations.values() if one.partner == partner]

    @singledispatchmethod
    def _take(self, event: object, entry: ev.Entry) -> None:
        del entry
        raise TypeError(f"{type(event).__name__} is no event.")

    @_take.register
    def _(self, event: ev.ApplicationReceived, entry: ev.Entry) -> None:
        self.applications[event.application] = Applied(
            event.application, event.product, event.display_name, event.document, entry.at
        )

    @_take.register
    def _(self, event: ev.ApplicationAccepted, entry: ev.Entry) -> None:
        applied = self.applications[event.application]
        applied.state = ApplicationState.ACCEPTED
        new = Partner(event.partner, applied.display_name, Status.IN_CONTACT, since=entry.at)
        partner = self.partners.setdefault(event.partner, new)
        if applied.product not in partner.products:
            partner.products += (applied.product,)
        partner.application = event.application
        partner.endpoint = event.endpoint
        partner.takes_grades = event.takes_grades
        partner.levels = event.levels
        partner.evidence[ev.Need.APPLICATION] = entry

    @_take.register
    def _(self, event: ev.ApplicationDeclined, entry: ev.Entry) -> None:
        del entry
        self.applications[event.application].state = ApplicationState.DECLINED

    @_take.register
    def _(self, event: ev.ConformanceShown, entry: ev.Entry) -> None:
        self.partners[event.partner].evidence[ev.Need.CONFORMANCE] = entry

    @_take.register
    def _(self, event: ev.RoundTripShown, entry: ev.Entry) -> None:
        self.partners[event.partner].evidence[event.need] = entry

    @_take.register
    def _(self, event: ev.Advanced, entry: ev.Entry) -> None:
        partner = self.partners[event.partner]
        partner.status, partner.since, partner.note = event.after, entry.at, event.note

    @_take.register
    def _(self, event: ev.MovedBack, entry: ev.Entry) -> None:
        partner = self.partners[event.partner]
        partner.status, partner.since, partner.note = event.after, entry.at, event.note
        partner.restarted = entry.at
        for need in needed_above(event.after):
            partner.evidence.pop(need, None)

    @_take.register
    def _(self, event: ev.PilotJoined, entry: ev.Entry) -> None:
        del entry
        pilots = self.partners[event.partner].pilots
        pilots[event.district] = Pilot(event.district, event.since, event.helper)

    @_take.register
    def _(self, event: ev.PilotLeft, entry: ev.Entry) -> None:
        del entry
        self._pilot(event.partner, event.district).has_left = True

    @_take.register
    def _(self, event: ev.PilotTested, entry: ev.Entry) -> None:
        del entry
        self._pilot(event.partner, event.district).tested.append(event.what)

    @_take.register
    def _(self, event: ev.ProblemFound, entry: ev.Entry) -> None:
        problem = Problem(event.problem, event.what, entry.at)
        self._pilot(event.partner, event.district).problems[event.problem] = problem

    @_take.register
    def _(self, event: ev.ProblemSolved, entry: ev.Entry) -> None:
        self._pilot(event.partner, event.district).problems[event.problem].solved_at = entry.at

    @_take.register
    def _(self, event: ev.NightRecorded, entry: ev.Entry) -> None:
        del entry
        night = Night(event.outcome, event.run)
        self._pilot(event.partner, event.district).nights[event.night] = night

    @_take.register
    def _(self, event: ev.EscalationOpened, entry: ev.Entry) -> None:
        self.escalations[event.escalation] = Escalation(
            event.escalation, event.partner, event.what, event.run, event.bundle, entry.at, district=event.district
        )

    @_take.register
    def _(self, event: ev.EscalationSent, entry: ev.Entry) -> None:
        escalation = self.escalations[event.escalation]
        escalation.state = EscalationState.WITH_VENDOR
        escalation.sent_at, escalation.sent_level = entry.at, event.level

    @_take.register
    def _(self, event: ev.EscalationAnswered, entry: ev.Entry) -> None:
        del entry
        escalation = self.escalations[event.escalation]
        escalation.state, escalation.answer = EscalationState.ANSWERED, event.answer

    @_take.register
    def _(self, event: ev.EscalationSolved, entry: ev.Entry) -> None:
        escalation = self.escalations[event.escalation]
        escalation.state, escalation.solution = EscalationState.SOLVED, event.solution
        escalation.ended_at = entry.at

    def _pilot(self, partner: str, district: str) -> Pilot:
        return self.partners[partner].pilots[district]


def standing_of(entries: Iterable[ev.Entry], published: Iterable[Partner] = ()) -> Standing:
    """What is so after these events, beginning with what the program published before its log began."""
    standing = Standing({partner.id: partner for partner in published})
    for entry in entries:
        standing.take(entry)
    return standing
