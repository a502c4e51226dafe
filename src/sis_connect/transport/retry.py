"""After a failure: was the request carried out, and is it sent again? Without I/O.

Three things may be known about a request that did not succeed: nothing was done (send it again), it was refused
(sending it again is of no use), or nobody can tell (a read is sent again; a write is looked for first). Not here:
the sending (`transport.client`) and the credits (`transport.rate_limit`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

import httpx2

from sis_connect.transport.http_dates import parse_http_date

if TYPE_CHECKING:
    from collections.abc import Callable

#: Methods that may be sent twice because they change nothing.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Effect(Enum):
    """What an answer, or its absence, means."""

    #: The request was carried out.
    DONE = auto()
    #: Nothing was done; the same request may succeed later.
    NOT_DONE = auto()
    #: Nobody can tell whether it was carried out.
    IN_DOUBT = auto()
    #: Nothing was done: the credentials or their rights do not suffice.
    UNAUTHORISED = auto()
    #: Nothing was done: the request itself is wrong.
    REFUSED = auto()
    #: The answer points elsewhere; nothing was done, unless it is the 303 that may follow a write.
    REDIRECTED = auto()


#: Nothing left this machine.
_NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.LocalProtocolError,
    httpx2.UnsupportedProtocol,
)


def judge_failure(error: httpx2.TransportError | httpx2.DecodingError) -> Effect:
    """What it means that no answer came."""
    return Effect.NOT_DONE if isinstance(error, _NEVER_SENT) else Effect.IN_DOUBT


def parse_retry_after(value: str | None, *, now: float) -> float | None:
    """Seconds a server asks us to wait, given as a number or as a date (RFC 9110, 10.2.3); None when it does not.

    `now` is in seconds since 1970.
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        date = parse_http_date(value)
        if date is None:
            return None
        seconds = date.timestamp() - now
    return max(0.0, seconds) if math.isfinite(seconds) else None


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before the next attempt: twice as long each time, and never two clients in step."""

    #: How often a request is sent in all.
    attempts: int = 6
    #: Seconds before the second attempt.
    first: float = 0.5
    #: Seconds no wait exceeds, unless the server asks for more.
    longest: float = 30.0
    #: Seconds up to which a server's wish is granted; beyond it the request is given up.
    patience: float = 300.0

    def seconds(self, attempt: int, random: Callable[[], float]) -> float:
        """The wait after the attempt of this number, the first being 1; `random` is at least 0 and below 1."""
        whole = min(self.longest, self.first * 2.0 ** (attempt - 1))
        return whole / 2 + random() * whole / 2
