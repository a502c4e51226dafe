"""A score has the name of the level it reaches, and a level is worth what the scale says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.errors import MalformedReplyError
from sis_connect.grades.observed import ScaleKind
from sis_connect.schoology.grade_scales import Scale

LETTERS = Scale.parse(
    {
        "id": 1,
        "title": "Letters",
        "type": "1",
        "scale": {
            "level": [
                {"grade": "F", "cutoff": 0, "average": 30},
                {"grade": "B", "cutoff": "80", "average": "85"},
                {"grade": "A", "cutoff": 90.5, "average": 95},
            ]
        },
    }
)
RUBRIC = Scale.parse(
    {
        "id": "96033",
        "type": 3,
        "scale": {"level": [{"points": 3, "description": "Advanced"}, {"points": "1.5", "description": ""}]},
    }
)


@pytest.mark.parametrize(
    ("score", "maximum", "level"),
    [
        ("0", "20", "F"),
        ("15.99", "20", "F"),
        ("16", "20", "B"),
        ("18.1", "20", "A"),
        ("25", "20", "A"),
        ("1", "0", None),
    ],
)
def test_a_percentage_reaches_the_highest_level_that_begins_at_it_or_below(
    score: str, maximum: str, level: str | None
) -> None:
    assert LETTERS.level_of(Decimal(score), Decimal(maximum)) == level


def test_below_every_cutoff_there_is_no_level() -> None:
    assert LETTERS.level_of(Decimal(-1), Decimal(20)) is None


@pytest.mark.parametrize(("score", "level"), [("3", "Advanced"), ("3.0", "Advanced"), ("1.5", "1.5"), ("2", None)])
def test_points_have_the_level_of_exactly_these_points(score: str, level: str | None) -> None:
    assert RUBRIC.level_of(Decimal(score), Decimal(4)) == level


def test_a_level_is_worth_its_average_of_the_maximum_or_its_points() -> None:
    assert LETTERS.score_of("B", Decimal(20)) == 17
    assert RUBRIC.score_of("Advanced", Decimal(4)) == 3
    assert LETTERS.score_of("Z", Decimal(20)) is None


@given(st.sampled_from(["F", "B", "A"]), st.integers(1, 500))
def test_what_a_level_is_worth_reaches_that_level(name: str, maximum: int) -> None:
    score = LETTERS.score_of(name, Decimal(maximum))
    assert score is not None
    assert LETTERS.level_of(score, Decimal(maximum)) == name


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"type": 0}, ScaleKind.POINTS),
        ({"type": 0, "scale": {"level": [{"grade": "A", "cutoff": 90}]}}, ScaleKind.POINTS),
        ({"type": "1"}, ScaleKind.PERCENT),
        ({"type": 1, "scale": {"level": []}}, ScaleKind.PERCENT),
        ({"type": 1, "scale": {"level": {"grade": "A", "cutoff": 90}}}, ScaleKind.LEVELS),
        ({"type": 1, "scale": [{"grade": "A", "cutoff": 90}]}, ScaleKind.LEVELS),
        ({"type": "3", "scale": {"level": [{"points": 1}]}}, ScaleKind.LEVELS),
        ({"type": 3, "scale": None}, ScaleKind.POINTS),
    ],
)
def test_a_scale_has_levels_where_it_names_some(row: dict[str, object], kind: ScaleKind) -> None:
    assert Scale.parse({"id": 7, **row}).kind is kind


def test_a_level_without_an_average_is_worth_its_cutoff_and_one_without_a_cutoff_is_none() -> None:
    levels = [{"grade": "A", "cutoff": 90}, {"grade": "B", "average": 85}, {"grade": "C", "cutoff": "low"}]
    scale = Scale.parse({"id": 7, "type": 1, "scale": {"level": levels}})
    assert [level.name for level in scale.levels] == ["A"]
    assert scale.score_of("A", Decimal(10)) == 9


def test_a_scale_without_an_id_cannot_be_read() -> None:
    with pytest.raises(MalformedReplyError, match="id"):
        Scale.parse({"type": 1})
