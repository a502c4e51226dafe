"""What a provider remembers between the pages of a collection, so that the last page costs no more than the first.

For whole collections: how many records there are, and where the page before ended. For filtered, sorted and derived
ones: the records themselves, by number, in order. All of it holds for one version of the database and is forgotten at
the next. Not here: any SQL.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Hashable

    Bookmark: TypeAlias = tuple[str, int]

#: Numbers of records kept at most, 8 bytes each; a list longer than that is kept alone.
_NUMBERS_KEPT = 16_000_000
#: Bookmarks and totals kept at most.
_MARKS_KEPT = 100_000


class Orders:
    """Remembers; safe between threads."""

    def __init__(self, numbers_kept: int = _NUMBERS_KEPT) -> None:
        """Begins with nothing."""
        self._kept = numbers_kept
        self._version = -1
        self._totals: dict[Hashable, int] = {}
        self._marks: dict[Hashable, Bookmark] = {}
        self._lists: OrderedDict[Hashable, array[int]] = OrderedDict()
        self._lock = threading.Lock()

    def total(self, version: int, key: Hashable, count: Callable[[], int]) -> int:
        """How many records a collection has, counted once."""
        with self._lock:
            self._turn_to(version)
            known = self._totals.get(key)
        if known is not None:
            return known
        counted = count()
        with self._lock:
            if version == self._version:
                self._totals[key] = counted
        return counted

    def bookmark(self, version: int, key: Hashable, offset: int) -> Bookmark | None:
        """The sourcedId and number of the last record before the offset, None when nobody came by."""
        with self._lock:
            self._turn_to(version)
            return self._marks.get((key, offset))

    def set_bookmark(self, version: int, key: Hashable, offset: int, mark: Bookmark) -> None:
        """The record before the offset is known."""
        with self._lock:
            if version == self._version:
                if len(self._marks) >= _MARKS_KEPT:
                    self._marks.clear()
                self._marks[key, offset] = mark

    def numbers(self, version: int, key: Hashable, find: Callable[[], array[int]]) -> array[int]:
        """The numbers of the records of a collection in order, found once."""
        with self._lock:
            self._turn_to(version)
            known = self._lists.get(key)
            if known is not None:
                self._lists.move_to_end(key)
                return known
        found = find()
        with self._lock:
            if version == self._version:
                self._lists[key] = found
                while len(self._lists) > 1 and sum(map(len, self._lists.values())) > self._kept:
                    self._lists.popitem(last=False)
        return found

    def _turn_to(self, version: int) -> None:
        """Forgets what held for an earlier version; a reader who is behind finds nothing and changes nothing."""
        if version > self._version:
            self._version = version
            self._totals.clear()
            self._marks.clear()
            self._lists.clear()
