"""What each status says (RFC 9110, section 15): whether the request was carried out, and why it was not. One table.

Not here: what is done about it (`diagnosis`, `retry`), and what it means that no answer came at all.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.transport.diagnosis import Cause
from sis_connect.transport.retry import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATUSES: Mapping[int, tuple[Effect, Cause]] = MappingProxyType(
    {
        # It points nowhere, and nobody asked whether something had changed.
        304: (Effect.REFUSED, Cause.REFUSED),
        400: (Effect.REFUSED, Cause.BAD_REQUEST),
        401: (Effect.UNAUTHORISED, Cause.UNAUTHORISED),
        403: (Effect.UNAUTHORISED, Cause.FORBIDDEN),
        404: (Effect.REFUSED, Cause.NOT_FOUND),
        405: (Effect.REFUSED, Cause.METHOD_NOT_ALLOWED),
        # The server says that it never got the whole request, and some proxies say so after having passed it on.
        408: (Effect.IN_DOUBT, Cause.SERVER_BUSY),
        410: (Effect.REFUSED, Cause.GONE),
        425: (Effect.NOT_DONE, Cause.SERVER_BUSY),
        429: (Effect.NOT_DONE, Cause.TOO_MANY_REQUESTS),
        # The server does not know the operation, so it did not begin with it.
        501: (Effect.REFUSED, Cause.NOT_IMPLEMENTED),
        502: (Effect.IN_DOUBT, Cause.SERVER_BUSY),
        503: (Effect.IN_DOUBT, Cause.SERVER_BUSY),
        504: (Effect.IN_DOUBT, Cause.SERVER_BUSY),
    }
)
#: For the rest, by hundreds: below 200 nothing was answered yet; beyond 499 the server failed.
_HUNDREDS: Mapping[int, tuple[Effect, Cause | None]] = MappingProxyType(
    {
        0: (Effect.IN_DOUBT, None),
        1: (Effect.IN_DOUBT, None),
        2: (Effect.DONE, None),
        3: (Effect.REDIRECTED, Cause.REDIRECTED),
        4: (Effect.REFUSED, Cause.REFUSED),
    }
)
_ANY = (Effect.IN_DOUBT, Cause.SERVER_ERROR)


def judge_status(status: int, *, has_retry_after: bool) -> Effect:
    """What became of a request that was answered with this status."""
    if status == 503 and has_retry_after:
        # A server that names a time to come back turned the request away at the door.
        return Effect.NOT_DONE
    return _row(status)[0]


def diagnose_status(status: int) -> Cause | None:
    """The cause that a status names; None for 2xx. A 3xx counts as pointing elsewhere."""
    return _row(status)[1]


def _row(status: int) -> tuple[Effect, Cause | None]:
    return _STATUSES.get(status) or _HUNDREDS.get(status // 100, _ANY)
