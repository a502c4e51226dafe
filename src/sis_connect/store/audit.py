"""The audit log: who did what, and when; written to at its end only, and chained so that no change goes unseen.

Each entry's digest covers the entry and the digest before it; the last one is kept apart as well. Whoever can write to
the file can make a new chain; whoever noted a digest elsewhere can tell. Not here: personal data; subjects and details
are ids of plans, runs and classes, codes and numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

from sis_connect.store import database as db

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sis_connect.store.database import Database

#: Digest before the first entry.
_BEGINNING = "0" * 64
#: Name of the pointer to the last digest.
_END = "audit"


@dataclass(frozen=True, slots=True)
class Entry:
    """One act."""

    #: From 1, without gaps.
    number: int
    #: Instant, ISO 8601.
    at: str
    #: The account or key that acted, as the operator knows it.
    who: str
    #: What was done, as a dotted name: `grades.send`.
    act: str
    #: To what: the id of a plan, a run or a class.
    subject: str
    detail: str
    digest: str


class AuditLog:
    """The audit log of one district."""

    def __init__(self, database: Database) -> None:
        """Rows in `database`."""
        self._database = database

    def record(self, at: datetime, who: str, act: str, subject: str, detail: str = "") -> Entry:
        """Add an entry, durably; `detail` is free of personal data."""
        with self._database.transaction() as connection:
            # Before anything is read, so that nobody else adds an entry in between.
            connection.execute(sa.delete(db.pointers).where(db.pointers.c.name == _END))
            last = (
                connection.execute(sa.select(db.audit).order_by(db.audit.c.number.desc()).limit(1)).mappings().first()
            )
            number = last["number"] + 1 if last else 1
            before = last["digest"] if last else _BEGINNING
            digest = _digest(before, (number, at.isoformat(), who, act, subject, detail))
            entry = Entry(number, at.isoformat(), who, act, subject, detail, digest)
            values = {name: getattr(entry, name) for name in db.audit.c.keys()}  # noqa: SIM118  # names, not columns
            connection.execute(sa.insert(db.audit).values(values))
            connection.execute(sa.insert(db.pointers).values(name=_END, value=digest))
        return entry

    def entries(self, limit: int | None = None) -> list[Entry]:
        """The entries, newest first."""
        query = sa.select(db.audit).order_by(db.audit.c.number.desc()).limit(limit)
        with self._database.transaction() as connection:
            return [Entry(**row) for row in connection.execute(query).mappings()]

    def verify(self) -> int | None:
        """Number of the first entry that is missing or not as it was written; None when the chain is whole."""
        with self._database.transaction() as connection:
            expected, digest = 1, _BEGINNING
            for entry in _read(connection):
                content = (expected, entry.at, entry.who, entry.act, entry.subject, entry.detail)
                digest = _digest(digest, content)
                if entry.number != expected or entry.digest != digest:
                    return expected
                expected += 1
            end = connection.execute(sa.select(db.pointers.c.value).where(db.pointers.c.name == _END)).scalar()
        return None if (end or _BEGINNING) == digest else expected


def _read(connection: sa.Connection) -> Iterator[Entry]:
    for row in connection.execute(sa.select(db.audit).order_by(db.audit.c.number)).mappings():
        yield Entry(**row)


def _digest(before: str, content: tuple[int, str, str, str, str, str]) -> str:
    return sha256(msgspec.json.encode((before, *content))).hexdigest()
