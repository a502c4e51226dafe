"""Step apply: the allowed changes of a plan go to the SIS, and what it holds then is read back.

Categories first, then line items, then results, then the line items that are taken back. Everything is written down
before it is sent and again with its outcome, so that a run that was killed goes on: what may have been sent is looked
for before it is sent again. What the SIS refuses does not stop the rest; what depends on it waits. Not here: requests
(a `GradebookTarget`), where receipts are kept (`store`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.grades.category_step import send_categories
from sis_connect.grades.changes import Action
from sis_connect.grades.line_item_step import LineItemStep
from sis_connect.grades.read_back import read_back_results
from sis_connect.grades.result_step import ResultStep
from sis_connect.grades.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from sis_connect.grades.changes import Step
    from sis_connect.grades.manners import Manners
    from sis_connect.grades.plan import Allowed
    from sis_connect.grades.target import GradebookTarget
    from sis_connect.grades.work import Receipts


@dataclass(frozen=True, slots=True)
class Applied:
    """How far a run came; what became of each grade is in its receipt."""

    #: False when the SIS was away, so that the rest was not tried: it goes out with the next run.
    is_sent: bool
    #: False when something that was sent could not be read: the next run reads it.
    is_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """How plans of grades are applied to one SIS."""

    target: GradebookTarget
    receipts: Receipts
    manners: Manners
    #: Gives aware instants.
    now: Callable[[], datetime]
    #: Requests that are under way at the same time.
    concurrency: int = 4
    #: True where the SIS gives records ids of its own.
    mints_ids: bool = False
    #: Told after each chunk: step, how many changes it had.
    advance: Callable[[Step, int], None] = lambda _step, _changes: None
    #: Changes that are written down together.
    chunk: int = 64

    def run(self, allowed: Allowed, class_keys: Iterable[str], run: str, plan_runs: Iterable[str]) -> Applied:
        """Send the allowed changes and read back what was sent, in these classes of the LMS; all in their receipts.

        `run` is the id of this run, `plan_runs` are those of all runs of the plan: what one of them brought to an end
        is not done again. Raises UnauthorisedError when the sign-in is refused; run again to go on.
        """
        with self._work(run, frozenset((*plan_runs, run))) as work:
            send_categories(work, allowed.categories)
            line_items = LineItemStep(work)
            line_items.send([one for one in allowed.line_items if one.action is not Action.WITHDRAW])
            ResultStep(work, line_items.of_class).send(allowed.results)
            line_items.send([one for one in allowed.line_items if one.action is Action.WITHDRAW])
            # A SIS that is away for writing is not asked for more.
            is_read = not work.halt.is_over and read_back_results(work, class_keys)
            return Applied(is_sent=not work.halt.is_over, is_read=is_read)

    def read_back(self, class_keys: Iterable[str]) -> bool:
        """Read all that the SIS should have of these classes, sent just now or long ago; True when all was read.

        What it changed on its own side is in the receipts then. Raises UnauthorisedError.
        """
        with self._work("", frozenset()) as work:
            return read_back_results(work, class_keys, everything=True)

    @contextmanager
    def _work(self, run: str, plan_runs: frozenset[str]) -> Iterator[Work]:
        with ThreadPoolExecutor(self.concurrency, thread_name_prefix="grades") as pool:
            yield Work(
                target=self.target,
                receipts=self.receipts,
                run=run,
                plan_runs=plan_runs,
                manners=self.manners,
                now=self.now,
                mints_ids=self.mints_ids,
                pool=pool,
                advance=self.advance,
                chunk=self.chunk,
            )
