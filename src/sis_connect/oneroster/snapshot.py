"""A snapshot: what one pull said, as it said it, in sealed Parquet files.

Here: the value that describes a snapshot and the relation that reads one entity of it. Not here: how a package
becomes a snapshot (`sis`), where snapshots are kept (`store`), what their text means (`oneroster.values`).

A sealed file holds one record a row in the order of its source, every column text as received (NULL for "no
value"): the entity's columns, then `metadata.*` columns as named at the source. Files whose line numbers do not
follow from the order of rows (rejected rows, fields over several lines, merged deltas) hold a `line` column too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.frames import identifier, identifiers, literal
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sis_connect.findings import Finding


class Mode(StrEnum):
    """How a file is to be taken (CSV binding, manifest)."""

    BULK = "bulk"
    DELTA = "delta"
    #: A delta laid over what was known before; its rows may or may not have a status.
    MERGED = "merged"
    #: A delta laid over a bulk file without any record: what was known before is lost, and the delta is not all.
    MERGED_OVER_NOTHING = "merged over nothing"


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One entity of a snapshot."""

    #: Collection name, for example `users`.
    entity: str
    #: Where it came from, for example `users.csv`, or `/users` of a service.
    file: str
    #: The Parquet file.
    path: Path
    mode: Mode
    #: Records in the Parquet file.
    records: int
    #: Records that were received but are no rows: wrong number of columns, broken quotes or bytes.
    rejected: int = 0
    #: True when the Parquet file holds a `line` column.
    has_lines: bool = False
    metadata_columns: tuple[str, ...] = ()

    @property
    def is_served(self) -> bool:
        """True when it came from a service, as a collection by its path; files of packages have no slash before."""
        return self.file.startswith("/")

    @property
    def received(self) -> int:
        """Records received, readable or not."""
        return self.records + self.rejected

    @property
    def is_short(self) -> bool:
        """True when it should hold every record of a kind that a roster is made of, and its bulk file held none.

        That is a broken export, not a district without people: what is missing cannot be said to be gone.
        """
        is_empty_bulk = self.mode is Mode.BULK and self.received == 0
        return self.entity in ROSTER_ENTITIES and (is_empty_bulk or self.mode is Mode.MERGED_OVER_NOTHING)

    @property
    def relation(self) -> str:
        """SQL query: `row` (BIGINT, unique), `line` (BIGINT), the entity's columns and its metadata, as text."""
        entity = ENTITIES[self.entity]
        line = "line" if self.has_lines else "file_row_number + 2 AS line"
        columns = identifiers((*entity.columns, *self.metadata_columns))
        return (
            f"SELECT file_row_number AS {identifier('row')}, {line}, {columns} "
            f"FROM read_parquet({literal(self.path)}, file_row_number = true)"
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything one pull said."""

    #: Names the content: the same package read twice has the same digest.
    digest: str
    #: By collection name; an entity that the source left out is absent.
    files: Mapping[str, SealedFile]
    #: What the reader noticed: repairs, rejected rows, oddities of the package.
    findings: tuple[Finding, ...] = field(default=())
    #: `source.systemName` of the manifest, where given.
    system_name: str | None = None
