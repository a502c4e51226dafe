"""The receipts of grades: one row per category, line item and result, and every value that was sent before.

Satisfies `grades.apply.Receipts`. Each call that writes is one durable commit, whatever it holds. Here: rows to values
and back. Not here: plans and runs (`grade_ledger`), how one receipt becomes the next (`grades`).
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

from sis_connect.grades.receipts import CategoryReceipt, LineItemReceipt, Receipt, ReceiptState, Sent
from sis_connect.store import database as db

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.grades.changes import ItemKey, ResultKey
    from sis_connect.store.database import Database

#: Keys asked for in one statement; SQLite takes some ten thousand values.
_KEYS = 1000
_RESULT_COLUMNS = tuple(column.name for column in db.grade_results.c)
_LINE_ITEM_COLUMNS = tuple(column.name for column in db.grade_line_items.c)
_CATEGORY_COLUMNS = tuple(column.name for column in db.grade_categories.c)
_SENT = msgspec.json.Decoder(tuple[str, str, str])


class GradeReceipts:
    """The receipts of one district."""

    def __init__(self, database: Database) -> None:
        """Rows in `database`."""
        self._database = database

    def categories(self) -> dict[str, CategoryReceipt]:
        """Receipts of the categories that we made, or tried to, by our id."""
        with self._database.transaction() as connection:
            rows = connection.execute(sa.select(db.grade_categories)).mappings()
            return {row["sourced_id"]: CategoryReceipt(**{**row, "state": ReceiptState(row["state"])}) for row in rows}

    def line_items(self, class_key: str) -> dict[ItemKey, LineItemReceipt]:
        """Receipts of the line items of a class of the LMS, by class of the SIS and item."""
        query = sa.select(db.grade_line_items).where(db.grade_line_items.c.class_key == class_key)
        with self._database.transaction() as connection:
            found = [_line_item(row) for row in connection.execute(query).mappings()]
        return {(one.class_sourced_id, one.item_lms_id): one for one in found}

    def results(self, class_key: str) -> dict[ResultKey, Receipt]:
        """Receipts of all results of a class of the LMS, by class of the SIS, item and student."""
        return self._results(db.grade_results.c.class_key == class_key)

    def results_by_key(self, keys: Iterable[ResultKey]) -> dict[ResultKey, Receipt]:
        """Those of these receipts that there are."""
        table = db.grade_results.c
        columns = sa.tuple_(table.class_sourced_id, table.item_lms_id, table.student_sourced_id)
        wanted = list(keys)
        found: dict[ResultKey, Receipt] = {}
        for start in range(0, len(wanted), _KEYS):
            found |= self._results(columns.in_(wanted[start : start + _KEYS]))
        return found

    def unread(self, class_key: str) -> dict[ResultKey, Receipt]:
        """Receipts of a class of the LMS of what was sent and not read back yet."""
        table = db.grade_results.c
        return self._results(sa.and_(table.class_key == class_key, table.state == ReceiptState.SENT))

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
        past = [_past_row(receipt, run) for receipt, run in superseded]
        rows = {
            db.grade_categories: [_row(one, _CATEGORY_COLUMNS) for one in categories],
            db.grade_line_items: [line_item_row(one) for one in line_items],
            db.grade_results: [result_row(one) for one in results],
        }
        deletions = [
            sa.delete(db.grade_history).where(_is(key), db.grade_history.c.superseded_by == run)
            for key, run in reinstated
        ]
        with self._database.transaction() as connection:
            for deletion in deletions:
                connection.execute(deletion)
            if past:
                connection.execute(sa.insert(db.grade_history), past)
            for table, values in rows.items():
                if values:
                    connection.execute(sa.insert(table).prefix_with("OR REPLACE"), values)

    def history(self, key: ResultKey) -> tuple[Receipt, ...]:
        """The receipts of the values that were sent for one result before its present one, oldest first."""
        table = db.grade_history.c
        query = sa.select(table.receipt).where(_is(key)).order_by(table.number)
        with self._database.transaction() as connection:
            found = connection.execute(query).scalars().all()
        return tuple(msgspec.json.decode(one, type=Receipt) for one in found)

    def _results(self, condition: sa.ColumnElement[bool]) -> dict[ResultKey, Receipt]:
        query = sa.select(db.grade_results).where(condition)
        with self._database.transaction() as connection:
            found = [_result(row) for row in connection.execute(query).mappings()]
        return {(one.class_sourced_id, one.item_lms_id, one.student_sourced_id): one for one in found}


def result_row(receipt: Receipt) -> dict[str, object]:
    """The receipt as a row of `database.grade_results`."""
    row = _row(receipt, _RESULT_COLUMNS)
    row["class_key"] = receipt.class_key or receipt.class_sourced_id
    row["sent"], row["held"] = _text(receipt.sent), _text(receipt.held)
    return row


def line_item_row(receipt: LineItemReceipt) -> dict[str, object]:
    """The receipt as a row of `database.grade_line_items`."""
    row = _row(receipt, _LINE_ITEM_COLUMNS)
    row["class_key"] = receipt.class_key or receipt.class_sourced_id
    return row


def _row(receipt: object, columns: tuple[str, ...]) -> dict[str, object]:
    return dict(zip(columns, attrgetter(*columns)(receipt), strict=True))


def _past_row(receipt: Receipt, run: str) -> dict[str, object]:
    return {
        "class_sourced_id": receipt.class_sourced_id,
        "item_lms_id": receipt.item_lms_id,
        "student_sourced_id": receipt.student_sourced_id,
        "superseded_by": run,
        "receipt": msgspec.json.encode(replace(receipt, state=ReceiptState.SUPERSEDED)),
    }


def _is(key: ResultKey) -> sa.ColumnElement[bool]:
    table = db.grade_history.c
    return sa.and_(table.class_sourced_id == key[0], table.item_lms_id == key[1], table.student_sourced_id == key[2])


def _text(value: Sent | None) -> str | None:
    if value is None:
        return None
    return msgspec.json.encode((value.score, value.score_status, value.comment)).decode()


def _value(text: str | None) -> Sent | None:
    return None if text is None else Sent(*_SENT.decode(text))


def _result(row: sa.RowMapping) -> Receipt:
    values = dict(row)
    values["state"] = ReceiptState(values["state"])
    values["sent"], values["held"] = _value(values["sent"]), _value(values["held"])
    return Receipt(**values)


def _line_item(row: sa.RowMapping) -> LineItemReceipt:
    return LineItemReceipt(**{**row, "state": ReceiptState(row["state"])})
