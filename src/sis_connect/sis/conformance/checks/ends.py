"""How a service tells where a collection ends: totals, links, and what comes beyond the last record."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from sis_connect.sis.conformance.checking import CannotTellError, Coping, Level, failed, passed, skipped
from sis_connect.sis.conformance.checks.ground import FEWEST, ground, ids_on, page_of, paging_check
from sis_connect.sis.rest.paging.links import judge_next_link, next_uri

if TYPE_CHECKING:
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe

_BEYOND = 1_000_000_000


def _total(probe: Probe) -> Verdict:
    listing = ground(probe)
    pages = [taken for taken in listing.pages if taken.status == 200]
    missing = [taken for taken in pages if taken.total is None]
    if missing:
        return failed(f"{len(missing)} of {len(pages)} pages come without X-Total-Count.", missing[0])
    return passed(f"X-Total-Count says {listing.total:,}.", listing.pages[0])


def _total_true(probe: Probe) -> Verdict:
    listing = ground(probe)
    totals = {taken.total for taken in listing.pages if taken.status == 200}
    if totals == {None}:
        return skipped("There is no X-Total-Count.")
    if len(totals) > 1:
        return failed("X-Total-Count differs from page to page.", *listing.pages[:2])
    total, read = listing.total or 0, len(listing.records)
    if total < read or (listing.is_complete and total != read):
        return failed(f"X-Total-Count says {total:,}, and {read:,} records were read.", listing.pages[-1])
    return passed(f"{read:,} of {total:,} records were read.")


def _total_filtered(probe: Probe) -> Verdict:
    listing = ground(probe)
    taken, ids = page_of(probe, listing, {"filter": f"sourcedId='{listing.ids[0]}'", "limit": FEWEST})
    if taken.total is None:
        return skipped("There is no X-Total-Count.")
    if len(ids) != 1:
        return skipped("The filter was not heeded.")
    return passed("", taken) if taken.total == 1 else failed(f"One record matches, and it says {taken.total:,}.", taken)


def _beyond(probe: Probe) -> Verdict:
    listing = ground(probe)
    taken = probe.ask(listing.operation.id, {"limit": FEWEST, "offset": _BEYOND})
    if taken.status == 404:
        return failed("It is answered with 404.", taken, coping=Coping.YES)
    if taken.status != 200:
        return failed(f"It is answered with {taken.ending}.", taken, coping=Coping.PARTLY)
    try:
        ids = ids_on(taken, listing)
    except CannotTellError as reason:
        return failed(str(reason), taken, coping=Coping.PARTLY)
    if ids:
        return failed(f"{len(ids)} records are given although none follow.", taken, coping=Coping.NO)
    return passed("", taken)


def _link(probe: Probe) -> Verdict:
    listing = ground(probe)
    taken, _ = page_of(probe, listing, {"limit": 2, "offset": 0})
    if next_uri(taken.header("Link")) is None:
        return failed("A page that is not the last has no link to the next one.", taken)
    return passed("", taken)


def _link_end(probe: Probe) -> Verdict:
    listing = ground(probe)
    if not listing.is_complete:
        return skipped("The collection was not read to its end.")
    taken, _ = page_of(probe, listing, {"limit": 2, "offset": max(0, len(listing.records) - 2)})
    if next_uri(taken.header("Link")) is not None:
        return failed("The last page has a link to a next one.", taken)
    return passed("", taken)


def _link_place(probe: Probe) -> Verdict:
    listing = ground(probe)
    asked: dict[str, str | int] = {"limit": 2, "offset": 0, "sort": "sourcedId", "fields": "sourcedId"}
    taken, _ = page_of(probe, listing, asked)
    uri = next_uri(taken.header("Link"))
    if uri is None:
        return skipped("There is no link to a next page.")
    if judge_next_link(taken.header("Link"), f"{probe.url}{listing.operation.path}", asked).is_elsewhere:
        return failed("The link leads to another address than the one that was asked.", taken)
    said = dict(parse_qsl(urlsplit(uri).query))
    lost = [name for name in ("sort", "fields") if said.get(name) != asked[name]]
    if lost:
        return failed(f"The link has lost {' and '.join(lost)}.", taken)
    if "offset" in said and said["offset"] != "2":
        return failed("The link does not go on behind the last record of the page.", taken)
    return passed("", taken)


CHECKS = (
    paging_check(
        "total",
        Level.EXPECTED,
        "Every page says X-Total-Count.",
        "Send X-Total-Count with every page of every collection.",
        Coping.YES,
        "One more page is asked for at the end.",
        _total,
    ),
    paging_check(
        "total_true",
        Level.REQUIRED,
        "X-Total-Count is the number of records.",
        "Count the records that match, on every page the same.",
        Coping.PARTLY,
        "A total that promises more than comes refuses the pull; it can be disregarded for this connection.",
        _total_true,
    ),
    paging_check(
        "total_filtered",
        Level.REQUIRED,
        "X-Total-Count counts what the filter lets through.",
        "Count after filtering and before paging.",
        Coping.YES,
        "The total of a filtered collection is not relied upon.",
        _total_filtered,
    ),
    paging_check(
        "beyond",
        Level.EXPECTED,
        "Beyond the last record a page is empty, with status 200.",
        "Answer with an empty list.",
        Coping.NO,
        "404 is taken for the end; a page that comes again makes the end impossible to find without a total.",
        _beyond,
    ),
    paging_check(
        "link",
        Level.ADVICE,
        "A page that is not the last has a Link to the next.",
        "Send Link with next, prev, first and last (RFC 8288).",
        Coping.YES,
        "Offsets are computed.",
        _link,
    ),
    paging_check(
        "link_end",
        Level.REQUIRED,
        "The last page has no Link to a next.",
        "Leave next out on the last page.",
        Coping.YES,
        "Offsets are computed.",
        _link_end,
    ),
    paging_check(
        "link_place",
        Level.REQUIRED,
        "Links lead to the address that was asked, with the same query and the next offset.",
        "Build links from the address under which the service is called, and keep sort, filter and fields.",
        Coping.YES,
        "Links to other addresses are not followed.",
        _link_place,
    ),
)
