"""What a provider has been asked: the numbers tests and benchmarks judge a consumer by. No personal data."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Statistics:
    """The numbers at one moment."""

    #: Requests by operation id, "" for those that are none, whatever they were answered.
    operations: Mapping[str, int]
    #: Answers by status.
    statuses: Mapping[int, int]
    #: Requests by client id, of those that were let in.
    clients: Mapping[str, int]
    #: Records sent, by collection.
    records: Mapping[str, int]
    #: Tokens given out.
    tokens: int
    #: Token requests turned down.
    refused_tokens: int

    @property
    def requests(self) -> int:
        """All requests but those for tokens."""
        return sum(self.operations.values())

    def as_json(self) -> dict[str, object]:
        """The same with texts for keys."""
        return {
            "requests": self.requests,
            "operations": dict(sorted(self.operations.items())),
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "clients": dict(sorted(self.clients.items())),
            "records": dict(sorted(self.records.items())),
            "tokens": self.tokens,
            "refused_tokens": self.refused_tokens,
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
            self._operations: Counter[str] = Counter()
            self._statuses: Counter[int] = Counter()
            self._clients: Counter[str] = Counter()
            self._records: Counter[str] = Counter()
            self._tokens: Counter[bool] = Counter()

    def arrived(self, operation: str) -> None:
        """A request came in; "" when it is no operation."""
        with self._lock:
            self._operations[operation] += 1

    def answered(self, status: int, collection: str = "", records: int = 0) -> None:
        """A request was answered with so many records."""
        with self._lock:
            self._statuses[status] += 1
            if records:
                self._records[collection] += records

    def let_in(self, client: str) -> None:
        """A client signed in."""
        with self._lock:
            self._clients[client] += 1

    def gave_token(self, *, was_given: bool) -> None:
        """A token was asked for."""
        with self._lock:
            self._tokens[was_given] += 1

    def statistics(self) -> Statistics:
        """The numbers now."""
        with self._lock:
            return Statistics(
                operations=dict(self._operations),
                statuses=dict(self._statuses),
                clients=dict(self._clients),
                records=dict(self._records),
                tokens=self._tokens[True],
                refused_tokens=self._tokens[False],
            )
