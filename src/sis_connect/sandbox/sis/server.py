"""A provider that runs: a real HTTP server on the loopback interface, in a thread of its own.

Tests, the demonstration and the command line start one here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from sis_connect.sandbox.serving import HOST, ServerThread, listen
from sis_connect.sandbox.sis.app import build_app
from sis_connect.sandbox.sis.control import control_routes
from sis_connect.sandbox.sis.pages.views import page_routes
from sis_connect.sandbox.sis.service import Service
from sis_connect.sandbox.sis.storage import Storage

if TYPE_CHECKING:
    import socket
    from pathlib import Path
    from types import TracebackType

    from sis_connect.sandbox.sis.hostile.choosing import Hostility
    from sis_connect.sandbox.sis.records import Records
    from sis_connect.sandbox.sis.settings import SisSettings
    from sis_connect.sandbox.sis.statistics import Statistics


class RunningSis:
    """A provider that answers; made by `start`, ended by `close` or by leaving its context."""

    def __init__(self, service: Service, listener: socket.socket) -> None:
        """Use `start`."""
        self._service = service
        self.port: int = listener.getsockname()[1]
        others = [*control_routes(service), *page_routes(service)]
        self._server = ServerThread(build_app(service, others), listener, "sis-sandbox", date_header=False)

    @property
    def web_url(self) -> str:
        """Where a browser finds the pages; ends with a slash."""
        return f"http://{HOST}:{self.port}/"

    @property
    def url(self) -> str:
        """What API paths are appended to: the base path included, without a slash at its end."""
        return self._service.own_url

    @property
    def token_url(self) -> str:
        """Where tokens are given out."""
        return self._service.token_url

    @property
    def settings(self) -> SisSettings:
        """What it was started with."""
        return self._service.settings

    @property
    def records(self) -> Records:
        """What it serves, for changing it while it runs."""
        return self._service.records

    @property
    def hostility(self) -> Hostility:
        """What goes wrong on purpose."""
        return self._service.hostility

    def end_tokens(self) -> None:
        """No token given out so far is taken any more."""
        self._service.gate.tokens.end_all()

    def statistics(self) -> Statistics:
        """What it has been asked since it started or since `reset_statistics`."""
        return self._service.tally.statistics()

    def reset_statistics(self) -> None:
        """The statistics begin at zero again."""
        self._service.tally.reset()

    def close(self) -> None:
        """The server has ended and the database is closed; may be called again."""
        self._server.stop()
        self._service.storage.close()

    def __enter__(self) -> Self:
        """The provider itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As `close`."""
        self.close()


def start(settings: SisSettings, database: Path, port: int = 0) -> RunningSis:
    """A running provider of what a database file holds, made if needed; port 0 takes a free one.

    Listens on the loopback interface only. Raises OSError when the port is taken.
    """
    listener = listen(port)
    try:
        own_url = f"http://{HOST}:{listener.getsockname()[1]}{settings.base_path}"
        service = Service(settings, Storage(database), own_url)
    except BaseException:
        listener.close()
        raise
    return RunningSis(service, listener)
