"""Grade books full of what no teacher would write, and SISs that answer with what was not asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from grade_sis import FakeSis, Habits
from graded_school import CATEGORIES, EVERYTHING, WHOLE, School
from sis_connect.grades.plan import GradePlan
from sis_connect.grades.receipts import ReceiptState
from sis_connect.grades.rules import GradeRules
from sis_connect.grades.target import WriteOutcome, WriteState
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.grades.target import Row
    from sis_connect.oneroster.gradebook_records import Record
    from sis_connect.oneroster.model import Entity

STUDENTS = ("ada", "bo", "cy", "dee", "eli")
TEXTS = (
    "<script>alert('x')</script><b>Quiz</b> \x00\x07\x1b[2J",
    "\u202egnidaer\u202c \U0001f469\u200d\U0001f52c e\u0301",
    "'; DROP TABLE grade_results; --",
    "<!--" * 20_000 + "&#x" * 20_000,
    "x" * 200_000,
    "a/b?c#d%2e\r\nSet-Cookie: y",
)
SCORES = ("NaN", "sNaN", "Infinity", "-Infinity", "-0", "-1E-400", "1E+400", "1E-400", "0." + "3" * 500, "1e3")
DAYS = (date.min, date.max, date(2026, 2, 28), None)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> School:
    school = School(tmp_path_factory.mktemp("begun"))
    school.runner.database.close()
    return school


@pytest.fixture
def school(tmp_path: Path, begun: School) -> Iterator[School]:
    school = School(tmp_path, begun)
    yield school
    school.runner.database.close()


def grade_all(school: School, title: str = "Quiz") -> str:
    book = school.book()
    item = book.add_work(title)
    for points, student in enumerate(STUDENTS, 5):
        book.grade(item, student, str(points))
    return item


def test_whatever_a_grade_book_holds_each_grade_arrives_or_is_told_of(school: School) -> None:
    """Nothing of it is markup, breaks a line or becomes a zero; sending it again writes nothing."""
    book = school.book()
    for number, (text, day) in enumerate((text, day) for text in TEXTS for day in DAYS):
        item = book.add_work(text)
        book.items[item] = replace(book.items[item], due_date=day)
        for place, student in enumerate(STUDENTS):
            book.grade(item, student, "1", comment=text)
            score = Decimal(SCORES[(number + place) % len(SCORES)])
            book.grades[item, student] = replace(book.grades[item, student], score=score)
    school.rules = GradeRules(categories=CATEGORIES, long_titles="shorten")
    school.manners = replace(school.manners, title_length=40, comment_length=255, unique_titles=True)
    plan = school.plan()
    school.grades.send(EVERYTHING, plan.digest)

    results, items = school.sis.rows["results"].values(), school.sis.rows["lineItems"].values()
    told = {(one.item_lms_id, one.student_sourced_id) for one in plan.problems}
    wanted = {(one.item_lms_id, one.student_sourced_id) for one in plan.results}
    assert all(key in wanted or key in told or (key[0], None) in told for key in _grades(school))
    assert len(results) == len(wanted)
    assert all((row["score"] or "").replace(".", "").isdecimal() for row in results)
    assert not [row for row in results if row["score"] == "0" and Decimal(_scored(school, row)) != 0]
    comments = [row["comment"] or "" for row in results]
    assert not [text for text in comments if "<script" in text or len(text) > 255]
    assert all(text.isprintable() for text in (*comments, *(row["title"] or "" for row in items)))
    titles = [row["title"] for row in items]
    assert len(set(titles)) == len(titles)
    assert school.plan(WHOLE).is_empty()


def _grades(school: School) -> list[tuple[str, str]]:
    accounts = {school.book().account(student): student for student in STUDENTS}
    return [(one.item_lms_id, accounts[one.account_lms_id]) for one in school.book().grades.values()]


def _scored(school: School, row: Row) -> str:
    receipts = school.grades.ledger.receipts.results("algebra").values()
    receipt = next(one for one in receipts if one.sourced_id == row["sourced_id"])
    score = school.book().grades[receipt.item_lms_id, receipt.student_sourced_id].score
    return f"{score:f}"


@dataclass
class ConfusedSis(FakeSis):
    """Says, whatever record was meant, that it is the first student's."""

    answers_puts: bool = False
    answers_finds: bool = False

    def put(self, record: Record) -> WriteOutcome:
        outcome = super().put(record)
        first = next(iter(self.rows["results"]), None)
        is_result = record.entity.name == "results" and outcome.state is WriteState.WRITTEN
        return replace(outcome, sourced_id=first) if is_result and self.answers_puts and first else outcome

    def find(self, entity: Entity, sourced_id: str) -> Row | None:
        row = super().find(entity, sourced_id)
        if entity.name != "results" or not self.answers_finds:
            return row
        return dict(next(iter(self.rows["results"].values()))) if self.rows["results"] else None


@pytest.mark.parametrize("lists_results", [True, False])
@pytest.mark.parametrize("lies", ["answers_puts", "answers_finds"])
def test_a_sis_that_answers_with_another_students_result_gives_nobody_anothers_grade(
    school: School, lies: str, lists_results: bool
) -> None:
    sis = ConfusedSis(Habits(lists_results=lists_results, loses_after={"cy"}))
    school.sis = sis
    setattr(sis, lies, True)
    item = grade_all(school)
    school.send()
    sis.habits.loses_after = set()
    for _ in range(2):
        school.wait(hours=1)
        school.book().grade(item, "bo", "9.5")
        plan = school.grades.plan(WHOLE, retry_refused=True)
        school.grades.send(EVERYTHING, plan.digest)
    held = {student: score for (_, student), score in school.scores().items()}
    given = {"ada": "5", "bo": "9.5", "cy": "7", "dee": "8", "eli": "9"}
    assert all(held[student] == score for student, score in given.items() if student in held)
    for receipt in school.grades.ledger.receipts.results("algebra").values():
        if receipt.state is ReceiptState.CONFIRMED:
            assert held[receipt.student_sourced_id] == given[receipt.student_sourced_id]
    setattr(sis, lies, False)
    sis.habits.lists_results = True
    school.grades.send(EVERYTHING, school.grades.plan(WHOLE, retry_refused=True).digest)
    assert {student: score for (_, student), score in school.scores().items()} == given


def test_nothing_that_is_shown_or_logged_holds_a_grade_a_comment_or_a_name(
    school: School, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    book = school.book()
    item = book.add_work("Quiz")
    book.grade(item, "ada", "7.125", comment="Adason, see me")
    report = school.send()
    plan = school.grades.find_plan()
    grades = school.grades
    receipts = grades.ledger.receipts.results("algebra")
    entries = [(one.who, one.act, one.subject, one.detail) for one in grades.audit.entries()]
    section = grades.sections.find(school.lms.ids[Kind.CLASSES]["algebra",])
    shown = repr((report, plan, [*receipts.values()], entries, book.grades, section)) + caplog.text
    assert "7.125" not in shown
    assert "Adason" not in shown
    assert "ada@" not in shown
    assert isinstance(plan, GradePlan)
