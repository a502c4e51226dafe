"""Computed grades of the Schoology look-alike: categories, grading periods, the course."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sis_connect.sandbox.schoology.records.averages import (
    Rule,
    Score,
    category_grades,
    course_grade,
    period_grade,
)

POINTS = Rule(is_percent=False, drop_lowest=0, weight=30)
PERCENT = Rule(is_percent=True, drop_lowest=0, weight=70)


def score(points: float, maximum: float, category: int = 1, factor: float = 1) -> Score:
    return Score(1, category, points, maximum, factor)


def grade(scores: list[Score], rule: Rule) -> float | None:
    return category_grades(scores, {1: rule})[1]


def test_points_are_summed_and_percents_are_averaged() -> None:
    scores = [score(10, 10), score(45, 90)]
    assert grade(scores, POINTS) == 55
    assert grade(scores, PERCENT) == 75


def test_a_factor_weighs_an_item_within_its_category() -> None:
    scores = [score(10, 10, factor=3), score(0, 10)]
    assert grade(scores, POINTS) == grade(scores, PERCENT) == 75


def test_the_lowest_are_dropped_by_percent_and_one_stays() -> None:
    scores = [score(1, 2), score(30, 100), score(90, 100)]
    assert grade(scores, Rule(is_percent=True, drop_lowest=1, weight=1)) == 70
    assert grade(scores, Rule(is_percent=True, drop_lowest=9, weight=1)) == 90


def test_an_item_with_a_maximum_of_zero_adds_points_where_points_are_summed() -> None:
    assert grade([score(8, 10), score(1, 0)], POINTS) == 90
    assert grade([score(8, 10), score(1, 0)], PERCENT) == 80
    assert grade([score(1, 0)], POINTS) is None


def test_categories_weigh_by_points_or_as_the_section_says() -> None:
    scores = [score(100, 100), score(5, 10, category=2)]
    rules = {1: POINTS, 2: Rule(is_percent=False, drop_lowest=0, weight=70)}
    assert period_grade(scores, rules, is_weighted=False) == 95.45
    assert period_grade(scores, rules, is_weighted=True) == 65


def test_a_category_without_grades_weighs_nothing() -> None:
    assert period_grade([score(8, 10)], {1: POINTS, 2: PERCENT}, is_weighted=True) == 80


def test_what_has_no_category_of_the_section_does_not_count() -> None:
    assert period_grade([score(8, 10, category=0)], {1: POINTS}, is_weighted=False) is None


def test_the_course_is_the_mean_of_graded_periods() -> None:
    assert course_grade([80, None, 91]) == 85.5
    assert course_grade([None]) is None


SCORES = st.lists(
    st.builds(
        Score,
        st.just(1),
        st.sampled_from([1, 2]),
        st.integers(0, 100).map(float),
        st.sampled_from([0.0, 10.0, 100.0]),
        st.sampled_from([1.0, 2.0]),
    ),
    max_size=12,
)


@given(SCORES, st.booleans(), st.integers(0, 10), st.booleans())
def test_order_changes_nothing_and_nobody_loses_by_dropping(
    scores: list[Score], is_percent: bool, dropped: int, is_weighted: bool
) -> None:
    def computed(own: list[Score], drop: int) -> float | None:
        rules = {id_: Rule(is_percent, drop, 50) for id_ in (1, 2)}
        return period_grade(own, rules, is_weighted=is_weighted)

    assert computed(scores, dropped) == computed(scores[::-1], dropped)
    if is_percent and all(one.factor == 1 for one in scores):
        whole, better = computed(scores, 0), computed(scores, dropped)
        assert (whole is None) == (better is None)
        assert better is None or whole is None or better >= whole - 0.01
