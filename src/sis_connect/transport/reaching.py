"""The way to a server, step by step: its name, the connection, TLS and the certificate. Nothing is asked of the server.

For a person who wants to know where it ends; requests go through `transport.wire`, which takes the same steps at once
and judges addresses alike. A proxy that stands in between is not asked: then the way is not walked at all.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import httpx2

from sis_connect.transport.diagnosis import Cause, diagnose_failure
from sis_connect.transport.wire import allowed, bypasses_proxy, proxies, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.transport.addresses import Address, Reach


class Leg(StrEnum):
    """What is gone through, in order."""

    NAME = "name"
    CONNECTION = "connection"
    TLS = "TLS"


@dataclass(frozen=True, slots=True)
class Route:
    """How far the way to a server went."""

    #: The step at which it ended; None when it was walked to its end.
    ended_at: Leg | None = None
    #: Why it ended there.
    cause: Cause | None = None
    #: How many addresses the name has.
    addresses: int = 0
    is_encrypted: bool = False
    #: As TLS calls it, for example `TLSv1.3`; "" without TLS.
    tls_version: str = ""
    #: Seconds since 1970 at which the certificate ends; None without TLS.
    expires_at: float | None = None
    #: True when a proxy stands in between, and nothing else is known.
    is_proxied: bool = False


def walk(
    url: str,
    reach: Reach,
    *,
    seconds: float = 10.0,
    trust: ssl.SSLContext | None = None,
    find: Callable[[str, int], list[Address]] = resolve,
) -> Route:
    """The way to the server of a judged URL, waiting `seconds` at most at each step; it raises nothing."""
    parts = httpx2.URL(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme in proxies() and not bypasses_proxy(parts.host):
        return Route(is_proxied=True)
    allows = reach.allows if parts.scheme == "https" else reach.allows_in_the_open
    try:
        found = find(parts.host, port)
        tried = allowed(found, allows)
    except OSError as error:
        return Route(Leg.NAME, _cause(error, Cause.NO_SUCH_HOST))
    try:
        connection = _connect(tried, port, seconds)
    except OSError as error:
        return Route(Leg.CONNECTION, _cause(error, Cause.UNREACHABLE), len(found))
    with connection:
        if parts.scheme != "https":
            return Route(addresses=len(found))
        try:
            with (trust or httpx2.create_ssl_context()).wrap_socket(connection, server_hostname=parts.host) as wrapped:
                return Route(None, None, len(found), True, wrapped.version() or "", _end_of(wrapped))
        except (OSError, ValueError) as error:
            return Route(Leg.TLS, _cause(error, Cause.NO_TLS), len(found))


def _connect(addresses: list[Address], port: int, seconds: float) -> socket.socket:
    """A connection to the first address that takes one; OSError of the last when none does."""
    failure: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((str(address), port), timeout=seconds)
        except OSError as error:
            failure = error
    raise failure or OSError("no address")


def _cause(error: Exception, otherwise: Cause) -> Cause:
    if isinstance(error, TimeoutError):
        return Cause.CONNECT_TIMEOUT
    found = diagnose_failure(error)
    return otherwise if found is Cause.REPLY_BROKEN else found


def _end_of(wrapped: ssl.SSLSocket) -> float | None:
    certificate = wrapped.getpeercert() or {}
    end = certificate.get("notAfter")
    return ssl.cert_time_to_seconds(end) if isinstance(end, str) else None
