"""Each of the 61 operations: does it answer, under the right root key, with what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.json_deviations import Deviation, UnreadablePageError
from sis_connect.oneroster.json_reader import read_page
from sis_connect.oneroster.operations import OPERATIONS, Kind, Scope
from sis_connect.sis.conformance.casting import says
from sis_connect.sis.conformance.checking import CannotTellError, Check, Coping, Group, Level, failed, passed, skipped
from sis_connect.sis.conformance.checks.gradebook import judge_operation
from sis_connect.sis.conformance.probe import LISTINGS
from sis_connect.sis.conformance.relations import expected_of
from sis_connect.sis.conformance.sampling import CUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sis_connect.oneroster.operations import Operation
    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe
    from sis_connect.sis.conformance.sampling import Sample

_ROOT_KEYS = (Deviation.ALIAS_ROOT_KEY, Deviation.OTHER_ROOT_KEY)
#: Records of a derived collection that are compared with those of its base.
_SHOWN = 3


def listing_of(probe: Probe, operation: Operation) -> Sample:
    """The records of a collection, its path filled with ids from the data; CannotTellError when none fit."""
    if operation.entity == "demographics":
        return probe.sample("demographics")
    ids = probe.cast.of(operation.parameters)
    if ids is None:
        missing = ", ".join(sorted(set(operation.parameters) - set(probe.cast.ids)))
        raise CannotTellError(f"The data holds no record for {missing}.")
    return probe.listing(operation, ids)


def _judge_list(operation: Operation) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        if operation.entity == "demographics" and not probe.terms.demographics:
            return skipped("Demographics are personal; they are looked at only when that is asked for.")
        listing = listing_of(probe, operation)
        last = listing.pages[-1]
        if last.status == 404 and operation.parent is not None and not listing.records:
            return failed("A record that is there was not found, or nothing below it.", last)
        if last.status != 200 and not listing.is_complete:
            return failed(last.what or f"It was answered with {last.ending}.", last)
        if listing.fault is not None:
            return failed(f"The answer cannot be read: {listing.problem}.", last, coping=Coping.NO)
        return passed(f"{len(listing.records)} records were read.", listing.pages[0])

    return judge


def _judge_one(operation: Operation) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        sourced_id = _an_id(probe, operation)
        taken = probe.ask(operation.id, ids={"id": sourced_id})
        if taken.status != 200:
            return failed(taken.what or f"A record of its collection was answered with {taken.ending}.", taken)
        try:
            page = read_page(taken.content, operation)
        except UnreadablePageError as error:
            return failed(f"The answer cannot be read: {error.what}", taken)
        if [row["sourced_id"] for row in page.rows] != [sourced_id]:
            return failed("The answer holds another record than the one that was asked for.", taken)
        return passed("", taken)

    return judge


def _an_id(probe: Probe, operation: Operation) -> str:
    """The id of a record that the operation shows."""
    rows = probe.sample(operation.entity).rows
    if operation.selects is not None:
        column, value = operation.selects
        rows = [row for row in rows if says(row, column, value)]
    found = next((row["sourced_id"] for row in rows if row["sourced_id"] not in {None, ".", ".."}), None)
    if found is None:
        raise CannotTellError("The data holds no record for it.")
    return found


def _root_keys(probe: Probe) -> Verdict:
    """Every operation that answered was read under its own root key."""
    wrong: dict[str, Answered] = {}
    seen = 0
    for name, taken, keys in _answers(probe):
        seen += 1
        if keys:
            wrong[f"{name}: {', '.join(sorted(keys))}"] = taken
    if not seen:
        raise CannotTellError("No operation answered.")
    if wrong:
        shown = "; ".join(list(wrong)[:_SHOWN])
        return failed(f"{len(wrong)} of {seen} operations have another root key ({shown}).", *list(wrong.values())[:2])
    return passed(f"{seen} operations were looked at.")


def _answers(probe: Probe) -> Iterator[tuple[str, Answered, set[str]]]:
    """Operation, an answer, and the root keys in it that are not the standard's."""
    for operation in OPERATIONS.values():
        try:
            if operation.kind is Kind.LIST:
                listing = listing_of(probe, operation)
                tolerances, taken, is_read = listing.tolerances, listing.pages[0], bool(listing.records)
            elif operation.kind is Kind.ONE:
                taken = probe.ask(operation.id, ids={"id": _an_id(probe, operation)})
                tolerances, is_read = read_page(taken.content, operation).tolerances, taken.status == 200
            else:
                continue
        except (CannotTellError, UnreadablePageError):
            continue
        if is_read:
            yield operation.id, taken, {name for code, name in tolerances if code in _ROOT_KEYS}


def _judge_derived(operation: Operation) -> Callable[[Probe], Verdict]:
    """A derived collection holds what its base collections say."""

    def judge(probe: Probe) -> Verdict:
        base = probe.sample(operation.entity)
        listing = listing_of(probe, operation)
        if listing.problem or not listing.pages:
            return skipped(f"The collection could not be read: {listing.problem}.")
        expected = expected_of(operation, probe.cast.of(operation.parameters) or {}, probe.rows)
        if expected is None:
            return skipped("Nothing is known to compare it with.")
        # A listing that was read to its end and gives less than its own total is itself at fault.
        is_cut = listing.is_cut and not listing.is_complete
        if is_cut or any(read.is_cut for read in (base, *map(probe.sample, expected.decided_by))):
            return skipped(CUT)
        got = set(listing.ids)
        missing = sorted(expected.must - got) if listing.is_complete else []
        if missing:
            seen = f"{len(missing)} of {len(expected.must)} records that belong to it are missing"
            return _showing(seen, set(missing), base, listing.pages[0])
        if not all(probe.sample(name).is_complete for name in expected.decided_by):
            return passed(f"Of {len(expected.must)} records that surely belong to it none is missing.")
        foreign = (got & set(base.ids)) - expected.may
        if foreign:
            return _showing(f"{len(foreign)} of {len(got)} records do not belong to it", foreign, listing)
        unknown = got - set(base.ids) if base.is_complete else set()
        if unknown:
            return _showing(f"{len(unknown)} of {len(got)} records are not in the base collection", unknown, listing)
        return passed(f"{len(got)} records agree.")

    return judge


def _showing(seen: str, ids: set[str], listing: Sample, *evidence: Answered) -> Verdict:
    """A failure with the place of the first record of the listing that has one of these ids, if it has any."""
    first = next((at for at, id_ in zip(listing.numbers, listing.ids, strict=True) if id_ in ids), None)
    if first is None:
        return failed(f"{seen}.", *evidence)
    return failed(f"{seen}, the first at {listing.place(first)}.", listing.showing(first), *evidence)


_CORE_HOW = "A collection that is missing is put together from others where that can be done."
_HOW = {
    Scope.ROSTER_CORE: (Level.REQUIRED, Coping.PARTLY, _CORE_HOW),
    Scope.ROSTER: (Level.EXPECTED, Coping.YES, "A pull of the whole district does not ask for it."),
    Scope.DEMOGRAPHICS: (Level.ADVICE, Coping.YES, "Nothing of it is needed."),
    Scope.RESOURCE: (Level.ADVICE, Coping.YES, "Resources are optional."),
    Scope.GRADEBOOK: (Level.ADVICE, Coping.PARTLY, "Grades cannot be compared with what the SIS holds."),
    Scope.GRADEBOOK_CREATE_PUT: (Level.ADVICE, Coping.PARTLY, "Grades cannot be sent to this SIS."),
    Scope.GRADEBOOK_DELETE: (Level.ADVICE, Coping.YES, "What was deleted can be marked as exempt instead."),
}


def _operation_check(operation: Operation) -> Check:
    level, coping, how = _HOW[operation.scopes[0]]
    if operation.kind is Kind.ONE and operation.scopes[0] is Scope.ROSTER_CORE:
        coping, how = Coping.YES, "Rosters are read by collections."
    judges = {Kind.LIST: _judge_list, Kind.ONE: _judge_one, Kind.PUT: judge_operation, Kind.DELETE: judge_operation}
    what = {
        Kind.LIST: f"gives {operation.entity} under the root key {operation.root_key}",
        Kind.ONE: f"gives the record under the root key {operation.root_key}",
        Kind.PUT: "creates with 201 and replaces with 200",
        Kind.DELETE: "deletes with 204",
    }
    return Check(
        f"operation.{operation.id}",
        Group.OPERATIONS,
        level,
        f"REST binding: {operation.id}",
        f"{operation.method} {operation.path} {what[operation.kind]}.",
        f"Serve {operation.method} {operation.path} as the binding describes it, for these credentials.",
        coping,
        how,
        judges[operation.kind](operation),
    )


def _derived_check(operation: Operation) -> Check:
    return Check(
        f"derived.{operation.id}",
        Group.DERIVED,
        Level.REQUIRED if operation.parent is None else Level.EXPECTED,
        "REST binding: semantics of alias and derived collections",
        f"{operation.path} holds the records that belong to it, and no others.",
        f"Compute {operation.path} from the same data as /{operation.entity}.",
        Coping.YES,
        "Rosters are computed from the base collections, and records are judged by what they say themselves.",
        _judge_derived(operation),
    )


def _is_derived(operation: Operation) -> bool:
    is_base = operation in LISTINGS.values()
    return operation.kind is Kind.LIST and not is_base and operation.entity != "resources"


CHECKS = (
    *(_operation_check(operation) for operation in OPERATIONS.values() if operation.method == "GET"),
    Check(
        "operation.root_keys",
        Group.OPERATIONS,
        Level.REQUIRED,
        "REST binding: envelope",
        "Root keys are the names of the entities: users for students, orgs for schools, academicSessions for terms.",
        "Put the records under the entity's name, whatever the path is called.",
        Coping.YES,
        "Names of paths are taken for those of entities; any other name is refused.",
        _root_keys,
    ),
    *(_derived_check(operation) for operation in OPERATIONS.values() if _is_derived(operation)),
)

#: Made after all that reads, which looks at the data as they were.
WRITING_CHECKS = tuple(_operation_check(operation) for operation in OPERATIONS.values() if operation.method != "GET")
