"""What was received so far of each listing, on disk, so that an interrupted pull goes on at the page where it was.

A listing has two files to which lines are only ever added: rows, and states that say how many bytes of rows count. Rows
are written first, then a state; the last whole state holds. Whatever dies between or within two writes, that state
describes rows that are there. After a power cut they may not be; their checksum tells, and the listing begins anew.
Not here: what a place means (`paging`).
"""

from __future__ import annotations

import os
import shutil
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

from sis_connect.sis.rest.paging.dialect import Dialect
from sis_connect.sis.rest.paging.place import Place

if TYPE_CHECKING:
    from pathlib import Path

#: Raised when parts of an older version cannot be gone on with.
FORMAT = 2
_T = TypeVar("_T")

_PULL = "pull.json"
_BLOCK = 1 << 20


class PullState(msgspec.Struct, frozen=True):
    """What a folder of parts belongs to."""

    format: int
    #: Names the service and how it is read.
    fingerprint: str
    #: Seconds since 1970.
    began_at: float


class PartState(msgspec.Struct, frozen=True):
    """How far one listing is."""

    place: Place
    dialect: Dialect
    #: Bytes of rows that count, and their CRC-32.
    size: int = 0
    checksum: int = 0
    #: Rows among them.
    rows: int = 0
    is_complete: bool = False
    #: Names of metadata columns met.
    metadata: tuple[str, ...] = ()
    #: When the first page was answered, by the provider's clock.
    began: datetime | None = None
    #: What was noticed, as code, property and number.
    noticed: tuple[tuple[str, str, int], ...] = ()


def open_parts(folder: Path, fingerprint: str, *, now: float, seconds: float) -> None:
    """The folder holds parts of this pull that are not older than so many seconds, or nothing.

    `now` is in seconds since 1970.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    state = _read(folder / _PULL, PullState)
    if (
        state is None
        or (state.format, state.fingerprint) != (FORMAT, fingerprint)
        or not 0 <= now - state.began_at <= seconds
    ):
        clear_parts(folder)
        _replace(folder / _PULL, msgspec.json.encode(PullState(FORMAT, fingerprint, now)))


def clear_parts(folder: Path) -> None:
    """Nothing is left in the folder."""
    # First what makes the rest count.
    (folder / _PULL).unlink(missing_ok=True)
    for child in folder.iterdir():
        shutil.rmtree(child) if child.is_dir() else child.unlink()


class Part:
    """The files of one listing."""

    def __init__(self, folder: Path, name: str) -> None:
        """The files `name` in the folder; nothing is read yet."""
        self.path = folder / f"{name}.ndjson"
        self._states_path = folder / f"{name}.states"
        self._size = 0
        self._checksum = 0
        self._file = -1

    def open(self) -> PartState | None:
        """What was kept, ready to be added to; None, and no rows, when there is nothing to go on with."""
        state = self._last_state()
        if state is None or not self._holds(state):
            self.restart()
            return None
        os.truncate(self.path, state.size)
        # What a dying process wrote half of is gone.
        _replace(self._states_path, msgspec.json.encode(state) + b"\n")
        self._size, self._checksum = state.size, state.checksum
        return state

    def restart(self) -> None:
        """No rows are kept."""
        self.close()
        self._states_path.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)
        self._size = self._checksum = 0

    def add(self, lines: bytes | memoryview) -> None:
        """These rows follow; they count once the state is written."""
        rest = memoryview(lines)
        while rest:
            written = os.write(self._opened(), rest)
            self._checksum = zlib.crc32(rest[:written], self._checksum)
            self._size += written
            rest = rest[written:]

    def write(self, state: PartState) -> None:
        """The state counts, with all rows added so far."""
        self._opened()
        state = msgspec.structs.replace(state, size=self._size, checksum=self._checksum)
        with self._states_path.open("ab", buffering=0) as file:
            file.write(msgspec.json.encode(state) + b"\n")

    def close(self) -> None:
        """No file is held open until rows are added again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _opened(self) -> int:
        if self._file < 0:
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return self._file

    def _last_state(self) -> PartState | None:
        """The last whole one."""
        try:
            with self._states_path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _BLOCK))
                lines = file.read().split(b"\n")[:-1]
        except OSError:
            return None
        return next(filter(None, (_decode(line, PartState) for line in reversed(lines))), None)

    def _holds(self, state: PartState) -> bool:
        """True when the rows of the state are there, byte for byte."""
        checksum = 0
        left = state.size
        if not self.path.exists():
            return False
        with self.path.open("rb") as file:
            while left and (block := file.read(min(left, _BLOCK))):
                checksum = zlib.crc32(block, checksum)
                left -= len(block)
        return left == 0 and checksum == state.checksum


def _replace(path: Path, content: bytes) -> None:
    """The file holds this content, or still the old one, never half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(path)


def _read(path: Path, kind: type[_T]) -> _T | None:
    try:
        return _decode(path.read_bytes(), kind)
    except OSError:
        return None


def _decode(content: bytes, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError:
        return None
