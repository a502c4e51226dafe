"""The log of the partner program: entries that are added and never changed, each chained to the one before by its hash.

Here: one SQLite file of its own with the entries and the files that they name by SHA-256; whoever changes or removes
an entry behind the program's back breaks the chain, and reading says where. Entries cut off at the end leave no trace
here: the digest of the last one is published, and can be asked for later. Not here: what entries mean
(`partners.program`).
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

from sis_connect.errors import Remedy, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Its name in the program's folder.
LOG_FILE = "program.sqlite"
#: Renewed whenever a table changes.
SCHEMA_VERSION = 1

_RESTORE = "Restore the file from a backup."
_REMEDY = f"See that the disk is neither full nor read-only, then run the same command again. {_RESTORE}"

metadata = sa.MetaData()

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

#: Slips are refused by the database itself; the chain is there for what is no slip.
for _table in (entries, files):
    for _action in ("UPDATE", "DELETE"):
        _trigger = sa.DDL(
            f"CREATE TRIGGER no_{_action.lower()}_of_{_table.name} BEFORE {_action} ON {_table.name} "
            "BEGIN SELECT raise(ABORT, 'what is written down stays'); END"
        )  # type: ignore[no-untyped-call]  # the package gives it no types
        sa.event.listen(_table, "after_create", _trigger)


@dataclass(frozen=True, slots=True)
class Record:
    """One entry as it is kept."""

    #: Counted from 1.
    number: int
    at: datetime
    by: str
    because: str
    content: bytes
    #: SHA-256 of everything above and of the digest before.
    digest: str


class ProgramLog:
    """The log in one file."""

    def __init__(self, path: Path) -> None:
        """The log at `path`, made with its first entry; StoreError when it cannot be used."""
        self._path = path
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        sa.event.listen(self._engine, "connect", _set_pragmas)
        sa.event.listen(self._engine, "begin", _begin)
        self._is_open = False
        self._is_there()

    def records(self) -> list[Record]:
        """Every entry, oldest first; StoreError names the first one that is not as it was written."""
        if not self._is_there():
            return []
        with self._used() as connection:
            rows = connection.execute(sa.select(entries).order_by(entries.c.number)).all()
        found: list[Record] = []
        before = ""
        for place, row in enumerate(rows, start=1):
            content = row.content if isinstance(row.content, bytes) else b""  # which is not what was written
            record = Record(row.number, _instant(row.at), row.by, row.because, content, row.digest)
            if record.number != place or record.digest != _digest(before, record):
                raise StoreError(
                    f"The program's log was changed behind its back: entry {place} is not what was written.",
                    where=str(self._path),
                    fix=_RESTORE,
                )
            before = record.digest
            found.append(record)
        return found

    def append(
        self,
        contents: Iterable[bytes],
        *,
        after: Record | None,
        at: datetime,
        by: str,
        because: str = "",
        kept: Iterable[bytes] = (),
    ) -> list[Record]:
        """Write entries down behind the last one that was read, all or none, with the files that they name.

        StoreError when somebody else wrote in between: what was decided may no longer be right.
        """
        added: list[Record] = []
        number, digest = (after.number, after.digest) if after else (0, "")
        for content in contents:
            number += 1
            bare = Record(number, at, by, because, content, "")
            digest = _digest(digest, bare)
            added.append(Record(number, at, by, because, content, digest))
        rows = [
            {
                "number": one.number,
                "at": one.at.isoformat(),
                "by": one.by,
                "because": one.because,
                "content": one.content,
                "digest": one.digest,
            }
            for one in added
        ]
        if not self._is_there():
            self._make()
        try:
            with self._used() as connection:
                for content in kept:
                    known = sa.select(files.c.digest).where(files.c.digest == name_of(content))
                    if connection.execute(known).first() is None:
                        connection.execute(sa.insert(files).values(digest=name_of(content), content=content))
                connection.execute(sa.insert(entries), rows)
        except sa.exc.IntegrityError as error:
            raise _overtaken(self._path) from error
        return added

    def file(self, digest: str) -> bytes:
        """A file that an entry names; StoreError when it is missing or changed."""
        with self._used() as connection:
            content = connection.execute(sa.select(files.c.content).where(files.c.digest == digest)).scalar()
        if not isinstance(content, bytes) or name_of(content) != digest:
            raise StoreError(
                "A file of the program's log is missing or was changed.", where=str(self._path), fix=_RESTORE
            )
        return content

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()

    def _make(self) -> None:
        """The file is there, and the folder that holds it, readable by its owner only."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(
                f"The program's folder cannot be made: {error.strerror}.",
                where=str(self._path.parent),
                fix="Name another folder with --program.",
            ) from error
        self._open()

    def _is_there(self) -> bool:
        """True once somebody has written; the file is open then."""
        if not self._is_open and self._path.exists():
            self._open()
        return self._is_open

    def _open(self) -> None:
        with self._used() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if not version and sa.inspect(connection).get_table_names():
                raise StoreError("This is no log of the partner program.", where=str(self._path), fix=_RESTORE)
            if not version:
                metadata.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if version not in {0, SCHEMA_VERSION}:
            raise StoreError(
                f"The program's log is of another version of SIS Connect (schema {version}, not {SCHEMA_VERSION}).",
                where=str(self._path),
                fix="Use that version.",
            )
        self._is_open = True

    @contextmanager
    def _used(self) -> Iterator[sa.Connection]:
        """A connection whose work is kept as a whole or not at all; StoreError when the file cannot be used."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.DatabaseError as error:
            if isinstance(error, sa.exc.IntegrityError):
                raise
            raise StoreError(
                f"The program's log cannot be used: {error.orig}.", where=str(self._path), fix=_REMEDY
            ) from error


def name_of(content: bytes) -> str:
    """Under which a file is kept: its SHA-256."""
    return hashlib.sha256(content).hexdigest()


def _digest(before: str, record: Record) -> str:
    """The hash that chains a record to the one before."""
    told = (before, record.number, record.at.isoformat(), record.by, record.because, name_of(record.content))
    return name_of(msgspec.json.encode(told))


def _instant(text: str) -> datetime:
    """When something was written down; what cannot be read was changed, and the chain says so."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _overtaken(path: Path) -> StoreError:
    error = StoreError(
        "Somebody else wrote into the program's log at the same time; nothing was written.",
        where=str(path),
        fix="Run the same command again.",
    )
    error.remedy = Remedy.RETRY
    return error


def _begin(connection: sa.Connection) -> None:
    """One process at a time, from its first look on: the tables are made, and entries added, by one of two."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set_pragmas(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # as below; transactions begin in `_begin`
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection, which has no type of its own
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
