"""Connections as they really fail: names, addresses, certificates, slow and broken answers."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raw_server import OK, Head, raw_server
from simulated_time import SimulatedTime
from sis_connect.errors import ConfigurationError, MalformedReplyError, SisConnectError, UnavailableError
from sis_connect.transport.addresses import Address, Reach
from sis_connect.transport.client import HttpClient, Patience, Reply, Surroundings
from sis_connect.transport.diagnosis import Cause
from sis_connect.transport.retry import Backoff
from sis_connect.transport.static_sign_in import Bearer
from sis_connect.transport.wire import Wire, WireSettings

if TYPE_CHECKING:
    from collections.abc import Callable

CERTIFICATES = Path(__file__).parent / "certificates"
HERE = Reach(loopback=True)
LOOPBACK = [ipaddress.ip_address("127.0.0.1")]
METADATA = [ipaddress.ip_address("169.254.169.254")]


def to_this_machine(_host: str, _port: int) -> list[Address]:
    return list(LOOPBACK)


def trusting_the_test_root() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=CERTIFICATES / "root.pem")


def showing(name: str) -> ssl.SSLContext:
    """What a server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


def read(
    url: str,
    *,
    reach: Reach | None = HERE,
    resolve: Callable[[str, int], list[Address]] = to_this_machine,
    uses_proxy: bool = False,
    reply_seconds: float = 30.0,
    largest_reply: int = 1000,
    time: SimulatedTime | None = None,
) -> Reply:
    """One read, tried twice, over a wire that trusts the test root."""
    time = time or SimulatedTime()
    wire = Wire(
        WireSettings(
            reach=reach,
            resolve=resolve,
            uses_proxy=uses_proxy,
            trust=trusting_the_test_root(),
            reply_seconds=reply_seconds,
            steady_clock=time.clock,
        )
    )
    around = Surroundings(steady_clock=time.clock, sleep=time.sleep, random=lambda: 0.0, wire=wire)
    patience = Patience(backoff=Backoff(attempts=2), largest_reply=largest_reply)
    with HttpClient(url, patience=patience, surroundings=around) as client:
        return client.send("GET", "users")


def failing(url: str, **settings: object) -> SisConnectError:
    with pytest.raises(SisConnectError) as caught:
        read(url, **settings)  # type: ignore[arg-type] # passed on as they are
    return caught.value


def test_a_certificate_of_a_trusted_issuer_for_the_right_name_is_accepted() -> None:
    """The name is checked although the number is what is called."""
    with raw_server(tls=showing("valid")) as server:
        assert read(f"https://sis.example.org:{server.port}").content == b"{}"


@pytest.mark.parametrize(
    ("shown", "cause"),
    [
        ("expired", Cause.CERTIFICATE_EXPIRED),
        ("not_yet_valid", Cause.CERTIFICATE_NOT_YET_VALID),
        ("other_name", Cause.WRONG_HOST_NAME),
        ("stranger", Cause.UNKNOWN_ISSUER),
        ("self_signed", Cause.UNKNOWN_ISSUER),
    ],
)
def test_a_bad_certificate_is_named_by_what_is_bad_about_it(shown: str, cause: Cause) -> None:
    """Trying again would not help, so it is not tried again."""
    with raw_server(tls=showing(shown)) as server:
        error = failing(f"https://sis.example.org:{server.port}")
        assert server.connections == 1
    assert isinstance(error, UnavailableError)
    assert error.cause == cause


def test_a_server_without_tls_at_an_https_address_is_told_from_a_bad_certificate() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_in_the_open() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer_in_the_open)
        thread.start()
        error = failing(f"https://sis.example.org:{listener.getsockname()[1]}")
        thread.join(timeout=30)
    assert error.cause == Cause.NO_TLS


@pytest.mark.parametrize(
    ("code", "cause"), [(socket.EAI_NONAME, Cause.NO_SUCH_HOST), (socket.EAI_AGAIN, Cause.NAME_SERVER)]
)
def test_a_name_that_does_not_exist_is_told_from_a_name_service_that_is_silent(code: int, cause: Cause) -> None:
    def resolve(_host: str, _port: int) -> list[Address]:
        raise socket.gaierror(code, "x")

    assert failing("https://sis.example.org", resolve=resolve).cause == cause


def test_a_name_that_the_machine_itself_does_not_know() -> None:
    """RFC 6761, 6.4: nothing ever exists below .invalid, and this needs no network to be known."""
    once = Patience(backoff=Backoff(attempts=1))
    with (
        HttpClient("https://sis.invalid", uses_proxy=False, patience=once) as client,
        pytest.raises(UnavailableError) as caught,
    ):
        client.send("GET", "users")
    assert caught.value.cause in {Cause.NO_SUCH_HOST, Cause.NAME_SERVER}


def test_a_port_where_nothing_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = failing(f"http://127.0.0.1:{port}")
    assert isinstance(error, UnavailableError)
    assert error.cause == Cause.CONNECTION_REFUSED


@pytest.mark.parametrize("reach", [Reach(), Reach(private=True)])
def test_a_name_that_leads_to_this_machine_is_not_called_unless_allowed(reach: Reach) -> None:
    with raw_server(tls=showing("valid")) as server:
        error = failing(f"https://sis.example.org:{server.port}", reach=reach)
        assert server.connections == 0
    assert isinstance(error, ConfigurationError)
    assert error.cause == Cause.FORBIDDEN_ADDRESS


@pytest.mark.parametrize("number", ["2130706433", "127.1", "0x7f000001", "localhost"])
def test_another_way_to_write_this_machines_number_is_not_called_either(number: str) -> None:
    """The machine's own resolver turns these into 127.0.0.1, and what it says is judged."""
    with (
        raw_server() as server,
        HttpClient(
            f"https://{number}:{server.port}",
            reach=Reach(),
            uses_proxy=False,
            patience=Patience(backoff=Backoff(attempts=1)),
        ) as client,
    ):
        with pytest.raises(SisConnectError) as caught:
            client.send("GET", "users")
        assert server.connections == 0
    assert caught.value.cause == Cause.FORBIDDEN_ADDRESS


def test_a_name_that_changes_its_meaning_is_judged_at_every_connection() -> None:
    """DNS rebinding: what was public when it was looked at is a metadata service when it is called."""
    answers = [list(LOOPBACK), METADATA]

    def resolve(_host: str, _port: int) -> list[Address]:
        return list(answers.pop(0))

    def answer_once(connection: socket.socket, _head: Head) -> None:
        connection.sendall(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))

    wire = Wire(WireSettings(reach=HERE, resolve=resolve, uses_proxy=False, trust=trusting_the_test_root()))
    with (
        raw_server(answer_once) as server,
        HttpClient(f"http://localhost:{server.port}", surroundings=Surroundings(wire=wire)) as client,
    ):
        assert client.send("GET", "users").status == 200
        with pytest.raises(ConfigurationError) as caught:
            client.send("GET", "users")
    assert caught.value.cause == Cause.FORBIDDEN_ADDRESS


def test_of_several_addresses_only_the_allowed_ones_are_called() -> None:
    with raw_server() as server:
        reply = read(f"http://localhost:{server.port}", resolve=lambda _host, _port: [*METADATA, *LOOPBACK])
    assert reply.status == 200


def test_an_address_that_does_not_answer_gives_way_to_the_next() -> None:
    nobody = ipaddress.ip_address("127.255.255.254")
    with raw_server() as server:
        reply = read(f"http://localhost:{server.port}", resolve=lambda _host, _port: [nobody, *LOOPBACK])
    assert reply.status == 200


def test_plain_http_goes_to_this_machine_alone_whatever_its_name_leads_to() -> None:
    private = [ipaddress.ip_address("10.1.2.3")]
    error = failing(
        "http://localhost:9", reach=Reach(loopback=True, private=True), resolve=lambda _host, _port: list(private)
    )
    assert error.cause == Cause.FORBIDDEN_ADDRESS


@pytest.mark.parametrize("part", ["head", "body"])
def test_an_answer_that_drips_forever_ends_with_its_time(part: str) -> None:
    """Each byte comes well within the time for a byte; all of them together do not."""
    time = SimulatedTime()

    def drip(connection: socket.socket, _head: Head) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n"
        connection.sendall(head if part == "head" else head + b"\r\n")
        while True:
            time.now += 1.0
            connection.sendall(b"x")

    with raw_server(drip) as server:
        error = failing(f"http://127.0.0.1:{server.port}", time=time, reply_seconds=20.0, largest_reply=10**6)
    assert isinstance(error, UnavailableError)
    assert error.cause == Cause.REPLY_TIMEOUT


def test_an_answer_that_unpacks_beyond_the_limit_is_not_read() -> None:
    content = gzip.compress(b"x" * 5_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    with raw_server(head + content) as server:
        error = failing(f"http://127.0.0.1:{server.port}", largest_reply=1_000_000)
    assert isinstance(error, MalformedReplyError)
    assert error.cause == Cause.REPLY_TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        b"this is no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone",
    ],
)
def test_half_an_answer_is_no_answer(answer: bytes) -> None:
    def cut(connection: socket.socket, _head: Head) -> None:
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_RDWR)

    with raw_server(cut) as server:
        error = failing(f"http://127.0.0.1:{server.port}")
        assert len(server.heads) == 2
    assert isinstance(error, UnavailableError)
    assert error.cause == Cause.REPLY_BROKEN


def test_a_proxy_of_the_machine_stands_in_between_where_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy resolves, so the name is not judged here; a host it is not for is called directly, and judged."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with raw_server() as proxy:
        monkeypatch.setenv("http_proxy", f"http://me:not-a-secret@127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "direct.example.org")
        assert read("http://sis.example.org", uses_proxy=True).status == 200
        direct = failing("http://direct.example.org", uses_proxy=True, resolve=lambda _host, _port: list(METADATA))
        with raw_server() as here:
            assert read(f"http://localhost:{here.port}", uses_proxy=True).status == 200
        assert [head.target for head in proxy.heads] == ["http://sis.example.org/users"]
        assert "proxy-authorization" in proxy.heads[0].headers
    assert direct.cause == Cause.FORBIDDEN_ADDRESS


def test_a_connection_is_used_again() -> None:
    with raw_server() as server, HttpClient(f"http://127.0.0.1:{server.port}", reach=HERE, uses_proxy=False) as client:
        for _ in range(3):
            client.send("GET", "users")
        assert server.connections == 1


def test_the_libraries_below_log_no_cookie_address_or_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    answer = OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: session=not-a-secret\r\nLink: <x?maria-lopez>\r\n\r\n", 1)
    with (
        raw_server(answer) as server,
        HttpClient(
            f"http://127.0.0.1:{server.port}", auth=Bearer("not-a-secret"), reach=HERE, uses_proxy=False
        ) as client,
    ):
        client.send("GET", "users", params={"filter": "maria-lopez"})
        assert server.heads[0].headers["user-agent"].startswith("sis-connect")
    assert "not-a-secret" not in caplog.text
    assert "maria-lopez" not in caplog.text
