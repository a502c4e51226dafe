"""The receipts of grades: one row per category, line item and result, and every value that was sent before.

Satisfies `grades.apply.Receipts`. Each call that writes is one durable commit, whatever it holds. Here: rows to values
and back. Not here: plans and runs (`grade_ledger`), how one receipt becomes the next (`grades`).
"""

from __future__ import annotations

from dataclasses import fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from sis_connect.grades.receipts import CategoryReceipt, LineItemReceipt, Receipt, ReceiptState, Sent
from sis_connect.store import database as db

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.grades.changes import ItemKey, ResultKey
    from sis_connect.store.database import Database

_SENT = msgspec.json.Decoder(tuple[str, str, str])
_FIELDS = [field.name for field in fields(Receipt)]
_RESULTS = sa.select(*(db.grade_results.c[name] for name in _FIELDS))
_STATE, _SENT_AT, _HELD_AT = (_FIELDS.index(name) for name in ("state", "sent", "held"))
#: Keys come as JSON, since SQLite looks through all rows for a list of rows that are given as values.
_GIVEN = sa.func.json_each(sa.bindparam("keys")).table_valued("value")
_BY_KEY = _RESULTS.where(
    sa.tuple_(*db.grade_results.primary_key.columns).in_(
        sa.select(*(sa.func.json_extract(_GIVEN.c.value, f"$[{place}]") for place in range(3)))
    )
)


def _upsert(table: sa.Table) -> str:
    """A statement that takes the values of a row in the order of the table's columns.

    Rows of results go by the thousand, so they go to the database without a detour.
    """
    statement = sa.insert(table).prefix_with("OR REPLACE").compile(dialect=sqlite.dialect(paramstyle="qmark"))
    return str(statement)


_KEEP = {table: _upsert(table) for table in (db.grade_categories, db.grade_line_items, db.grade_results)}
_GETTERS = {table: attrgetter(*table.c.keys()) for table in _KEEP}
_PLACES = {name: place for place, name in enumerate(db.grade_results.c.keys())}


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
        given = {"keys": msgspec.json.encode(list(keys)).decode()}
        with self._database.transaction() as connection:
            found = [_result(row) for row in connection.execute(_BY_KEY, given)]
        return {(one.class_sourced_id, one.item_lms_id, one.student_sourced_id): one for one in found}

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
            db.grade_categories: [_values(one, db.grade_categories) for one in categories],
            db.grade_line_items: [line_item_values(one) for one in line_items],
            db.grade_results: [result_values(one) for one in results],
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
                    connection.exec_driver_sql(_KEEP[table], values)

    def history(self, key: ResultKey) -> tuple[Receipt, ...]:
        """The receipts of the values that were sent for one result before its present one, oldest first."""
        table = db.grade_history.c
        query = sa.select(table.receipt).where(_is(key)).order_by(table.number)
        with self._database.transaction() as connection:
            found = connection.execute(query).scalars().all()
        return tuple(msgspec.json.decode(one, type=Receipt) for one in found)

    def _results(self, condition: sa.ColumnElement[bool]) -> dict[ResultKey, Receipt]:
        with self._database.transaction() as connection:
            found = [_result(row) for row in connection.execute(_RESULTS.where(condition))]
        return {(one.class_sourced_id, one.item_lms_id, one.student_sourced_id): one for one in found}


def result_values(receipt: Receipt) -> tuple[object, ...]:
    """The receipt as a row of `database.grade_results`, in the order of its columns."""
    row = list(_values(receipt, db.grade_results))
    row[_PLACES["class_key"]] = receipt.class_key or receipt.class_sourced_id
    row[_PLACES["sent"]], row[_PLACES["held"]] = _text(receipt.sent), _text(receipt.held)
    return tuple(row)


def line_item_values(receipt: LineItemReceipt) -> tuple[object, ...]:
    """The receipt as a row of `database.grade_line_items`, in the order of its columns."""
    kept = replace(receipt, class_key=receipt.class_key or receipt.class_sourced_id)
    return _values(kept, db.grade_line_items)


def _values(receipt: object, table: sa.Table) -> tuple[object, ...]:
    values: tuple[object, ...] = _GETTERS[table](receipt)
    return values


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


def _result(row: sa.Row[tuple[object, ...]]) -> Receipt:
    values: list[Any] = list(row)
    values[_STATE] = ReceiptState(values[_STATE])
    values[_SENT_AT], values[_HELD_AT] = _value(values[_SENT_AT]), _value(values[_HELD_AT])
    return Receipt(*values)


def _line_item(row: sa.RowMapping) -> LineItemReceipt:
    return LineItemReceipt(**{**row, "state": ReceiptState(row["state"])})
