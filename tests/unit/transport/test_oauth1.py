"""Signatures, judged by oauthlib's own verifier."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import unquote

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint
from oauthlib.oauth1.rfc5849 import utils

from simulated_time import SimulatedTime
from sis_connect.transport.oauth1 import Credentials, OAuth1, SignatureMethod

if TYPE_CHECKING:
    from oauthlib.common import Request

KEY = "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6"
SECRET = "not-a-secret-0123456789abcdef"
CREDENTIALS = Credentials(KEY, SECRET)

# Whatever a person may type into a query, and what sourcedIds hold.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
QUERIES = st.dictionaries(TEXTS.filter(bool).filter(lambda name: not name.startswith("oauth_")), TEXTS, max_size=4)
PATHS = st.lists(st.text("abcXYZ019-._~ éß%+,;:@&=$!*'()", min_size=1, max_size=8), max_size=4)


class Verifier(RequestValidator):  # type: ignore[misc] # oauthlib has no types
    """Accepts one key, any nonce and any time: only the signature is judged."""

    enforce_ssl = False
    dummy_client = "nobody"
    nonce_length = (32, 32)
    client_key_length = (1, 64)
    allowed_signature_methods = tuple(SignatureMethod)

    def validate_client_key(self, client_key: str, request: Request) -> bool:
        return client_key == KEY

    def validate_timestamp_and_nonce(self, *args: object, **kwargs: object) -> bool:
        return True

    def get_client_secret(self, client_key: str, request: Request) -> str:
        return SECRET


def signed(request: httpx2.Request, method: SignatureMethod = SignatureMethod.HMAC_SHA1) -> httpx2.Request:
    """The request as the flow sends it."""
    return next(OAuth1(CREDENTIALS, method=method, realm="Schoology API").sync_auth_flow(request))


def is_accepted(request: httpx2.Request) -> bool:
    """True when oauthlib's endpoint finds the signature right."""
    endpoint = SignatureOnlyEndpoint(Verifier())
    headers = {"Authorization": request.headers["Authorization"]}
    valid, _ = endpoint.validate_request(str(request.url), request.method, headers=headers)
    return bool(valid)


def parameters(request: httpx2.Request) -> dict[str, str]:
    """What the header says."""
    return dict(utils.parse_authorization_header(request.headers["Authorization"]))


@given(st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS"]), PATHS, QUERIES, st.sampled_from(SignatureMethod))
@settings(deadline=None)
def test_any_address_and_query_is_signed_as_the_verifier_expects(
    method: str, path: list[str], query: dict[str, str], signature_method: SignatureMethod
) -> None:
    client = httpx2.Client(base_url="https://api.example.org/v1")
    request = client.build_request(method, "/".join(path), params=query)
    assert is_accepted(signed(request, signature_method))


@pytest.mark.parametrize("method", [SignatureMethod.HMAC_SHA1, SignatureMethod.HMAC_SHA256])
@pytest.mark.parametrize("tampered", ["https://api.example.org/v1/users?a=2", "https://api.example.org/v1/roles?a=1"])
def test_a_signature_is_good_for_its_address_only(method: SignatureMethod, tampered: str) -> None:
    request = signed(httpx2.Request("GET", "https://api.example.org/v1/users?a=1"), method)
    moved = httpx2.Request("GET", tampered, headers={"Authorization": request.headers["Authorization"]})
    assert is_accepted(request)
    assert not is_accepted(moved)


def test_a_json_body_takes_no_part_in_the_signature() -> None:
    """RFC 5849, 3.4.1.3.1: only form-encoded bodies are signed."""
    request = signed(httpx2.Request("POST", "https://api.example.org/v1/users", json={"users": {"user": []}}))
    assert is_accepted(request)
    assert "oauth_body_hash" not in parameters(request)


def test_every_signature_has_its_own_nonce() -> None:
    auth = OAuth1(CREDENTIALS)
    request = httpx2.Request("GET", "https://api.example.org/v1/users")
    nonces = {parameters(next(auth.sync_auth_flow(request)))["oauth_nonce"] for _ in range(200)}
    assert len(nonces) == 200


def test_timestamps_never_go_back_even_when_the_clock_does() -> None:
    time = SimulatedTime(1000.0)
    auth = OAuth1(CREDENTIALS, clock=time.clock)
    request = httpx2.Request("GET", "https://api.example.org/v1/users")
    told = []
    for step in (0.0, 5.0, -60.0, 1.0, 100.0):
        time.now += step
        told.append(int(parameters(next(auth.sync_auth_flow(request)))["oauth_timestamp"]))
    assert told == [1000, 1005, 1005, 1005, 1046]


def test_a_request_that_passes_again_is_signed_anew() -> None:
    auth = OAuth1(CREDENTIALS)
    request = httpx2.Request("GET", "https://api.example.org/v1/users")
    first = next(auth.sync_auth_flow(request)).headers["Authorization"]
    second = next(auth.sync_auth_flow(request)).headers["Authorization"]
    assert first != second
    assert second.count("OAuth ") == 1


def test_plaintext_carries_the_secret_and_an_ampersand() -> None:
    request = signed(httpx2.Request("GET", "https://api.example.org/v1/users"), SignatureMethod.PLAINTEXT)
    assert unquote(parameters(request)["oauth_signature"]) == f"{SECRET}&"


def test_the_realm_is_the_one_of_the_documentation() -> None:
    request = signed(httpx2.Request("GET", "https://api.example.org/v1/users"))
    assert request.headers["Authorization"].startswith('OAuth realm="Schoology API"')


def test_neither_key_nor_secret_is_shown() -> None:
    shown = f"{CREDENTIALS!r} {CREDENTIALS} {OAuth1(CREDENTIALS)!r}"
    assert KEY not in shown
    assert SECRET not in shown


def test_what_is_signed_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    signed(httpx2.Request("GET", "https://api.example.org/v1/users?school_uids=maria-lopez"))
    assert "maria-lopez" not in caplog.text
    assert KEY not in caplog.text
