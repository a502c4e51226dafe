"""Writing a staged roster out again: the usable records of a snapshot as a strict OneRoster 1.1 bulk package.

Here: which records, and their values as the standard writes them. Not here: the files (a `PackageWriter`, handed in).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sis_connect.frames import count, identifier, identifiers, literal, open_frames
from sis_connect.oneroster.schema import ENTITIES, FieldType
from sis_connect.sync.check import check

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.oneroster.schema import Entity, Field
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


def export(runner: Runner, snapshot: Snapshot, to: Path, write_package: PackageWriter) -> Exported:
    """The package at `to` holds what can be used of a snapshot, every value as the standard writes it."""
    with runner.folder.locked(), open_frames(runner.settings.limits) as frames:
        check(snapshot, frames, strict=runner.settings.strict, as_of=runner.now().date())
        relations = {name: _as_text(ENTITIES[name], sealed) for name, sealed in snapshot.files.items()}
        write_package(relations, to, frames, system_name=snapshot.system_name)
        written = {name: count(frames, f"clean_{ENTITIES[name].table}") for name in snapshot.files}
        return Exported(
            written={name: amount for name, amount in written.items() if amount},
            quarantined=_rejected(frames, snapshot),
            deleted=_by_entity(frames, "tobedeleted"),
        )


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
