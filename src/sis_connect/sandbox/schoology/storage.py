"""The sandbox's SQLite database: one connection, one transaction at a time.

Here: opening, transactions and the few ways to run a statement. Not here: what the tables mean (`records`).
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

Row = sqlite3.Row

#: First ids of each table: different enough that an id tells its kind to a person reading a log.
_FIRST_IDS = {
    "schools": 10_001,
    "periods": 20_001,
    "users": 1_000_001,
    "courses": 3_000_001,
    "sections": 5_000_001,
    "enrollments": 70_000_001,
    "grading_scales": 1,
    "grading_categories": 30_000_001,
    "grade_items": 80_000_001,
    "trigger_targets": 9_001,
    "deliveries": 1,
}

#: Those that refer to others first.
_TABLES = (
    "deliveries",
    "trigger_subscriptions",
    "trigger_targets",
    "final_comments",
    "grades",
    "assignees",
    "grade_items",
    "grading_categories",
    "grading_scales",
    "enrollments",
    "section_periods",
    "sections",
    "courses",
    "parent_links",
    "user_schools",
    "users",
    "periods",
    "roles",
    "schools",
)


class Storage:
    """A database shared by threads, which take turns."""

    def __init__(self, path: Path | None = None) -> None:
        """Opens the file, making it if needed; None for a database that is forgotten when closed."""
        self._lock = threading.RLock()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._connection.row_factory = Row
        # SQLite itself knows upper and lower case of ASCII letters only.
        self._connection.create_function("casefold", 1, str.casefold, deterministic=True)
        self._connection.execute("PRAGMA journal_mode = WAL")
        # An invented district may be lost in a power cut; waiting for the disk after every call may not.
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(files(__package__).joinpath("schema.sql").read_text("utf-8"))
        self._set_first_ids()

    def _set_first_ids(self) -> None:
        for table, first in _FIRST_IDS.items():
            self.run(
                "INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? "
                "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)",
                table,
                first - 1,
                table,
            )

    def clear(self) -> None:
        """Every table is empty, and ids begin anew."""
        with self.transaction():
            for table in _TABLES:
                self.run(f"DELETE FROM {table}")
            self.run("DELETE FROM sqlite_sequence")
            self._set_first_ids()

    def close(self) -> None:
        """The database is closed; nothing may be asked of it any more."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is kept together, or, when it raises, not at all."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """As `transaction`, for one object among many of a transaction."""
        with self._lock:
            self._connection.execute("SAVEPOINT item")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK TO item")
                self._connection.execute("RELEASE item")
                raise
            self._connection.execute("RELEASE item")

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row of a query, or None."""
        with self._lock:
            found: Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def number(self, sql: str, *values: object) -> int:
        """The first value of a query; 0 when it finds nothing."""
        row = self.row(sql, *values)
        return int(row[0]) if row is not None else 0

    def run(self, sql: str, *values: object) -> int:
        """Runs a statement; the id of the row it inserted, where it did."""
        with self._lock:
            return self._connection.execute(sql, values).lastrowid or 0

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Runs a statement once for the values of each row."""
        with self._lock:
            self._connection.executemany(sql, rows)

    def insert(self, table: str, values: Mapping[str, object]) -> int:
        """Inserts one row; its id."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        return self.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", *values.values())

    def update(self, table: str, id_: int, values: Mapping[str, object]) -> bool:
        """Makes the row hold these values; True when any of them was another before."""
        row = self.row(f"SELECT * FROM {table} WHERE id = ?", id_)
        changed = {name: value for name, value in values.items() if row is None or row[name] != value}
        if changed:
            settings = ", ".join(f"{name} = ?" for name in changed)
            self.run(f"UPDATE {table} SET {settings} WHERE id = ?", *changed.values(), id_)
        return bool(changed)
