"""Writing a OneRoster 1.1 CSV package: queries over records become a strict bulk package.

What is written follows the binding to the letter: exact headers, blank status and dateLastModified, no file without
rows, UTF-8 without byte-order mark, RFC 4180, no carriage return in a field. Passwords are never written. Not here:
which records belong into an export; the queries say so.
"""

from __future__ import annotations

import csv
import shutil
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sis_connect.errors import ConfigurationError
from sis_connect.frames import fetch_scalar, identifier, literal
from sis_connect.oneroster.csv_format import FileMode, manifest_rows
from sis_connect.oneroster.model import Requirement
from sis_connect.oneroster.schema import ENTITIES, MANIFEST_FILE, METADATA_PREFIX
from sis_connect.oneroster.values import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.frames import Frames
    from sis_connect.oneroster.model import Entity, Field

#: The same records make the same bytes, whenever they are written.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write_package(relations: Mapping[str, str], to: Path, frames: Frames, *, system_name: str | None = None) -> None:
    """The package at `to`, a zip by its suffix or else a folder, holds the records of the queries; all or nothing.

    `relations` are SQL queries by collection name, each giving the entity's columns as text, as
    `SealedFile.relation` does, and any `metadata.*` columns. Records that are to be deleted are left out: a bulk
    package says so by silence. A zip is replaced; a folder must be new or empty, else ConfigurationError.
    """
    is_zip = to.suffix.lower() == ".zip"
    if not is_zip and to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise ConfigurationError(
            "The folder to write to is not empty.", where=str(to), fix="Name a folder that does not exist yet."
        )
    to.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".writing-", dir=to.parent) as scratch:
        folder = Path(scratch, "package")
        folder.mkdir()
        _write_files(relations, folder, frames, system_name)
        if is_zip:
            finished = Path(scratch, "package.zip")
            _pack(folder, finished)
            finished.replace(to)
        else:
            if to.exists():
                to.rmdir()
            folder.replace(to)


def _write_files(relations: Mapping[str, str], folder: Path, frames: Frames, system_name: str | None) -> None:
    modes = {}
    for name, entity in ENTITIES.items():
        if name not in relations:
            continue
        file = folder / entity.csv_file
        query = _export_query(entity, relations[name], frames)
        written = fetch_scalar(
            frames,
            f"COPY ({query}) TO {literal(file)} (FORMAT csv, HEADER true, NEW_LINE '\\r\\n')",
        )
        if written:
            modes[name] = FileMode.BULK
        else:
            file.unlink()
    with (folder / MANIFEST_FILE).open("w", encoding="utf-8", newline="") as manifest:
        csv.writer(manifest).writerows(manifest_rows(modes, system_name))


def _export_query(entity: Entity, relation: str, frames: Frames) -> str:
    described = frames.execute(f"DESCRIBE ({relation})").fetchall()
    metadata = [str(column) for column, *_ in described if str(column).startswith(METADATA_PREFIX)]
    columns = [f"{_exported(field)} AS {identifier(field.csv_name)}" for field in entity.fields]
    columns += [f"{_without_returns(identifier(name))} AS {identifier(name)}" for name in metadata]
    status = parsed(entity.field("status"), "status")
    return f"SELECT {', '.join(columns)} FROM ({relation}) WHERE ({status}) IS DISTINCT FROM 'tobedeleted'"


def _exported(field: Field) -> str:
    if field.is_secret or field.requirement is Requirement.IN_DELTA:
        return "CAST(NULL AS VARCHAR)"
    return _without_returns(identifier(field.column))


def _without_returns(text: str) -> str:
    """The binding allows line feeds in a field, and no carriage return (CSV binding, syntax)."""
    return f"replace(replace({text}, chr(13) || chr(10), chr(10)), chr(13), chr(10))"


def _pack(folder: Path, to: Path) -> None:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(file.name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1 << 20)
