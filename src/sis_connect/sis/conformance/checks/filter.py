"""Filters: each predicate and operator compared with a filter of our own over the same records."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sis_connect.oneroster.query import FilterError, matches, parse_filter
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.oneroster.status_info import CodeMinor
from sis_connect.sis.conformance.checking import CannotTellError, Check, Coping, Group, Level, failed, passed, skipped
from sis_connect.sis.conformance.probe import LISTINGS
from sis_connect.sis.conformance.sampling import SampleReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sis_connect.oneroster.json_text import Row
    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe
    from sis_connect.sis.conformance.sampling import Sample

_UNKNOWN = "noSuchElement"


def _quotable(values: Iterable[str | None]) -> Iterator[str]:
    """Values that every grammar reads alike, each once, in order."""
    return (value for value in dict.fromkeys(values) if value and "'" not in value and "," not in value)


def _split(listing: Sample, filters: Iterable[str]) -> str:
    """The first of the filters that lets some records through and not others; CannotTellError when none does."""
    for text in filters:
        kept = _kept(listing, text)
        if 0 < len(kept) < len(listing.records):
            return text
    raise CannotTellError(f"The {listing.operation.entity} are too much alike to tell a filter from none.")


def _kept(listing: Sample, text: str) -> set[str]:
    """Ids of the records that match."""
    try:
        parsed = parse_filter(text, ENTITIES[listing.operation.entity])
    except FilterError:
        return set()
    return {
        str(record["sourcedId"])
        for record in listing.records
        if isinstance(record, dict) and "sourcedId" in record and matches(parsed, record)
    }


def judge_filter(probe: Probe, collection: str, text: str) -> Verdict:
    """The filter lets through what it should, and nothing else."""
    listing = probe.sample(collection)
    operation, terms = LISTINGS[collection], probe.terms
    reader = SampleReader(lambda parameters: probe.ask(operation.id, {"filter": text, **parameters}))
    found = reader.read(operation, terms.page_size, terms.most_records)
    taken, records = found.pages[0], found.records
    if found.problem and not records:
        return failed(f"It could not be read: {found.problem}.", taken, coping=Coping.PARTLY)
    parsed = parse_filter(text, ENTITIES[collection])
    wrong = [record for record in records if isinstance(record, dict) and not matches(parsed, record)]
    if wrong:
        is_ignored = len(wrong) > 1 and taken.total == listing.total
        seen = "The filter is ignored" if is_ignored else f"{len(wrong)} of {len(records)} records do not match"
        return failed(f"{seen}.", taken)
    wanted = _kept(listing, text)
    got = {str(record.get("sourcedId")) for record in records if isinstance(record, dict)}
    if listing.is_complete and found.is_complete and wanted - got:
        return failed(
            f"{len(wanted - got)} of {len(wanted)} records that match are missing.", taken, coping=Coping.PARTLY
        )
    if not got and wanted:
        return failed("Nothing was given although records match.", taken, coping=Coping.PARTLY)
    return passed(f"{len(got):,} records match.", taken)


def _on(collection: str, filters: Callable[[list[Row]], Iterable[str]]) -> Callable[[Probe], Verdict]:
    """A judgement with the first filter of those that tells something about the collection."""

    def judge(probe: Probe) -> Verdict:
        listing = probe.sample(collection)
        return judge_filter(probe, collection, _split(listing, filters(listing.rows)))

    return judge


def _by_type(predicate: str) -> Callable[[list[Row]], Iterable[str]]:
    return lambda rows: (f"type{predicate}'{value}'" for value in _quotable(row["type"] for row in rows))


def _by_start(predicate: str) -> Callable[[list[Row]], Iterable[str]]:
    return lambda rows: (f"startDate{predicate}'{day}'" for day in sorted(_quotable(row["start_date"] for row in rows)))


def _parts_of_names(rows: list[Row]) -> Iterator[str]:
    for name in _quotable(row["name"] for row in rows):
        yield f"name~'{name[1:5].strip() or name}'"


def _both(rows: list[Row]) -> Iterator[str]:
    for first in _by_type("=")(rows):
        for second in _by_start(">=")(rows):
            yield f"{first} AND {second}"


def _either(rows: list[Row]) -> Iterator[str]:
    for first, second in pairwise(_quotable(row["sourced_id"] for row in rows)):
        yield f"sourcedId='{first}' OR sourcedId='{second}'"


def _nested(rows: list[Row]) -> Iterator[str]:
    for name, column in (("school", "school_sourced_id"), ("course", "course_sourced_id")):
        for value in _quotable(row[column] for row in rows):
            yield f"{name}.sourcedId='{value}'"


def _spaced(probe: Probe) -> Verdict:
    for collection, column, name in (("orgs", "name", "name"), ("academicSessions", "title", "title")):
        values = [value for value in _quotable(row[column] for row in probe.rows(collection)) if " " in value.strip()]
        if values:
            return judge_filter(probe, collection, f"{name}='{values[0]}'")
    return skipped("No name holds a space.")


def _everywhere(probe: Probe) -> Verdict:
    wrong: dict[str, Answered] = {}
    seen = 0
    for collection in ROSTER_ENTITIES:
        try:
            verdict = judge_filter(probe, collection, f"sourcedId='{next(_quotable(probe.sample(collection).ids))}'")
        except (CannotTellError, StopIteration):
            continue
        seen += 1
        if verdict.outcome.value == "failed":
            wrong[collection] = verdict.evidence[0]
    if not seen:
        raise CannotTellError("No records could be looked at.")
    if wrong:
        return failed(f"Not by {', '.join(wrong)}.", *list(wrong.values())[:2])
    return passed(f"{seen} collections were asked for one record by its id.")


def _turned_down(text: str, *minors: CodeMinor) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        collection = next((name for name in ROSTER_ENTITIES if probe.rows(name)), None)
        if collection is None:
            raise CannotTellError("No records could be looked at.")
        taken = probe.ask(LISTINGS[collection].id, {"filter": text, "limit": 1})
        if taken.status != 400:
            return failed(f"It was answered with {taken.ending}.", taken)
        if not any(taken.says(minor) for minor in minors):
            words = " or ".join(minor.value for minor in minors)
            return failed(f"It is answered with 400, and does not say {words}.", taken, coping=Coping.YES)
        return passed("", taken)

    return judge


def _check(id_: str, title: str, judge: Callable[[Probe], Verdict], fix: str = "", how: str = "") -> Check:
    return Check(
        f"filter.{id_}",
        Group.FILTER,
        Level.REQUIRED,
        "Queries: filtering",
        title,
        fix or "Apply the filter to every element of the data model, as the grammar describes it.",
        Coping.YES,
        how or "What comes back is checked here again; without filters, everything is read every time.",
        judge,
    )


_REFUSED = "Such a filter is never sent."

CHECKS = (
    _check("equal", "= finds records with the value.", _on("orgs", _by_type("="))),
    _check("not_equal", "!= finds records with another value.", _on("orgs", _by_type("!="))),
    _check("greater", "> finds later dates.", _on("academicSessions", _by_start(">"))),
    _check("greater_or_equal", ">= finds the same and later dates.", _on("academicSessions", _by_start(">="))),
    _check("less", "< finds earlier dates.", _on("academicSessions", _by_start("<"))),
    _check("less_or_equal", "<= finds the same and earlier dates.", _on("academicSessions", _by_start("<="))),
    _check("contains", "~ finds records that contain the text.", _on("orgs", _parts_of_names)),
    _check("and", "AND finds what both conditions let through.", _on("academicSessions", _both)),
    _check("or", "OR finds what either condition lets through.", _on("orgs", _either)),
    _check("nested", "Elements of references are named with a dot.", _on("classes", _nested)),
    _check(
        "space",
        "A value may hold a space, percent-encoded as %20.",
        _spaced,
        "Decode the query once, and verify signatures over it as it was sent.",
    ),
    _check("everywhere", "Every collection can be filtered by sourcedId.", _everywhere),
    _check(
        "unknown",
        "A filter on an element that does not exist is refused with 400 and invalid_filter_field.",
        _turned_down(f"{_UNKNOWN}='x'", CodeMinor.INVALID_FILTER_FIELD),
        "Answer 400 without data, and name the element in imsx_description.",
        _REFUSED,
    ),
    _check(
        "malformed",
        "A filter that follows no grammar is refused with 400.",
        _turned_down("sourcedId='", CodeMinor.INVALID_FILTER_FIELD, CodeMinor.INVALID_DATA),
        "Answer 400 without data.",
        _REFUSED,
    ),
)
