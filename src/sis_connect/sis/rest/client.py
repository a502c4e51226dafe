"""Reading a OneRoster 1.1 service: one page, and what an error says of the service.

Here: the request and the paging headers of one reply. Not here: which page comes next (`paging`), what records mean
(`oneroster.json_reader`), single records of the gradebook (`gradebook`), signing in and trying again (`transport`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.oneroster.json_deviations import PageFault, UnreadablePageError
from sis_connect.oneroster.json_reader import read_page
from sis_connect.oneroster.operations import Kind
from sis_connect.sis.rest.paging.links import NextLink, judge_next_link, parameters_of
from sis_connect.transport.diagnosis import Cause
from sis_connect.transport.http_dates import parse_http_date

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
#: How some answer with 200 for an id that they do not know; of a collection it would not say that there are no rows.
_NO_RECORD = frozenset((PageFault.EMPTY_OBJECT, PageFault.NULL_ROOT))
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
        #: True once anything was given.
        self.has_answered = False

    def __repr__(self) -> str:
        """The server's name, and nothing else."""
        return f"OneRosterClient({self.http!r})"

    def fetch_page(self, operation: Operation, path: str, parameters: Mapping[str, str | int]) -> FetchedPage:
        """One page of the collection at `path`, which is the operation's with its ids filled in.

        TargetErrors of `transport` when there is none; `is_not_given` and `is_not_like_this` tell what they mean.
        """
        reply = self.http.send("GET", path, params=dict(parameters))
        self.has_answered = True
        link = judge_next_link(reply.headers.get(_LINK_HEADER), f"{self.base_url}{path}", parameters)
        total, date = _total(reply.headers.get(_TOTAL_HEADER)), parse_http_date(reply.headers.get(_DATE_HEADER))
        return FetchedPage(operation, total, link, reply.content, date)

    def follow(self, operation: Operation, path: str, query: str) -> FetchedPage:
        """As `fetch_page`, with the query of a next link."""
        return self.fetch_page(operation, path, parameters_of(query))


def is_not_found(error: SisConnectError, kind: Kind) -> bool:
    """True when the service says that there is nothing at this address; of one record also by an answer without any."""
    if isinstance(error, UnreadablePageError):
        return kind is Kind.ONE and error.reason in _NO_RECORD
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
