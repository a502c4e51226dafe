"""Keeping snapshots: one sealed folder each, described by its `snapshot.json`."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import StoreError
from sis_connect.findings import Finding
from sis_connect.oneroster.snapshot import Mode, SealedFile, Snapshot
from sis_connect.store.folder import seal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sis_connect.store.folder import DataFolder

_DESCRIPTION = "snapshot.json"


class _File(msgspec.Struct, frozen=True):
    entity: str
    file: str
    parquet: str
    #: Bytes of the Parquet file.
    size: int
    mode: Mode
    records: int
    rejected: int
    has_lines: bool
    metadata_columns: tuple[str, ...]


class _Description(msgspec.Struct, frozen=True):
    digest: str
    system_name: str | None
    files: tuple[_File, ...]
    findings: tuple[Finding, ...]


class Snapshots:
    """The snapshots of one data folder."""

    def __init__(self, folder: DataFolder) -> None:
        """Snapshots below `folder`."""
        self._folder = folder

    def find(self, digest: str) -> Snapshot | None:
        """The snapshot of that digest, or None when it is not kept whole.

        A power cut may have left a folder with files cut short; it is removed, and the package is read again.
        """
        path = self._folder.snapshots / digest
        try:
            description = msgspec.json.decode((path / _DESCRIPTION).read_bytes(), type=_Description)
            is_whole = all((path / file.parquet).stat().st_size == file.size for file in description.files)
        except (OSError, msgspec.MsgspecError):
            is_whole = False
        if not is_whole:
            shutil.rmtree(path, ignore_errors=True)
            return None
        files = {
            file.entity: SealedFile(
                file.entity,
                file.file,
                path / file.parquet,
                file.mode,
                file.records,
                file.rejected,
                has_lines=file.has_lines,
                metadata_columns=file.metadata_columns,
            )
            for file in description.files
        }
        return Snapshot(description.digest, files, description.findings, description.system_name)

    def keep(self, write: Callable[[Path], Snapshot]) -> Snapshot:
        """Seal the snapshot that `write` puts into a fresh folder; the kept snapshot, which may be one kept before."""
        with self._folder.sealing(self._folder.snapshots) as path:
            snapshot = write(path)
            kept = self.find(snapshot.digest)
            if kept is not None:
                return kept
            files = tuple(
                _File(
                    name,
                    sealed.file,
                    sealed.path.name,
                    sealed.path.stat().st_size,
                    sealed.mode,
                    sealed.records,
                    sealed.rejected,
                    sealed.has_lines,
                    sealed.metadata_columns,
                )
                for name, sealed in snapshot.files.items()
            )
            description = _Description(snapshot.digest, snapshot.system_name, files, snapshot.findings)
            (path / _DESCRIPTION).write_bytes(msgspec.json.encode(description))
            seal(path, self._folder.snapshots / snapshot.digest)
        kept = self.find(snapshot.digest)
        if kept is None:
            raise StoreError("A snapshot was sealed and is not there.", where=str(self._folder.snapshots))
        return kept
