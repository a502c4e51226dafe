"""How a sandbox listens: a real HTTP server on the loopback interface, in a thread of its own.

Here: the socket, the thread and the means to end a connection without a word. Not here: what is answered.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from typing import TYPE_CHECKING

import uvicorn
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"

#: Names a browser may use for this machine; any other name was made to lead here by somebody else.
_OWN_NAMES = (HOST, "localhost", "[::1]")

#: Where the scope of a request holds the function that ends its connection at once.
CUT_CONNECTION = "sis_connect.sandbox.cut_connection"


def is_own_host(request: Request) -> bool:
    """True when the request was sent to this machine by a name of its own."""
    return request.headers.get("host", "").rpartition(":")[0] in _OWN_NAMES


class NoAnswer(Response):
    """Ends the connection without a word."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- nothing is sent
        """Returns when the connection is gone."""
        scope[CUT_CONNECTION]()
        while (await receive())["type"] != "http.disconnect":
            pass


class _CuttableProtocol(H11Protocol):
    """Lets the application end its connection without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        super().connection_made(transport)
        inner: ASGIApp = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope[CUT_CONNECTION] = transport.abort
            await inner(scope, receive, send)

        self.app = app


class ServerThread:
    """An application that answers on a socket until it is stopped."""

    def __init__(self, app: ASGIApp, listener: socket.socket, name: str, *, date_header: bool = True) -> None:
        """Answers from now on; without `date_header` the application says the date itself."""
        config = uvicorn.Config(
            app,
            http=_CuttableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=date_header,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._listener = listener
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        # The listener is open already: whoever connects before the thread is ready waits in its queue.
        self._thread.start()

    def stop(self) -> None:
        """The server has ended and its port is free; may be called again."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))


def listen(port: int) -> socket.socket:
    """A socket that listens on the loopback interface only; port 0 takes a free one. OSError when it is taken."""
    # asyncio sends small answers without delay only where the socket names its protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
