"""Reading a OneRoster CSV package of any make for the provider: zip or folder in, rows in the order of ids out.

What the header only spells differently is understood; rows that are no rows are counted and left out. Shares no
code with the product's reader, so that each checks the other. Not here: what becomes of the rows (`loading`).
"""

from __future__ import annotations

import csv
import shutil
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sis_connect.errors import PackageRefusedError
from sis_connect.frames import count, fetch_scalar, literal
from sis_connect.oneroster.csv_format import FileMode, canonical_file_name, parse_manifest
from sis_connect.oneroster.csv_headers import match_header
from sis_connect.oneroster.schema import ENTITIES, MANIFEST_FILE, METADATA_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sis_connect.frames import Frames
    from sis_connect.oneroster.model import Entity

_ROWS_AT_ONCE = 10_000
#: Bytes a row may have.
_ROW_LIMIT = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package, by collection name, and how the manifest says that each is to be taken."""

    files: Mapping[str, Path]
    modes: Mapping[str, FileMode]


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """The package while the context lasts; files of a zip are unpacked into a folder that is gone afterwards.

    Raises PackageRefusedError when there is nothing to serve.
    """
    with tempfile.TemporaryDirectory(prefix="sis-connect-") as scratch:
        try:
            found = _in_folder(path) if path.is_dir() else _unpack(path, Path(scratch))
        except (OSError, zipfile.BadZipFile) as error:
            raise PackageRefusedError(
                "package.not_a_package",
                "The package is neither a folder nor a zip that can be read.",
                fix="Name a folder or a zip with the CSV files of OneRoster 1.1.",
                where=path.name,
            ) from error
        files = {name: found[entity.csv_file] for name, entity in ENTITIES.items() if entity.csv_file in found}
        if not files:
            raise PackageRefusedError(
                "package.no_files",
                "The package holds no file of the CSV binding.",
                fix="Name a folder or a zip with the CSV files of OneRoster 1.1.",
                where=path.name,
            )
        modes = _read_modes(found[MANIFEST_FILE]) if MANIFEST_FILE in found else {}
        yield Package(files, modes)


def _in_folder(path: Path) -> dict[str, Path]:
    found = {}
    for child in sorted((*path.glob("*/*"), *path.glob("*"))):
        name = canonical_file_name(child.name)
        if name is not None and child.is_file():
            found[name] = child
    return found


def _unpack(path: Path, scratch: Path) -> dict[str, Path]:
    found = {}
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            place = PurePosixPath(entry.filename)
            name = canonical_file_name(place.name)
            if name is None or entry.is_dir() or place.parts[0] == "__MACOSX":
                continue
            found[name] = scratch / name
            with archive.open(entry) as packed, found[name].open("wb") as file:
                shutil.copyfileobj(packed, file, 1024 * 1024)
    return found


def _read_modes(path: Path) -> Mapping[str, FileMode]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return parse_manifest(csv.reader(file)).modes


def row_batches(
    frames: Frames, entity: Entity, path: Path, stamps: Mapping[str, str]
) -> Iterator[list[tuple[str | None, ...]]]:
    """The rows of a file in the order of their ids: the entity's columns, then the metadata as a JSON object.

    Every value is the text of the file; for a blank one that of the column in `stamps`, or NULL. In metadata every key
    of the file stands, blank or not.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = next(csv.reader(file), [])
    if not header:
        return
    match = match_header(entity, header)
    positions = match.positions
    values = [_value(positions.get(column), stamps.get(column)) for column in entity.columns]
    pairs = [
        f"{literal(name.removeprefix(METADATA_PREFIX))}, coalesce(c{position}, '')"
        for name, position in match.metadata.items()
    ]
    values.append(f"CAST(json_object({', '.join(pairs)}) AS VARCHAR)" if pairs else "CAST(NULL AS VARCHAR)")
    selected = ", ".join(f"{value} AS v{number}" for number, value in enumerate(values))
    names = ", ".join(f"v{number}" for number in range(len(values)))
    # Every entity begins with its sourcedId.
    rows = frames.execute(
        f"SELECT {names} FROM (SELECT {selected}, row_number() OVER () AS place FROM {_scan(path, len(header))})"
        f" ORDER BY v0 NULLS FIRST, place"
    )
    while batch := rows.fetchmany(_ROWS_AT_ONCE):
        yield batch


def _value(position: int | None, stamp: str | None) -> str:
    blank = "CAST(NULL AS VARCHAR)" if stamp is None else literal(stamp)
    return blank if position is None else f"coalesce(nullif(c{position}, ''), {blank})"


def rejected_rows(frames: Frames) -> int:
    """Rows of the file read last that were no rows: wrong number of columns, broken quotes or bytes."""
    if count(frames, "duckdb_tables() WHERE table_name = 'reject_errors'") == 0:
        return 0
    rejected = int(str(fetch_scalar(frames, "SELECT count(DISTINCT line) FROM reject_errors")))
    frames.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return rejected


def _scan(path: Path, width: int) -> str:
    columns = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(width))
    return (
        f"read_csv({literal(path)}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"',"
        f" columns = {{{columns}}}, ignore_errors = true, store_rejects = true, max_line_size = {_ROW_LIMIT})"
    )
