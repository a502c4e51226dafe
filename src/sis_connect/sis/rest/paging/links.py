"""What a page's Link header says of the next page, judged: followed is only what stays in its place.

A link that has an offset is not followed: the offset is computed from the rows received, which links get wrong (off
by one, another host, a lost filter). Only a link that pages by something else is followed, and only on the same
origin and path, with what it lost put back. Serves the query grammar, pagination.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Characters of a Link header beyond which it is not read; honest ones have some hundreds.
LONGEST_HEADER = 8_192

#: `<uri>; rel="next"`; providers leave the angle brackets out.
_LINK = re.compile(r"(?:<([^<>]*)>|([^\s;,<>]+))((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]+))*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_OFFSET = "offset"


@dataclass(frozen=True, slots=True)
class NextLink:
    """The next page by the provider's own words."""

    #: Query to follow; None when there is no such link, or when its offset is computed instead.
    query: str | None = None
    #: True when the link leaves the origin or path of the request.
    is_elsewhere: bool = False
    #: True when the header is longer than anybody reads.
    is_too_long: bool = False


def judge_next_link(header: str | None, url: str, asked: Mapping[str, str | int]) -> NextLink:
    """What the Link header of the reply to `url`, asked for with these parameters, says of the next page."""
    if len(header or "") > LONGEST_HEADER:
        return NextLink(is_too_long=True)
    uri = next_uri(header or "")
    if uri is None:
        return NextLink()
    try:
        target = urlsplit(urljoin(url, uri))
        is_elsewhere = _place(target) != _place(urlsplit(url))
    except ValueError:
        return NextLink(is_elsewhere=True)
    if is_elsewhere:
        return NextLink(is_elsewhere=True)
    said = dict(parse_qsl(target.query, keep_blank_values=True))
    if _OFFSET in said:
        return NextLink()
    kept = {name: str(value) for name, value in asked.items() if name != _OFFSET}
    return NextLink(urlencode(kept | said, quote_via=quote))


def parameters_of(query: str) -> dict[str, str | int]:
    """The parameters of a followed link."""
    return dict(parse_qsl(query, keep_blank_values=True))


def next_uri(header: str) -> str | None:
    """The address of the next page that a Link header names; None when it names none, or is too long to be read."""
    if len(header) > LONGEST_HEADER:
        return None
    for bracketed, bare, parameters in _LINK.findall(header):
        relation = _RELATION.search(parameters)
        if relation and "next" in (relation[1] or relation[2]).lower().split():
            return str(bracketed or bare)
    return None


def _place(url: SplitResult) -> tuple[str, str | None, int | None, str]:
    return url.scheme, url.hostname, url.port or _DEFAULT_PORTS.get(url.scheme), url.path
