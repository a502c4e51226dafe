"""Reading a OneRoster 1.1 service: one page, one record. Every read goes through here.

Here: the request, the envelope and the paging headers of one reply. Not here: which page comes next (`paging`), what
records mean (`oneroster.json_reader`), signing in and trying again (`transport`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from sis_connect.oneroster.json_reader import read_page
from sis_connect.sis.rest.links import NextLink, judge_next_link, parameters_of
from sis_connect.transport.diagnosis import Cause

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sis_connect.errors import SisConnectError
    from sis_connect.oneroster.json_reader import Page
    from sis_connect.oneroster.operations import Operation
    from sis_connect.transport.client import HttpClient

_TOTAL_HEADER = "X-Total-Count"
_LINK_HEADER = "Link"
_DATE_HEADER = "Date"

#: Causes that say: this service does not give this collection, at least not to this sign-in.
_NOT_GIVEN = frozenset((Cause.FORBIDDEN, Cause.NOT_FOUND, Cause.METHOD_NOT_ALLOWED, Cause.GONE, Cause.NOT_IMPLEMENTED))
#: Causes that say: not asked like this.
_NOT_LIKE_THIS = frozenset((Cause.BAD_REQUEST, Cause.REFUSED))
#: Causes that a page of fewer rows may not have.
_TOO_HEAVY = frozenset(
    (Cause.SERVER_ERROR, Cause.SERVER_BUSY, Cause.REPLY_TIMEOUT, Cause.REPLY_BROKEN, Cause.REPLY_TOO_LARGE)
)


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page of a collection, as received."""

    operation: Operation
    #: `X-Total-Count`, where it is a number.
    total: int | None
    next_link: NextLink
    content: bytes = field(repr=False)
    #: When the service answered, by its own clock.
    date: datetime | None = None

    def read(self) -> Page:
        """Its records; UnreadablePageError when the reply is no page. Takes longer than many a request."""
        return read_page(self.content, self.operation)


class OneRosterClient:
    """What one sign-in may read; safe to share between threads."""

    def __init__(self, http: HttpClient, base_url: str) -> None:
        """`http` signs in and adds paths to `base_url`, the root of the service with the vendor's prefix."""
        self.http = http
        self.base_url = base_url.rstrip("/")

    def __repr__(self) -> str:
        """The server's name, and nothing else."""
        return f"OneRosterClient({self.http!r})"

    def fetch_page(self, operation: Operation, path: str, parameters: Mapping[str, str | int]) -> FetchedPage:
        """One page of the collection at `path`, which is the operation's with its ids filled in.

        TargetErrors of `transport` when there is none; `is_not_given` and `is_not_like_this` tell what they mean.
        """
        reply = self.http.send("GET", path, params=dict(parameters))
        link = judge_next_link(reply.headers.get(_LINK_HEADER), f"{self.base_url}{path}", parameters)
        total, date = _total(reply.headers.get(_TOTAL_HEADER)), _date(reply.headers.get(_DATE_HEADER))
        return FetchedPage(operation, total, link, reply.content, date)

    def follow(self, operation: Operation, path: str, query: str) -> FetchedPage:
        """As `fetch_page`, with the query of a next link."""
        return self.fetch_page(operation, path, parameters_of(query))


def is_not_found(error: SisConnectError) -> bool:
    """True when the service says that there is nothing at this address."""
    return error.cause in {Cause.NOT_FOUND, Cause.GONE}


def is_not_given(error: SisConnectError) -> bool:
    """True when the service does not give this collection: not served, or not to this sign-in."""
    return error.cause in _NOT_GIVEN


def is_not_like_this(error: SisConnectError) -> bool:
    """True when the service objects to the way it was asked."""
    return error.cause in _NOT_LIKE_THIS


def may_be_too_heavy(error: SisConnectError) -> bool:
    """True when the service, or the way to it, may be able to carry a smaller page."""
    return error.cause in _TOO_HEAVY


def _total(header: str | None) -> int | None:
    text = (header or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _date(header: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
