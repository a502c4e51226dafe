"""Signed requests: OAuth 1.0a, two-legged, HMAC-SHA1 and HMAC-SHA256 (security, OAuth 1.0a message signing).

Here: finding the client of a signed request, or saying why there is none: 400 for what is malformed, 401 for what is
wrong. The signature may be made for any address by which the server can be reached. Not here: HTTP.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.request import parse_http_list

from oauthlib.oauth1.rfc5849 import signature as rfc5849

from sis_connect.sandbox.sis.sign_in.credentials import NotSignedInError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sis_connect.sandbox.sis.settings import Client
    from sis_connect.sandbox.sis.sign_in.credentials import Shown

_VERIFIERS: Mapping[str, Callable[[_SignedRequest, str, str], bool]] = {
    "HMAC-SHA1": rfc5849.verify_hmac_sha1,
    "HMAC-SHA256": rfc5849.verify_hmac_sha256,
}
_REQUIRED = ("oauth_consumer_key", "oauth_nonce", "oauth_signature", "oauth_signature_method", "oauth_timestamp")


@dataclass(frozen=True, slots=True)
class _SignedRequest:
    """What the signature functions look at."""

    http_method: str
    uri: str
    params: list[tuple[str, str]]
    signature: str


class SignatureGate:
    """Knows the clients and the nonces each has used up; safe between threads."""

    def __init__(
        self,
        clients: Mapping[str, Client],
        past_seconds: int,
        future_seconds: int,
        methods: Collection[str] = tuple(_VERIFIERS),
    ) -> None:
        """Begins with no nonce used."""
        self._clients = clients
        self._methods = methods
        self._past = past_seconds
        self._future = future_seconds
        #: By client and nonce, in the order of arrival: the second of the provider's clock when it is forgotten.
        self._used: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, shown: Shown, now: float) -> Client:
        """The client that signed the request; `now` is in seconds since 1970. Raises NotSignedInError."""
        given = _read_header(shown.headers.get("authorization", ""))
        method = given["oauth_signature_method"]
        verify = _VERIFIERS.get(method)
        if verify is None or method not in self._methods:
            raise NotSignedInError(f"The signature method must be {' or '.join(sorted(self._methods))}.", 400)
        client = self._clients.get(given["oauth_consumer_key"])
        if client is None:
            raise NotSignedInError("The consumer key is unknown.")
        self._check_timestamp(given["oauth_timestamp"], now)
        signed = [*shown.parameters, *((name, value) for name, value in given.items() if name != "oauth_signature")]
        requests = [_SignedRequest(shown.method, url, signed, given["oauth_signature"]) for url in shown.addresses]
        if not any(_is_signed(verify, request, client.secret) for request in requests):
            raise NotSignedInError("The signature is wrong.")
        self._use_up(client.id, given["oauth_nonce"], now)
        return client

    def _check_timestamp(self, timestamp: str, now: float) -> None:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise NotSignedInError("The timestamp must be in whole seconds.", 400)
        if not now - self._past <= int(timestamp) <= now + self._future:
            raise NotSignedInError("The timestamp is too far from the provider's clock.")

    def _use_up(self, client: str, nonce: str, now: float) -> None:
        with self._lock:
            while self._used and next(iter(self._used.values())) < now:
                self._used.popitem(last=False)
            if (client, nonce) in self._used:
                raise NotSignedInError("The nonce was used before.")
            # The latest moment at which a request with the furthest timestamp of today would still be taken.
            self._used[client, nonce] = now + self._past + self._future


def _is_signed(verify: Callable[[_SignedRequest, str, str], bool], request: _SignedRequest, secret: str) -> bool:
    try:
        return verify(request, secret, "")
    except ValueError:
        # The Host header is no host, and so the address none that anybody can have signed.
        return False


def _read_header(authorization: str) -> dict[str, str]:
    """The `oauth_*` parameters of the header; each stands once and none that is needed is missing."""
    try:
        pairs = rfc5849.collect_parameters(headers={"Authorization": authorization}, exclude_oauth_signature=False)
    except ValueError as error:
        raise NotSignedInError("The Authorization header cannot be read.", 400) from error
    given = dict(pairs)
    names = [part.partition("=")[0].strip() for part in parse_http_list(authorization.partition(" ")[2])]
    if len(set(names)) < len(names):
        raise NotSignedInError("A parameter of the Authorization header stands there twice.", 400)
    for name in _REQUIRED:
        if not given.get(name):
            raise NotSignedInError(f"The Authorization header lacks {name}.", 400)
    if given.get("oauth_version", "1.0") != "1.0":
        raise NotSignedInError("The version of OAuth must be 1.0.", 400)
    return given
