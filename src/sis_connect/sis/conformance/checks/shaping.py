"""Sort and choice of fields: what is asked for, what is unknown, and what is blank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.oneroster.json_envelope import open_envelope
from sis_connect.oneroster.status_info import CodeMinor
from sis_connect.sis.conformance.checking import CannotTellError, Check, Coping, Group, Level, failed, passed, skipped
from sis_connect.sis.conformance.checks.ground import ground, page_of
from sis_connect.sis.rest.paging.ordering import Order, still_held

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe

_UNKNOWN = "noSuchElement"
_CHOSEN = "sourcedId,status"


def _sorted(order_by: str) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        listing = ground(probe)
        parameters: dict[str, str | int] = {"sort": "sourcedId", "orderBy": order_by, "limit": probe.terms.page_size}
        taken = probe.ask(listing.operation.id, parameters)
        if taken.status != 200:
            return failed(f"It was answered with {taken.ending}.", taken)
        _, ids = page_of(probe, listing, parameters)
        if order_by == "desc":
            ids = ids[::-1]
        if not still_held(tuple(Order), None, ids):
            return failed("Records do not come in the order that was asked for.", taken)
        return passed(f"{len(ids):,} records are in order.", taken)

    return judge


def _by_date(probe: Probe) -> Verdict:
    listing = probe.sample("academicSessions")
    if len({row["start_date"] for row in listing.rows}) < 2:
        return skipped("All sessions begin on the same day.")
    taken = probe.ask("getAllAcademicSessions", {"sort": "startDate", "limit": probe.terms.page_size})
    if taken.status != 200:
        return failed(f"It was answered with {taken.ending}.", taken)
    days = [str(record.get("startDate")) for record in _records(taken)]
    return passed("", taken) if days == sorted(days) else failed("Sessions do not come in the order asked for.", taken)


def _unknown_sort(probe: Probe) -> Verdict:
    listing = ground(probe)
    taken = probe.ask(listing.operation.id, {"sort": _UNKNOWN, "limit": 2})
    return _warned(taken, CodeMinor.INVALID_SORT_FIELD)


def _warned(taken: Answered, minor: CodeMinor) -> Verdict:
    """The data are given, and beside them a warning with this code."""
    if taken.status != 200:
        return failed(f"It was answered with {taken.ending}.", taken)
    if not _records(taken):
        return failed("It was answered without data.", taken)
    if not taken.says(minor):
        return failed(f"Nothing beside the data says {minor.value}.", taken)
    return passed("", taken)


def _records(taken: Answered) -> list[dict[str, object]]:
    if taken.asked.operation is None or taken.status != 200:
        return []
    try:
        records = open_envelope(taken.content, taken.asked.operation).records
    except UnreadablePageError:
        return []
    return [record for record in records if isinstance(record, dict)]


def _chosen(probe: Probe) -> Verdict:
    listing = ground(probe)
    return _only_chosen(probe.ask(listing.operation.id, {"fields": _CHOSEN, "limit": 2}))


def _only_chosen(taken: Answered) -> Verdict:
    if taken.status != 200:
        return failed(f"It was answered with {taken.ending}.", taken)
    records = _records(taken)
    if not records:
        return failed("It was answered without data.", taken)
    others = {name for record in records for name in record} - set(_CHOSEN.split(","))
    if others:
        return failed(f"{len(others)} other properties came too.", taken)
    if not all("sourcedId" in record for record in records):
        return failed("A property that was asked for is missing.", taken)
    return passed("", taken)


def _chosen_of_one(probe: Probe) -> Verdict:
    listing = probe.sample("orgs")
    return _only_chosen(probe.ask("getOrg", {"fields": _CHOSEN}, ids={"id": listing.ids[0]}))


def _without_id(probe: Probe) -> Verdict:
    taken = probe.ask("getAllOrgs", {"fields": "name", "limit": 2})
    records = _records(taken)
    if not records:
        raise CannotTellError(f"It was answered with {taken.ending}, or without data.")
    if any(set(record) != {"name"} for record in records):
        return failed("More came than what was asked for.", taken)
    return passed("", taken)


def _blank(probe: Probe) -> Verdict:
    taken = probe.ask(ground(probe).operation.id, {"fields": "", "limit": 2})
    if taken.status != 400:
        return failed(f"It was answered with {taken.ending}.", taken)
    if not taken.says(CodeMinor.INVALID_BLANK_SELECTION_FIELD):
        return failed("The answer does not say invalid_blank_selection_field.", taken)
    return passed("", taken)


def _unknown_field(probe: Probe) -> Verdict:
    listing = ground(probe)
    taken = probe.ask(listing.operation.id, {"fields": f"sourcedId,{_UNKNOWN}", "limit": 2})
    verdict = _warned(taken, CodeMinor.INVALID_SELECTION_FIELD)
    if verdict.outcome.value == "passed" and any(len(record) < 2 for record in _records(taken)):
        return failed("Not all properties came.", taken)
    return verdict


_UNSORTED = "Without an order the pull proves otherwise that nothing is missing."
_UNCHOSEN = "What was not asked for is dropped on arrival."

CHECKS = (
    Check(
        "sort.ascending",
        Group.SORT,
        Level.REQUIRED,
        "Queries: sorting",
        "sort=sourcedId gives records in the order of their ids.",
        "Sort every collection by any of its fields.",
        Coping.PARTLY,
        _UNSORTED,
        _sorted("asc"),
    ),
    Check(
        "sort.descending",
        Group.SORT,
        Level.REQUIRED,
        "Queries: sorting",
        "orderBy=desc turns the order round.",
        "Heed orderBy.",
        Coping.YES,
        "Only ascending order is asked for.",
        _sorted("desc"),
    ),
    Check(
        "sort.date",
        Group.SORT,
        Level.REQUIRED,
        "Queries: sorting",
        "Sessions can be sorted by their first day.",
        "Sort every collection by any of its fields.",
        Coping.YES,
        "Only the order of ids is asked for.",
        _by_date,
    ),
    Check(
        "sort.unknown",
        Group.SORT,
        Level.REQUIRED,
        "Queries: mapping of query problems",
        "An unknown sort field is answered with 200, the data, and the warning invalid_sort_field.",
        "Give the data in the usual order, with a statusInfoSet beside them.",
        Coping.YES,
        "Only known fields are asked for.",
        _unknown_sort,
    ),
    Check(
        "fields.chosen",
        Group.FIELDS,
        Level.REQUIRED,
        "Queries: field selection",
        "fields gives exactly the properties that are named.",
        "Leave out every property that is not named.",
        Coping.YES,
        _UNCHOSEN,
        _chosen,
    ),
    Check(
        "fields.one",
        Group.FIELDS,
        Level.REQUIRED,
        "Queries: field selection",
        "fields works for a single record too.",
        "Heed fields on every read.",
        Coping.YES,
        _UNCHOSEN,
        _chosen_of_one,
    ),
    Check(
        "fields.without_id",
        Group.FIELDS,
        Level.REQUIRED,
        "Queries: field selection",
        "Not even sourcedId comes unless it is named.",
        "Leave out every property that is not named.",
        Coping.YES,
        "The id is always asked for.",
        _without_id,
    ),
    Check(
        "fields.blank",
        Group.FIELDS,
        Level.REQUIRED,
        "Queries: mapping of query problems",
        "Blank fields are refused with 400 and invalid_blank_selection_field.",
        "Answer 400 without data.",
        Coping.YES,
        "Fields are never blank.",
        _blank,
    ),
    Check(
        "fields.unknown",
        Group.FIELDS,
        Level.REQUIRED,
        "Queries: mapping of query problems",
        "An unknown name in fields is answered with 200, all properties, and the warning invalid_selection_field.",
        "Give all properties, with a statusInfoSet beside them.",
        Coping.YES,
        "Only known fields are asked for.",
        _unknown_field,
    ),
)
