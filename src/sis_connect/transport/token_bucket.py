"""A steady rate with small bursts, shared by all work on one host.

`TokenBucket` holds the rule and is driven by hand with a clock's readings; `BucketLimiter` is the same rule for
threads; `HostLimiters` gives every client of a host the same one. Not here: the credits of Schoology, whose window
is exact (`transport.rate_limit`), and when a refused call is sent again (`transport.retry`).
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


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a server may be asked."""

    #: Requests a second, over time.
    per_second: float = 10.0
    #: Requests that may be sent at once after a rest.
    burst: int = 10

    def __post_init__(self) -> None:
        """ValueError when a request could never be sent."""
        if not 0 < self.per_second < math.inf or self.burst < 1:
            raise ValueError("a rate lets at least one request pass")

    def strictest(self, other: Rate) -> Rate:
        """The rate that keeps both."""
        return Rate(min(self.per_second, other.per_second), min(self.burst, other.burst))


@dataclass(slots=True)
class TokenBucket:
    """The requests that may be sent now; `now` is always a reading of one clock that never goes back, in seconds."""

    rate: Rate
    _spent: float = 0.0
    _as_of: float = field(default=-math.inf)
    _paused_until: float = -math.inf

    def delay(self, now: float) -> float:
        """Seconds until a request may be sent: 0 for now."""
        self._refill(now)
        missing = self._spent + 1 - self.rate.burst
        # A token that lacks less than rounding does is there: else the wait for it might never end.
        free_at = now + missing / self.rate.per_second if missing > 1e-9 else now
        return max(free_at, self._paused_until) - now if max(free_at, self._paused_until) > now else 0.0

    def take(self, now: float) -> None:
        """A request is sent; `delay` has just answered 0."""
        self._refill(now)
        self._spent += 1

    def pause(self, seconds: float, now: float) -> None:
        """No request is sent for so long; a shorter pause never cuts a longer one."""
        self._paused_until = max(self._paused_until, now + seconds)

    def _refill(self, now: float) -> None:
        if now > self._as_of:
            self._spent = max(0.0, self._spent - (now - self._as_of) * self.rate.per_second)
            self._as_of = now


class BucketLimiter:
    """A `TokenBucket` that threads share: each waits its turn, and everybody waits when the server asks one to."""

    def __init__(
        self,
        rate: Rate | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """The bucket is full."""
        self._bucket = TokenBucket(rate or Rate())
        self._lock = threading.Lock()
        self._clock = clock
        self._sleep = sleep

    @property
    def rate(self) -> Rate:
        """The rate in force."""
        return self._bucket.rate

    @contextmanager
    def call(self, method: str) -> Iterator[None]:  # noqa: ARG002 - every method costs the same here
        """Waits until a request may be sent."""
        while (delay := self._try_to_take()) > 0:
            self._sleep(delay)
        yield

    def pause(self, seconds: float) -> None:
        """Everybody waits for so long: the server asked for it."""
        with self._lock:
            self._bucket.pause(seconds, self._clock())

    def restrict(self, rate: Rate) -> None:
        """From now on this rate is kept too."""
        with self._lock:
            self._bucket.rate = self._bucket.rate.strictest(rate)

    def _try_to_take(self) -> float:
        """0 when a token was taken, else the seconds until one may be there."""
        with self._lock:
            now = self._clock()
            delay = self._bucket.delay(now)
            if delay <= 0:
                self._bucket.take(now)
            return delay


class HostLimiters:
    """One limiter for each host, however many clients call it; one of these is made for a whole process."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """No host is known yet."""
        self._limiters: dict[str, BucketLimiter] = {}
        self._lock = threading.Lock()
        self._clock = clock
        self._sleep = sleep

    def of(self, host: str, rate: Rate) -> BucketLimiter:
        """The limiter of a host; of several rates asked for one host, the strictest holds."""
        with self._lock:
            limiter = self._limiters.get(host.lower())
            if limiter is None:
                limiter = self._limiters[host.lower()] = BucketLimiter(rate, clock=self._clock, sleep=self._sleep)
            else:
                limiter.restrict(rate)
            return limiter
