"""Line items that are made, changed or withdrawn in the SIS, and read back before any result refers to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sis_connect.errors import SisConnectError, UnauthorisedError
from sis_connect.grades.answers import CATEGORY_MISSING, POSTPONED
from sis_connect.grades.changes import LineItemChange, Step, digest_of
from sis_connect.grades.read_back import read_back_line_items
from sis_connect.grades.receipts import CategoryReceipt, LineItemReceipt, ReceiptState
from sis_connect.grades.sending import Sending
from sis_connect.grades.target import WriteOutcome, WriteState
from sis_connect.grades.work import in_chunks, settled, still_there
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sis_connect.grades.changes import ItemKey
    from sis_connect.grades.sending import Done
    from sis_connect.grades.target import Row
    from sis_connect.grades.work import Work
    from sis_connect.oneroster.gradebook_records import LineItem

_LINE_ITEMS = ENTITIES["lineItems"]


@dataclass(frozen=True, slots=True)
class _Task:
    change: LineItemChange
    #: As it goes out; None for a withdrawal.
    record: LineItem | None
    before: LineItemReceipt
    marked: LineItemReceipt


class LineItemStep:
    """The line items of one run."""

    def __init__(self, work: Work) -> None:
        """Nothing is done yet."""
        self._work = work
        self._receipts: dict[str, dict[ItemKey, LineItemReceipt]] = {}

    def send(self, changes: Sequence[LineItemChange]) -> None:
        """Make, change or withdraw these; afterwards each has a receipt, and what was written is read back.

        UnauthorisedError when the sign-in is refused.
        """
        work = self._work
        Sending(self._act, self._write_down, work.pool, work.halt).run(self._tasks(changes))
        self._receipts.clear()
        for some in in_chunks((one for one in changes if one.record is not None), work.chunk):
            self._read_back(some)
        self._receipts.clear()

    def of_class(self, class_key: str) -> Mapping[ItemKey, LineItemReceipt]:
        """The receipts of a class as they were at the step's end."""
        if class_key not in self._receipts:
            self._receipts[class_key] = self._work.receipts.line_items(class_key)
        return self._receipts[class_key]

    def _tasks(self, changes: Sequence[LineItemChange]) -> Iterator[list[_Task]]:
        work = self._work
        categories = {one.sourced_id: one for one in work.receipts.categories().values()}
        for chunk in in_chunks(changes, work.chunk):
            tasks, kept = [], []
            for change in chunk:
                before = self.of_class(change.class_key).get(change.key) or _first(change)
                if work.is_settled(before):
                    continue
                lacking = _lacking(change, categories)
                if lacking is not None:
                    is_refused = lacking is ReceiptState.REFUSED
                    code, field = (CATEGORY_MISSING, "category") if is_refused else (POSTPONED, None)
                    kept.append(replace(before, state=lacking, code=code, field=field, answer=None))
                    continue
                tasks.append(_task(change, before, categories, work.run))
            if kept:
                work.receipts.keep(line_items=kept)
            if tasks:
                yield tasks

    def _write_down(self, done: Sequence[Done[_Task]], going: Sequence[_Task]) -> None:
        after = [
            (settled if task.record is not None else still_there)(task.before, task.marked, outcome)
            for task, outcome in done
        ]
        self._work.receipts.keep(line_items=[*after, *(task.marked for task in going)])
        self._work.advance(Step.LINE_ITEM, len(done))

    def _act(self, task: _Task) -> WriteOutcome:
        target, sourced_id = self._work.target, task.before.sis_sourced_id
        row = None
        if task.before.state is ReceiptState.IN_DOUBT:
            try:
                row = self._look(task)
            except UnauthorisedError:
                raise
            except SisConnectError as error:
                return WriteOutcome(WriteState.IN_DOUBT, sourced_id, code=error.cause)
        sourced_id = (row or {}).get("sourced_id") or sourced_id
        if task.record is None:
            return target.delete(_LINE_ITEMS, sourced_id)
        record = replace(task.record, sourced_id=sourced_id)
        if row is not None and record.is_shown_by(row):
            return WriteOutcome(WriteState.WRITTEN, sourced_id)
        return target.put(record)

    def _look(self, task: _Task) -> Row | None:
        """What the SIS has of a line item whose answer was lost."""
        row = self._work.target.find(_LINE_ITEMS, task.before.sis_sourced_id)
        row = row if row is not None and row.get("status") != "tobedeleted" else None
        if row is not None or not self._work.mints_ids:
            return row
        owned = {one.sis_sourced_id for one in self.of_class(task.change.class_key).values()}
        # Its title as it was sent last; a due date may have changed since.
        title = task.before.title or task.marked.title
        rows = [
            row
            for row in self._work.target.line_items_of(task.change.class_sourced_id)
            if row["title"] == title and row["sourced_id"] not in owned
        ]
        return rows[0] if len(rows) == 1 else None

    def _read_back(self, changes: Sequence[LineItemChange]) -> None:
        sent: dict[ItemKey, tuple[LineItemReceipt, LineItem]] = {}
        owned: set[str] = set()
        for change in changes:
            receipts = self.of_class(change.class_key)
            receipt = receipts.get(change.key)
            if change.record is not None and receipt is not None and receipt.state is ReceiptState.SENT:
                sent[change.key] = receipt, change.record
                owned |= {one.sis_sourced_id for one in receipts.values()}
        if sent:
            read_back_line_items(self._work, sent, owned)


def _first(change: LineItemChange) -> LineItemReceipt:
    return LineItemReceipt(
        class_sourced_id=change.class_sourced_id,
        item_lms_id=change.item_lms_id,
        sourced_id=change.sourced_id,
        sis_sourced_id=change.sis_sourced_id,
        state=ReceiptState.WAITING,
        class_key=change.class_key,
    )


def _lacking(change: LineItemChange, categories: Mapping[str, CategoryReceipt]) -> ReceiptState | None:
    """How a line item stands whose category we could not make; None when nothing keeps it."""
    named = change.record.category_sourced_id if change.record is not None else None
    category = categories.get(named) if named is not None else None
    if category is None or category.is_there:
        return None
    return ReceiptState.REFUSED if category.state is ReceiptState.REFUSED else ReceiptState.WAITING


def _task(
    change: LineItemChange, before: LineItemReceipt, categories: Mapping[str, CategoryReceipt], run: str
) -> _Task:
    record = change.record
    if record is None:
        return _Task(change, None, before, replace(before, state=ReceiptState.IN_DOUBT, run=run))
    category = categories.get(record.category_sourced_id or "")
    record = replace(
        record,
        sourced_id=before.sis_sourced_id,
        category_sourced_id=category.sis_sourced_id if category is not None else record.category_sourced_id,
    )
    marked = replace(
        before,
        state=ReceiptState.IN_DOUBT,
        digest=digest_of(record),
        title=record.title,
        session_sourced_id=record.grading_period_sourced_id,
        code=None,
        field=None,
        answer=None,
        run=run,
    )
    return _Task(change, record, before, marked)
