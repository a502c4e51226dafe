"""What people typed is told without the secrets in it."""

from __future__ import annotations

import base64
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.partners.program.striking import strike_addresses, strike_secrets

SECRET = "se cret/+&?"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote_plus(SECRET),
        quote(SECRET, safe=""),
        base64.b64encode(f"key-1:{SECRET}".encode()).decode(),
    ],
)
def test_secret_is_struck_out_in_every_form_in_which_it_travels(form: str) -> None:
    assert strike_secrets(f"sent {form} and lost", ["key-1", SECRET, ""]) == "sent … and lost"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Authorization: Bearer abc.def-ghi_123", "Authorization: Bearer …"),
        ("authorization: basic YTpiY2Rl==", "authorization: basic …"),
        ("POST /token?client_secret=abc&x=1", "POST /token?client_secret=…&x=1"),
        ("access_token=abc oauth_signature=d%3D", "access_token=… oauth_signature=…"),
        ("basic facts of a bearer of news", "basic facts of a bearer of news"),
    ],
)
def test_what_looks_like_a_secret_is_struck_out_though_nobody_knows_it(text: str, told: str) -> None:
    assert strike_secrets(text, []) == told


def test_every_text_of_a_value_is_looked_at() -> None:
    value = {"hush": ["a hush", 3, None, {"x": ("hush",)}]}
    assert strike_secrets(value, ["hush"]) == {"…": ["a …", 3, None, {"x": ["…"]}]}
    assert strike_addresses(["bo.lane@acorn.example wrote"]) == ["… wrote"]


@given(st.text(), st.lists(st.text(min_size=4, max_size=8), max_size=3))
def test_no_secret_is_left(text: str, secrets: list[str]) -> None:
    struck = strike_secrets(text + "".join(secrets), secrets)
    assert [secret for secret in secrets if secret in struck.replace("…", "")] == [] or any(
        "…" in one for one in secrets
    )
