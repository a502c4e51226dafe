"""A plan as a person reads it: counts, what waits, who and what is behind it, and what may come next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.advice import shown
from sis_connect.cli.screen import DIM, GOOD, STRONG, counted, heading, indented, line, number, table
from sis_connect.cli.showing.changes import show_held, show_linked, show_listed
from sis_connect.cli.showing.findings import show_briefly
from sis_connect.cli.showing.origin import show_origin_change
from sis_connect.cli.showing.records import out_of_scope_in_words
from sis_connect.cli.showing.rules import show_changed_settings
from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.cli.documents import PlanDocument
    from sis_connect.cli.screen import Screen


#: Without any of these there are no rosters, and what the data says explains why: it comes first then.
_ROSTERS = "enrollments"


def show_plan(screen: Screen, document: PlanDocument) -> None:
    """The whole plan."""
    year = f", school year {document.school_year - 1}-{document.school_year % 100:02}" if document.school_year else ""
    screen.show(line(("Plan ", STRONG), (shown(document.plan), STRONG), f" as of {document.as_of:%d %B %Y}{year}"))
    _show_records(screen, document)
    show_origin_change(screen, document.origin_change)
    show_changed_settings(screen, document.changed_settings)
    if not document.counts:
        show_briefly(screen, document.findings)
        told = "Nothing to do: Schoology holds what the package says."
        if not any(records.in_scope for records in document.records):
            told = "Nothing to do: no record of the package is in scope."
        screen.show("", line(("✓ ", GOOD), told))
        return
    if not all(records.in_scope for records in document.records if records.entity == _ROSTERS):
        show_briefly(screen, document.findings)
        _show_body(screen, document)
        return
    _show_body(screen, document)
    show_briefly(screen, document.findings)


def _show_body(screen: Screen, document: PlanDocument) -> None:
    _show_counts(screen, document)
    show_held(screen, document.held)
    totals = {kind: sum(c.changes for c in document.counts if c.kind == kind) for kind in Kind}
    show_listed(screen, document.listed, totals)
    show_linked(screen, ((Kind(c.kind), c.changes) for c in document.counts if c.action == Action.LINK))


def show_next(screen: Screen, commands: Iterable[str]) -> None:
    """What may be typed next."""
    listed = list(commands)
    if listed:
        screen.advise(heading("Next"))
        screen.advise_commands(listed)
    screen.advise("")


def _show_records(screen: Screen, document: PlanDocument) -> None:
    received = sum(records.received for records in document.records)
    quarantined = sum(records.quarantined for records in document.records)
    out = sum(sum(records.out_of_scope.values()) for records in document.records)
    told = f"{counted(received, 'record')} received, {quarantined:,} quarantined, {out:,} out of scope."
    screen.show(indented(line((told, DIM))))
    reasons = out_of_scope_in_words(records.out_of_scope for records in document.records)
    if reasons:
        screen.show(indented(line((reasons, DIM))))


def _show_counts(screen: Screen, document: PlanDocument) -> None:
    actions = [action for action in Action if any(c.action == action for c in document.counts)]
    grid = table("", *actions, "held", numbers=len(actions) + 1)
    for kind in Kind:
        own = {c.action: c for c in document.counts if c.kind == kind}
        if own:
            cells = [number(own[action].changes if action in own else 0) for action in actions]
            grid.add_row(kind.value, *cells, number(sum(c.held for c in own.values()), "yellow"))
    screen.show("", grid)
