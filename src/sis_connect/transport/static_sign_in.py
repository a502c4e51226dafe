"""Sign-in with what never changes: a bearer token issued by hand, and headers a vendor asks for besides.

Not here: tokens that are fetched and renewed (`transport.oauth2`). Values are secrets: they are never shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx2

from sis_connect.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~\-]+")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
#: Headers that the sign-in or the connection itself sets.
_TAKEN = frozenset(
    {"accept", "accept-encoding", "authorization", "connection", "content-length", "cookie", "host"}
    | {"proxy-authorization", "te", "transfer-encoding", "upgrade"}
)


class Bearer(httpx2.Auth):
    """Puts one token on each request that passes (RFC 6750, 2.1)."""

    def __init__(self, token: str) -> None:
        """ConfigurationError when this cannot be a token."""
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            raise ConfigurationError(
                "The token is empty or holds a space or a special sign.", where="sign-in", fix="Copy the token again."
            )
        self._header = f"Bearer {token}"

    def __repr__(self) -> str:
        """The kind, and nothing else."""
        return "Bearer()"

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """The request with the token."""
        request.headers["Authorization"] = self._header
        yield request


class StaticHeaders:
    """Headers that every request to a service carries, and no request to anybody else."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """ConfigurationError, without the value, when one cannot be sent."""
        for name, value in headers.items():
            if not _NAME.fullmatch(name) or name.lower() in _TAKEN:
                raise ConfigurationError(
                    "A header has a name that cannot be set here.",
                    where="headers",
                    fix="Give the name the vendor told; the sign-in has its own settings.",
                )
            if not _VALUE.fullmatch(value):
                raise ConfigurationError(
                    f"The header {name} is empty or holds a line break or a special sign.",
                    where=f"headers.{name}",
                    fix="Copy the value again.",
                )
        self._headers = dict(headers)

    def __repr__(self) -> str:
        """The names, and nothing else."""
        return f"StaticHeaders({', '.join(sorted(self._headers))})"

    def put_on(self, request: httpx2.Request) -> None:
        """The request carries the headers; what a body is, is for those to say who sent one."""
        request.headers.update(
            {name: value for name, value in self._headers.items() if name.lower() != "content-type"}
            if "Content-Type" in request.headers
            else self._headers
        )
