"""Settings that cannot work are refused by name; what is opened shows no secret."""

from __future__ import annotations

import pytest

from sis_connect.errors import ConfigurationError
from sis_connect.schoology.connection import PUBLIC_URL, SchoologySettings, open_client, open_target
from sis_connect.transport.oauth1 import Credentials

CREDENTIALS = Credentials("some-key", "not-a-secret-0123456789")


@pytest.mark.parametrize(
    "url",
    [PUBLIC_URL, "http://127.0.0.1:8000/v1", "http://localhost:1/v1", "http://[::1]:9/v1", "https://x.example/v1"],
)
def test_https_is_accepted_and_http_to_this_machine_alone(url: str) -> None:
    assert SchoologySettings(CREDENTIALS, url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.schoology.com",
        "http://api.schoology.com/v1",
        "http://10.0.0.1/v1",
        "ftp://x.example",
        "https://[",
        "https://x.example:port/v1",
        "https://key:secret@x.example/v1",
        "https://",
    ],
)
def test_any_other_address_is_refused_by_its_setting(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SchoologySettings(CREDENTIALS, url=url)
    assert caught.value.where == "schoology.url"
    assert caught.value.fix


@pytest.mark.parametrize("credentials", [Credentials("", "x"), Credentials("x", "")])
def test_an_empty_key_or_secret_is_refused(credentials: Credentials) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SchoologySettings(credentials)
    assert caught.value.where == "schoology.key"


def test_a_page_without_rows_is_refused() -> None:
    with pytest.raises(ConfigurationError) as caught:
        SchoologySettings(CREDENTIALS, page_size=0)
    assert caught.value.where == "schoology.page_size"


def test_nothing_that_is_opened_shows_the_key_or_the_secret() -> None:
    settings = SchoologySettings(CREDENTIALS)
    with open_client(settings) as client, open_target(settings) as target:
        shown = f"{settings!r} {client!r} {target!r}"
    assert "some-key" not in shown
    assert "not-a-secret" not in shown
    assert "api.schoology.com" in shown
