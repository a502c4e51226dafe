"""What a sandbox has been asked and what it did: the numbers tests and benchmarks judge a client by.

Here: the running tally and the value taken from it. No personal data: paths are templates, counts are counts.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.rate import READ_METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping


class Effect(StrEnum):
    """What a write did to an object."""

    CREATED = "created"
    UPDATED = "updated"
    REMOVED = "removed"
    #: The object already was what the write asked for: the call was not needed.
    UNCHANGED = "unchanged"
    #: The object already was what was sent, and had to be sent to carry others within it: a course its sections.
    CARRIED = "carried"

    @property
    def is_change(self) -> bool:
        """True when the object is another afterwards."""
        return self in {Effect.CREATED, Effect.UPDATED, Effect.REMOVED}


@dataclass(frozen=True, slots=True)
class Statistics:
    """The numbers at one moment."""

    #: Requests by method and path template, such as `("POST", "users")`, whatever they were answered.
    calls: Mapping[tuple[str, str], int]
    #: Answers by status; 0 counts connections that ended without one.
    statuses: Mapping[int, int]
    #: Credits spent by calls that were let in.
    credits: int
    #: Most credits spent within one window of the rate limit.
    peak_credits: int
    #: 429 answers, those of a fault plan included.
    refusals: int
    #: 429 answers because the client really was too fast.
    overruns: int
    #: Objects by kind and effect, such as `("users", Effect.CREATED)`.
    objects: Mapping[tuple[str, Effect], int]
    #: Objects of bulk calls that were refused, by kind and code.
    refused_objects: Mapping[tuple[str, int], int]
    #: Faults carried out, by name.
    faults: Mapping[str, int]
    #: Mails the service would have sent to people.
    mails: int
    #: Accounts whose enrollments and grade history were destroyed.
    histories_lost: int
    #: Seconds between the first and the last call.
    busy_seconds: float

    @property
    def requests(self) -> int:
        """All requests."""
        return sum(self.calls.values())

    @property
    def write_calls(self) -> int:
        """Requests that are meant to change something."""
        return sum(count for (method, _), count in self.calls.items() if method not in READ_METHODS)

    @property
    def objects_written(self) -> int:
        """Objects created, updated or removed."""
        return sum(count for (_, effect), count in self.objects.items() if effect.is_change)

    @property
    def duplicate_writes(self) -> int:
        """Objects written though they already were what the write asked for, those that carried others apart."""
        return sum(count for (_, effect), count in self.objects.items() if effect is Effect.UNCHANGED)

    def as_json(self) -> dict[str, object]:
        """The same with texts for keys."""
        return {
            "requests": self.requests,
            "write_calls": self.write_calls,
            "calls": {" ".join(key): count for key, count in sorted(self.calls.items())},
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "credits": self.credits,
            "peak_credits": self.peak_credits,
            "refusals": self.refusals,
            "overruns": self.overruns,
            "objects_written": self.objects_written,
            "duplicate_writes": self.duplicate_writes,
            "objects": {" ".join(key): count for key, count in sorted(self.objects.items())},
            "refused_objects": {
                f"{kind} {code}": count for (kind, code), count in sorted(self.refused_objects.items())
            },
            "faults": dict(sorted(self.faults.items())),
            "mails": self.mails,
            "histories_lost": self.histories_lost,
            "busy_seconds": round(self.busy_seconds, 6),
        }


class Tally:
    """Counts; safe between threads."""

    def __init__(self) -> None:
        """Begins at zero."""
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Everything is zero again."""
        with self._lock:
            self._calls: Counter[tuple[str, str]] = Counter()
            self._statuses: Counter[int] = Counter()
            self._objects: Counter[tuple[str, Effect]] = Counter()
            self._refused: Counter[tuple[str, int]] = Counter()
            self._faults: Counter[str] = Counter()
            self._numbers: Counter[str] = Counter()
            self._peak = 0
            self._first_at: float | None = None
            self._last_at = 0.0

    def arrived(self, method: str, template: str, at: float) -> None:
        """A request came in at this time, in monotonic seconds."""
        with self._lock:
            self._calls[method, template] += 1
            self._first_at = at if self._first_at is None else self._first_at
            self._last_at = at

    def answered(self, status: int) -> None:
        """A request was answered; 0 when its connection was ended instead."""
        with self._lock:
            self._statuses[status] += 1
            self._numbers["refusals"] += status == 429

    def spent(self, credits_: int, peak: int) -> None:
        """A call was let in."""
        with self._lock:
            self._numbers["credits"] += credits_
            self._peak = max(self._peak, peak)

    def overran(self) -> None:
        """A call was refused by the rate limit."""
        with self._lock:
            self._numbers["overruns"] += 1

    def wrote(self, kind: str, effect: Effect) -> None:
        """An object was written."""
        with self._lock:
            self._objects[kind, effect] += 1

    def refused(self, kind: str, code: int) -> None:
        """An object of a bulk call was refused."""
        with self._lock:
            self._refused[kind, code] += 1

    def faulted(self, name: str) -> None:
        """A fault was carried out."""
        with self._lock:
            self._faults[name] += 1

    def mailed(self) -> None:
        """A person was sent a mail."""
        with self._lock:
            self._numbers["mails"] += 1

    def lost_history(self) -> None:
        """The grade history of an account was destroyed."""
        with self._lock:
            self._numbers["histories_lost"] += 1

    def statistics(self) -> Statistics:
        """The numbers now."""
        with self._lock:
            return Statistics(
                calls=dict(self._calls),
                statuses=dict(self._statuses),
                credits=self._numbers["credits"],
                peak_credits=self._peak,
                refusals=self._numbers["refusals"],
                overruns=self._numbers["overruns"],
                objects=dict(self._objects),
                refused_objects=dict(self._refused),
                faults=dict(self._faults),
                mails=self._numbers["mails"],
                histories_lost=self._numbers["histories_lost"],
                busy_seconds=self._last_at - self._first_at if self._first_at is not None else 0.0,
            )
