"""How a service cuts a collection into pages: limits, offsets, repeats, gaps and order. Not here: its end (`ends`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.operations import OPERATIONS, Kind
from sis_connect.sis.conformance.checking import (
    CannotTellError,
    Coping,
    Level,
    Outcome,
    failed,
    passed,
    skipped,
)
from sis_connect.sis.conformance.checks.ground import FEWEST, ground, ids_on, page_of, paging_check
from sis_connect.sis.conformance.checks.operations import listing_of
from sis_connect.sis.conformance.probe import LISTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe
    from sis_connect.sis.conformance.sampling import Sample

#: Pages into which a sample is cut anew.
_PAGES = 6
_DEFAULT_LIMIT = 100


def _limit(probe: Probe) -> Verdict:
    """Every collection of which two records are known gives one when one is asked for."""
    wrong: dict[str, Answered] = {}
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
    whole, wanted = page_of(probe, listing, {"limit": FEWEST, "offset": 0})
    first, ids = page_of(probe, listing, {"limit": FEWEST // 2, "offset": 0})
    # Pages may be shorter or longer than was asked for; that is judged elsewhere.
    offset = max(1, min(len(ids), FEWEST // 2))
    second, rest = page_of(probe, listing, {"limit": FEWEST // 2, "offset": offset})
    if rest and rest[: len(wanted) - offset] == wanted[offset : offset + len(rest)]:
        return passed("", second)
    if rest == ids:
        return failed("Two pages with different offsets are the same.", first, second)
    return failed("A page does not go on where the page before it ended.", whole, second)


def _walk(probe: Probe) -> tuple[Sample, list[tuple[Answered, list[str]]], int]:
    """The ground read again in small pages: each answer with its ids, and the size that was asked for."""
    listing = ground(probe)
    if _offset(probe).outcome is Outcome.FAILED:
        raise CannotTellError("Without offset there are no pages to compare.")
    size = max(2, -(-len(listing.rows) // _PAGES))
    offset = 0
    pages: list[tuple[Answered, list[str]]] = []
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


def _refused(parameters: Mapping[str, str]) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        listing = probe.sample(next(name for name in LISTINGS if probe.rows(name)))
        taken = probe.ask(listing.operation.id, parameters)
        return passed("", taken) if taken.status == 400 else failed(f"It was answered with {taken.ending}.", taken)

    return judge


_PROVEN = "Completeness is proven otherwise, and the pull is refused where that cannot be done."

CHECKS = (
    paging_check(
        "limit",
        Level.REQUIRED,
        "Every collection gives as many records as limit asks for.",
        "Heed limit on every collection, derived ones too.",
        Coping.YES,
        "A pull goes on behind the records that it received, however many came.",
        _limit,
    ),
    paging_check(
        "default",
        Level.REQUIRED,
        f"Without limit a page holds {_DEFAULT_LIMIT} records.",
        f"Take {_DEFAULT_LIMIT} where no limit is given.",
        Coping.YES,
        "A limit is always given.",
        _default,
    ),
    paging_check(
        "offset",
        Level.REQUIRED,
        "offset counts the records that are left out before the page.",
        "Heed offset on every collection, counted from 0.",
        Coping.NO,
        "Without offset nothing beyond the first page can be read; links that page otherwise are followed.",
        _offset,
    ),
    paging_check(
        "repeats",
        Level.REQUIRED,
        "No record is on two pages.",
        "Cut pages from one stable order.",
        Coping.PARTLY,
        _PROVEN,
        _repeats,
    ),
    paging_check(
        "gap",
        Level.REQUIRED,
        "Every record is on a page, whatever the size of pages.",
        "Cut pages from one stable order; never answer with an empty page before the end.",
        Coping.NO,
        _PROVEN,
        _gap,
    ),
    paging_check(
        "stable",
        Level.EXPECTED,
        "Records come in the same order each time.",
        "Order every collection, best by sourcedId.",
        Coping.PARTLY,
        _PROVEN,
        _stable,
    ),
    paging_check(
        "short",
        Level.EXPECTED,
        "Only the last page is short.",
        "Fill pages, also where records were left out.",
        Coping.YES,
        "A short page proves nothing; an empty one or the total does.",
        _short,
    ),
    paging_check(
        "wrong_limit",
        Level.ADVICE,
        "A limit that is no number is refused with 400.",
        "Answer 400 with invalid data.",
        Coping.YES,
        "Such a limit is never sent.",
        _refused({"limit": "many"}),
    ),
    paging_check(
        "wrong_offset",
        Level.ADVICE,
        "An offset below zero is refused with 400.",
        "Answer 400 with invalid data.",
        Coping.YES,
        "Such an offset is never sent.",
        _refused({"limit": "1", "offset": "-1"}),
    ),
)
