"""A client that sends a request as often as is right, and says exactly what is known when it gives up.

Every attempt waits its turn at the limiter and is signed in anew; the flows of sign-in do no I/O, this client sends
what they ask for. Redirects are followed only from a read, and only within the same origin. Answers have a size limit
and a time limit. Not here: what a status means (`retry`, `diagnosis`), the errors (`outcomes`), and any endpoint.
"""

from __future__ import annotations

import logging
import random
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Protocol, Self

import httpx2

from sis_connect import __version__
from sis_connect.errors import SisConnectError
from sis_connect.transport import masking
from sis_connect.transport.diagnosis import Cause, diagnose_failure
from sis_connect.transport.naming import Naming
from sis_connect.transport.outcomes import Answer, RequestRefusedError, describe, endless, error_for
from sis_connect.transport.queries import encode_params, mended
from sis_connect.transport.rate_limit import CreditLimiter
from sis_connect.transport.redirects import onward
from sis_connect.transport.retry import SAFE_METHODS, Backoff, Effect, judge_failure, parse_retry_after
from sis_connect.transport.statuses import diagnose_status, judge_status
from sis_connect.transport.wire import Wire, WireSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from sis_connect.transport.addresses import Reach
    from sis_connect.transport.queries import Params
    from sis_connect.transport.static_sign_in import StaticHeaders

__all__ = ["HttpClient", "Limiter", "Patience", "Reply", "RequestRefusedError", "Surroundings"]

log = logging.getLogger(__name__)

#: A refused sign-in may be a timestamp overtaken by another request with the same key: it is signed once more.
_SIGN_IN_ATTEMPTS = 2
_MOST_REDIRECTS = 3
_USER_AGENT = f"sis-connect/{__version__}"
_DOT_SEGMENT = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)


class Limiter(Protocol):
    """Who decides when the next request may be sent."""

    def call(self, method: str) -> AbstractContextManager[None]:
        """Waits until a request may be sent; the block ends when its answer has begun to come."""

    def pause(self, seconds: float) -> None:
        """Everybody waits for so long."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that says the request was carried out."""

    status: int
    content: bytes = field(repr=False)
    #: Names are found in any case; a header sent more than once is one text, joined by commas.
    headers: Mapping[str, str] = field(repr=False, default_factory=httpx2.Headers)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what."""

    #: Seconds to wait for a connection, and for each piece of an answer or a request.
    connect_seconds: float = 10.0
    read_seconds: float = 90.0
    write_seconds: float = 30.0
    #: Seconds a whole answer may take, however steadily it drips.
    reply_seconds: float = 600.0
    backoff: Backoff = field(default_factory=Backoff)
    #: Bytes of an answer, unpacked, beyond which it is not read.
    largest_reply: int = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a client takes from the machine it runs on; tests give their own."""

    #: Seconds since 1970.
    wall_clock: Callable[[], float] = time.time
    #: Seconds of a clock that never goes back.
    steady_clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    #: At least 0 and below 1.
    random: Callable[[], float] = random.random
    #: What carries the requests; None for the network.
    wire: httpx2.BaseTransport | None = None


class HttpClient:
    """Sends requests to one server; safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx2.Auth | None = None,
        headers: StaticHeaders | None = None,
        limiter: Limiter | None = None,
        patience: Patience | None = None,
        surroundings: Surroundings | None = None,
        reach: Reach | None = None,
        most_connections: int = 16,
        uses_proxy: bool = True,
        naming: Naming | None = None,
    ) -> None:
        """`base_url` is what every path is added to; without a limiter the published limits of Schoology hold.

        `reach`: which addresses may be called; None for any. `uses_proxy`: a proxy that the machine is set up for
        stands in between. `headers` go to this server alone, never to a token service.
        `naming`: what errors call this server.
        """
        masking.mask_library_logs()
        self._base = httpx2.URL(base_url.rstrip("/"))
        self._patience = patience or Patience()
        self._around = surroundings or Surroundings()
        self._auth = auth or httpx2.Auth()
        self._headers = headers
        self._naming = naming or Naming("")
        self._limiter = limiter or CreditLimiter(clock=self._around.steady_clock, sleep=self._around.sleep)
        settings = WireSettings(
            reach=reach,
            most_connections=most_connections,
            reply_seconds=self._patience.reply_seconds,
            uses_proxy=uses_proxy,
            steady_clock=self._around.steady_clock,
        )
        self._client = httpx2.Client(
            # No service we speak to needs a cookie, and a strange one could neither be kept nor sent back.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            transport=self._around.wire or Wire(settings),
            timeout=httpx2.Timeout(
                connect=self._patience.connect_seconds,
                read=self._patience.read_seconds,
                write=self._patience.write_seconds,
                pool=self._patience.connect_seconds,
            ),
        )

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """As `close`."""
        self.close()

    def __repr__(self) -> str:
        """The server's name, and nothing else."""
        return f"HttpClient({self._base.host})"

    def close(self) -> None:
        """All connections are closed."""
        self._client.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: bytes | None = None,
        accept: str = "application/json",
    ) -> Reply:
        """The answer to a request that was carried out; `body` is JSON.

        `path` stands below the base and is percent-encoded, or is an absolute address of this server; ValueError for
        another server, and for a segment `.` or `..`, which no address can hold. `params` are encoded here, a space
        as %20. UnauthorisedError, UnavailableError, RequestRefusedError and ConfigurationError (the address moved)
        mean that nothing was done; OutcomeUnknownError, for writes alone, that nobody can tell. MalformedReplyError:
        a read was answered at a length beyond the limit, or the sign-in unreadably.
        """
        request = self._build(method, self._address(path, params), body, accept)
        with self._named():
            return self._answered(request, accept)

    def _answered(self, request: httpx2.Request, accept: str) -> Reply:
        """The answer to a request, wherever it was moved to."""
        answer = self._send_patiently(request)
        followed = 0
        while (target := onward(request, answer)) is not None:
            if followed == _MOST_REDIRECTS:
                raise endless(request, answer)
            followed += 1
            request = self._build(request.method, target, None, accept)
            answer = self._send_patiently(request)
        if answer.cause is None:
            return Reply(answer.status, answer.content, answer.headers)
        raise error_for(request, answer)

    def exchange(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: bytes | None = None,
        accept: str = "application/json",
    ) -> Reply:
        """Whatever came back from one attempt, of any status: nothing is tried again, no redirect followed.

        Errors as of `send`, when no whole answer came or the sign-in failed before the request was sent.
        """
        request = self._build(method, self._address(path, params), body, accept)
        with self._named():
            answer = self._attempt(request)
            if answer.status and not answer.failure and not answer.sign_in:
                return Reply(answer.status, answer.content, answer.headers)
            raise error_for(request, answer)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Errors of the block name this server and its settings."""
        try:
            yield
        except SisConnectError as error:
            self._naming.put_into(error)
            raise

    def _address(self, path: str, params: Params | None) -> httpx2.URL:
        """The address of a path, encoded as it is signed."""
        place, _, query = path.partition("?")
        if any(_DOT_SEGMENT.fullmatch(segment) for segment in place.split("/")):
            raise ValueError("no address holds a segment of dots alone")
        query = "&".join(filter(None, (mended(query), encode_params(params))))
        own = place if "://" in place else f"{self._base}/{place.lstrip('/')}"
        url = httpx2.URL(f"{own}?{query}" if query else own)
        if url.origin != self._base.origin:
            raise ValueError("the address is another server's")
        return url

    def _build(self, method: str, url: httpx2.URL, body: bytes | None, accept: str) -> httpx2.Request:
        headers = {"Accept": accept} | ({"Content-Type": "application/json"} if body is not None else {})
        request = self._client.build_request(method, url, content=body, headers=headers)
        if self._headers is not None:
            self._headers.put_on(request)
        return request

    def _send_patiently(self, request: httpx2.Request) -> Answer:
        """The last answer, after as many attempts as are right."""
        backoff = self._patience.backoff
        sign_ins_refused = 0
        attempt = 0
        while True:
            attempt += 1
            answer = self._attempt(request)
            sign_ins_refused += answer.sign_ins_refused
            is_last = attempt >= backoff.attempts or sign_ins_refused >= _SIGN_IN_ATTEMPTS
            if is_last or not _is_worth_another(request, answer) or (answer.retry_after or 0.0) > backoff.patience:
                return answer
            wait = backoff.seconds(attempt, self._around.random)
            if answer.effect is Effect.NOT_DONE and answer.status:
                # The server is short of breath: everybody who shares the limit waits with us.
                self._limiter.pause(wait if answer.retry_after is None else answer.retry_after)
            else:
                self._around.sleep(wait)

    def _attempt(self, request: httpx2.Request) -> Answer:
        """The answer to a request, after whatever the sign-in asked to be sent before it."""
        flow = self._auth.sync_auth_flow(request)
        sign_ins_refused = 0
        try:
            outgoing = next(flow)
            while True:
                answer = self._transmit(outgoing)
                if outgoing is request:
                    sign_ins_refused += answer.status == httpx2.codes.UNAUTHORIZED
                    answer = replace(answer, sign_ins_refused=sign_ins_refused)
                    if not answer.status:
                        return answer
                elif answer.effect in {Effect.NOT_DONE, Effect.IN_DOUBT} or answer.failure:
                    # A token that was lost on its way harms nobody, and the request itself was not sent.
                    return replace(answer, effect=_without_doubt(answer.effect), sign_in=describe(outgoing))
                try:
                    outgoing = flow.send(_as_response(outgoing, answer))
                except StopIteration:
                    return answer
        finally:
            flow.close()

    def _transmit(self, request: httpx2.Request) -> Answer:
        """What one request, signed in already, was answered."""
        try:
            # Flows of sign-in build requests of their own, and some services turn nameless callers away.
            request.headers["User-Agent"] = _USER_AGENT
            with self._limiter.call(request.method):
                response = self._client.send(request, auth=None, stream=True)
            try:
                content = self._read(response)
            finally:
                response.close()
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            answer = Answer(judge_failure(error), 0, cause=diagnose_failure(error), failure=type(error).__name__)
        else:
            answer = self._judge(response, content)
        log.debug("%s %s: %s", request.method, request.url.path, answer.status or answer.failure)
        return answer

    def _read(self, response: httpx2.Response) -> bytes | None:
        """The body, or None when it is longer than the limit."""
        pieces = []
        size = 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > self._patience.largest_reply:
                return None
            pieces.append(piece)
        return b"".join(pieces)

    def _judge(self, response: httpx2.Response, content: bytes | None) -> Answer:
        status = response.status_code
        retry_after = parse_retry_after(response.headers.get("Retry-After"), now=self._around.wall_clock())
        effect = judge_status(status, has_retry_after=retry_after is not None)
        too_long = content is None and effect is Effect.DONE
        return Answer(
            effect,
            status,
            content or b"",
            response.headers,
            retry_after,
            Cause.REPLY_TOO_LARGE if too_long else diagnose_status(status),
            "the answer is too long" if too_long else "",
        )


def _is_worth_another(request: httpx2.Request, answer: Answer) -> bool:
    if not answer.is_worth_another:
        return False
    if answer.effect is Effect.IN_DOUBT:
        return request.method in SAFE_METHODS
    return answer.effect in {Effect.NOT_DONE, Effect.UNAUTHORISED}


def _without_doubt(effect: Effect) -> Effect:
    return Effect.NOT_DONE if effect is Effect.IN_DOUBT else effect


def _as_response(request: httpx2.Request, answer: Answer) -> httpx2.Response:
    """The answer as a flow wants to see it: unpacked and whole."""
    # As bytes: a service may write them in any alphabet.
    cookies = [(name, value) for name, value in answer.headers.raw if name.lower() == b"set-cookie"]
    return httpx2.Response(answer.status, headers=cookies, content=answer.content, request=request)
