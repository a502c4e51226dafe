"""Records of a CSV file that is not plain, one by one, each with the line it begins at.

The careful way to read: exact about quotes, line ends and encodings, for files in which some record is faulty or
spans several lines. A faulty record costs itself and nothing else: an unclosed quote swallows no other row. Plain files
go straight to the columnar engine (`csv_table`). Serves RFC 4180 and the CSV binding, syntax.
"""

from __future__ import annotations

import codecs
import re
from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sis_connect.sis.hygiene import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    #: A record as RFC 4180 writes it, the number of its fields, and what was mended.
    _Canonical = tuple[bytes, int, tuple["RowRepair", ...]]

# Quantifiers are possessive, so that no input makes them look back; but not those over fields, of which Python before
# 3.11.5 loses its place when one does not match (gh-106052). A line is made of fields in one way only, so looking back
# costs no more than a step a field.
_PLAIN = rb'[^",\n]*+'
_INNER = rb'[^"]*+(?:""[^"]*+)*+'
_QUOTED = rb' *+"' + _INNER + rb'" *+'
#: Text with double quotes that are not its first character is read as it stands.
_LOOSE = rb' *+(?:[^ ",][^,]*+)?+'
_FIELD = rb"(?:" + _QUOTED + rb"|" + _LOOSE + rb")(?=,|\Z)"
_MORE = rb"(?:," + _FIELD + rb")*"

_CANONICAL = re.compile(rb'(?:"%b"|%b)(?:,(?:"%b"|%b))*' % (_INNER, _PLAIN, _INNER, _PLAIN))
_COMPLETE = re.compile(_FIELD + _MORE)
_OPEN = re.compile(rb'(?:%b,)* *+"%b' % (_FIELD, _INNER))
_STAYS_OPEN = re.compile(_INNER)
_CLOSES = re.compile(_INNER + rb'" *+' + _MORE)
_REOPENS = re.compile(_INNER + rb'" *+' + _MORE + rb', *+"' + _INNER)
_UTF_8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_UNDEFINED_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_NEXT_FIELD = re.compile(rb'(?: *+"(%b)" *+(?=,|\Z)|(%b))(,?)' % (_INNER, _LOOSE))


class RowFault(StrEnum):
    """How a record may be broken; the value is the finding's code."""

    WRONG_NUMBER_OF_COLUMNS = "row.wrong_number_of_columns"
    BAD_QUOTE = "row.bad_quote"
    UNCLOSED_QUOTE = "row.unclosed_quote"
    BAD_ENCODING = "row.bad_encoding"


class RowRepair(StrEnum):
    """How a record may differ from RFC 4180 and still be read; the value is the finding's code."""

    STRAY_QUOTE = "row.stray_quote"
    BLANKS_AROUND_QUOTES = "row.blanks_around_quotes"
    BLANK_FIELDS_AT_END = "row.blank_fields_at_end"


class Record(NamedTuple):
    """One record, readable or not."""

    #: Where it begins, as an editor counts, the first line being 1.
    line: int
    #: Its bytes, safe for any reader of RFC 4180, without line end; empty when it is faulty.
    raw: bytes
    fault: RowFault | RowRepair | None = None
    #: Lines inside its quotes that would be records by themselves.
    swallowed: int = 0
    #: What was mended; a fault in strict mode, so that it is empty there.
    repairs: tuple[RowRepair, ...] = ()


class CarefulReader:
    """Reads one file; the header first, then its records, each once."""

    def __init__(self, path: Path, longest: int, *, encoding: str = "utf-8", strict: bool = False) -> None:
        """Records of more than `longest` bytes count as unclosed; `encoding` is utf-8 or cp1252.

        What is a repair otherwise is a fault in strict mode.
        """
        self._lines = _Lines(path, encoding)
        self._longest = longest
        self._is_strict = strict
        #: Lines without content that stood between records so far.
        self.blank_lines = 0
        #: Line ends inside quoted fields so far.
        self.inner_line_ends = 0

    @property
    def line(self) -> int:
        """Of the line read last."""
        return self._lines.number

    def header(self) -> list[str]:
        """The fields of the first line that has content; empty when there is none."""
        for line in self._lines:
            if line.strip():
                fields = _fields(line) if _COMPLETE.fullmatch(line) else line.split(b",")
                return [field.decode(errors="replace").replace('""', '"') for field in fields]
            self.blank_lines += 1
        return []

    def records(self, width: int) -> Iterator[Record]:
        """The records after the header, which must have `width` fields."""
        for line in self._lines:
            if b'"' in line:
                yield self._quoted_record(line, self._lines.number, width)
            elif line.strip():
                yield self._judged((line, line.count(b",") + 1, ()), self._lines.number, width)
            else:
                self.blank_lines += 1

    def _quoted_record(self, line: bytes, number: int, width: int) -> Record:
        if _CANONICAL.fullmatch(line) or _COMPLETE.fullmatch(line):
            return self._judged(_canonical(line), number, width)
        if not _OPEN.fullmatch(line):
            return Record(number, b"", RowFault.BAD_QUOTE)
        parts = [line]
        swallowed = 0
        length = len(line)
        for part in self._lines:
            parts.append(part)
            length += len(part) + 1
            if length > self._longest:
                break
            if _STAYS_OPEN.fullmatch(part) or _REOPENS.fullmatch(part):
                swallowed += _COMPLETE.fullmatch(part) is not None and len(list(_fields(part))) == width
                continue
            if not _CLOSES.fullmatch(part):
                break
            self.inner_line_ends += len(parts) - 1
            return self._judged(_canonical(b"\n".join(parts)), number, width, swallowed=swallowed)
        # Only the first line is to blame; the others may be records of their own.
        self._lines.push_back(parts[1:])
        return Record(number, b"", RowFault.UNCLOSED_QUOTE)

    def _judged(self, canonical: _Canonical, number: int, width: int, *, swallowed: int = 0) -> Record:
        """A record whose quotes are in order."""
        raw, fields, repairs = canonical
        if fields > width and raw.endswith((b",", b',""')):
            # As spreadsheets leave them.
            repairs = (*repairs, RowRepair.BLANK_FIELDS_AT_END)
            while fields > width and raw.endswith((b",", b',""')):
                raw = raw.removesuffix(b'""')[:-1]
                fields -= 1
        if fields != width:
            return Record(number, b"", RowFault.WRONG_NUMBER_OF_COLUMNS)
        if not _is_utf_8(raw):
            return Record(number, b"", RowFault.BAD_ENCODING)
        if repairs and self._is_strict:
            return Record(number, b"", repairs[0])
        return Record(number, raw, swallowed=swallowed, repairs=repairs)


def has_sound_quotes(path: Path, suspects: Collection[int]) -> bool:
    """True when the double quotes of all suspicious lines stand as RFC 4180 wants them; every record must be a line.

    Suspicious are the lines in `suspects`, the first being 1, and those with a blank beside a double quote.
    """
    for number, line in enumerate(_Lines(path, "utf-8"), start=1):
        is_suspect = number in suspects or b' "' in line or b'" ' in line
        if is_suspect and not _CANONICAL.fullmatch(line):
            return False
    return True


def is_windows_1252(path: Path) -> bool:
    """True when a file that is not UTF-8 can only be Windows-1252: nothing in it could be UTF-8 but ASCII."""
    is_ascii = True
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if not chunk.isascii():
                is_ascii = False
                if _UTF_8_SEQUENCE.search(tail + chunk) or _UNDEFINED_IN_1252.search(chunk):
                    return False
            tail = chunk[-3:]
    return not is_ascii


class _Lines:
    """Lines of a file without line ends, in UTF-8 and without byte-order mark; LF, CRLF and CR all end a line."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._fresh = _iter_lines(path, encoding)
        self._again: deque[bytes] = deque()
        #: Of the line given last.
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = self._again.popleft() if self._again else next(self._fresh)
        self.number += 1
        return line

    def push_back(self, lines: list[bytes]) -> None:
        """The lines, given last in this order, are given again."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)


def _iter_lines(path: Path, encoding: str) -> Iterator[bytes]:
    tail = b""
    with path.open("rb") as file:
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            if chunk.endswith(b"\r"):
                chunk += file.read(1)
            if b"\r" in chunk:
                chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if encoding != "utf-8":
                chunk = chunk.decode(encoding).encode()
            lines = (tail + chunk).split(b"\n")
            tail = lines.pop()
            yield from lines
    if tail:
        yield tail


def _canonical(raw: bytes) -> _Canonical:
    """A record as RFC 4180 writes it."""
    if _CANONICAL.fullmatch(raw):
        # What stands between every other pair of quotes is outside of them.
        return raw, b"".join(raw.split(b'"')[::2]).count(b",") + 1, ()
    fields = list(_matches(raw))
    repairs = (repair for repair in (_repair_of(field) for field in fields) if repair)
    return b",".join(b'"%b"' % _content(field) for field in fields), len(fields), tuple(dict.fromkeys(repairs))


def _matches(raw: bytes) -> Iterator[re.Match[bytes]]:
    """The fields of a record whose quotes are in order, as `_NEXT_FIELD` matches them."""
    at = 0
    has_more = True
    while has_more and (match := _NEXT_FIELD.match(raw, at)):
        yield match
        at = match.end()
        has_more = bool(match[3])


def _content(field: re.Match[bytes]) -> bytes:
    """What stands in a field, with inner double quotes doubled."""
    quoted, loose, _ = field.groups()
    return loose.replace(b'"', b'""') if quoted is None else quoted


def _fields(raw: bytes) -> Iterator[bytes]:
    return map(_content, _matches(raw))


def _repair_of(field: re.Match[bytes]) -> RowRepair | None:
    quoted, loose, comma = field.groups()
    if quoted is None:
        return RowRepair.STRAY_QUOTE if b'"' in loose else None
    is_bare = len(field[0]) == len(quoted) + len(b'""') + len(comma)
    return None if is_bare else RowRepair.BLANKS_AROUND_QUOTES


def _is_utf_8(raw: bytes) -> bool:
    if raw.isascii():
        return True
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
