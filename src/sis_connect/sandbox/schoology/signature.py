"""Who is calling: OAuth 1.0a, two-legged, as RFC 5849 defines it and as clients of the service practise it.

Here: finding the key of a request, or saying why there is none. The signature may be made for another host than
the one the request reached, because public clients fix the `Host` header; every address the client can have
meant is tried. Not here: HTTP.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oauthlib.oauth1.rfc5849 import signature as rfc5849

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sis_connect.sandbox.schoology.settings import Strictness


class UnauthorisedError(Exception):
    """The request has no acceptable signature; the text says why."""


@dataclass(frozen=True, slots=True)
class _SignedRequest:
    """What the signature functions look at."""

    http_method: str
    uri: str
    params: list[tuple[str, str]]
    signature: str


class Gatekeeper:
    """Knows the keys and what each has used up; safe between threads."""

    def __init__(self, keys: Mapping[str, str], strictness: Strictness, timestamp_tolerance: int) -> None:
        """Begins with no nonce used."""
        self._keys = keys
        self._strictness = strictness
        self._tolerance = timestamp_tolerance
        self._newest: dict[str, int] = {}
        self._used: dict[str, dict[int, set[str]]] = defaultdict(dict)
        self._lock = threading.Lock()

    def admit(self, method: str, addresses: Sequence[str], query: str, authorization: str) -> str:
        """The consumer key of the request; `addresses` are the URLs, without query, it may have been signed for.

        Raises UnauthorisedError.
        """
        try:
            params = rfc5849.collect_parameters(
                uri_query=query, headers={"Authorization": authorization}, exclude_oauth_signature=False
            )
        except ValueError as error:
            raise UnauthorisedError("The Authorization header cannot be read.") from error
        given = {name: value for name, value in params if name.startswith("oauth_")}
        key = str(given.get("oauth_consumer_key", ""))
        if key not in self._keys:
            raise UnauthorisedError("Unknown consumer key.")
        if self._strictness.signatures and not self._is_signed(method, addresses, params, given):
            raise UnauthorisedError("Invalid signature.")
        self._use_up(key, given.get("oauth_timestamp", ""), given.get("oauth_nonce", ""))
        return key

    def _is_signed(
        self, method: str, addresses: Sequence[str], params: list[tuple[str, str]], given: dict[str, str]
    ) -> bool:
        secret = self._keys[given["oauth_consumer_key"]]
        signed = [(name, value) for name, value in params if name != "oauth_signature"]
        signature = given.get("oauth_signature", "")
        match given.get("oauth_signature_method"):
            case "PLAINTEXT":
                return bool(rfc5849.verify_plaintext(_SignedRequest(method, "", signed, signature), secret, ""))
            case "HMAC-SHA1":
                return any(
                    rfc5849.verify_hmac_sha1(_SignedRequest(method, address, signed, signature), secret, "")
                    for address in addresses
                )
            case _:
                return False

    def _use_up(self, key: str, timestamp: str, nonce: str) -> None:
        if not timestamp.isascii() or not timestamp.isdigit() or not nonce:
            raise UnauthorisedError("A timestamp in whole seconds and a nonce are required.")
        at = int(timestamp)
        with self._lock:
            used = self._used[key]
            if self._strictness.replays and nonce in used.get(at, ()):
                raise UnauthorisedError(
                    "Duplicate timestamp/nonce combination, possible replay attack. Request rejected."
                )
            newest = max(at, self._newest.get(key, at))
            oldest = newest - self._tolerance
            if self._strictness.timestamp_order:
                if at < oldest:
                    raise UnauthorisedError("Timestamp is out of sequence.")
                for second in [second for second in used if second < oldest]:
                    del used[second]
            self._newest[key] = newest
            used.setdefault(at, set()).add(nonce)
