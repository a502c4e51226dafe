"""Results that are made, changed or withdrawn in the SIS: one write per change, whatever becomes of the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sis_connect.errors import SisConnectError, UnauthorisedError
from sis_connect.grades.answers import LINE_ITEM_MISSING, POSTPONED
from sis_connect.grades.changes import ResultChange, Step, sent_of
from sis_connect.grades.comparing import compare_results, held_of
from sis_connect.grades.receipts import LineItemReceipt, Receipt, ReceiptState
from sis_connect.grades.sending import Sending
from sis_connect.grades.target import WriteOutcome, WriteState
from sis_connect.grades.work import in_chunks, settled, still_there
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sis_connect.grades.changes import ItemKey, ResultKey
    from sis_connect.grades.sending import Done
    from sis_connect.grades.target import Row
    from sis_connect.grades.work import Work
    from sis_connect.oneroster.gradebook_records import Result

_RESULTS = ENTITIES["results"]


@dataclass(frozen=True, slots=True)
class _Task:
    change: ResultChange
    #: As it goes out; None for a withdrawal.
    record: Result | None
    before: Receipt
    marked: Receipt
    #: By which the SIS knows its line item; None where that is not known.
    line_item: str | None

    @property
    def supersedes(self) -> bool:
        """True when it puts another value in the place of one that was sent."""
        before = self.before
        is_other = before.sent != self.marked.sent or before.state is ReceiptState.WITHDRAWN
        return self.record is not None and before.sent is not None and is_other


@dataclass(frozen=True, slots=True)
class ResultStep:
    """The results of one run."""

    work: Work
    #: The receipts of the line items of a class of the LMS, as they stand now.
    line_items: Callable[[str], Mapping[ItemKey, LineItemReceipt]]

    def send(self, changes: Sequence[ResultChange]) -> None:
        """Make, change or withdraw these; afterwards each has a receipt. UnauthorisedError as of `put`."""
        Sending(self._act, self._write_down, self.work.pool, self.work.halt).run(self._tasks(changes))

    def _tasks(self, changes: Sequence[ResultChange]) -> Iterator[list[_Task]]:
        for chunk in in_chunks(changes, self.work.chunk):
            known = self.work.receipts.results_by_key([change.key for change in chunk])
            now = self.work.now().isoformat()
            tasks, kept = [], []
            for change in chunk:
                before = known.get(change.key) or _first(change)
                if self.work.is_settled(before):
                    continue
                line_item = self.line_items(change.class_key).get(change.item_key)
                if change.record is not None and (line_item is None or not line_item.is_there):
                    kept.append(_without_line_item(before, line_item))
                else:
                    tasks.append(_task(change, before, line_item, self.work.run, now))
            if kept:
                self.work.receipts.keep(results=kept)
            if tasks:
                yield tasks

    def _write_down(self, done: Sequence[Done[_Task]], going: Sequence[_Task]) -> None:
        after: list[Receipt] = []
        reinstated: list[tuple[ResultKey, str]] = []
        for task, outcome in done:
            after.append((settled if task.record is not None else still_there)(task.before, task.marked, outcome))
            if task.supersedes and (outcome is None or outcome.state is WriteState.POSTPONED):
                reinstated.append((task.change.key, self.work.run))
        self.work.receipts.keep(
            results=[*after, *(task.marked for task in going)],
            superseded=[(task.before, self.work.run) for task in going if task.supersedes],
            reinstated=reinstated,
        )
        self.work.advance(Step.RESULT, len(done))

    def _act(self, task: _Task) -> WriteOutcome:
        target, sourced_id = self.work.target, task.before.sis_sourced_id
        row = None
        # Where the SIS gives out ids, the one that we know may not be the one under which it is to be deleted.
        is_looked_for = task.before.state is ReceiptState.IN_DOUBT or (task.record is None and self.work.mints_ids)
        if is_looked_for:
            try:
                row, sourced_id = self._look(task)
            except UnauthorisedError:
                raise
            except SisConnectError as error:
                return WriteOutcome(WriteState.IN_DOUBT, sourced_id, code=error.cause)
        if task.record is None:
            is_gone = is_looked_for and row is None
            return WriteOutcome(WriteState.DELETED, sourced_id) if is_gone else target.delete(_RESULTS, sourced_id)
        if row is not None and compare_results(sent_of(task.record), held_of(row), self.work.manners) is None:
            return WriteOutcome(WriteState.WRITTEN, sourced_id)
        is_same_id = task.record.sourced_id == sourced_id
        return target.put(task.record if is_same_id else replace(task.record, sourced_id=sourced_id))

    def _look(self, task: _Task) -> tuple[Row | None, str]:
        """What the SIS has of a result, by the id that we know or as the student's on the line item; its id.

        Where it has nothing, the id to write under: ours, when somebody else's result stands under the one we know.
        """
        before = task.before
        row = self.work.target.find(_RESULTS, before.sis_sourced_id)
        if row is not None and _is_of(row, task):
            return row, row["sourced_id"] or before.sis_sourced_id
        free = before.sis_sourced_id if row is None else before.sourced_id
        if task.line_item is None:
            return None, free
        rows = self.work.target.results_of(task.change.class_sourced_id, line_item=task.line_item)
        mine = next((one for one in rows if one["student_sourced_id"] and _is_of(one, task)), None)
        return mine, (mine or {}).get("sourced_id") or free


def _is_of(row: Row, task: _Task) -> bool:
    """True when a row that the SIS has not put away is the student's on the line item."""
    return (
        row.get("status") != "tobedeleted"
        and row.get("student_sourced_id") in (None, task.change.student_sourced_id)
        and (task.line_item is None or row.get("line_item_sourced_id") in (None, task.line_item))
    )


def _first(change: ResultChange) -> Receipt:
    return Receipt(
        class_sourced_id=change.class_sourced_id,
        item_lms_id=change.item_lms_id,
        student_sourced_id=change.student_sourced_id,
        sourced_id=change.sourced_id,
        sis_sourced_id=change.sis_sourced_id,
        state=ReceiptState.WAITING,
        changed_at=change.changed_at,
        class_key=change.class_key,
    )


def _without_line_item(before: Receipt, line_item: LineItemReceipt | None) -> Receipt:
    """Not sent: it would only be refused. It goes out with its line item, whatever becomes of its own value."""
    if line_item is not None and line_item.state is ReceiptState.REFUSED:
        return replace(before, state=ReceiptState.REFUSED, code=LINE_ITEM_MISSING, field="lineItem", answer=None)
    return replace(before, state=ReceiptState.WAITING, code=POSTPONED, field=None, answer=None)


def _task(change: ResultChange, before: Receipt, line_item: LineItemReceipt | None, run: str, now: str) -> _Task:
    if change.record is None or line_item is None:
        item = None if line_item is None else line_item.sis_sourced_id
        return _Task(change, None, before, replace(before, state=ReceiptState.IN_DOUBT, run=run), item)
    record, ids = change.record, (before.sis_sourced_id, line_item.sis_sourced_id)
    if (record.sourced_id, record.line_item_sourced_id) != ids:
        record = replace(record, sourced_id=ids[0], line_item_sourced_id=ids[1])
    marked = replace(
        before,
        state=ReceiptState.IN_DOUBT,
        sent=sent_of(record),
        changed_at=change.changed_at,
        code=None,
        field=None,
        answer=None,
        sent_at=now,
        confirmed_at=None,
        run=run,
    )
    return _Task(change, record, before, marked, line_item.sis_sourced_id)
