"""One listing: what is asked for, and one page of it as received, decoded where it was fetched.

Here: the request of a page in the provider's dialect, and what the reply says. Not here: what follows from a page
(`reading`), and which listings a pull needs (`derived`, `per_school`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import TargetError
from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.oneroster.operations import Kind
from sis_connect.oneroster.query import Predicate, build_filter, changed_since, matches, parse_filter
from sis_connect.oneroster.schema import ENTITIES, METADATA_PREFIX
from sis_connect.oneroster.status_info import CodeMinor, Severity
from sis_connect.sis.rest.blanks import trim_ids
from sis_connect.sis.rest.paging.dialect import RESOURCES, has_links, shows_more
from sis_connect.sis.rest.paging.metadata import is_name
from sis_connect.sis.rest.paging.steps import Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sis_connect.errors import SisConnectError
    from sis_connect.oneroster.json_reader import Page
    from sis_connect.oneroster.json_text import Row
    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.operations import Operation
    from sis_connect.oneroster.status_info import StatusInfo
    from sis_connect.sis.rest.client import OneRosterClient
    from sis_connect.sis.rest.paging.dialect import Dialect
    from sis_connect.sis.rest.paging.steps import Ask

#: What a provider says that it cannot do, by the code of the finding; a filter that it cannot apply ends a delta.
_STATEMENTS: Mapping[CodeMinor | None, str] = MappingProxyType(
    {
        CodeMinor.INVALID_SORT_FIELD: "rest.sort_unsupported",
        CodeMinor.INVALID_SELECTION_FIELD: "rest.fields_unsupported",
    }
)
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Listing:
    """What is to be read."""

    operation: Operation
    path: str
    #: Names its files.
    name: str
    #: True when nothing being there (404) means that there are no records, as below a school.
    may_be_absent: bool = False
    #: What is asked for; "" for everything.
    filter: str = ""
    #: For a listing that others can do without: what is to be said when it is not given.
    finding_without: str = ""
    #: Of a delta: what is to change later than that; records that changed a day before it show that nobody heeds it.
    since: datetime | None = None

    @property
    def entity(self) -> Entity:
        """What its records are."""
        return ENTITIES[self.operation.entity]

    def parameters(self, ask: Ask, dialect: Dialect, wanted: Wanted) -> dict[str, str | int]:
        """The parameters of a request for one page; a record that is asked for by itself has only fields."""
        parameters = dict(dialect.parameters(self.entity, metadata=wanted.metadata, links=wanted.links))
        if self.operation.kind is Kind.ONE:
            return {name: value for name, value in parameters.items() if name == "fields"}
        asked: dict[str, str | int] = {"limit": ask.limit, "offset": ask.offset}
        return asked | parameters | ({"filter": self.filter} if self.filter else {})

    def unfiltered(self, rows: Sequence[Row]) -> bool:
        """True when the filter of a delta should have kept out some of these rows by far."""
        if self.since is None:
            return False
        # Some compare days where moments are meant; that is a little too much and no harm.
        least = changed_since(self.since - timedelta(days=1), Predicate.AT_LEAST)
        is_recent = parse_filter(build_filter(self.entity, least), self.entity)
        dates = (row["date_last_modified"] for row in rows)
        return any(date is not None and not matches(is_recent, {least.field: date}) for date in dates)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for beyond the columns of an entity."""

    metadata: bool = True
    #: The resources of courses and classes.
    links: bool = False
    #: Ids without the blanks that the provider is known to put around them.
    trims_ids: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """One page, decoded, or why there is none."""

    said: Said = field(default_factory=Said)
    #: One line of JSON for each row that could be read.
    lines: bytes = field(repr=False, default=b"")
    #: Positions on the page of what is no row, with its code.
    faults: tuple[tuple[int, str], ...] = ()
    noticed: Counter[tuple[str, str]] = field(default_factory=Counter)
    metadata: frozenset[str] = frozenset()
    #: True when the filter of a delta was not heeded, by the rows or by the provider's own words.
    unfiltered: bool = False
    #: When the provider answered, by its own clock.
    date: datetime | None = None
    error: SisConnectError | None = None


def fetch(
    client: OneRosterClient,
    listing: Listing,
    ask: Ask,
    dialect: Dialect,
    *,
    wanted: Wanted,
    slots: AbstractContextManager[object],
) -> Delivered:
    """The page asked for, decoded; errors of the service are part of it, so that they are met in order.

    A request holds one of the `slots`; decoding holds none, so that the next request need not wait for it.
    """
    parameters = listing.parameters(ask, dialect, wanted)
    try:
        with slots:
            if ask.link is not None:
                fetched = client.follow(listing.operation, listing.path, ask.link)
            else:
                fetched = client.fetch_page(listing.operation, listing.path, parameters)
        page = fetched.read()
    except (TargetError, UnreadablePageError) as error:
        return Delivered(Said(was_found=False), error=error)
    noticed: Counter[tuple[str, str]] = Counter(
        {(str(code), name): number for (code, name), number in page.tolerances.items()}
    )
    if fetched.next_link.is_elsewhere:
        noticed["rest.link_elsewhere", ""] += 1
    if fetched.next_link.is_too_long:
        noticed["rest.link_too_long", ""] += 1
    if wanted.trims_ids:
        noticed["rest.blanks_around_ids", ""] += trim_ids(listing.entity, page.rows, page.links)
    if ask.offset == 0 and "fields" in parameters:
        noticed["rest.fields_ignored", ""] += shows_more(
            listing.entity, fetched.content, metadata=wanted.metadata, links=wanted.links
        )
    ids = [str(row["sourced_id"]) for row in page.rows]
    for position, _ in page.faults:
        ids.insert(position, "")
    noticed.update(_statements(page.notices))
    metadata = _metadata_names(page, len(listing.entity.columns))
    names = frozenset(filter(is_name, metadata))
    noticed["rest.metadata_dropped", ""] += len(metadata) - len(names)
    return Delivered(
        Said(ids, fetched.total, fetched.next_link.query),
        _ENCODER.encode_lines(_with_links(page) if wanted.links and has_links(listing.entity) else page.rows),
        tuple((position, str(code)) for position, code in page.faults),
        noticed,
        names,
        listing.unfiltered(page.rows) or (listing.since is not None and _says_unfiltered(page.notices)),
        fetched.date,
    )


def changes_of(listing: Listing, since: datetime) -> Listing:
    """Of a listing only what changed later than that."""
    return replace(
        listing,
        name=f"{listing.name}.changes",
        filter=build_filter(listing.entity, changed_since(since)),
        since=since,
    )


def _statements(notices: Iterable[StatusInfo]) -> Iterator[tuple[str, str]]:
    """What the provider says beside the records that it did not do, or warns of."""
    for notice in notices:
        if notice.code_minor in _STATEMENTS:
            yield _STATEMENTS[notice.code_minor], ""
        elif notice.severity is Severity.WARNING:
            yield "rest.warning_given", ""


def _says_unfiltered(notices: Iterable[StatusInfo]) -> bool:
    return any(notice.code_minor is CodeMinor.INVALID_FILTER_FIELD for notice in notices)


def _metadata_names(page: Page, columns: int) -> set[str]:
    """The names of all metadata on a page; rows without any have as many cells as the entity has columns."""
    return {name for row in page.rows if len(row) > columns for name in row if name.startswith(METADATA_PREFIX)}


def _with_links(page: Page) -> list[dict[str, object]]:
    """The rows, each with the ids of its resources beside its columns."""
    resources: dict[str | None, list[str | None]] = {}
    for link in page.links:
        owner = next(link[name] for name in ("course_sourced_id", "class_sourced_id") if name in link)
        resources.setdefault(owner, []).append(link["resource_sourced_id"])
    return [{**row, RESOURCES: resources.get(row["sourced_id"], [])} for row in page.rows]
