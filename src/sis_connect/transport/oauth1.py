"""OAuth 1.0a (RFC 5849), two-legged, as a flow of httpx2 on oauthlib's signer.

Here: signing one request with a nonce never used before and a timestamp that never goes back. A JSON body takes no
part in the signature (RFC 5849, 3.4.1.3.1). Not here: sending, redirects and retries (`transport.client`), which
pass every attempt through this flow again, because a signature is good for one attempt only.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import httpx2
from oauthlib import oauth1

from sis_connect.transport import masking

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class SignatureMethod(StrEnum):
    """How a request is signed."""

    HMAC_SHA1 = "HMAC-SHA1"
    HMAC_SHA256 = "HMAC-SHA256"
    #: The secret itself; only ever over HTTPS.
    PLAINTEXT = "PLAINTEXT"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A consumer's key and secret; neither is shown."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


class OAuth1(httpx2.Auth):
    """Signs each request that passes; safe to share between threads."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        method: SignatureMethod = SignatureMethod.HMAC_SHA1,
        realm: str | None = None,
        clock: Callable[[], float] = time.time,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        """`clock` tells seconds since 1970, `nonce` a text never told before."""
        masking.mask_library_logs()
        self._credentials = credentials
        self._method = method
        self._realm = realm
        self._clock = clock
        self._nonce = nonce
        self._lock = threading.Lock()
        self._newest = 0

    def __repr__(self) -> str:
        """The method, and nothing else."""
        return f"OAuth1({self._method})"

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """The request with its `Authorization` header; one that was signed before is signed anew."""
        signer = oauth1.Client(
            self._credentials.key,
            client_secret=self._credentials.secret,
            signature_method=self._method.value,
            realm=self._realm,
            nonce=self._nonce(),
            timestamp=str(self._timestamp()),
        )
        _, headers, _ = signer.sign(str(request.url), http_method=request.method)
        request.headers["Authorization"] = headers["Authorization"]
        yield request

    def _timestamp(self) -> int:
        """Seconds, never fewer than last time, even when the clock is set back."""
        with self._lock:
            self._newest = max(self._newest, int(self._clock()))
            return self._newest
