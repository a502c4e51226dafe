"""As much of one collection as a check may read, with everything that was odd on the way.

Simpler than a pull: it proves nothing about completeness beyond having seen an empty page, and it never reads again.
The paging checks look at the traps one by one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.oneroster.json_envelope import open_envelope
from sis_connect.oneroster.json_reader import read_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.oneroster.json_deviations import Deviation, PageFault, RecordFault
    from sis_connect.oneroster.json_text import Row
    from sis_connect.oneroster.operations import Operation
    from sis_connect.sis.conformance.asking import Taken


@dataclass(slots=True)
class Listing:
    """What was read of one collection."""

    operation: Operation
    pages: list[Taken] = field(default_factory=list)
    #: As decoded, and as rows of text in the form of CSV.
    records: list[Any] = field(default_factory=list, repr=False)
    rows: list[Row] = field(default_factory=list, repr=False)
    #: Rows that stand for the `resources` of classes and courses.
    links: list[Row] = field(default_factory=list, repr=False)
    tolerances: Counter[tuple[Deviation, str]] = field(default_factory=Counter)
    #: For each tolerance, a page where it was used.
    seen_on: dict[tuple[Deviation, str], Taken] = field(default_factory=dict)
    faults: Counter[RecordFault] = field(default_factory=Counter)
    #: True when an empty page was seen after all that was read.
    is_complete: bool = False
    #: Why reading ended before that; "" when it did not, or when enough was read.
    problem: str = ""
    #: Set when the last page could not be read.
    fault: PageFault | None = None

    def drop(self, received: int) -> None:
        """The records of the last page are not in the listing any more."""
        kept = len(self.records) - received
        faulty = len(self.records) - len(self.rows)
        del self.records[kept:], self.rows[max(0, kept - faulty) :]

    @property
    def ids(self) -> list[str]:
        """Every sourcedId, in order."""
        return [str(row["sourced_id"]) for row in self.rows]

    @property
    def total(self) -> int | None:
        """X-Total-Count of the first page."""
        return self.pages[0].total if self.pages else None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads collections page by page."""

    ask: Callable[[Mapping[str, str | int]], Taken]

    def read(self, operation: Operation, page_size: int, most: int) -> Listing:
        """Up to `most` records, and the page after them that shows whether there are more."""
        listing = Listing(operation)
        seen: set[str] = set()
        while len(listing.records) < most:
            taken = self.ask({"limit": page_size, "offset": len(listing.records)})
            listing.pages.append(taken)
            received = add_page(listing, taken)
            if received is None:
                break
            if received == 0:
                listing.is_complete = True
                break
            new = set(listing.ids) - seen
            if not new:
                listing.problem = "the service gives the same page again"
                listing.drop(received)
                break
            seen |= new
        return listing


def add_page(listing: Listing, taken: Taken) -> int | None:
    """The records on a page, now in the listing; None when it holds none that can be read, which the listing says."""
    if taken.status != 200:
        # Beyond the last record, some services say that there is nothing.
        listing.is_complete = taken.status == 404 and bool(listing.records)
        listing.problem = "" if listing.is_complete else taken.ending
        return None
    try:
        page = read_page(taken.content, listing.operation)
        raw = open_envelope(taken.content, listing.operation).records
    except UnreadablePageError as error:
        listing.problem, listing.fault = error.what[:1].lower() + error.what[1:].rstrip("."), error.reason
        return None
    listing.records += raw
    listing.rows += page.rows
    listing.links += page.links
    for key, amount in page.tolerances.items():
        listing.tolerances[key] += amount
        listing.seen_on.setdefault(key, taken)
    listing.faults.update(fault for _, fault in page.faults)
    return page.received
