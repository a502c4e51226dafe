"""What all steps of one run share, and how a receipt follows from an outcome.

Here: the protocol of the receipts, the run's surroundings, the transition. Not here: the steps (`apply`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from sis_connect.grades.answers import code_of
from sis_connect.grades.receipts import CategoryReceipt, LineItemReceipt, Receipt, ReceiptState
from sis_connect.grades.sending import Halt
from sis_connect.grades.target import WriteOutcome, WriteState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor
    from datetime import datetime

    from sis_connect.grades.changes import ItemKey, ResultKey, Step
    from sis_connect.grades.manners import Manners
    from sis_connect.grades.target import GradebookTarget


class Receipts(Protocol):
    """The receipts of a district, kept durably."""

    def categories(self) -> dict[str, CategoryReceipt]:
        """Receipts of the categories that we made, or tried to, by our id."""
        ...

    def line_items(self, class_key: str) -> dict[ItemKey, LineItemReceipt]:
        """Receipts of the line items of a class of the LMS."""
        ...

    def results(self, class_key: str) -> dict[ResultKey, Receipt]:
        """Receipts of all results of a class of the LMS."""
        ...

    def results_by_key(self, keys: Iterable[ResultKey]) -> dict[ResultKey, Receipt]:
        """Those of these receipts that there are."""
        ...

    def unread(self, class_key: str) -> dict[ResultKey, Receipt]:
        """Receipts of a class of the LMS of what was sent and not read back yet."""
        ...

    def keep(
        self,
        *,
        categories: Iterable[CategoryReceipt] = (),
        line_items: Iterable[LineItemReceipt] = (),
        results: Iterable[Receipt] = (),
        superseded: Iterable[tuple[Receipt, str]] = (),
        reinstated: Iterable[tuple[ResultKey, str]] = (),
    ) -> None:
        """Keep these receipts as they are now, all or none, durably.

        `superseded` are earlier receipts, each with the run whose value follows it now; `reinstated` names, with that
        run, those of which it turned out that nothing followed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """One run of one plan, as its steps see it."""

    target: GradebookTarget
    receipts: Receipts
    #: Id of the run.
    run: str
    #: Ids of all runs of the plan, this one among them: what one of them settled is not done again.
    plan_runs: frozenset[str]
    manners: Manners
    #: Gives aware instants.
    now: Callable[[], datetime]
    #: True where the SIS gives records ids of its own, so that a lost one is searched for by what it says.
    mints_ids: bool
    pool: Executor
    #: Told after each chunk: step, how many changes it had.
    advance: Callable[[Step, int], None]
    #: Changes that are written down together.
    chunk: int = 64
    halt: Halt = field(default_factory=Halt)

    def is_settled(self, receipt: CategoryReceipt | LineItemReceipt | Receipt) -> bool:
        """True for what a run of this plan brought to an end."""
        is_open = receipt.state in (ReceiptState.IN_DOUBT, ReceiptState.WAITING)
        return receipt.run in self.plan_runs and not is_open


_Receipt = TypeVar("_Receipt", CategoryReceipt, LineItemReceipt, Receipt)
_T = TypeVar("_T")


def settled(before: _Receipt, marked: _Receipt, outcome: WriteOutcome | None) -> _Receipt:
    """The receipt after an outcome, None for what was not sent after all.

    `before` is the receipt as it was, `marked` the one under which the change went out.
    """
    if outcome is None:
        return before
    code, answer, name = code_of(outcome), outcome.code or None, outcome.field or None
    if outcome.state is WriteState.WRITTEN:
        return replace(marked, state=ReceiptState.SENT, sis_sourced_id=outcome.sourced_id, is_there=True)
    if outcome.state is WriteState.DELETED:
        return replace(marked, state=ReceiptState.WITHDRAWN, is_there=False)
    if outcome.state is WriteState.POSTPONED:
        return replace(before, state=ReceiptState.WAITING, code=code, answer=answer, field=None)
    if outcome.state is WriteState.IN_DOUBT:
        return replace(marked, code=code, answer=answer)
    return replace(marked, state=ReceiptState.REFUSED, code=code, answer=answer, field=name)


def still_there(before: _Receipt, marked: _Receipt, outcome: WriteOutcome | None) -> _Receipt:
    """As `settled`, for a withdrawal: what the SIS will not give back stands as it stood, with the reason."""
    if outcome is None or outcome.state in (WriteState.DELETED, WriteState.IN_DOUBT):
        return settled(before, marked, outcome)
    return replace(before, code=code_of(outcome), answer=outcome.code or None, run=marked.run)


def in_chunks(changes: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """The changes in lists of that size."""
    rest = iter(changes)
    while chunk := list(islice(rest, size)):
        yield chunk
