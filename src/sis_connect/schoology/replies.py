"""How Schoology's replies are built: lists in pages, the items of a 207, the CSV export.

A list's key must be there: an unknown sub-path answers 200 with the parent object, and a typo would look like an empty
list. Not here: what the rows mean (`records`) and which requests there are (`client`).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import MalformedReplyError
from sis_connect.schoology.records import Row, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Keys an empty list may be reduced to; anything else beside a missing list key is another object.
_LIST_FRAME = frozenset({"total", "links", "count"})
_MESSAGE_KEYS = ("message", "error", "error_message", "response_message", "errors")


@dataclass(frozen=True, slots=True)
class Item:
    """What became of one object of a bulk request."""

    #: As an HTTP status; 200 and 201 and 204 are successes.
    code: int
    #: The object's own id, where the item tells it.
    id: str
    #: Schoology's own words; may hold personal data.
    message: str = field(repr=False)
    row: Row = field(repr=False)

    @property
    def is_done(self) -> bool:
        """True when the object was written."""
        return 200 <= self.code < 300


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list."""

    rows: list[Row]
    #: How many the whole list has, where it is told.
    total: int | None


def decode(content: bytes) -> Row:
    """The object a reply holds; MalformedReplyError when it holds none."""
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedReplyError("Schoology's reply is no JSON.") from error
    if not isinstance(value, dict):
        raise MalformedReplyError("Schoology's reply is no JSON object.")
    return value


def parse_page(reply: Row, key: str) -> Page:
    """The rows under a list key; a list without rows may lack it, another object may not."""
    total = _number(text(reply, "total", "count"))
    if key in reply:
        return Page(_rows(reply[key], key), total)
    if total or not reply.keys() <= _LIST_FRAME:
        raise MalformedReplyError(f"Schoology's reply has no list “{key}”.")
    return Page([], total)


def read_pages(fetch: Callable[[int], Page]) -> Iterator[Row]:
    """Every row of a list; `fetch` gives the page that starts at an offset.

    The end is an empty page or the total, verified; a short page proves nothing. A server that ignores the offset
    sends the first page again: then that was the whole list.
    """
    start = 0
    first: Row | None = None
    while True:
        page = fetch(start)
        if not page.rows or page.rows[0] == first:
            return
        first = first or page.rows[0]
        yield from page.rows
        start += len(page.rows)
        if page.total == start:
            return


def parse_items(reply: Row, plural: str, singular: str) -> list[Item]:
    """The items of a 207, wrapped in the plural or not."""
    wrapper = reply.get(plural)
    holder = wrapper if isinstance(wrapper, dict) and singular in wrapper else reply
    if singular not in holder:
        raise MalformedReplyError(f"Schoology's reply has no items “{singular}”.")
    return [_item(row) for row in _rows(holder[singular], singular)]


def _item(row: Row) -> Item:
    code = _number(text(row, "response_code"))
    if code is None:
        raise MalformedReplyError("An item of Schoology's reply has no response_code.")
    return Item(code, text(row, "id", "uid") or _last_segment(text(row, "location")), _message(row), row)


def _last_segment(location: str) -> str:
    """The id at the end of an address: some items tell an object's id in no other way."""
    segment = location.rstrip("/").rpartition("/")[2]
    return segment if segment.isascii() and segment.isdigit() else ""


def _message(row: Row) -> str:
    for key in _MESSAGE_KEYS:
        value = row.get(key)
        if isinstance(value, list):
            value = "; ".join(str(part) for part in value)
        if isinstance(value, str) and value:
            return value
    return ""


def parse_csv(content: bytes, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The rows of a CSV export, the byte-order mark aside; MalformedReplyError when a column is missing."""
    try:
        lines = io.StringIO(content.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError as error:
        raise MalformedReplyError("Schoology's CSV export is not UTF-8.") from error
    reader = csv.DictReader(lines)
    if not set(columns) <= set(reader.fieldnames or ()):
        raise MalformedReplyError("Schoology's CSV export lacks a column that was asked for.")
    for row in reader:
        yield {column: row[column] or "" for column in columns}


def _rows(value: object, key: str) -> list[Row]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise MalformedReplyError(f"“{key}” in Schoology's reply is no list of objects.")
    return value


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() else None
