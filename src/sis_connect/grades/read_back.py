"""Step read back: what the SIS holds after writing decides what counts as confirmed.

A SIS may take a grade and not store it, round it, or give it another id; only reading tells. Here: reading results and
line items, and the receipts that follow. Not here: what counts as the same (`comparing`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sis_connect.errors import SisConnectError, UnauthorisedError
from sis_connect.grades.comparing import (
    LINE_ITEM_NOT_STORED,
    NOT_STORED,
    compare_line_items,
    compare_results,
    held_of,
)
from sis_connect.grades.receipts import LineItemReceipt, Receipt, ReceiptState
from sis_connect.grades.work import in_chunks
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sis_connect.grades.changes import ItemKey
    from sis_connect.grades.comparing import Difference
    from sis_connect.grades.manners import Manners
    from sis_connect.grades.target import GradebookTarget, Row
    from sis_connect.grades.work import Work
    from sis_connect.oneroster.gradebook_records import LineItem
    from sis_connect.oneroster.model import Entity

CHANGED_IN_SIS = "grades.changed_in_sis"
DELETED_IN_SIS = "grades.deleted_in_sis"

_LINE_ITEMS = ENTITIES["lineItems"]
_RESULTS = ENTITIES["results"]
#: What a line item is recognised by where the SIS gave it another id.
_SIGNS = ("title", "due_date", "result_value_max")
#: Readings among some that fail, after which the SIS is let alone.
_FAILURES = 5
#: What has arrived by all that is known, until reading says otherwise.
_ARRIVED = (ReceiptState.CONFIRMED, ReceiptState.CHANGED_IN_SIS)
#: What was not as it was sent, and may be by now.
_AMISS = (ReceiptState.SENT, ReceiptState.REFUSED)


@dataclass(frozen=True, slots=True)
class _Column:
    """The results of one line item that are to be read."""

    line_item: LineItemReceipt
    receipts: Sequence[Receipt]


def read_back_results(work: Work, class_keys: Iterable[str], *, everything: bool = False) -> bool:
    """Read what was sent and not read yet, or all that the SIS should have; the receipts that follow are kept.

    True when all of it was read; what cannot be read stays as it is. Raises UnauthorisedError.
    """
    is_whole = True
    columns = (column for key in class_keys for column in _columns(work, key, everything=everything))
    for some in in_chunks(columns, work.chunk):
        read = list(work.pool.map(lambda column: _read_column(work.target, column), some))
        now = work.now()
        work.receipts.keep(
            results=[after_reading(receipt, row, work.manners, now) for rows in read for receipt, row in rows or ()]
        )
        failures = read.count(None)
        is_whole = is_whole and not failures
        if failures >= _FAILURES:
            break
    return is_whole


def read_back_line_items(
    work: Work, sent: Mapping[ItemKey, tuple[LineItemReceipt, LineItem]], owned: Collection[str]
) -> None:
    """Read line items that were just sent; the receipts that follow are kept.

    Each is confirmed, there under another id, there in other words, or not there; what cannot be read stays as it is.
    `owned` are the ids of all line items that are known to be ours. Raises UnauthorisedError.
    """

    def read(keys: list[ItemKey]) -> list[LineItemReceipt]:
        rows = _listed(work.target, keys[0][0])
        found = []
        for receipt, record in (sent[key] for key in keys):
            try:
                row = _line_item_row(work.target, receipt, record, rows, owned)
            except UnauthorisedError:
                raise
            except SisConnectError:
                continue
            found.append(_after_reading_item(receipt, record, row))
        return found

    classes = [list(keys) for _, keys in groupby(sorted(sent), key=lambda key: key[0])]
    for some in in_chunks(classes, work.chunk):
        work.receipts.keep(line_items=[receipt for found in work.pool.map(read, some) for receipt in found])


def after_reading(receipt: Receipt, row: Row | None, manners: Manners, now: datetime) -> Receipt:
    """The receipt once the SIS was read; `row` is what it has, None when it has nothing."""
    held = None if row is None else held_of(row)
    if receipt.sent is None:
        return replace(receipt, held=held)
    difference = None if held is None else compare_results(receipt.sent, held, manners)
    return replace(
        receipt,
        held=held,
        sis_sourced_id=(row or {}).get("sourced_id") or receipt.sis_sourced_id,
        is_there=row is not None,
        **_judged(receipt, difference, now, is_held=held is not None),
    )


def _judged(receipt: Receipt, difference: Difference | None, now: datetime, *, is_held: bool) -> dict[str, Any]:
    """What else changes of a receipt; nothing of one that waits, or was refused by the SIS itself."""
    if is_held and difference is None:
        if receipt.state not in (*_ARRIVED, *_AMISS) or _was_refused(receipt):
            return {}
        at = receipt.confirmed_at or now.isoformat()
        return {"state": ReceiptState.CONFIRMED, "confirmed_at": at, "code": None, "field": None, "answer": None}
    name = None if difference is None else difference.field
    if receipt.state in _ARRIVED:
        code = CHANGED_IN_SIS if is_held else DELETED_IN_SIS
        return {"state": ReceiptState.CHANGED_IN_SIS, "code": code, "field": name}
    if receipt.state is not ReceiptState.SENT:
        return {}
    code = NOT_STORED if difference is None else difference.code
    return {"state": ReceiptState.REFUSED, "code": code, "field": name}


def _was_refused(receipt: Receipt) -> bool:
    """True where the SIS itself said no: that the same value is there already does not make it a yes."""
    return receipt.state is ReceiptState.REFUSED and receipt.answer is not None


def _columns(work: Work, class_key: str, *, everything: bool) -> Iterator[_Column]:
    line_items = work.receipts.line_items(class_key)
    if everything:
        wanted = [one for one in work.receipts.results(class_key).values() if one.is_there]
    else:
        wanted = list(work.receipts.unread(class_key).values())
    wanted.sort(key=lambda one: (one.class_sourced_id, one.item_lms_id, one.student_sourced_id))
    for key, receipts in groupby(wanted, key=lambda one: (one.class_sourced_id, one.item_lms_id)):
        if key in line_items:
            yield _Column(line_items[key], tuple(receipts))


def _read_column(target: GradebookTarget, column: _Column) -> list[tuple[Receipt, Row | None]] | None:
    """Each receipt with what the SIS has for it; None when the SIS cannot be read."""
    line_item = column.line_item.sis_sourced_id
    try:
        rows = _given(target.results_of(column.line_item.class_sourced_id, line_item=line_item))
    except UnauthorisedError:
        raise
    except SisConnectError:
        # Not every SIS lists the results of a line item.
        rows = []
    by_id = {row["sourced_id"]: row for row in rows}
    # A SIS that lists more than it was asked for must not lend one item's grade to another.
    of_item = (row for row in rows if row.get("line_item_sourced_id") in (None, line_item))
    by_student = {row["student_sourced_id"]: row for row in of_item}
    try:
        return [_read_one(target, one, by_id, by_student) for one in column.receipts]
    except UnauthorisedError:
        raise
    except SisConnectError:
        return None


def _read_one(
    target: GradebookTarget, receipt: Receipt, by_id: Mapping[str | None, Row], by_student: Mapping[str | None, Row]
) -> tuple[Receipt, Row | None]:
    known = by_id.get(receipt.sis_sourced_id)
    row = _own(known, receipt) or by_student.get(receipt.student_sourced_id)
    if row is not None:
        return receipt, row
    known = known or _find(target, _RESULTS, receipt.sis_sourced_id)
    if known is not None and _own(known, receipt) is None:
        # Somebody else's result: nothing is to be written under its id.
        return replace(receipt, sis_sourced_id=receipt.sourced_id), None
    return receipt, known


def _own(row: Row | None, receipt: Receipt) -> Row | None:
    """The row, unless it is another student's."""
    is_own = row is not None and row.get("student_sourced_id") in (None, receipt.student_sourced_id)
    return row if is_own else None


def _find(target: GradebookTarget, entity: Entity, sourced_id: str) -> Row | None:
    row = target.find(entity, sourced_id)
    return next(iter(_given([row] if row else [])), None)


def _given(rows: Iterable[Row]) -> list[Row]:
    """Those that the SIS has not put away."""
    return [row for row in rows if row.get("status") != "tobedeleted"]


def _listed(target: GradebookTarget, class_id: str) -> list[Row]:
    try:
        return _given(target.line_items_of(class_id))
    except UnauthorisedError:
        raise
    except SisConnectError:
        # Not every SIS lists the line items of a class; each is asked for then.
        return []


def _line_item_row(
    target: GradebookTarget, receipt: LineItemReceipt, record: LineItem, rows: list[Row], owned: Collection[str]
) -> Row | None:
    for row in rows:
        if row["sourced_id"] == receipt.sis_sourced_id:
            return row
    found = _find(target, _LINE_ITEMS, receipt.sis_sourced_id)
    if found is not None:
        return found
    like = [row for row in rows if row["sourced_id"] not in owned and record.is_shown_by(row, _SIGNS)]
    return like[0] if len(like) == 1 else None


def _after_reading_item(receipt: LineItemReceipt, record: LineItem, row: Row | None) -> LineItemReceipt:
    if row is None:
        return replace(receipt, state=ReceiptState.REFUSED, code=LINE_ITEM_NOT_STORED, is_there=False)
    followed = replace(receipt, sis_sourced_id=row["sourced_id"] or receipt.sis_sourced_id)
    difference = compare_line_items(record, row)
    if difference is None:
        return replace(followed, state=ReceiptState.CONFIRMED, code=None, field=None, answer=None)
    return replace(followed, state=ReceiptState.REFUSED, code=difference.code, field=difference.field)
