"""Step apply: the allowed changes of a plan go to the LMS in batches, journaled, so that nothing is written twice.

Every batch is in the journal before it is sent and again with its outcomes, each under its row in the plan's file. A
run that was interrupted goes on with the rows that have no outcome. A change whose answer was lost is looked for before
it is sent again. What the LMS refuses does not stop the rest; what depends on it is held without being sent.

Not here: how a batch becomes requests (a `RosterTarget`), where the journal is kept (`store`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from sis_connect.errors import OutcomeUnknownError
from sis_connect.sync.changes import Action, Change, Outcome, OutcomeState
from sis_connect.sync.desired import Enrollment, Kind, record_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from sis_connect.sync.changes import Holding, Links

#: Why a change was not even sent.
DEPENDS_ON_REFUSED = "apply.depends_on_refused"

#: The LMS never answers to this change alone, and does not hold it.
NO_CLEAR_ANSWER = "apply.no_clear_answer"

#: A batch is sent this often; when no answer came to any of them, the run stops.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Stage:
    """Changes that go out together: those of one kind and these actions."""

    kind: Kind
    actions: tuple[Action, ...]


#: In the order in which records need one another: what is referred to is made first and taken away last.
STAGES = (
    Stage(Kind.SCHOOLS, (Action.CREATE,)),
    Stage(Kind.SCHOOLS, (Action.UPDATE,)),
    Stage(Kind.TERMS, (Action.CREATE,)),
    Stage(Kind.TERMS, (Action.UPDATE,)),
    # Updates free names and addresses that newcomers may take.
    Stage(Kind.USERS, (Action.UPDATE,)),
    Stage(Kind.USERS, (Action.CREATE,)),
    Stage(Kind.AGENTS, (Action.CREATE,)),
    Stage(Kind.COURSES, (Action.UPDATE,)),
    Stage(Kind.COURSES, (Action.CREATE,)),
    Stage(Kind.CLASSES, (Action.UPDATE,)),
    Stage(Kind.CLASSES, (Action.CREATE,)),
    Stage(Kind.ENROLLMENTS, (Action.CREATE, Action.UPDATE, Action.REMOVE)),
    Stage(Kind.AGENTS, (Action.REMOVE,)),
    Stage(Kind.USERS, (Action.REMOVE,)),
)


class RosterTarget(Protocol):
    """An LMS that rosters are written to."""

    def batch_size(self, kind: Kind, action: Action) -> int:
        """How many changes one batch may hold."""
        ...

    def write(self, batch: Sequence[Change], links: Links) -> list[Outcome]:
        """Carry out a batch of one kind and action (enrollments may mix); outcomes in the batch's order.

        Raises UnavailableError or UnauthorisedError when nothing was written, OutcomeUnknownError when it was sent and
        no answer came, MalformedReplyError when the answer cannot be read.
        """
        ...

    def look(self, batch: Sequence[Change], links: Links) -> list[Outcome | None]:
        """For each change its outcome when the LMS already holds what it wanted, else None."""
        ...

    def survey(self, kinds: Collection[Kind]) -> Iterator[Holding]:
        """Everything the LMS holds of these kinds, whoever made it."""
        ...

    def members(self, class_lms_ids: Iterable[str]) -> Iterator[Holding]:
        """Who is in these classes, whoever put them there."""
        ...

    def roles(self) -> Collection[str] | None:
        """Titles of the roles that people may have; None when any will do."""
        ...


class Journal(Protocol):
    """What a run has sent and what came of it; `rows` are rows in the plan's file, ascending."""

    def outcomes(self, stage: int, rows: Sequence[int]) -> dict[int, Outcome]:
        """The known outcomes of these rows."""
        ...

    def sent(self, stage: int, rows: Sequence[int]) -> set[int]:
        """Those of the rows that were sent, or may have been."""
        ...

    def record_sent(self, stage: int, kind: Kind, rows: Sequence[int]) -> None:
        """Note durably that these rows are about to be sent as one batch."""
        ...

    def record_outcomes(self, stage: int, kind: Kind, outcomes: Mapping[int, Outcome]) -> None:
        """Note durably what came of rows whose outcomes were not known."""
        ...


class RunLinks(Protocol):
    """Links that learn what the run creates."""

    def lms_id(self, kind: Kind, key: str) -> str | None:
        """The LMS's own id of a record, or None."""
        ...

    def learn(self, kind: Kind, key: str, lms_id: str) -> None:
        """Remember the id of a record that the run created or gave another key."""
        ...


#: A change with its row in the plan's file.
Numbered = tuple[int, Change]


@dataclass(slots=True)
class Application:
    """One run of a plan against a target."""

    target: RosterTarget
    journal: Journal
    links: RunLinks
    #: The allowed changes of a stage, always the same ones in the same order.
    changes: Callable[[Stage], Iterator[Numbered]]
    #: Told after each batch: kind, how many changes it had.
    advance: Callable[[Kind, int], None]
    #: Whether to see who is in a class already before anybody is put into it.
    spares_hand_added: bool = True
    #: Classes that this run created, and whom the others held before it put anybody in, by key.
    _created: set[str] = field(default_factory=set)
    _members: dict[str, set[str | None]] = field(default_factory=dict)
    #: True once the LMS has answered to a write of this run.
    _has_answered: bool = False

    def run(self) -> None:
        """Carry out every stage; afterwards the journal holds an outcome for every allowed change.

        Raises TargetError when the LMS cannot go on; run again to go on where it stopped.
        """
        refused: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        for number, stage in enumerate(STAGES):
            for batch in self._batches(stage):
                known = self.journal.outcomes(number, list(batch))
                missing = {row: change for row, change in batch.items() if row not in known}
                if missing:
                    known |= self._carry_out(number, stage.kind, missing, refused)
                self._take_in(batch, known, refused)
                self.advance(stage.kind, len(batch))

    def settle(self) -> None:
        """Find out what came of changes whose answer was lost; nothing is sent.

        Afterwards every change that was sent has an outcome, if the LMS turned out to hold what it wanted.
        """
        refused: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        for number, stage in enumerate(STAGES):
            for batch in self._batches(stage):
                known = self.journal.outcomes(number, list(batch))
                lost = self.journal.sent(number, [row for row in batch if row not in known])
                if not known and not lost:
                    # Batches go out in order: nothing of this stage was sent after the first that was not.
                    break
                found = self._look({row: change for row, change in batch.items() if row in lost})
                if found:
                    self.journal.record_outcomes(number, stage.kind, found)
                self._take_in(batch, known | found, refused)

    def _batches(self, stage: Stage) -> Iterator[dict[int, Change]]:
        size = min(self.target.batch_size(stage.kind, action) for action in stage.actions)
        changes = self.changes(stage)
        while batch := dict(islice(changes, size)):
            yield batch

    def _carry_out(
        self, stage: int, kind: Kind, batch: Mapping[int, Change], refused: dict[Kind, set[str]]
    ) -> dict[int, Outcome]:
        outcomes = {row: outcome for row, change in batch.items() if (outcome := _depends(change, refused))}
        wanted = {row: change for row, change in batch.items() if row not in outcomes}
        doubtful = self.journal.sent(stage, list(wanted)) if wanted else set()
        if kind is Kind.ENROLLMENTS and self.spares_hand_added:
            # What was sent before may be there because of that; the rest was put there by others.
            found = self._found({row: change for row, change in wanted.items() if row not in doubtful})
            outcomes |= dict.fromkeys(found, Outcome(OutcomeState.FOUND))
            wanted = {row: change for row, change in wanted.items() if row not in found}
        if wanted:
            self.journal.record_sent(stage, kind, list(wanted))
            outcomes |= self._send(wanted, doubtful)
        self.journal.record_outcomes(stage, kind, outcomes)
        return outcomes

    def _send(self, batch: Mapping[int, Change], doubtful: set[int]) -> dict[int, Outcome]:
        """The outcomes of a batch; what is doubtful is looked for first, and what is found is not sent again."""
        outcomes: dict[int, Outcome] = {}
        tries = 0
        while True:
            outcomes |= self._look({row: batch[row] for row in sorted(doubtful)})
            wanted = {row: change for row, change in batch.items() if row not in outcomes}
            if not wanted:
                return outcomes
            tries += 1
            try:
                written = self.target.write(list(wanted.values()), self.links)
            except OutcomeUnknownError as error:
                if tries == _TRIES:
                    return outcomes | self._send_singly(wanted, error)
                doubtful = set(wanted)
            else:
                return outcomes | dict(zip(wanted, written, strict=True))

    def _send_singly(self, batch: Mapping[int, Change], error: OutcomeUnknownError) -> dict[int, Outcome]:
        """The outcomes of a batch that never gets a clear answer, change by change.

        One change must not stop a district for good: what alone has no clear answer, and is not there, is refused. When
        nothing in the whole run has had one, the LMS is at fault, and the error stands.
        """
        outcomes: dict[int, Outcome] = {}
        for row, change in batch.items() if len(batch) > 1 else ():
            try:
                [outcomes[row]] = self.target.write([change], self.links)
            except OutcomeUnknownError:
                outcomes |= self._look({row: change})
        if not outcomes and not self._has_answered:
            raise error
        refused = Outcome(OutcomeState.REFUSED, code=NO_CLEAR_ANSWER, message=error.what)
        return {row: outcomes.get(row, refused) for row in batch}

    def _found(self, batch: Mapping[int, Change]) -> set[int]:
        """The creations of a batch whose person is in the class already, though this run did not put them there."""
        puts = {row: change.record for row, change in batch.items() if change.action is Action.CREATE}
        classes = {record.class_key for record in puts.values() if isinstance(record, Enrollment)}
        unread = {
            key: lms_id
            for key in classes - self._created - set(self._members)
            if (lms_id := self.links.lms_id(Kind.CLASSES, key)) is not None
        }
        self._members |= {key: set() for key in unread}
        for holding in self.target.members(unread.values()) if unread else ():
            self._members.setdefault(holding.key, set()).add(holding.member_key)
        return {
            row
            for row, record in puts.items()
            if isinstance(record, Enrollment) and record.user_key in self._members.get(record.class_key, set())
        }

    def _look(self, batch: Mapping[int, Change]) -> dict[int, Outcome]:
        """The outcomes of those changes whose effect the LMS holds."""
        if not batch:
            return {}
        looked = self.target.look(list(batch.values()), self.links)
        return {row: outcome for row, outcome in zip(batch, looked, strict=True) if outcome is not None}

    def _take_in(
        self, batch: Mapping[int, Change], outcomes: Mapping[int, Outcome], refused: dict[Kind, set[str]]
    ) -> None:
        for row, outcome in outcomes.items():
            self._has_answered = True
            change = batch[row]
            key = record_key(change.record)[0]
            if outcome.state is OutcomeState.REFUSED:
                is_new_key = change.before is None or record_key(change.before) != record_key(change.record)
                if change.action is not Action.REMOVE and is_new_key:
                    refused[change.kind].add(key)
            elif outcome.lms_id is not None and change.kind is not Kind.USERS:
                # A million accounts would be a million entries; targets never ask for an account's id by its key.
                self.links.learn(change.kind, key, outcome.lms_id)
            if change.kind is Kind.CLASSES and change.action is Action.CREATE:
                self._created.add(key)


def _depends(change: Change, refused: dict[Kind, set[str]]) -> Outcome | None:
    """The outcome of a change that needs a record which was refused in this run."""
    if change.action is Action.REMOVE:
        return None
    needed: dict[Kind, list[str | None]] = {
        Kind.SCHOOLS: [getattr(change.record, "school_key", None)],
        Kind.COURSES: [getattr(change.record, "course_key", None)],
        Kind.CLASSES: [getattr(change.record, "class_key", None)],
        Kind.USERS: [getattr(change.record, name, None) for name in ("user_key", "student_key", "agent_key")],
    }
    for kind, keys in needed.items():
        if any(key in refused[kind] for key in keys if key is not None):
            return Outcome(OutcomeState.REFUSED, code=DEPENDS_ON_REFUSED, message=f"One of its {kind} was refused.")
    return None
