"""How often a request is sent, and what is known when the client gives up."""

from __future__ import annotations

import gzip
import logging
from contextlib import contextmanager
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
from sis_connect.transport.client import HttpClient, Patience, RequestRefusedError, Surroundings
from sis_connect.transport.diagnosis import DIAGNOSES, Cause
from sis_connect.transport.oauth1 import Credentials, OAuth1
from sis_connect.transport.rate_limit import CreditLimit, CreditLimiter
from sis_connect.transport.retry import Backoff
from sis_connect.transport.static_sign_in import StaticHeaders
from sis_connect.transport.statuses import diagnose_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET = "not-a-secret-0123456789abcdef"
Answer = httpx2.Response | Exception
WRITES = ["POST", "PUT", "DELETE"]
ATTEMPTS = 4


@dataclass
class Server:
    """Gives the answers in order, the last one again and again, and remembers what was asked."""

    answers: list[Answer]
    requests: list[httpx2.Request] = field(default_factory=list)
    time: SimulatedTime = field(default_factory=SimulatedTime)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        copy = httpx2.Request(request.method, request.url, headers=request.headers, content=request.read())
        self.requests.append(copy)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @contextmanager
    def client(
        self,
        *,
        base: str = "https://api.example.org/v1",
        auth: httpx2.Auth | None = None,
        headers: StaticHeaders | None = None,
        largest_reply: int = 1000,
        patience: float = 60.0,
    ) -> Iterator[HttpClient]:
        around = Surroundings(
            wall_clock=self.time.clock,
            steady_clock=self.time.clock,
            sleep=self.time.sleep,
            random=lambda: 0.0,
            wire=httpx2.MockTransport(self),
        )
        auth = auth or OAuth1(Credentials("some-key", SECRET), clock=self.time.clock)
        backoff = Backoff(attempts=ATTEMPTS, first=2.0, longest=30.0, patience=patience)
        limiter = CreditLimiter(CreditLimit(), clock=self.time.clock, sleep=self.time.sleep)
        with HttpClient(
            base,
            auth=auth,
            headers=headers,
            limiter=limiter,
            patience=Patience(backoff=backoff, largest_reply=largest_reply),
            surroundings=around,
        ) as client:
            yield client

    def fail(self, method: str) -> SisConnectError:
        """The error a request ends with."""
        with self.client() as client, pytest.raises(SisConnectError) as caught:
            client.send(method, "users", params={"school_uids": "maria-lopez"}, body=b"{}")
        return caught.value


def answer(status: int, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def packed(content: bytes) -> httpx2.Response:
    """An answer that says it is compressed."""
    return httpx2.Response(200, stream=httpx2.ByteStream(content), headers={"Content-Encoding": "gzip"})


def test_an_answer_comes_back_with_status_and_body() -> None:
    server = Server([httpx2.Response(207, json={"user": []})])
    with server.client() as client:
        reply = client.send("POST", "/users", params={"update_existing": 1}, body=b'{"a":1}')
    assert (reply.status, reply.content) == (207, b'{"user":[]}')
    [request] = server.requests
    assert str(request.url) == "https://api.example.org/v1/users?update_existing=1"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Accept"] == "application/json"
    assert request.content == b'{"a":1}'


@pytest.mark.parametrize("failure", [httpx2.ConnectError("x"), httpx2.ConnectTimeout("x"), httpx2.PoolTimeout("x")])
@pytest.mark.parametrize("method", ["GET", *WRITES])
def test_what_was_never_sent_is_sent_again_and_then_unavailable(method: str, failure: Exception) -> None:
    server = Server([failure])
    assert isinstance(server.fail(method), UnavailableError)
    assert len(server.requests) == ATTEMPTS
    assert server.time.sleeps == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("refusal", [answer(429), answer(503, Retry_After="2"), answer(425)])
@pytest.mark.parametrize("method", ["GET", *WRITES])
def test_what_was_turned_away_is_sent_again(method: str, refusal: httpx2.Response) -> None:
    server = Server([refusal, refusal, answer(200)])
    with server.client() as client:
        assert client.send(method, "users").status == 200
    assert len(server.requests) == 3


LOST: list[Callable[[], Answer]] = [
    lambda: httpx2.ReadTimeout("x"),
    lambda: httpx2.ReadError("x"),
    lambda: httpx2.WriteError("x"),
    lambda: httpx2.RemoteProtocolError("x"),
    lambda: answer(408),
    lambda: answer(500),
    lambda: answer(502),
    lambda: answer(503),
    lambda: answer(504),
    lambda: packed(b"no gzip"),
]


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("method", WRITES)
def test_a_write_without_an_answer_is_in_doubt_and_never_sent_twice(method: str, lost: Callable[[], Answer]) -> None:
    server = Server([lost()])
    assert isinstance(server.fail(method), OutcomeUnknownError)
    assert len(server.requests) == 1


@pytest.mark.parametrize("lost", LOST)
def test_a_read_without_an_answer_is_sent_again_and_then_unavailable(lost: Callable[[], Answer]) -> None:
    server = Server([lost() for _ in range(ATTEMPTS)])
    assert isinstance(server.fail("GET"), UnavailableError)
    assert len(server.requests) == ATTEMPTS


@pytest.mark.parametrize(
    ("status", "attempts", "error"),
    [
        (400, 1, RequestRefusedError),
        (404, 1, RequestRefusedError),
        (405, 1, RequestRefusedError),
        (410, 1, RequestRefusedError),
        (415, 1, RequestRefusedError),
        (501, 1, RequestRefusedError),
        (403, 1, UnauthorisedError),
        (401, 2, UnauthorisedError),
        (302, 1, ConfigurationError),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_refused_is_given_up(method: str, status: int, attempts: int, error: type[SisConnectError]) -> None:
    """A 401 may be a timestamp overtaken on its way: it is signed once more."""
    server = Server([answer(status)])
    assert type(server.fail(method)) is error
    assert len(server.requests) == attempts


def test_a_refusal_carries_status_and_the_servers_words_apart_from_its_text() -> None:
    error = Server([httpx2.Response(400, text="maria-lopez is wrong" + "!" * 900)]).fail("POST")
    assert isinstance(error, RequestRefusedError)
    assert error.status == 400
    assert error.reason.startswith("maria-lopez is wrong!")
    assert len(error.reason) <= 500
    assert "maria-lopez" not in str(error)


def test_every_attempt_is_signed_anew() -> None:
    server = Server([answer(500), answer(401), answer(200)])
    with server.client() as client:
        client.send("GET", "users")
    assert len({request.headers["Authorization"] for request in server.requests}) == 3


def test_retry_after_pauses_and_nothing_else_sleeps() -> None:
    server = Server([answer(429, Retry_After="7"), answer(200)])
    with server.client() as client:
        client.send("GET", "users")
    assert server.time.sleeps == [pytest.approx(7.0)]


def test_retry_after_may_be_a_date() -> None:
    server = Server([answer(503, Retry_After="Tue, 14 Nov 2023 22:13:40 GMT"), answer(200)])
    with server.client() as client:
        client.send("POST", "users")
    assert server.time.sleeps == [pytest.approx(20.0)]


def test_a_429_without_retry_after_backs_off() -> None:
    server = Server([answer(429), answer(200)])
    with server.client() as client:
        client.send("GET", "users")
    assert server.time.sleeps == [pytest.approx(1.0)]


def test_a_wait_beyond_patience_is_given_up_at_once() -> None:
    server = Server([answer(429, Retry_After="3600")])
    assert isinstance(server.fail("POST"), UnavailableError)
    assert len(server.requests) == 1
    assert server.time.sleeps == []


def test_a_303_after_a_read_is_followed_with_a_new_signature() -> None:
    server = Server([answer(303, Location="/v1/users/12?x=1"), httpx2.Response(200, text="{}")])
    with server.client() as client:
        assert client.send("GET", "users/me").status == 200
    first, second = server.requests
    assert str(second.url) == "https://api.example.org/v1/users/12?x=1"
    assert second.headers["Authorization"] != first.headers["Authorization"]
    assert "OAuth" in second.headers["Authorization"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_follows_within_its_own_origin(status: int) -> None:
    server = Server([answer(status, Location="https://API.example.org:443/v1/users/?x=a|b#top"), answer(200)])
    with server.client() as client:
        assert client.send("GET", "users").status == 200
    assert str(server.requests[-1].url) == "https://api.example.org/v1/users/?x=a%7Cb"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", WRITES)
def test_a_write_never_follows_and_nothing_was_done(method: str, status: int) -> None:
    server = Server([answer(status, Location="/v1/users/")])
    assert isinstance(server.fail(method), ConfigurationError)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.example.org/v1/users/12",
        "//elsewhere.example.org/v1/users/12",
        "https://api.example.org:8443/v1/users/12",
        "http://api.example.org/v1/users/12",
        "https://api.example.org:port/",
        "mailto:somebody@example.org",
        "",
    ],
)
def test_nothing_is_followed_to_another_origin(location: str, status: int) -> None:
    """Following it would show our sign-in to strangers."""
    server = Server([answer(status, Location=location)])
    error = server.fail("GET")
    assert isinstance(error, ConfigurationError)
    assert error.cause == Cause.REDIRECTED
    assert len(server.requests) == 1


def test_where_an_answer_points_is_told_without_path_and_query() -> None:
    error = Server([answer(302, Location="https://login.example.org/maria-lopez?x=maria-lopez")]).fail("GET")
    assert "https://login.example.org." in error.fix
    assert "maria-lopez" not in f"{error} {error.fix} {error.where}"


def test_an_answer_that_asks_for_https_names_the_right_address() -> None:
    server = Server([answer(301, Location="https://127.0.0.1:8443/v1/users")])
    with server.client(base="http://127.0.0.1:8000/v1") as client, pytest.raises(ConfigurationError) as caught:
        client.send("GET", "users")
    assert caught.value.cause == Cause.REDIRECTED_TO_HTTPS
    assert "https://127.0.0.1:8443" in caught.value.fix


def test_a_loop_of_redirects_ends_and_is_called_one() -> None:
    """It is followed three times, and nobody is told to set another address."""
    server = Server([answer(303, Location="/v1/users")])
    error = server.fail("GET")
    assert isinstance(error, ConfigurationError)
    assert error.cause == Cause.REDIRECT_LOOP
    assert "without end" in str(error)
    assert len(server.requests) == 4


def test_a_303_after_a_write_leaves_the_write_in_doubt() -> None:
    server = Server([answer(303, Location="/v1/users/12")])
    assert isinstance(server.fail("POST"), OutcomeUnknownError)
    assert len(server.requests) == 1


def test_an_answer_beyond_the_limit_is_not_read() -> None:
    server = Server([httpx2.Response(200, content=b"x" * 1001)])
    assert isinstance(server.fail("GET"), MalformedReplyError)
    assert isinstance(server.fail("POST"), OutcomeUnknownError)


def test_an_unpacked_answer_counts_as_long_as_it_is() -> None:
    """A small answer may unpack to a large one."""
    content = gzip.compress(b"x" * 100_000)
    assert len(content) < 1000
    server = Server([packed(content)])
    assert isinstance(server.fail("GET"), MalformedReplyError)


@pytest.mark.parametrize("status", [200, 204, 400, 401, 403, 404, 429, 500, 503])
def test_no_error_repr_or_log_tells_a_secret_or_a_person(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = Server([httpx2.Response(status, text="maria-lopez")])
    texts = []
    with server.client() as client:
        texts.append(repr(client))
        try:
            params = {"school_uids": "maria-lopez"}
            texts.append(repr(client.send("POST", "users", params=params, body=b'"maria-lopez"')))
        except SisConnectError as error:
            texts += [str(error), repr(error), error.what, error.where, error.fix]
    told = " ".join([*texts, caplog.text])
    assert "maria-lopez" not in told
    assert SECRET not in told
    assert "some-key" not in told


def test_each_attempt_is_logged_with_its_path_and_status(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="sis_connect.transport.client")
    server = Server([httpx2.ConnectError("x"), answer(200)])
    with server.client() as client:
        client.send("GET", "users")
    assert [record.getMessage() for record in caplog.records if record.name == "sis_connect.transport.client"] == [
        "GET /v1/users: ConnectError",
        "GET /v1/users: 200",
    ]


def test_headers_of_an_answer_are_found_in_any_case() -> None:
    server = Server([httpx2.Response(200, headers=[("X-Total-Count", "7"), ("Link", "<a>"), ("Link", "<b>")])])
    with server.client() as client:
        reply = client.send("GET", "users")
    assert reply.headers["x-total-count"] == "7"
    assert reply.headers.get("LINK") == "<a>, <b>"
    assert "x-none" not in reply.headers


def test_params_travel_with_percent_20_in_their_order_and_as_often_as_they_are_given() -> None:
    server = Server([answer(200)])
    with server.client() as client:
        client.send("GET", "users", params=[("filter", "givenName='Ana Maria'"), ("b", "~"), ("a", ""), ("b", 2)])
    assert server.requests[0].url.query == b"filter=givenName%3D%27Ana%20Maria%27&b=~&a=&b=2"


def test_paths_and_the_prefix_of_the_address_travel_as_they_are_encoded() -> None:
    server = Server([answer(200)])
    with server.client(base="https://api.example.org/app%2Bid/x/") as client:
        client.send("GET", "/users/a%2Fb%20c%3Fd")
    assert server.requests[0].url.raw_path == b"/app%2Bid/x/users/a%2Fb%20c%3Fd"


def test_a_link_of_the_same_server_may_be_sent_and_any_other_is_refused() -> None:
    server = Server([answer(200)])
    with server.client() as client:
        client.send("GET", "https://api.example.org/elsewhere?offset=2", params={"limit": 1})
        for foreign in ("https://evil.example.org/v1/users", "http://api.example.org/v1", "https://api.example.org:1/"):
            with pytest.raises(ValueError, match="another server"):
                client.send("GET", foreign)
    assert [str(request.url) for request in server.requests] == ["https://api.example.org/elsewhere?offset=2&limit=1"]


@pytest.mark.parametrize("path", ["users/..", "users/../orgs", "./users", "users/%2e%2E", "users/.%2e/x"])
def test_a_segment_of_dots_would_change_the_path_and_is_refused(path: str) -> None:
    server = Server([answer(200)])
    with server.client() as client, pytest.raises(ValueError, match="dots"):
        client.send("DELETE", path)
    assert server.requests == []


def test_an_exchange_is_one_attempt_of_any_status() -> None:
    for status in (200, 302, 400, 401, 404, 429, 500):
        server = Server([httpx2.Response(status, text="told", headers={"Location": "/x"})])
        with server.client() as client:
            reply = client.exchange("GET", "users")
        assert (reply.status, reply.content, reply.headers["location"]) == (status, b"told", "/x")
        assert len(server.requests) == 1
        assert "OAuth" in server.requests[0].headers["Authorization"]


def test_an_exchange_without_a_whole_answer_is_an_error() -> None:
    for lost, kind in (
        (httpx2.ConnectError("x"), UnavailableError),
        (httpx2.ReadError("x"), UnavailableError),
        (httpx2.Response(200, content=b"x" * 1001), MalformedReplyError),
    ):
        server = Server([lost])
        with server.client() as client, pytest.raises(kind):
            client.exchange("GET", "users")
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 422, 429, 500, 501, 502, 503, 504])
def test_an_error_speaks_with_the_sentence_of_the_table(status: int) -> None:
    error = Server([answer(status)]).fail("GET")
    cause = diagnose_status(status)
    assert cause is not None
    assert error.cause == cause
    assert error.what.startswith(DIAGNOSES[cause].what)
    assert error.fix == DIAGNOSES[cause].fix
    assert f"status {status}" in error.what


def test_extra_headers_are_sent_with_every_request_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = Server([answer(303, Location="/v1/x"), answer(200)])
    with server.client(headers=StaticHeaders({"X-Vendor": SECRET})) as client:
        client.send("GET", "users")
        assert SECRET not in repr(client)
    assert [request.headers["X-Vendor"] for request in server.requests] == [SECRET, SECRET]
    assert SECRET not in caplog.text


def test_cookies_are_neither_kept_nor_sent_back() -> None:
    """A cookie in a strange alphabet once broke every request after it."""
    strange = httpx2.Response(200, headers=[(b"Set-Cookie", "name=José".encode("latin-1"))])
    server = Server([strange, httpx2.Response(200)])
    with server.client() as client:
        client.send("GET", "users")
        client.send("GET", "users")
    assert "Cookie" not in server.requests[-1].headers
