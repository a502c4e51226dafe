"""The links between pages: next, prev, first and last, with everything else the request asked (pagination)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def page_links(
    address: str, parameters: Sequence[tuple[str, str]], limit: int, offset: int, total: int
) -> dict[str, str]:
    """Addresses by relation; there is a next page before the end only, and one before the first never."""
    kept = [pair for pair in parameters if pair[0] not in ("limit", "offset")]

    def page(at: int) -> str:
        pairs = [*kept, ("limit", str(limit)), ("offset", str(at))]
        return f"{address}?{urlencode(pairs, quote_via=quote, safe='')}"

    links = {}
    if offset + limit < total:
        links["next"] = page(offset + limit)
    if offset > 0:
        links["prev"] = page(max(0, offset - limit))
    links["first"] = page(0)
    links["last"] = page(max(0, (total - 1) // limit * limit))
    return links


def format_links(links: Mapping[str, str]) -> str:
    """The value of a `Link` header (RFC 8288)."""
    return ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links.items())
