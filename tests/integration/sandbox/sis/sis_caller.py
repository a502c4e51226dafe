"""A caller of the reference provider that is nothing but an HTTP client and a signer; no code of the product."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import httpx2
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, Client

from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.sandbox.sis import RunningSis

#: An empty context: nothing is encrypted on the loopback interface, and loading certificates takes its time.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def query(**parameters: object) -> str:
    """A query string, everything but unreserved characters percent-encoded."""
    return "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parameters.items())


class SisCaller:
    """Signs and sends; follows no redirects and retries nothing."""

    def __init__(
        self,
        sis: RunningSis,
        key: str = SIS_CLIENT_ID,
        secret: str = SIS_CLIENT_SECRET,
        method: str = SIGNATURE_HMAC_SHA1,
    ) -> None:
        self.sis = sis
        self.http = httpx2.Client(verify=NO_TLS)
        self._signer = Client(key, secret, signature_method=method)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        **parameters: object,
    ) -> httpx2.Response:
        """The answer, whatever it is."""
        uri = path if path.startswith("http") else self.sis.url + path
        if parameters:
            uri = f"{uri}?{query(**parameters)}"
        _, signed, _ = self._signer.sign(uri, method)
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {**signed, **({} if body is None else {"Content-Type": "application/json"}), **(headers or {})}
        return self.http.request(method, uri, headers=sent, content=content)

    def get(self, path: str, **parameters: Any) -> Any:
        """The decoded body of a 200."""
        answer = self.send("GET", path, **parameters)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def ids(self, path: str, **parameters: Any) -> list[str]:
        """The ids of the records of a page, in its order."""
        body = self.get(path, **parameters)
        [records] = [value for key, value in body.items() if key != "statusInfoSet"]
        return [record["sourcedId"] for record in records]

    def token(self, **form: str) -> httpx2.Response:
        """The answer to a token request in the body style; what `form` names is different, and left out when ""."""
        asked = {
            "grant_type": "client_credentials",
            "client_id": SIS_CLIENT_ID,
            "client_secret": SIS_CLIENT_SECRET,
            **form,
        }
        return self.http.post(self.sis.token_url, data={name: value for name, value in asked.items() if value})


def refusal(answer: httpx2.Response) -> tuple[int, str, str]:
    """Status, minor code and description of an answer that is a refusal and nothing else."""
    [info] = answer.json()["statusInfoSet"]
    assert set(answer.json()) == {"statusInfoSet"}
    assert info["imsx_severity"] == "error"
    return answer.status_code, info.get("imsx_codeMinor", ""), info["imsx_description"]
