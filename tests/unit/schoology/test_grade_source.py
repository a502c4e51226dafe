"""What a section answers that no well-behaved sandbox gives: whose grades they are, what is known, what is at fault."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import httpx2
import pytest

from graded_classes import a_class
from schoology_side import KEY_AND_SECRET
from sis_connect.errors import Remedy, UnauthorisedError
from sis_connect.grades.merge import merge_books
from sis_connect.grades.observed import Exemption, LeftOut, ScaleKind
from sis_connect.grades.source import ClassUnreadableError
from sis_connect.schoology.connection import SchoologySettings, open_grade_source
from sis_connect.schoology.grade_records import GradeReading
from sis_connect.schoology.grade_source import accounts_of
from sis_connect.schoology.records import Member
from sis_connect.transport.client import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.grades.observed import GradeBook
    from sis_connect.schoology.grade_source import SchoologyGradeSource
    from sis_connect.schoology.records import Row

CLASS = a_class("class-1", "9")


def an_item(id_: int = 1, **fields: object) -> Row:
    return {"id": id_, "title": f"Quiz {id_}", "max_points": "20", **fields}


def a_grade(enrollment: int = 11, item: int = 1, grade: object = 5, at: int = 1000, **fields: object) -> Row:
    return {"enrollment_id": enrollment, "assignment_id": item, "grade": grade, "timestamp": at, **fields}


def a_member(id_: int = 11, uid: int = 101, **fields: object) -> Row:
    return {"id": id_, "uid": uid, "school_uid": f"s-{uid}", "admin": 0, "status": "1", **fields}


@dataclass
class Answers:
    """What a section answers to each list, a number being a status; and what it was asked."""

    grades: list[Row] = field(default_factory=list)
    items: object = field(default_factory=lambda: {"assignment": [an_item()], "total": 1})
    members: list[Row] = field(default_factory=lambda: [a_member()])
    more: dict[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    #: Seconds of the polls for grades; None for everything.
    polled: list[str | None] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        name = request.url.path.removeprefix("/v1/sections/9").strip("/")
        self.asked.append(name)
        if name == "grades":
            self.polled.append(request.url.params.get("timestamp"))
        replies = {
            "grades": {"grades": {"grade": self.grades}, "links": {"self": "https://api.example"}},
            "grade_items": self.items,
            "enrollments": {"enrollment": self.members, "total": len(self.members)},
            "grading_categories": {"grading_category": []},
            "grading_periods": {"grading_period": []},
            "grading_scales": {"grading_scale": []},
            **self.more,
        }
        reply = replies[name]
        if isinstance(reply, bytes):
            return httpx2.Response(200, content=reply)
        return httpx2.Response(reply) if isinstance(reply, int) else httpx2.Response(200, json=reply)


@contextmanager
def a_source(answers: Answers, reading: GradeReading | None) -> Iterator[SchoologyGradeSource]:
    around = Surroundings(wire=httpx2.MockTransport(answers))
    with open_grade_source(SchoologySettings(KEY_AND_SECRET), reading, around) as source:
        yield source


def read(
    answers: Answers, since: int | None = None, known: GradeBook | None = None, reading: GradeReading | None = None
) -> GradeBook:
    answers.asked.clear()
    with a_source(answers, reading) as source:
        return source.read(CLASS, since, known)


def owners(book: GradeBook) -> list[str]:
    return [grade.account_lms_id for grade in book.grades]


def test_grades_of_enrollments_that_are_gone_are_counted_and_nobodys() -> None:
    book = read(Answers([a_grade(), a_grade(12, at=2000), a_grade(13)]))
    assert owners(book) == ["101"]
    assert book.left_out == LeftOut(of_the_gone=2)
    assert book.cursor == 2000


def test_an_archived_member_still_owns_the_grades() -> None:
    assert owners(read(Answers([a_grade()], members=[a_member(status="5")]))) == ["101"]


def test_of_two_enrollments_of_one_account_the_present_one_owns_and_else_the_latest() -> None:
    def member(id_: int, *, is_archived: bool) -> Member:
        return Member.parse(a_member(id_, status="5" if is_archived else "1"))

    assert accounts_of([member(9, is_archived=False), member(11, is_archived=True)]) == {"9": "101"}
    assert accounts_of([member(9, is_archived=True), member(11, is_archived=True)]) == {"11": "101"}
    assert accounts_of([Member.parse(a_member(uid=0) | {"uid": ""})]) == {}
    book = read(Answers([a_grade(9), a_grade(11)], members=[a_member(9, status="5"), a_member(11)]))
    assert (len(book.grades), book.left_out.of_the_gone) == (1, 1)


def test_midterms_finals_and_their_grades_are_left_out_and_counted() -> None:
    items = {"assignment": [an_item(), an_item(2, is_final="1")], "total": 2}
    book = read(Answers([a_grade(), a_grade(item=2), a_grade(item=3, is_final=1)], items))
    assert [item.lms_id for item in book.items] == ["1"]
    assert [grade.item_lms_id for grade in book.grades] == ["1"]
    assert book.left_out == LeftOut(finals=2)


def test_grades_of_items_that_are_not_listed_are_left_out_and_counted() -> None:
    book = read(Answers([a_grade(item=7)]))
    assert (book.grades, book.left_out) == ((), LeftOut(of_unlisted_items=1))


@pytest.mark.parametrize("not_offered", [403, 404, {"id": "9", "section_title": "Algebra I - 1"}])
def test_where_not_everything_graded_may_be_listed_the_assignments_are(not_offered: object) -> None:
    answers = Answers([a_grade()], not_offered, more={"assignments": {"assignment": an_item(), "total": "1"}})
    book = read(answers)
    assert [item.lms_id for item in book.items] == ["1"]
    assert answers.asked.count("assignments") == 1


@pytest.mark.parametrize("unreadable", [b"{", b"[]", b"<html>"])
def test_a_list_that_cannot_be_read_is_never_replaced_by_a_shorter_one(unreadable: bytes) -> None:
    with pytest.raises(ClassUnreadableError) as caught:
        read(Answers(items=unreadable))
    assert caught.value.remedy is Remedy.REPORT


@pytest.mark.parametrize(("status", "remedy"), [(403, Remedy.RECONFIGURE), (404, Remedy.RETRY), (410, Remedy.REPORT)])
def test_a_section_that_is_refused_is_a_problem_of_its_class(status: int, remedy: Remedy) -> None:
    with pytest.raises(ClassUnreadableError, match="class-1") as caught:
        read(Answers(more={"grades": status}))
    assert (caught.value.remedy, bool(caught.value.fix)) == (remedy, True)


def test_a_key_that_is_not_accepted_is_a_problem_of_all() -> None:
    with pytest.raises(UnauthorisedError):
        read(Answers(more={"grades": 401}))
    with pytest.raises(UnauthorisedError):
        read(Answers(items=401))


def test_a_poll_asks_from_a_while_before_the_cursor_and_the_cursor_never_goes_back() -> None:
    """By the service's own clock: a grade may come to be seen after one that was made later."""
    answers = Answers([a_grade(at=1000)])
    assert read(answers, 5000).cursor == 5000
    assert read(answers, 900).cursor == 1000
    assert read(answers, 900, reading=GradeReading(overlap_seconds=0)).cursor == 1000
    assert read(answers, 200).cursor == 1000
    assert read(answers).cursor == 1000
    assert answers.polled == ["4700", "600", "900", None, None]


def test_known_words_are_not_given_again_and_nobody_is_looked_up_for_them() -> None:
    answers = Answers([a_grade(comment="Good"), a_grade(12, exception=3, grade=None)])
    answers.members.append(a_member(12, 102))
    known = read(answers)
    told = read(answers, known.cursor, known)
    assert told.grades == ()
    assert answers.asked == ["grades", "grade_items"]
    assert len(merge_books(known, told).grades) == 2


def test_the_same_words_for_one_more_student_are_news() -> None:
    answers = Answers([a_grade()], members=[a_member(), a_member(12, 102)])
    known = read(answers)
    answers.grades = [a_grade(12), a_grade()]
    assert set(owners(read(answers, known.cursor, known))) == {"101", "102"}


@pytest.mark.parametrize("news", [{"grade": 6}, {"timestamp": 1001}, {"comment": "Good"}, {"exception": 1}])
def test_any_other_word_is_news(news: Row) -> None:
    answers = Answers([a_grade()])
    known = read(answers)
    answers.grades = [a_grade() | news]
    assert len(read(answers, known.cursor, known).grades) == 1


def test_a_cleared_grade_that_a_poll_tells_of_holds_nothing() -> None:
    answers = Answers([a_grade()])
    known = read(answers)
    answers.grades = [a_grade(grade=None, at=2000)]
    [grade] = merge_books(known, read(answers, known.cursor, known)).grades
    assert (grade.score, grade.exemption, grade.changed_at) == (None, None, 2000)


LETTERS = {"id": 4, "type": 1, "scale": {"level": [{"grade": "F", "cutoff": 0}, {"grade": "A", "cutoff": 90}]}}


def test_scales_are_asked_for_when_an_item_gets_one_or_a_grade_with_levels_is_new() -> None:
    answers = Answers([a_grade()], more={"grading_scales": {"grading_scale": LETTERS}})
    plain = read(answers)
    assert "grading_scales" not in answers.asked

    answers.items = {"assignment": [an_item(grading_scale="4")], "total": 1}
    known = read(answers, plain.cursor, plain)
    assert "grading_scales" in answers.asked
    assert known.items[0].scale is ScaleKind.LEVELS

    told = read(answers, known.cursor, merge_books(plain, known))
    assert answers.asked == ["grades", "grade_items"]
    assert told.items == known.items

    answers.grades = [a_grade(grade=19, at=2000)]
    [grade] = read(answers, known.cursor, merge_books(plain, known)).grades
    assert (grade.score, grade.level) == (Decimal(19), "A")


def test_an_item_of_a_scale_that_is_not_listed_has_levels_without_names() -> None:
    answers = Answers([a_grade()], {"assignment": [an_item(grading_scale="77")], "total": 1})
    book = read(answers)
    assert (book.items[0].scale, book.grades[0].level, book.grades[0].exemption) == (ScaleKind.LEVELS, None, None)


def test_categories_and_periods_are_asked_for_when_an_item_names_one_that_is_not_known() -> None:
    lists: dict[str, object] = {
        "grading_categories": {"grading_category": [{"id": 5, "title": "Homework"}]},
        "grading_periods": {"grading_period": {"id": 6, "title": "Fall"}},
    }
    answers = Answers(more=lists)
    known = read(answers)
    assert ([one.lms_id for one in known.categories], [one.lms_id for one in known.periods]) == (["5"], ["6"])

    answers.items = {"assignment": [an_item(grading_category="5", grading_period="6")], "total": 1}
    read(answers, 0, known)
    assert answers.asked == ["grades", "grade_items"]

    answers.items = {"assignment": [an_item(grading_category="8", grading_period="9")], "total": 1}
    told = read(answers, 0, known)
    assert answers.asked == ["grades", "grade_items", "grading_categories", "grading_periods"]
    assert told.categories == known.categories


def test_a_letter_that_no_scale_knows_waits_for_somebody() -> None:
    [grade] = read(Answers([a_grade(grade="A")])).grades
    assert (grade.score, grade.exemption) == (None, Exemption.OTHER)
