"""From what is so in the program to the documents that commands answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli import program_documents as doc
from sis_connect.cli.exits import ExitCode
from sis_connect.partners.program.escalation import EscalationState, clock
from sis_connect.partners.program.lifecycle import MEANINGS, missing, next_of
from sis_connect.partners.program.telling import in_words, partner_of
from sis_connect.partners.questions import questions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.partners.program.application import Contacts
    from sis_connect.partners.program.escalation import Escalation
    from sis_connect.partners.program.lifecycle import Missing
    from sis_connect.partners.program.reviewing import Remark, Review
    from sis_connect.partners.program.standing import Applied, Partner, Pilot
    from sis_connect.runs.partner_program import PartnerProgram


def partner_document(
    program: PartnerProgram, partner: Partner, command: str, *, lacking: tuple[Missing, ...] = ()
) -> doc.PartnerDocument:
    """How a partner stands; `lacking` is what kept it from its next state, if that was asked for."""
    after = next_of(partner.status)
    escalations = [one for one in program.standing.escalations_of(partner.id) if _is_open(one)]
    still = missing(partner, program.standing.escalations_of(partner.id), program.rules, program.now())
    return doc.PartnerDocument(
        command=command,
        exit_code=ExitCode.WAITING if lacking else ExitCode.OK,
        is_done=not lacking,
        id=partner.id,
        name=partner.name,
        status=partner.status.value,
        meaning=MEANINGS[partner.status],
        since=partner.since,
        note=partner.note,
        profiles=partner.products,
        endpoint=partner.endpoint,
        next_status=after.value if after else "",
        evidence=tuple(
            doc.EvidenceLine(need.value, in_words(entry.event), entry.at, entry.by)
            for need, entry in partner.evidence.items()
        ),
        missing=tuple(doc.MissingLine(one.need.value, one.what) for one in lacking or still),
        pilots=tuple(_pilot(pilot, partner) for pilot in partner.pilots.values() if not pilot.has_left),
        escalations=escalation_lines(program, escalations),
        open_questions=sum(len(questions(profile)) for profile in program.profiles_of(partner)),
        contacts=_contacts(program.contacts(partner)),
    )


def partner_line(program: PartnerProgram, partner: Partner) -> doc.PartnerLine:
    """One partner in the list."""
    escalations = program.standing.escalations_of(partner.id)
    return doc.PartnerLine(
        id=partner.id,
        name=partner.name,
        status=partner.status.value,
        since=partner.since.date() if partner.since else None,
        note=partner.note,
        missing=len(missing(partner, escalations, program.rules, program.now())),
        districts=sum(not pilot.has_left for pilot in partner.pilots.values()),
        escalations=sum(map(_is_open, escalations)),
    )


def application_document(
    applied: Applied, review: Review, command: str, *, profile: str = "", partner: str = ""
) -> doc.ApplicationDocument:
    """An application with everything there is to say about it."""
    return doc.ApplicationDocument(
        command=command,
        exit_code=ExitCode.OK,
        application=applied.number,
        product=applied.product,
        display_name=applied.display_name,
        state=applied.state.value,
        is_ready=review.is_ready,
        lacking=_remarks(review.lacking),
        wrong=_remarks(review.wrong),
        questions=tuple(doc.RemarkLine(f"facts.{one.fact}", one.text) for one in review.open),
        profile=profile,
        partner=partner,
    )


def escalation_lines(program: PartnerProgram, escalations: Iterable[Escalation]) -> tuple[doc.EscalationLine, ...]:
    """Escalations, the most pressing first: what is due, then what nobody has sent, then the rest."""
    lines = [escalation_line(program, one) for one in escalations]
    order = [EscalationState.WITH_VENDOR, EscalationState.OPEN, EscalationState.ANSWERED, EscalationState.SOLVED]
    return tuple(
        sorted(
            lines,
            key=lambda line: (order.index(EscalationState(line.state)), line.due_at or line.opened_at, line.escalation),
        )
    )


def escalation_line(program: PartnerProgram, one: Escalation) -> doc.EscalationLine:
    """One escalation as it stands now."""
    turn = clock(one, program.levels(program.standing.partners[one.partner]), program.now())
    return doc.EscalationLine(
        escalation=one.number,
        partner=one.partner,
        what=one.what,
        state=one.state.value,
        opened_at=one.opened_at,
        district=one.district,
        run=one.run,
        level=turn.level if turn else None,
        role=turn.role if turn else "",
        due_at=turn.due_at if turn else None,
        is_overdue=turn is not None and turn.is_overdue,
        answer=one.answer,
        solution=one.solution,
    )


def history_lines(program: PartnerProgram) -> tuple[doc.HistoryLine, ...]:
    """Every entry of the log."""
    return tuple(
        doc.HistoryLine(
            entry.number,
            entry.at,
            entry.by,
            entry.because,
            partner_of(entry.event, program.standing),
            in_words(entry.event),
            record.digest,
        )
        for entry, record in zip(program.entries(), program.records, strict=True)
    )


def _contacts(contacts: Contacts) -> tuple[doc.ContactLine, ...]:
    first = contacts.technical
    found = [doc.ContactLine("technical", "", first.name, first.email, first.phone, 0)] if first.name else []
    found += [
        doc.ContactLine(str(level), one.role, one.name, one.email, one.phone, one.answers_within_hours)
        for level, one in enumerate(contacts.escalation, start=1)
    ]
    return tuple(found)


def _pilot(pilot: Pilot, partner: Partner) -> doc.PilotLine:
    last = max(pilot.nights, default=None)
    return doc.PilotLine(
        district=pilot.district,
        since=pilot.since,
        helper=pilot.helper,
        nights_well=pilot.nights_well(partner.restarted),
        nights=len(pilot.nights),
        last_night=last,
        last_outcome=pilot.nights[last].outcome.value if last else "",
        tested=tuple(pilot.tested),
        problems=tuple(
            doc.ProblemLine(one.number, one.what, one.found_at)
            for one in pilot.problems.values()
            if one.solved_at is None
        ),
    )


def _remarks(remarks: Iterable[Remark]) -> tuple[doc.RemarkLine, ...]:
    return tuple(doc.RemarkLine(one.place, one.what) for one in remarks)


def _is_open(one: Escalation) -> bool:
    return one.state is not EscalationState.SOLVED
