"""The grade books of the LMS as they were read last, one per class.

Here: keeping them, so that only what changed since has to be asked for. Not here: how two readings join
(`grades.merge`).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

from sis_connect.grades.observed import GradeBook
from sis_connect.store import database as db

if TYPE_CHECKING:
    from sis_connect.store.database import Database


@dataclass(frozen=True, slots=True)
class KeptBook:
    """A grade book, and how old it is."""

    book: GradeBook
    read_at: datetime
    #: When it was last read as a whole.
    whole_at: datetime


class GradeBooks:
    """The kept grade books of one district."""

    def __init__(self, database: Database) -> None:
        """Rows in `database`."""
        self._database = database

    def find(self, class_key: str) -> KeptBook | None:
        """The book of a class of the LMS as it was kept last; None when it never was."""
        query = sa.select(db.grade_books).where(db.grade_books.c.class_key == class_key)
        with self._database.transaction() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        book = msgspec.json.decode(zlib.decompress(row["book"]), type=GradeBook)
        return KeptBook(book, datetime.fromisoformat(row["read_at"]), datetime.fromisoformat(row["whole_at"]))

    def keep(self, book: GradeBook, *, read_at: datetime, whole_at: datetime) -> None:
        """Keep the whole book of a class, joined with what was known before, in place of the one before it."""
        row = {
            "class_key": book.class_key,
            "read_at": read_at.isoformat(),
            "whole_at": whole_at.isoformat(),
            "book": zlib.compress(msgspec.json.encode(book), 1),
        }
        with self._database.transaction() as connection:
            connection.execute(sa.insert(db.grade_books).prefix_with("OR REPLACE").values(row))

    def read_at(self) -> dict[str, tuple[datetime, datetime]]:
        """When each class was read last, and when last as a whole, by key."""
        table = db.grade_books.c
        query = sa.select(table.class_key, table.read_at, table.whole_at)
        with self._database.transaction() as connection:
            return {
                key: (datetime.fromisoformat(read), datetime.fromisoformat(whole))
                for key, read, whole in connection.execute(query)
            }
