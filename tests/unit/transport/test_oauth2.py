"""Tokens: asked for as the service wants it, shared, renewed in time and once, and never shown."""

from __future__ import annotations

import base64
import json
import threading
from urllib.parse import parse_qs

import httpx2
import pytest

from simulated_time import SimulatedTime
from sis_connect.errors import ConfigurationError, MalformedReplyError, SisConnectError, UnauthorisedError
from sis_connect.transport.diagnosis import Cause
from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.oauth2 import (
    ClientGrant,
    ClientStyle,
    OAuth2,
    Token,
    TokenCache,
    derived_token_url,
    parse_token,
)

SECRET = "not-a-secret+/=&0123456789"
CREDENTIALS = Credentials("some id", SECRET)
TOKEN_URL = "https://login.example.org/oauth2/token?appName=north"
SCOPES = ("https://purl.example.org/scope/roster.readonly", "https://purl.example.org/scope/gradebook.readonly")
GRANT = ClientGrant(TOKEN_URL, CREDENTIALS, SCOPES)


def request() -> httpx2.Request:
    return httpx2.Request("GET", "https://sis.example.org/users")


def reply(status: int, fields: object = None) -> httpx2.Response:
    return httpx2.Response(status, content=b"" if fields is None else json.dumps(fields).encode())


class Service:
    """Plays both servers: numbers its tokens, and refuses those it was told to refuse."""

    def __init__(self, expires_in: object = 3600) -> None:
        self.expires_in = expires_in
        self.issued = 0
        self.refused: set[str] = set()
        self.seen: list[str] = []

    def __call__(self, asked: httpx2.Request) -> httpx2.Response:
        if asked.url.host == "login.example.org":
            self.issued += 1
            fields = {"access_token": f"token-{self.issued}", "token_type": "bearer", "expires_in": self.expires_in}
            return reply(200, fields)
        token = asked.headers["Authorization"].removeprefix("Bearer ")
        self.seen.append(token)
        return reply(401 if token in self.refused else 200)

    def call(self, auth: OAuth2) -> int:
        """The status a request ends with, driven through the flow by hand."""
        flow = auth.sync_auth_flow(request())
        response = self(next(flow))
        while True:
            try:
                response = self(flow.send(response))
            except StopIteration:
                return response.status_code


def asked_with(grant: ClientGrant) -> httpx2.Request:
    """The request for a token."""
    return next(OAuth2(grant).sync_auth_flow(request()))


def form(asked: httpx2.Request) -> dict[str, list[str]]:
    return parse_qs(asked.content.decode(), strict_parsing=True)


def basic(asked: httpx2.Request) -> str:
    return base64.b64decode(asked.headers["Authorization"].removeprefix("Basic ")).decode()


def test_a_token_is_asked_for_at_the_address_as_it_stands() -> None:
    asked = asked_with(GRANT)
    assert (asked.method, str(asked.url)) == ("POST", TOKEN_URL)
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.headers["Accept"] == "application/json"


def test_basic_sends_id_and_secret_in_the_header_and_scopes_in_the_form() -> None:
    asked = asked_with(GRANT)
    assert basic(asked) == f"some id:{SECRET}"
    assert form(asked) == {"grant_type": ["client_credentials"], "scope": [" ".join(SCOPES)]}


def test_basic_encoded_sends_them_form_encoded() -> None:
    """RFC 6749, 2.3.1, which many services and clients pass over."""
    asked = asked_with(ClientGrant(TOKEN_URL, CREDENTIALS, style=ClientStyle.BASIC_ENCODED))
    assert basic(asked) == "some+id:not-a-secret%2B%2F%3D%260123456789"


def test_body_sends_them_in_the_form_and_nothing_in_the_header() -> None:
    asked = asked_with(ClientGrant(TOKEN_URL, CREDENTIALS, SCOPES[:1], ClientStyle.BODY))
    assert "Authorization" not in asked.headers
    assert form(asked) == {
        "grant_type": ["client_credentials"],
        "client_id": ["some id"],
        "client_secret": [SECRET],
        "scope": [SCOPES[0]],
    }


def test_no_scope_is_sent_where_none_is_configured() -> None:
    assert form(asked_with(ClientGrant(TOKEN_URL, CREDENTIALS))) == {"grant_type": ["client_credentials"]}


def test_the_derived_address_stands_next_to_the_service_root() -> None:
    for root in ("https://sis.example.org/aeries", "https://sis.example.org/aeries/"):
        assert derived_token_url(root) == "https://sis.example.org/aeries/token"


def test_a_token_is_asked_for_once_and_used_until_it_is_renewed_before_its_end() -> None:
    time, service = SimulatedTime(), Service(expires_in=3600)
    auth = OAuth2(GRANT, clock=time.clock)
    for _ in range(3):
        assert service.call(auth) == 200
    time.now += 3539
    assert service.call(auth) == 200
    assert service.seen == ["token-1"] * 4
    time.now += 2
    assert service.call(auth) == 200
    assert service.seen[-1] == "token-2"


def test_a_refused_token_is_renewed_once_and_the_request_sent_once_more() -> None:
    service = Service()
    service.refused = {"token-1"}
    assert service.call(OAuth2(GRANT)) == 200
    assert service.seen == ["token-1", "token-2"]


def test_a_renewed_token_that_is_refused_too_ends_the_request() -> None:
    service = Service()
    service.refused = {"token-1", "token-2"}
    assert service.call(OAuth2(GRANT)) == 401
    assert service.issued == 2


def test_clients_with_the_same_credentials_share_a_token_and_others_do_not() -> None:
    service, cache = Service(), TokenCache()
    other = ClientGrant(TOKEN_URL, CREDENTIALS, SCOPES[:1])
    for grant in (GRANT, ClientGrant(TOKEN_URL, CREDENTIALS, SCOPES), other):
        service.call(OAuth2(grant, cache=cache))
    assert service.seen == ["token-1", "token-1", "token-2"]


def test_a_token_that_another_client_renewed_meanwhile_is_used_instead_of_asking_again() -> None:
    service, cache = Service(), TokenCache()
    service.call(OAuth2(GRANT, cache=cache))
    service.refused = {"token-1"}
    flow = OAuth2(GRANT, cache=cache).sync_auth_flow(request())
    response = service(next(flow))
    service.call(OAuth2(GRANT, cache=cache))
    assert service.issued == 2
    assert flow.send(response).headers["Authorization"] == "Bearer token-2"
    assert service.issued == 2


def test_of_many_threads_one_renews_and_the_others_use_what_it_got() -> None:
    service, cache = Service(), TokenCache()
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait(timeout=30)
        service.call(OAuth2(GRANT, cache=cache))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert service.seen == ["token-1"] * 8


def test_a_renewal_that_fails_lets_the_next_one_try() -> None:
    cache = TokenCache()
    flow = OAuth2(GRANT, cache=cache).sync_auth_flow(request())
    next(flow)
    flow.close()
    failing = OAuth2(GRANT, cache=cache).sync_auth_flow(request())
    next(failing)
    with pytest.raises(ConfigurationError):
        failing.send(reply(404))
    service = Service()
    assert service.call(OAuth2(GRANT, cache=cache)) == 200


@pytest.mark.parametrize(
    ("told", "renewed_after"),
    [
        (3600, 3540.0),
        ("3600", 3540.0),
        (3600.5, 3540.5),
        (100, 90.0),
        ("100", 90.0),
        (1, 0.9),
        (None, 270.0),
        ("", 270.0),
        ("soon", 270.0),
        (0, 270.0),
        (-1, 270.0),
        ("nan", 270.0),
        ("inf", 270.0),
        (True, 270.0),
        ([3600], 270.0),
        (10**400, 270.0),
    ],
)
def test_a_lifetime_is_a_number_a_text_or_untold(told: object, renewed_after: float) -> None:
    """Untold counts as five minutes: short enough, and a refusal renews anyway."""
    content = json.dumps({"access_token": "x", "expires_in": told}).encode()
    assert parse_token(200, content, where="x", now=0.0).renew_at == pytest.approx(renewed_after)


def test_a_token_without_any_word_on_its_lifetime_or_kind_is_used() -> None:
    assert parse_token(200, b'{"access_token": "a.b-c_d~e+f/g="}', where="x", now=0.0).value == "a.b-c_d~e+f/g="


@pytest.mark.parametrize("kind", ["bearer", "Bearer", "BEARER", " bearer ", ""])
def test_bearer_is_written_in_any_case(kind: str) -> None:
    content = json.dumps({"access_token": "x", "token_type": kind}).encode()
    assert parse_token(200, content, where="x", now=0.0).value == "x"


def test_a_narrower_scope_than_was_asked_for_is_no_error() -> None:
    assert parse_token(201, b'{"access_token": "x", "scope": "less"}', where="x", now=0.0).value == "x"


@pytest.mark.parametrize(
    ("status", "content", "kind", "cause"),
    [
        (401, b'{"error": "invalid_client"}', UnauthorisedError, Cause.CLIENT_REFUSED),
        (400, b'{"error": "invalid_client"}', UnauthorisedError, Cause.CLIENT_REFUSED),
        (401, b"", UnauthorisedError, Cause.CLIENT_REFUSED),
        (403, b"<html>", UnauthorisedError, Cause.CLIENT_REFUSED),
        (400, b'{"error": "invalid_scope"}', ConfigurationError, Cause.SCOPE_REFUSED),
        (200, b'{"error": "invalid_scope"}', ConfigurationError, Cause.SCOPE_REFUSED),
        (400, b'{"error": "unauthorized_client"}', ConfigurationError, Cause.GRANT_REFUSED),
        (400, b'{"error": "unsupported_grant_type"}', ConfigurationError, Cause.GRANT_REFUSED),
        (400, b'{"error": "invalid_request"}', ConfigurationError, Cause.GRANT_REQUEST_REFUSED),
        (400, b'{"message": "no"}', ConfigurationError, Cause.GRANT_REQUEST_REFUSED),
        (400, b"<html>", ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (404, b"", ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (404, b'{"error": "Not Found"}', ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (405, b"{}", ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (302, b"", ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (200, b"<!DOCTYPE html>", ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (200, b"\xff\xfe", ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (200, b"[]", ConfigurationError, Cause.NO_SIGN_IN_SERVICE),
        (200, b'{"token": "x"}', MalformedReplyError, Cause.SIGN_IN_UNREADABLE),
        (200, b'{"access_token": ""}', MalformedReplyError, Cause.SIGN_IN_UNREADABLE),
        (200, b'{"access_token": null}', MalformedReplyError, Cause.SIGN_IN_UNREADABLE),
        (200, b'{"access_token": "a b"}', MalformedReplyError, Cause.SIGN_IN_UNREADABLE),
        (200, b'{"access_token": "a\\r\\nHost: b"}', MalformedReplyError, Cause.SIGN_IN_UNREADABLE),
        (200, b'{"access_token": "x", "token_type": "mac"}', MalformedReplyError, Cause.SIGN_IN_UNREADABLE),
        (200, b'{"access_token": "x", "token_type": 7}', MalformedReplyError, Cause.SIGN_IN_UNREADABLE),
    ],
)
def test_a_refusal_says_what_to_check(status: int, content: bytes, kind: type[SisConnectError], cause: Cause) -> None:
    with pytest.raises(SisConnectError) as caught:
        parse_token(status, content, where="POST https://login.example.org/token", now=0.0)
    assert type(caught.value) is kind
    assert caught.value.cause == cause
    assert caught.value.where == "POST https://login.example.org/token"
    assert caught.value.fix


def test_where_a_token_was_asked_for_is_told_without_its_query() -> None:
    flow = OAuth2(GRANT).sync_auth_flow(request())
    next(flow)
    with pytest.raises(ConfigurationError) as caught:
        flow.send(reply(404))
    assert caught.value.where == "POST https://login.example.org/oauth2/token"
    assert "north" not in str(caught.value)


@pytest.mark.parametrize("credentials", [Credentials("", "x"), Credentials("x", ""), Credentials("a:b", "x")])
def test_credentials_that_cannot_be_sent_are_refused(credentials: Credentials) -> None:
    with pytest.raises(ConfigurationError):
        ClientGrant(TOKEN_URL, credentials)


def test_an_id_with_a_colon_can_be_sent_encoded_or_in_the_body() -> None:
    credentials = Credentials("a:b", "x")
    assert basic(asked_with(ClientGrant(TOKEN_URL, credentials, style=ClientStyle.BASIC_ENCODED))) == "a%3Ab:x"
    assert form(asked_with(ClientGrant(TOKEN_URL, credentials, style=ClientStyle.BODY)))["client_id"] == ["a:b"]


def test_neither_credentials_nor_token_are_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    service, cache = Service(), TokenCache()
    auth = OAuth2(GRANT, cache=cache)
    service.call(auth)
    token = cache.get(GRANT, 0.0) or Token("token-1", 0.0)
    shown = f"{GRANT!r} {auth!r} {cache!r} {token!r} {caplog.text}"
    assert SECRET not in shown
    assert "some id" not in shown
    assert "token-1" not in shown


@pytest.mark.parametrize(("keeps", "sent"), [(True, "session=abc; node=2"), (False, None)])
def test_cookies_of_a_token_go_with_it_where_they_belong_to_it(*, keeps: bool, sent: str | None) -> None:
    auth = OAuth2(ClientGrant(TOKEN_URL, CREDENTIALS, keeps_cookies=keeps))
    flow = auth.sync_auth_flow(request())
    next(flow)
    cookies = [("Set-Cookie", "session=abc; Path=/; HttpOnly"), ("Set-Cookie", "node=2")]
    signed = flow.send(httpx2.Response(200, headers=cookies, json={"access_token": "token-1"}))
    assert signed.headers["Authorization"] == "Bearer token-1"
    assert signed.headers.get("Cookie") == sent
