"""Nothing that is sent makes the provider fail: every answer is a 2xx or a 4xx with its payload."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sis_connect.oneroster.operations import OPERATIONS

if TYPE_CHECKING:
    from integration.sandbox.sis.sis_caller import SisCaller
    from sis_connect.oneroster.operations import Operation

FIELDS = ["sourcedId", "role", "orgs.sourcedId", "metadata.x", "dateLastModified", "score", "userIds", "password", "x"]
TEXT = st.text(max_size=30)
VALUES = st.one_of(
    TEXT,
    st.integers().map(str),
    st.builds("{}{}'{}'".format, st.sampled_from(FIELDS), st.sampled_from(["=", "!=", "~", ">", "<=", "=="]), TEXT),
    st.sampled_from(FIELDS),
)
PARAMETERS = st.lists(
    st.tuples(st.sampled_from(["limit", "offset", "sort", "orderBy", "filter", "fields", "x"]), VALUES), max_size=5
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
RECORDS = st.dictionaries(
    st.sampled_from(["sourcedId", "status", "title", "class", "category", "score", "dueDate", "metadata", "comment"]),
    JSON | st.just("nobody") | st.just({"sourcedId": "c1"}),
)


@pytest.fixture(scope="module")
def token(shared: SisCaller) -> str:
    """Opens everything."""
    return str(shared.token().json()["access_token"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operation=st.sampled_from(list(OPERATIONS.values())), id_=TEXT, parameters=PARAMETERS, body=RECORDS | JSON)
def test_no_request_makes_it_fail(  # noqa: PLR0917 -- Hypothesis names them all
    caller: SisCaller,
    token: str,
    operation: Operation,
    id_: str,
    parameters: list[tuple[str, str]],
    body: object,
) -> None:
    template = operation.path
    for name in operation.parameters:
        template = template.replace(f"{{{name}}}", quote(id_, safe=""))
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters)
    sent = {operation.root_key: body} if operation.root_key and isinstance(body, dict) else body
    answer = caller.http.request(
        operation.method,
        f"{caller.sis.url}{template}?{query}",
        headers={"Authorization": f"Bearer {token}"},
        content=msgspec.json.encode(sent) if operation.method == "PUT" else None,
    )
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.json()["statusInfoSet"][0]["imsx_severity"] == "error"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(target=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=60))
def test_no_target_makes_it_fail(caller: SisCaller, token: str, target: str) -> None:
    """Whatever printable characters stand in the request line, unencoded or badly encoded."""
    with socket.create_connection(("127.0.0.1", caller.sis.port)) as connection:
        request = f"GET /ims/oneroster/v1p1/users/{target} HTTP/1.1\r\nHost: sis\r\nAuthorization: Bearer {token}\r\n"
        connection.sendall(f"{request}Connection: close\r\n\r\n".encode())
        assert _status(connection) < 500


@pytest.mark.parametrize(
    "headers",
    [
        b"Host: a:b\r\nAuthorization: OAuth ",
        b"Host: [\r\nAuthorization: OAuth ",
        b"Host: \xff\r\nAuthorization: OAuth ",
        b"Host: sis\r\nAuthorization: \xff\xfe",
        b"Host: sis\r\nAuthorization: Bearer \xff",
        b"Host: sis\r\nAuthorization: Basic eDp5",
        b"Host: sis\r\nAuthorization: OAuth \x80=\x81,",
        b"Host: sis\r\nAuthorization: OAuth ,,,",
        b"Host: sis\r\nContent-Length: x\r\nAuthorization: Bearer x",
    ],
)
def test_no_headers_make_it_fail(caller: SisCaller, headers: bytes) -> None:
    signature = (
        b'oauth_consumer_key="sandbox-client",oauth_nonce="n",oauth_signature="s",oauth_signature_method="HMAC-SHA1",'
        b'oauth_timestamp="%d"' % int(datetime.now(UTC).timestamp())
    )
    with socket.create_connection(("127.0.0.1", caller.sis.port)) as connection:
        sent = headers + signature if headers.endswith(b"OAuth ") else headers
        connection.sendall(b"GET /ims/oneroster/v1p1/users HTTP/1.1\r\n" + sent + b"\r\nConnection: close\r\n\r\n")
        assert _status(connection) in (400, 401)


def test_an_address_longer_than_servers_take_is_refused(caller: SisCaller) -> None:
    for length in (20_000, 60_000):
        with socket.create_connection(("127.0.0.1", caller.sis.port)) as connection:
            target = f"/ims/oneroster/v1p1/users?filter={'x' * length}"
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: sis\r\nConnection: close\r\n\r\n".encode())
            assert 400 <= _status(connection) < 500


def test_what_is_outside_the_api_is_not_found(caller: SisCaller) -> None:
    root = f"http://127.0.0.1:{caller.sis.port}"
    for path in ("/ims/oneroster/v1p1x", "/ims%2Foneroster/v1p1/users", "/ims/oneroster"):
        assert caller.http.get(root + path).status_code == 404, path


def _status(connection: socket.socket) -> int:
    reply = b""
    while piece := connection.recv(65536):
        reply += piece
    return int(reply.split(b" ", 2)[1])
