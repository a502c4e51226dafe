"""The district's database: plans, approvals, runs, the journal, receipts. The only module that opens one.

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
SCHEMA_VERSION = "6"

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
    #: Where its roster comes from, as JSON.
    sa.Column("origin", sa.Text),
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

#: Plans of grades, whole: they are small beside rosters, and name nothing that lies elsewhere.
grade_plans = sa.Table(
    "grade_plans",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("plan", sa.LargeBinary, nullable=False),
)

grade_approvals = sa.Table(
    "grade_approvals",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    #: Outlives the plan that it was given for.
    sa.Column("plan", sa.Text, nullable=False, index=True),
    sa.Column("approval", sa.LargeBinary, nullable=False),
)

grade_runs = sa.Table(
    "grade_runs",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    #: Outlives its plan.
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    #: The approvals it goes by: those that stood when it began.
    sa.Column("approvals", sa.LargeBinary, nullable=False),
    sa.Column("report", sa.LargeBinary),
)

#: What each run did in each class, for what is usual, and for which run was the last.
grade_class_runs = sa.Table(
    "grade_class_runs",
    metadata,
    sa.Column("class_key", sa.Text, primary_key=True),
    sa.Column("run", sa.Integer, sa.ForeignKey("grade_runs.number"), primary_key=True),
    sa.Column("line_items_created", sa.Integer, nullable=False),
    sa.Column("results_sent", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

#: What could not be sent of a class by its last plan.
grade_problems = sa.Table(
    "grade_problems",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("class_key", sa.Text, nullable=False, index=True),
    sa.Column("problem", sa.LargeBinary, nullable=False),
)

grade_categories = sa.Table(
    "grade_categories",
    metadata,
    sa.Column("sourced_id", sa.Text, primary_key=True),
    sa.Column("sis_sourced_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("is_there", sa.Boolean, nullable=False),
    *(sa.Column(name, sa.Text) for name in ("code", "field", "answer", "run")),
    sqlite_with_rowid=False,
)

grade_line_items = sa.Table(
    "grade_line_items",
    metadata,
    sa.Column("class_sourced_id", sa.Text, primary_key=True),
    sa.Column("item_lms_id", sa.Text, primary_key=True),
    sa.Column("class_key", sa.Text, nullable=False, index=True),
    sa.Column("sourced_id", sa.Text, nullable=False),
    sa.Column("sis_sourced_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("is_there", sa.Boolean, nullable=False),
    *(sa.Column(name, sa.Text) for name in ("digest", "title", "session_sourced_id", "code", "field", "answer", "run")),
    sqlite_with_rowid=False,
)

grade_results = sa.Table(
    "grade_results",
    metadata,
    sa.Column("class_sourced_id", sa.Text, primary_key=True),
    sa.Column("item_lms_id", sa.Text, primary_key=True),
    sa.Column("student_sourced_id", sa.Text, primary_key=True),
    sa.Column("class_key", sa.Text, nullable=False, index=True),
    sa.Column("sourced_id", sa.Text, nullable=False),
    sa.Column("sis_sourced_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("is_there", sa.Boolean, nullable=False),
    #: Values as JSON: score, status, comment.
    sa.Column("sent", sa.Text),
    sa.Column("held", sa.Text),
    sa.Column("changed_at", sa.Integer, nullable=False),
    *(sa.Column(name, sa.Text) for name in ("code", "field", "answer", "sent_at", "confirmed_at", "run")),
    sqlite_with_rowid=False,
)

#: Every value that was sent before the one in `grade_results`, oldest first.
grade_history = sa.Table(
    "grade_history",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("class_sourced_id", sa.Text, nullable=False),
    sa.Column("item_lms_id", sa.Text, nullable=False),
    sa.Column("student_sourced_id", sa.Text, nullable=False),
    #: The run that sent another value after it.
    sa.Column("superseded_by", sa.Text, nullable=False),
    sa.Column("receipt", sa.LargeBinary, nullable=False),
    sa.Index("grade_history_of_one", "class_sourced_id", "item_lms_id", "student_sourced_id"),
)

#: The grade books of the LMS as they were read last, so that only what changed has to be asked for.
grade_books = sa.Table(
    "grade_books",
    metadata,
    sa.Column("class_key", sa.Text, primary_key=True),
    sa.Column("read_at", sa.Text, nullable=False),
    #: When it was last read as a whole.
    sa.Column("whole_at", sa.Text, nullable=False),
    sa.Column("book", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

#: What stood behind each section of the LMS when its grades were looked at last, to know it again under other names.
grade_sections = sa.Table(
    "grade_sections",
    metadata,
    #: The LMS's own id.
    sa.Column("lms_id", sa.Text, primary_key=True),
    sa.Column("class_key", sa.Text, nullable=False),
    sa.Column("class_sourced_id", sa.Text, nullable=False),
    #: Where the SIS was found that has its grades.
    sa.Column("sis", sa.Text, nullable=False),
    #: Accounts, and the students whose grades they had, as JSON.
    sa.Column("owners", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

#: Which category of the SIS stands for one of the LMS, by course: remembered from class to class and term to term.
grade_choices = sa.Table(
    "grade_choices",
    metadata,
    sa.Column("course_sourced_id", sa.Text, primary_key=True),
    #: Of the LMS's category.
    sa.Column("title", sa.Text, primary_key=True),
    sa.Column("category_sourced_id", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

#: Classes in which the LMS hinted that something changed; a hint is gone once the class was read.
grade_hints = sa.Table(
    "grade_hints",
    metadata,
    sa.Column("class_key", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)

#: Who did what, written to at its end only; each row's digest covers that of the row before it.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "who", "act", "subject", "detail")),
    sa.Column("digest", sa.Text, nullable=False),
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
