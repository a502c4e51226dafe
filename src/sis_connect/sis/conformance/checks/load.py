"""How the service bears a modest load: large pages, two requests at once, and what it says when it is too much."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sis_connect.sis.conformance.checking import CannotTellError, Check, Coping, Group, Level, failed, passed, skipped
from sis_connect.sis.conformance.checks.ground import ground, ids_on

if TYPE_CHECKING:
    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe

#: Page sizes that are tried in turn, until a page is not full.
_SIZES = (500, 1_000, 5_000, 10_000)
_WANTED = 1_000
_AT_ONCE = 2
#: Seconds in which nineteen of twenty pages should come.
_SLOW = 5.0


def _largest(probe: Probe) -> Verdict:
    listing = ground(probe)
    most = listing.total if listing.total is not None else len(listing.records)
    largest, taken = 0, listing.pages[0]
    for size in _SIZES:
        taken = probe.ask(listing.operation.id, {"limit": size, "offset": 0})
        if taken.status != 200:
            return failed(f"A page of {size:,} was answered with {taken.ending}.", taken, figures=_page(largest))
        largest = max(largest, len(ids_on(taken, listing)))
        if largest < size:
            break
    seen = f"The largest page held {largest:,} of {most:,} records."
    if largest < min(_WANTED, most):
        return failed(seen, taken, figures=_page(largest))
    return passed(seen, figures=_page(largest))


def _page(records: int) -> tuple[tuple[str, float], ...]:
    return (("largest page, records", float(records)),)


def _answers(probe: Probe) -> list[Answered]:
    """The same page asked for again and again, two at once."""
    if not probe.load:
        listing = ground(probe)

        def ask(_: int) -> Answered:
            return probe.ask(listing.operation.id, {"limit": probe.terms.page_size, "offset": 0}, fresh=True)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            probe.load.extend(pool.map(ask, range(probe.terms.load_requests)))
    return probe.load


def _latency(probe: Probe) -> Verdict:
    answers = _answers(probe)
    seconds = sorted(taken.seconds for taken in answers if taken.status == 200)
    if not seconds:
        raise CannotTellError("No page came.")
    middle, high = quantile(seconds, 0.5), quantile(seconds, 0.95)
    figures = (("p50, seconds", round(middle, 3)), ("p95, seconds", round(high, 3)))
    seen = f"Half of {len(seconds)} pages came within {middle:.2f} seconds, 95 of 100 within {high:.2f}."
    return failed(seen, figures=figures) if high > _SLOW else passed(seen, figures=figures)


def quantile(ordered: list[float], share: float) -> float:
    """The smallest of the ordered values that this share of them does not exceed."""
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000 * len(ordered)) // 1000) - 1))]


def _steady(probe: Probe) -> Verdict:
    answers = _answers(probe)
    broken = [taken for taken in answers if taken.status not in {200, 429, 503}]
    if broken:
        return failed(f"{len(broken)} of {len(answers)} pages failed ({broken[0].ending}).", broken[0])
    return passed(f"{len(answers)} pages came.")


def _limit(probe: Probe) -> Verdict:
    _answers(probe)
    if not probe.throttled:
        return skipped(f"No limit was met in {probe.answers:,} requests.")
    silent = [taken for taken in probe.throttled if not taken.header("Retry-After")]
    figures = (("asked to wait", float(len(probe.throttled))),)
    if silent:
        return failed(f"{len(silent)} of {len(probe.throttled)} do not say how long.", silent[0], figures=figures)
    return passed(f"It asked {len(probe.throttled)} times to wait, and said how long.", figures=figures)


CHECKS = (
    Check(
        "load.page",
        Group.LOAD,
        Level.ADVICE,
        "Queries: pagination",
        f"A page holds {_WANTED:,} records where that many are asked for.",
        f"Allow a limit of {_WANTED:,} or more; a district of a million enrollments takes ten thousand pages of 100.",
        Coping.YES,
        "Smaller pages take longer.",
        _largest,
    ),
    Check(
        "load.latency",
        Group.LOAD,
        Level.EXPECTED,
        "Queries: pagination",
        f"Of twenty pages nineteen come within {_SLOW:.0f} seconds.",
        "Answer pages from an index.",
        Coping.YES,
        "Answers are waited for; a night is long.",
        _latency,
    ),
    Check(
        "load.steady",
        Group.LOAD,
        Level.EXPECTED,
        "REST binding: status codes",
        "Two requests at once are answered like one.",
        "Find out why answers fail under a modest load.",
        Coping.PARTLY,
        "Reads are sent again, after a while.",
        _steady,
    ),
    Check(
        "load.limit",
        Group.LOAD,
        Level.EXPECTED,
        "REST binding: status codes",
        "Whoever asks too often is told with 429 and Retry-After.",
        "Send Retry-After with every 429.",
        Coping.YES,
        "Without it the wait doubles from time to time.",
        _limit,
    ),
)
