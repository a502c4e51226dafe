"""A sandbox that runs: a real HTTP server on the loopback interface, in a thread of its own.

Tests, the demonstration and the command line start one here.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from typing import TYPE_CHECKING, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sis_connect.sandbox.schoology.app import CUT_CONNECTION, build_app
from sis_connect.sandbox.schoology.contents import Contents, read_contents
from sis_connect.sandbox.schoology.seed import Seed
from sis_connect.sandbox.schoology.service import Service
from sis_connect.sandbox.schoology.settings import SandboxSettings
from sis_connect.sandbox.schoology.storage import Storage

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from starlette.types import ASGIApp, Receive, Scope, Send

    from sis_connect.sandbox.schoology.faults import FaultPlan
    from sis_connect.sandbox.schoology.statistics import Statistics

_HOST = "127.0.0.1"


class _CuttableProtocol(H11Protocol):
    """Lets the application end its connection without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        super().connection_made(transport)
        inner: ASGIApp = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope[CUT_CONNECTION] = transport.abort
            await inner(scope, receive, send)

        self.app = app


class RunningSandbox:
    """A sandbox that answers; made by `start`, ended by `stop` or by leaving its context."""

    def __init__(self, service: Service, server: uvicorn.Server, listener: socket.socket) -> None:
        """Use `start`."""
        self._service = service
        self._server = server
        self._listener = listener
        self._thread = threading.Thread(target=self._run, name="schoology-sandbox", daemon=True)
        self.port: int = listener.getsockname()[1]

    @property
    def web_url(self) -> str:
        """Where a browser finds the pages; ends with a slash."""
        return f"http://{_HOST}:{self.port}/"

    @property
    def api_url(self) -> str:
        """What API paths are appended to, after a slash; ends with `/v1`."""
        return f"http://{_HOST}:{self.port}/v1"

    @property
    def settings(self) -> SandboxSettings:
        """What it was started with."""
        return self._service.settings

    def statistics(self) -> Statistics:
        """What it has been asked and did, since it started or since `reset_statistics`."""
        return self._service.tally.statistics()

    def reset_statistics(self) -> None:
        """The statistics begin at zero again."""
        self._service.tally.reset()

    def reset(self) -> None:
        """Everything is as when it was started new: no objects, statistics or calls, and the settings' faults."""
        self._service.reset()

    def set_faults(self, plan: FaultPlan) -> None:
        """Another fault plan holds from the next request on; its counting begins anew."""
        self._service.faults.set_plan(plan)

    def set_today(self, today: date | None) -> None:
        """Another day decides which grading periods are active; None for the clock's own."""
        self._service.set_today(today)

    def seed(self, made_by: str = "hand") -> Seed:
        """Makes objects without the API."""
        return Seed(self._service, made_by)

    def contents(self) -> Contents:
        """Everything it holds, in a form that can be compared with another sandbox."""
        return read_contents(self._service.storage)

    def stop(self) -> None:
        """The server has ended and the database is closed; may be called again."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()
        self._service.storage.close()

    def __enter__(self) -> Self:
        """The sandbox itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As `stop`."""
        self.stop()

    def _start(self) -> None:
        # The listener is open already: whoever connects before the thread is ready waits in its queue.
        self._thread.start()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))


def start(settings: SandboxSettings | None = None, database: Path | None = None, port: int = 0) -> RunningSandbox:
    """A running sandbox over a database file, or over memory when there is none; port 0 takes a free one.

    Listens on the loopback interface only. Raises OSError when the port is taken.
    """
    settings = settings or SandboxSettings()
    listener = _listen(port)
    try:
        service = Service(settings, Storage(database))
    except BaseException:
        listener.close()
        raise
    if not service.api_url:
        service.api_url = f"http://{_HOST}:{listener.getsockname()[1]}/v1"
    config = uvicorn.Config(
        build_app(service),
        http=_CuttableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    sandbox = RunningSandbox(service, uvicorn.Server(config), listener)
    sandbox._start()  # noqa: SLF001 -- one module, two names
    return sandbox


def _listen(port: int) -> socket.socket:
    # asyncio sends small answers without delay only where the socket names its protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
