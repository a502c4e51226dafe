"""Queries encoded once, in the only way that a signature and the wire agree on (RFC 5849, 3.6): %20, never a plus.

Not here: what a filter says (`oneroster.query`), and signing (`transport.oauth1`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

#: Names and values of a query; a name may occur more than once, and order is kept.
Params = Mapping[str, str | int] | Iterable[tuple[str, str | int]]

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
#: What a query may hold as it is, besides letters and digits, and every reader of queries takes for itself.
_PLAIN = "=&%;:+~,*@!()/?'$-._"


def encode_params(params: Params | None) -> str:
    """The query that says this, each sign but letters, digits and `-._~` percent-encoded."""
    if params is None:
        return ""
    pairs = params.items() if isinstance(params, Mapping) else params
    return "&".join(f"{quote(str(name), safe='')}={quote(str(value), safe='')}" for name, value in pairs)


def mended(query: str) -> str:
    """A query that somebody else encoded: as it is, but for signs that no query may hold."""
    return _STRAY_PERCENT.sub("%25", quote(query, safe=_PLAIN))
