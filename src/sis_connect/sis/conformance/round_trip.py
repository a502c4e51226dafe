"""A category, a line item and a result written, replaced, read back and deleted, in a class set aside for it.

Every write and its answer is kept by name, for the checks to judge. Whatever happens, what was written is deleted in
the end, and what could not be deleted is told. Serves the gradebook semantics: PUT, DELETE, edge cases.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sis_connect.oneroster.guid_refs import write_reference
from sis_connect.oneroster.json_text import encode_json
from sis_connect.oneroster.moments import format_moment
from sis_connect.oneroster.operations import OPERATIONS
from sis_connect.sis.conformance.casting import is_live, says

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.json_text import Row
    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.probe import Probe

Record = dict[str, Any]

#: What is written, in the order in which one needs the other.
KINDS = ("category", "lineItem", "result")
_NAMES = {"category": "Category", "lineItem": "LineItem", "result": "Result"}

MOST_POINTS, SCORE, BEYOND = 20.0, 17.5, 25.0


@dataclass(slots=True)
class Trip:
    """What was written and what was answered."""

    #: Answers by kind and step, for example `("result", "create")`.
    answers: dict[tuple[str, str], Answered] = field(default_factory=dict)
    #: What was sent last, by kind and step.
    sent: dict[tuple[str, str], Record] = field(default_factory=dict, repr=False)
    #: Why a kind could not be written, as a sentence.
    reasons: dict[str, str] = field(default_factory=dict)
    #: Kinds of what was written and is still there.
    left: list[str] = field(default_factory=list)


def make_trip(probe: Probe) -> Trip:
    """The whole trip; what it wrote is gone again, unless `left` says otherwise."""
    trip = Trip()
    traveller = _Traveller(probe, trip)
    try:
        traveller.write()
        traveller.delete()
    finally:
        traveller.clean_up()
    return trip


class _Traveller:
    """Writes to the service and remembers what must be deleted."""

    def __init__(self, probe: Probe, trip: Trip) -> None:
        self._probe = probe
        self._trip = trip
        self._written: list[str] = []

    def write(self) -> None:
        """Each kind in turn, as far as the one before it was taken."""
        for kind in KINDS:
            first = self._record(kind)
            if first is None:
                return
            self._put(kind, "create", first)
            if self._trip.answers[kind, "create"].status not in {200, 201, 202, 204}:
                self._refuse_after(kind, "was not taken.")
                return
            self._get(kind, "read")
            self._put(kind, "replace", first | _CHANGED[kind])
            self._get(kind, "reread")
            self._list(kind)
            if kind == "result":
                for step, change in _EDGES.items():
                    self._put(kind, step, first | change)
                    self._get(kind, f"{step}_read")
                self._put("nonsense", "create", self._nonsense(first))

    def delete(self) -> None:
        """Each kind that was written, the last one first, and a look whether it is gone."""
        for kind in [*reversed(self._written)]:
            self._delete(kind, "delete")
            if kind in KINDS:
                self._get(kind, "gone")

    def clean_up(self) -> None:
        """What is still there is deleted once more."""
        for kind in [*reversed(self._written)]:
            self._delete(kind, "clean_up")
        self._trip.left = list(self._written)

    def _delete(self, kind: str, step: str) -> None:
        operation = f"delete{_NAMES.get(kind, 'Result')}"
        taken = self._probe.ask(operation, fresh=True, ids={"id": self._id(kind)})
        self._trip.answers[kind, step] = taken
        if taken.status in {200, 202, 204, 404, 410}:
            self._written.remove(kind)

    def _put(self, kind: str, step: str, record: Record) -> None:
        operation = OPERATIONS[f"put{_NAMES.get(kind, 'Result')}"]
        if kind not in self._written:
            self._written.append(kind)
        body = encode_json({operation.root_key: record})
        taken = self._probe.ask(operation.id, body=body, fresh=True, ids={"id": self._id(kind)})
        self._trip.answers[kind, step] = taken
        self._trip.sent[kind, step] = record
        if step == "create" and 400 <= taken.status < 500:
            self._written.remove(kind)

    def _get(self, kind: str, step: str) -> None:
        self._trip.answers[kind, step] = self._probe.ask(f"get{_NAMES[kind]}", fresh=True, ids={"id": self._id(kind)})

    def _list(self, kind: str) -> None:
        class_id = self._probe.terms.gradebook_class
        asked: Mapping[str, tuple[str, dict[str, str]]] = {
            "category": ("getAllCategories", {}),
            "lineItem": ("getLineItemsForClass", {"class_id": class_id}),
            "result": (
                "getResultsForLineItemForClass",
                {"class_id": class_id, "line_item_id": self._id("lineItem")},
            ),
        }
        operation, ids = asked[kind]
        parameters: dict[str, str | int] = {"filter": f"sourcedId='{self._id(kind)}'", "limit": 10}
        self._trip.answers[kind, "list"] = self._probe.ask(operation, parameters, fresh=True, ids=ids)

    def _id(self, kind: str) -> str:
        return f"sis-connect-conformance-{self._probe.terms.run}-{kind}"

    def _refuse_after(self, kind: str, why: str) -> None:
        for later in KINDS[KINDS.index(kind) + 1 :]:
            self._trip.reasons[later] = f"The {kind} that it needs {why}"

    def _record(self, kind: str) -> Record | None:
        """What is written first; None, with the reason told, when the data holds nothing to refer to."""
        now = datetime.fromtimestamp(self._probe.around.wall_clock(), UTC)
        moment = format_moment(now)
        base: Record = {"sourcedId": self._id(kind), "status": "active", "dateLastModified": moment}
        if kind == "category":
            return base | {"title": "SIS Connect conformance"}
        period = _period(self._probe.rows("academicSessions"), now.date())
        if kind == "lineItem":
            return base | self._line_item(period, now.date())
        student = _student(self._probe.rows("enrollments"), self._probe.terms.gradebook_class)
        if student is None:
            self._trip.reasons["result"] = "No student of the class could be found among the enrollments."
            return None
        return base | {
            "lineItem": self._reference("lineItems", self._id("lineItem")),
            "student": self._reference("users", student),
            "scoreStatus": "fully graded",
            "score": SCORE,
            "scoreDate": _within(period, now.date()).isoformat(),
            "comment": "Written by SIS Connect to test the service.",
        }

    def _line_item(self, period: Row | None, today: date) -> Record:
        day = f"{_within(period, today).isoformat()}T00:00:00.000Z"
        record: Record = {
            "title": "SIS Connect conformance",
            "description": "Written to test the service; it may be deleted.",
            "assignDate": day,
            "dueDate": day,
            "class": self._reference("classes", self._probe.terms.gradebook_class),
            "category": self._reference("categories", self._id("category")),
            "resultValueMin": 0.0,
            "resultValueMax": MOST_POINTS,
        }
        if period is not None:
            record["gradingPeriod"] = self._reference("academicSessions", str(period["sourced_id"]))
        return record

    def _nonsense(self, result: Record) -> Record:
        """A result of a line item that is not there."""
        nowhere = self._reference("lineItems", f"{self._id('lineItem')}-nowhere")
        return result | {"sourcedId": self._id("nonsense"), "lineItem": nowhere}

    def _reference(self, collection: str, sourced_id: str) -> Record:
        return dict(write_reference(collection, sourced_id, self._probe.url))


_CHANGED: Mapping[str, Record] = {
    "category": {"title": "SIS Connect conformance, renamed"},
    "lineItem": {"title": "SIS Connect conformance, renamed", "resultValueMax": MOST_POINTS},
    "result": {"score": SCORE / 2, "comment": "Replaced by SIS Connect to test the service."},
}
#: Results that must come back as they were sent (gradebook semantics, edge cases).
_EDGES: Mapping[str, Record] = {"beyond": {"score": BEYOND}, "exempt": {"scoreStatus": "exempt"}}


def is_same(sent: Record, got: object) -> list[str]:
    """The properties of what was sent that came back with another meaning; all of them when it is no record."""
    if not isinstance(got, dict):
        return list(sent)
    return [name for name, value in sent.items() if name not in _OWN and not _agree(value, got.get(name))]


#: What the service says itself.
_OWN = frozenset(("status", "dateLastModified"))


def _agree(sent: object, got: object) -> bool:
    if isinstance(sent, dict):
        return bool(sent["sourcedId"] == (got.get("sourcedId") if isinstance(got, dict) else got))
    if isinstance(sent, float):
        try:
            return float(str(got)) == sent
        except ValueError:
            return False
    if isinstance(sent, str) and sent[:4].isdigit() and sent[4:5] == "-":
        return sent[:10] == str(got)[:10]
    return sent == got


def _period(sessions: list[Row], today: date) -> Row | None:
    """The grading period of today, else any."""
    periods = [row for row in sessions if says(row, "type", "gradingPeriod") and is_live(row)]
    now = [row for row in periods if _day(row["start_date"], today) <= today < _day(row["end_date"], today)]
    return next(iter([*now, *periods]), None)


def _within(period: Row | None, today: date) -> date:
    """Today, or the nearest day in the period; its end is the first day after it."""
    if period is None:
        return today
    first, end = _day(period["start_date"], today), _day(period["end_date"], today)
    return max(first, min(today, date.fromordinal(max(end.toordinal() - 1, 1))))


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return otherwise


def _student(enrollments: list[Row], class_id: str) -> str | None:
    members = (
        row["user_sourced_id"]
        for row in enrollments
        if row["class_sourced_id"] == class_id and says(row, "role", "student") and is_live(row)
    )
    return next(members, None)
