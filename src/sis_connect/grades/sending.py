"""Sending in chunks from several threads, with each chunk written down before it goes out and again when it is done.

Here: keeping the threads busy across chunks, and stopping. What is sent and what is written down are the caller's. Not
here: what an outcome means (`apply`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from sis_connect.errors import UnauthorisedError
from sis_connect.grades.target import WriteState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from sis_connect.grades.target import WriteOutcome

#: So many postponed writes in a row, and the SIS is away: the rest is not tried.
PATIENCE = 20
#: Chunks that are out at the same time, so that the threads have work while one is written down.
_AHEAD = 4

T = TypeVar("T")
#: Something to be sent, and what came of it; None when it was not sent after all.
Done = tuple[T, "WriteOutcome | None"]


@dataclass(slots=True)
class Halt:
    """Whether sending goes on; shared by the threads."""

    #: Why the sign-in was refused.
    error: UnauthorisedError | None = None
    #: True when the SIS is away, or the caller has failed.
    is_over: bool = False
    _postponed: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def refuse(self, error: UnauthorisedError) -> None:
        """Nothing more is sent, and the error is raised when all that was sent is written down."""
        self.error, self.is_over = error, True

    def note(self, state: WriteState) -> None:
        """Count one outcome; too many postponed ones in a row are the end."""
        with self._lock:
            self._postponed = self._postponed + 1 if state is WriteState.POSTPONED else 0
            if self._postponed >= PATIENCE:
                self.is_over = True


@dataclass(slots=True)
class Sending(Generic[T]):
    """How things of one sort are sent."""

    #: Sends one; called from the threads of the pool. UnauthorisedError ends it all.
    act: Callable[[T], WriteOutcome]
    #: Writes down, as one, what came of the first and that the second are about to be sent.
    write_down: Callable[[Sequence[Done[T]], Sequence[T]], None]
    pool: Executor
    halt: Halt

    def run(self, chunks: Iterator[Sequence[T]]) -> None:
        """Send all chunks in order; afterwards everything that was sent is written down with its outcome.

        Raises UnauthorisedError when the sign-in is refused. Whatever else is raised, what may have been sent stays
        written down as about to be.
        """
        out: deque[list[tuple[T, Future[WriteOutcome | None]]]] = deque()
        try:
            while True:
                chunk = [] if self.halt.is_over else next(chunks, [])
                done = _gather(out.popleft()) if out and (len(out) >= _AHEAD or not chunk) else []
                if not chunk and not done:
                    break
                going = [] if self.halt.is_over else chunk
                self.write_down(done, going)
                if going:
                    out.append([(one, self.pool.submit(self._act, one)) for one in going])
        except BaseException:
            self.halt.is_over = True
            raise
        if self.halt.error is not None:
            raise self.halt.error

    def _act(self, one: T) -> WriteOutcome | None:
        if self.halt.is_over:
            return None
        try:
            outcome = self.act(one)
        except UnauthorisedError as error:
            self.halt.refuse(error)
            return None
        self.halt.note(outcome.state)
        return outcome


def _gather(chunk: list[tuple[T, Future[WriteOutcome | None]]]) -> list[Done[T]]:
    return [(one, future.result()) for one, future in chunk]
