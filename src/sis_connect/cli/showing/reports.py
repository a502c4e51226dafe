"""A run's report as a person reads it: the five counts, what was done, what waits, what was refused, what to fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.advice import shown
from sis_connect.cli.screen import BAD, DIM, GOOD, STRONG, WARN, counted, data, heading, indented, line, number, table
from sis_connect.cli.showing.changes import NOUNS, show_held
from sis_connect.cli.showing.findings import show_briefly
from sis_connect.cli.showing.origin import show_origin_change
from sis_connect.cli.showing.records import show_counts
from sis_connect.cli.showing.rules import show_changed_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from sis_connect.cli.documents import RefusedInWords, ReportDocument, RunLine
    from sis_connect.cli.screen import Screen
    from sis_connect.report import ChangeCounts

#: Of `report.RecordCounts`, in the order of its table.
_AMOUNTS = ("received", "applied", "unchanged", "held", "quarantined", "out_of_scope")

#: Refused changes named for each reason.
NAMED = 3


def show_report(
    screen: Screen, document: ReportDocument, *, refused: int | None = NAMED, is_brief: bool = False
) -> None:
    """The whole report; of each reason to refuse, so many changes are named (None for all).

    In brief, what needs a person and the totals alone.
    """
    if is_brief:
        show_held(screen, document.held)
        show_refused(screen, document.refused, named=refused)
        screen.show(_totals(document), verdict(document))
        return
    seconds = (document.ended_at - document.started_at).total_seconds()
    ended = f"{document.state} on {document.ended_at:%d %B %Y at %H:%M} UTC, after {_duration(seconds)}"
    screen.show(
        line((f"Run {document.run}", STRONG), (f" of plan {shown(document.plan)}", DIM)), indented(line((ended, DIM)))
    )
    show_counts(screen, document.records)
    show_origin_change(screen, document.origin_change)
    show_changed_settings(screen, document.changed_settings)
    _show_changes(screen, document.changes)
    show_held(screen, document.held)
    show_refused(screen, document.refused, named=refused)
    show_briefly(screen, document.findings)
    screen.show("", verdict(document))


def _totals(document: ReportDocument) -> Text:
    """One line: the run, and what became of its records."""
    sums = {name: sum(getattr(counts, name) for counts in document.records) for name in _AMOUNTS}
    told = ", ".join(f"{amount:,} {name.replace('_', ' ')}" for name, amount in sums.items())
    odd = "" if document.adds_up else "; they do not add up"
    return line((f"Run {document.run}", STRONG), f": {told}{odd}.")


def show_refused(screen: Screen, refused: Sequence[RefusedInWords], *, named: int | None) -> None:
    """What the LMS refused, by reason, with what to do about it."""
    if not refused:
        return
    screen.show(heading("Refused by Schoology", "sent again when something about it changes, or with --retry-refused"))
    for reason in dict.fromkeys((one.code, one.kind) for one in refused):
        own = [one for one in refused if (one.code, one.kind) == reason]
        first = own[0]
        what = counted(len(own), *_nouns(first.kind))
        screen.show(indented(line((what, BAD), f": {first.title}", (f"  {first.code}", DIM))))
        for one in own[:named]:
            words = f"  “{one.message}”" if one.message else ""
            screen.show(indented(line(data(one.name), data(words, DIM)), 6))
        if named is not None and len(own) > named:
            screen.show(indented(line((f"and {len(own) - named:,} more: report --refused names them", DIM)), 6))
        screen.show(indented(first.fix, 6, line(("→ ", STRONG))))


def show_runs(screen: Screen, runs: Sequence[RunLine]) -> None:
    """One line a run, newest first."""
    if not runs:
        screen.show("Nothing was run yet.")
        return
    grid = table("Run", "State", "Ended (UTC)", "applied", "held", "refused", numbers=3)
    for run in runs:
        ended = f"{run.ended_at:%Y-%m-%d %H:%M}" if run.ended_at else ""
        grid.add_row(
            run.run,
            line((run.state, WARN if run.ended_at is None else "")),
            ended,
            number(run.applied, GOOD),
            number(run.held, "yellow"),
            number(run.refused, "red"),
        )
    screen.show(grid)


def verdict(document: ReportDocument) -> Text:
    """One line: is anything left to do for a person?"""
    applied = sum(counts.applied for counts in document.changes)
    done = f"{counted(applied, 'change')} written." if applied else ""
    held = sum(group.changes for group in document.held)
    refused = sum(counts.refused for counts in document.changes)
    if not held and not refused:
        return line(("✓ ", GOOD), done or "Schoology already held all of it.")
    waiting = []
    if held:
        waiting.append(f"{counted(held, 'change waits', 'changes wait')} for a person")
    if refused:
        waiting.append(f"{counted(refused, 'change was', 'changes were')} refused")
    return line(("! ", WARN), f"{done or 'Nothing was written.'} {', and '.join(waiting)}.")


def _show_changes(screen: Screen, changes: Sequence[ChangeCounts]) -> None:
    if not changes:
        return
    grid = table("Changes", "", "planned", "applied", "held", "refused", numbers=4)
    for counts in changes:
        grid.add_row(
            counts.kind,
            counts.action,
            number(counts.planned),
            number(counts.applied, GOOD),
            number(counts.held, "yellow"),
            number(counts.refused, "red"),
        )
    screen.show(heading("What was done in Schoology"), grid)


def _nouns(kind: str) -> tuple[str, str]:
    return next((nouns for known, nouns in NOUNS.items() if known == kind), (kind, kind))


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return counted(round(seconds), "second")
    return counted(round(seconds / 60), "minute")
