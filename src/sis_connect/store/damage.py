"""What an error of the columnar engine or of the file system means for the data folder, with its remedy.

Here: files that cannot be read, and a disk that takes no more. Not here: damage that is found by hashes and sizes
before anything is read (`snapshots`, `existing`, `sync.plan.sealing`); the database speaks for itself (`database`).
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.errors import StoreError
from sis_connect.frames import count, literal, open_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.frames import Frames, Limits
    from sis_connect.store.folder import DataFolder

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
#: The engine's own bound on what it spills, which follows from what is free on the disk.
_SPILL_BOUND = "max_temp_directory_size"


@contextmanager
def writing(folder: DataFolder) -> Iterator[None]:
    """StoreError, with a remedy, when the disk is full or the data folder must not be written to."""
    try:
        yield
    except OSError as error:
        # A package that this user may not read, or a port that is closed, is another matter.
        is_ours = error.errno in _CLOSED and Path(error.filename or "").is_relative_to(folder.root)
        if error.errno is None or not (error.errno in _FULL or is_ours):
            raise
        raise _refused(folder, error.errno) from error


@contextmanager
def reading(folder: DataFolder, limits: Limits) -> Iterator[Frames]:
    """A session over the files of a data folder; StoreError, with a remedy, when one of them cannot be read.

    The same when the session can write nothing more.
    """
    import duckdb  # noqa: PLC0415  # imported late for the reason that `frames` gives

    with open_frames(limits) as frames:
        try:
            yield frames
        except duckdb.Error as error:
            if cause := _write_error(folder, error):
                raise _refused(folder, cause) from error
            damaged = _missing(folder, error) or _unreadable(folder, frames)
            if damaged is None:
                raise
            kind = damaged.relative_to(folder.root).parts[0]
            raise StoreError(
                f"A file of the data folder is damaged or missing: {damaged.name}.",
                where=str(damaged.parent),
                fix=_FIX.get(kind, _RESTORE),
            ) from error


_AGAIN = "run the same command again: nothing is lost, and it goes on where it stopped."
_RESTORE = "Restore the data folder from a backup."
_FIX = {
    "snapshots": "Remove that folder and give the package again.",
    "plans": "Make the plan again with `sis-connect plan PACKAGE`; if its run has begun, restore the folder from a "
    "backup.",
}


def _refused(folder: DataFolder, cause: int) -> StoreError:
    if cause in _FULL:
        return StoreError("The disk is full.", where=str(folder.root), fix=f"Make room on that disk, then {_AGAIN}")
    return StoreError(
        f"The data folder cannot be written to: {os.strerror(cause)}.",
        where=str(folder.root),
        fix=f"Let this user write there, and see that the disk is not read-only; then {_AGAIN}",
    )


def _write_error(folder: DataFolder, error: Exception) -> int | None:
    """The error number behind the engine's words, when it could not write."""
    words = str(error)
    if _SPILL_BOUND in words:
        return errno.ENOSPC
    causes = (*_FULL, *_CLOSED) if str(folder.root) in words else _FULL
    return next((number for number in causes if os.strerror(number) in words), None)


def _kept(folder: DataFolder) -> Iterator[Path]:
    for parent in (folder.existing, folder.plans, folder.snapshots):
        yield from sorted(parent.glob("[!.]*/*.parquet"))


def _missing(folder: DataFolder, error: Exception) -> Path | None:
    """The sealed file that the engine did not find."""
    _, found, rest = str(error).partition('No files found that match the pattern "')
    path = Path(rest.partition('"')[0])
    is_kept = found and path.parent.parent in {folder.existing, folder.plans, folder.snapshots}
    return path if is_kept else None


def _unreadable(folder: DataFolder, frames: Frames) -> Path | None:
    """The first sealed file whose contents cannot be told."""
    import duckdb  # noqa: PLC0415  # imported late for the reason that `frames` gives

    for path in _kept(folder):
        try:
            count(frames, f"read_parquet({literal(path)})")
        except duckdb.Error:
            return path
    return None
