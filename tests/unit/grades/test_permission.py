"""Who may send, whatever the SIS's key allows."""

from __future__ import annotations

import pytest

from shaped_books import ROSTER
from sis_connect.grades.findings import problem_rule
from sis_connect.grades.permission import Sender, SenderRole, may_send

TOVE = Sender(SenderRole.TEACHER, "tove")
ADMINISTRATOR = Sender(SenderRole.ADMINISTRATOR, "tove")


def test_a_teacher_may_send_for_classes_they_teach_and_no_other() -> None:
    assert may_send(TOVE, "algebra", ROSTER).is_allowed
    answer = may_send(TOVE, "honors", ROSTER)
    assert (answer.is_allowed, answer.code) == (False, "grades.not_your_class")
    assert answer.reason == problem_rule("grades.not_your_class").title


def test_a_student_of_the_class_is_no_teacher_of_it() -> None:
    assert not may_send(Sender(SenderRole.TEACHER, "ada"), "algebra", ROSTER).is_allowed


@pytest.mark.parametrize("key", ["algebra", "honors"])
def test_an_administrator_may_send_for_any_class_of_the_district(key: str) -> None:
    answer = may_send(ADMINISTRATOR, key, ROSTER)
    assert (answer.is_allowed, answer.code) == (True, None)
    assert answer.reason


@pytest.mark.parametrize("sender", [TOVE, ADMINISTRATOR])
def test_nobody_may_send_for_a_class_that_the_roster_does_not_have(sender: Sender) -> None:
    answer = may_send(sender, "elsewhere", ROSTER)
    assert (answer.is_allowed, answer.code) == (False, "grades.no_such_class")
