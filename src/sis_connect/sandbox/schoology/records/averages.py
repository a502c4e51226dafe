"""Computed grades: of a category, a grading period and the course, in percent with two decimals.

Pure. What counts: graded items with a category that are meant to count. Categories weigh as the section says, or by
their points. Where Schoology's own arithmetic is not published this is ours.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Score:
    """What one student has on one item that counts."""

    #: 0 for none of the section's periods.
    period: int
    category: int
    points: float
    max_points: float
    factor: float

    @property
    def percent(self) -> float:
        """In percent of the maximum, which is not zero."""
        return 100 * self.points / self.max_points


@dataclass(frozen=True, slots=True)
class Rule:
    """How the scores of one category become one grade."""

    is_percent: bool
    drop_lowest: int
    weight: float


def average_category(scores: Sequence[Score], rule: Rule) -> tuple[float, float] | None:
    """Points and maximum of a category after the lowest were dropped, or None without a score to measure by.

    A percent category has a maximum of 100. An item with a maximum of zero is extra credit: it adds points only where
    points are summed, and is never dropped.
    """
    # Of two that are equally low the one of more points goes first, whatever their order.
    measured = sorted(
        (score for score in scores if score.max_points),
        key=lambda score: (score.percent, -score.max_points, score.factor),
    )
    kept = measured[min(rule.drop_lowest, len(measured) - 1) :] if measured else []
    if rule.is_percent:
        weight = sum(score.factor for score in kept)
        return (sum(score.percent * score.factor for score in kept) / weight, 100.0) if weight else None
    whole = sum(score.max_points * score.factor for score in kept)
    extra = [score for score in scores if not score.max_points]
    return (sum(score.points * score.factor for score in [*kept, *extra]), whole) if whole else None


def category_grades(scores: Iterable[Score], rules: Mapping[int, Rule]) -> dict[int, float | None]:
    """The grade of each category; None where nothing counts."""
    averages = _averages(scores, rules)
    return {id_: round(100 * found[0] / found[1], 2) if found else None for id_, found in averages.items()}


def period_grade(scores: Iterable[Score], rules: Mapping[int, Rule], *, is_weighted: bool) -> float | None:
    """The grade of these scores together; None where nothing counts."""
    total = whole = 0.0
    for id_, found in _averages(scores, rules).items():
        if found is not None:
            points, maximum = found
            weight = rules[id_].weight if is_weighted else maximum
            total += weight * points / maximum
            whole += weight
    return round(100 * total / whole, 2) if whole else None


def course_grade(periods: Iterable[float | None]) -> float | None:
    """The mean of the grading periods that have a grade; they weigh the same."""
    graded = [grade for grade in periods if grade is not None]
    return round(sum(graded) / len(graded), 2) if graded else None


def _averages(scores: Iterable[Score], rules: Mapping[int, Rule]) -> dict[int, tuple[float, float] | None]:
    of_category: defaultdict[int, list[Score]] = defaultdict(list)
    for score in scores:
        of_category[score.category].append(score)
    return {id_: average_category(of_category[id_], rule) for id_, rule in rules.items()}
