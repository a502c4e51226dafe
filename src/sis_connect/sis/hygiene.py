"""A look at the bytes of a file before anything reads it as CSV: one pass in bounded memory.

Refuses what can never be roster text, and gathers what decides how the file is read: its hash, its lines, its line
ends, its commas and double quotes, and its byte-order mark. Nothing is decoded here; that is the reader's work.
"""

from __future__ import annotations

import codecs
import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.sis.csv_rules import refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sis_connect.sis.limits import PackageLimits

CHUNK_BYTES = 1 << 20

#: UTF-32 before UTF-16: one begins as the other.
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one pass over the bytes told."""

    #: Of the bytes as they are, in hexadecimal.
    sha256: str
    #: Lines up to the last one that is not empty, as an editor counts them.
    lines: int
    #: Line ends of each kind, wherever they stand.
    crlf: int
    lf: int
    cr: int
    has_byte_order_mark: bool
    is_utf_8: bool
    #: Wherever they stand.
    commas: int
    has_quotes: bool
    #: True when a blank stands before or after a double quote.
    has_quotes_beside_blanks: bool

    @property
    def has_plain_line_ends(self) -> bool:
        """True when all line ends are alike, in LF or in CRLF."""
        return self.cr == 0 and 0 in (self.crlf, self.lf)

    @property
    def is_plain(self) -> bool:
        """True when nothing stands against reading the file in one go."""
        return self.is_utf_8 and self.has_plain_line_ends


def inspect(path: Path, name: str, limits: PackageLimits, advance: Callable[[int], None]) -> FileFacts:
    """The facts of a file; `advance` is told the bytes read.

    Raises PackageRefusedError for NUL bytes, UTF-16, UTF-32 and lines over the limit.
    """
    digest = hashlib.sha256()
    counter = _LineCounter(name, limits.line_bytes)
    encoding = _EncodingCheck()
    punctuation = _Punctuation()
    has_mark: bool | None = None
    # Hashing lets go of the interpreter: a second thread hashes one chunk while this one reads and looks at the next.
    with path.open("rb", buffering=0) as file, ThreadPoolExecutor(1) as hasher:
        hashed: Future[None] | None = None
        # A chunk is never longer than a line may be, so only lines that cross its edges need measuring.
        while chunk := file.read(min(CHUNK_BYTES, limits.line_bytes)):
            if has_mark is None:
                has_mark = _byte_order_mark(chunk, name)
            counter.count(chunk)
            encoding.feed(chunk)
            punctuation.feed(chunk)
            advance(len(chunk))
            if hashed is not None:
                hashed.result()
            hashed = hasher.submit(digest.update, chunk)
    return FileFacts(
        sha256=digest.hexdigest(),
        lines=counter.lines,
        crlf=counter.pairs,
        lf=counter.line_feeds - counter.pairs,
        cr=counter.returns - counter.pairs,
        has_byte_order_mark=bool(has_mark),
        is_utf_8=encoding.is_utf_8_to_the_end(),
        commas=punctuation.commas,
        has_quotes=punctuation.has_quotes,
        has_quotes_beside_blanks=punctuation.has_quotes_beside_blanks,
    )


def _byte_order_mark(start: bytes, name: str) -> bool:
    if start.startswith(_WIDE_MARKS):
        raise refusal("file.utf_16", where=name)
    return start.startswith(codecs.BOM_UTF8)


class _EncodingCheck:
    """Whether chunks are UTF-8; those in ASCII, which most are, cost nothing."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_utf_8 = True

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        has_begun, _ = self._decoder.getstate()
        if not self._is_utf_8 or (chunk.isascii() and not has_begun):
            return
        try:
            self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            self._is_utf_8 = False

    def is_utf_8_to_the_end(self) -> bool:
        self.feed(b"", final=True)
        return self._is_utf_8


class _Punctuation:
    """Commas are counted; double quotes, and blanks beside them, are looked for until one is found."""

    def __init__(self) -> None:
        self.commas = 0
        self.has_quotes = self.has_quotes_beside_blanks = False
        self._last = b""

    def feed(self, chunk: bytes) -> None:
        self.commas += chunk.count(b",")
        self.has_quotes = self.has_quotes or b'"' in chunk
        if self.has_quotes and not self.has_quotes_beside_blanks:
            across = self._last + chunk[:1]
            places = (across, chunk)
            self.has_quotes_beside_blanks = any(pair in place for pair in (b' "', b'" ') for place in places)
        self._last = chunk[-1:]


class _LineCounter:
    """Counts line ends chunk by chunk, and refuses what no line of text may hold."""

    def __init__(self, name: str, longest: int) -> None:
        self._name = name
        self._longest = longest
        self.line_feeds = 0
        self.returns = 0
        self.pairs = 0
        self._ends_in_return = False
        #: Bytes since the last line end.
        self._length = 0
        #: Lines up to the last byte that ends no line.
        self.lines = 0

    @property
    def _ends(self) -> int:
        return self.line_feeds + self.returns - self.pairs

    def count(self, chunk: bytes) -> None:
        if b"\0" in chunk:
            line = self._ends + _ends_in(chunk[: chunk.index(b"\0")]) + 1
            raise refusal("file.nul_byte", where=f"{self._name}, line {line}")
        # Finding none is much faster than counting none, and is done once.
        has_returns = b"\r" in chunk
        self._measure(chunk, b"\n\r" if has_returns else b"\n")
        self.line_feeds += chunk.count(b"\n")
        if has_returns:
            self.returns += chunk.count(b"\r")
            self.pairs += chunk.count(b"\r\n")
        if self._ends_in_return and chunk.startswith(b"\n"):
            self.pairs += 1
        self._ends_in_return = chunk.endswith(b"\r")
        text = len(chunk.rstrip(b"\r\n"))
        if text:
            self.lines = self._ends - _ends_in(chunk[text:]) + 1

    def _measure(self, chunk: bytes, line_ends: bytes) -> None:
        ends = [at for at in map(chunk.find, line_ends) if at >= 0]
        if self._length + min(ends, default=len(chunk)) > self._longest:
            raise refusal("file.line_too_long", where=f"{self._name}, line {self._ends + 1}")
        if ends:
            last = max(map(chunk.rfind, line_ends))
            self._length = len(chunk) - last - 1
        else:
            self._length += len(chunk)


def _ends_in(piece: bytes) -> int:
    return piece.count(b"\n") + piece.count(b"\r") - piece.count(b"\r\n")
