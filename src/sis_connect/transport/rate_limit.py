"""Credits: how many calls a server allows in a stretch of time, kept without ever asking for one too many.

`CreditWindow` holds the rule and is driven by hand with a clock's readings; `CreditLimiter` is the same rule for
threads, with clock and sleep given to it. Not here: when a refused call is sent again (`transport.retry`).

pyrate-limiter and its kind count a call at the moment it is sent. The server counts it when it arrives, so a call that
was slow on its way may fall into a later window than ours and overrun it. Here a call's credits are taken
from the moment it is sent until a whole window after its answer came: the server saw it somewhere in between.
"""

from __future__ import annotations

import math
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Methods that only read.
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class CreditLimit:
    """What a server allows; the defaults are those PowerSchool publishes for Schoology's API."""

    credits: int = 50
    #: Length of the window.
    seconds: float = 5.0
    #: Credits of a GET, HEAD or OPTIONS.
    read_cost: int = 1
    #: Credits of any other method.
    write_cost: int = 3
    #: Seconds added to every window, because two clocks never run at quite the same speed.
    margin: float = 0.002

    def __post_init__(self) -> None:
        """ValueError when a call could never be sent."""
        if self.seconds <= 0 or self.margin < 0:
            raise ValueError("a window of credits has a length")
        if not 0 < self.read_cost <= self.credits or not 0 < self.write_cost <= self.credits:
            raise ValueError("a call costs at least one credit, and no more than there are")

    def cost(self, method: str) -> int:
        """Credits of one call."""
        return self.read_cost if method.upper() in READING_METHODS else self.write_cost


@dataclass(slots=True, eq=False)
class Call:
    """One call that takes credits."""

    cost: int
    #: When its credits are free again; infinite while it is under way.
    free_at: float = math.inf


@dataclass(slots=True)
class CreditWindow:
    """The credits taken now; `now` is always a reading of one clock that never goes back, in seconds."""

    limit: CreditLimit
    _calls: list[Call] = field(default_factory=list)
    _paused_until: float = -math.inf

    def delay(self, cost: int, now: float) -> float:
        """Seconds until a call of this cost may be sent: 0 for now, infinite for not before another is answered."""
        self._calls = [call for call in self._calls if call.free_at > now]
        excess = sum(call.cost for call in self._calls) + cost - self.limit.credits
        free_at = now
        for call in sorted(self._calls, key=lambda call: call.free_at):
            if excess <= 0:
                break
            excess -= call.cost
            free_at = call.free_at
        return max(free_at, self._paused_until) - now if max(free_at, self._paused_until) > now else 0.0

    def start(self, cost: int) -> Call:
        """The call that takes the credits; `delay` has just answered 0."""
        call = Call(cost)
        self._calls.append(call)
        return call

    def finish(self, call: Call, now: float) -> None:
        """The call was answered, or given up, and keeps its credits for one more window."""
        call.free_at = now + self.limit.seconds + self.limit.margin

    def pause(self, seconds: float, now: float) -> None:
        """No call is sent for so long; a shorter pause never cuts a longer one."""
        self._paused_until = max(self._paused_until, now + seconds)


class CreditLimiter:
    """A `CreditWindow` that threads share: each waits its turn."""

    def __init__(
        self,
        limit: CreditLimit | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is taken yet."""
        self.limit = limit or CreditLimit()
        self._window = CreditWindow(self.limit)
        self._answered = threading.Condition()
        self._clock = clock
        self._sleep = sleep

    @contextmanager
    def call(self, method: str) -> Iterator[None]:
        """Waits until a call of this method may be sent; the block ends when its answer has begun to come."""
        call = self._start(self.limit.cost(method))
        try:
            yield
        finally:
            with self._answered:
                self._window.finish(call, self._clock())
                self._answered.notify_all()

    def pause(self, seconds: float) -> None:
        """Everybody waits for so long: the server asked for it."""
        with self._answered:
            self._window.pause(seconds, self._clock())

    def _start(self, cost: int) -> Call:
        while True:
            with self._answered:
                delay = self._window.delay(cost, self._clock())
                if delay <= 0:
                    return self._window.start(cost)
                if math.isinf(delay):
                    self._answered.wait()
                    continue
            self._sleep(delay)
