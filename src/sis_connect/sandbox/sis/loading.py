"""A CSV package becomes what the provider serves, by the state machine of the standard (lifecycle, bulk and delta).

The first package fills an empty database, a million students in a bounded amount of memory. A later one is laid over
what is there: a bulk file marks what it leaves out as `tobedeleted`, a delta file says for each record what became of
it, and only what really changed is stamped. Not here: how a package is read (`package`).
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.frames import Limits, identifier, identifiers, open_frames
from sis_connect.oneroster.csv_format import FileMode
from sis_connect.oneroster.moments import format_moment
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.district.size import DEFAULT_SCHOOL_YEAR
from sis_connect.sandbox.district.write import write_district
from sis_connect.sandbox.sis.moments import utc_now
from sis_connect.sandbox.sis.package import open_package, rejected_rows, row_batches
from sis_connect.sandbox.sis.storage import Storage
from sis_connect.sandbox.sis.tables import columns, insert_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sis_connect.frames import Frames
    from sis_connect.oneroster.model import Entity
    from sis_connect.sandbox.sis.package import Package
    from sis_connect.sandbox.sis.storage import Session

#: One thread keeps the order of the file without holding long stretches of it back.
_LIMITS = Limits(memory="512MB", threads=1)
_STATUS, _MODIFIED = "status", "date_last_modified"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a package held."""

    #: Rows by collection name, for each file of the package.
    rows: Mapping[str, int]
    #: Rows that were no rows and are not served, where there were any.
    rejected: Mapping[str, int]


def load_package(
    path: Path, database: Path, *, stamps: bool = True, at: datetime | None = None, limits: Limits = _LIMITS
) -> Loaded:
    """The database serves the package, a zip or folder; `at` (now, when None) is when the records changed.

    With `stamps`, records without a status are active since `at`; without, status and dateLastModified stay blank, as a
    bulk load may leave them. Raises PackageRefusedError when the package cannot be read; nothing is loaded then.
    """
    at = at or utc_now()
    if database.exists():
        with closing(Storage(database)) as storage:
            return load_into(storage, path, stamps=stamps, at=at, limits=limits)
    scratch = database.with_name(f"{database.name}.loading")
    scratch.unlink(missing_ok=True)
    try:
        with closing(Storage(scratch, is_scratch=True)) as storage:
            loaded = load_into(storage, path, stamps=stamps, at=at, limits=limits)
        scratch.replace(database)
    finally:
        scratch.unlink(missing_ok=True)
    return loaded


def load_district(
    database: Path,
    *,
    students: int = 600,
    seed: int = 1,
    school_year: int = DEFAULT_SCHOOL_YEAR,
    guardians: bool = False,
    blemishes: bool = False,
    stamps: bool = True,
    at: datetime | None = None,
) -> Loaded:
    """The database serves a seeded district as `write_district` writes it, loaded as `load_package` does."""
    with tempfile.TemporaryDirectory(prefix="sis-connect-") as folder:
        write_district(
            Path(folder),
            students=students,
            seed=seed,
            school_year=school_year,
            guardians=guardians,
            blemishes=blemishes,
        )
        return load_package(Path(folder), database, stamps=stamps, at=at)


def load_into(storage: Storage, path: Path, *, stamps: bool, at: datetime, limits: Limits = _LIMITS) -> Loaded:
    """As `load_package`, into a storage that is open and may be in use."""
    with open_package(path) as package, open_frames(limits) as frames:
        loading = _Loading(package, frames, format_moment(at), stamps=stamps)
        if is_empty(storage):
            with storage.filling() as writing:
                return loading.run(writing, loading.fill)
        with storage.writing() as writing:
            return loading.run(writing, loading.merge)


def is_empty(storage: Storage) -> bool:
    """True when there is no record of any kind."""
    with storage.reading() as reading:
        return not any(reading.has(f"SELECT 1 FROM {entity.table} LIMIT 1") for entity in ENTITIES.values())


class _Loading:
    """One package on its way into the tables."""

    def __init__(self, package: Package, frames: Frames, at: str, *, stamps: bool) -> None:
        self._package = package
        self._frames = frames
        self._at = at
        self._stamps = stamps

    def run(self, session: Session, put: Callable[[Session, Entity, Path], int]) -> Loaded:
        rows: dict[str, int] = {}
        rejected: dict[str, int] = {}
        for name, path in self._package.files.items():
            rows[name] = put(session, ENTITIES[name], path)
            if faulty := rejected_rows(self._frames):
                rejected[name] = faulty
        return Loaded(MappingProxyType(rows), MappingProxyType(rejected))

    def fill(self, session: Session, entity: Entity, path: Path) -> int:
        """The rows stand in the entity's table, which was empty."""
        return self._insert(session, insert_statement(entity), entity, path, self._at if self._stamps else None)

    def merge(self, session: Session, entity: Entity, path: Path) -> int:
        """What the file says of known and new records stands in the entity's table."""
        names = identifiers(columns(entity))
        session.run(f"CREATE TEMP TABLE incoming AS SELECT {names} FROM {entity.table} LIMIT 0")
        marks = ", ".join("?" * len(columns(entity)))
        rows = self._insert(session, f"INSERT INTO incoming VALUES ({marks})", entity, path, None)
        session.run("CREATE INDEX incoming_by_sourced_id ON incoming (sourced_id)")
        if self._package.modes.get(entity.name, FileMode.BULK) is not FileMode.DELTA:
            self._mark_missing(session, entity)
        self._update_known(session, entity)
        self._insert_new(session, entity)
        session.run("DROP TABLE incoming")
        return rows

    def _insert(self, session: Session, statement: str, entity: Entity, path: Path, modified: str | None) -> int:
        """Runs the statement for each row of the file, stamped where the file leaves the stamps blank."""
        stamps = {_STATUS: "active"} if self._stamps else {}
        if modified is not None:
            stamps[_MODIFIED] = modified
        rows = 0
        for batch in row_batches(self._frames, entity, path, stamps):
            session.connection.executemany(statement, batch)
            rows += len(batch)
        return rows

    def _mark_missing(self, session: Session, entity: Entity) -> None:
        """Records that a bulk file leaves out are to be deleted (lifecycle: bulk load omits a known record)."""
        session.run(
            f"UPDATE {entity.table} AS known SET status = 'tobedeleted', date_last_modified = ?"
            f" WHERE status IS NOT 'tobedeleted'"
            f" AND NOT EXISTS (SELECT 1 FROM incoming WHERE sourced_id = known.sourced_id)",
            self._at,
        )

    def _update_known(self, session: Session, entity: Entity) -> None:
        """Records that the file says something else about are as it says; all others keep their stamps."""
        names = columns(entity)
        said = [name for name in names if name != _MODIFIED]
        differs = " OR ".join(f"known.{identifier(name)} IS NOT incoming.{identifier(name)}" for name in said)
        settings = ", ".join(f"{identifier(name)} = incoming.{identifier(name)}" for name in said)
        session.run(
            f"UPDATE {entity.table} AS known SET {settings}, {_MODIFIED} = coalesce(incoming.{_MODIFIED}, ?)"
            f" FROM incoming WHERE known.sourced_id = incoming.sourced_id"
            f" AND ({differs} OR known.{_MODIFIED} <> incoming.{_MODIFIED})",
            self._at if self._stamps else None,
        )

    def _insert_new(self, session: Session, entity: Entity) -> None:
        names = columns(entity)
        values = ", ".join(
            f"coalesce({_MODIFIED}, ?)" if name == _MODIFIED else f"incoming.{identifier(name)}" for name in names
        )
        session.run(
            f"INSERT INTO {entity.table} ({identifiers(names)}) SELECT {values} FROM incoming"
            f" WHERE NOT EXISTS (SELECT 1 FROM {entity.table} AS known WHERE known.sourced_id = incoming.sourced_id)",
            self._at if self._stamps else None,
        )
