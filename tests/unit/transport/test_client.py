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
from sis_connect.transport.oauth1 import Credentials, OAuth1
from sis_connect.transport.rate_limit import CreditLimit, CreditLimiter
from sis_connect.transport.retry import Backoff

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
    def client(self, *, largest_reply: int = 1000, patience: float = 60.0) -> Iterator[HttpClient]:
        around = Surroundings(
            wall_clock=self.time.clock,
            steady_clock=self.time.clock,
            sleep=self.time.sleep,
            random=lambda: 0.0,
            wire=httpx2.MockTransport(self),
        )
        auth = OAuth1(Credentials("some-key", SECRET), clock=self.time.clock)
        backoff = Backoff(attempts=ATTEMPTS, first=2.0, longest=30.0, patience=patience)
        limiter = CreditLimiter(CreditLimit(), clock=self.time.clock, sleep=self.time.sleep)
        with HttpClient(
            "https://api.example.org/v1",
            auth=auth,
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
        (415, 1, RequestRefusedError),
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


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.example.org/v1/users/12",
        "http://api.example.org/v1/users/12",
        "https://api.example.org:port/",
        "",
    ],
)
def test_a_303_to_another_origin_is_not_followed(location: str) -> None:
    """Following it would show our signature to strangers."""
    server = Server([answer(303, Location=location)])
    assert isinstance(server.fail("GET"), ConfigurationError)
    assert len(server.requests) == 1


def test_a_303_to_itself_ends() -> None:
    server = Server([answer(303, Location="/v1/users")])
    assert isinstance(server.fail("GET"), ConfigurationError)
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
