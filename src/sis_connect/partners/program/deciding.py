"""What may happen now: of what is so and what a person asks for, the event to write down, or a refusal with a remedy.

Pure: who asks and what time it is are given. Not here: reading applications (`application`), reports and runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.errors import ConfigurationError
from sis_connect.partners.directory import name_key
from sis_connect.partners.profile import Status
from sis_connect.partners.program import events as ev
from sis_connect.partners.program.escalation import NEXT, EscalationState
from sis_connect.partners.program.lifecycle import CLOCKS_DIFFER, Missing, is_before, is_same_endpoint, missing, next_of
from sis_connect.partners.program.standing import ApplicationState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sis_connect.partners.program.rules import ProgramRules
    from sis_connect.partners.program.standing import Applied, Partner, Pilot, Standing


@dataclass(frozen=True, slots=True)
class ReportSeen:
    """What a conformance report says of itself, and whether it may be believed."""

    #: SHA-256 of the file.
    document: str
    url: str
    tested_at: datetime
    #: What is wrong with digest or signature, as a sentence; empty when nothing is.
    problem: str
    #: Ids of checks that SIS Connect makes and that the report does not hold.
    left_out: tuple[str, ...]
    passed: int
    skipped: int
    #: Failures by who wants it.
    failed_required: int
    failed_expected: int
    failed_advice: int
    #: Failures that SIS Connect cannot live with.
    unlivable: int


@dataclass(frozen=True, slots=True)
class RunSeen:
    """What the report of a run in a sandbox says."""

    run: str
    document: str
    #: Of the service that its roster comes from; empty for a package.
    address: str
    started_at: datetime
    is_finished: bool
    adds_up: bool
    #: Records that were received, and those that arrived or were there already.
    received: int
    arrived: int
    #: Changes that waited or were refused.
    held: int
    refused: int


def find_partner(standing: Standing, partner: str) -> Partner:
    """The partner of that id."""
    found = standing.partners.get(partner)
    if found is None:
        raise ConfigurationError(
            f"There is no partner {partner!r}.", where="PARTNER", fix="`sis-connect partners list` names them."
        )
    return found


def advance(
    standing: Standing,
    partner_id: str,
    rules: ProgramRules,
    now: datetime,
    *,
    exceptions: Collection[ev.Need] = (),
    note: str = "",
) -> ev.Advanced | tuple[Missing, ...]:
    """The partner enters its next state; or what it must show first.

    An exception stands for evidence that is missing, and for nothing else: one that is not needed is refused.
    """
    partner = find_partner(standing, partner_id)
    after = next_of(partner.status)
    if after is None:
        raise _refused(f"{partner.name} is {partner.status} already.", "PARTNER", "There is no state after it.")
    lacking = missing(partner, standing.escalations_of(partner.id), rules, now)
    needless = [need for need in dict.fromkeys(exceptions) if need not in {one.need for one in lacking}]
    if needless:
        raise _refused(
            f"{', '.join(needless)}: no exception is needed, because nothing is missing there.",
            "--except",
            "Leave it out.",
        )
    left = tuple(one for one in lacking if one.need not in exceptions)
    if left:
        return left
    return ev.Advanced(partner.id, partner.status, after, tuple(dict.fromkeys(exceptions)), note)


def move_back(standing: Standing, partner_id: str, to: Status, because: str, note: str = "") -> ev.MovedBack:
    """The partner goes back, with a reason."""
    partner = find_partner(standing, partner_id)
    if not is_before(to, partner.status):
        raise _refused(f"{partner.name} is {partner.status}; {to} does not come before it.", "--to", _EARLIER)
    _said(because, "--because", "Say why: whoever reads the history wants to know.")
    return ev.MovedBack(partner.id, partner.status, to, note)


def find_application(standing: Standing, number: int) -> Applied:
    """The application of that number, which nobody has decided yet."""
    found = standing.applications.get(number)
    if found is None:
        raise _refused(f"There is no application {number}.", "NUMBER", "`sis-connect partners review` lists them.")
    if found.state is not ApplicationState.RECEIVED:
        raise _refused(f"Application {number} is {found.state} already.", "NUMBER", "The vendor may apply again.")
    return found


def show_conformance(standing: Standing, partner_id: str, seen: ReportSeen, now: datetime) -> ev.ConformanceShown:
    """The report counts as evidence; ConfigurationError says why it does not."""
    partner = find_partner(standing, partner_id)
    if seen.problem:
        raise _refused(seen.problem, "REPORT", "Run `sis-connect conformance` with the key of the program.")
    if seen.left_out:
        raise _refused(
            f"The report leaves out {len(seen.left_out)} checks, {seen.left_out[0]} among them.",
            "REPORT",
            "Run `sis-connect conformance` without --only.",
        )
    if failures := _failures(seen):
        raise _refused(failures, "REPORT", "Send the page of the report to the vendor; when it is mended, test again.")
    if not seen.passed:
        raise _refused("No check passed: nothing was shown.", "REPORT", "Test the service again.")
    if problem := _not_of_now(partner, seen.tested_at, now) or _not_of_the_endpoint(partner, seen.url):
        raise _refused(f"The report {problem}", "REPORT", _TEST_AGAIN)
    return ev.ConformanceShown(
        partner.id, seen.document, seen.url, seen.tested_at, seen.passed, seen.skipped, seen.failed_advice
    )


def show_roster(standing: Standing, partner_id: str, seen: RunSeen, now: datetime) -> ev.RoundTripShown:
    """The run counts as a roster that arrived; ConfigurationError says why it does not."""
    partner = find_partner(standing, partner_id)
    problem = ""
    if not seen.is_finished:
        problem = "The run was closed before its end."
    elif not seen.adds_up:
        problem = "The records of the run are not all accounted for."
    elif not seen.arrived:
        problem = "No record arrived in this run."
    elif seen.held or seen.refused:
        problem = f"{seen.held} changes wait and {seen.refused} were refused."
    elif missed := _not_of_now(partner, seen.started_at, now) or _not_of_the_endpoint(partner, seen.address):
        problem = f"The run {missed}"
    if problem:
        raise _refused(problem, f"run {seen.run}", "Run it again once what stands in the way is gone.")
    return ev.RoundTripShown(partner.id, ev.Need.ROSTER, seen.run, seen.document, seen.arrived)


def show_grades(
    standing: Standing, partner_id: str, *, run: str, document: str, arrived: int, because: str
) -> ev.RoundTripShown:
    """A person's word that grades went the whole way and were read back."""
    partner = find_partner(standing, partner_id)
    _said(because, "--because", "Say what was sent and where it was read back.")
    if arrived < 1:
        raise _refused("No grade arrived.", "--grades", "Say how many grades were read back.")
    return ev.RoundTripShown(partner.id, ev.Need.GRADES, run, document, arrived)


def join_pilot(standing: Standing, partner_id: str, district: str, since: date, helper: str) -> ev.PilotJoined:
    """A district takes part; a district that left may come back and begins anew."""
    partner = find_partner(standing, partner_id)
    if known := partner.pilot(district):
        raise _refused(
            f"{known.district} takes part already.", "DISTRICT", "`sis-connect partners pilot note` adds to it."
        )
    if is_before(partner.status, Status.IN_TESTING):
        raise _refused(
            f"{partner.name} is {partner.status}: districts join once it is {Status.IN_TESTING}.", "PARTNER", _ADVANCE
        )
    _said(district, "DISTRICT", "Name the district.")
    _said(helper, "--helper", "Name who helps at the vendor.")
    return ev.PilotJoined(partner.id, district, since, helper)


def find_pilot(standing: Standing, partner_id: str, district: str) -> Pilot:
    """The district of that name, however it is spaced and capitalised, which takes part."""
    partner = find_partner(standing, partner_id)
    found = partner.pilot(district)
    if found is None:
        present = ", ".join(pilot.district for pilot in partner.pilots.values() if not pilot.has_left)
        raise _refused(
            f"{district} takes no part in the pilot of {partner.name}.",
            "DISTRICT",
            f"Those that do: {present or 'none'}.",
        )
    return found


def record_night(
    standing: Standing,
    partner_id: str,
    district: str,
    night: date,
    outcome: ev.NightOutcome,
    *,
    run: str = "",
    today: date,
) -> ev.NightRecorded:
    """How a night ended: of a district that takes part, since it does, and once real data may flow."""
    pilot = find_pilot(standing, partner_id, district)
    partner = find_partner(standing, partner_id)
    if is_before(partner.status, Status.IN_PILOT):
        raise _refused(
            f"{partner.name} is {partner.status}: nights with real data count once it is {Status.IN_PILOT}.",
            "PARTNER",
            _ADVANCE,
        )
    if night < pilot.since:
        raise _refused(f"{pilot.district} takes part since {pilot.since}.", "NIGHT", "Name a night since then.")
    if night > today:
        raise _refused(f"{night} has not come yet.", "NIGHT", "Name a night that has ended.")
    if run and _whose_night(standing, run) not in {None, (partner.id, name_key(district))}:
        raise _refused(f"Run {run} is a night of another district already.", "--run", "Name a run of this district.")
    return ev.NightRecorded(partner_id, pilot.district, night, outcome, run)


def _whose_night(standing: Standing, run: str) -> tuple[str, str] | None:
    """The partner and the district, as `name_key` has it, of the night that a run was; None for none."""
    for partner in standing.partners.values():
        for pilot in partner.pilots.values():
            if any(night.run == run for night in pilot.nights.values()):
                return partner.id, name_key(pilot.district)
    return None


def find_problem(standing: Standing, partner_id: str, district: str, problem: int) -> ev.ProblemSolved:
    """The problem is gone."""
    pilot = find_pilot(standing, partner_id, district)
    known = pilot.problems.get(problem)
    if known is None or known.solved_at is not None:
        raise _refused(
            f"{pilot.district} has no open problem {problem}.", "--solved", "`sis-connect partners show` lists them."
        )
    return ev.ProblemSolved(partner_id, pilot.district, problem)


def open_problem(standing: Standing, partner_id: str, district: str, what: str) -> ev.ProblemFound:
    """The district met a problem."""
    pilot = find_pilot(standing, partner_id, district)
    return ev.ProblemFound(partner_id, pilot.district, len(pilot.problems) + 1, what)


def open_escalation(
    standing: Standing, partner_id: str, what: str, *, run: str = "", bundle: str = "", district: str = ""
) -> ev.EscalationOpened:
    """Something is to be taken to the vendor."""
    partner = find_partner(standing, partner_id)
    _said(what, "--what", "Say in a sentence what does not work.")
    return ev.EscalationOpened(partner.id, len(standing.escalations) + 1, what, run, bundle, district)


def send(standing: Standing, number: int, level: int = 1, *, levels: int) -> ev.EscalationSent:
    """The vendor, who has so many levels, gets it at one of them; also again, when its answer did not help."""
    _in_state(standing, number, EscalationState.WITH_VENDOR)
    if not 1 <= level <= levels:
        raise _refused(f"There is no level {level}.", "--level", f"The vendor has levels 1 to {levels}.")
    return ev.EscalationSent(number, level)


def answer(standing: Standing, number: int, said: str) -> ev.EscalationAnswered:
    """The vendor answered."""
    _in_state(standing, number, EscalationState.ANSWERED)
    _said(said, "TEXT", "Say what the vendor answered.")
    return ev.EscalationAnswered(number, said)


def solve(standing: Standing, number: int, solution: str) -> ev.EscalationSolved:
    """It no longer happens."""
    _in_state(standing, number, EscalationState.SOLVED)
    _said(solution, "TEXT", "Say what solved it: the next district will ask.")
    return ev.EscalationSolved(number, solution)


def _in_state(standing: Standing, number: int, wanted: EscalationState) -> None:
    """Refuse unless the escalation may enter that state."""
    escalation = standing.escalations.get(number)
    if escalation is None:
        raise _refused(f"There is no escalation {number}.", "NUMBER", "`sis-connect partners escalations` lists them.")
    if wanted not in NEXT[escalation.state]:
        may = " or ".join(NEXT[escalation.state])
        fix = f"From there it goes to {may}." if may else "What comes back is a new escalation."
        raise _refused(f"Escalation {number} is {escalation.state}, so it cannot become {wanted}.", "NUMBER", fix)


def _failures(seen: ReportSeen) -> str:
    """What failed and may not, as a sentence; empty when nothing did."""
    failed = seen.failed_required + seen.failed_expected
    told = [f"Of the checks that are required or expected, {failed} failed."] if failed else []
    told += [f"Of all failures, SIS Connect cannot live with {seen.unlivable}."] if seen.unlivable else []
    return " ".join(told)


def _not_of_now(partner: Partner, at: datetime, now: datetime) -> str:
    """Why something of this time shows nothing, as the end of a sentence; empty when it may."""
    if at > now + CLOCKS_DIFFER:
        return "is of a time that has not come; set the clock right."
    if partner.restarted is not None and at < partner.restarted:
        return f"is older than the day on which {partner.name} was moved back, {partner.restarted:%Y-%m-%d}."
    return ""


def _not_of_the_endpoint(partner: Partner, address: str) -> str:
    """Why something of this address shows nothing, as above; where the endpoint is unknown, `missing` says it."""
    if not partner.endpoint or is_same_endpoint(address, partner.endpoint):
        return ""
    return f"is of {address or 'a package'}, not of the vendor's endpoint, {partner.endpoint}."


_TEST_AGAIN = "Test the endpoint that the application names, or let the vendor apply again with another one."
_EARLIER = "Name an earlier state."
_ADVANCE = "`sis-connect partners advance` says what is missing for the next state."


def _said(text: str, where: str, fix: str) -> None:
    if not text.strip():
        raise _refused("This must not be empty.", where, fix)


def _refused(what: str, where: str, fix: str) -> ConfigurationError:
    return ConfigurationError(what, where=where, fix=fix)
