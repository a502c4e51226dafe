"""Findings as a person reads them: by who can fix them, the worst first, each with its first places and its fix."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.text import Text

from sis_connect.cli.advice import program
from sis_connect.cli.screen import BAD, DIM, GOOD, STRONG, WARN, counted, data, heading, indented, line
from sis_connect.findings import Fixer, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.cli.documents import FindingTotal, Place
    from sis_connect.cli.screen import Indented, Screen

_STYLES = {Severity.ERROR: BAD, Severity.WARNING: WARN, Severity.NOTE: DIM}
_FIXERS = {
    Fixer.DISTRICT: "For the district, in the SIS",
    Fixer.VENDOR: "For the SIS vendor, in the export",
    Fixer.OPERATOR: "For whoever runs SIS Connect",
}
_LIMIT_OF_SHAPE = 40


def show_findings(screen: Screen, totals: Sequence[FindingTotal]) -> None:
    """Every finding with its places and its fix, then the totals."""
    for fixer, title in _FIXERS.items():
        own = [total for total in totals if total.fixer == fixer]
        if own:
            screen.show(heading(title))
            for total in sorted(own, key=_weight):
                _show_total(screen, total)
    screen.show("", summary(totals))


def summary(totals: Sequence[FindingTotal]) -> Text:
    """One line: how much of each severity, and what that means."""
    amounts = {severity: sum(t.occurrences for t in totals if t.severity == severity) for severity in Severity}
    if not any(amounts.values()):
        return line(("✓ ", GOOD), "Nothing is wrong with this roster.")
    told = Text()
    for severity, amount in amounts.items():
        told.append(", " if told.plain else "")
        words = _kinds_of_notes(totals) if severity is Severity.NOTE else counted(amount, severity)
        told.append(words, _STYLES[severity] if amount else DIM)
    told.append(".")
    if amounts[Severity.ERROR]:
        told.append(" Records with errors are quarantined, and so is what depends on them.")
    else:
        told.append(" Every record can be used.")
    return told


def show_briefly(screen: Screen, totals: Sequence[FindingTotal], *, with_heading: bool = True) -> None:
    """A line for each finding of some weight, the worst first."""
    shown = [total for total in totals if total.severity != Severity.NOTE]
    has_notes = len(shown) < len(totals)
    if not totals:
        return
    if with_heading:
        screen.show(heading("What the data says"))
    for total in sorted(shown, key=_weight):
        screen.show(_title(total, with_code=False))
        screen.show(indented(line((f"{total.fixer}: {total.fix}", DIM)), 10))
    rest = f"{_kinds_of_notes(totals)} besides. " if has_notes else ""
    screen.show(indented(line((f"{rest}{shlex.join(program())} check lists the places.", DIM))))


def _kinds_of_notes(totals: Sequence[FindingTotal]) -> str:
    """Notes are met by the thousand and say little each; their kinds are what there is to read."""
    return counted(sum(total.severity == Severity.NOTE for total in totals), "kind of note", "kinds of notes")


def _show_total(screen: Screen, total: FindingTotal) -> None:
    screen.show(_title(total))
    for place in total.places:
        screen.show(indented(_place(place), 10))
    shown = sum(place.occurrences for place in total.places)
    if total.places and total.occurrences > shown:
        screen.show(indented(line((f"and {total.occurrences - shown:,} more", DIM)), 10))
    screen.show(indented(total.fix, 10, line(("→ ", STRONG))))


def _title(total: FindingTotal, *, with_code: bool = True) -> Indented:
    severity = Severity(total.severity)
    times = f" ×{total.occurrences:,}" if total.occurrences > 1 else ""  # noqa: RUF001  # the sign for "times"
    return indented(
        line(total.title, (times, DIM), (f"  {total.code}" if with_code else "", DIM)),
        head=line((f"{severity:<8}", _STYLES[severity])),
    )


def _place(place: Place) -> Text:
    parts = [data(_where(place))]
    if place.column:
        parts += [Text(" "), data(place.column)]
    if place.shape:
        shape = place.shape if len(place.shape) <= _LIMIT_OF_SHAPE else f"{place.shape[:_LIMIT_OF_SHAPE]}…"
        parts += [Text(" "), data(f"“{shape}”", DIM)]
    if place.sourced_id and not place.shape:
        parts += [Text(" "), data(place.sourced_id, DIM)]
    if place.detail:
        parts += [Text("  "), data(place.detail, DIM)]
    return Text.assemble(*parts)


def _where(place: Place) -> str:
    """`users.csv:12`, or `/users, record 12` of a collection that was pulled."""
    if place.file is None:
        return "the package"
    if place.line is None:
        return place.file
    return f"{place.file}, record {place.line}" if place.file.startswith("/") else f"{place.file}:{place.line}"


def _weight(total: FindingTotal) -> tuple[int, str]:
    return list(Severity).index(Severity(total.severity)), total.code
