"""How Schoology's lists of grades are built: rows under one key or two, in pages, read to their proven end.

Looser than the lists of rosters (`replies`): a list of one may be the object itself, an empty one may be null or gone,
and the calculated grades stand beside the rows. Not here: what the rows mean (`grade_records`), requests (`gradebook`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.errors import MalformedReplyError
from sis_connect.schoology.records import Row, text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

#: What may stand beside a list, and alone where the list is empty; anything else is another object.
_FRAME = frozenset({"total", "count", "links", "period", "final_grade"})


class NoSuchListError(MalformedReplyError):
    """The reply is another object: an unknown path below a section answers 200 with the section itself."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a list."""

    rows: list[Row]
    #: How many the whole list has, where it is told.
    total: int | None = None
    #: True where the reply has links and none to a next page, False where it has that too; None where it has none.
    is_last: bool | None = None

    @property
    def tells_of_more(self) -> bool:
        """True when the reply says that the list goes on."""
        return self.is_last is False or (self.total or 0) > len(self.rows)


def parse_stretch(reply: Row, key: str, inner: str = "") -> Stretch:
    """The rows under `key`, or under `inner` below it; NoSuchListError when the reply is something else."""
    total_text = text(reply, "total", "count")
    total = int(total_text) if total_text.isascii() and total_text.isdigit() else None
    if key in reply:
        held = reply[key]
        rows = rows_of(held[inner] if inner and isinstance(held, dict) and inner in held else held)
    elif total or not reply.keys() <= _FRAME:
        raise NoSuchListError(f"Schoology's reply has no list “{key}”.")
    else:
        rows = []
    return Stretch(rows, total, _is_last(reply.get("links")))


def rows_of(value: object) -> list[Row]:
    """The objects of a list, however it was written: a list, one object, objects by number, or nothing."""
    if not value:
        return []
    if isinstance(value, dict):
        value = list(value.values()) if all(str(key).isdigit() for key in value) else [value]
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise MalformedReplyError("A list in Schoology's reply holds something else than objects.")
    return value


def read_distinct(
    fetch: Callable[[int], Stretch], identify: Callable[[Row], Hashable], step: Callable[[list[Row]], int] = len
) -> list[Row]:
    """Every row of a list once, as it was read last; `fetch` gives the stretch that starts at an offset.

    The end is where nothing new comes, where the total is reached, or where links name no next page; a short page
    proves nothing. `step`: by how much a page moves the offset on.
    """
    found: dict[Hashable, Row] = {}
    start = 0
    while True:
        stretch = fetch(start)
        before = len(found)
        found.update((identify(row), row) for row in stretch.rows)
        if len(found) == before or stretch.is_last or len(found) == stretch.total:
            return list(found.values())
        start += step(stretch.rows)


def _is_last(links: object) -> bool | None:
    if not isinstance(links, dict) or "self" not in links:
        return None
    return not links.get("next")
