"""Delivering events to their targets: once, and again some minutes later by the sandbox's clock where that failed.

A target must answer 200. Here: sending what is due, on demand or from a thread of its own. Not here: what is sent
(`events`) and to whom (`records.triggers`).
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sis_connect.sandbox.schoology.records import triggers

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.service import Service
    from sis_connect.sandbox.schoology.storage import Row


class Outcome(StrEnum):
    """What became of one attempt."""

    DELIVERED = "delivered"
    #: The target did not answer 200; it is sent again later.
    AGAIN = "again"
    #: As before, and it was the last attempt.
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver an event."""

    target_id: int
    #: Trigger and operation, such as `grades.update`.
    type: str
    #: Counted from 1.
    attempt: int
    #: What the target answered; None when it did not.
    status: int | None
    outcome: Outcome

    def as_json(self) -> dict[str, object]:
        """The same as JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__}


def deliver_due(service: Service) -> tuple[Delivery, ...]:
    """Everything that is due by the sandbox's clock has been sent once, in order."""
    with service.delivering:
        due = triggers.waiting(service.storage, int(service.now.timestamp()))
        return tuple(_deliver(service, row) for row in due)


def _deliver(service: Service, row: Row) -> Delivery:
    settings = service.settings.webhooks
    status = None
    if triggers.is_allowed(row["target"], settings.allowed_hosts):
        status = _post(row["target"], row["event"].encode(), settings.timeout)
    attempt = row["attempts"] + 1
    failed = Outcome.LOST if attempt > settings.retries else Outcome.AGAIN
    outcome = Outcome.DELIVERED if status == 200 else failed
    if outcome is Outcome.AGAIN:
        again_at = int(service.now.timestamp()) + settings.retry_seconds
        service.storage.run("UPDATE deliveries SET attempts = ?, due_at = ? WHERE id = ?", attempt, again_at, row["id"])
    else:
        service.storage.run("DELETE FROM deliveries WHERE id = ?", row["id"])
    return Delivery(row["target_id"], json.loads(row["event"])["type"], attempt, status, outcome)


def _post(address: str, body: bytes, timeout: float) -> int | None:
    """The status of the answer, or None when there is none."""
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    except (OSError, HTTPException, ValueError):
        return None
    finally:
        connection.close()


class Courier:
    """A thread that delivers what is due as soon as it is, until it is stopped."""

    def __init__(self, service: Service) -> None:
        """Begins at once."""
        self._service = service
        self._is_stopped = False
        self._thread = threading.Thread(target=self._work, name="schoology-sandbox-webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Nothing is sent any more."""
        self._is_stopped = True
        self._service.stirred.set()
        self._thread.join()

    def _work(self) -> None:
        service = self._service
        while not self._is_stopped:
            service.stirred.clear()
            deliver_due(service)
            service.stirred.wait(self._seconds_to_next())

    def _seconds_to_next(self) -> float | None:
        """Until the next event is due; None when none waits."""
        moments = [row["due_at"] for row in triggers.waiting(self._service.storage)]
        return max(0.0, min(moments) - self._service.now.timestamp()) if moments else None
