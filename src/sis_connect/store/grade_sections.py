"""What stood behind each section of the LMS when its grades were looked at last: the class, the students, the SIS.

By this a class or a student whom the SIS calls otherwise now is known again (`runs.grade_renumbering`). Here: rows of
the database, and the receipts under new names. Not here: who is the same as whom.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

from sis_connect.grades.receipts import ReceiptState
from sis_connect.store import database as db

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.store.database import Database

_OF_STUDENTS = (db.grade_results, db.grade_history)
_OF_CLASSES = (db.grade_line_items, *_OF_STUDENTS)
_BY_KEY = (db.grade_line_items, db.grade_results, db.grade_class_runs)
#: What the SIS has by all that is known.
_THERE = (ReceiptState.SENT, ReceiptState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class KnownSection:
    """One section as it was looked at last."""

    #: The LMS's own id.
    lms_id: str
    class_key: str
    class_sourced_id: str
    #: Where the SIS was found that has its grades.
    sis: str
    #: The LMS's own id of an account, to the sourcedId of the student whose grades it had.
    owners: Mapping[str, str] = field(repr=False)


class GradeSections:
    """The sections of one district."""

    def __init__(self, database: Database) -> None:
        """Rows in `database`."""
        self._database = database

    def find(self, lms_id: str) -> KnownSection | None:
        """The section with that id of the LMS; None when it was never looked at."""
        query = sa.select(db.grade_sections).where(db.grade_sections.c.lms_id == lms_id)
        with self._database.transaction() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        owners = msgspec.json.decode(zlib.decompress(row["owners"]), type=dict[str, str])
        return KnownSection(row["lms_id"], row["class_key"], row["class_sourced_id"], row["sis"], owners)

    def keep(self, section: KnownSection) -> None:
        """This is known of the section from now on."""
        row = {
            "lms_id": section.lms_id,
            "class_key": section.class_key,
            "class_sourced_id": section.class_sourced_id,
            "sis": section.sis,
            "owners": zlib.compress(msgspec.json.encode(section.owners), 1),
        }
        with self._database.transaction() as connection:
            connection.execute(sa.insert(db.grade_sections).prefix_with("OR REPLACE").values(row))

    def rename_key(self, old: str, new: str) -> None:
        """All that is kept of a class of the LMS under one key stands under another; what stands there already stays.

        Its grade book is read anew.
        """
        with self._database.transaction() as connection:
            for table in _BY_KEY:
                connection.execute(_renaming(table, table.c.class_key, old, new))
            connection.execute(sa.delete(db.grade_books).where(db.grade_books.c.class_key == old))
            connection.execute(sa.delete(db.grade_problems).where(db.grade_problems.c.class_key == old))

    def rename_class(self, old: str, new: str) -> None:
        """The receipts of a class of the SIS stand under its other sourcedId, and are in doubt until looked at."""
        with self._database.transaction() as connection:
            for table in _OF_CLASSES:
                connection.execute(_renaming(table, table.c.class_sourced_id, old, new))
            for table in (db.grade_line_items, db.grade_results):
                connection.execute(_doubt(table, table.c.class_sourced_id == new))

    def rename_students(self, class_key: str, students: Mapping[str, str]) -> None:
        """In a class of the LMS, receipts of these students are those of the others, and in doubt until looked at."""
        results, history = db.grade_results, db.grade_history
        of_class = sa.select(results.c.class_sourced_id).where(results.c.class_key == class_key)
        with self._database.transaction() as connection:
            for old, new in students.items():
                renaming = _renaming(history, history.c.student_sourced_id, old, new)
                connection.execute(renaming.where(history.c.class_sourced_id.in_(of_class)))
                renaming = _renaming(results, results.c.student_sourced_id, old, new)
                connection.execute(renaming.where(results.c.class_key == class_key))
                is_theirs = sa.and_(results.c.class_key == class_key, results.c.student_sourced_id == new)
                connection.execute(_doubt(results, is_theirs))

    def doubt(self, class_key: str) -> None:
        """Nobody knows whether the SIS has what it was sent of a class of the LMS: it is looked for."""
        with self._database.transaction() as connection:
            for table in (db.grade_line_items, db.grade_results):
                connection.execute(_doubt(table, table.c.class_key == class_key))


def _renaming(table: sa.Table, column: sa.Column[str], old: str, new: str) -> sa.Update:
    return sa.update(table).prefix_with("OR IGNORE").where(column == old).values({column.name: new})


def _doubt(table: sa.Table, which: sa.ColumnElement[bool]) -> sa.Update:
    is_there = sa.and_(which, table.c.is_there, table.c.state.in_(_THERE))
    return sa.update(table).where(is_there).values(state=ReceiptState.IN_DOUBT)
