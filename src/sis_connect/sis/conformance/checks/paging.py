"""The traps of paging, one by one: limits, offsets, totals, links, repeats, gaps and what comes after the end."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.oneroster.json_reader import read_page
from sis_connect.oneroster.operations import OPERATIONS, Kind
from sis_connect.sis.conformance.checking import (
    CannotTellError,
    Check,
    Coping,
    Group,
    Level,
    Outcome,
    failed,
    passed,
    skipped,
)
from sis_connect.sis.conformance.checks.operations import listing_of
from sis_connect.sis.conformance.probe import LISTINGS
from sis_connect.sis.rest.links import judge_next_link, next_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.sis.conformance.asking import Taken
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.listing import Listing
    from sis_connect.sis.conformance.probe import Probe

_GROUNDS = ("enrollments", "users", "classes", "courses", "academicSessions", "orgs")
#: Records with which paging can be told from no paging.
_FEWEST = 4
#: Pages into which a sample is cut anew.
_PAGES = 6
_DEFAULT_LIMIT = 100
_BEYOND = 1_000_000_000


def ground(probe: Probe) -> Listing:
    """The collection to try paging on: the fullest; CannotTellError when none has enough records."""
    fullest: Listing | None = None
    for collection in _GROUNDS:
        try:
            listing = probe.sample(collection)
        except CannotTellError:
            continue
        if fullest is None or len(listing.rows) > len(fullest.rows):
            fullest = listing
    if fullest is None or len(fullest.rows) < _FEWEST:
        raise CannotTellError("No collection has enough records to cut into pages.")
    return fullest


def page_of(probe: Probe, listing: Listing, parameters: Mapping[str, str | int]) -> tuple[Taken, list[str]]:
    """An answer and the ids on it; CannotTellError when it is no page."""
    taken = probe.ask(listing.operation.id, parameters)
    return taken, ids_on(taken, listing)


def ids_on(taken: Taken, listing: Listing) -> list[str]:
    """The ids on a page; CannotTellError when it is none."""
    if taken.status != 200:
        raise CannotTellError(f"The page was answered with {taken.ending}.")
    try:
        return [str(row["sourced_id"]) for row in read_page(taken.content, listing.operation).rows]
    except UnreadablePageError as error:
        raise CannotTellError(f"The page cannot be read: {error.what}") from None


def _limit(probe: Probe) -> Verdict:
    """Every collection of which two records are known gives one when one is asked for."""
    wrong: dict[str, Taken] = {}
    seen = 0
    for operation in OPERATIONS.values():
        if operation.kind is not Kind.LIST:
            continue
        try:
            listing = listing_of(probe, operation)
        except CannotTellError:
            continue
        if len(listing.rows) < 2:
            continue
        ids = probe.cast.of(operation.parameters) or {}
        taken = probe.ask(operation.id, {"limit": 1}, ids=ids)
        seen += 1
        if taken.status != 200 or len(ids_on(taken, listing)) != 1:
            wrong[operation.path] = taken
    if not seen:
        raise CannotTellError("No collection has two records.")
    if wrong:
        first = ", ".join(list(wrong)[:3])
        return failed(f"{len(wrong)} of {seen} collections do not heed limit ({first}).", *list(wrong.values())[:2])
    return passed(f"{seen} collections were asked for one record.")


def _default(probe: Probe) -> Verdict:
    listing = ground(probe)
    if len(listing.rows) <= _DEFAULT_LIMIT:
        return skipped(f"No collection that was read has more than {_DEFAULT_LIMIT} records.")
    taken, ids = page_of(probe, listing, {})
    return passed("", taken) if len(ids) == _DEFAULT_LIMIT else failed(f"A page holds {len(ids):,} records.", taken)


def _offset(probe: Probe) -> Verdict:
    listing = ground(probe)
    whole, wanted = page_of(probe, listing, {"limit": _FEWEST, "offset": 0})
    first, ids = page_of(probe, listing, {"limit": _FEWEST // 2, "offset": 0})
    # Pages may be shorter or longer than was asked for; that is judged elsewhere.
    offset = max(1, min(len(ids), _FEWEST // 2))
    second, rest = page_of(probe, listing, {"limit": _FEWEST // 2, "offset": offset})
    if rest and rest[: len(wanted) - offset] == wanted[offset : offset + len(rest)]:
        return passed("", second)
    if rest == ids:
        return failed("Two pages with different offsets are the same.", first, second)
    return failed("A page does not go on where the page before it ended.", whole, second)


def _walk(probe: Probe) -> tuple[Listing, list[tuple[Taken, list[str]]], int]:
    """The ground read again in small pages: each answer with its ids, and the size that was asked for."""
    listing = ground(probe)
    if _offset(probe).outcome is Outcome.FAILED:
        raise CannotTellError("Without offset there are no pages to compare.")
    size = max(2, -(-len(listing.rows) // _PAGES))
    offset = 0
    pages: list[tuple[Taken, list[str]]] = []
    while offset < len(listing.rows) and len(pages) < 3 * _PAGES:
        # What lies beyond the records that were read cannot be compared with anything.
        limit = size if listing.is_complete else min(size, len(listing.rows) - offset)
        taken, ids = page_of(probe, listing, {"limit": limit, "offset": offset})
        ids = ids if listing.is_complete else ids[: len(listing.rows) - offset]
        pages.append((taken, ids))
        if not ids:
            break
        offset += len(ids)
    return listing, pages, size


def _repeats(probe: Probe) -> Verdict:
    _, pages, _ = _walk(probe)
    seen: set[str] = set()
    for taken, ids in pages:
        again = seen & set(ids)
        if again:
            return failed(f"{len(again):,} records of a page were on a page before.", taken)
        seen |= set(ids)
    return passed(f"{len(pages)} pages do not overlap.")


def _gap(probe: Probe) -> Verdict:
    listing, pages, _ = _walk(probe)
    found = {id_ for _, ids in pages for id_ in ids}
    missing = set(listing.ids) - found
    if missing:
        return failed(
            f"{len(missing):,} of {len(listing.rows):,} records are on none of the small pages.", pages[-1][0]
        )
    if found - set(listing.ids):
        return failed("Small pages hold records that large pages do not.", listing.pages[-1])
    return passed(f"{len(found):,} records are on small pages as on large ones.")


def _stable(probe: Probe) -> Verdict:
    listing, pages, _ = _walk(probe)
    ids = [id_ for _, on_page in pages for id_ in on_page]
    if ids == listing.ids[: len(ids)]:
        return passed(f"{len(ids):,} records came in the same order twice.")
    return failed("Records came in another order when they were read again.", pages[0][0])


def _short(probe: Probe) -> Verdict:
    listing, pages, size = _walk(probe)
    inner = pages if not listing.is_complete else pages[:-1]
    short = [taken for taken, ids in inner if len(ids) < int(taken.asked.parameters["limit"])]
    if short:
        return failed(f"{len(short)} of {len(pages)} pages of {size} hold fewer records, and more follow.", *short[:2])
    return passed(f"{len(inner)} pages of {size} are full.")


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
    taken, ids = page_of(probe, listing, {"filter": f"sourcedId='{listing.ids[0]}'", "limit": _FEWEST})
    if taken.total is None:
        return skipped("There is no X-Total-Count.")
    if len(ids) != 1:
        return skipped("The filter was not heeded.")
    return passed("", taken) if taken.total == 1 else failed(f"One record matches, and it says {taken.total:,}.", taken)


def _beyond(probe: Probe) -> Verdict:
    listing = ground(probe)
    taken = probe.ask(listing.operation.id, {"limit": _FEWEST, "offset": _BEYOND})
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


def _refused(parameters: Mapping[str, str]) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        listing = probe.sample(next(name for name in LISTINGS if probe.rows(name)))
        taken = probe.ask(listing.operation.id, parameters)
        return passed("", taken) if taken.status == 400 else failed(f"It was answered with {taken.ending}.", taken)

    return judge


def _check(  # noqa: PLR0917  # a row of a table, in the order of its columns
    id_: str, level: Level, title: str, fix: str, coping: Coping, how: str, judge: Callable[[Probe], Verdict]
) -> Check:
    clause = "Queries: pagination"
    return Check(f"paging.{id_}", Group.PAGING, level, clause, title, fix, coping, how, judge)


_PROVEN = "Completeness is proven otherwise, and the pull is refused where that cannot be done."

CHECKS = (
    _check(
        "limit",
        Level.REQUIRED,
        "Every collection gives as many records as limit asks for.",
        "Heed limit on every collection, derived ones too.",
        Coping.YES,
        "A pull goes on behind the records that it received, however many came.",
        _limit,
    ),
    _check(
        "default",
        Level.REQUIRED,
        f"Without limit a page holds {_DEFAULT_LIMIT} records.",
        f"Take {_DEFAULT_LIMIT} where no limit is given.",
        Coping.YES,
        "A limit is always given.",
        _default,
    ),
    _check(
        "offset",
        Level.REQUIRED,
        "offset counts the records that are left out before the page.",
        "Heed offset on every collection, counted from 0.",
        Coping.NO,
        "Without offset nothing beyond the first page can be read; links that page otherwise are followed.",
        _offset,
    ),
    _check(
        "repeats",
        Level.REQUIRED,
        "No record is on two pages.",
        "Cut pages from one stable order.",
        Coping.PARTLY,
        _PROVEN,
        _repeats,
    ),
    _check(
        "gap",
        Level.REQUIRED,
        "Every record is on a page, whatever the size of pages.",
        "Cut pages from one stable order; never answer with an empty page before the end.",
        Coping.NO,
        _PROVEN,
        _gap,
    ),
    _check(
        "stable",
        Level.EXPECTED,
        "Records come in the same order each time.",
        "Order every collection, best by sourcedId.",
        Coping.PARTLY,
        _PROVEN,
        _stable,
    ),
    _check(
        "short",
        Level.EXPECTED,
        "Only the last page is short.",
        "Fill pages, also where records were left out.",
        Coping.YES,
        "A short page proves nothing; an empty one or the total does.",
        _short,
    ),
    _check(
        "total",
        Level.EXPECTED,
        "Every page says X-Total-Count.",
        "Send X-Total-Count with every page of every collection.",
        Coping.YES,
        "One more page is asked for at the end.",
        _total,
    ),
    _check(
        "total_true",
        Level.REQUIRED,
        "X-Total-Count is the number of records.",
        "Count the records that match, on every page the same.",
        Coping.PARTLY,
        "A total that promises more than comes refuses the pull; it can be disregarded for this connection.",
        _total_true,
    ),
    _check(
        "total_filtered",
        Level.REQUIRED,
        "X-Total-Count counts what the filter lets through.",
        "Count after filtering and before paging.",
        Coping.YES,
        "The total of a filtered collection is not relied upon.",
        _total_filtered,
    ),
    _check(
        "beyond",
        Level.EXPECTED,
        "Beyond the last record a page is empty, with status 200.",
        "Answer with an empty list.",
        Coping.NO,
        "404 is taken for the end; a page that comes again makes the end impossible to find without a total.",
        _beyond,
    ),
    _check(
        "link",
        Level.ADVICE,
        "A page that is not the last has a Link to the next.",
        "Send Link with next, prev, first and last (RFC 8288).",
        Coping.YES,
        "Offsets are computed.",
        _link,
    ),
    _check(
        "link_end",
        Level.REQUIRED,
        "The last page has no Link to a next.",
        "Leave next out on the last page.",
        Coping.YES,
        "Offsets are computed.",
        _link_end,
    ),
    _check(
        "link_place",
        Level.REQUIRED,
        "Links lead to the address that was asked, with the same query and the next offset.",
        "Build links from the address under which the service is called, and keep sort, filter and fields.",
        Coping.YES,
        "Links to other addresses are not followed.",
        _link_place,
    ),
    _check(
        "wrong_limit",
        Level.ADVICE,
        "A limit that is no number is refused with 400.",
        "Answer 400 with invalid data.",
        Coping.YES,
        "Such a limit is never sent.",
        _refused({"limit": "many"}),
    ),
    _check(
        "wrong_offset",
        Level.ADVICE,
        "An offset below zero is refused with 400.",
        "Answer 400 with invalid data.",
        Coping.YES,
        "Such an offset is never sent.",
        _refused({"limit": "1", "offset": "-1"}),
    ),
)
