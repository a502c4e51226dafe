"""Who may call the Schoology look-alike: signatures made by an independent library, checked by ours."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, SIGNATURE_PLAINTEXT, Client

from sis_connect.sandbox.schoology.settings import Strictness
from sis_connect.sandbox.schoology.signature import Gatekeeper, UnauthorisedError

ADDRESS = "http://127.0.0.1:8000/v1/users"
QUERY = "school_uids=a%2Cb%20c&limit=20"
SECRET = "se&cret"
METHODS = [SIGNATURE_HMAC_SHA1, SIGNATURE_PLAINTEXT]


@dataclass
class Door:
    """A gatekeeper and someone who knocks."""

    strictness: Strictness = field(default_factory=Strictness)
    gatekeeper: Gatekeeper = field(init=False)

    def __post_init__(self) -> None:
        self.gatekeeper = Gatekeeper({"key": SECRET}, self.strictness, 5)

    def sign(self, *, key: str = "key", secret: str = SECRET, **options: str) -> str:
        client = Client(key, secret, timestamp=options.pop("timestamp", "1000"), **options)
        _, headers, _ = client.sign(f"{ADDRESS}?{QUERY}")
        return str(headers["Authorization"])

    def knock(self, authorization: str, addresses: tuple[str, ...] = (ADDRESS,), query: str = QUERY) -> str:
        return self.gatekeeper.admit("GET", addresses, query, authorization)


@pytest.mark.parametrize("method", METHODS)
def test_both_documented_signature_methods_are_accepted(method: str) -> None:
    door = Door()
    assert door.knock(door.sign(signature_method=method)) == "key"


def test_plaintext_is_accepted_with_a_raw_ampersand() -> None:
    header = (
        'OAuth realm="Schoology API", oauth_consumer_key="key", oauth_token="", oauth_nonce="n1",'
        ' oauth_timestamp="1000", oauth_signature_method="PLAINTEXT", oauth_version="1.0", oauth_signature="{}"'
    )
    gatekeeper = Gatekeeper({"key": "secret"}, Strictness(), 5)
    for number, signature in enumerate(("secret&", "secret%26")):
        header_sent = header.format(signature).replace("n1", f"n{number}")
        assert gatekeeper.admit("GET", (ADDRESS,), QUERY, header_sent) == "key"


def test_realm_and_an_empty_token_may_stand_in_the_header() -> None:
    door = Door()
    assert door.knock(door.sign(realm="Schoology API")) == "key"
    assert door.knock(door.sign(realm="", resource_owner_key="")) == "key"


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_secret_is_refused(method: str) -> None:
    door = Door()
    with pytest.raises(UnauthorisedError, match="signature"):
        door.knock(door.sign(secret="other", signature_method=method))


def test_an_unknown_key_is_refused() -> None:
    door = Door()
    with pytest.raises(UnauthorisedError, match="key"):
        door.knock(door.sign(key="other"))


def test_an_undocumented_signature_method_is_refused() -> None:
    door = Door()
    with pytest.raises(UnauthorisedError):
        door.knock(door.sign(signature_method=SIGNATURE_HMAC_SHA256))


@pytest.mark.parametrize("header", ["", "Bearer token", "OAuth", "OAuth realm", 'OAuth oauth_consumer_key="key"'])
def test_what_is_no_oauth_header_is_refused(header: str) -> None:
    with pytest.raises(UnauthorisedError):
        Door().knock(header)


def test_a_signature_for_another_query_is_refused() -> None:
    door = Door()
    with pytest.raises(UnauthorisedError):
        door.knock(door.sign(), query=QUERY + "0")


def test_a_signature_for_any_of_the_addresses_is_accepted() -> None:
    """Public clients fix the Host header and sign for it, whatever address they really call."""
    door = Door()
    assert door.knock(door.sign(), addresses=("https://api.schoology.com/v1/users", ADDRESS)) == "key"
    with pytest.raises(UnauthorisedError):
        door.knock(door.sign(), addresses=("https://api.schoology.com/v1/users",))


@pytest.mark.parametrize("method", METHODS)
def test_a_pair_of_nonce_and_timestamp_is_good_once(method: str) -> None:
    door = Door()
    header = door.sign(signature_method=method)
    door.knock(header)
    with pytest.raises(UnauthorisedError, match=r"(?i)duplicate timestamp/nonce"):
        door.knock(header)


def test_a_nonce_may_come_again_at_another_time() -> None:
    door = Door()
    assert [door.knock(door.sign(nonce="n", timestamp=str(at))) for at in (1000, 1001)] == ["key", "key"]


def test_a_timestamp_may_be_a_little_behind_the_newest_but_not_more() -> None:
    door = Door()
    door.knock(door.sign(timestamp="2000"))
    assert door.knock(door.sign(timestamp="1995")) == "key"
    with pytest.raises(UnauthorisedError, match="sequence"):
        door.knock(door.sign(timestamp="1994"))


def test_each_strictness_can_be_switched_off() -> None:
    lax = Door(Strictness(signatures=False, replays=False, timestamp_order=False))
    header = lax.sign(secret="other")
    assert lax.knock(lax.sign(timestamp="2000")) == "key"
    assert [lax.knock(header), lax.knock(header)] == ["key", "key"]
