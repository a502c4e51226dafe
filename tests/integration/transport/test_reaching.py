"""The way to a server, step by step, up to where it ends."""

from __future__ import annotations

import socket
import ssl
import threading
from ipaddress import ip_address
from pathlib import Path

import pytest

from raw_server import raw_server
from sis_connect.transport.addresses import Address, Reach
from sis_connect.transport.diagnosis import Cause
from sis_connect.transport.reaching import Leg, Route, walk

CERTIFICATES = Path(__file__).parent / "certificates"
HERE = Reach(loopback=True)


def here(host: str, port: int) -> list[Address]:
    """Every name leads to this machine."""
    return [ip_address("127.0.0.1")]


def shown(certificate: str) -> ssl.SSLContext:
    """What a server with this certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
    return context


def walked(port: int, scheme: str = "https", reach: Reach = HERE) -> Route:
    """The way to a server on this machine that the test root vouches for."""
    trust = ssl.create_default_context(cafile=CERTIFICATES / "root.pem")
    return walk(f"{scheme}://sis.example.org:{port}/x", reach, seconds=5.0, trust=trust, find=here)


def test_whole_way_tells_version_and_end_of_the_certificate() -> None:
    with raw_server(tls=shown("valid")) as server:
        way = walked(server.port)
    assert (way.ended_at, way.addresses, way.is_encrypted) == (None, 1, True)
    assert way.tls_version in {"TLSv1.2", "TLSv1.3"}
    assert way.expires_at is not None


@pytest.mark.parametrize(
    ("certificate", "cause"),
    [
        ("expired", Cause.CERTIFICATE_EXPIRED),
        ("not_yet_valid", Cause.CERTIFICATE_NOT_YET_VALID),
        ("other_name", Cause.WRONG_HOST_NAME),
        ("self_signed", Cause.UNKNOWN_ISSUER),
    ],
)
def test_certificate_that_cannot_be_trusted_ends_it(certificate: str, cause: Cause) -> None:
    with raw_server(tls=shown(certificate)) as server:
        assert walked(server.port) == Route(Leg.TLS, cause, 1)


def test_server_without_tls_ends_it_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_in_the_open() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer_in_the_open)
        thread.start()
        way = walked(listener.getsockname()[1])
        thread.join(timeout=30)
    assert (way.ended_at, way.cause) == (Leg.TLS, Cause.NO_TLS)


def test_plain_way_to_this_machine_is_not_encrypted() -> None:
    with raw_server() as server:
        assert walked(server.port, "http") == Route(addresses=1)


def test_nothing_that_listens_ends_it_at_the_connection() -> None:
    with raw_server() as server:
        port = server.port
    assert walked(port) == Route(Leg.CONNECTION, Cause.CONNECTION_REFUSED, 1)


def test_address_that_may_not_be_called_is_not() -> None:
    with raw_server() as server:
        way = walked(server.port, reach=Reach())
        assert server.connections == 0
    assert way == Route(Leg.NAME, Cause.FORBIDDEN_ADDRESS)


def test_name_of_nobody_ends_it_at_once() -> None:
    way = walk("https://no-such-name.invalid", Reach(), seconds=5.0)
    assert way.ended_at is Leg.NAME
    assert way.cause in {Cause.NO_SUCH_HOST, Cause.NAME_SERVER}
