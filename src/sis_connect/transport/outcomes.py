"""What a request ended with, and the error that says so.

Errors hold a method, a path and a status, never a query, a header or a body; their sentences are those of
`transport.diagnosis`. Not here: sending (`transport.client`), and what a status means (`transport.retry`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx2

from sis_connect.errors import (
    ConfigurationError,
    MalformedReplyError,
    OutcomeUnknownError,
    SisConnectError,
    TargetError,
    UnauthorisedError,
    UnavailableError,
)
from sis_connect.transport.diagnosis import DIAGNOSES, Action, Cause
from sis_connect.transport.redirects import pointer
from sis_connect.transport.retry import SAFE_METHODS, Effect

#: What of a refusal's body is read for its reason, in characters.
_REASON_LENGTH = 500


class RequestRefusedError(TargetError):
    """The server found the request itself wrong (4xx); nothing was written. `reason` is its text and not for logs."""

    def __init__(self, what: str, *, status: int, reason: str = "", cause: Cause = Cause.REFUSED) -> None:
        """As the base class, with the status and the server's own words."""
        super().__init__(what, fix=DIAGNOSES[cause].fix, cause=cause)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one attempt, and what it means."""

    effect: Effect
    #: 0 when nothing came back.
    status: int
    content: bytes = field(repr=False, default=b"")
    headers: httpx2.Headers = field(repr=False, default_factory=httpx2.Headers)
    #: Seconds the server asks to wait.
    retry_after: float | None = None
    #: Why it is not what was asked for; None when it is.
    cause: Cause | None = None
    #: The name of what went wrong on the way.
    failure: str = ""
    #: How often the sign-in was refused in this attempt.
    sign_ins_refused: int = 0
    #: What was sent, when it was not the request itself but the sign-in before it.
    sign_in: str = ""

    @property
    def is_worth_another(self) -> bool:
        """True when the same request may succeed later."""
        return self.cause is None or DIAGNOSES[self.cause].action in {Action.RETRY, Action.RENEW}


def describe(request: httpx2.Request) -> str:
    """Method and address, without the query."""
    return f"{request.method} {request.url.copy_with(query=None)}"


def error_for(request: httpx2.Request, answer: Answer) -> SisConnectError:
    """The error that says what is known about a request that did not succeed."""
    where = answer.sign_in or describe(request)
    happened = answer.failure or f"status {answer.status}"
    is_read = request.method in SAFE_METHODS or bool(answer.sign_in)
    if answer.effect is Effect.DONE and is_read:
        return _error(MalformedReplyError, Cause.REPLY_TOO_LARGE, where, happened)
    is_in_doubt = answer.effect in {Effect.DONE, Effect.IN_DOUBT} or answer.status == httpx2.codes.SEE_OTHER
    if is_in_doubt and not is_read:
        return OutcomeUnknownError(
            f"{where} was sent and its answer was lost ({happened}).",
            where=where,
            fix="Run again: what was written is looked up before anything is written twice.",
            cause=answer.cause or "",
        )
    return _nothing_done(request, answer, where, happened)


def endless(request: httpx2.Request, answer: Answer) -> SisConnectError:
    """The error for a read that was sent from address to address of one server."""
    return _error(ConfigurationError, Cause.REDIRECT_LOOP, describe(request), f"status {answer.status}")


def _nothing_done(request: httpx2.Request, answer: Answer, where: str, happened: str) -> SisConnectError:
    """The error for a request that certainly changed nothing."""
    cause = answer.cause or Cause.REPLY_BROKEN
    if answer.effect is Effect.UNAUTHORISED:
        return _error(UnauthorisedError, cause, where, happened)
    if answer.effect is Effect.REDIRECTED:
        return _redirected(request, answer, where, happened)
    if answer.effect is Effect.REFUSED:
        reason = answer.content[: _REASON_LENGTH * 4].decode("utf-8", "replace")[:_REASON_LENGTH]
        what = f"{DIAGNOSES[cause].what} ({where}: {happened})"
        return RequestRefusedError(what, status=answer.status, reason=reason, cause=cause)
    kind = ConfigurationError if cause is Cause.FORBIDDEN_ADDRESS else UnavailableError
    return _error(kind, cause, where, happened)


def _redirected(request: httpx2.Request, answer: Answer, where: str, happened: str) -> ConfigurationError:
    """The error that names the address the server would rather be called at."""
    found = pointer(request.url, answer)
    fix = DIAGNOSES[found.cause].fix
    if found.origin:
        fix = f"{fix.rstrip('.')}: it points to {found.origin}."
    what = f"{DIAGNOSES[found.cause].what} ({where}: {happened})"
    return ConfigurationError(what, where=where, fix=fix, cause=found.cause)


def _error(kind: type[SisConnectError], cause: Cause, where: str, happened: str) -> SisConnectError:
    row = DIAGNOSES[cause]
    return kind(f"{row.what} ({where}: {happened})", where=where, fix=row.fix, cause=cause)
