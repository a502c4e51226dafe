"""One sandbox as a whole: its settings, data, limits, counters and clock, shared by the API, pages and control."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.faults import Faults
from sis_connect.sandbox.schoology.rate import Bucket
from sis_connect.sandbox.schoology.records import grading, schools, users
from sis_connect.sandbox.schoology.records.fields import BY_HAND
from sis_connect.sandbox.schoology.signature import Gatekeeper
from sis_connect.sandbox.schoology.statistics import Tally

if TYPE_CHECKING:
    from datetime import date, datetime

    from sis_connect.sandbox.schoology.settings import SandboxSettings
    from sis_connect.sandbox.schoology.storage import Storage

#: Unique id of the account the keys belong to; it stands in every sandbox and was made by hand.
ADMINISTRATOR_UID = "sandbox-administrator"

#: How many calls the log remembers.
CALLS_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """One line of the log of calls; free of personal data."""

    at: datetime
    method: str
    #: Path with ids; any other value in it is left out.
    path: str
    #: None when the connection ended without an answer.
    status: int | None
    credits: int
    #: Faults that struck it.
    faults: tuple[str, ...]
    #: Objects of a bulk call that were answered by themselves, and how many of them were refused.
    items: int = 0
    refused_items: int = 0


class Service:
    """What the parts of one sandbox share."""

    def __init__(self, settings: SandboxSettings, storage: Storage) -> None:
        """Makes the district, its roles and the administrator's account where the database lacks them."""
        self.settings = settings
        self.storage = storage
        self.api_url = (settings.external_base or "").rstrip("/")
        self.tally = Tally()
        self.faults = Faults(settings.faults)
        self.log: deque[LoggedCall] = deque(maxlen=CALLS_REMEMBERED)
        #: Held while events are delivered, so that none is sent twice.
        self.delivering = threading.Lock()
        #: Set when an event waits or the clock was moved.
        self.stirred = threading.Event()
        self._begin()

    def _begin(self) -> None:
        settings = self.settings
        self.gatekeeper = Gatekeeper(settings.keys, settings.strictness, settings.timestamp_tolerance)
        self.bucket = Bucket(settings.rate)
        self._today: date | None = None
        self._ahead = timedelta()
        with self.storage.transaction():
            schools.ensure_district(self.storage, settings.district_title, settings.roles)
            grading.ensure_scale(self.storage)
            self.administrator_id = self._ensure_administrator()

    def reset(self) -> None:
        """Everything is as in a new sandbox with these settings, the ids of its objects too."""
        self.storage.clear()
        self.tally.reset()
        self.faults.set_plan(self.settings.faults)
        self.log.clear()
        self._begin()

    @property
    def today(self) -> date:
        """The day that decides which grading periods are active."""
        return self._today or self.now.date()

    def set_today(self, today: date | None) -> None:
        """Another day is today, at the same time of day; None for the clock's own."""
        own = self.settings.now()
        self._today = today
        self._ahead = timedelta() if today is None else today - own.date()
        self.stirred.set()

    @property
    def now(self) -> datetime:
        """The service's time: grades are stamped with it, and events are sent again by it."""
        return self.settings.now() + self._ahead

    def move_clock(self, to: datetime) -> None:
        """It is this moment now, and time goes on from there."""
        self._ahead = to - self.settings.now()
        self._today = None
        self.stirred.set()

    def _ensure_administrator(self) -> int:
        found = users.find_by_school_uid(self.storage, ADMINISTRATOR_UID)
        if found is not None:
            return int(found["id"])
        fields = {
            "school_uid": ADMINISTRATOR_UID,
            "name_first": "Sandbox",
            "name_last": "Administrator",
            "username": ADMINISTRATOR_UID,
            "role_id": self.settings.roles[0].id,
        }
        return users.create(self.storage, fields, made_by=BY_HAND, settings=self.settings).id
