"""OAuth 2.0 client credentials (RFC 6749, 4.4) with bearer tokens (RFC 6750), as a flow of httpx2 without I/O.

Here: asking for a token, keeping it until shortly before it ends, renewing it once when a server refuses it. Not here:
sending, and trying again when the token service is out of breath (`transport.client`).

oauthlib builds the request's body. It does not read the answer: its parser takes its rules from environment variables,
refuses a narrower scope than was asked for and takes anything that is no JSON for a form, all of which a service in
the field may get wrong in its own way; here each of these has one answer of our own.
"""

from __future__ import annotations

import base64
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote_plus

import httpx2
import msgspec
from oauthlib.oauth2 import BackendApplicationClient

from sis_connect.errors import ConfigurationError, MalformedReplyError, SisConnectError, UnauthorisedError
from sis_connect.transport import masking
from sis_connect.transport.diagnosis import DIAGNOSES, Cause

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from sis_connect.transport.oauth1 import Credentials

#: Seconds a token is taken to last when its service does not say (a choice: the standard has no default).
_UNTOLD_LIFETIME = 300.0
#: A token is renewed this many seconds before its end, or this part of its life, whichever is less.
_MARGIN_SECONDS = 60.0
_MARGIN_PART = 0.1
#: Seconds for which a refusal stands: whoever asks meanwhile is told the same, and the service is not asked again. Some
#: lock a client out that shows a wrong secret again and again.
_REFUSAL_SECONDS = 60.0
_TOKEN = re.compile(r"[\x21-\x7e]+")

_ERRORS = {
    "invalid_client": Cause.CLIENT_REFUSED,
    "access_denied": Cause.CLIENT_REFUSED,
    "invalid_scope": Cause.SCOPE_REFUSED,
    "insufficient_scope": Cause.SCOPE_REFUSED,
    "unauthorized_client": Cause.GRANT_REFUSED,
    "unsupported_grant_type": Cause.GRANT_REFUSED,
    "invalid_grant": Cause.GRANT_REFUSED,
    "invalid_request": Cause.GRANT_REQUEST_REFUSED,
}


#: Causes that the same credentials meet again.
_ABOUT_CLIENT = frozenset((Cause.CLIENT_REFUSED, Cause.SCOPE_REFUSED, Cause.GRANT_REFUSED, Cause.GRANT_REQUEST_REFUSED))


class ClientStyle(StrEnum):
    """How the client's id and secret are sent to the token service."""

    #: In the Authorization header, as they are (RFC 7617).
    BASIC = "basic"
    #: In the Authorization header, form-encoded first, as RFC 6749, 2.3.1 has it; it differs for special signs only.
    BASIC_ENCODED = "basic-encoded"
    #: In the form.
    BODY = "body"


@dataclass(frozen=True, slots=True)
class ClientGrant:
    """What a client shows to get a token; two equal ones share their token."""

    #: Called as it stands, its query included.
    token_url: str
    credentials: Credentials
    #: None for services that know no scopes.
    scopes: tuple[str, ...] = ()
    style: ClientStyle = ClientStyle.BASIC
    #: Whether cookies that come with a token belong to it and are sent back with it.
    keeps_cookies: bool = False

    def __post_init__(self) -> None:
        """ConfigurationError when no service could take these."""
        if not self.credentials.key or not self.credentials.secret:
            raise ConfigurationError(
                "The client id or the secret is empty.", where="sign-in", fix="Copy both from the SIS."
            )
        if self.style is ClientStyle.BASIC and ":" in self.credentials.key:
            raise ConfigurationError(
                "The client id holds a colon, which Basic cannot send.",
                where="sign-in",
                fix="Send id and secret in the body, or encoded.",
            )


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and when to renew it."""

    value: str = field(repr=False)
    #: A reading of the clock that told when it was asked for.
    renew_at: float
    #: The cookies that came with it, as a request carries them; empty for none.
    cookies: str = field(default="", repr=False)

    def put_on(self, request: httpx2.Request) -> None:
        """The request carries the token."""
        request.headers["Authorization"] = f"Bearer {self.value}"
        if self.cookies:
            request.headers["Cookie"] = self.cookies


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What the token service had against the credentials, and until when that is not asked again."""

    cause: Cause
    status: int
    until: float


#: What is shown of a client whatever it asks for.
_Client: TypeAlias = "tuple[str, Credentials, ClientStyle]"


def _client_of(grant: ClientGrant) -> _Client:
    return grant.token_url, grant.credentials, grant.style


@dataclass(slots=True)
class _Slot:
    token: Token | None = None
    #: Held by the one who renews; everybody else waits for the new token.
    renewing: threading.Lock = field(default_factory=threading.Lock)


class TokenCache:
    """The tokens of a process, by what was shown for them; safe to share between threads and clients."""

    def __init__(self) -> None:
        """No token is known."""
        self._slots: dict[ClientGrant, _Slot] = {}
        self._refusals: dict[ClientGrant | _Client, _Refusal] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        """How many, and nothing else."""
        return f"TokenCache({len(self._slots)})"

    def get(self, grant: ClientGrant, now: float) -> Token | None:
        """The token to use now, or None when it is time for another."""
        token = self._slot(grant).token
        return token if token is not None and now < token.renew_at else None

    @contextmanager
    def renewing(self, grant: ClientGrant) -> Iterator[None]:
        """A block that one thread at a time enters for one grant."""
        with self._slot(grant).renewing:
            yield

    def put(self, grant: ClientGrant, token: Token | None) -> None:
        """From now on this is the token; None for none."""
        self._slot(grant).token = token

    def refused(self, grant: ClientGrant, now: float) -> SisConnectError | None:
        """The error that says again what the token service said a moment ago; None when it may be asked."""
        for shown in (grant, _client_of(grant)):
            refusal = self._refusals.get(shown)
            if refusal is not None and now < refusal.until:
                return _refusal(refusal.cause, _place(grant), refusal.status)
        return None

    def refuse(self, grant: ClientGrant, cause: Cause, status: int, until: float) -> None:
        """The token service has this against the credentials, and is not asked again until then."""
        # Whoever is not known is not known for any scope.
        shown = _client_of(grant) if cause is Cause.CLIENT_REFUSED else grant
        self._refusals[shown] = _Refusal(cause, status, until)

    def _slot(self, grant: ClientGrant) -> _Slot:
        with self._lock:
            return self._slots.setdefault(grant, _Slot())


class OAuth2(httpx2.Auth):
    """Puts a token on each request that passes; safe to share between threads.

    Errors of the token service come out of the flow as ConfigurationError (scope, kind of grant, address),
    UnauthorisedError (id or secret) and MalformedReplyError, each with its `cause`.
    """

    requires_response_body = True

    def __init__(
        self, grant: ClientGrant, *, cache: TokenCache | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Without a cache the token is shared with nobody. `clock` never goes back, in seconds."""
        masking.mask_library_logs()
        self._grant = grant
        self._cache = cache or TokenCache()
        self._clock = clock
        #: Fetched because of a 500: another 500 with it has another cause.
        self._after_error: Token | None = None

    def __repr__(self) -> str:
        """The style, and nothing else."""
        return f"OAuth2({self._grant.style})"

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """The request with a token; when that is refused, once more with a new one.

        Some services answer 500 to a token that has ended: what only reads is sent once more then, too, with a new
        token in place of one that was kept.
        """
        kept = self._cache.get(self._grant, self._clock())
        token = kept or (yield from self._renewed(None))
        token.put_on(request)
        response = yield request
        has_failed = response.status_code == httpx2.codes.INTERNAL_SERVER_ERROR and request.method == "GET"
        may_have_ended = has_failed and kept is not None and kept is not self._after_error
        if response.status_code == httpx2.codes.UNAUTHORIZED or may_have_ended:
            token = yield from self._renewed(token)
            if may_have_ended:
                self._after_error = token
            token.put_on(request)
            yield request

    def _renewed(self, refused: Token | None) -> Generator[httpx2.Request, httpx2.Response, Token]:
        """A token other than the refused one: another thread's, or one that is asked for here."""
        with self._cache.renewing(self._grant):
            asked_at = self._clock()
            present = self._cache.get(self._grant, asked_at)
            if present is not None and present is not refused:
                return present
            if (refusal := self._cache.refused(self._grant, asked_at)) is not None:
                raise refusal
            self._cache.put(self._grant, None)
            response = yield _token_request(self._grant)
            try:
                token = parse_token(response.status_code, response.content, where=_place(self._grant), now=asked_at)
            except SisConnectError as error:
                if error.cause in _ABOUT_CLIENT:
                    until = asked_at + _REFUSAL_SECONDS
                    self._cache.refuse(self._grant, Cause(error.cause), response.status_code, until)
                raise
            if self._grant.keeps_cookies:
                token = replace(token, cookies=_cookies(response))
            self._cache.put(self._grant, token)
            return token


def derived_token_url(base_url: str) -> str:
    """The token address next to a service root, as some vendors have it (Aeries, TCI).

    A pattern that the standard recommends and few follow; it is used where a person chose it, never by itself.
    """
    return f"{base_url.rstrip('/')}/token"


def parse_token(status: int, content: bytes, *, where: str, now: float) -> Token:
    """The token of an answer, or the error that says which setting to look at; `now` is when it was asked for."""
    fields = _fields(content)
    if status >= 300 or "access_token" not in fields:
        raise _refusal(_cause(status, fields), where, status)
    value, kind = fields["access_token"], fields.get("token_type")
    is_bearer = kind is None or (isinstance(kind, str) and kind.strip().lower() in {"bearer", ""})
    if not isinstance(value, str) or not _TOKEN.fullmatch(value) or not is_bearer:
        raise _refusal(Cause.SIGN_IN_UNREADABLE, where, status)
    lifetime = _lifetime(fields.get("expires_in"))
    return Token(value, now + lifetime - min(_MARGIN_SECONDS, lifetime * _MARGIN_PART))


def _token_request(grant: ClientGrant) -> httpx2.Request:
    """The request of RFC 6749, 4.4.2."""
    key, secret = grant.credentials.key, grant.credentials.secret
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    extra = {}
    match grant.style:
        case ClientStyle.BODY:
            extra = {"include_client_id": True, "client_secret": secret}
        case ClientStyle.BASIC:
            headers["Authorization"] = _basic(key, secret)
        case ClientStyle.BASIC_ENCODED:
            headers["Authorization"] = _basic(quote_plus(key), quote_plus(secret))
    body = BackendApplicationClient(key).prepare_request_body(scope=list(grant.scopes) or None, **extra)
    return httpx2.Request("POST", grant.token_url, headers=headers, content=body)


def _basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode("ascii")


def _cookies(response: httpx2.Response) -> str:
    """What the answer set, names and values alone (RFC 6265, 4.2)."""
    pairs = (header.partition(";")[0].strip() for header in response.headers.get_list("set-cookie"))
    return "; ".join(pair for pair in pairs if "=" in pair)


def _place(grant: ClientGrant) -> str:
    """The token address without its query."""
    return f"POST {httpx2.URL(grant.token_url).copy_with(query=None)}"


def _fields(content: bytes) -> dict[str, Any]:
    """The object in the answer; empty when there is none."""
    try:
        decoded = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _lifetime(told: object) -> float:
    """Seconds; a number, or a number as text, above 0. Anything else is as good as untold."""
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return _UNTOLD_LIFETIME
    try:
        seconds = float(told)
    except (ValueError, OverflowError):
        return _UNTOLD_LIFETIME
    return seconds if 0 < seconds < float("inf") else _UNTOLD_LIFETIME


def _cause(status: int, fields: dict[str, Any]) -> Cause:
    """What the service complains of: by the error it names (RFC 6749, 5.2), else by its status."""
    named = fields.get("error")
    if isinstance(named, str) and named in _ERRORS:
        return _ERRORS[named]
    if status in {401, 403}:
        return Cause.CLIENT_REFUSED
    if status == 400 and fields:
        return Cause.GRANT_REQUEST_REFUSED
    if status < 300 and fields:
        return Cause.SIGN_IN_UNREADABLE
    return Cause.NO_SIGN_IN_SERVICE


def _refusal(cause: Cause, where: str, status: int) -> SisConnectError:
    kind: type[SisConnectError] = ConfigurationError
    if cause is Cause.CLIENT_REFUSED:
        kind = UnauthorisedError
    elif cause is Cause.SIGN_IN_UNREADABLE:
        kind = MalformedReplyError
    row = DIAGNOSES[cause]
    return kind(f"{row.what} ({where}: status {status})", where=where, fix=row.fix, cause=cause)
