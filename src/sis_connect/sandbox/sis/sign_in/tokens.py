"""The tokens a provider has given out: who got each, for what, and until when."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.oneroster.operations import Scope


def cookie_of(token: str) -> str:
    """The value of the cookie that belongs to a token, where tokens need one."""
    return sha256(token.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is good for."""

    client: str
    scopes: frozenset[Scope]
    #: Seconds since 1970; the token is no longer taken from then on.
    ends_at: float


class Tokens:
    """Gives out tokens and knows them again; safe between threads."""

    def __init__(self, seconds: int, new_token: Callable[[], str]) -> None:
        """Begins with none; each will last so many seconds."""
        self._seconds = seconds
        self._new_token = new_token
        self._grants: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def issue(self, client: str, scopes: frozenset[Scope], now: float) -> str:
        """A new token; those that have ended are forgotten."""
        token = self._new_token()
        with self._lock:
            self._grants = {key: grant for key, grant in self._grants.items() if now < grant.ends_at}
            self._grants[token] = Grant(client, scopes, now + self._seconds)
        return token

    def find(self, token: str, now: float) -> Grant | None:
        """What the token is good for; None when it is unknown or has ended."""
        with self._lock:
            grant = self._grants.get(token)
        return grant if grant is not None and now < grant.ends_at else None

    def end_all(self) -> None:
        """No token given out so far is taken any more."""
        with self._lock:
            self._grants.clear()
