"""How many records were received, and what became of them: the five counts whose sum is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.screen import BAD, DIM, GOOD, STRONG, WARN, counted, data, heading, indented, line, number, table
from sis_connect.sync.shape import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.cli.documents import CheckDocument
    from sis_connect.cli.screen import Screen
    from sis_connect.report import RecordCounts


def show_received(screen: Screen, document: CheckDocument) -> None:
    """The package and how much is in it."""
    origin = f" from {document.system_name}" if document.system_name else ""
    screen.show(line(data(document.package, STRONG), data(origin, DIM), (f", read {_manner(document.mode)}", DIM)))
    amounts = [counted(amount, _SINGULAR.get(name, name), name) for name, amount in document.received.items()]
    screen.show(indented(line(", ".join(amounts) or "no records")))


def show_counts(screen: Screen, records: Iterable[RecordCounts], *, with_heading: bool = True) -> None:
    """A row for each entity: the five counts, and whether they add up to what was received."""
    shown = [counts for counts in records if counts.received]
    grid = table("", "applied", "unchanged", "held", "quarantined", "out of\nscope", "received", numbers=6)
    for counts in shown:
        grid.add_row(
            data(counts.entity),
            number(counts.applied, GOOD),
            number(counts.unchanged),
            number(counts.held, WARN),
            number(counts.quarantined, "red"),
            number(counts.out_of_scope),
            line((f"{counts.received:,} ", ""), ("✓", GOOD) if counts.adds_up else ("✗", BAD)),
        )
    if with_heading:
        screen.show(heading("What became of every record", "the five counts add up to what was received"))
    screen.show(grid)
    reasons: dict[str, int] = {}
    for counts in shown:
        for reason, amount in counts.out_of_scope_reasons.items():
            reasons[reason] = reasons.get(reason, 0) + amount
    if reasons:
        told = "; ".join(f"{amount:,} {REASONS.get(reason, reason)}" for reason, amount in reasons.items())
        screen.show(indented(line((f"Out of scope: {told}.", DIM))))


def _manner(mode: str) -> str:
    return "strictly" if mode == "strict" else "leniently"


_SINGULAR = {
    "orgs": "org",
    "academicSessions": "academicSession",
    "courses": "course",
    "classes": "class",
    "users": "user",
    "enrollments": "enrollment",
}
