"""What an error of the columnar engine means when the cause is a file of the data folder.

Not here: damage that is found by hashes and sizes before anything is read (`snapshots`, `sync.plan.sealing`).
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.errors import StoreError
from sis_connect.frames import count, literal, open_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.frames import Frames, Limits
    from sis_connect.store.folder import DataFolder


@contextmanager
def reading(folder: DataFolder, limits: Limits) -> Iterator[Frames]:
    """A session over the files of a data folder; StoreError, with a remedy, when one of them cannot be read."""
    import duckdb  # noqa: PLC0415  # imported late for the reason that `frames` gives

    with open_frames(limits) as frames:
        try:
            yield frames
        except duckdb.Error as error:
            damaged = _missing(folder, error) or _unreadable(folder, frames)
            if damaged is None:
                raise
            kind = damaged.relative_to(folder.root).parts[0]
            raise StoreError(
                f"A file of the data folder is damaged or missing: {damaged.name}.",
                where=str(damaged.parent),
                fix=_FIX.get(kind, _RESTORE),
            ) from error


_RESTORE = "Restore the data folder from a backup."
_FIX = {
    "snapshots": "Remove that folder and give the package again.",
    "plans": "Make the plan again with `sis-connect plan`; if its run has begun, restore the folder from a backup.",
}


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
