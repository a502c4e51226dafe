"""A provider's SQLite database: one writer at a time, any number of readers, each of whom sees one moment.

Here: connections and transactions. Not here: what the tables mean (`tables`, `selections`) or who writes (`records`).
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sis_connect.oneroster.query import SQL_FUNCTIONS
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis.tables import index_statements, table_statements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Value: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True)
class Session:
    """The database as it was at one moment."""

    connection: sqlite3.Connection
    #: Another number after every change; what was counted at a version is still right at it.
    version: int

    def rows(self, sql: str, *values: Value) -> list[tuple[Value, ...]]:
        """All rows of a query."""
        return self.connection.execute(sql, values).fetchall()

    def has(self, sql: str, *values: Value) -> bool:
        """True when the query finds a row."""
        return self.connection.execute(sql, values).fetchone() is not None

    def number(self, sql: str, *values: Value) -> int:
        """The only value of a query."""
        [value] = self.connection.execute(sql, values).fetchone()
        return int(value)

    def run(self, sql: str, *values: Value) -> int:
        """Runs a statement; the number of rows it changed. Only within `Storage.writing` and `Storage.filling`."""
        return self.connection.execute(sql, values).rowcount


class Storage:
    """A database file shared by threads."""

    def __init__(self, path: Path, *, is_scratch: bool = False) -> None:
        """Opens the file, making it and its tables if needed.

        A scratch file is written once, and much faster; when anything in it fails it is of no use any more.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._writer_lock = threading.RLock()
        self._idle_lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._is_closed = False
        self._writer = self._connect()
        self._writer.execute(f"PRAGMA journal_mode = {'OFF' if is_scratch else 'WAL'}")
        for statement in table_statements():
            self._writer.execute(statement)
        for entity in ENTITIES.values():
            for _, statement in index_statements(entity):
                self._writer.execute(statement)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        # An invented district may be lost in a power cut; waiting for the disk after every request may not.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -65536")
        for function in SQL_FUNCTIONS:
            connection.create_function(function.name, function.arguments, function.call, deterministic=True)
        return connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Everything read inside is of one moment, whatever is written meanwhile."""
        with self._idle_lock:
            connection = self._idle.pop() if self._idle else self._connect()
        try:
            connection.execute("BEGIN")
            [version] = connection.execute("SELECT version FROM versions").fetchone()
            yield Session(connection, version)
        finally:
            connection.execute("ROLLBACK")
            with self._idle_lock:
                is_closed = self._is_closed
                if not is_closed:
                    self._idle.append(connection)
            if is_closed:
                connection.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Everything inside is kept together, or, when it raises, not at all; a second one inside joins the first.

        The version within is that of the state before.
        """
        with self._writer_lock:
            connection = self._writer
            if connection.in_transaction:
                [version] = connection.execute("SELECT version FROM versions").fetchone()
                yield Session(connection, version)
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                [version] = connection.execute("SELECT version FROM versions").fetchone()
                yield Session(connection, version)
                connection.execute("UPDATE versions SET version = version + 1")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def filling(self) -> Iterator[Session]:
        """As `writing`, for the first rows of an empty database: indexes are made when all rows are there."""
        indexes = [index for entity in ENTITIES.values() for index in index_statements(entity)]
        with self.writing() as session:
            for name, _ in indexes:
                session.run(f"DROP INDEX IF EXISTS {name}")
            yield session
            for _, statement in indexes:
                session.run(statement)

    def close(self) -> None:
        """The database is closed; nothing may be asked of it any more."""
        with self._writer_lock, self._idle_lock:
            self._is_closed = True
            for connection in self._idle:
                connection.close()
            self._idle.clear()
            self._writer.close()
