"""The way to a server, step by step: its name, the connection, TLS and the certificate. Nothing is asked of the server.

For a person who wants to know where it ends; requests go through `transport.wire`, which takes the same steps at once
and judges addresses alike. A proxy that stands in between is not asked: then the way is not walked at all.
"""

from __future__ import annotations

import socket
import ssl
import urllib.request
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import httpx2

from sis_connect.transport.addresses import ForbiddenAddressError, Reach, Zone, numeric, zone_of
from sis_connect.transport.diagnosis import Cause, diagnose_failure
from sis_connect.transport.wire import resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.transport.addresses import Address

#: Addresses of one name that are tried in turn.
_MOST_ADDRESSES = 4


class Step(StrEnum):
    """What is gone through, in order."""

    NAME = "name"
    CONNECTION = "connection"
    TLS = "TLS"


@dataclass(frozen=True, slots=True)
class Way:
    """How far the way to a server went."""

    #: The step at which it ended; None when it was walked to its end.
    ended_at: Step | None = None
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
) -> Way:
    """The way to the server of a judged URL, waiting `seconds` at most at each step; it raises nothing."""
    parts = httpx2.URL(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if _is_proxied(parts):
        return Way(is_proxied=True)
    allows = reach.allows if parts.scheme == "https" else reach.allows_in_the_open
    try:
        found = find(parts.host, port)
        allowed = [address for address in found if allows(address)][:_MOST_ADDRESSES]
        if not allowed:
            raise ForbiddenAddressError
    except OSError as error:
        return Way(Step.NAME, _cause(error, Cause.NO_SUCH_HOST))
    try:
        connection = _connect(allowed, port, seconds)
    except OSError as error:
        return Way(Step.CONNECTION, _cause(error, Cause.UNREACHABLE), len(found))
    with connection:
        if parts.scheme != "https":
            return Way(addresses=len(found))
        try:
            with (trust or httpx2.create_ssl_context()).wrap_socket(connection, server_hostname=parts.host) as wrapped:
                return Way(None, None, len(found), True, wrapped.version() or "", _end_of(wrapped))
        except (OSError, ValueError) as error:
            return Way(Step.TLS, _cause(error, Cause.NO_TLS), len(found))


def _is_proxied(url: httpx2.URL) -> bool:
    address = numeric(url.host)
    if address is not None and zone_of(address) is Zone.LOOPBACK:
        return False
    configured = urllib.request.getproxies()
    return bool(configured.get(url.scheme) or configured.get("all")) and not urllib.request.proxy_bypass(url.host)


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
