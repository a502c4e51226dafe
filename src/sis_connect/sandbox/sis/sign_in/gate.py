"""The gate of a provider: which client a request comes from and which scopes it brings.

Here: choosing the way of signing in by the Authorization header. The ways themselves are in `oauth1` and `tokens`.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from sis_connect.sandbox.sis.settings import SignIn
from sis_connect.sandbox.sis.sign_in.credentials import NotSignedInError
from sis_connect.sandbox.sis.sign_in.oauth1 import SignatureGate
from sis_connect.sandbox.sis.sign_in.tokens import Tokens, cookie_of

if TYPE_CHECKING:
    from sis_connect.oneroster.operations import Scope
    from sis_connect.sandbox.sis.settings import SisSettings
    from sis_connect.sandbox.sis.sign_in.credentials import Shown


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, and what it may ask for."""

    client: str
    sign_in: SignIn
    scopes: frozenset[Scope]


class Gate:
    """Lets requests in; safe between threads."""

    def __init__(self, settings: SisSettings) -> None:
        """Begins with no token given out and no nonce used."""
        self._settings = settings
        self.clients = {client.id: client for client in settings.clients}
        self.tokens = Tokens(settings.token_seconds, settings.new_token)
        self._signatures = SignatureGate(
            self.clients, settings.past_seconds, settings.future_seconds, settings.signatures
        )

    def admit(self, shown: Shown) -> Caller:
        """Who sent the request; raises NotSignedInError."""
        now = self._settings.now().timestamp()
        for name, value in self._settings.required_headers.items():
            if not hmac.compare_digest(shown.headers.get(name, "").encode(), value.encode()):
                raise NotSignedInError(f"The header {name} is missing or wrong.")
        match shown.scheme:
            case "oauth" if SignIn.OAUTH1 in self._settings.sign_ins:
                client = self._signatures.admit(shown, now)
                return Caller(client.id, SignIn.OAUTH1, client.scopes)
            case "bearer":
                return self._admit_bearer(shown, now)
            case _:
                raise NotSignedInError("The request must be signed or carry a token.")

    def _admit_bearer(self, shown: Shown, now: float) -> Caller:
        token = shown.headers["authorization"].partition(" ")[2].strip()
        if SignIn.OAUTH2 in self._settings.sign_ins:
            grant = self.tokens.find(token, now)
            if grant is not None and self._has_cookie(shown, token):
                return Caller(grant.client, SignIn.OAUTH2, grant.scopes)
        if SignIn.BEARER in self._settings.sign_ins:
            for client in self.clients.values():
                if client.bearer and hmac.compare_digest(token.encode(), client.bearer.encode()):
                    return Caller(client.id, SignIn.BEARER, client.scopes)
        raise NotSignedInError("The token is unknown or has ended.")

    def _has_cookie(self, shown: Shown, token: str) -> bool:
        """True where tokens need no cookie, and with the one that was set with this token."""
        name = self._settings.token_manners.cookie
        given = SimpleCookie(shown.headers.get("cookie", "")).get(name)
        return not name or (given is not None and given.value == cookie_of(token))
