"""The records of every collection: are properties there, named, typed and written as the data model says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.findings import Severity
from sis_connect.oneroster.json_deviations import Deviation
from sis_connect.oneroster.model import FieldType, Requirement
from sis_connect.oneroster.rest_rules import RULES
from sis_connect.sis.conformance.checking import CannotTellError, Check, Coping, Group, Level, failed, passed
from sis_connect.sis.conformance.masking import masked_name
from sis_connect.sis.conformance.probe import LISTINGS
from sis_connect.sis.conformance.record_values import Oddity

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe
    from sis_connect.sis.conformance.record_values import OddValues
    from sis_connect.sis.conformance.sampling import Sample

_SEVERITIES = {rule.code: rule.severity for rule in RULES}
_COPING = {Severity.NOTE: Coping.YES, Severity.WARNING: Coping.PARTLY, Severity.ERROR: Coping.NO}
#: Names in one sentence at most.
_MOST_NAMES = 6


def looked_at(probe: Probe) -> list[Sample]:
    """Every collection of which records could be read; CannotTellError when there is none."""
    found = []
    for collection in LISTINGS:
        try:
            found.append(probe.sample(collection))
        except CannotTellError:
            continue
    if not found:
        raise CannotTellError("No records could be looked at.")
    return found


def _amount(listings: list[Sample]) -> str:
    return f"{sum(len(listing.rows) for listing in listings):,} records were looked at."


def _deviations(*codes: Deviation) -> Callable[[Probe], Verdict]:
    """None of these tolerances was needed to read the records."""

    def judge(probe: Probe) -> Verdict:
        listings = looked_at(probe)
        seen: dict[str, Answered] = {}
        worst = Coping.YES
        for listing in listings:
            for (code, name), taken in listing.seen_on.items():
                if code in codes:
                    times = listing.tolerances[code, name]
                    place = f"{listing.operation.entity}.{masked_name(name)}" if name else listing.operation.entity
                    seen[f"{place} ({code.value.removeprefix('json.').replace('_', ' ')}, {times:,} times)"] = taken
                    worst = max(worst, _COPING[_SEVERITIES[code.value]], key=list(Coping).index)
        if not seen:
            return passed(_amount(listings))
        return failed(f"{_some(list(seen))}.", *list(seen.values())[:2], coping=worst)

    return judge


def _some(names: list[str]) -> str:
    rest = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return "; ".join(names[:_MOST_NAMES]) + rest


def _records(probe: Probe) -> Verdict:
    listings = looked_at(probe)
    broken = {listing.operation.entity: listing for listing in listings if listing.faults}
    if not broken:
        return passed(_amount(listings))
    told = "; ".join(
        f"{name} ({fault.value.removeprefix('json.').replace('_', ' ')}, {amount:,} times)"
        for name, listing in broken.items()
        for fault, amount in listing.faults.items()
    )
    places = "; ".join(listing.place(listing.faulty[0]) for listing in broken.values())
    shown = [listing.showing(listing.faulty[0]) for listing in broken.values()]
    return failed(f"{told}. The first: {places}.", *shown[:2])


def _repeated(probe: Probe) -> Verdict:
    listings = looked_at(probe)
    twice = [(listing, again) for listing in listings if (again := listing.again)]
    if not twice:
        return passed(_amount(listings))
    told = ", ".join(f"{len(again):,} of {listing.operation.entity}" for listing, again in twice)
    places = "; ".join(listing.place(again[0]) for listing, again in twice)
    shown = [listing.showing(again[0]) for listing, again in twice]
    return failed(f"Records come twice: {told}. The first: {places}.", *shown[:2])


def _written(*types: FieldType) -> Callable[[Probe], Verdict]:
    """Values of these types are written as the standard says."""

    def judge(probe: Probe) -> Verdict:
        odd = [one for one in probe.odd_values if one.field.type in types and one.oddity is not Oddity.MISSING]
        return _told(probe, odd)

    return judge


def _told(probe: Probe, odd: list[OddValues]) -> Verdict:
    listings = looked_at(probe)
    if not odd:
        return passed(_amount(listings))
    samples = {one.entity: probe.sample(one.entity) for one in odd}
    names = [_place(one, samples[one.entity]) for one in odd]
    firsts = {one.entity: one.first for one in reversed(odd)}
    evidence = [sample.showing(sample.numbers[firsts[name]]) for name, sample in samples.items()]
    worst = Coping.YES if all(one.oddity is Oddity.REPAIRED for one in odd) else Coping.PARTLY
    return failed(f"{_some(names)}.", *evidence[:2], coping=worst)


def _place(odd: OddValues, listing: Sample) -> str:
    like = f" “{odd.shape}”" if odd.shape else ""
    first = listing.place(listing.numbers[odd.first])
    name = f"{odd.entity}.{odd.field.name}"
    return f"{name}: {odd.oddity.value} in {odd.amount:,} of {odd.records:,} records, the first{like} at {first}"


def _required(probe: Probe) -> Verdict:
    missing = [one for one in probe.odd_values if one.oddity is Oddity.MISSING and one.field.is_required]
    return _told(probe, missing)


def stamped(name: str) -> Callable[[Probe], Verdict]:
    """Every record has a value that bulk loads may leave blank."""

    def judge(probe: Probe) -> Verdict:
        missing = [
            one
            for one in probe.odd_values
            if one.oddity is Oddity.MISSING and one.field.name == name and one.field.requirement is Requirement.IN_DELTA
        ]
        return _told(probe, missing)

    return judge


def _check(  # noqa: PLR0917  # a row of a table, in the order of its columns
    id_: str,
    level: Level,
    clause: str,
    title: str,
    fix: str,
    coping: Coping,
    how: str,
    judge: Callable[[Probe], Verdict],
) -> Check:
    return Check(f"records.{id_}", Group.RECORDS, level, clause, title, fix, coping, how, judge)


_TOLERATED = "It is read by tolerance, and noted in every run."
_QUARANTINED = "Records without it are left out, and so is what depends on them."
_TYPES = "Data model: primitive types"

CHECKS = (
    _check(
        "whole",
        Level.REQUIRED,
        "Data model: base of every entity",
        "Every record is an object with a sourcedId.",
        "Send every record as an object with its sourcedId.",
        Coping.NO,
        "What has no id cannot be kept apart from others.",
        _records,
    ),
    _check(
        "once",
        Level.REQUIRED,
        "Data model: base of every entity",
        "Every sourcedId comes once in its collection.",
        "Give every record an id of its own, and give it once.",
        Coping.PARTLY,
        "One of the records with the same id is used.",
        _repeated,
    ),
    _check(
        "required",
        Level.REQUIRED,
        "Data model",
        "Properties that the standard requires have a value.",
        "Fill in the value at the source, or leave the record out.",
        Coping.PARTLY,
        _QUARANTINED,
        _required,
    ),
    _check(
        "status",
        Level.EXPECTED,
        "Lifecycle: record state machine",
        "Every record says its status.",
        "Give every record a status, also after a bulk load.",
        Coping.YES,
        "A record without status is active.",
        stamped("status"),
    ),
    _check(
        "names",
        Level.REQUIRED,
        "Data model: extensions",
        "Properties have the names of the standard, and others stand in metadata.",
        "Name properties as the standard does, in its case, and put everything else into metadata.",
        Coping.YES,
        _TOLERATED,
        _deviations(Deviation.UNKNOWN_PROPERTY, Deviation.OTHER_NAME, Deviation.EXTRA_ROOT_PROPERTY),
    ),
    _check(
        "nulls",
        Level.REQUIRED,
        _TYPES,
        "Properties without a value are left out.",
        "Leave out what has no value; send empty lists as [].",
        Coping.YES,
        _TOLERATED,
        _deviations(Deviation.NULL, Deviation.EMPTY_REFERENCE),
    ),
    _check(
        "texts",
        Level.REQUIRED,
        _TYPES,
        "Texts are JSON strings, and so are ids, years and booleans.",
        "Put ids, years and the words true and false in quotes.",
        Coping.YES,
        _TOLERATED,
        _deviations(Deviation.BOOLEAN_FOR_STRING, Deviation.NUMBER_FOR_STRING),
    ),
    _check(
        "numbers",
        Level.REQUIRED,
        _TYPES,
        "Scores and their limits are JSON numbers.",
        "Send numbers without quotes.",
        Coping.YES,
        _TOLERATED,
        _deviations(Deviation.STRING_FOR_NUMBER),
    ),
    _check(
        "lists",
        Level.REQUIRED,
        _TYPES,
        "Lists are JSON arrays, and single values are not.",
        "Send a list also for one item or none, and items without commas.",
        Coping.YES,
        _TOLERATED,
        _deviations(
            Deviation.SCALAR_FOR_LIST, Deviation.OBJECT_FOR_LIST, Deviation.LIST_FOR_ONE, Deviation.SEPARATOR_IN_ITEM
        ),
    ),
    _check(
        "references",
        Level.REQUIRED,
        "Data model: GUIDRef",
        "References are objects with href, sourcedId and type.",
        "Send each reference with its absolute href, its sourcedId and its type in the standard's words.",
        Coping.YES,
        _TOLERATED,
        _deviations(
            Deviation.BARE_REFERENCE,
            Deviation.REFERENCE_WITHOUT_HREF,
            Deviation.REFERENCE_HREF,
            Deviation.REFERENCE_WITHOUT_TYPE,
            Deviation.REFERENCE_TYPE,
        ),
    ),
    _check(
        "metadata",
        Level.REQUIRED,
        "Data model: base of every entity",
        "Metadata are an object.",
        "Send metadata as an object, or leave them out.",
        Coping.YES,
        _TOLERATED,
        _deviations(Deviation.METADATA_NOT_AN_OBJECT),
    ),
    _check(
        "readable",
        Level.REQUIRED,
        "Data model",
        "Every value has a clear meaning.",
        "Send the property as the standard says.",
        Coping.PARTLY,
        "The value is taken as absent.",
        _deviations(Deviation.UNREADABLE_VALUE),
    ),
    _check(
        "no_mark",
        Level.ADVICE,
        "REST binding: base path and transport",
        "JSON begins without a byte-order mark (RFC 8259, 8.1).",
        "Send UTF-8 without a mark.",
        Coping.YES,
        _TOLERATED,
        _deviations(Deviation.BYTE_ORDER_MARK),
    ),
    _check(
        "no_passwords",
        Level.ADVICE,
        "Data model: user",
        "Users come without passwords.",
        "Switch passwords off for this client.",
        Coping.YES,
        "Passwords are dropped on arrival and never kept.",
        _deviations(Deviation.PASSWORDS_DROPPED),
    ),
    _check(
        "ids",
        Level.REQUIRED,
        _TYPES,
        "Ids have the characters and the length of the standard.",
        "Use fewer than 256 letters, digits and . - _ / @ for ids.",
        Coping.YES,
        "Other characters are kept as they are; blanks at the edges are refused.",
        _written(FieldType.GUID, FieldType.REFERENCE),
    ),
    _check(
        "dates",
        Level.REQUIRED,
        _TYPES,
        "Dates are written as YYYY-MM-DD.",
        "Write dates as YYYY-MM-DD, without a time.",
        Coping.YES,
        "Other ways of writing a date are read where they have one meaning only.",
        _written(FieldType.DATE),
    ),
    _check(
        "moments",
        Level.REQUIRED,
        _TYPES,
        "Moments are written in UTC with a Z, for example 2026-09-01T06:00:00.000Z.",
        "Write moments in UTC with a Z at their end.",
        Coping.YES,
        "Other offsets are converted; a moment without one is taken for UTC.",
        _written(FieldType.DATE_TIME),
    ),
    _check(
        "years",
        Level.REQUIRED,
        _TYPES,
        "School years are the four digits of the year in which they end.",
        "Write the year in which the school year ends.",
        Coping.YES,
        "A span such as 2026-27 is read by its end.",
        _written(FieldType.YEAR),
    ),
    _check(
        "booleans",
        Level.REQUIRED,
        _TYPES,
        "What is true or false says so in these words.",
        "Write true or false, in lower case.",
        Coping.YES,
        "Other words for the same are read too.",
        _written(FieldType.BOOLEAN),
    ),
    _check(
        "words",
        Level.REQUIRED,
        "Data model: enumerations",
        "Enumerations hold the words of the standard, in its case.",
        "Use the standard's words for types, roles and statuses.",
        Coping.YES,
        "Case, blanks and underscores are mended; unknown words are not guessed.",
        _written(FieldType.ENUMERATION, FieldType.ENUMERATIONS),
    ),
    _check(
        "scores",
        Level.REQUIRED,
        _TYPES,
        "Scores and their limits are finite numbers.",
        "Write plain numbers.",
        Coping.PARTLY,
        "What is no number is left out.",
        _written(FieldType.FLOAT),
    ),
    _check(
        "user_ids",
        Level.REQUIRED,
        "Data model: user",
        "userIds have a type and an identifier.",
        "Send each of the userIds as an object with type and identifier.",
        Coping.YES,
        "What can be told apart is read.",
        _written(FieldType.USER_IDS),
    ),
)
