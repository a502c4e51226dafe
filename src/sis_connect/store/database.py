"""The district's database: pointers, plans, approvals, runs and the journal. The only module that opens one.

Here: the tables, and connections that commit or roll back as one. Not here: bulk data (Parquet, beside the database).
SQLite in WAL mode with full synchronisation: what was committed survives a power cut.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from sis_connect.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Renewed whenever a table or the files beside the database change; a folder of another version is refused by name.
SCHEMA_VERSION = "4"

_REMEDY = (
    "See that the disk is neither full nor read-only, then run the same command again: nothing is lost. If the file is "
    "damaged, restore it from a backup."
)

metadata = sa.MetaData()

#: Named values of the district: the current snapshot and state, the schema's version.
pointers = sa.Table(
    "pointers",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

plans = sa.Table(
    "plans",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("made_at", sa.Text, nullable=False),
    #: What the source of its roster is to be told once a run of it began.
    sa.Column("source_notes", sa.Text),
)

approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("plan", sa.Text, sa.ForeignKey("plans.digest"), nullable=False),
    sa.Column("approval", sa.LargeBinary, nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("plan", sa.Text, sa.ForeignKey("plans.digest"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    #: The approvals it goes by: those that stood when it began.
    sa.Column("approvals", sa.LargeBinary, nullable=False),
    sa.Column("report", sa.LargeBinary),
)

#: The journal, written to at its end only: each batch before it is sent, and again with its outcomes.
batches = sa.Table(
    "batches",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("stage", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    #: Rows in the plan's file. A stage goes through them in order, so a batch is all it has between these two.
    sa.Column("first_row", sa.Integer, nullable=False),
    sa.Column("last_row", sa.Integer, nullable=False),
    #: Null where the batch is about to be sent.
    sa.Column("outcomes", sa.LargeBinary),
    sa.Index("batches_by_row", "run", "stage", "first_row", "last_row"),
)


class Database:
    """One SQLite file with the tables of this module."""

    def __init__(self, path: Path) -> None:
        """The database at `path`, made when it is not there; StoreError when it cannot be used."""
        self._path = path
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        sa.event.listen(self._engine, "connect", _set_pragmas)
        try:
            metadata.create_all(self._engine)
            with self._engine.begin() as connection:
                found = _read_version(connection)
        except sa.exc.DBAPIError as error:
            raise StoreError(
                f"The district's database cannot be opened: {error.orig}.", where=str(path), fix=_REMEDY
            ) from error
        if found != SCHEMA_VERSION:
            raise StoreError(
                f"The data folder is of another version of SIS Connect (schema {found}, not {SCHEMA_VERSION}).",
                where=str(path),
                fix="Use that version, or begin with an empty folder.",
            )

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A connection whose work is kept as a whole or not at all; StoreError when the file cannot be used."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.DatabaseError as error:
            if isinstance(error, sa.exc.IntegrityError):
                raise
            raise StoreError(
                f"The district's database cannot be used: {error.orig}.",
                where=str(self._path),
                fix=_REMEDY,
            ) from error

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()


def _read_version(connection: sa.Connection) -> str:
    query = sa.select(pointers.c.value).where(pointers.c.name == "schema_version")
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        connection.execute(sa.insert(pointers).values(name="schema_version", value=SCHEMA_VERSION))
        return SCHEMA_VERSION
    return str(found)


def _set_pragmas(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection, which has no type of its own
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 30000", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
