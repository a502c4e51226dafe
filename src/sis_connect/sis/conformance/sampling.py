"""As much of one collection as a check may read, with everything that was odd on the way.

Simpler than a pull: it proves nothing about completeness beyond having seen an empty page, and it never reads again.
The paging checks look at the traps one by one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.oneroster.json_envelope import open_envelope
from sis_connect.oneroster.json_reader import read_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.oneroster.json_deviations import Deviation, PageFault, RecordFault
    from sis_connect.oneroster.json_reader import Page
    from sis_connect.oneroster.json_text import Row
    from sis_connect.oneroster.operations import Operation
    from sis_connect.sis.conformance.asking import Answered

#: Why nothing can be said of a collection that `is_cut`.
CUT = "There are more records than were read; --records lets more be read."


@dataclass(slots=True)
class Sample:
    """What was read of one collection."""

    operation: Operation
    pages: list[Answered] = field(default_factory=list)
    #: As decoded, and as rows of text in the form of CSV.
    records: list[Any] = field(default_factory=list, repr=False)
    rows: list[Row] = field(default_factory=list, repr=False)
    #: Rows that stand for the `resources` of classes and courses.
    links: list[Row] = field(default_factory=list, repr=False)
    #: Which record of the collection each row was, counted from 0, and those that are no rows.
    numbers: list[int] = field(default_factory=list, repr=False)
    faulty: list[int] = field(default_factory=list, repr=False)
    tolerances: Counter[tuple[Deviation, str]] = field(default_factory=Counter)
    #: For each tolerance, a page where it was used.
    seen_on: dict[tuple[Deviation, str], Answered] = field(default_factory=dict)
    faults: Counter[RecordFault] = field(default_factory=Counter)
    #: True when an empty page was seen after all that was read.
    is_complete: bool = False
    #: Why reading ended before that; "" when it did not, or when enough was read.
    problem: str = ""
    #: Set when the last page could not be read.
    fault: PageFault | None = None

    @property
    def ids(self) -> list[str]:
        """Every sourcedId, in order."""
        return [str(row["sourced_id"]) for row in self.rows]

    @property
    def again(self) -> list[int]:
        """Numbers of the records whose sourcedId came before."""
        seen: set[str] = set()
        found = []
        for number, id_ in zip(self.numbers, self.ids, strict=True):
            if id_ in seen:
                found.append(number)
            seen.add(id_)
        return found

    @property
    def is_cut(self) -> bool:
        """True when there are more records than were read, by what the service says itself."""
        return self.total is not None and self.total > len(self.records)

    @property
    def total(self) -> int | None:
        """X-Total-Count of the first page."""
        return self.pages[0].total if self.pages else None

    def showing(self, number: int) -> Answered:
        """The page that the record of this number stands on, with the record to be shown."""
        begun = [(int(page.asked.parameters["offset"]), page) for page in self.pages]
        offset, page = max((one for one in begun if one[0] <= number), key=lambda one: one[0])
        return replace(page, shown=number - offset)

    def place(self, number: int) -> str:
        """Where a vendor finds the record of this number, in the words of findings."""
        return f"{self.operation.path}, record {number + 1:,}"


@dataclass(frozen=True, slots=True)
class SampleReader:
    """Reads collections page by page."""

    ask: Callable[[Mapping[str, str | int]], Answered]

    def read(self, operation: Operation, page_size: int, most: int) -> Sample:
        """Up to `most` records, and the page after them that shows whether there are more."""
        listing = Sample(operation)
        seen: set[str] = set()
        while len(listing.records) < most:
            taken = self.ask({"limit": page_size, "offset": len(listing.records)})
            listing.pages.append(taken)
            page = _page(listing, taken)
            if page is None:
                break
            if page.received == 0:
                listing.is_complete = True
                break
            ids = {str(row["sourced_id"]) for row in page.rows}
            if ids and ids <= seen:
                listing.problem = "the service gives the same page again"
                break
            seen |= ids
            _add(listing, page, taken)
        return listing


def _page(listing: Sample, taken: Answered) -> Page | None:
    """What an answer holds; None when that cannot be read, which the listing says."""
    if taken.status != 200:
        # Beyond the last record, some services say that there is nothing.
        listing.is_complete = taken.status == 404 and bool(listing.records)
        listing.problem = "" if listing.is_complete else taken.ending
        return None
    try:
        return read_page(taken.content, listing.operation)
    except UnreadablePageError as error:
        listing.problem, listing.fault = error.what[:1].lower() + error.what[1:].rstrip("."), error.reason
        return None


def _add(listing: Sample, page: Page, taken: Answered) -> None:
    """The records of a page are in the listing."""
    begun, faulty = len(listing.records), {position for position, _ in page.faults}
    listing.numbers += [begun + position for position in range(page.received) if position not in faulty]
    listing.faulty += [begun + position for position in sorted(faulty)]
    listing.records += open_envelope(taken.content, listing.operation).records
    listing.rows += page.rows
    listing.links += page.links
    for key, amount in page.tolerances.items():
        listing.tolerances[key] += amount
        listing.seen_on.setdefault(key, taken)
    listing.faults.update(fault for _, fault in page.faults)
