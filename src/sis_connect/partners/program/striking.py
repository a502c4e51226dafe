"""Striking out what nobody may be told from texts that people typed: secrets, what looks like one, e-mail addresses.

Pure: which secrets there are is given. Not here: masking requests and replies (`sis.conformance.masking`).
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STRUCK = "…"
_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
#: A header that signs in, and a parameter named after a secret (RFC 6750; RFC 6749, 2.3.1; RFC 5849, 3.5).
_SIGN_IN = re.compile(r"\b(Bearer|Basic)\s+[\w+/=.~-]{8,}", re.IGNORECASE)
_PARAMETER = re.compile(
    r"\b(client_secret|access_token|oauth_signature|oauth_token|password|secret)=[^\s&\"']+", re.IGNORECASE
)


def in_every_form(secrets: Iterable[str]) -> tuple[str, ...]:
    """The secrets, and how each looks in an address or a form, and any two of them in a Basic header; longest first."""
    plain = list(dict.fromkeys(secret for secret in secrets if secret))
    pairs = (f"{key}:{secret}".encode() for key in plain for secret in plain)
    forms = (
        *plain,
        *(form(secret) for secret in plain for form in (quote, quote_plus, _quoted_all)),
        *(base64.b64encode(pair).decode("ascii") for pair in pairs),
    )
    return tuple(sorted(dict.fromkeys(forms), key=lambda form: (-len(form), form)))


def strike_secrets(value: Any, secrets: Iterable[str]) -> Any:
    """A value of lists, tables and texts in which no text holds a secret or what looks like one."""
    forms = in_every_form(secrets)

    def struck(text: str) -> str:
        for form in forms:
            text = text.replace(form, STRUCK)
        text = _SIGN_IN.sub(rf"\1 {STRUCK}", text)
        return _PARAMETER.sub(rf"\1={STRUCK}", text)

    return _every_text(value, struck)


def strike_addresses(value: Any) -> Any:
    """The same without e-mail addresses."""
    return _every_text(value, lambda text: _ADDRESS.sub(STRUCK, text))


def _every_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {_every_text(name, change): _every_text(one, change) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_every_text(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


def _quoted_all(text: str) -> str:
    return quote(text, safe="")
