"""The credit limit: which calls a client may make within a window of time.

Here: the counting, over times that are handed in. Not here: the clock, or what a refused call is answered.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.settings import RateLimit

#: Credits of a call by method; all others cost `WRITE_CREDITS`.
READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
READ_CREDITS = 1
WRITE_CREDITS = 3


def credits_of(method: str) -> int:
    """What a call costs."""
    return READ_CREDITS if method in READ_METHODS else WRITE_CREDITS


class Bucket:
    """Counts credits; safe between threads."""

    def __init__(self, limit: RateLimit | None) -> None:
        """Begins with nothing spent; without a limit nothing is ever refused."""
        self._limit = limit
        self._spent: deque[tuple[float, int]] = deque()
        self._sum = 0
        self._lock = threading.Lock()
        #: Most credits ever spent within one window.
        self.peak = 0

    def spend(self, at: float, cost: int) -> float | None:
        """None when the call may be made, and then its credits are spent; else the seconds until it may be."""
        limit = self._limit
        if limit is None:
            return None
        with self._lock:
            while self._spent and _ends(limit, self._spent[0][0]) <= at:
                self._sum -= self._spent.popleft()[1]
            if self._sum + cost > limit.credits:
                return self._wait(limit, at, cost)
            self._spent.append((at, cost))
            self._sum += cost
            self.peak = max(self.peak, self._sum)
            return None

    def _wait(self, limit: RateLimit, at: float, cost: int) -> float:
        left = self._sum
        for spent_at, spent in self._spent:
            left -= spent
            if left + cost <= limit.credits:
                return _ends(limit, spent_at) - at
        return limit.window_seconds


def _ends(limit: RateLimit, spent_at: float) -> float:
    """When credits spent at this time count no longer."""
    window = limit.window_seconds
    return (spent_at // window + 1) * window if limit.fixed_windows else spent_at + window
