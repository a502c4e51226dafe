"""Invented coursework: grade items as teachers make them, those that make trouble among them, and what students get.

Pure but for the dice it is handed. Not here: who makes it and when (`teaching`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records import grades, grading

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence

    from sis_connect.sandbox.schoology.storage import Row

CATEGORIES: tuple[Mapping[str, object], ...] = (
    {"title": "Homework", "calculation_type": grading.POINTS, "drop_lowest": 1, "weight": 30},
    {"title": "Tests", "calculation_type": grading.PERCENT, "weight": 50},
    {"title": "Participation", "calculation_type": grading.POINTS, "weight": 20},
)
FOUR_LEVELS = tuple(
    {"points": points, "description": words}
    for points, words in ((4, "Exceeds"), (3, "Meets"), (2, "Approaches"), (1, "Begins"))
)

_TOPICS = ("Fractions", "Photosynthesis", "The water cycle", "Narrative voice", "Map reading", "Simple machines")
_FORMS = ("worksheet", "quiz", "reading notes", "project", "lab report", "problem set")
_COMMENTS = (
    "Good work.",
    "Please see me about question 4.",
    "<p>Much <b>better</b> than last time &amp; on time.</p>",
    "Nice   idea,\nbut show your steps:\n1) plan\n2) draft",
    '<a href="https://example.org/rubric">Rubric</a> applied, see \u201cstructure\u201d. ' + "Keep going. " * 30,
)


class Oddity(StrEnum):
    """What a grade item may have that an SIS does not take, or takes otherwise."""

    LONG_TITLE = "long_title"
    DUPLICATE_TITLE = "duplicate_title"
    NO_CATEGORY = "no_category"
    NO_DUE_DATE = "no_due_date"
    DUE_OUTSIDE_TERM = "due_outside_term"
    LETTER_SCALE = "letter_scale"
    LEVEL_SCALE = "level_scale"
    EXTRA_CREDIT = "extra_credit"
    ZERO_MAXIMUM = "zero_maximum"
    SOME_STUDENTS = "some_students"
    UNPUBLISHED = "unpublished"
    NO_PERIOD = "no_period"
    NOT_COUNTED = "not_counted"
    FINAL = "final"
    ASSESSMENT = "assessment"
    DISCUSSION = "discussion"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item is made."""

    day: date
    #: Ids, in order.
    categories: Sequence[int]
    #: Id, first day and last day of the section's grading periods, in order.
    periods: Sequence[tuple[int, str, str]]
    #: Id by type.
    scales: Mapping[int, int]
    #: Those in use.
    titles: Sequence[str]
    #: Enrollments.
    students: Sequence[int]


def an_item(dice: random.Random, place: Place, number: int, oddity: Oddity | None) -> dict[str, object]:
    """The fields of the section's grade item of this number, with `type`."""
    day = place.day.isoformat()
    current = [id_ for id_, first, last in place.periods if first <= day <= last] or [0]
    fields: dict[str, object] = {
        "type": "assignment",
        "title": f"{dice.choice(_TOPICS)}: {dice.choice(_FORMS)} {number + 1}",
        "description": "Bring it to class.",
        "due": f"{day} 23:59:00",
        "grading_category": dice.choice(place.categories),
        "grading_period": current[-1],
        "max_points": dice.choice((10, 20, 25, 50, 100)),
        "allow_dropbox": 0,
    }
    return fields | (_ODDITIES[oddity](dice, place, fields) if oddity is not None else {})


def a_grade(dice: random.Random, item: Row, scale: Row | None) -> tuple[float | None, int, str, int | None]:
    """Points, exception, comment and whether the student sees it."""
    chance = dice.random()
    comment, is_visible = (dice.choice(_COMMENTS), dice.randrange(2)) if dice.random() < 0.12 else ("", None)
    for limit, exception in ((0.03, grades.EXCUSED), (0.05, grades.INCOMPLETE), (0.08, grades.MISSING)):
        if chance < limit:
            return None, exception, comment, is_visible
    if scale is not None:
        level = dice.choice(json.loads(scale["levels"]))
        if scale["type"] == grading.POINTS_SCALE:
            return float(level["points"]), 0, comment, is_visible
        return float(level["average"]) * item["max_points"] / 100, 0, comment, is_visible
    highest = round(2 * (item["max_points"] or 5))
    return dice.randint(highest // 2, highest + highest // 20) / 2, 0, comment, is_visible


def _long_title(_: random.Random, __: Place, fields: Mapping[str, object]) -> dict[str, object]:
    return {"title": f"Unit 3 cumulative review of everything we read and did so far, {fields['title']}"}


def _duplicate_title(_: random.Random, place: Place, fields: Mapping[str, object]) -> dict[str, object]:
    return {"title": place.titles[-1] if place.titles else fields["title"]}


def _due_outside_term(dice: random.Random, place: Place, _: Mapping[str, object]) -> dict[str, object]:
    last = max((end for _, _, end in place.periods), default=place.day.isoformat())
    return {"due": f"{date.fromisoformat(last) + timedelta(days=dice.randint(3, 20))} 12:00:00"}


def _some_students(dice: random.Random, place: Place, _: Mapping[str, object]) -> dict[str, object]:
    return {"assignees": sorted(dice.sample(place.students, max(1, len(place.students) // 3)))}


def _with(**fields: object) -> Callable[[random.Random, Place, Mapping[str, object]], dict[str, object]]:
    return lambda *_: dict(fields)


#: The fields that each changes.
_ODDITIES: Mapping[Oddity, Callable[[random.Random, Place, Mapping[str, object]], dict[str, object]]] = {
    Oddity.LONG_TITLE: _long_title,
    Oddity.DUPLICATE_TITLE: _duplicate_title,
    Oddity.NO_CATEGORY: _with(grading_category=0),
    Oddity.NO_DUE_DATE: _with(due=""),
    Oddity.DUE_OUTSIDE_TERM: _due_outside_term,
    Oddity.LETTER_SCALE: lambda _, place, __: {"grading_scale": place.scales[grading.PERCENT_SCALE]},
    Oddity.LEVEL_SCALE: lambda _, place, __: {"grading_scale": place.scales[grading.POINTS_SCALE], "max_points": 4},
    Oddity.EXTRA_CREDIT: _with(title="Extra credit: visit a museum", max_points=5, factor=1),
    Oddity.ZERO_MAXIMUM: _with(title="Bonus question", max_points=0),
    Oddity.SOME_STUDENTS: _some_students,
    Oddity.UNPUBLISHED: _with(published=0),
    Oddity.NO_PERIOD: _with(grading_period=0),
    Oddity.NOT_COUNTED: _with(title="Practice test", count_in_grade=0),
    Oddity.FINAL: _with(title="Semester final", is_final=1, max_points=100),
    Oddity.ASSESSMENT: _with(type="assessment"),
    Oddity.DISCUSSION: _with(type="discussion"),
}
