"""Unpacking a zip that nobody vouches for.

Every entry is judged by the zip's own list before a byte is unpacked: paths, links, encryption, compression, number,
sizes and ratio. Unpacking is streamed and stops at the size that the list declares. Not here: which entries matter
(`layout`).
"""

from __future__ import annotations

import shutil
import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sis_connect.errors import StoreError
from sis_connect.sis.csv_rules import refusal, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.progress import Progress
    from sis_connect.sis.limits import PackageLimits

_MEBIBYTE = 1 << 20
_ENCRYPTED = 0x1

#: The record at the end of a zip (APPNOTE 4.3.16): entries and bytes of the list stand at offsets 10 and 12.
_END = struct.Struct("<4s6xHL6x")
_END_SIGNATURE = b"PK\x05\x06"
_END_SEARCHED = (1 << 16) + 22
#: The larger form of it (APPNOTE 4.3.14), found through its locator just before the record above.
_LOCATOR = struct.Struct("<4sLQL")
_LOCATOR_SIGNATURE = b"PK\x06\x07"
_END_64 = struct.Struct("<4s28xQQ")


@contextmanager
def open_zip(path: Path, limits: PackageLimits) -> Iterator[zipfile.ZipFile]:
    """The zip, once every entry is known to be harmless; PackageRefusedError otherwise, or when reading it fails."""
    try:
        _check_directory(path, limits)
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive.infolist(), limits)
            if any(entry.header_offset not in range(path.stat().st_size) for entry in archive.infolist()):
                raise refusal("package.damaged_zip", where=path.name)
            yield archive
    except (zipfile.BadZipFile, EOFError, UnicodeDecodeError, zlib.error, struct.error) as error:
        raise refusal("package.damaged_zip", where=path.name) from error
    except NotImplementedError as error:
        raise refusal("package.unsupported_compression", where=path.name) from error


def file_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries that are files, by their path with `/` between folders."""
    return {_posix(entry): entry for entry in archive.infolist() if not entry.is_dir()}


def unpack(archive: zipfile.ZipFile, wanted: dict[str, zipfile.ZipInfo], to: Path, progress: Progress) -> None:
    """Every wanted entry is a file in the folder, under the name it is wanted by."""
    total = sum(entry.file_size for entry in wanted.values())
    free = shutil.disk_usage(to).free
    if total > free:
        raise StoreError(
            f"Unpacking needs {total // _MEBIBYTE + 1} MiB and {free // _MEBIBYTE} MiB are free.",
            where=str(to),
            fix="Make room on that disk, or name another folder.",
        )
    done = 0
    for name, entry in wanted.items():
        with archive.open(entry) as source, (to / name).open("wb") as target:
            while chunk := source.read(_MEBIBYTE):
                target.write(chunk)
                done += len(chunk)
                progress.advance("unpacking", done, total)


def _check_directory(path: Path, limits: PackageLimits) -> None:
    """The list of entries is small enough to be read at all."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - _END_SEARCHED)
        file.seek(start)
        tail = file.read(_END_SEARCHED)
        at = tail.rfind(_END_SIGNATURE)
        if at < 0:
            raise refusal("package.damaged_zip", where=path.name)
        _, entries, directory_bytes = _END.unpack_from(tail, at)
        locator_at = at - _LOCATOR.size
        if locator_at >= 0 and tail[locator_at : locator_at + 4] == _LOCATOR_SIGNATURE:
            _, _, end_64_at, _ = _LOCATOR.unpack_from(tail, locator_at)
            if end_64_at < size:
                file.seek(end_64_at)
                _, entries, directory_bytes = _END_64.unpack(file.read(_END_64.size))
    if entries > limits.entries or directory_bytes > limits.directory_bytes:
        raise refusal("package.too_many_entries", where=path.name)


def _check_entries(entries: list[zipfile.ZipInfo], limits: PackageLimits) -> None:
    if len(entries) > limits.entries:
        raise refusal("package.too_many_entries")
    if sum(entry.file_size for entry in entries) > limits.total_bytes:
        raise refusal("package.too_large")
    dense = [entry for entry in entries if entry.file_size > entry.compress_size * limits.compression_ratio]
    if sum(entry.file_size for entry in dense) > limits.dense_bytes:
        largest = max(dense, key=lambda entry: entry.file_size)
        raise refusal("package.suspicious_compression", where=shown(PurePosixPath(_posix(largest)).name))
    seen = set()
    for entry in entries:
        _check_entry(entry)
        name = _posix(entry)
        if name in seen:
            raise refusal("package.duplicate_file", where=shown(PurePosixPath(name).name))
        seen.add(name)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(_posix(entry))
    name = shown(path.name)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    has_drive = len(path.parts) > 0 and ":" in path.parts[0]
    if is_link or has_drive or path.is_absolute() or ".." in path.parts:
        raise refusal("package.unsafe_entry", where=name)
    if entry.flag_bits & _ENCRYPTED:
        raise refusal("package.encrypted", where=name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refusal("package.unsupported_compression", where=name)


def _posix(entry: zipfile.ZipInfo) -> str:
    """Some Windows tools write backslashes."""
    return entry.filename.replace("\\", "/")
