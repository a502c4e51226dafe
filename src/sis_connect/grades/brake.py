"""The storm brake: a class far outside its usual waits for a person.

A copied course or a broken merge makes hundreds of items in a night; a teacher does not. Here: what is usual, and when
it is exceeded. Not here: what is marked as held then (`planning`), who lifts it (`plan`).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sis_connect.grades.rules import BrakeRules


@dataclass(frozen=True, slots=True)
class ClassRun:
    """What one run did in one class."""

    line_items_created: int
    results_sent: int


@dataclass(frozen=True, slots=True)
class Exceeded:
    """More than a class may do at once; what is usual in one run where it is, else None."""

    line_items: int | None
    results: int | None


def brake(planned: ClassRun, history: Sequence[ClassRun], students: int, rules: BrakeRules) -> Exceeded:
    """Which of the two numbers is too high, beside what is usual by the class's last runs.

    Usual is the median of those runs that did anything of the kind.
    """

    def exceeded(number: Callable[[ClassRun], int], always: int) -> int | None:
        done = [number(run) for run in history if number(run)]
        usual = round(median(done)) if done else 0
        return usual if number(planned) > max(always, usual * rules.times_usual) else None

    return Exceeded(
        exceeded(lambda run: run.line_items_created, rules.line_items),
        exceeded(lambda run: run.results_sent, rules.results_per_student * max(students, 1)),
    )
