"""Changing what a provider serves while it runs, as the school's own software would: without the API.

Every change stands together with its transaction or not at all, and is stamped with the provider's clock. Not here:
what the API may change (`gradebook`), whole packages (`loading`), scripted days.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from sis_connect.frames import identifier
from sis_connect.oneroster.moments import format_moment
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis.habits import Habits
from sis_connect.sandbox.sis.loading import Loaded, load_into
from sis_connect.sandbox.sis.tables import insert_statement

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from sis_connect.sandbox.sis.storage import Session, Storage

NO_HABITS = Habits()


class Writing:
    """One transaction; made by `Records.together`."""

    def __init__(self, session: Session, moment: str, habits: Habits = NO_HABITS) -> None:
        """Every change in it bears this moment."""
        self.session = session
        self._moment = moment
        self._habits = habits

    def new_id(self, entity: str, like: Mapping[str, str | None], dice: random.Random) -> str:
        """An id that no record of the collection has, for one that is like the row."""
        while True:
            make_id = self._habits.make_id
            id_ = make_id(self, entity, like, dice) if make_id else str(uuid.UUID(int=dice.getrandbits(128)))
            if not self.find(entity, "sourced_id = ?", id_):
                return id_

    def put(
        self, entity: str, row: Mapping[str, str | None], metadata: str | Mapping[str, object] | None = None
    ) -> bool:
        """The record is exactly this, in the place of all with its `sourced_id`; True when there was none.

        Columns that `row` lacks have no value; without a status it is active, without `date_last_modified` it changed
        now. `metadata` is a JSON object or what becomes one.
        """
        table = ENTITIES[entity].table
        replaced = self.session.run(f"DELETE FROM {table} WHERE sourced_id = ?", row["sourced_id"])
        stamped = {**row, "status": row.get("status") or "active"}
        stamped["date_last_modified"] = row.get("date_last_modified") or self._moment
        if metadata is not None and not isinstance(metadata, str):
            metadata = msgspec.json.encode(metadata).decode()
        values = [stamped.get(column) or None for column in ENTITIES[entity].columns]
        self.session.run(insert_statement(ENTITIES[entity]), *values, metadata)
        return not replaced

    def change(self, entity: str, sourced_ids: Iterable[str], **values: str | None) -> int:
        """These columns of the records have these values, and the records changed now; gives their number."""
        stamped = {"date_last_modified": self._moment, **values}
        settings = ", ".join(f"{identifier(ENTITIES[entity].field(column).column)} = ?" for column in stamped)
        statement = f"UPDATE {ENTITIES[entity].table} SET {settings} WHERE sourced_id = ?"
        return sum(self.session.run(statement, *stamped.values(), id_) for id_ in sourced_ids)

    def mark_deleted(self, entity: str, sourced_ids: Iterable[str]) -> int:
        """The records are to be deleted since now; gives their number."""
        return self.change(entity, sourced_ids, status="tobedeleted")

    def remove(self, entity: str, sourced_ids: Iterable[str]) -> int:
        """The records are gone without a trace, as after a purge; gives their number."""
        statement = f"DELETE FROM {ENTITIES[entity].table} WHERE sourced_id = ?"
        return sum(self.session.run(statement, id_) for id_ in sourced_ids)

    def find(self, entity: str, where: str = "", *values: str) -> list[dict[str, str | None]]:
        """The records for which an SQL condition holds, all without one, in the order of their ids."""
        columns = ENTITIES[entity].columns
        names = ", ".join(map(identifier, columns))
        condition = f" WHERE {where}" if where else ""
        rows = self.session.rows(
            f"SELECT {names} FROM {ENTITIES[entity].table}{condition} ORDER BY sourced_id, record", *values
        )
        return [dict(zip(columns, row, strict=True)) for row in rows]  # type: ignore[arg-type] # columns are text


class Records:
    """What a provider serves, for writing; safe between threads, who take turns."""

    def __init__(self, storage: Storage, now: Callable[[], datetime], habits: Habits = NO_HABITS) -> None:
        """Stamps changes with this clock."""
        self._storage = storage
        self._now = now
        self._habits = habits

    @contextmanager
    def together(self) -> Iterator[Writing]:
        """What is changed inside stands together, or, when it raises, not at all; readers see all of it or nothing."""
        with self._storage.writing() as session:
            writing = Writing(session, format_moment(self._now()), self._habits)
            yield writing
            for change in self._habits.before_commit:
                change(writing)

    def load(self, package: Path, *, stamps: bool = True) -> Loaded:
        """A package lies over what is there, as the next night's import does (`loading.load_package`)."""
        return load_into(self._storage, package, stamps=stamps, at=self._now())
