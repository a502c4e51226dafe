"""A client whose sign-in asks for tokens: what is sent where, what is tried again, and what is said when it fails."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2
import pytest

from simulated_time import SimulatedTime
from sis_connect.errors import (
    ConfigurationError,
    MalformedReplyError,
    OutcomeUnknownError,
    SisConnectError,
    UnauthorisedError,
    UnavailableError,
)
from sis_connect.transport.client import HttpClient, Patience, Surroundings
from sis_connect.transport.diagnosis import Cause
from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.oauth2 import ClientGrant, OAuth2, TokenCache
from sis_connect.transport.retry import Backoff
from sis_connect.transport.static_sign_in import Bearer, StaticHeaders
from sis_connect.transport.token_bucket import BucketLimiter, Rate

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "not-a-secret-0123456789"
GRANT = ClientGrant("https://login.example.org/token?app=north", Credentials("some-id", SECRET))
ATTEMPTS = 3

Answer = httpx2.Response | Exception


def token(value: str = "token-1") -> httpx2.Response:
    return httpx2.Response(200, json={"access_token": value, "expires_in": 3600})


@dataclass
class Servers:
    """The token service and the SIS, each giving its answers in order, the last one again and again."""

    tokens: list[Answer]
    answers: list[Answer]
    seen: list[httpx2.Request] = field(default_factory=list)
    time: SimulatedTime = field(default_factory=SimulatedTime)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(httpx2.Request(request.method, request.url, headers=request.headers, content=request.read()))
        line = self.tokens if request.url.host == "login.example.org" else self.answers
        answer = line.pop(0) if len(line) > 1 else line[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def hosts(self) -> list[str]:
        return [request.url.host.partition(".")[0] for request in self.seen]

    @contextmanager
    def client(self, auth: httpx2.Auth | None = None) -> Iterator[HttpClient]:
        around = Surroundings(
            wall_clock=self.time.clock,
            steady_clock=self.time.clock,
            sleep=self.time.sleep,
            random=lambda: 0.0,
            wire=httpx2.MockTransport(self),
        )
        with HttpClient(
            "https://sis.example.org/v1p1",
            auth=auth or OAuth2(GRANT, clock=self.time.clock),
            headers=StaticHeaders({"X-Vendor": "vendor-secret"}),
            limiter=BucketLimiter(Rate(per_second=1000.0), clock=self.time.clock, sleep=self.time.sleep),
            patience=Patience(backoff=Backoff(attempts=ATTEMPTS, first=2.0), largest_reply=1000),
            surroundings=around,
        ) as client:
            yield client

    def fail(self, method: str = "GET") -> SisConnectError:
        with self.client() as client, pytest.raises(SisConnectError) as caught:
            client.send(method, "users", body=b"{}" if method == "PUT" else None)
        return caught.value


def test_a_token_is_fetched_first_and_then_used_by_every_request() -> None:
    servers = Servers([token()], [httpx2.Response(200)])
    with servers.client() as client:
        client.send("GET", "users")
        client.send("GET", "orgs")
    assert servers.hosts == ["login", "sis", "sis"]
    assert [request.headers["Authorization"] for request in servers.seen[1:]] == ["Bearer token-1"] * 2


def test_what_is_meant_for_the_sis_never_reaches_the_token_service_and_the_other_way_round() -> None:
    servers = Servers([token()], [httpx2.Response(200)])
    with servers.client() as client:
        client.send("PUT", "lineItems/1", body=b'{"lineItem": {}}')
    asked, sent = servers.seen
    assert "X-Vendor" not in asked.headers
    assert b"lineItem" not in asked.content
    assert sent.headers["X-Vendor"] == "vendor-secret"
    assert sent.content == b'{"lineItem": {}}'
    assert SECRET not in str(sent.headers.raw)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_token_that_ends_in_the_middle_is_renewed_without_a_wait(method: str) -> None:
    """Even for a write: a refused sign-in means that nothing was done."""
    servers = Servers([token("old"), token("new")], [httpx2.Response(401), httpx2.Response(200)])
    with servers.client() as client:
        assert client.send(method, "users").status == 200
    assert servers.hosts == ["login", "sis", "login", "sis"]
    assert servers.seen[-1].headers["Authorization"] == "Bearer new"
    assert servers.time.sleeps == []


def test_a_sis_that_refuses_every_token_is_asked_twice_and_no_more() -> None:
    servers = Servers([token()], [httpx2.Response(401)])
    error = servers.fail()
    assert isinstance(error, UnauthorisedError)
    assert error.cause == Cause.UNAUTHORISED
    assert servers.hosts == ["login", "sis", "login", "sis"]


@pytest.mark.parametrize(
    "breathless",
    [
        httpx2.Response(429, headers={"Retry-After": "7"}),
        httpx2.Response(503),
        httpx2.Response(500),
        httpx2.ReadTimeout("x"),
        httpx2.ConnectError("x"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_token_service_out_of_breath_is_asked_again(method: str, breathless: Answer) -> None:
    servers = Servers([breathless, token()], [httpx2.Response(200)])
    with servers.client() as client:
        assert client.send(method, "users").status == 200
    assert servers.hosts == ["login", "login", "sis"]
    assert len(servers.time.sleeps) == 1


@pytest.mark.parametrize("lost", [httpx2.Response(500), httpx2.ReadTimeout("x"), httpx2.ConnectError("x")])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_when_no_token_comes_nothing_was_done_and_the_token_service_is_named(method: str, lost: Answer) -> None:
    """A write whose sign-in was lost is not in doubt: the write was never sent."""
    servers = Servers([lost], [httpx2.Response(200)])
    error = servers.fail(method)
    assert isinstance(error, UnavailableError)
    assert error.where == "POST https://login.example.org/token"
    assert "north" not in str(error)
    assert servers.hosts == ["login"] * ATTEMPTS


def test_a_write_that_is_lost_after_its_sign_in_is_in_doubt() -> None:
    servers = Servers([token()], [httpx2.ReadTimeout("x")])
    assert isinstance(servers.fail("PUT"), OutcomeUnknownError)
    assert servers.hosts == ["login", "sis"]


@pytest.mark.parametrize(
    ("answer", "kind", "cause"),
    [
        (httpx2.Response(401, json={"error": "invalid_client"}), UnauthorisedError, Cause.CLIENT_REFUSED),
        (httpx2.Response(400, json={"error": "invalid_scope"}), ConfigurationError, Cause.SCOPE_REFUSED),
        (httpx2.Response(404), ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (httpx2.Response(302, headers={"Location": "/login"}), ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (httpx2.Response(200, text="<html>"), ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (httpx2.Response(200, json={"token": 1}), MalformedReplyError, Cause.SIGN_IN_UNREADABLE),
        (httpx2.Response(200, content=b"x" * 1001), MalformedReplyError, Cause.REPLY_TOO_LARGE),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_token_service_that_refuses_is_asked_once_and_says_what_to_check(
    method: str, answer: httpx2.Response, kind: type[SisConnectError], cause: Cause
) -> None:
    servers = Servers([answer], [httpx2.Response(200)])
    error = servers.fail(method)
    assert type(error) is kind
    assert error.cause == cause
    assert error.where == "POST https://login.example.org/token"
    assert servers.hosts == ["login"]


@pytest.mark.parametrize(
    "refusal",
    [
        httpx2.Response(400, json={"error": "invalid_client"}),
        httpx2.Response(401),
        httpx2.Response(400, json={"error": "invalid_scope"}),
        httpx2.Response(400, json={"error": "invalid_request"}),
    ],
)
def test_credentials_that_were_refused_are_not_shown_again_for_a_minute(refusal: httpx2.Response) -> None:
    """Whoever asks meanwhile, in whatever thread, is told the same: some services lock a client out."""
    servers = Servers([refusal, token()], [httpx2.Response(200)])
    with servers.client() as client:
        errors = []
        for _ in range(4):
            with pytest.raises(SisConnectError) as caught:
                client.send("GET", "users")
            errors.append((type(caught.value), str(caught.value), caught.value.fix))
        assert servers.hosts == ["login"]
        assert len(set(errors)) == 1
        servers.time.sleep(60.0)
        assert client.send("GET", "users").status == 200


def test_credentials_refused_at_a_renewal_are_shown_once_more_and_no_more() -> None:
    servers = Servers([token(), httpx2.Response(401)], [httpx2.Response(401)])
    with servers.client() as client:
        for _ in range(3):
            with pytest.raises(UnauthorisedError):
                client.send("GET", "users")
    assert servers.hosts == ["login", "sis", "login"]


@pytest.mark.parametrize(
    ("refusal", "hosts"),
    [
        (httpx2.Response(401, json={"error": "invalid_client"}), ["login"]),
        (httpx2.Response(400, json={"error": "invalid_scope"}), ["login", "login", "sis"]),
    ],
)
def test_a_client_that_is_not_known_is_not_known_for_another_scope(refusal: httpx2.Response, hosts: list[str]) -> None:
    cache = TokenCache()
    servers = Servers([refusal, token()], [httpx2.Response(200)])
    for scopes in (("a",), ("b",)):
        grant = ClientGrant(GRANT.token_url, GRANT.credentials, scopes)
        with servers.client(OAuth2(grant, cache=cache, clock=servers.time.clock)) as client, suppress(SisConnectError):
            client.send("GET", "users")
    assert servers.hosts == hosts


def test_other_credentials_are_shown_at_once() -> None:
    """A refusal belongs to what was refused; who mends a secret need not wait."""
    cache = TokenCache()
    servers = Servers([httpx2.Response(401), token()], [httpx2.Response(200)])
    with servers.client(OAuth2(GRANT, cache=cache)) as client, pytest.raises(UnauthorisedError):
        client.send("GET", "users")
    mended = ClientGrant(GRANT.token_url, Credentials("some-id", f"{SECRET}-new"))
    with servers.client(OAuth2(mended, cache=cache)) as client:
        assert client.send("GET", "users").status == 200


def test_an_exchange_signs_in_too_and_renews_once() -> None:
    servers = Servers([token("old"), token("new")], [httpx2.Response(401), httpx2.Response(404)])
    with servers.client() as client:
        assert client.exchange("GET", "users").status == 404
    assert servers.hosts == ["login", "sis", "login", "sis"]


def test_a_static_token_is_sent_as_it_is() -> None:
    servers = Servers([token()], [httpx2.Response(200)])
    with servers.client(Bearer("issued-by-hand")) as client:
        client.send("GET", "users")
    assert servers.hosts == ["sis"]
    assert servers.seen[0].headers["Authorization"] == "Bearer issued-by-hand"


@pytest.mark.parametrize("status", [200, 401, 500])
def test_no_log_or_error_tells_a_token_or_a_secret(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    servers = Servers([token("token-value")], [httpx2.Response(status, text="token-value")])
    told = ""
    with servers.client() as client:
        try:
            told = repr(client.send("GET", "users"))
        except SisConnectError as error:
            told = f"{error!r} {error} {error.where} {error.fix}"
        told += repr(client) + caplog.text
    for secret in (SECRET, "token-value", "vendor-secret", "some-id", "north"):
        assert secret not in told
