"""What carries requests over the network: judged addresses, a time limit for every answer, and the machine's proxy.

A name is resolved, judged and connected to in one go: the address that was judged is the address that is called, so a
name that changes its meaning in between (DNS rebinding) gains nothing. Certificates are checked against the name.
Through a proxy the proxy resolves; then only numbers in the address itself are judged, when it is typed. No proxy
stands between a machine and itself. Not here: what may be called (`transport.addresses`), sign-in and retries
(`transport.client`).
"""

from __future__ import annotations

import ipaddress
import socket
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

from sis_connect.transport.addresses import Address, ForbiddenAddressError, Reach, Zone, numeric, zone_of

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator

#: Addresses of one name that are tried in turn.
_MOST_ADDRESSES = 4
#: Servers close idle connections after about five seconds; a write that meets such a closing is in doubt.
_IDLE_SECONDS = 2.0
_EXCEPTIONS: dict[type[Exception], type[httpx2.TransportError]] = {
    httpcore2.TimeoutException: httpx2.TimeoutException,
    httpcore2.ConnectTimeout: httpx2.ConnectTimeout,
    httpcore2.ReadTimeout: httpx2.ReadTimeout,
    httpcore2.WriteTimeout: httpx2.WriteTimeout,
    httpcore2.PoolTimeout: httpx2.PoolTimeout,
    httpcore2.NetworkError: httpx2.NetworkError,
    httpcore2.ConnectError: httpx2.ConnectError,
    httpcore2.ReadError: httpx2.ReadError,
    httpcore2.WriteError: httpx2.WriteError,
    httpcore2.ProxyError: httpx2.ProxyError,
    httpcore2.UnsupportedProtocol: httpx2.UnsupportedProtocol,
    httpcore2.ProtocolError: httpx2.ProtocolError,
    httpcore2.LocalProtocolError: httpx2.LocalProtocolError,
    httpcore2.RemoteProtocolError: httpx2.RemoteProtocolError,
}


def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a name, in the order the machine prefers; OSError (`gaierror`) when there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(place[4][0]) for place in found))


def allowed(found: list[Address], allows: Callable[[Address], bool]) -> list[Address]:
    """Those of a name's addresses that are tried, in turn; ForbiddenAddressError when none may be called."""
    addresses = [address for address in found if allows(address)]
    if not addresses:
        raise ForbiddenAddressError
    return addresses[:_MOST_ADDRESSES]


def proxies() -> dict[str, str]:
    """The proxies that this machine is set up for, by the scheme they are for."""
    configured = urllib.request.getproxies()
    found = {scheme: configured.get(scheme) or configured.get("all") for scheme in ("http", "https")}
    return {scheme: address for scheme, address in found.items() if address}


def bypasses_proxy(host: str) -> bool:
    """True for this machine itself, and for hosts that it is set up to call directly."""
    address = numeric(host)
    is_here = address is not None and zone_of(address) is Zone.LOOPBACK
    return is_here or bool(urllib.request.proxy_bypass(host))


@dataclass(frozen=True, slots=True)
class WireSettings:
    """What a wire needs to know."""

    #: What may be called; None for anything.
    reach: Reach | None = None
    #: Connections open at once.
    most_connections: int = 16
    #: Seconds from the end of a request to the end of its answer.
    reply_seconds: float = 600.0
    #: Whether a proxy that the machine is set up for stands in between.
    uses_proxy: bool = True
    steady_clock: Callable[[], float] = time.monotonic
    resolve: Callable[[str, int], list[Address]] = resolve
    #: None for the certificates this machine trusts.
    trust: ssl.SSLContext | None = None


class Wire(httpx2.BaseTransport):
    """Connections to servers, kept open for a while; safe to share between threads."""

    def __init__(self, settings: WireSettings) -> None:
        """Nothing is connected yet."""
        self._settings = settings
        self._trust = settings.trust or httpx2.create_ssl_context()
        reach = settings.reach
        self._direct = {
            "https": self._pool(httpcore2.ConnectionPool, reach.allows if reach else None),
            "http": self._pool(httpcore2.ConnectionPool, reach.allows_in_the_open if reach else None),
        }
        self._proxied = dict(self._proxies()) if settings.uses_proxy else {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, its body still to be read."""
        with _translated():
            answer = self._pool_for(request.url).handle_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """All connections are closed."""
        for pool in {*self._direct.values(), *self._proxied.values()}:
            pool.close()

    def _pool_for(self, url: httpx2.URL) -> httpcore2.ConnectionPool:
        proxied = self._proxied.get(url.scheme)
        return self._direct[url.scheme] if proxied is None or bypasses_proxy(url.host) else proxied

    def _pool(
        self, kind: type[httpcore2.ConnectionPool], allows: Callable[[Address], bool] | None, **settings: Any
    ) -> httpcore2.ConnectionPool:
        return kind(
            ssl_context=self._trust,
            max_connections=self._settings.most_connections,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=_Backend(self._settings, allows),
            **settings,
        )

    def _proxies(self) -> Iterator[tuple[str, httpcore2.ConnectionPool]]:
        """Connections to the machine's proxies, by the scheme they are for."""
        for scheme, address in proxies().items():
            proxy = httpx2.Proxy(address if "://" in address else f"http://{address}")
            url = httpcore2.URL(str(proxy.url))
            yield scheme, self._pool(httpcore2.HTTPProxy, None, proxy_url=url, proxy_auth=proxy.raw_auth)


class _Body(httpx2.SyncByteStream):
    """The body of an answer, with the exceptions of httpx2."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        with _translated():
            self._answer.close()


class _Backend(httpcore2.NetworkBackend):
    """Connects to judged addresses and limits the time of every answer."""

    def __init__(self, settings: WireSettings, allows: Callable[[Address], bool] | None) -> None:
        self._settings = settings
        self._allows = allows
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception | None = None
        for place in self._places(host, port):
            try:
                stream = self._sockets.connect_tcp(place, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._settings)
        raise failure or httpcore2.ConnectError("no address")

    def _places(self, host: str, port: int) -> list[str]:
        """What to connect to: numbers that were judged, or the name when nothing is judged."""
        if self._allows is None:
            return [host]
        try:
            return [str(address) for address in allowed(self._settings.resolve(host, port), self._allows)]
        except OSError as error:
            raise httpcore2.ConnectError("the name leads nowhere") from error


class _TimedStream(httpcore2.NetworkStream):
    """A connection on which an answer ends within its time, however slowly it drips."""

    def __init__(self, stream: httpcore2.NetworkStream, settings: WireSettings) -> None:
        self._stream = stream
        self._settings = settings
        self._asked_at = settings.steady_clock()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._asked_at + self._settings.reply_seconds - self._settings.steady_clock()
        if left <= 0:
            raise httpcore2.ReadTimeout("the answer took too long")
        return self._stream.read(max_bytes, left if timeout is None else min(timeout, left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)
        self._asked_at = self._settings.steady_clock()

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._settings)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def _translated() -> Iterator[None]:
    """Exceptions of httpcore2 leave as their namesakes in httpx2, their cause behind them."""
    try:
        yield
    except Exception as error:
        namesake = next((_EXCEPTIONS[kind] for kind in type(error).__mro__ if kind in _EXCEPTIONS), None)
        if namesake is None:
            raise
        raise namesake(str(error)) from error
