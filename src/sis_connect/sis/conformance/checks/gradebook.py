"""What became of a category, a line item and a result that were written to a class set aside for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.operations import Kind
from sis_connect.sis.conformance.checking import CannotTellError, Check, Coping, Group, Level, failed, passed, skipped
from sis_connect.sis.conformance.round_trip import KINDS, is_same

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.oneroster.operations import Operation
    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe
    from sis_connect.sis.conformance.round_trip import Trip

_NOT_ASKED = "No class was set aside for writing (--gradebook-class)."
_ROOT = {"categories": "category", "lineItems": "lineItem", "results": "result"}
_OPERATION_OF = {kind: name for name, kind in _ROOT.items()}


def judge_operation(operation: Operation) -> Callable[[Probe], Verdict]:
    """A writing operation is judged by the trip."""
    kind = _ROOT[operation.entity]

    def judge(probe: Probe) -> Verdict:
        trip = _trip(probe, kind)
        if operation.kind is Kind.DELETE:
            return _judge_status(trip, kind, "delete", 204)
        created = _judge_status(trip, kind, "create", 201)
        replaced = _judge_status(trip, kind, "replace", 200)
        return replaced if created.outcome.value == "passed" else created

    return judge


def _trip(probe: Probe, kind: str) -> Trip:
    """The trip of this run; CannotTellError when it did not come to this kind."""
    if not probe.terms.gradebook_class:
        raise CannotTellError(_NOT_ASKED)
    trip = probe.trip
    if (kind, "create") not in trip.answers:
        raise CannotTellError(trip.reasons.get(kind, "Nothing before it could be written."))
    return trip


def _answer(trip: Trip, kind: str, step: str) -> Answered:
    if (kind, step) not in trip.answers:
        raise CannotTellError(f"The {kind} was not taken, so there was nothing to look at.")
    return trip.answers[kind, step]


def _judge_status(trip: Trip, kind: str, step: str, wanted: int) -> Verdict:
    taken = _answer(trip, kind, step)
    if taken.status == wanted:
        return passed("", taken)
    is_done = taken.status in {200, 201, 202, 204}
    coping = Coping.YES if is_done else Coping.NO
    return failed(taken.what or f"It was answered with {taken.ending} in place of {wanted}.", taken, coping=coping)


def _comes_back(kind: str, sent: str, read: str) -> Callable[[Probe], Verdict]:
    """What was read is what was sent."""

    def judge(probe: Probe) -> Verdict:
        trip = _trip(probe, kind)
        written, taken = _answer(trip, kind, sent), _answer(trip, kind, read)
        if written.status not in {200, 201, 202, 204}:
            return failed(f"It was answered with {written.ending}.", written)
        if taken.status != 200:
            return failed(f"Reading it was answered with {taken.ending}.", written, taken)
        document = taken.document
        got = document.get(kind) if isinstance(document, dict) else None
        other = is_same(trip.sent[kind, sent], got)
        if other:
            return failed(f"These properties came back different: {', '.join(other)}.", written, taken)
        return passed("", written, taken)

    return judge


def _listed(kind: str) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        trip = _trip(probe, kind)
        taken = _answer(trip, kind, "list")
        document = taken.document
        found = document.get(_OPERATION_OF[kind]) if isinstance(document, dict) else None
        wanted = trip.sent[kind, "create"]["sourcedId"]
        ids = [one.get("sourcedId") for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        return passed("", taken) if wanted in ids else failed("It is not in its collection.", taken)

    return judge


def _gone(kind: str) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        taken = _answer(_trip(probe, kind), kind, "gone")
        if taken.status in {404, 410}:
            return passed("", taken)
        document = taken.document
        got = document.get(kind) if isinstance(document, dict) else None
        if isinstance(got, dict) and got.get("status") == "tobedeleted":
            return passed("It is marked as tobedeleted.", taken)
        return failed(f"Reading it was answered with {taken.ending}.", taken)

    return judge


def _refused(probe: Probe) -> Verdict:
    trip = _trip(probe, "result")
    taken = _answer(trip, "nonsense", "create")
    if taken.status == 422:
        return passed("", taken)
    if 400 <= taken.status < 500:
        return failed(
            f"It was refused with {taken.ending}; 422 says that the data are wrong.", taken, coping=Coping.YES
        )
    return failed(f"It was answered with {taken.ending}.", taken)


def _clean(probe: Probe) -> Verdict:
    if not probe.terms.gradebook_class:
        return skipped(_NOT_ASKED)
    left = probe.trip.left
    if left:
        return failed(f"Still there, to be deleted by hand: {', '.join(left)} of run {probe.terms.run}.")
    return passed("Everything that was written is deleted.")


def _check(  # noqa: PLR0917  # a row of a table, in the order of its columns
    kind: str, step: str, title: str, fix: str, how: str, judge: Callable[[Probe], Verdict]
) -> Check:
    is_result = kind == "result"
    coping = Coping.YES if step in {"gone", "listed"} else Coping.PARTLY if not is_result else Coping.NO
    clause = "Gradebook: DELETE" if step == "gone" else "Gradebook: PUT rules"
    return Check(f"gradebook.{kind}.{step}", Group.GRADEBOOK, Level.REQUIRED, clause, title, fix, coping, how, judge)


def _checks_of(kind: str) -> tuple[Check, ...]:
    word = {"category": "category", "lineItem": "line item", "result": "result"}[kind]
    unseen = "A grade counts as sent only when it was read back."
    return (
        _check(
            kind,
            "create",
            f"A {word} that was put can be read, with everything that was sent.",
            f"Store every property of a {word}, and give it back.",
            unseen,
            _comes_back(kind, "create", "read"),
        ),
        _check(
            kind,
            "replace",
            f"A {word} that was put again is replaced.",
            "Have PUT replace the whole record.",
            unseen,
            _comes_back(kind, "replace", "reread"),
        ),
        _check(
            kind,
            "listed",
            f"A {word} that was put stands in its collection.",
            "Have collections show what was put.",
            "Records are read one by one.",
            _listed(kind),
        ),
        _check(
            kind,
            "gone",
            f"A {word} that was deleted is gone.",
            "Answer 404, or show it as tobedeleted.",
            "What was deleted is not asked for again.",
            _gone(kind),
        ),
    )


CHECKS = (
    *(check for kind in KINDS for check in _checks_of(kind)),
    Check(
        "gradebook.result.beyond",
        Group.GRADEBOOK,
        Level.EXPECTED,
        "Gradebook: semantics and edge cases",
        "A score above the maximum comes back as it was sent.",
        "Store extra credit as it is.",
        Coping.PARTLY,
        "Extra credit is reported as not sent.",
        _comes_back("result", "beyond", "beyond_read"),
    ),
    Check(
        "gradebook.result.exempt",
        Group.GRADEBOOK,
        Level.REQUIRED,
        "Data model: scoreStatus",
        "An exempt result comes back as exempt.",
        "Store the score status as it is.",
        Coping.PARTLY,
        "Exemptions are reported as not sent.",
        _comes_back("result", "exempt", "exempt_read"),
    ),
    Check(
        "gradebook.refused",
        Group.GRADEBOOK,
        Level.EXPECTED,
        "Gradebook: PUT rules",
        "A result of a line item that is not there is refused with 422.",
        "Check references before anything is stored.",
        Coping.YES,
        "Line items are written before their results.",
        _refused,
    ),
    Check(
        "gradebook.clean",
        Group.GRADEBOOK,
        Level.EXPECTED,
        "Gradebook: DELETE",
        "What the test wrote could be deleted.",
        "Have DELETE take away what the same client put.",
        Coping.PARTLY,
        "Deleted assignments stay in the SIS.",
        _clean,
    ),
)
