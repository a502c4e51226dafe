"""Progress bars: one for each step that has begun, on stderr, gone when the work is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import Console
    from rich.progress import TaskID

#: What a step is called while it goes on; the kinds of records are called by their names.
STEPS = {
    "unpacking": "Unpacking the package",
    "checking": "Looking over its files",
    "reading": "Reading records",
    "pulling": "Pulling from the SIS",
    "judging": "Checking and comparing",
    "surveying": "Looking through Schoology",
    "members": "Reading class members",
}
#: Steps whose numbers tell a person nothing: bytes, and parts of the work.
_PIECES = {"unpacking", "checking", "reading", "judging"}


class ProgressBars:
    """Satisfies `progress.Progress`; a context that shows bars while it is open."""

    def __init__(self, console: Console) -> None:
        """Bars on `console`."""
        self._bars = Bars(
            TextColumn("{task.description:<26}"),
            BarColumn(bar_width=20),
            TaskProgressColumn(),
            TextColumn("{task.fields[amount]}", style="dim"),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def advance(self, step: str, done: int, total: int) -> None:
        """`done` of `total` of a step are behind us."""
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(STEPS.get(step, f"Writing {step}"), total=None, amount="")
        amount = "" if step in _PIECES else f"{done:,} of {total:,}" if total else f"{done:,}"
        self._bars.update(self._tasks[step], completed=done, total=total or None, amount=amount)

    def __enter__(self) -> Self:
        """The bars show."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The bars are gone."""
        self._bars.stop()
