"""Sign-in with what never changes; none of it is shown."""

from __future__ import annotations

import httpx2
import pytest

from sis_connect.errors import ConfigurationError
from sis_connect.transport.static_sign_in import Bearer, StaticHeaders

TOKEN = "not-a-secret-0123456789"


def request() -> httpx2.Request:
    return httpx2.Request("GET", "https://sis.example.org/users")


def test_a_bearer_token_is_put_on_every_request() -> None:
    auth = Bearer(TOKEN)
    sent = [next(auth.sync_auth_flow(request())) for _ in range(2)]
    assert [each.headers["Authorization"] for each in sent] == [f"Bearer {TOKEN}"] * 2


@pytest.mark.parametrize("wrong", ["", " ", "two words", "line\nbreak", "tök", "x\x00"])
def test_what_cannot_be_a_token_is_refused_unseen(wrong: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Bearer(wrong)
    assert wrong.strip() == "" or wrong not in str(caught.value)


def test_headers_are_put_on_a_request() -> None:
    sent = request()
    StaticHeaders({"x-vendor-authorization": f"key:{TOKEN}", "X-Other": "a b"}).put_on(sent)
    assert sent.headers["X-Vendor-Authorization"] == f"key:{TOKEN}"
    assert sent.headers["x-other"] == "a b"


@pytest.mark.parametrize("name", ["", "a b", "a:b", "Authorization", "HOST", "content-length", "Cookie", "ä"])
def test_a_header_that_is_set_elsewhere_or_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="name"):
        StaticHeaders({name: "x"})


@pytest.mark.parametrize("value", ["", " ", f"{TOKEN}\r\nHost: x", f" {TOKEN}", f"{TOKEN}\x7f", "ä"])
def test_a_header_value_that_cannot_be_sent_is_refused_unseen(value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        StaticHeaders({"X-Key": value})
    assert caught.value.where == "headers.X-Key"
    assert TOKEN not in f"{caught.value} {caught.value.fix}"


def test_no_value_is_shown() -> None:
    shown = f"{Bearer(TOKEN)!r} {Bearer(TOKEN)} {StaticHeaders({'X-Key': TOKEN})!r}"
    assert TOKEN not in shown
    assert "X-Key" in shown


def test_content_type_is_put_where_there_is_none() -> None:
    """Some services want it with every request; what a body is, is said by who sends it."""
    form = StaticHeaders({"Content-Type": "application/x-www-form-urlencoded"})
    bare = request()
    form.put_on(bare)
    sent = httpx2.Request("PUT", "https://sis.example.org/x", headers={"Content-Type": "application/json"})
    form.put_on(sent)
    assert [one.headers["content-type"] for one in (bare, sent)] == [
        "application/x-www-form-urlencoded",
        "application/json",
    ]
