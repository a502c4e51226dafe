"""Grading scales of Schoology: which level a score is, and what a level is worth.

Types and levels as on the page Grading Scales of the REST API v1: a percentage scale begins a level at its cutoff, a
points scale has a level for its points and nothing in between. Not here: scores (`grade_records`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sis_connect.grades.observed import ScaleKind
from sis_connect.schoology.grade_fields import number
from sis_connect.schoology.grade_lists import rows_of
from sis_connect.schoology.records import Row, identity, text

if TYPE_CHECKING:
    from typing import Self

#: `type` of a scale without levels, and of one whose levels begin at percentages.
_NUMERIC, _PERCENT = "0", "1"
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Level:
    """A letter, or a step of a rubric."""

    name: str
    #: Where it begins: a percentage, or points.
    cutoff: Decimal
    #: What it counts when a teacher gives it by name: a percentage, or points.
    worth: Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale that items are graded by."""

    id: str
    kind: ScaleKind
    is_percent: bool
    levels: tuple[Level, ...]

    @classmethod
    def parse(cls, row: Row) -> Self:
        """The scale a row describes; levels without a name or a number are left out."""
        type_ = text(row, "type")
        is_percent = type_ == _PERCENT
        held = row.get("scale")
        levels = () if type_ == _NUMERIC else _levels(held, is_percent=is_percent)
        kind = ScaleKind.LEVELS if levels else ScaleKind.PERCENT if is_percent else ScaleKind.POINTS
        return cls(identity(row, "id"), kind, is_percent, levels)

    def level_of(self, score: Decimal, max_points: Decimal) -> str | None:
        """The name of the level that this score of an item is; None where no level begins there or below."""
        if not self.is_percent:
            return next((level.name for level in self.levels if level.cutoff == score), None)
        if max_points <= 0:
            return None
        reached = [level for level in self.levels if level.cutoff * max_points <= score * _WHOLE]
        return max(reached, key=lambda level: level.cutoff).name if reached else None

    def score_of(self, name: str, max_points: Decimal) -> Decimal | None:
        """The points of an item that a level is worth; None when there is no level of this name."""
        worth = next((level.worth for level in self.levels if level.name == name), None)
        return worth * max_points / _WHOLE if worth is not None and self.is_percent else worth


def _levels(held: object, *, is_percent: bool) -> tuple[Level, ...]:
    rows = rows_of(held["level"] if isinstance(held, dict) and "level" in held else held)
    levels = (_level(row, is_percent=is_percent) for row in rows)
    return tuple(level for level in levels if level is not None)


def _level(row: Row, *, is_percent: bool) -> Level | None:
    name, cutoff = text(row, "grade", "description").strip(), number(row, "cutoff" if is_percent else "points")
    if cutoff is None:
        return None
    worth = number(row, "average") if is_percent else cutoff
    return Level(name or f"{cutoff}", cutoff, cutoff if worth is None else worth)
