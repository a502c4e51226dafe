"""Writing a staged roster out again: the usable records of a snapshot as a strict OneRoster 1.1 bulk package.

Here: which records, and their values as the standard writes them. Not here: the files (a `PackageWriter`, handed in).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sis_connect.errors import ConfigurationError
from sis_connect.frames import count, identifier, identifiers, literal
from sis_connect.oneroster.model import FieldType
from sis_connect.oneroster.schema import ENTITIES, MANIFEST_FILE
from sis_connect.sync.check import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sis_connect.frames import Frames
    from sis_connect.oneroster.model import Entity, Field
    from sis_connect.oneroster.snapshot import SealedFile, Snapshot
    from sis_connect.runs.runner import Runner


class PackageWriter(Protocol):
    """Writes records, as queries by collection name, into a package."""

    def __call__(
        self, relations: Mapping[str, str], to: Path, frames: Frames, *, system_name: str | None = None
    ) -> None:
        """The package at `to` holds the records of the queries; all or nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of the records of each collection."""

    written: dict[str, int]
    #: They cannot be used.
    quarantined: dict[str, int]
    #: The SIS marked them as to be deleted; a bulk package says so by silence.
    deleted: dict[str, int]


def export(
    runner: Runner, snapshot: Snapshot, to: Path, write_package: PackageWriter, *, force: bool = False
) -> Exported:
    """The package at `to` holds what can be used of a snapshot, every value as the standard writes it.

    Only its owner can read it. A file or a package in a folder is replaced with `force`; ConfigurationError otherwise.
    """
    with runner.at_work() as frames, _private(), _set_aside(to, force=force):
        check(snapshot, frames, strict=runner.settings.strict, as_of=runner.day(runner.now()))
        relations = {name: _as_text(ENTITIES[name], sealed) for name, sealed in snapshot.files.items()}
        write_package(relations, to, frames, system_name=snapshot.system_name)
        written = {name: count(frames, f"clean_{ENTITIES[name].table}") for name in snapshot.files}
        return Exported(
            written={name: amount for name, amount in written.items() if amount},
            quarantined=_rejected(frames, snapshot),
            deleted=_by_entity(frames, "tobedeleted"),
        )


@contextmanager
def _private() -> Iterator[None]:
    """Files and folders made meanwhile are their owner's alone: they hold personal data."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _set_aside(to: Path, *, force: bool) -> Iterator[None]:
    """Room for a new package at `to`; what it replaces is back if that fails, and else gone."""
    if not to.exists() or (to.is_dir() and not any(to.iterdir())):
        yield
        return
    if not force:
        raise ConfigurationError(
            f"The {'folder is not empty' if to.is_dir() else 'file is there already'}.",
            where=str(to),
            fix="Name another, or replace the package with --force.",
        )
    if to.is_dir() and not (to / MANIFEST_FILE).is_file():
        raise ConfigurationError(
            "The folder is not empty and holds no package, so it is not replaced.",
            where=str(to),
            fix="Name another.",
        )
    aside = Path(tempfile.mkdtemp(prefix=".replaced-", dir=to.parent))
    to.rename(aside / to.name)
    try:
        yield
    except BaseException:
        (aside / to.name).rename(to)
        aside.rmdir()
        raise
    shutil.rmtree(aside)


def _rejected(frames: Frames, snapshot: Snapshot) -> dict[str, int]:
    """Records that cannot be used, those included that are not even rows."""
    amounts = _by_entity(frames, "quarantine")
    for name, sealed in snapshot.files.items():
        if sealed.rejected:
            amounts[name] = amounts.get(name, 0) + sealed.rejected
    return amounts


def _by_entity(frames: Frames, table: str) -> dict[str, int]:
    rows = frames.execute(f'SELECT entity, count(DISTINCT "row") FROM {table} GROUP BY entity ORDER BY entity')
    return {str(name): int(amount) for name, amount in rows.fetchall()}


def _as_text(entity: Entity, sealed: SealedFile) -> str:
    """SQL: the usable records of an entity as text, with their metadata, in the order in which they came."""
    columns = ", ".join(f"{_written(field)} AS {identifier(field.column)}" for field in entity.fields)
    metadata = identifiers(sealed.metadata_columns, "m.")
    return f"""
        SELECT {columns}{", " + metadata if metadata else ""}
        FROM clean_{entity.table} AS c JOIN ({sealed.relation}) AS m USING ("row") ORDER BY c."row"
    """


def _written(field: Field) -> str:
    value = f"c.{identifier(field.column)}"
    match field.type:
        case FieldType.USER_IDS:
            pairs = (
                f"list_transform({value}, lambda i: concat({literal('{')}, i.type, ':', i.identifier, {literal('}')}))"
            )
            return f"array_to_string({pairs}, ',')"
        case _ if field.type.is_list:
            return f"array_to_string({value}, ',')"
        case _:
            return f"CAST({value} AS VARCHAR)"
