"""The audit log: every act is an entry, and whatever is done to an entry afterwards shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from sis_connect.store import database as db
from sis_connect.store.audit import AuditLog
from sis_connect.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 10, 1, 3, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "district.sqlite")
    log = AuditLog(database)
    for number in range(4):
        log.record(NOW, "head of school", "grades.send", f"plan-{number}", "class algebra")
    yield database
    database.close()


def test_entries_are_told_newest_first(database: Database) -> None:
    entries = AuditLog(database).entries(2)

    assert [(one.number, one.subject, one.who) for one in entries] == [
        (4, "plan-3", "head of school"),
        (3, "plan-2", "head of school"),
    ]


def test_log_that_nobody_touched_is_whole(database: Database) -> None:
    log = AuditLog(database)
    assert log.verify() is None
    log.record(NOW, "nightly", "grades.send", "plan-4")
    assert log.verify() is None


def test_empty_log_is_whole(tmp_path: Path) -> None:
    empty = Database(tmp_path / "empty.sqlite")
    assert AuditLog(empty).verify() is None
    empty.close()


@pytest.mark.parametrize("column", ["at", "who", "act", "subject", "detail", "digest"])
def test_entry_that_was_changed_is_named(database: Database, column: str) -> None:
    change = sa.update(db.audit).where(db.audit.c.number == 2).values({column: "another"})
    with database.transaction() as connection:
        connection.execute(change)
    assert AuditLog(database).verify() == 2


@pytest.mark.parametrize("number", [1, 2, 4])
def test_entry_that_is_missing_is_named(database: Database, number: int) -> None:
    with database.transaction() as connection:
        connection.execute(sa.delete(db.audit).where(db.audit.c.number == number))
    assert AuditLog(database).verify() == number


def test_log_that_was_emptied_is_not_whole(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(sa.delete(db.audit))
    assert AuditLog(database).verify() == 1
