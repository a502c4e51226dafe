"""Step apply: the allowed changes of a plan go to the LMS in batches, journaled, so that nothing is written twice.

Every batch is in the journal before it is sent and again with its outcomes. A run that was interrupted goes on at the
first batch without outcomes. A batch whose answer was lost is looked for before anything of it is sent again. What the
LMS refuses does not stop the rest; what depends on it is held without being sent.

Not here: how a batch becomes requests (a `RosterTarget`), where the journal is kept (`store`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from sis_connect.errors import OutcomeUnknownError
from sis_connect.sync.changes import Action, Change, Outcome, OutcomeState
from sis_connect.sync.desired import Kind, record_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from sis_connect.sync.changes import Holding, Links

#: Why a change was not even sent.
DEPENDS_ON_REFUSED = "apply.depends_on_refused"

#: A batch whose answer is lost this often is given up until the next run.
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


class Journal(Protocol):
    """What a run has sent and what came of it."""

    def outcomes(self, stage: int, number: int) -> list[Outcome] | None:
        """The outcomes of a batch, or None when they are not known."""
        ...

    def was_sent(self, stage: int, number: int) -> bool:
        """True when a batch was sent, or may have been."""
        ...

    def record_sent(self, stage: int, number: int, kind: Kind) -> None:
        """Note durably that a batch is about to be sent."""
        ...

    def record_outcomes(self, stage: int, number: int, rows: Sequence[int], outcomes: Sequence[Outcome]) -> None:
        """Note durably what came of a batch; `rows` are its changes' rows in the plan's file."""
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

    def run(self) -> None:
        """Carry out every stage; afterwards the journal holds an outcome for every allowed change.

        Raises TargetError when the LMS cannot go on; run again to go on where it stopped.
        """
        refused: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        for stage_number, stage in enumerate(STAGES):
            size = min(self.target.batch_size(stage.kind, action) for action in stage.actions)
            changes = self.changes(stage)
            number = 0
            while batch := list(islice(changes, size)):
                outcomes = self._carry_out(stage_number, number, batch, refused)
                for (_, change), outcome in zip(batch, outcomes, strict=True):
                    self._take_in(change, outcome, refused)
                self.advance(stage.kind, len(batch))
                number += 1

    def settle(self) -> None:
        """Find out what came of batches whose answer was lost; nothing is sent.

        Afterwards every batch that was sent has outcomes for what the LMS turned out to hold.
        """
        for stage_number, stage in enumerate(STAGES):
            size = min(self.target.batch_size(stage.kind, action) for action in stage.actions)
            changes = self.changes(stage)
            number = 0
            while (batch := list(islice(changes, size))) and self.journal.was_sent(stage_number, number):
                if self.journal.outcomes(stage_number, number) is None:
                    looked = self.target.look([change for _, change in batch], self.links)
                    found = [(row, outcome) for (row, _), outcome in zip(batch, looked, strict=True) if outcome]
                    rows = [row for row, _ in found]
                    self.journal.record_outcomes(stage_number, number, rows, [outcome for _, outcome in found])
                number += 1

    def _carry_out(
        self, stage: int, number: int, batch: Sequence[Numbered], refused: dict[Kind, set[str]]
    ) -> list[Outcome]:
        known = self.journal.outcomes(stage, number)
        if known is not None:
            return known
        changes = [change for _, change in batch]
        outcomes: list[Outcome | None] = [_depends(change, refused) for change in changes]
        must_look = self.journal.was_sent(stage, number)
        self.journal.record_sent(stage, number, changes[0].kind)
        settled = self._send(changes, outcomes, must_look=must_look)
        self.journal.record_outcomes(stage, number, [row for row, _ in batch], settled)
        return settled

    def _send(self, changes: list[Change], outcomes: list[Outcome | None], *, must_look: bool) -> list[Outcome]:
        for attempt in range(_TRIES + 1):
            open_ = [index for index, outcome in enumerate(outcomes) if outcome is None]
            if must_look and open_:
                for index, outcome in zip(
                    open_, self.target.look([changes[i] for i in open_], self.links), strict=True
                ):
                    outcomes[index] = outcome
                open_ = [index for index in open_ if outcomes[index] is None]
            if not open_:
                break
            try:
                written = self.target.write([changes[index] for index in open_], self.links)
            except OutcomeUnknownError:
                if attempt == _TRIES:
                    raise
                must_look = True
                continue
            for index, outcome in zip(open_, written, strict=True):
                outcomes[index] = outcome
            break
        return [outcome for outcome in outcomes if outcome is not None]

    def _take_in(self, change: Change, outcome: Outcome, refused: dict[Kind, set[str]]) -> None:
        key = record_key(change.record)[0]
        if outcome.state is OutcomeState.REFUSED:
            if change.action is Action.CREATE:
                refused[change.kind].add(key)
        elif outcome.lms_id is not None and change.kind is not Kind.USERS:
            # A million accounts would be a million entries; targets never ask for an account's id by its key.
            self.links.learn(change.kind, key, outcome.lms_id)


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
