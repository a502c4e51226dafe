"""The partner program as a person reads it: the list, one partner, applications, escalations, the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.screen import BAD, DIM, GOOD, STRONG, WARN, counted, data, heading, indented, line, number, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.cli.program_documents import (
        ApplicationDocument,
        ApplicationsDocument,
        ContactLine,
        EscalationLine,
        HistoryDocument,
        PartnerDocument,
        PartnersDocument,
        PilotLine,
        RemarkLine,
    )
    from sis_connect.cli.screen import Screen

_STYLES = {"Available": GOOD, "In Pilot": "cyan", "In Testing": WARN, "In Contact": DIM}
#: Questions named where they stand in nobody's way.
_NAMED = 5


def show_partners(screen: Screen, document: PartnersDocument) -> None:
    """One line a partner."""
    if not document.partners:
        screen.show("No partner is in this state.")
        return
    grid = table("SIS", "Status", "Note", "to show", "districts", "escalations", numbers=3)
    for one in document.partners:
        grid.add_row(
            data(one.name),
            line((one.status, _STYLES[one.status])),
            data(one.note, DIM),
            number(one.missing, WARN),
            number(one.districts),
            number(one.escalations, "red"),
        )
    screen.show(grid)


def show_partner(screen: Screen, document: PartnerDocument) -> None:
    """Everything about one partner."""
    since = f" since {document.since:%d %B %Y}" if document.since else ""
    screen.show(line(data(document.name, STRONG), "  ", (document.status, _STYLES[document.status]), (since, DIM)))
    screen.show(indented(line((document.meaning, DIM))))
    if document.note:
        screen.show(indented(data(document.note)))
    if document.evidence:
        screen.show(heading("Shown"))
        for one in document.evidence:
            aside = f"  {one.at:%Y-%m-%d} by {one.by}"
            screen.show(indented(line(data(one.what), data(aside, DIM)), head=line(("✓ ", GOOD))))
    if document.missing:
        title = f"Missing for {document.next_status}"
        screen.show(heading(title if document.is_done else f"{title}: nothing was changed"))
        for lack in document.missing:
            screen.show(indented(line(data(lack.what), (f"  {lack.need}", DIM)), head=line(("! ", WARN))))
    elif document.next_status:
        screen.show("", line(("✓ ", GOOD), f"Nothing is missing for {document.next_status}."))
    _show_pilots(screen, document.pilots)
    if document.escalations:
        screen.show(heading("Escalations"))
        show_escalations(screen, document.escalations)
    _show_contacts(screen, document.contacts)
    if document.open_questions:
        told = counted(document.open_questions, "fact of its profiles is", "facts of its profiles are")
        screen.show("", line((f"{told} not known yet.", DIM)))


def show_application(screen: Screen, document: ApplicationDocument, *, quiet: bool) -> None:
    """An application with what is missing and wrong in full, and, unless quiet, the first of its questions."""
    screen.show(
        line(
            (f"Application {document.application}", STRONG),
            "  ",
            data(document.display_name),
            (f" ({document.product}), {document.state}", DIM),
        )
    )
    if document.profile:
        screen.show(indented(line("The draft of its profile: ", data(document.profile))))
    _show_remarks(screen, "Missing", document.lacking)
    _show_remarks(screen, "Cannot be so", document.wrong)
    if quiet:
        return
    left = len(document.questions)
    if left:
        screen.show(heading(f"{counted(left, 'question')} nobody has answered", "in nobody's way"))
        for one in document.questions[:_NAMED]:
            screen.show(indented(line(data(one.what), data(f"  {one.place}", DIM)), 4, "• "))
        if left > _NAMED:
            screen.show(indented(line((f"and {left - _NAMED} more: --json names them", DIM)), 6))
    if document.is_ready and not document.profile:
        screen.show("", line(("✓ ", GOOD), "Everything the program asks is there."))


def show_applications(screen: Screen, document: ApplicationsDocument) -> None:
    """One line an application."""
    if not document.applications:
        screen.show("Nobody has applied yet.")
        return
    grid = table("Nr.", "Product", "State", "Received (UTC)")
    for one in document.applications:
        received = f"{one.received_at:%Y-%m-%d %H:%M}"
        grid.add_row(str(one.application), data(one.display_name), one.state, received)
    screen.show(grid)


def show_escalations(screen: Screen, escalations: Sequence[EscalationLine]) -> None:
    """Each escalation with whose turn it is."""
    if not escalations:
        screen.show("No escalation waits.")
    for one in escalations:
        head = line((f"{one.escalation}  ", STRONG))
        whose = f"{one.partner}, {one.district}" if one.district else one.partner
        screen.show(indented(line(data(one.what), data(f"  {whose}: {one.state}", DIM)), head=head))
        if one.level is not None and one.due_at is not None:
            due = f"level {one.level} ({one.role}), answer due {one.due_at:%Y-%m-%d %H:%M} UTC"
            late = (" and overdue: nobody answered at any level", BAD) if one.is_overdue else ""
            screen.show(indented(line(data(due), late), 5))
        for label, text in (("answered", one.answer), ("solved", one.solution)):
            if text:
                screen.show(indented(line((f"{label}: ", DIM), data(text)), 5))


def show_history(screen: Screen, document: HistoryDocument) -> None:
    """One entry after the other, and that all of them were verified."""
    for one in document.entries:
        head = line((f"{one.number:>4}  {one.at:%Y-%m-%d %H:%M}  ", DIM))
        screen.show(indented(line(data(f"{one.partner} ", STRONG), data(one.what)), head=head))
        why = f", because {one.because}" if one.because else ""
        screen.show(indented(data(f"{one.by}{why}", DIM), 24))
    if not document.length:
        screen.show("Nothing has happened yet.")
        return
    told = counted(document.length, "entry is", "entries are")
    screen.show("", line(("✓ ", GOOD), f"{told} as they were written; the last has the digest {document.digest}"))


def _show_pilots(screen: Screen, pilots: Sequence[PilotLine]) -> None:
    if not pilots:
        return
    grid = table("Pilot district", "Helper", "Last night", "went well", "nights", "problems", numbers=3)
    for one in pilots:
        last = f"{one.last_night} {one.last_outcome}" if one.last_night else ""
        problems = number(len(one.problems), WARN)
        grid.add_row(data(one.district), data(one.helper), last, number(one.nights_well), number(one.nights), problems)
    screen.show(heading("Pilots"), grid)
    for one in pilots:
        for problem in one.problems:
            told = line(data(f"{one.district}, problem {problem.problem}: ", DIM), data(problem.what))
            screen.show(indented(told, head=line(("! ", WARN))))


def _show_contacts(screen: Screen, contacts: Sequence[ContactLine]) -> None:
    if not contacts:
        return
    grid = table("Contact", "Name", "E-mail", "Phone", "hours", numbers=1)
    for one in contacts:
        who = f"{one.level}: {one.role}" if one.role else one.level
        hours = str(one.hours) if one.hours else ""
        grid.add_row(data(who), data(one.name), data(one.email), data(one.phone), hours)
    screen.show(heading("At the vendor"), grid)


def _show_remarks(screen: Screen, title: str, remarks: Sequence[RemarkLine]) -> None:
    if remarks:
        screen.show(heading(title))
    for one in remarks:
        screen.show(indented(line(data(one.what), data(f"  {one.place}", DIM)), head=line(("! ", WARN))))
