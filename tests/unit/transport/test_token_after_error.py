"""A token that has ended and is answered with 500: one new token, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.oauth2 import ClientGrant, OAuth2

if TYPE_CHECKING:
    from collections.abc import Sequence

GRANT = ClientGrant("https://login.example.org/token", Credentials("some-id", "not-a-secret"))


def statuses(auth: OAuth2, answers: Sequence[int], method: str = "GET") -> list[str]:
    """What is sent for one request while its answers have these statuses: `token` or the method, in order."""
    flow = auth.auth_flow(httpx2.Request(method, "https://sis.example.org/users"))
    sent, left = [], list(answers)
    request = next(flow)
    while True:
        is_token = request.url.host == "login.example.org"
        sent.append("token" if is_token else method)
        answer = (
            httpx2.Response(200, json={"access_token": f"t{len(sent)}", "expires_in": 3600})
            if is_token
            else httpx2.Response(left.pop(0))
        )
        try:
            request = flow.send(answer)
        except StopIteration:
            return sent


@pytest.fixture
def auth() -> OAuth2:
    """A sign-in that has a token already."""
    made = OAuth2(GRANT, clock=lambda: 0.0)
    assert statuses(made, [200]) == ["token", "GET"]
    return made


def test_kept_token_is_renewed_once_before_a_500_counts(auth: OAuth2) -> None:
    assert statuses(auth, [500, 200]) == ["GET", "token", "GET"]


def test_500_with_a_new_token_is_an_error_of_the_service(auth: OAuth2) -> None:
    assert statuses(auth, [500, 500]) == ["GET", "token", "GET"]
    assert statuses(auth, [500]) == ["GET"]


def test_token_that_was_just_fetched_is_not_doubted() -> None:
    assert statuses(OAuth2(GRANT, clock=lambda: 0.0), [500]) == ["token", "GET"]


def test_what_writes_is_never_sent_twice(auth: OAuth2) -> None:
    assert statuses(auth, [500], method="PUT") == ["PUT"]
