"""A sandbox that runs: a real HTTP server on the loopback interface, in a thread of its own.

Tests, the demonstration and the command line start one here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from sis_connect.sandbox.schoology.app import build_app
from sis_connect.sandbox.schoology.contents import Contents, read_contents
from sis_connect.sandbox.schoology.coursework import Oddity
from sis_connect.sandbox.schoology.seed import Seed
from sis_connect.sandbox.schoology.service import Service
from sis_connect.sandbox.schoology.settings import SandboxSettings
from sis_connect.sandbox.schoology.storage import Storage
from sis_connect.sandbox.schoology.teaching import TaughtDay, teach_a_day
from sis_connect.sandbox.schoology.webhooks import Courier, Delivery, deliver_due
from sis_connect.sandbox.serving import HOST, ServerThread, listen

if TYPE_CHECKING:
    import socket
    from collections.abc import Collection
    from datetime import date, datetime
    from pathlib import Path
    from types import TracebackType

    from sis_connect.sandbox.schoology.faults import FaultPlan
    from sis_connect.sandbox.schoology.statistics import Statistics


class RunningSandbox:
    """A sandbox that answers; made by `start`, ended by `stop` or by leaving its context."""

    def __init__(self, service: Service, listener: socket.socket) -> None:
        """Use `start`."""
        self._service = service
        self.port: int = listener.getsockname()[1]
        self._server = ServerThread(build_app(service), listener, "schoology-sandbox")
        self._courier = Courier(service) if service.settings.webhooks.by_themselves else None

    @property
    def web_url(self) -> str:
        """Where a browser finds the pages; ends with a slash."""
        return f"http://{HOST}:{self.port}/"

    @property
    def api_url(self) -> str:
        """What API paths are appended to, after a slash; ends with `/v1`."""
        return f"http://{HOST}:{self.port}/v1"

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

    @property
    def now(self) -> datetime:
        """What its clock says."""
        return self._service.now

    def move_clock(self, to: datetime) -> None:
        """It is this moment now; grades are stamped by it, and webhooks sent again."""
        self._service.move_clock(to)

    def deliver_webhooks(self) -> tuple[Delivery, ...]:
        """Every event that is due by its clock has been sent once; what became of each."""
        return deliver_due(self._service)

    def teach_a_day(
        self,
        day: date | None = None,
        *,
        seed: int = 1,
        sections: int | None = None,
        oddities: Collection[Oddity] = tuple(Oddity),
        items: int = 1,
    ) -> TaughtDay:
        """Teachers make grade items and grade, as `teaching.teach_a_day` says."""
        return teach_a_day(self._service, day, seed=seed, sections=sections, oddities=oddities, items=items)

    def seed(self, made_by: str = "hand") -> Seed:
        """Makes objects without the API."""
        return Seed(self._service, made_by)

    def contents(self) -> Contents:
        """Everything it holds, in a form that can be compared with another sandbox."""
        return read_contents(self._service.storage)

    def stop(self) -> None:
        """The server has ended and the database is closed; may be called again."""
        self._server.stop()
        if self._courier is not None:
            self._courier.stop()
            self._courier = None
        self._service.storage.close()

    def __enter__(self) -> Self:
        """The sandbox itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As `stop`."""
        self.stop()


def start(settings: SandboxSettings | None = None, database: Path | None = None, port: int = 0) -> RunningSandbox:
    """A running sandbox over a database file, or over memory when there is none; port 0 takes a free one.

    Listens on the loopback interface only. Raises OSError when the port is taken.
    """
    settings = settings or SandboxSettings()
    listener = listen(port)
    try:
        service = Service(settings, Storage(database))
    except BaseException:
        listener.close()
        raise
    if not service.api_url:
        service.api_url = f"http://{HOST}:{listener.getsockname()[1]}/v1"
    return RunningSandbox(service, listener)
