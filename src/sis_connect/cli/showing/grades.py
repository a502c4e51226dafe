"""Plans, reports and standings of grades as a person reads them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.padding import Padding

from sis_connect.cli.advice import shown
from sis_connect.cli.grade_documents import NOT_SENT
from sis_connect.cli.screen import (
    BAD,
    DIM,
    GOOD,
    STRONG,
    WARN,
    counted,
    data,
    heading,
    indented,
    line,
    table,
)
from sis_connect.findings import Severity
from sis_connect.grades.receipts import ReceiptState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.table import Table
    from rich.text import Text

    from sis_connect.cli.grade_documents import (
        GradeClass,
        GradeCounts,
        GradeHold,
        GradePreview,
        GradeProblem,
        GradeProblemPlace,
        GradesApproveDocument,
        GradesExplainDocument,
        GradesHintDocument,
        GradesPlanDocument,
        GradesReportDocument,
        GradesStatusDocument,
        GradeStanding,
    )
    from sis_connect.cli.screen import Screen

_STYLES = {Severity.ERROR: BAD, Severity.WARNING: WARN, Severity.NOTE: DIM}
_STATE_STYLES = {
    ReceiptState.CONFIRMED: GOOD,
    ReceiptState.REFUSED: BAD,
    ReceiptState.CHANGED_IN_SIS: WARN,
    ReceiptState.IN_DOUBT: WARN,
}
#: Places of a problem on the screen; `--json` has more.
_PLACES = 5
_WITHDRAW = "withdraw"


def show_grades_plan(screen: Screen, document: GradesPlanDocument) -> None:
    """The whole plan."""
    looked = counted(document.looked_at, "class", "classes")
    screen.show(line(("Grades plan ", STRONG), (shown(document.plan), STRONG), f", {looked} looked at"))
    _show_classes(screen, document.classes)
    _show_holds(screen, document.held)
    _show_listed(screen, document)
    _show_problems(screen, document.problems)
    if not document.changes:
        told = "Nothing to send: the SIS was sent every grade that can be sent."
        screen.show("", line(("✓ ", GOOD), told if document.looked_at else "No class is looked at now."))
    if document.unread:
        told = counted(document.unread, "result was", "results were")
        screen.show(indented(line((f"{told} sent before and not read back yet; `grades send` reads them.", DIM))))


def show_grades_approval(screen: Screen, document: GradesApproveDocument) -> None:
    """What was let through."""
    screen.show(line(("✓ ", GOOD), f"{counted(document.lifted, 'change')} let through in plan {shown(document.plan)}."))
    screen.show(indented(line(("By ", DIM), data(document.by), (", because ", DIM), data(document.because))))
    if document.held:
        waiting = counted(document.held, "change still waits", "changes still wait")
        screen.show(indented(f"{waiting}."))


def show_grades_report(screen: Screen, document: GradesReportDocument) -> None:
    """What became of a run."""
    if document.run is None:
        has_problems = bool(document.held) or any(one.severity == Severity.ERROR for one in document.problems)
        screen.show("Nothing can be sent now." if has_problems else line(("✓ ", GOOD), "Nothing to send."))
    else:
        sent = f"{counted(document.line_items, 'line item')} and {counted(document.results, 'result')}"
        screen.show(line(("Grades run ", STRONG), (document.run, STRONG), f": {sent}"))
        screen.show(indented(_states(document.counts)))
    _show_holds(screen, document.held)
    _show_problems(screen, document.problems)


def show_grades_status(screen: Screen, document: GradesStatusDocument) -> None:
    """Where everything stands."""
    if document.totals:
        screen.show(_states(document.totals))
    elif not document.standings:
        screen.show("No grade was planned or sent yet.")
    if document.standings:
        _show_standings(screen, document.standings)
    _show_problems(screen, document.problems)
    if document.refused_file:
        told = counted(document.refused, "line")
        screen.show("", line(("✓ ", GOOD), f"{told} written to ", data(document.refused_file), "."))


def show_grades_explanation(screen: Screen, document: GradesExplainDocument) -> None:
    """The answer, then the chain behind it."""
    who = line(data(document.student), ", ", data(document.item), ", ", data(document.class_title))
    screen.show(who, "", data(document.answer, STRONG))
    grid = table("when", "where", "what")
    for step in document.chain:
        at = f"{step.at:%Y-%m-%d %H:%M:%S} UTC" if step.at else ""
        grid.add_row(line((at, DIM)), step.where, data(step.what))
    screen.show("", grid)


def show_grades_hint(screen: Screen, document: GradesHintDocument) -> None:
    """What came of an event."""
    if not document.classes:
        screen.show("It is about no class whose grades were looked at before; there is nothing to do for it.")
        return
    told = counted(document.classes, "class is", "classes are")
    screen.show(line(("✓ ", GOOD), f"{told} looked at by the next `sis-connect grades send --due`."))


def _show_standings(screen: Screen, standings: Sequence[GradeStanding]) -> None:
    """A line for each class; where items or students are told apart, below the line of their class and item."""
    is_fine = any(one.item for one in standings)
    grid = table("", "state") if is_fine else table("class", "state")
    above: tuple[str, ...] = ()
    for one in standings:
        place = (one.class_title, *((one.item or "(the class)",) if is_fine else ()))
        if one.state is not None:
            place = (*place, one.student or "(everybody)")
        for depth, name in enumerate(place):
            is_last = depth == len(place) - 1
            if is_last or above[: depth + 1] != place[: depth + 1]:
                style = STRONG if is_fine and depth == 0 else ""
                grid.add_row(Padding(data(name, style), (0, 0, 0, 2 * depth)), _standing(one) if is_last else "")
        above = place
    screen.show("", grid)


def _standing(one: GradeStanding) -> Text:
    if one.state is None:
        parts = [_states(one.counts)] if one.counts else []
        parts += [line((f"{one.not_sent:,} {NOT_SENT}", BAD))] if one.not_sent else []
    elif one.state == NOT_SENT:
        parts = [line((NOT_SENT, BAD))]
    else:
        parts = [line((one.state, _STATE_STYLES.get(ReceiptState(one.state), "")))]
        parts += [line((f"a newer grade {NOT_SENT}", BAD))] if one.not_sent else []
    joined = line(", ").join(parts)
    return line(joined, (f"  {one.code}", DIM)) if one.code else joined


def _show_classes(screen: Screen, classes: Sequence[GradeClass]) -> None:
    """A line for each class; columns in which there is nothing are left out."""
    columns = {
        "items": [_new(one.line_items_created, one.line_items_changed) for one in classes],
        "results": [_new(one.results_created, one.results_changed) for one in classes],
        "taken back": [line(_amount(one.withdrawals)) for one in classes],
        "waits": [line((_amount(one.held), WARN)) for one in classes],
        "problems": [line((_amount(one.problems), BAD)) for one in classes],
    }
    used = {name: cells for name, cells in columns.items() if any(cell.plain for cell in cells)}
    if not used:
        return
    grid = table("class", *used)
    for place, one in enumerate(classes):
        grid.add_row(data(one.title), *(cells[place] for cells in used.values()))
    screen.show("", grid)


def _amount(number: int) -> str:
    return f"{number:,}" if number else ""


def _new(created: int, changed: int) -> Text:
    parts = [f"{number:,} {word}" for number, word in ((created, "new"), (changed, "changed")) if number]
    return line(", ".join(parts))


def _show_holds(screen: Screen, holds: Iterable[GradeHold]) -> None:
    listed = list(holds)
    if not listed:
        return
    screen.show(heading("Waits for a person"))
    for one in listed:
        screen.show(indented(line(data(one.class_title), ": ", data(one.explanation), (f"  {one.cause}", DIM))))


def _show_listed(screen: Screen, document: GradesPlanDocument) -> None:
    if not document.listed:
        return
    shown_here, all_ = len(document.listed), document.changes
    more = f"{shown_here:,} of {all_:,}; --limit shows more" if all_ > shown_here else ""
    screen.show(heading("What would go out", more))
    grid = table("", "now", "before")
    for title, of_class in _grouped(document.listed, lambda one: one.class_title):
        grid.add_row(data(title, STRONG), "", "")
        for item, of_item in _grouped(of_class, lambda one: one.item):
            results = [one for one in of_item if one.student is not None]
            others = [one for one in of_item if one.student is None]
            for one in others:
                _add_preview(grid, one, item, 2)
            if results and not others:
                grid.add_row(Padding(data(item), (0, 0, 0, 2)), "", "")
            for one in results:
                _add_preview(grid, one, one.student or "", 4)
    screen.show(grid)


def _add_preview(grid: Table, one: GradePreview, name: str, by: int) -> None:
    mark = " (waits)" if one.held else " (over the SIS's own)" if one.replaces_sis_edit else ""
    style = WARN if one.action == _WITHDRAW else ""
    grid.add_row(
        Padding(data(name), (0, 0, 0, by)), line(data(one.after, style), (mark, WARN)), data(one.before or "", DIM)
    )


def _grouped(
    previews: Sequence[GradePreview], name: Callable[[GradePreview], str]
) -> Iterator[tuple[str, list[GradePreview]]]:
    """Those of one name together, in the order of the names."""
    for title, group in groupby(sorted(previews, key=name), name):
        yield title, list(group)


def _show_problems(screen: Screen, problems: Iterable[GradeProblem]) -> None:
    listed = list(problems)
    if not listed:
        return
    screen.show(heading("What is not sent, or a person should know"))
    for one in listed:
        times = f" ×{one.occurrences:,}" if one.occurrences > 1 else ""  # noqa: RUF001  # the sign for "times"
        head = line((f"{one.severity:<8}", _STYLES[Severity(one.severity)]))
        screen.show(indented(line(one.title, (times, DIM), (f"  {one.code}", DIM)), head=head))
        places = [place for place in map(_place, _together(one.places)) if place]
        for place in places[:_PLACES]:
            screen.show(indented(data(place, DIM), 10))
        if len(places) > _PLACES:
            screen.show(indented(line((f"and {len(places) - _PLACES:,} more places", DIM)), 10))
        screen.show(indented(f"{one.fixer}: {one.fix}", 10, line(("→ ", STRONG))))


def _together(places: Sequence[GradeProblemPlace]) -> Iterator[list[GradeProblemPlace]]:
    """Places that differ in the student alone."""
    groups: dict[tuple[str | None, ...], list[GradeProblemPlace]] = {}
    for one in places:
        groups.setdefault((one.class_key, one.item, one.detail), []).append(one)
    yield from groups.values()


def _place(places: Sequence[GradeProblemPlace]) -> str:
    """One line for places of one item; of many students their number, who they are stands in the CSV file."""
    [first, *others] = places
    students = counted(len(places), "student") if others else f"student {first.student}" if first.student else None
    return " · ".join(part for part in (first.class_title, first.item, students, first.detail) if part)


def _states(counts: Iterable[GradeCounts]) -> Text:
    parts = [line((f"{one.results:,} {one.state}", _STATE_STYLES.get(ReceiptState(one.state), ""))) for one in counts]
    return line(", ").join(parts)
