"""How many records were received, and what became of them: the five counts whose sum is shown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sis_connect.cli.screen import BAD, DIM, GOOD, STRONG, WARN, counted, data, heading, indented, line, number, table
from sis_connect.sync.shape import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sis_connect.cli.documents import CheckDocument
    from sis_connect.cli.screen import Screen
    from sis_connect.report import RecordCounts


#: Columns of a terminal in which no head of the table need be broken.
_ROOMY = 90


def show_received(screen: Screen, document: CheckDocument) -> None:
    """The package and how much is in it."""
    origin = f" from {document.system_name}" if document.system_name else ""
    screen.show(line(data(document.package, STRONG), data(origin, DIM), (f", read {_manner(document.mode)}", DIM)))
    amounts = [counted(amount, _SINGULAR.get(name, name), name) for name, amount in document.received.items()]
    screen.show(indented(line(", ".join(amounts) or "no records")))


def show_counts(screen: Screen, records: Iterable[RecordCounts], *, with_heading: bool = True) -> None:
    """A row for each entity: the five counts, and whether they add up to what was received."""
    shown = [counts for counts in records if counts.received]
    out = "out of scope" if screen.width >= _ROOMY else "out of\nscope"
    grid = table("", "applied", "unchanged", "held", "quarantined", out, "received", numbers=6)
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
    told = out_of_scope_in_words(counts.out_of_scope_reasons for counts in shown)
    if told:
        screen.show(indented(line((told, DIM))))


def out_of_scope_in_words(reasons: Iterable[Mapping[str, int]]) -> str:
    """Why records are out of scope, the commonest reason first; empty when none is."""
    amounts: Counter[str] = Counter()
    for one in reasons:
        amounts.update(one)
    told = ", ".join(f"{amount:,} ({REASONS.get(reason, reason)})" for reason, amount in amounts.most_common())
    return f"Out of scope: {told}." if told else ""


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
