"""Where an answer points (RFC 9110, 15.4), and whether a read may follow. Without I/O.

A read follows within its own origin; nothing follows elsewhere, because a stranger would get our sign-in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from sis_connect.transport.diagnosis import Cause
from sis_connect.transport.queries import mended
from sis_connect.transport.retry import SAFE_METHODS

if TYPE_CHECKING:
    from sis_connect.transport.outcomes import Answer

#: Statuses that name another address for the same thing, or, 303, for what is to be read next.
FOLLOWED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where an answer points, told without the query."""

    cause: Cause
    #: Scheme, host and port; empty when it points nowhere.
    origin: str = ""


def onward(request: httpx2.Request, answer: Answer) -> httpx2.URL | None:
    """The address a read goes on to, or None when there is nothing to follow."""
    if answer.status not in FOLLOWED or request.method not in SAFE_METHODS:
        return None
    target = _target(request.url, answer)
    return target if target is not None and target.origin == request.url.origin else None


def pointer(asked: httpx2.URL, answer: Answer) -> Pointer:
    """What an administrator is told about an answer that was not followed."""
    target = _target(asked, answer)
    if target is None or target.is_relative_url or target.origin == asked.origin:
        return Pointer(Cause.REDIRECTED)
    origin = f"{target.scheme}://{target.netloc.decode('ascii')}"
    is_upgrade = (asked.scheme, target.scheme) == ("http", "https") and asked.host == target.host
    return Pointer(Cause.REDIRECTED_TO_HTTPS if is_upgrade else Cause.REDIRECTED, origin)


def _target(asked: httpx2.URL, answer: Answer) -> httpx2.URL | None:
    location = answer.headers.get("Location")
    if not location:
        return None
    try:
        target = asked.join(location)
    except (httpx2.InvalidURL, ValueError):
        return None
    if not target.is_absolute_url:
        return None
    query = target.query.decode("ascii")
    return target.copy_with(fragment=None, query=mended(query).encode("ascii") if query else None)
