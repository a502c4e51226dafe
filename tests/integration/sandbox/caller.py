"""A caller of the Schoology look-alike that is nothing but an HTTP client and a signer; no code of the product."""

from __future__ import annotations

import json
import ssl
import threading
from typing import TYPE_CHECKING, Any, Self

import httpx2
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, Client

from sis_connect.sandbox.schoology import SANDBOX_KEY, SANDBOX_SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.sandbox.schoology import RunningSandbox


#: An empty context: nothing is encrypted on the loopback interface, and loading certificates takes its time.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def get(address: str, headers: Mapping[str, str] | None = None) -> httpx2.Response:
    """The answer to a call without a signature."""
    return httpx2.get(address, headers=headers, verify=_NO_TLS)


def post(address: str, **sent: Any) -> httpx2.Response:
    """As `get`, for a body that is sent as `json` or as `content`."""
    return httpx2.post(address, verify=_NO_TLS, **sent)


class Caller:
    """Signs and sends; follows no redirects."""

    def __init__(self, sandbox: RunningSandbox, method: str = SIGNATURE_HMAC_SHA1) -> None:
        self.sandbox = sandbox
        self._signer = Client(SANDBOX_KEY, SANDBOX_SECRET, signature_method=method)
        self._http = httpx2.Client(verify=_NO_TLS)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """The answer, whatever it is."""
        uri = path if path.startswith("http") else f"{self.sandbox.api_url}/{path}"
        with self._lock:
            _, signed, _ = self._signer.sign(uri, method)
        content = None if body is None else json.dumps(body).encode()
        sent = {**signed, **({} if body is None else {"Content-Type": "application/json"}), **(headers or {})}
        return self._http.request(method, uri, headers=sent, content=content)

    def expect(self, status: int, method: str, path: str, body: object = None) -> Any:
        """The decoded body of an answer that has this status; None when it is empty."""
        answer = self.send(method, path, body)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        """The decoded body of a 200."""
        return self.expect(200, "GET", path)

    def bulk(self, method: str, path: str, body: object) -> list[dict[str, Any]]:
        """The results of a bulk call, without their envelope."""
        answer = self.expect(207, method, path, body)
        [inner] = answer.values()
        if isinstance(inner, dict):
            [inner] = inner.values()
        return list(inner)


def codes(results: list[dict[str, Any]]) -> list[int]:
    """The `response_code` of each result."""
    return [result["response_code"] for result in results]
