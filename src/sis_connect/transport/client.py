"""A client that sends a request as often as is right, and says exactly what is known when it gives up.

Every attempt takes its credits first and is signed anew. Redirects are followed only from a read that answered 303, and
only within the same origin. Answers have a size limit. Errors and log lines hold a method, a path and a status, never
a query, a header or a body. Not here: what a status means (`retry`) and any endpoint.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import httpx2

from sis_connect.errors import (
    ConfigurationError,
    MalformedReplyError,
    OutcomeUnknownError,
    TargetError,
    UnauthorisedError,
    UnavailableError,
)
from sis_connect.transport import masking
from sis_connect.transport.rate_limit import CreditLimiter
from sis_connect.transport.retry import (
    SAFE_METHODS,
    Backoff,
    Verdict,
    judge_failure,
    judge_status,
    parse_retry_after,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

#: A refused sign-in may be a timestamp overtaken by another request with the same key: it is signed once more.
_SIGN_IN_ATTEMPTS = 2
_MOST_REDIRECTS = 3
#: What of a refusal's body is read for its reason, in characters.
_REASON_LENGTH = 500


class RequestRefusedError(TargetError):
    """The server found the request itself wrong (4xx); nothing was written. `reason` is its text and not for logs."""

    def __init__(self, what: str, *, status: int, reason: str = "") -> None:
        """As the base class, with the status and the server's own words."""
        super().__init__(what, fix="Report this with the path and the status.")
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that says the request was carried out."""

    status: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what."""

    #: Seconds to wait for a connection, and for each piece of an answer or a request.
    connect_seconds: float = 10.0
    read_seconds: float = 90.0
    write_seconds: float = 30.0
    backoff: Backoff = field(default_factory=Backoff)
    #: Bytes of an answer beyond which it is not read.
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


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back, and what it means."""

    verdict: Verdict
    #: 0 when nothing came back.
    status: int
    content: bytes = field(repr=False, default=b"")
    retry_after: float | None = None
    location: str | None = None
    #: The name of what went wrong on the way.
    failure: str = ""


class HttpClient:
    """Sends requests to one server; safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx2.Auth | None = None,
        limiter: CreditLimiter | None = None,
        patience: Patience | None = None,
        surroundings: Surroundings | None = None,
        uses_proxy: bool = True,
    ) -> None:
        """`base_url` is what every path is added to; without a limiter the published limits of Schoology hold.

        `uses_proxy`: a proxy that the machine is set up for stands in between.
        """
        masking.mask_library_logs()
        self._patience = patience or Patience()
        self._around = surroundings or Surroundings()
        self._auth = auth
        self._limiter = limiter or CreditLimiter(clock=self._around.steady_clock, sleep=self._around.sleep)
        self._client = httpx2.Client(
            base_url=base_url,
            follow_redirects=False,
            transport=self._around.wire,
            trust_env=uses_proxy and self._around.wire is None,
            timeout=httpx2.Timeout(
                connect=self._patience.connect_seconds,
                read=self._patience.read_seconds,
                write=self._patience.write_seconds,
                pool=self._patience.connect_seconds,
            ),
            # Servers close idle connections after about five seconds; a write that meets such a closing is in doubt.
            limits=httpx2.Limits(max_connections=16, keepalive_expiry=2.0),
        )

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """As `close`."""
        self.close()

    def __repr__(self) -> str:
        """The server's name, and nothing else."""
        return f"HttpClient({self._client.base_url.host})"

    def close(self) -> None:
        """All connections are closed."""
        self._client.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: bytes | None = None,
        accept: str = "application/json",
    ) -> Reply:
        """The answer to a request that was carried out; `body` is JSON.

        UnauthorisedError, UnavailableError, RequestRefusedError and ConfigurationError (the address moved) mean that
        nothing was done; OutcomeUnknownError, for writes alone, that nobody can tell. MalformedReplyError: a read
        was answered at a length beyond the limit.
        """
        headers = {"Accept": accept} | ({"Content-Type": "application/json"} if body is not None else {})
        request = self._client.build_request(method, path.lstrip("/"), params=params, content=body, headers=headers)
        answer = self._send_patiently(request)
        for _ in range(_MOST_REDIRECTS):
            onward = self._redirected(request, answer)
            if onward is None:
                break
            request = onward
            answer = self._send_patiently(request)
        return self._conclude(request, answer)

    def _redirected(self, request: httpx2.Request, answer: _Answer) -> httpx2.Request | None:
        """The read a 303 asks for (RFC 9110, 15.4.4), or None when there is nothing to follow."""
        if answer.status != httpx2.codes.SEE_OTHER or not answer.location or request.method not in SAFE_METHODS:
            return None
        try:
            target = request.url.join(answer.location)
        except httpx2.InvalidURL:
            return None
        if target.origin != request.url.origin:
            return None
        return self._client.build_request(request.method, target, headers={"Accept": request.headers["Accept"]})

    def _send_patiently(self, request: httpx2.Request) -> _Answer:
        """The last answer, after as many attempts as are right."""
        backoff = self._patience.backoff
        sign_ins_refused = 0
        attempt = 0
        while True:
            attempt += 1
            answer = self._send_once(request)
            sign_ins_refused += answer.status == httpx2.codes.UNAUTHORIZED
            is_last = attempt >= backoff.attempts or sign_ins_refused >= _SIGN_IN_ATTEMPTS
            if is_last or not _is_worth_another(request, answer) or (answer.retry_after or 0.0) > backoff.patience:
                return answer
            wait = backoff.seconds(attempt, self._around.random)
            if answer.verdict is Verdict.NOT_DONE and answer.status:
                # The server is short of breath: everybody who shares the credits waits with us.
                self._limiter.pause(wait if answer.retry_after is None else answer.retry_after)
            else:
                self._around.sleep(wait)

    def _send_once(self, request: httpx2.Request) -> _Answer:
        try:
            with self._limiter.call(request.method):
                response = self._client.send(request, auth=self._auth, stream=True)
            try:
                content = self._read(response)
            finally:
                response.close()
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            answer = _Answer(judge_failure(error), 0, failure=type(error).__name__)
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

    def _judge(self, response: httpx2.Response, content: bytes | None) -> _Answer:
        retry_after = parse_retry_after(response.headers.get("Retry-After"), now=self._around.wall_clock())
        verdict = judge_status(response.status_code, has_retry_after=retry_after is not None)
        too_long = content is None and verdict is Verdict.DONE
        return _Answer(
            verdict,
            response.status_code,
            content or b"",
            retry_after,
            response.headers.get("Location"),
            "the answer is too long" if too_long else "",
        )

    def _conclude(self, request: httpx2.Request, answer: _Answer) -> Reply:
        """The reply, or the error that says what is known."""
        if answer.verdict is Verdict.DONE and not answer.failure:
            return Reply(answer.status, answer.content)
        where = f"{request.method} {request.url.copy_with(query=None)}"
        happened = answer.failure or f"status {answer.status}"
        is_read = request.method in SAFE_METHODS
        if answer.verdict is Verdict.DONE and is_read:
            raise MalformedReplyError(f"{where}: {happened}.", where=where, fix="Ask for less at a time.")
        is_in_doubt = answer.verdict in {Verdict.DONE, Verdict.IN_DOUBT} or answer.status == httpx2.codes.SEE_OTHER
        if is_in_doubt and not is_read:
            raise OutcomeUnknownError(
                f"{where} was sent and its answer was lost ({happened}).",
                where=where,
                fix="Run again: what was written is looked up before anything is written twice.",
            )
        raise _nothing_done(answer, where, happened)


def _is_worth_another(request: httpx2.Request, answer: _Answer) -> bool:
    if answer.verdict is Verdict.IN_DOUBT:
        return request.method in SAFE_METHODS
    return answer.verdict is Verdict.NOT_DONE or answer.status == httpx2.codes.UNAUTHORIZED


def _nothing_done(answer: _Answer, where: str, happened: str) -> Exception:
    """The error for a request that certainly changed nothing."""
    if answer.verdict is Verdict.UNAUTHORISED:
        return UnauthorisedError(
            f"{where} was not allowed ({happened}).",
            where=where,
            fix="Check the key and the secret, and that their owner may do this.",
        )
    if answer.verdict is Verdict.REDIRECTED:
        return ConfigurationError(
            f"{where} points to another address ({happened}).",
            where=where,
            fix="Set the address to the one the server answers at.",
        )
    if answer.verdict is Verdict.REFUSED:
        reason = answer.content[: _REASON_LENGTH * 4].decode("utf-8", "replace")[:_REASON_LENGTH]
        return RequestRefusedError(f"{where} was refused ({happened}).", status=answer.status, reason=reason)
    if answer.failure:
        return UnavailableError(
            f"The server did not answer ({happened}); nothing was changed.",
            where=where,
            fix="Check the address and the network, then run the same command again.",
        )
    return UnavailableError(
        f"The server could not do it now ({happened}); nothing was changed.",
        where=where,
        fix="Run the same command again later.",
    )
