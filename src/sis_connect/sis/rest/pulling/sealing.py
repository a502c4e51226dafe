"""From the parts of a pull to a snapshot: lines of JSON become sealed Parquet, in the exact form of a CSV package.

Records stand in the order of their sourcedId, and their line is their place in that order, so neither the size of
pages nor the order of arrival shows. Bulk work is done by the columnar engine within its memory limit. Not here:
whether the parts are complete (`reading`). Serves `oneroster.snapshot`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.findings import Finding
from sis_connect.frames import PARQUET, count, identifier, identifiers, literal
from sis_connect.oneroster.json_reader import link_entity
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.snapshot import Mode, SealedFile
from sis_connect.oneroster.values import is_blank
from sis_connect.sis.rest.paging.dialect import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.oneroster.model import Entity

#: Part of every digest: raised when the reader understands the same answers differently.
READER_VERSION = 1


@dataclass(frozen=True, slots=True)
class Received:
    """All rows of one collection, as they came."""

    entity: Entity
    parts: Sequence[Path]
    #: Where they came from, for example `/users`.
    origin: str
    rejected: int = 0
    metadata: Sequence[str] = field(default=())
    #: True when the rows stand in ascending order of their sourcedId as text.
    is_in_order: bool = False
    #: BULK for everything there is, DELTA for what changed.
    mode: Mode = Mode.BULK
    #: True when each row has the ids of its resources beside its columns.
    has_links: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns to be sealed."""
        return (*self.entity.columns, *self.metadata)


def scan(entity: Entity, parts: Iterable[Path], metadata: Iterable[str] = ()) -> str:
    """SQL relation: the rows in these parts, every column text."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in (*entity.columns, *metadata))
    files = ", ".join(literal(part) for part in parts)
    return f"read_json([{files}], columns = {{{columns}}}, format = 'newline_delimited')"


def count_distinct(frames: Frames, entity: Entity, part: Path) -> int:
    """Different ids in a part."""
    return count(frames, f"(SELECT DISTINCT sourced_id FROM {scan(entity, [part])})")


def sealed_path(folder: Path, entity: Entity) -> Path:
    """The Parquet file of an entity in a folder."""
    return folder / f"{entity.table}.parquet"


def seal(received: Received, into: Path, frames: Frames) -> tuple[SealedFile, list[Finding]]:
    """The Parquet file holds every record once for each time one listing gave it.

    A record that came in several listings stands once, as the listing has it that changed it last.
    """
    rows = scan(received.entity, received.parts, received.metadata)
    findings = []
    columns = identifiers(received.columns)
    query = f"SELECT {columns} FROM {rows}"
    if len(received.parts) > 1:
        findings = _versions(received, rows, frames)
        # Among equally new versions the choice must not depend on the order of arrival.
        query += (
            f" QUALIFY row_number() OVER (PARTITION BY sourced_id ORDER BY date_last_modified DESC NULLS LAST, "
            f"md5({_joined(received.columns)})) = 1"
        )
    if len(received.parts) > 1 or not received.is_in_order:
        query += f" ORDER BY sourced_id, md5({_joined(received.columns)})"
    path = sealed_path(into, received.entity)
    frames.execute(
        f"COPY (SELECT {columns}, row_number() OVER () AS line FROM ({query})) TO {literal(path)} ({PARQUET})"
    )
    sealed = SealedFile(
        entity=received.entity.name,
        file=received.origin,
        path=path,
        mode=received.mode,
        records=count(frames, f"read_parquet({literal(path)})"),
        rejected=received.rejected,
        has_lines=True,
        metadata_columns=tuple(received.metadata),
    )
    return sealed, findings


def seal_links(received: Received, into: Path, frames: Frames) -> SealedFile:
    """The Parquet file holds one record for each resource of a record; its id is made of both, as REST gives it none.

    What CSV says of such a link beside its two ends (title, status) is not told over REST.
    """
    links = link_entity(received.entity)
    if links is None:
        raise ValueError(f"The records of {received.entity.name} have no resources.")
    ends = {field.refers_to: field.column for field in links.references}
    told = {
        "sourced_id": "owner || '@' || resource",
        ends[received.entity.name]: "owner",
        ends["resources"]: "resource",
    }
    columns = ", ".join(f"{told.get(name, 'NULL::VARCHAR')} AS {identifier(name)}" for name in links.columns)
    parts = ", ".join(literal(part) for part in received.parts)
    rows = (
        f"read_json([{parts}], columns = {{sourced_id: 'VARCHAR', {RESOURCES}: 'VARCHAR[]'}}, "
        "format = 'newline_delimited')"
    )
    path = sealed_path(into, links)
    frames.execute(
        f"COPY (SELECT {columns}, row_number() OVER (ORDER BY owner, resource) AS line FROM "
        f"(SELECT DISTINCT sourced_id AS owner, unnest({RESOURCES}) AS resource FROM {rows}) "
        f"ORDER BY owner, resource) TO {literal(path)} ({PARQUET})"
    )
    records = count(frames, f"read_parquet({literal(path)})")
    return SealedFile(links.name, received.origin, path, received.mode, records, has_lines=True)


def outline(sealed: SealedFile, frames: Frames) -> str:
    """Names the content of one file: the same records have the same outline, in whatever order."""
    columns = (*ENTITIES[sealed.entity].columns, *sealed.metadata_columns)
    # A sum does not know the order of what it adds up; two halves of a strong hash do not collide by accident.
    halves = frames.execute(
        f"SELECT sum(half_of >> 64), sum(half_of & 18446744073709551615) FROM "
        f"(SELECT md5_number({_joined(columns)}) AS half_of FROM read_parquet({literal(sealed.path)}))"
    ).fetchone()
    changes = [Mode.DELTA] if sealed.mode is Mode.DELTA else []
    return "\n".join([sealed.entity, " ".join(columns), f"{sealed.records} {sealed.rejected} {halves}", *changes])


def digest(outlines: Mapping[str, str]) -> str:
    """Names the content of a snapshot by the outlines of its files."""
    lines = [f"rest reader {READER_VERSION}", *(text for _, text in sorted(outlines.items()))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def references_to(name: str, files: Mapping[str, SealedFile], frames: Frames) -> int:
    """Records of other collections that refer to this one."""
    references = 0
    for other, sealed in files.items():
        fields = [field for field in ENTITIES[other].references if field.refers_to == name]
        if other == name or not fields or not sealed.records:
            continue
        present = " OR ".join(f"NOT {is_blank(identifier(field.column))}" for field in fields)
        references += count(frames, f"({sealed.relation}) WHERE {present}")
    return references


def _versions(received: Received, rows: str, frames: Frames) -> list[Finding]:
    differing = count(
        frames,
        f"(SELECT sourced_id FROM {rows} GROUP BY sourced_id "
        f"HAVING count(*) > 1 AND count(DISTINCT md5({_joined(received.columns)})) > 1)",
    )
    if not differing:
        return []
    return [Finding("rest.versions_differ", file=received.origin, occurrences=differing)]


def _joined(columns: Iterable[str]) -> str:
    """SQL: one text for a row; values of any content cannot be shifted between columns."""
    cells = ", ".join(f"coalesce(length({identifier(name)}) || ':' || {identifier(name)}, '-')" for name in columns)
    return f"concat_ws('|', {cells})"
