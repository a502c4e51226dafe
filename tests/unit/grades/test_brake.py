"""The storm brake: what is usual for a class, and when it is exceeded."""

from __future__ import annotations

import pytest

from sis_connect.grades.brake import ClassRun, Exceeded, brake
from sis_connect.grades.rules import BrakeRules

RULES = BrakeRules(line_items=10, results_per_student=2, times_usual=3)


def exceeded(line_items: int, results: int, *history: ClassRun) -> Exceeded:
    return brake(ClassRun(line_items, results), history, 5, RULES)


def test_class_without_a_past_may_do_what_every_class_may() -> None:
    assert exceeded(10, 10) == Exceeded(None, None)
    assert exceeded(11, 11) == Exceeded(0, 0)


def test_usual_is_the_median_of_runs_that_did_anything_of_the_kind() -> None:
    history = (ClassRun(0, 0), ClassRun(4, 0), ClassRun(4, 90), ClassRun(40, 6), ClassRun(0, 8))
    assert exceeded(12, 24, *history) == Exceeded(None, None)
    assert exceeded(13, 25, *history) == Exceeded(4, 8)


def test_class_without_students_is_no_reason_to_stop() -> None:
    assert brake(ClassRun(0, 2), (), 0, RULES) == Exceeded(None, None)


@pytest.mark.parametrize("past", [1, 5])
def test_busy_class_may_do_many_times_its_usual(past: int) -> None:
    assert exceeded(60, 0, *[ClassRun(20, 0)] * past) == Exceeded(None, None)
    assert exceeded(61, 0, *[ClassRun(20, 0)] * past) == Exceeded(20, None)
