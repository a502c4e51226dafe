"""What is signed is what travels: judged from the raw request line that a socket received, by two verifiers.

oauthlib's verifier is one; a few lines of RFC 5849 are the other, because the signer is oauthlib's too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oauthlib import oauth1
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint

from raw_server import Head, RawServer, raw_server
from sis_connect.transport.addresses import Reach
from sis_connect.transport.client import HttpClient
from sis_connect.transport.oauth1 import Credentials, OAuth1, SignatureMethod
from sis_connect.transport.token_bucket import BucketLimiter, Rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oauthlib.common import Request

KEY = "a1b2c3d4"
SECRET = "not-a-secret +&%é"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
#: Whatever a sourcedId holds, except the dots that no address can.
SEGMENTS = st.lists(TEXTS.filter(lambda text: text.strip(".") != ""), min_size=1, max_size=3)
PARAMS = st.lists(st.tuples(TEXTS.filter(bool).filter(lambda name: not name.startswith("oauth_")), TEXTS), max_size=4)
METHODS = st.sampled_from([SignatureMethod.HMAC_SHA1, SignatureMethod.HMAC_SHA256])
HASHES = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}
AWKWARD = [
    ("filter", "familyName='O\\'Neill' AND givenName='Ana Maria'"),
    ("filter", "dateLastModified>'2026-01-01T00:00:00.000Z'"),
    ("fields", ""),
    ("sort", "a+b~c/%2F&=?#"),
]


class Verifier(RequestValidator):  # type: ignore[misc] # oauthlib has no types
    """Judges the signature alone."""

    enforce_ssl = False
    dummy_client = "nobody"
    nonce_length = (10, 64)
    client_key_length = (1, 64)
    allowed_signature_methods = tuple(SignatureMethod)

    def validate_client_key(self, client_key: str, request: Request) -> bool:
        return client_key == KEY

    def validate_timestamp_and_nonce(self, *args: object, **kwargs: object) -> bool:
        return True

    def get_client_secret(self, client_key: str, request: Request) -> str:
        return SECRET


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with raw_server() as running:
        yield running


@pytest.fixture(scope="module")
def clients(server: RawServer) -> Iterator[dict[SignatureMethod, HttpClient]]:
    """One client per method, below a prefix that holds an encoded plus, as one vendor's does."""
    with ExitStack() as stack:
        yield {
            method: stack.enter_context(
                HttpClient(
                    f"http://127.0.0.1:{server.port}/app%2Bid/ims",
                    auth=OAuth1(Credentials(KEY, SECRET), method=method),
                    limiter=BucketLimiter(Rate(per_second=1e9, burst=1000)),
                    reach=Reach(loopback=True),
                    uses_proxy=False,
                )
            )
            for method in (SignatureMethod.HMAC_SHA1, SignatureMethod.HMAC_SHA256)
        }


def is_accepted(head: Head, port: int) -> bool:
    """What oauthlib's verifier says of a request as it was received."""
    address = f"http://127.0.0.1:{port}{head.target}"
    headers = {"Authorization": head.headers["authorization"]}
    valid, _ = SignatureOnlyEndpoint(Verifier()).validate_request(address, head.method, headers=headers)
    return bool(valid)


def is_signed_as_written(head: Head, port: int) -> bool:
    """RFC 5849, 3.4, in full: base string, key and signature, from nothing but the bytes received."""
    fields = [field.partition("=") for field in head.headers["authorization"].removeprefix("OAuth ").split(", ")]
    signed = [(unquote(name), unquote(value.strip('"'))) for name, _, value in fields]
    path, _, query = head.target.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    asked = [(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]
    said = dict(signed)
    encoded = sorted(
        (quote(name, safe=""), quote(value, safe=""))
        for name, value in [*asked, *signed]
        if name not in {"oauth_signature", "realm"}
    )
    base = "&".join(
        quote(part, safe="")
        for part in (
            head.method.upper(),
            f"http://127.0.0.1:{port}{path}",
            "&".join(f"{name}={value}" for name, value in encoded),
        )
    )
    digest = hmac.new(f"{quote(SECRET, safe='')}&".encode(), base.encode(), HASHES[said["oauth_signature_method"]])
    return hmac.compare_digest(base64.b64encode(digest.digest()).decode(), said["oauth_signature"])


@given(METHODS, SEGMENTS, PARAMS)
@example(SignatureMethod.HMAC_SHA1, ["users", "a/b c+d|e@f~"], AWKWARD)
@example(SignatureMethod.HMAC_SHA256, ["users", "%2F", "a;b=c,d"], AWKWARD)
@settings(deadline=None, max_examples=150)
def test_what_travels_is_what_was_signed_and_what_was_meant(
    server: RawServer,
    clients: dict[SignatureMethod, HttpClient],
    method: SignatureMethod,
    segments: list[str],
    params: list[tuple[str, str]],
) -> None:
    path = "/".join(quote(segment, safe="") for segment in segments)
    clients[method].send("GET", path, params=params)
    head = server.heads[-1]
    assert is_accepted(head, server.port)
    assert is_signed_as_written(head, server.port)
    assert "+" not in head.target
    place, _, query = head.target.partition("?")
    assert [unquote(each) for each in place.removeprefix("/app%2Bid/ims/").split("/")] == segments
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    assert [(unquote(name), unquote(value)) for name, _, value in pairs] == params


@given(METHODS, st.sampled_from(["GET", "PUT", "DELETE"]), SEGMENTS, PARAMS)
@settings(deadline=None, max_examples=100)
def test_what_oauthlibs_own_client_signs_passes_the_same_verifiers(
    server: RawServer, method: SignatureMethod, verb: str, segments: list[str], params: list[tuple[str, str]]
) -> None:
    """The other direction: a signature that nothing of ours touched, sent by nothing of ours."""
    path = "/" + "/".join(quote(segment, safe="") for segment in segments)
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in params)
    target = f"{path}?{query}" if query else path
    signer = oauth1.Client(KEY, client_secret=SECRET, signature_method=method.value)
    _, headers, _ = signer.sign(f"http://127.0.0.1:{server.port}{target}", http_method=verb)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request(verb, target, headers=headers)
    connection.getresponse().read()
    connection.close()
    assert is_accepted(server.heads[-1], server.port)
    assert is_signed_as_written(server.heads[-1], server.port)


@pytest.mark.parametrize("method", [SignatureMethod.HMAC_SHA1, SignatureMethod.HMAC_SHA256])
def test_a_link_that_a_server_encoded_in_its_own_way_is_signed_as_it_is_sent(
    server: RawServer, clients: dict[SignatureMethod, HttpClient], method: SignatureMethod
) -> None:
    """Plus for a space, bare quotes, and signs that no query may hold."""
    link = f"http://127.0.0.1:{server.port}/app%2Bid/ims/users?filter=name='A+B'&x=|[]&y=100%&z=a%2bb"
    clients[method].send("GET", link)
    head = server.heads[-1]
    assert head.target == "/app%2Bid/ims/users?filter=name='A+B'&x=%7C%5B%5D&y=100%25&z=a%2bb"
    assert is_accepted(head, server.port)
    assert is_signed_as_written(head, server.port)


def test_a_signature_for_one_target_is_refused_for_another(
    server: RawServer, clients: dict[SignatureMethod, HttpClient]
) -> None:
    clients[SignatureMethod.HMAC_SHA256].send("GET", "users", params={"limit": 1})
    head = server.heads[-1]
    for target in (head.target.replace("limit=1", "limit=2"), head.target.replace("%2B", "+")):
        moved = Head(head.method, target, head.headers)
        assert not is_accepted(moved, server.port)
        assert not is_signed_as_written(moved, server.port)
