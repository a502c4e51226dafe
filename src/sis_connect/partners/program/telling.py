"""Every event as a sentence, for the history and for whoever looks after the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.partners.program import events as ev

if TYPE_CHECKING:
    from sis_connect.partners.program.events import Event
    from sis_connect.partners.program.standing import Standing


def in_words(event: Event) -> str:
    """What happened, without the partner's name."""
    match event:
        case ev.ApplicationReceived():
            return f"applied as {event.display_name} (application {event.application})"
        case ev.ApplicationAccepted():
            return f"application {event.application} was accepted"
        case ev.ApplicationDeclined():
            return f"application {event.application} was declined"
        case ev.ConformanceShown():
            return f"conformance was shown: {event.passed} checks passed, {event.skipped} skipped, of {event.url}"
        case ev.RoundTripShown():
            what = "a roster" if event.need is ev.Need.ROSTER else "grades"
            run = f" in run {event.run}" if event.run else ""
            return f"{what} went the whole way{run}: {event.arrived:,} arrived"
        case ev.Advanced():
            exceptions = f", with an exception for {', '.join(event.exceptions)}" if event.exceptions else ""
            return f"went from {event.before.value} to {event.after.value}{exceptions}"
        case ev.MovedBack():
            return f"went back from {event.before.value} to {event.after.value}"
        case ev.EscalationOpened() | ev.EscalationSent() | ev.EscalationAnswered() | ev.EscalationSolved():
            return _escalation(event)
    return _pilot(event)


def partner_of(event: Event, standing: Standing) -> str:
    """Id of the partner that an event is about; empty for an application that became none."""
    match event:
        case ev.ApplicationReceived() | ev.ApplicationDeclined():
            product = standing.applications[event.application].product
            owners = [one.id for one in standing.partners.values() if product in one.products]
            return owners[0] if owners else ""
        case ev.EscalationSent() | ev.EscalationAnswered() | ev.EscalationSolved():
            return standing.escalations[event.escalation].partner
    return event.partner


def _escalation(
    event: ev.EscalationOpened | ev.EscalationSent | ev.EscalationAnswered | ev.EscalationSolved,
) -> str:
    head = f"escalation {event.escalation}"
    match event:
        case ev.EscalationOpened():
            return f"{head} was opened{f' for {event.district}' if event.district else ''}: {event.what}"
        case ev.EscalationSent():
            return f"{head} was given to the vendor at level {event.level}"
        case ev.EscalationAnswered():
            return f"{head} was answered: {event.answer}"
    return f"{head} was solved: {event.solution}"


def _pilot(
    event: ev.PilotJoined | ev.PilotLeft | ev.PilotTested | ev.ProblemFound | ev.ProblemSolved | ev.NightRecorded,
) -> str:
    match event:
        case ev.PilotJoined():
            return f"{event.district} joined the pilot on {event.since}; {event.helper} helps"
        case ev.PilotLeft():
            return f"{event.district} left the pilot"
        case ev.PilotTested():
            return f"{event.district} tested: {event.what}"
        case ev.ProblemFound():
            return f"{event.district} met problem {event.problem}: {event.what}"
        case ev.ProblemSolved():
            return f"problem {event.problem} of {event.district} is gone"
    return f"the night of {event.night} at {event.district}: {event.outcome}"
