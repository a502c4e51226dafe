"""Where a district's data lies on disk, and how files are put there so that a crash leaves nothing half done.

One folder a district. Here: its layout, its lock, and sealing folders (write beside, flush, rename). Not here: what the
files mean.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator


#: How folders are called until they are sealed.
_NEW = ".new-"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A district's data folder; made when first used."""

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "sis-connect.sqlite"

    @property
    def snapshots(self) -> Path:
        """One folder a snapshot, by digest."""
        return self.root / "snapshots"

    @property
    def existing(self) -> Path:
        """One folder a state of the LMS, by digest."""
        return self.root / "existing"

    @property
    def plans(self) -> Path:
        """One folder a plan, by digest."""
        return self.root / "plans"

    @property
    def pulls(self) -> Path:
        """What was received of a pull that has not ended; empty once its snapshot is sealed."""
        return self.root / "pulls"

    @property
    def spill(self) -> Path:
        """Where larger-than-memory work spills; empty between runs."""
        return self.root / "tmp"

    def make(self) -> None:
        """Make the folders, readable by their owner only: they hold personal data."""
        try:
            for folder in (self.root, self.snapshots, self.existing, self.plans, self.spill):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(
                f"The data folder cannot be made: {error.strerror}.",
                where=str(self.root),
                fix="Choose another with --data.",
            ) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one process, swept of what an earlier one left; StoreError when another one holds it."""
        self.make()
        with (self.root / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StoreError(
                    "Another SIS Connect is at work in this data folder.",
                    where=str(self.root),
                    fix="Wait until it is done, or name another folder with --data.",
                ) from error
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Remove what was half done when a process was killed."""
        half_done = [path for parent in (self.snapshots, self.existing, self.plans) for path in parent.glob(f"{_NEW}*")]
        for path in (*half_done, *self.spill.iterdir()):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    @contextmanager
    def sealing(self, parent: Path) -> Iterator[Path]:
        """A fresh folder to write into; removed again unless it was sealed with `seal`."""
        self.make()
        path = Path(tempfile.mkdtemp(prefix=_NEW, dir=parent))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def seal(written: Path, final: Path, *, replace: bool = False, durably: bool = False) -> None:
    """Give a written folder its final name. What has that name already stays, unless it is to be replaced.

    `durably` waits for the disk: for what cannot be made again after a power cut. What can be is recognised as damaged
    by its hashes or sizes.
    """
    if durably:
        for file in written.iterdir():
            _flush(file)
        _flush(written)
    if replace and final.exists():
        final.rename(written.with_name(written.name + "-old"))
    if not final.exists():
        written.rename(final)
        _flush(final.parent)
    shutil.rmtree(written.with_name(written.name + "-old"), ignore_errors=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
