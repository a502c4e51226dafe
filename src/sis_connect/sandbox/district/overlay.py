"""Rows that differ from a package, and the packages that follow from them.

Here: for each entity the frames `new_*`, `changed_*` (whole rows) and `gone_*` (identifiers), and writing the package
as it is with them, in bulk or as a delta. Not here: which rows differ (`changes`, `blemishes`). A bulk package leaves
`status` and `dateLastModified` blank and a delta fills them (CSV binding, bulk and delta).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.frames import literal
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.sandbox.district.package import write_file, write_manifest

if TYPE_CHECKING:
    from datetime import datetime

    from sis_connect.frames import Frames


def open_overlay(frames: Frames) -> None:
    """The session has empty overlay frames for the open package."""
    for entity in ROSTER_ENTITIES:
        columns = ", ".join(f'"{name}" VARCHAR' for name in ENTITIES[entity].csv_header)
        frames.execute(f"CREATE TABLE new_{entity} ({columns})")
        frames.execute(f"CREATE TABLE changed_{entity} ({columns})")
        frames.execute(f'CREATE TABLE gone_{entity} ("sourcedId" VARCHAR)')


def write_bulk(frames: Frames, to: Path, *, shuffle: bool = False) -> dict[str, int]:
    """The folder holds the open package with the overlay; returns the rows of each file.

    Rows keep their places and new ones follow at the end, unless they are shuffled.
    """
    to.mkdir(parents=True, exist_ok=True)
    rows = {entity: write_file(frames, to, entity, _overlaid(entity, shuffle=shuffle)) for entity in ROSTER_ENTITIES}
    write_manifest(to, {entity: "bulk" for entity, count in rows.items() if count})
    return rows


def write_delta(frames: Frames, to: Path, *, modified_at: datetime) -> dict[str, int]:
    """The folder holds a delta package that turns the open package into the one with the overlay."""
    to.mkdir(parents=True, exist_ok=True)
    stamp = literal(modified_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    rows = {}
    for entity in ROSTER_ENTITIES:
        rows[entity] = write_file(
            frames,
            to,
            entity,
            f"""
            SELECT * REPLACE ('active' AS status, {stamp} AS "dateLastModified")
            FROM (FROM new_{entity} UNION ALL (FROM changed_{entity} ORDER BY "sourcedId"))
            UNION ALL
            SELECT * REPLACE ('tobedeleted' AS status, {stamp} AS "dateLastModified")
            FROM (FROM {entity} SEMI JOIN gone_{entity} USING ("sourcedId") ORDER BY "sourcedId")
            """,
        )
    write_manifest(to, {entity: "delta" for entity, count in rows.items() if count})
    return rows


def rewrite(frames: Frames, package: Path) -> dict[str, int]:
    """The open package, which is in that folder, is the one with the overlay; returns the rows of each file."""
    with tempfile.TemporaryDirectory(dir=package.parent) as scratch:
        rows = write_bulk(frames, Path(scratch))
        for file in Path(scratch).iterdir():
            file.replace(package / file.name)
    return rows


def _overlaid(entity: str, *, shuffle: bool) -> str:
    columns = ", ".join(
        f'CASE WHEN c."sourcedId" IS NULL THEN b."{name}" ELSE c."{name}" END AS "{name}"'
        for name in ENTITIES[entity].csv_header
    )
    query = f"""
        SELECT {columns} FROM {entity} b LEFT JOIN changed_{entity} c ON c."sourcedId" = b."sourcedId"
        WHERE b."sourcedId" NOT IN (SELECT "sourcedId" FROM gone_{entity})
        UNION ALL SELECT * FROM new_{entity}
    """
    return f"SELECT * FROM ({query}) ORDER BY guid('shuffle', \"sourcedId\")" if shuffle else query
