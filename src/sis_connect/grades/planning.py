"""Step plan: what is wanted against what the receipts say gives a sealed plan.

Pure: wanted books and receipts in, a plan out; the moment is a value. Not here: differences (`diff`), what is too much
at once (`brake`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sis_connect.grades.brake import ClassRun, brake
from sis_connect.grades.changes import Action, Step
from sis_connect.grades.diff import Ways, diff, diff_categories
from sis_connect.grades.manners import Winner
from sis_connect.grades.plan import BRAKE_LINE_ITEMS, BRAKE_RESULTS, ClassCounts, GradePlan, Hold, seal
from sis_connect.grades.receipts import ReceiptState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sis_connect.grades.brake import Exceeded
    from sis_connect.grades.changes import (
        CategoryChange,
        GradeChange,
        ItemKey,
        LineItemChange,
        ResultChange,
        ResultKey,
    )
    from sis_connect.grades.diff import Differences
    from sis_connect.grades.manners import Manners
    from sis_connect.grades.receipts import CategoryReceipt, LineItemReceipt, Receipt
    from sis_connect.grades.rules import GradeRules
    from sis_connect.grades.wanted import Problem, WantedBook


@dataclass(frozen=True, slots=True)
class BookState:
    """What the ledger knows of one class of the LMS."""

    line_items: Mapping[ItemKey, LineItemReceipt] = field(default_factory=dict, repr=False)
    results: Mapping[ResultKey, Receipt] = field(default_factory=dict, repr=False)
    #: What its last runs did, the latest first.
    history: tuple[ClassRun, ...] = ()
    #: The run that wrote to it last.
    last_run: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedBook:
    """One class to plan for."""

    wanted: WantedBook
    state: BookState
    #: How many students the class has.
    students: int


@dataclass(slots=True)
class _Draft:
    """A plan while its classes are gone through."""

    classes: list[str] = field(default_factory=list)
    follows: dict[str, str] = field(default_factory=dict)
    categories: dict[str, CategoryChange] = field(default_factory=dict)
    line_items: list[LineItemChange] = field(default_factory=list)
    results: list[ResultChange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    counts: list[ClassCounts] = field(default_factory=list)
    unread: int = 0


def make_plan(  # each is a separate fact, and all are named
    books: Iterable[PlannedBook],
    *,
    categories: Mapping[str, CategoryReceipt],
    rules: GradeRules,
    manners: Manners,
    made_at: datetime,
    retry_refused: bool = False,
) -> GradePlan:
    """The sealed plan of what sending these classes would do; nothing is done.

    `categories` are the receipts of those that we made, by our id. Books are gone through once: they may be read as
    they are needed. What was refused before waits, unless `retry_refused`.
    """
    winner = manners.winner if rules.winner == "profile" else Winner(rules.winner)
    ways = Ways(
        retry_refused=retry_refused,
        sis_wins=winner is Winner.SIS,
        withdraws=rules.withdrawals == "propose",
        never_deletes=manners.deletes is False,
    )
    draft = _Draft()
    for book in books:
        _plan_book(draft, book, categories, rules, ways)
    plan = GradePlan(
        digest="",
        made_at=made_at,
        classes=tuple(draft.classes),
        follows=draft.follows,
        categories=tuple(draft.categories.values()),
        line_items=tuple(draft.line_items),
        results=tuple(draft.results),
        problems=tuple(draft.problems),
        holds=tuple(draft.holds),
        counts=tuple(draft.counts),
        unread=draft.unread,
        locked_sessions=tuple(sorted(rules.locked_sessions)),
    )
    return seal(plan)


def _plan_book(
    draft: _Draft, book: PlannedBook, categories: Mapping[str, CategoryReceipt], rules: GradeRules, ways: Ways
) -> None:
    wanted, state = book.wanted, book.state
    # Classes share categories: the first that needs one makes it for all.
    needed = [one for one in diff_categories(wanted, categories, ways) if one.sourced_id not in draft.categories]
    draft.categories |= {one.sourced_id: one for one in needed}
    new = frozenset(one.sourced_id for one in draft.categories.values() if one.held is None)
    found = diff(wanted, state.line_items, state.results, new, ways)
    exceeded = brake(_run_of(found), state.history, book.students, rules.brake)
    found = _braked(found, exceeded)
    draft.classes.append(wanted.class_key)
    if state.last_run is not None:
        draft.follows[wanted.class_key] = state.last_run
    draft.line_items += found.line_items
    draft.results += found.results
    draft.problems += (*wanted.problems, *found.problems)
    changes = (*needed, *found.line_items, *found.results)
    draft.holds += _holds(wanted.class_key, changes, exceeded)
    draft.counts.append(_counts(wanted, changes, found))
    draft.unread += sum(receipt.state is ReceiptState.SENT for receipt in state.results.values())


def _run_of(found: Differences) -> ClassRun:
    """What would be done by itself in one class: withdrawals wait for a person anyway."""
    return ClassRun(
        sum(one.held is None and one.action is Action.CREATE for one in found.line_items),
        sum(one.held is None for one in found.results),
    )


def _braked(found: Differences, exceeded: Exceeded) -> Differences:
    """The differences, with those held of which there are far too many."""
    line_items, results = found.line_items, found.results
    if exceeded.line_items is not None:
        line_items = tuple(
            replace(one, held=BRAKE_LINE_ITEMS) if one.held is None and one.action is Action.CREATE else one
            for one in line_items
        )
    if exceeded.results is not None:
        results = tuple(replace(one, held=BRAKE_RESULTS) if one.held is None else one for one in results)
    return replace(found, line_items=line_items, results=results)


def _holds(class_key: str, changes: Iterable[GradeChange], exceeded: Exceeded) -> list[Hold]:
    counted = Counter((one.held, one.step) for one in changes if one.held is not None)
    usual = {BRAKE_LINE_ITEMS: exceeded.line_items, BRAKE_RESULTS: exceeded.results}
    return [Hold(cause, class_key, step, number, usual.get(cause)) for (cause, step), number in counted.items()]


def _counts(wanted: WantedBook, changes: Iterable[GradeChange], found: Differences) -> ClassCounts:
    changes = tuple(changes)
    counted = Counter((one.step, one.action) for one in changes)
    return ClassCounts(
        class_key=wanted.class_key,
        categories=counted[Step.CATEGORY, Action.CREATE],
        line_items_created=counted[Step.LINE_ITEM, Action.CREATE],
        line_items_changed=counted[Step.LINE_ITEM, Action.UPDATE],
        results_created=counted[Step.RESULT, Action.CREATE],
        results_changed=counted[Step.RESULT, Action.UPDATE],
        withdrawals=counted[Step.LINE_ITEM, Action.WITHDRAW] + counted[Step.RESULT, Action.WITHDRAW],
        held=sum(one.held is not None for one in changes),
        unchanged=found.unchanged,
        problems=len(wanted.problems) + len(found.problems),
    )
