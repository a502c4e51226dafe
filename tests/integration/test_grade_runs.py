"""Runs of grades from end to end: what teachers do in the LMS, what the SIS has then, and what is told about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from graded_school import ADMINISTRATOR, CATEGORIES, EVERYTHING, WHOLE, School
from sis_connect.errors import PlanError
from sis_connect.grades.manners import Winner
from sis_connect.grades.permission import Sender, SenderRole
from sis_connect.grades.plan import BRAKE_RESULTS, CHANGED_IN_SIS, WITHDRAWAL, GradePlan
from sis_connect.grades.receipts import ReceiptState
from sis_connect.grades.rules import BrakeRules, GradeRules, ScheduleRules
from sis_connect.runs.grade_reading import Looked
from sis_connect.sync.shape.rules import DistrictRules, People

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.grades.wanted import Problem

STUDENTS = ("ada", "bo", "cy", "dee", "eli")
TESS = Sender(SenderRole.TEACHER, "tess")
TOM = Sender(SenderRole.TEACHER, "tom")


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


def grade_all(school: School, title: str = "Quiz", points: str = "8", key: str = "algebra") -> str:
    book = school.book(key)
    item = book.add_work(title)
    for student in STUDENTS:
        book.grade(item, student, points)
    return item


def codes(problems: tuple[Problem, ...]) -> set[str]:
    return {problem.code for problem in problems}


def audited(school: School) -> list[tuple[str, str]]:
    return [(entry.who, entry.act) for entry in school.grades.audit.entries()]


def test_one_changed_grade_is_one_write_and_none_is_none_at_little_cost(school: School) -> None:
    item = grade_all(school)
    assert school.send().states == {"confirmed": 5}
    assert school.written() == {"categories": 1, "lineItems": 1, "results": 5}

    school.wait(hours=1)
    school.book().grade(item, "bo", "9.5")
    assert school.send().results == 1
    assert school.written() == {"results": 1}
    assert school.scores()["Quiz", "bo"] == "9.5"
    school.source.asked.clear()
    assert isinstance(school.grades.send(EVERYTHING), GradePlan)
    assert school.written() == {}
    assert sorted(key for key, since in school.source.asked if since is not None) == ["algebra", "choir", "geometry"]


def test_cleared_and_deleted_grades_wait_for_a_person_and_are_taken_back_then(school: School) -> None:
    quiz, test = grade_all(school), grade_all(school, "Test")
    school.send()
    school.written()
    school.book().grade(quiz, "ada")
    school.book().remove_item(test)

    assert isinstance(school.grades.send(WHOLE), GradePlan)
    plan = school.plan(WHOLE)
    assert {change.held for change in plan.changes} == {WITHDRAWAL}
    assert len(plan.results) == 6
    assert school.written() == {}
    school.grades.approve(plan.digest, by="head", because="seen", cause=WITHDRAWAL, class_key=None)
    report = school.grades.send(EVERYTHING, plan.digest)
    assert not isinstance(report, GradePlan)
    assert report.states == {"withdrawn": 6}
    assert school.scores() == {("Quiz", student): "8" for student in STUDENTS if student != "ada"}
    assert ("head", "grades.approve") in audited(school)
    assert school.plan(WHOLE).is_empty()


@pytest.mark.parametrize("winner", Winner)
def test_a_grade_that_the_sis_changed_is_shown_and_not_fought_over(school: School, winner: Winner) -> None:
    """It stands until the teacher changes it in the LMS, too; then the rules say whose stands."""
    school.rules = GradeRules(categories=CATEGORIES, winner="lms" if winner is Winner.LMS else "sis")
    item = grade_all(school)
    school.send()
    school.sis.edit("bo", "3")
    assert isinstance(school.grades.send(WHOLE), GradePlan)
    receipt = school.receipt(item, "bo")
    assert receipt.state is ReceiptState.CHANGED_IN_SIS
    assert receipt.held is not None
    assert receipt.held.score == "3"

    school.wait(hours=1)
    school.book().grade(item, "bo", "10")
    plan = school.plan()
    assert [change.held for change in plan.changes] == [CHANGED_IN_SIS if winner is Winner.SIS else None]
    school.grades.send(EVERYTHING, plan.digest)
    assert school.scores()["Quiz", "bo"] == ("3" if winner is Winner.SIS else "10")


def test_a_teacher_sends_own_classes_alone_whoever_made_the_plan(school: School) -> None:
    grade_all(school)
    choir = school.book("choir")
    choir.grade(choir.add_work("Song"), "fay", "5")
    with pytest.raises(PlanError, match="only the grades of classes they teach"):
        school.plan(Looked(TESS, classes=("choir",)))
    everybodys = school.plan()
    with pytest.raises(PlanError, match="only the grades of classes they teach"):
        school.grades.send(Looked(TESS), everybodys.digest)
    assert school.written() == {}

    assert set(school.send(Looked(TESS)).states) == {"confirmed"}
    assert {item for item, _ in school.scores()} == {"Quiz"}
    assert ("tess", "grades.sent") in audited(school)


def test_a_teacher_does_not_finish_what_was_begun_for_classes_of_others(school: School) -> None:
    grade_all(school)
    choir = school.book("choir")
    choir.grade(choir.add_work("Song"), "fay", "5")
    plan = school.plan()
    school.grades.ledger.begin_run("killed", plan, plan.allowed(), school.now)
    with pytest.raises(PlanError, match="only the grades of classes they teach"):
        school.grades.send(Looked(TESS))
    assert school.written() == {}
    school.grades.send(EVERYTHING)
    assert len(school.scores()) == 6
    assert ("head", "grades.resume") in audited(school)


def test_an_account_of_two_students_in_one_class_gives_its_grade_to_neither(school: School) -> None:
    by_identifier = DistrictRules(people=People(match_by="identifier"))
    school.runner.settings = replace(school.runner.settings, rules=by_identifier)
    school.roster.user("ada-b", givenName="Ada", familyName="Adason", identifier="n-ada")
    school.roster.enroll("ada-b", "algebra")
    school.sync()
    grade_all(school)
    report = school.send()
    assert report.results == len(STUDENTS) - 1
    assert "ada" not in {student for _, student in school.scores()}
    doubted = {one.student_sourced_id for one in school.plan().problems if one.code == "grades.account_of_two"}
    assert doubted == {"ada", "ada-b"}


def test_a_student_of_the_sister_class_has_the_result_in_the_sister_class(school: School) -> None:
    school.roster.class_("algebra-2")
    school.roster.enroll("tess", "algebra-2", "teacher", primary="true")
    school.roster.user("zoe")
    school.roster.enroll("zoe", "algebra-2")
    school.sync()
    item = grade_all(school)
    school.book().grade(item, "zoe", "7")
    report = school.send()
    assert report.line_items == 2
    assert report.states == {"confirmed": 6}
    of_class = {row["sourced_id"]: row["class_sourced_id"] for row in school.sis.rows["lineItems"].values()}
    zoes = [row for row in school.sis.rows["results"].values() if row["student_sourced_id"] == "zoe"]
    assert [of_class[row["line_item_sourced_id"]] for row in zoes] == ["algebra-2"]


def test_far_more_than_usual_waits_for_a_person(school: School) -> None:
    school.rules = GradeRules(
        categories=CATEGORIES, brake=BrakeRules(line_items=3, results_per_student=1, times_usual=2)
    )
    for evening in range(3):
        school.wait(days=1)
        grade_all(school, f"Quiz {evening}")
        school.send()
    school.wait(days=1)
    for number in range(3):
        grade_all(school, f"Copied {number}")
    plan = school.plan()
    assert {change.held for change in plan.results} == {BRAKE_RESULTS}
    assert any("usual is 5" in str(hold) for hold in plan.holds)
    school.grades.send(EVERYTHING)
    assert len(school.scores()) == 15


def test_nothing_is_written_into_a_locked_term_not_even_by_a_plan_of_before(school: School) -> None:
    item = grade_all(school)
    school.send()
    school.book().grade(item, "ada", "2")
    before = school.plan(WHOLE)
    school.written()
    school.rules = GradeRules(categories=CATEGORIES, locked_sessions=("fall",))
    with pytest.raises(PlanError, match="locked"):
        school.grades.send(EVERYTHING, before.digest)
    school.book().remove_item(item)
    for _ in range(2):
        plan = school.grades.send(WHOLE)
        assert isinstance(plan, GradePlan)
        assert not [*plan.changes]
        assert codes(plan.problems) == {"grades.session_locked"}
    assert school.written() == {}


def test_an_item_that_is_moved_out_of_a_locked_term_stays_in_it_in_the_sis(school: School) -> None:
    item = grade_all(school, key="geometry")
    book = school.book("geometry")
    book.items[item] = replace(book.items[item], due_date=date(2026, 10, 10))
    school.send()
    school.written()
    school.rules = GradeRules(categories=CATEGORIES, locked_sessions=("fall",))
    book.items[item] = replace(book.items[item], due_date=date(2027, 2, 10))
    assert codes(school.plan(WHOLE).problems) >= {"grades.session_locked"}
    assert isinstance(school.grades.send(WHOLE), GradePlan)
    assert school.written() == {}


def test_a_renamed_item_stays_the_same_line_item(school: School) -> None:
    item = grade_all(school)
    school.send()
    school.written()
    book = school.book()
    book.items[item] = replace(book.items[item], title="Quiz, corrected")
    school.send()
    assert school.written() == {"lineItems": 1}
    assert len(school.sis.rows["lineItems"]) == 1
    assert {title for title, _ in school.scores()} == {"Quiz, corrected"}


@pytest.mark.parametrize("student", ["bo", "eli"])
def test_who_left_the_class_keeps_what_was_sent(school: School, student: str) -> None:
    """Also who is in another class of the same course, which may be linked: nothing is there twice."""
    grade_all(school)
    school.send()
    school.written()
    school.roster.drop("enrollments", f"algebra.{student}.student")
    school.sync()
    plan = school.grades.send(WHOLE)
    assert isinstance(plan, GradePlan)
    assert not [*plan.changes]
    assert school.written() == {}
    assert school.scores()["Quiz", student] == "8"


def test_of_an_interrupted_run_nothing_goes_into_a_term_that_was_locked_since(school: School) -> None:
    grade_all(school)
    plan = school.plan()
    school.grades.ledger.begin_run("killed", plan, plan.allowed(), school.now)
    school.rules = GradeRules(categories=CATEGORIES, locked_sessions=("fall",))
    assert isinstance(school.grades.send(EVERYTHING), GradePlan)
    assert school.written() == {}
    assert school.grades.ledger.open_run() is None


@pytest.mark.parametrize("takes_grades_along", [True, False])
def test_a_student_with_a_new_number_has_each_grade_once(school: School, takes_grades_along: bool) -> None:
    item = grade_all(school)
    school.send()
    school.written()
    row = school.roster.rows["users"].pop("bo")
    school.roster.rows["users"]["bo-2"] = row | {"sourcedId": "bo-2"}
    for enrollment in school.roster.rows["enrollments"].values():
        if enrollment["userSourcedId"] == "bo":
            enrollment["userSourcedId"] = "bo-2"
    if takes_grades_along:
        for result in school.sis.rows["results"].values():
            if result["student_sourced_id"] == "bo":
                result["student_sourced_id"] = "bo-2"
    school.sync()
    school.wait(hours=1)
    school.send()

    assert school.written() == ({} if takes_grades_along else {"results": 1})
    assert school.scores() == {("Quiz", student): "8" for student in ("ada", "bo-2", "cy", "dee", "eli")}
    assert school.receipt(item, "bo-2").state is ReceiptState.CONFIRMED
    assert ("head", "grades.renumbered") in audited(school)
    assert isinstance(school.grades.send(WHOLE), GradePlan)
    assert [act for _, act in audited(school)].count("grades.renumbered") == 1


@pytest.mark.parametrize("takes_grades_along", [True, False])
def test_a_class_with_a_new_number_has_each_grade_once(school: School, takes_grades_along: bool) -> None:
    item = grade_all(school)
    school.send()
    school.written()
    rows = school.roster.rows
    rows["classes"]["alg-2"] = rows["classes"].pop("algebra") | {"sourcedId": "alg-2"}
    for enrollment in rows["enrollments"].values():
        if enrollment["classSourcedId"] == "algebra":
            enrollment["classSourcedId"] = "alg-2"
    if takes_grades_along:
        for line_item in school.sis.rows["lineItems"].values():
            line_item["class_sourced_id"] = "alg-2"
    school.source.classes["alg-2"] = school.source.classes["algebra"]
    school.sync()
    school.send()

    assert school.written() == ({} if takes_grades_along else {"lineItems": 1})
    assert school.scores() == {("Quiz", student): "8" for student in STUDENTS}
    assert {row["class_sourced_id"] for row in school.sis.rows["lineItems"].values()} == {"alg-2"}
    assert school.receipt(item, "bo", "alg-2").state is ReceiptState.CONFIRMED
    assert isinstance(school.grades.send(WHOLE), GradePlan)


def test_a_sis_at_another_address_is_given_what_it_does_not_have_and_only_that(school: School) -> None:
    item = grade_all(school)
    school.send()
    school.written()
    school.address = "https://moved.district.example"
    school.send()
    assert school.written() == {}

    school.address = "https://other-sis.example"
    for rows in school.sis.rows.values():
        rows.clear()
    school.send()
    assert school.written() == {"categories": 1, "lineItems": 1, "results": 5}
    assert school.receipt(item, "bo").state is ReceiptState.CONFIRMED


def test_when_the_year_is_over_what_was_sent_stays_and_nothing_more_is(school: School) -> None:
    grade_all(school)
    school.send()
    school.written()
    sent = school.scores()
    for entity in ("classes", "enrollments"):
        school.roster.rows[entity] = {
            key: row
            for key, row in school.roster.rows[entity].items()
            if "algebra" not in (key, row.get("classSourcedId"))
        }
    school.sync()
    plan = school.grades.send(WHOLE)
    assert isinstance(plan, GradePlan)
    assert "algebra" not in plan.classes
    assert school.scores() == sent
    assert school.written() == {}


def test_a_class_that_cannot_be_read_leaves_the_others(school: School) -> None:
    item = grade_all(school)
    school.send()
    school.written()
    school.book().grade(item, "ada", "1")
    school.book().forbid()
    geometry = school.book("geometry")
    geometry.grade(geometry.add_work("Proof"), "ada", "6")
    report = school.send(WHOLE)
    assert report.results == 1
    assert school.scores()["Proof", "ada"] == "6"
    assert school.scores()["Quiz", "ada"] == "8"
    assert codes(school.grades.ledger.problems("algebra")) == {"grades.class_unreadable"}


def test_the_schedule_looks_at_a_class_when_it_is_time_or_when_there_is_a_hint(school: School) -> None:
    school.rules = GradeRules(categories=CATEGORIES, schedule=ScheduleRules(mode="minutes", minutes=60))
    due = Looked(ADMINISTRATOR, is_due_only=True)
    item = grade_all(school)
    school.send(due)
    school.source.asked.clear()
    school.wait(minutes=10)
    school.book().grade(item, "ada", "9")
    assert isinstance(school.grades.send(due), GradePlan)
    assert school.source.asked == []
    school.grades.memory.hint(["algebra", "no such class"])
    assert school.send(due).results == 1
    assert [key for key, _ in school.source.asked] == ["algebra"]
    school.wait(minutes=60)
    school.grades.send(due)
    assert len(school.source.asked) == 4
