"""The gradebook of one section as a whole: what its students have, and the grades computed from it.

Here: reading it from the tables. Not here: the arithmetic (`averages`) and how the API writes it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records import averages, grade_items, grades, grading
from sis_connect.sandbox.schoology.records.averages import Rule, Score

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sis_connect.sandbox.schoology.settings import GradeManners
    from sis_connect.sandbox.schoology.storage import Row, Storage

#: The grading period of items that have none of the section's.
OTHER = 0


@dataclass(frozen=True, slots=True)
class Computed:
    """One student's computed grades, in percent; None where nothing counts."""

    #: By grading period, and `OTHER`.
    periods: Mapping[int, float | None]
    #: By grading period, then category.
    categories: Mapping[int, Mapping[int, float | None]]
    course: float | None


@dataclass(frozen=True, slots=True)
class Gradebook:
    """What a section's grades are computed by."""

    section_id: int
    periods: list[Row]
    categories: list[Row]
    items: Mapping[int, Row]
    is_weighted: bool
    default_scale: int

    @property
    def period_weight(self) -> float:
        """In percent: every grading period weighs the same."""
        return 100 / len(self.periods) if self.periods else 0.0

    def period_of(self, item: Row) -> int:
        """The grading period an item counts in."""
        own = item["grading_period"]
        return own if any(period["id"] == own for period in self.periods) else OTHER

    def compute(self, storage: Storage, enrollment_ids: Collection[int], manners: GradeManners) -> dict[int, Computed]:
        """The grades of these students."""
        scores = self._scores(storage, enrollment_ids, manners)
        rules = {
            row["id"]: Rule(row["calculation_type"] == grading.PERCENT, row["drop_lowest"], row["weight"])
            for row in self.categories
        }
        return {id_: self._compute_one(scores[id_], rules) for id_ in enrollment_ids}

    def _compute_one(self, scores: list[Score], rules: Mapping[int, Rule]) -> Computed:
        ids = [period["id"] for period in self.periods]
        of_period = {id_: [score for score in scores if score.period == id_] for id_ in [*ids, OTHER]}
        periods = {
            id_: averages.period_grade(own, rules, is_weighted=self.is_weighted) for id_, own in of_period.items()
        }
        categories = {id_: averages.category_grades(own, rules) for id_, own in of_period.items()}
        return Computed(periods, categories, averages.course_grade(periods[id_] for id_ in ids))

    def _scores(
        self, storage: Storage, enrollment_ids: Collection[int], manners: GradeManners
    ) -> defaultdict[int, list[Score]]:
        marks = ", ".join("?" * len(enrollment_ids))
        scores: defaultdict[int, list[Score]] = defaultdict(list)
        for row in storage.rows(f"SELECT * FROM grades WHERE enrollment_id IN ({marks})", *enrollment_ids):
            item = self.items.get(row["item_id"])
            points = row["grade"]
            if row["exception"] == grades.MISSING and manners.missing_counts_zero:
                points = 0.0
            if item is None or points is None or not _counts(item):
                continue
            scores[row["enrollment_id"]].append(
                Score(self.period_of(item), item["grading_category"], points, item["max_points"], item["factor"])
            )
        return scores


def read_gradebook(storage: Storage, section: Row) -> Gradebook:
    """The gradebook of a section."""
    options = json.loads(section["details"]).get("options")
    options = options if isinstance(options, dict) else {}
    scale = str(options.get("default_grading_scale_id") or 0)
    return Gradebook(
        section_id=section["id"],
        periods=storage.rows(
            "SELECT periods.* FROM section_periods JOIN periods ON periods.id = period_id WHERE section_id = ?"
            " ORDER BY start_date, id",
            section["id"],
        ),
        categories=grading.categories_of(storage, section["id"]),
        items={row["id"]: row for row in grade_items.items_of(storage, section["id"])},
        is_weighted=str(options.get("weighted_grading_categories") or 0) == "1",
        default_scale=int(scale) if scale.isdigit() else 0,
    )


def _counts(item: Row) -> bool:
    return bool(item["grading_category"] and item["count_in_grade"] and not item["collected_only"])
