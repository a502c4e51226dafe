"""Reading operations: what was asked of a collection becomes a page of records.

Here: filter, count, order, page, fields, in the order the standard gives (interaction order). Not here: which records
an operation may show (`selections`), how a record is written (`json_writer`), HTTP.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from sis_connect.oneroster.query import filter_sql, sort_sql
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis.refusals import unknown_object
from sis_connect.sandbox.sis.rows import RecordWriter
from sis_connect.sandbox.sis.selections import missing_parent, shown_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.operations import Operation
    from sis_connect.sandbox.sis.asking import Asked
    from sis_connect.sandbox.sis.exchange import Record
    from sis_connect.sandbox.sis.orders import Orders
    from sis_connect.sandbox.sis.selections import Shown
    from sis_connect.sandbox.sis.storage import Session, Value

_DEFAULT_ORDER = "t.sourced_id, t.record"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a collection."""

    records: list[Record]
    #: Records that the filter lets through, on all pages.
    total: int


class Reader:
    """Answers reading operations; safe between threads."""

    def __init__(self, orders: Orders, base_url: str) -> None:
        """`base_url` is what hrefs begin with."""
        self._orders = orders
        self._writers = {name: RecordWriter(entity, base_url) for name, entity in ENTITIES.items()}

    def read_page(self, session: Session, operation: Operation, ids: Mapping[str, str], asked: Asked) -> Page:
        """The page that was asked for; refused when a record that the path leads through is not there."""
        missing = missing_parent(session, operation, ids)
        if missing is not None:
            raise unknown_object(missing)
        shown = shown_by(operation, ids)
        entity = ENTITIES[operation.entity]
        is_plain = asked.filter is None and asked.sort.element is None and not shown.is_derived
        page = (self._walk if is_plain else self._pick)(session, entity, shown, asked)
        if asked.fields.names is not None:
            return Page([asked.fields.of(record) for record in page.records], page.total)
        return page

    def read_one(self, session: Session, operation: Operation, ids: Mapping[str, str]) -> Record:
        """The record with the id of the path; refused when there is none that the operation may show."""
        shown = shown_by(operation, ids)
        return self._one(session, ENTITIES[operation.entity], shown.condition, ids["id"])

    def read_stored(self, session: Session, entity: Entity, sourced_id: str) -> Record:
        """The record with this id, visible or not; refused when there is none."""
        return self._one(session, entity, "t.sourced_id = ?", sourced_id)

    def _one(self, session: Session, entity: Entity, condition: str, sourced_id: str) -> Record:
        writer = self._writers[entity.name]
        found = session.rows(
            f"SELECT {writer.columns} FROM {entity.table} AS t WHERE {condition} ORDER BY t.record LIMIT 1", sourced_id
        )
        if not found:
            raise unknown_object(sourced_id)
        return writer.write(session, found)[0]

    def _walk(self, session: Session, entity: Entity, shown: Shown, asked: Asked) -> Page:
        """A page of a collection in its default order, going on from where the page before ended."""
        writer = self._writers[entity.name]
        key = (entity.name, shown.condition)
        where = f" WHERE {shown.condition}" if shown.condition else ""
        total = self._orders.total(
            session.version, key, lambda: session.number(f"SELECT count(*) FROM {entity.table} AS t{where}")
        )
        if asked.offset >= total:
            return Page([], total)
        offset = asked.offset
        values: tuple[str | int, ...] = ()
        mark = self._orders.bookmark(session.version, key, offset) if offset else None
        if mark is not None:
            where += f"{' AND' if where else ' WHERE'} (t.sourced_id, t.record) > (?, ?)"
            offset, values = 0, mark
        rows = session.rows(
            f"SELECT {writer.columns} FROM {entity.table} AS t{where} ORDER BY {_DEFAULT_ORDER} LIMIT ? OFFSET ?",
            *values,
            asked.limit,
            offset,
        )
        if rows and isinstance(sourced_id := rows[-1][1], str):
            number = int(str(rows[-1][0]))
            self._orders.set_bookmark(session.version, key, asked.offset + len(rows), (sourced_id, number))
        return Page(writer.write(session, rows), total)

    def _pick(self, session: Session, entity: Entity, shown: Shown, asked: Asked) -> Page:
        """A page of a filtered, sorted or derived collection, whose records were found in order once."""
        conditions = [shown.condition] if shown.condition else []
        values: list[Value] = [*shown.values]
        if asked.filter is not None:
            condition, parameters = filter_sql(asked.filter, entity, "t")
            conditions.append(condition)
            values += parameters
        order, parameters = sort_sql(asked.sort, entity, "t")
        values += parameters
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        query = f"SELECT t.record FROM {entity.table} AS t{where} ORDER BY {order}, t.record"

        def find() -> array[int]:
            return array("q", (number for (number,) in session.connection.execute(query, values)))

        numbers = self._orders.numbers(session.version, (query, *values), find)
        on_page = numbers[asked.offset : asked.offset + asked.limit]
        writer = self._writers[entity.name]
        rows = session.rows(
            f"SELECT {writer.columns} FROM json_each(?) AS place"
            f" CROSS JOIN {entity.table} AS t ON t.record = place.value ORDER BY place.key",
            msgspec.json.encode(on_page.tolist()).decode(),
        )
        return Page(writer.write(session, rows), len(numbers))
