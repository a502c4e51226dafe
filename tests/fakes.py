"""Stand-ins with real behaviour: an LMS in memory that keeps its own rules. No mocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.errors import OutcomeUnknownError, UnavailableError
from sis_connect.sync.changes import Action, Change, Holding, Outcome, OutcomeState
from sis_connect.sync.desired import Enrollment, Kind, Record, record_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sis_connect.sync.changes import Links

Key = tuple[str, ...]


@dataclass
class FakeLms:
    """Holds records by kind and key; counts what is written; fails where it is told to."""

    records: dict[Kind, dict[Key, Record]] = field(default_factory=lambda: {kind: {} for kind in Kind})
    ids: dict[Kind, dict[Key, str]] = field(default_factory=lambda: {kind: {} for kind in Kind})
    #: Every change carried out, in order.
    written: list[Change] = field(default_factory=list)
    batches: int = 0
    #: Roles that people may have; None for any.
    role_titles: Collection[str] | None = None
    #: Keys that are refused, by kind.
    refuses: dict[Kind, set[Key]] = field(default_factory=dict)
    #: Numbers of batches (from 1) whose answer is lost after they took effect, or that find the LMS away.
    loses_answer: set[int] = field(default_factory=set)
    is_away: set[int] = field(default_factory=set)
    #: Keys whose creation never takes effect, and never gets a batch an answer.
    never_answers: set[Key] = field(default_factory=set)

    def batch_size(self, kind: Kind, action: Action) -> int:
        return 1 if kind in {Kind.SCHOOLS, Kind.TERMS} else 7

    def write(self, batch: Sequence[Change], links: Links) -> list[Outcome]:
        self.batches += 1
        if self.batches in self.is_away:
            raise UnavailableError("The LMS is away.")
        if any(record_key(change.record) in self.never_answers for change in batch):
            raise OutcomeUnknownError("The answer was lost.")
        outcomes = [self._carry_out(change) for change in batch]
        if self.batches in self.loses_answer:
            raise OutcomeUnknownError("The answer was lost.")
        return outcomes

    def look(self, batch: Sequence[Change], links: Links) -> list[Outcome | None]:
        return [self._look(change) for change in batch]

    def survey(self, kinds: Collection[Kind]) -> Iterator[Holding]:
        for kind in kinds:
            for key, record in self.records[kind].items():
                yield Holding(kind, key[0], self.ids[kind][key], str(getattr(record, "title", key[0])))

    def roles(self) -> Collection[str] | None:
        return self.role_titles

    def members(self, class_lms_ids: Iterable[str]) -> Iterator[Holding]:
        wanted = set(class_lms_ids)
        for class_key, user_key in self.records[Kind.ENROLLMENTS]:
            if self.ids[Kind.CLASSES].get((class_key,)) in wanted:
                yield Holding(Kind.ENROLLMENTS, class_key, "", class_key, member_key=user_key)

    def put_by_hand(self, kind: Kind, record: Record) -> None:
        """Something that a person made in the LMS."""
        key = record_key(record)
        self.records[kind][key] = record
        self.ids[kind][key] = f"hand-{kind}-{len(self.ids[kind])}"

    def _carry_out(self, change: Change) -> Outcome:
        key = record_key(change.record)
        held = self.records[change.kind]
        if key in self.refuses.get(change.kind, set()):
            return Outcome(OutcomeState.REFUSED, code="target.refused", message="told to")
        if change.kind is Kind.ENROLLMENTS and not self._knows(key):
            return Outcome(OutcomeState.REFUSED, code="target.unknown", message="there is no such class or person")
        if change.action is Action.CREATE and key in held and change.kind is not Kind.ENROLLMENTS:
            return Outcome(OutcomeState.REFUSED, code="target.duplicate", message="is there already")
        self.written.append(change)
        if change.action is Action.REMOVE:
            held.pop(key, None)
            return Outcome(OutcomeState.APPLIED, lms_id=self.ids[change.kind].pop(key, None))
        if change.before is not None and (old := record_key(change.before)) != key:
            self._rename(change.kind, old, key)
        held[key] = change.record
        lms_id = self.ids[change.kind].setdefault(key, f"{change.kind}-{len(self.written)}")
        return Outcome(OutcomeState.APPLIED, lms_id=None if change.kind is Kind.ENROLLMENTS else lms_id)

    def _knows(self, key: Key) -> bool:
        return (key[0],) in self.records[Kind.CLASSES] and (key[1],) in self.records[Kind.USERS]

    def _rename(self, kind: Kind, old: Key, new: Key) -> None:
        self.records[kind].pop(old, None)
        if old in self.ids[kind]:
            self.ids[kind][new] = self.ids[kind].pop(old)
        place = {Kind.CLASSES: 0, Kind.USERS: 1}.get(kind)
        if place is None:
            return
        members = self.records[Kind.ENROLLMENTS]
        for key in [key for key in members if key[place] == old[0]]:
            class_key, user_key = (new[0], key[1]) if place == 0 else (key[0], new[0])
            record = members.pop(key)
            assert isinstance(record, Enrollment)
            members[class_key, user_key] = Enrollment(class_key, user_key, record.role)

    def _look(self, change: Change) -> Outcome | None:
        key = record_key(change.record)
        there = self.records[change.kind].get(key)
        is_so = there is None if change.action is Action.REMOVE else there == change.record
        return Outcome(OutcomeState.APPLIED, lms_id=self.ids[change.kind].get(key)) if is_so else None
