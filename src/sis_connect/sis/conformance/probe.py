"""Asks one service, politely, and remembers every answer: what checks look at.

A request that was sent once is not sent again unless a check wants a fresh answer. When the service asks to wait, it
is waited for, within reason. Not here: what an answer proves (`checks`).
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.errors import SisConnectError
from sis_connect.oneroster.operations import OPERATIONS, Kind, operation_of
from sis_connect.sis.conformance.asking import Answered, Asked
from sis_connect.sis.conformance.casting import Cast, cast_of
from sis_connect.sis.conformance.checking import CannotTellError
from sis_connect.sis.conformance.record_values import OddValues, odd_values
from sis_connect.sis.conformance.round_trip import Trip, make_trip
from sis_connect.sis.conformance.sampling import Sample, SampleReader
from sis_connect.sis.rest.connection import BearerSignIn, OAuth1SignIn, anonymous_client, open_client
from sis_connect.transport.client import Surroundings
from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.oauth2 import TokenCache
from sis_connect.transport.reaching import Route, walk
from sis_connect.transport.retry import parse_retry_after
from sis_connect.transport.token_bucket import HostLimiters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sis_connect.oneroster.json_text import Row
    from sis_connect.oneroster.operations import Operation
    from sis_connect.sis.conformance.marks import Remembered
    from sis_connect.sis.rest.connection import RestConnection, SignIn
    from sis_connect.transport.client import HttpClient

#: The operation that lists each collection as a whole.
LISTINGS: Mapping[str, Operation] = MappingProxyType(
    {operation.entity: operation_of(operation.entity, Kind.LIST) for operation in OPERATIONS.values()}
)

#: Who asks.
SIGNED_IN, NOBODY, STRANGER = "signed in", "nobody", "a stranger"

_NONSENSE = "sis-connect-conformance-nobody-gave-this-out"
#: Seconds for which the service may ask to wait, and how often.
_LONGEST_WAIT = 60.0
_MOST_WAITS = 3
_BUSY = frozenset((429, 503))
_NO_IDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run may do to the service."""

    #: Ways to sign in by name; the first is used for everything, the others are tried.
    sign_ins: Mapping[str, SignIn]
    #: Records asked for at once, and read of one collection at most.
    page_size: int = 200
    most_records: int = 1_000
    #: Whether facts about people's origin may be read at all.
    demographics: bool = False
    #: A class set aside for writing; "" for none.
    gradebook_class: str = ""
    #: Requests of the load test, two at once.
    load_requests: int = 24
    #: What an earlier run remembered.
    earlier: Remembered | None = None
    #: Makes the ids of what is written unlike anything that is there.
    run: str = "run"
    #: Key under which records are remembered without their content.
    key: bytes = field(default=b"", repr=False)


class Probe:
    """Satisfies every check; made by `open_probe`. Safe to share between threads where `fresh` answers are asked."""

    def __init__(self, connection: RestConnection, terms: Terms, around: Surroundings, stack: ExitStack) -> None:
        """Nothing is sent yet; clients are closed with `stack`."""
        self.connection = connection
        self.terms = terms
        self.url = connection.url.rstrip("/")
        self.around = around
        #: Answers that said: too often.
        self.throttled: list[Answered] = []
        #: How many answers came.
        self.answers = 0
        #: Answers of the load test.
        self.load: list[Answered] = []
        self._stack = stack
        self._counting = threading.Lock()
        self._waits = threading.local()
        self._tokens = TokenCache()
        self._limiters = HostLimiters(clock=around.steady_clock, sleep=self._sleep)
        self._clients: dict[str, HttpClient] = {}
        self._taken: dict[tuple[object, ...], Answered] = {}
        self._listings: dict[tuple[object, ...], Sample] = {}

    @property
    def answers_kept(self) -> tuple[Answered, ...]:
        """The answers to what was read, oldest first; fresh ones apart."""
        return tuple(self._taken.values())

    @cached_property
    def way(self) -> Route:
        """The way to the server."""
        return walk(self.url, self.connection.reach, seconds=self.connection.patience.connect_seconds)

    @cached_property
    def cast(self) -> Cast:
        """Ids from the data, for the operations that need some."""
        return cast_of(self.rows, self.terms.gradebook_class)

    @cached_property
    def odd_values(self) -> list[OddValues]:
        """What is odd about the values of all records that could be looked at."""
        return odd_values({collection: self.rows(collection) for collection in LISTINGS})

    @cached_property
    def trip(self) -> Trip:
        """What became of writing to the class set aside for it."""
        return make_trip(self)

    def ask(
        self,
        operation: str,
        parameters: Mapping[str, str | int] | None = None,
        *,
        ids: Mapping[str, str] = _NO_IDS,
        by: str = SIGNED_IN,
        body: bytes | None = None,
        fresh: bool = False,
    ) -> Answered:
        """The answer to an operation; CannotTellError for an id that no path can carry."""
        asked = OPERATIONS[operation]
        try:
            path = asked.path_with(**ids)
        except ValueError:
            raise CannotTellError("The data holds an id that no path can carry.") from None
        return self.send(Asked(asked.method, path, dict(parameters or {}), asked, ids, body, by), fresh=fresh)

    def ask_path(self, path: str, *, by: str = SIGNED_IN) -> Answered:
        """The answer to reading a path that need not be an operation's."""
        return self.send(Asked("GET", path, by=by))

    def send(self, asked: Asked, *, fresh: bool = False) -> Answered:
        """The answer; of a read that was sent before, the same again unless `fresh`."""
        key = (asked.by, asked.path, tuple(asked.parameters.items()))
        is_read = asked.method == "GET"
        if is_read and not fresh and key in self._taken:
            return self._taken[key]
        taken = self._send_politely(asked)
        if is_read and not fresh:
            self._taken[key] = taken
        return taken

    def listing(self, operation: Operation, ids: Mapping[str, str] = _NO_IDS) -> Sample:
        """The records of a collection, as many as the terms allow."""
        key = (operation.id, *ids.items())
        if key not in self._listings:
            terms = self.terms
            reader = SampleReader(lambda parameters: self.ask(operation.id, parameters, ids=ids))
            self._listings[key] = reader.read(operation, terms.page_size, terms.most_records)
        return self._listings[key]

    def sample(self, collection: str) -> Sample:
        """Records of a whole collection; CannotTellError when there are none to look at."""
        if collection == "demographics" and not self.terms.demographics:
            raise CannotTellError("Demographics are personal; they are looked at only when that is asked for.")
        listing = self.listing(LISTINGS[collection])
        if not listing.rows:
            reason = listing.problem or "there are none"
            raise CannotTellError(f"No {collection} could be looked at: {reason}.")
        return listing

    def rows(self, collection: str) -> list[Row]:
        """The rows of a whole collection, none when there are none to look at."""
        try:
            return self.sample(collection).rows
        except CannotTellError:
            return []

    def client(self, by: str) -> HttpClient:
        """The client of somebody; SisConnectError when the address or the credentials cannot work at all."""
        if by not in self._clients:
            sign_in = self._sign_in_of(by)
            if sign_in is None:
                self._clients[by] = self._stack.enter_context(
                    anonymous_client(self.connection, self.around, self._limiters)
                )
            else:
                connection = replace(self.connection, sign_in=sign_in)
                opened = open_client(connection, self.around, tokens=self._tokens, limiters=self._limiters)
                self._clients[by] = self._stack.enter_context(opened).http
        return self._clients[by]

    def open_as(self, name: str, sign_in: SignIn) -> str:
        """From now on `name` asks with this sign-in; the name."""
        connection = replace(self.connection, sign_in=sign_in)
        opened = open_client(connection, self.around, tokens=self._tokens, limiters=self._limiters)
        self._clients[name] = self._stack.enter_context(opened).http
        return name

    def _sign_in_of(self, by: str) -> SignIn | None:
        if by == NOBODY:
            return None
        first = self.connection.sign_in
        if by == STRANGER:
            if isinstance(first, OAuth1SignIn):
                return replace(first, credentials=Credentials(first.credentials.key, _NONSENSE))
            return BearerSignIn(_NONSENSE)
        return self.terms.sign_ins.get(by, first)

    def _send_politely(self, asked: Asked) -> Answered:
        for _ in range(_MOST_WAITS):
            taken = self._send_counted(asked)
            if taken.status not in _BUSY:
                return taken
            wait = parse_retry_after(taken.header("Retry-After") or None, now=self.around.wall_clock())
            if wait is not None and wait > _LONGEST_WAIT:
                return taken
            self.around.sleep(2.0 if wait is None else wait)
        return self._send_counted(asked)

    def _send_counted(self, asked: Asked) -> Answered:
        taken = self._send_once(asked)
        with self._counting:
            self.answers += bool(taken.status)
            if taken.status == 429:
                self.throttled.append(taken)
        return taken

    def _sleep(self, seconds: float) -> None:
        """Waits for its turn; a wait that is not the service's doing."""
        self._waits.seconds = getattr(self._waits, "seconds", 0.0) + seconds
        self.around.sleep(seconds)

    def _since(self, begun: float) -> float:
        """Seconds that the service took."""
        return max(0.0, self.around.steady_clock() - begun - getattr(self._waits, "seconds", 0.0))

    def _send_once(self, asked: Asked) -> Answered:
        self._waits.seconds = 0.0
        begun = self.around.steady_clock()
        try:
            reply = self.client(asked.by).exchange(
                asked.method, asked.path, params=asked.parameters or None, body=asked.body
            )
        except SisConnectError as error:
            return Answered(
                asked, 0, seconds=self._since(begun), cause=error.cause or "refused", what=error.what, fix=error.fix
            )
        return Answered(asked, reply.status, reply.content, reply.headers, self._since(begun))


@contextmanager
def open_probe(connection: RestConnection, terms: Terms, surroundings: Surroundings | None = None) -> Iterator[Probe]:
    """A probe whose connections are closed with the block; ConfigurationError when the address cannot work."""
    with ExitStack() as stack:
        probe = Probe(connection, terms, surroundings or Surroundings(), stack)
        probe.client(SIGNED_IN)
        yield probe
