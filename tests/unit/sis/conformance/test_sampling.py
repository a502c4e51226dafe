"""What a check reads of one collection, page by page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sis_connect.oneroster.operations import OPERATIONS
from sis_connect.sis.conformance.asking import Answered, Asked
from sis_connect.sis.conformance.sampling import Sample, SampleReader

if TYPE_CHECKING:
    from collections.abc import Mapping

_ORGS = OPERATIONS["getAllOrgs"]


def read(*pages: list[object]) -> Sample:
    """The listing of a service that gives these pages in turn, and the last of them again and again."""
    given = [json.dumps({"orgs": page}).encode() for page in pages]

    def ask(parameters: Mapping[str, str | int]) -> Answered:
        content = given.pop(0) if len(given) > 1 else given[0]
        return Answered(Asked("GET", _ORGS.path, parameters, _ORGS), 200, content)

    return SampleReader(ask).read(_ORGS, 2, 20)


def org(sourced_id: str) -> dict[str, str]:
    return {"sourcedId": sourced_id, "name": sourced_id, "type": "school"}


def test_page_that_comes_again_is_not_in_the_listing_and_takes_nothing_out_of_it() -> None:
    listing = read([org("a"), org("b")], ["no record", org("c")])

    assert listing.ids == ["a", "b", "c"]
    assert [record["sourcedId"] for record in listing.records if isinstance(record, dict)] == listing.ids
    assert listing.problem == "the service gives the same page again"
    assert sum(listing.faults.values()) == 1
    assert not listing.is_complete


def test_page_without_any_record_that_can_be_read_is_no_repetition() -> None:
    listing = read([org("a"), org("b")], ["no record", 7], [org("c")], [])

    assert listing.ids == ["a", "b", "c"]
    assert listing.is_complete
    assert not listing.problem


def test_record_is_found_again_on_its_page_whatever_stands_between() -> None:
    """Pages are of different lengths, and what is no record counts as one: a vendor counts what was sent."""
    listing = read([org("a"), "no record"], [org("b")], [org("c"), org("a")], [])

    assert listing.numbers == [0, 2, 3, 4]
    assert (listing.faulty, listing.again) == ([1], [4])
    assert listing.place(listing.numbers[2]) == "/orgs, record 4"
    shown = listing.showing(3)
    assert (shown.asked.parameters["offset"], shown.shown) == (3, 0)
    assert listing.showing(4).shown == 1
