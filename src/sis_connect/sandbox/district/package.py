"""Packages as folders of CSV files: how seeded districts are written and read back.

Here: the strict form of the CSV binding (headers in order, blank where there is no value, a manifest that names
every file). Not here: reading packages of unknown make (`sis`), which this package must not depend on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count, fetch_scalar, identifier, literal
from sis_connect.oneroster.schema import ENTITIES, MANIFEST_FILE, MANIFEST_VERSION, ONEROSTER_VERSION, ROSTER_ENTITIES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sis_connect.frames import Frames

SYSTEM_NAME = "Seeded District"
SYSTEM_CODE = "seeded-district"


def header(entity: str) -> str:
    """SQL: the columns of an entity's file, in order."""
    return ", ".join(identifier(name) for name in ENTITIES[entity].csv_header)


def join_as_written(frames: Frames) -> None:
    """The session streams the left side of a join past the right, which is the small one; rows keep their order.

    Left to itself the engine misjudges the size of a large CSV file and builds its hash table from that.
    """
    frames.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")


def write_in_order(frames: Frames) -> None:
    """The session writes rows as they come; several threads would hold long stretches back to keep their order."""
    frames.execute("SET threads = 1")


def open_package(frames: Frames, folder: Path) -> None:
    """The session has a view of each roster file, named as the entity, every column text, NULL for blank."""
    for entity in ROSTER_ENTITIES:
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in ENTITIES[entity].csv_header)
        frames.execute(
            f"CREATE OR REPLACE VIEW {entity} AS SELECT * FROM read_csv({literal(folder / ENTITIES[entity].csv_file)}, "
            f"columns = {{{columns}}}, header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', "
            f"strict_mode = true, auto_detect = false)"
        )


def write_file(frames: Frames, folder: Path, entity: str, query: str) -> int:
    """The entity's file holds the rows of the query, in its order; without rows there is no file.

    The query names its columns as the header does, in any order; returns the number of rows.
    """
    path = folder / ENTITIES[entity].csv_file
    rows = fetch_scalar(
        frames,
        f"COPY (SELECT {header(entity)} FROM ({query})) TO {literal(path)} "
        f"(FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '')",
    )
    if rows == 0:
        path.unlink()
    return int(str(rows))


def write_manifest(folder: Path, modes: Mapping[str, str]) -> None:
    """The manifest says the mode of each entity; the others are absent."""
    lines = [
        "propertyName,value",
        f"manifest.version,{MANIFEST_VERSION}",
        f"oneroster.version,{ONEROSTER_VERSION}",
        *(f"file.{entity},{modes.get(entity, 'absent')}" for entity in sorted(ENTITIES)),
        f"source.systemName,{SYSTEM_NAME}",
        f"source.systemCode,{SYSTEM_CODE}",
    ]
    (folder / MANIFEST_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def count_rows(frames: Frames) -> dict[str, int]:
    """Rows of each roster file of the open package."""
    return {entity: count(frames, entity) for entity in ROSTER_ENTITIES}
