"""Plans, reports and standings of grades as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.advice import shown
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
    number,
    table,
)
from sis_connect.findings import Severity
from sis_connect.grades.receipts import ReceiptState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.text import Text

    from sis_connect.cli.grade_documents import (
        GradeCounts,
        GradeHold,
        GradePreview,
        GradeProblem,
        GradesApproveDocument,
        GradesExplainDocument,
        GradesPlanDocument,
        GradesReportDocument,
        GradesStatusDocument,
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


def show_grades_plan(screen: Screen, document: GradesPlanDocument) -> None:
    """The whole plan."""
    looked = counted(document.looked_at, "class", "classes")
    screen.show(line(("Grades plan ", STRONG), (shown(document.plan), STRONG), f", {looked} looked at"))
    _show_classes(screen, document)
    _show_holds(screen, document.held)
    _show_listed(screen, document.listed)
    _show_problems(screen, document.problems)
    has_work = any(
        one.line_items_created + one.line_items_changed + one.results_created + one.results_changed + one.withdrawals
        for one in document.classes
    )
    if not has_work:
        screen.show("", line(("✓ ", GOOD), "Nothing to send: the SIS was sent every grade that can be sent."))
    if document.unread:
        told = counted(document.unread, "result was", "results were")
        screen.show(indented(line((f"{told} sent before and not read back yet; `grades send` reads them.", DIM))))


def show_grades_approval(screen: Screen, document: GradesApproveDocument) -> None:
    """What was let through."""
    screen.show(line(("✓ ", GOOD), f"{counted(document.lifted, 'change')} let through in plan {shown(document.plan)}."))
    screen.show(indented(line(("By ", DIM), data(document.by), (", because ", DIM), data(document.because))))
    if document.held:
        screen.show(indented(f"{counted(document.held, 'change')} still wait."))


def show_grades_report(screen: Screen, document: GradesReportDocument) -> None:
    """What became of a run."""
    if document.run is None:
        screen.show(line(("✓ ", GOOD), "Nothing to send."))
    else:
        sent = f"{counted(document.line_items, 'line item')} and {counted(document.results, 'result')}"
        screen.show(line(("Grades run ", STRONG), (document.run, STRONG), f": {sent}"))
        screen.show(indented(_states(document.counts)))
    _show_holds(screen, document.held)
    _show_problems(screen, document.problems)


def show_grades_status(screen: Screen, document: GradesStatusDocument) -> None:
    """Where everything stands."""
    if not document.totals:
        screen.show("No grade was planned or sent yet.")
    else:
        screen.show(_states(document.totals))
    if document.standings:
        has_students = any(one.student for one in document.standings)
        has_items = any(one.item for one in document.standings)
        names = ("class", *(("item",) if has_items else ()), *(("student",) if has_students else ()))
        grid = table(*names, "state")
        for one in document.standings:
            cells = [data(one.class_title)]
            cells += [data(one.item or "")] if has_items else []
            cells += [data(one.student or "")] if has_students else []
            state = _states(one.counts) if one.state is None else _state(one.state, one.code)
            grid.add_row(*cells, state)
        screen.show("", grid)
    _show_problems(screen, document.problems)
    if document.refused_file:
        told = f"{counted(document.refused, 'refused grade')} written to "
        screen.show("", line(("✓ ", GOOD), told, data(document.refused_file), "."))


def show_grades_explanation(screen: Screen, document: GradesExplainDocument) -> None:
    """The answer, then the chain behind it."""
    who = line(data(document.student), ", ", data(document.item), ", ", data(document.class_title))
    screen.show(who, "", data(document.answer, STRONG))
    grid = table("when", "where", "what")
    for step in document.chain:
        at = f"{step.at:%d %b %Y %H:%M:%S}" if step.at else ""
        grid.add_row(line((at, DIM)), step.where, data(step.what))
    screen.show("", grid)


def _show_classes(screen: Screen, document: GradesPlanDocument) -> None:
    if not document.classes:
        return
    grid = table("class", "items new", "changed", "results new", "changed", "taken back", "held", "cannot", numbers=7)
    for one in document.classes:
        grid.add_row(
            data(one.title),
            number(one.line_items_created),
            number(one.line_items_changed),
            number(one.results_created),
            number(one.results_changed),
            number(one.withdrawals),
            number(one.held, WARN),
            number(one.problems, BAD),
        )
    screen.show("", grid)


def _show_holds(screen: Screen, holds: Iterable[GradeHold]) -> None:
    listed = list(holds)
    if not listed:
        return
    screen.show(heading("Waits for a person"))
    for one in listed:
        screen.show(indented(line(data(one.class_key), ": ", data(one.explanation), (f"  {one.cause}", DIM))))


def _show_listed(screen: Screen, previews: Iterable[GradePreview]) -> None:
    listed = list(previews)
    if not listed:
        return
    screen.show(heading("What would go out"))
    grid = table("class", "item", "student", "now", "before")
    for one in listed:
        mark = " (waits)" if one.held else " (over the SIS's own)" if one.replaces_sis_edit else ""
        grid.add_row(
            data(one.class_title),
            data(one.item),
            data(one.student or ""),
            line(data(one.after), (mark, WARN)),
            data(one.before or "", DIM),
        )
    screen.show(grid)


def _show_problems(screen: Screen, problems: Iterable[GradeProblem]) -> None:
    listed = list(problems)
    if not listed:
        return
    screen.show(heading("What the SIS would not have, or a person should know"))
    for one in listed:
        times = f" ×{one.occurrences:,}" if one.occurrences > 1 else ""  # noqa: RUF001  # the sign for "times"
        head = line((f"{one.severity:<8}", _STYLES[Severity(one.severity)]))
        screen.show(indented(line(one.title, (times, DIM), (f"  {one.code}", DIM)), head=head))
        for place in one.places[:_PLACES]:
            parts = [one for one in (place.class_title, place.item, place.student, place.detail) if one]
            screen.show(indented(data(" · ".join(parts), DIM), 10))
        if one.occurrences > _PLACES:
            screen.show(indented(line((f"and {one.occurrences - _PLACES:,} more", DIM)), 10))
        screen.show(indented(f"{one.fixer}: {one.fix}", 10, line(("→ ", STRONG))))


def _states(counts: Iterable[GradeCounts]) -> Text:
    parts: list[Text | str | tuple[str, str]] = []
    for one in counts:
        parts += [", "] if parts else []
        parts.append((f"{one.results:,} {one.state}", _STATE_STYLES.get(ReceiptState(one.state), "")))
    return line(*parts)


def _state(state: str, code: str | None) -> Text:
    return line((state, _STATE_STYLES.get(ReceiptState(state), "")), (f"  {code}" if code else "", DIM))
