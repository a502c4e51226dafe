"""Signed requests at the gate, without a server: whatever a well-kept signer signs is understood."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256
from oauthlib.oauth1 import Client as Signer

from sis_connect.sandbox.sis.settings import Client
from sis_connect.sandbox.sis.sign_in.credentials import NotSignedInError, Shown
from sis_connect.sandbox.sis.sign_in.oauth1 import SignatureGate

NOW = 1_790_000_000
SECRET = "secret"
TEXT = st.text(max_size=10)
SECRETS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=20)


def a_gate(secret: str = SECRET) -> SignatureGate:
    """Knows one client; ten minutes behind and five ahead are near."""
    return SignatureGate({"key": Client("key", secret)}, 600, 300)


def shown(url: str, authorization: str, method: str = "GET") -> Shown:
    """The request as a server sees it."""
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    parameters = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return Shown(method, (address,), parameters, {"authorization": authorization})


def sign(url: str, secret: str = SECRET, at: int = NOW, **options: str) -> str:
    """The Authorization header of a signed request."""
    _, headers, _ = Signer("key", secret, timestamp=str(at), **options).sign(url)
    return str(headers["Authorization"])


@given(
    segments=st.lists(st.text(st.sampled_from("aZ09-._~"), min_size=1), max_size=3),
    parameters=st.lists(st.tuples(TEXT, TEXT), max_size=4),
    secret=SECRETS,
    method=st.sampled_from([SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256]),
)
def test_what_oauthlib_signs_is_let_in(
    segments: list[str], parameters: list[tuple[str, str]], secret: str, method: str
) -> None:
    url = f"https://sis.example:8443/{'/'.join(segments)}?{urlencode(parameters)}"
    authorization = sign(url, secret, signature_method=method)
    assert a_gate(secret).admit(shown(url, authorization), NOW).id == "key"


@given(secret=SECRETS)
def test_another_secret_is_turned_away(secret: str) -> None:
    url = "https://sis.example/orgs"
    with pytest.raises(NotSignedInError):
        a_gate(secret).admit(shown(url, sign(url, secret + "x")), NOW)


def test_a_nonce_is_remembered_as_long_as_its_request_would_be_taken() -> None:
    """A timestamp at the far end of the window is taken until the window has passed over it."""
    gate, url = a_gate(), "https://sis.example/orgs"
    ahead = shown(url, sign(url, at=NOW + 300))
    gate.admit(ahead, NOW)
    for later in (0, 600, 899, 900):
        with pytest.raises(NotSignedInError, match="nonce"):
            gate.admit(ahead, NOW + later)
    with pytest.raises(NotSignedInError, match="clock"):
        gate.admit(ahead, NOW + 901)


def test_a_forged_request_uses_up_no_nonce() -> None:
    gate, url = a_gate(), "https://sis.example/orgs"
    authorization = sign(url)
    with pytest.raises(NotSignedInError, match="signature"):
        gate.admit(shown(f"{url}?limit=1", authorization), NOW)
    assert gate.admit(shown(url, authorization), NOW).id == "key"


def test_two_clients_may_use_the_same_nonce() -> None:
    gate = SignatureGate({"key": Client("key", "secret"), "two": Client("two", "secret")}, 600, 300)
    url = "https://sis.example/orgs"
    for key in ("key", "two"):
        _, headers, _ = Signer(key, "secret", timestamp=str(NOW), nonce="same").sign(url)
        assert gate.admit(shown(url, headers["Authorization"]), NOW).id == key
