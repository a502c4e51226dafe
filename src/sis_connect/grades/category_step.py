"""Categories that are made in the SIS: one each, whatever classes need it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sis_connect.errors import SisConnectError, UnauthorisedError
from sis_connect.grades.changes import CategoryChange, Step
from sis_connect.grades.receipts import CategoryReceipt, ReceiptState
from sis_connect.grades.sending import Sending
from sis_connect.grades.target import WriteOutcome, WriteState
from sis_connect.grades.work import in_chunks, settled
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sis_connect.grades.sending import Done
    from sis_connect.grades.target import Row
    from sis_connect.grades.work import Work


@dataclass(frozen=True, slots=True)
class _Task:
    change: CategoryChange
    before: CategoryReceipt
    marked: CategoryReceipt


def send_categories(work: Work, changes: Sequence[CategoryChange]) -> None:
    """Make these categories; afterwards each has a receipt. UnauthorisedError when the sign-in is refused."""

    def write_down(done: Sequence[Done[_Task]], going: Sequence[_Task]) -> None:
        after = [settled(task.before, task.marked, outcome) for task, outcome in done]
        work.receipts.keep(categories=[*after, *(task.marked for task in going)])
        work.advance(Step.CATEGORY, len(done))

    def send(task: _Task) -> WriteOutcome:
        return _send(work, task)

    Sending(send, write_down, work.pool, work.halt).run(_tasks(work, changes))


def _tasks(work: Work, changes: Sequence[CategoryChange]) -> Iterator[list[_Task]]:
    receipts = work.receipts.categories()
    for chunk in in_chunks(changes, work.chunk):
        tasks = []
        for change in chunk:
            record = change.record
            new = CategoryReceipt(record.sourced_id, record.sourced_id, record.title, ReceiptState.WAITING)
            before = receipts.get(record.sourced_id, new)
            if not work.is_settled(before):
                marked = replace(new, state=ReceiptState.IN_DOUBT, sis_sourced_id=before.sis_sourced_id, run=work.run)
                tasks.append(_Task(change, before, marked))
        if tasks:
            yield tasks


def _send(work: Work, task: _Task) -> WriteOutcome:
    record = replace(task.change.record, sourced_id=task.before.sis_sourced_id)
    if task.before.state is ReceiptState.IN_DOUBT:
        try:
            found = _look(work, task)
        except UnauthorisedError:
            raise
        except SisConnectError as error:
            return WriteOutcome(WriteState.IN_DOUBT, record.sourced_id, code=error.cause)
        if found is not None:
            return WriteOutcome(WriteState.WRITTEN, found["sourced_id"] or record.sourced_id)
    return work.target.put(record)


def _look(work: Work, task: _Task) -> Row | None:
    """The category in the SIS, by its id, or by its title where the SIS gives out ids."""
    row = work.target.find(ENTITIES["categories"], task.before.sis_sourced_id)
    if row is not None or not work.mints_ids:
        return row
    return next((one for one in work.target.categories() if one["title"] == task.change.record.title), None)
