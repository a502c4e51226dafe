"""What the grade book of a section comes to in the SIS, and what of it is told instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from shaped_books import (
    ALGEBRA,
    FALL,
    HONORS,
    MANNERS,
    ROSTER,
    SIS,
    TODAY,
    ZONE,
    a_book,
    a_grade,
    an_item,
    codes,
    shaped,
)
from sis_connect.grades.findings import RULES
from sis_connect.grades.ids import category_id, line_item_id, result_id
from sis_connect.grades.manners import Categories, Manners
from sis_connect.grades.observed import Exemption
from sis_connect.grades.receipts import LineItemReceipt, Receipt, ReceiptState
from sis_connect.grades.rules import CategoryRules, ExceptionRules, GradeRules
from sis_connect.grades.shape import shape_book
from sis_connect.grades.wanted import Problem, WantedLineItem, WantedResult
from sis_connect.oneroster.gradebook_records import Category, LineItem, Result, ScoreStatus

if TYPE_CHECKING:
    from sis_connect.grades.observed import Item
    from sis_connect.grades.roster import Roster
    from sis_connect.grades.target import Row

LONG = "Photosynthesis and respiration, lab report part 1"
CREATING = GradeRules(categories=CategoryRules(create=True))


def a_line_item_receipt(item: str = "100", class_: str = "algebra", **parts: Any) -> LineItemReceipt:
    return LineItemReceipt(class_, item, "chosen-once", "given-out", ReceiptState.CONFIRMED, **parts)


def a_receipt(student: str = "ada", item: str = "100", class_: str = "algebra") -> Receipt:
    return Receipt(class_, item, student, "sent-once", "given-out", ReceiptState.CONFIRMED)


def with_account(account: str, *students: str) -> Roster:
    return replace(ROSTER, students_of_account={**ROSTER.students_of_account, account: students})


def test_an_item_is_a_line_item_and_a_grade_a_result() -> None:
    wanted = shaped(a_book(a_grade(comment="<b>Well</b> done")))
    item_id = line_item_id("algebra", "100")
    line_item = LineItem(
        sourced_id=item_id,
        title="Quiz 1",
        assign_date=date(2026, 9, 15),
        due_date=date(2026, 9, 15),
        class_sourced_id="algebra",
        category_sourced_id="c-hw",
        grading_period_sourced_id="q1",
        result_value_max=Decimal(20),
    )
    result = Result(
        sourced_id=result_id("algebra", "100", "ada"),
        line_item_sourced_id=item_id,
        student_sourced_id="ada",
        score=Decimal("17.5"),
        score_date=date(2026, 10, 1),
        comment="Well done",
    )
    assert wanted.line_items == (WantedLineItem("100", line_item),)
    assert wanted.results == (WantedResult("100", a_grade().changed_at, result),)
    assert (wanted.categories, wanted.problems, wanted.unsendable) == ((), (), frozenset())


def test_whatever_comes_first_goes_in_one_order() -> None:
    grades = (a_grade("2"), a_grade("1"), a_grade("3"))
    students = [one.record.student_sourced_id for one in shaped(a_book(*grades)).results]
    assert students == ["ada", "ben", "cem"]


def test_an_item_is_there_before_its_first_grade() -> None:
    assert [one.item_lms_id for one in shaped(a_book()).line_items] == ["100"]


def test_ids_fit_anywhere_and_are_of_the_class_too() -> None:
    ids = {line_item_id("algebra", "100"), line_item_id("honors", "100"), result_id("algebra", "100", "ada")}
    assert len(ids) == 3
    assert {len(one) for one in ids} == {36}
    # Permanent: these ids stand in the SISs of districts.
    assert line_item_id("algebra", "100") == "ed5957ec-ae53-56e8-82c1-40d646ea47b7"


def test_a_grade_without_a_moment_is_of_today() -> None:
    days = [shaped(a_book(a_grade(changed_at=at))).results[0].record.score_date for at in (0, 10**15)]
    assert days == [TODAY, TODAY]


def test_a_cleared_grade_is_neither_wanted_nor_kept() -> None:
    """So the plan takes it for what it is: gone."""
    wanted = shaped(a_book(a_grade(score=None)), sis=replace(SIS, results=(a_receipt(),)))
    assert (wanted.results, wanted.problems, wanted.unsendable) == ((), (), frozenset())


def test_a_comment_without_a_score_is_told() -> None:
    book = a_book(a_grade(score=None, comment="See me"))
    assert codes(shaped(book)) == ["comment_alone"]
    assert codes(shaped(book, rules=GradeRules(comments="never"))) == []


def test_what_waits_for_a_grade_is_not_taken_for_cleared() -> None:
    wanted = shaped(a_book(a_grade(score=None, exemption=Exemption.SUBMITTED)))
    assert (wanted.results, wanted.problems) == ((), ())
    assert wanted.unsendable == {("100", "ada")}


def test_an_excused_score_is_told_where_nothing_is_known_of_the_sis() -> None:
    wanted = shaped(a_book(a_grade(score=None, exemption=Exemption.EXCUSED)))
    assert wanted.problems == (Problem("grades.excused_undecided", "algebra", "100", "ada"),)
    assert wanted.unsendable == {("100", "ada")}


# -- whole classes


@pytest.mark.parametrize(
    ("manners", "rules", "code"),
    [
        (Manners(takes_grades=False), GradeRules(), "sis_takes_none"),
        (Manners(takes_grades=True), GradeRules(sis_takes_grades="no"), "sis_takes_none"),
        (Manners(), GradeRules(), "sis_unknown"),
        (MANNERS, GradeRules(classes=("honors",)), "class_left_out"),
        (MANNERS, GradeRules(schools=("south",)), "class_left_out"),
    ],
)
def test_a_class_that_gets_nothing_is_told_once_and_loses_nothing(
    manners: Manners, rules: GradeRules, code: str
) -> None:
    wanted = shaped(a_book(a_grade()), manners=manners, rules=rules)
    assert wanted.problems == (Problem(f"grades.{code}", "algebra"),)
    assert wanted.line_items == ()
    assert wanted.unsendable == {("100", None)}


@pytest.mark.parametrize("known", [None, False])
def test_the_districts_word_counts_before_what_is_known(known: bool | None) -> None:
    book, manners = a_book(a_grade()), Manners(takes_grades=known)
    assert shaped(book, manners=manners, rules=GradeRules(sis_takes_grades="yes")).results


@pytest.mark.parametrize(
    "rules", [GradeRules(classes=("algebra",), schools=("south",)), GradeRules(schools=("north",))]
)
def test_a_class_that_is_named_or_whose_school_is_named_is_sent(rules: GradeRules) -> None:
    assert shaped(a_book(a_grade()), rules=rules).results


def test_a_section_of_no_class_is_told() -> None:
    assert codes(shaped(a_book(a_grade(), class_key="elsewhere"))) == ["class_unknown"]


@pytest.mark.parametrize(
    ("grades", "is_elementary"),
    [(("KG", "1"), True), (("05",), True), (("K",), True), (("05", "06"), False), ((), False), (("09",), False)],
)
def test_classes_of_elementary_grades_alone_are_told_where_the_sis_takes_none(
    grades: tuple[str, ...], is_elementary: bool
) -> None:
    roster = replace(ROSTER, classes={"algebra": replace(ALGEBRA, grades=grades)})
    told = codes(shaped(a_book(a_grade()), roster=roster, manners=replace(MANNERS, elementary=False)))
    assert told == (["elementary"] if is_elementary else [])


def test_a_poll_alone_is_not_shaped() -> None:
    with pytest.raises(ValueError, match="complete"):
        shape_book(a_book(is_complete=False), ROSTER, MANNERS, GradeRules(), SIS, today=TODAY, zone=ZONE)


# -- items

KNOWN = Manners(
    takes_grades=True, title_length=30, unique_titles=True, whole_maximum=True, individual_items=False,
    categories=Categories.OF_THE_SIS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("item", "code", "detail"),
    [
        (an_item(is_published=False), "unpublished", None),
        (an_item(counts=False), "not_counted", None),
        (an_item(is_for_some=True), "individual_item", None),
        (an_item(max_points=Decimal(0)), "zero_maximum", None),
        (an_item(max_points=Decimal("7.5")), "maximum_not_whole", "7.5"),
        (an_item(title=LONG), "title_too_long", "Photosynthesis and re...part 1"),
        (an_item(title=" "), "no_title", None),
        (an_item(category_lms_id="k2"), "category_unmatched", "Projects"),
        (an_item(category_lms_id=None), "no_category", None),
        (an_item(due_date=date(2027, 2, 1)), "due_outside_term", "due 2027-02-01, class 2026-08-24 to 2027-01-15"),
    ],
)
def test_what_the_sis_would_refuse_is_told_before_and_not_taken_for_deleted(
    item: Item, code: str, detail: str | None
) -> None:
    wanted = shaped(a_book(a_grade(), items=(item,)), manners=KNOWN)
    assert wanted.problems == (Problem(f"grades.{code}", "algebra", "100", None, detail),)
    assert (wanted.line_items, wanted.results) == ((), ())
    assert ("100", None) in wanted.unsendable


@pytest.mark.parametrize("item", [an_item(is_for_some=True), an_item(max_points=Decimal("7.5")), an_item(title=LONG)])
def test_what_is_not_known_of_the_sis_is_left_to_its_answer(item: Item) -> None:
    assert codes(shaped(a_book(a_grade(), items=(item,)))) == []


def test_an_undated_or_locked_item_is_told() -> None:
    book = a_book(a_grade(), items=(an_item(due_date=None),))
    assert shaped(book).line_items[0].record.due_date == date(2026, 10, 27)
    assert codes(shaped(book, rules=GradeRules(undated="ask"))) == ["undated"]
    assert codes(shaped(a_book(a_grade()), rules=GradeRules(locked_sessions=("fall",)))) == ["session_locked"]


def test_a_factor_is_told_and_the_points_are_sent_as_they_are() -> None:
    wanted = shaped(a_book(a_grade(), items=(an_item(factor=Decimal("1.50")),)))
    assert wanted.problems == (Problem("grades.factor", "algebra", "100", detail="1.50"),)
    assert wanted.results[0].record.score == Decimal("17.5")


def test_a_new_item_in_a_session_that_is_over_is_told_once_and_sent() -> None:
    late = date(2026, 11, 1)
    wanted = shaped(a_book(a_grade()), today=late)
    assert (codes(wanted), len(wanted.results)) == (["session_over"], 1)
    assert codes(shaped(a_book(a_grade()), today=late, sis=replace(SIS, line_items=(a_line_item_receipt(),)))) == []


def test_a_short_form_is_sent_where_the_district_wants_it_and_the_whole_title_goes_along() -> None:
    book = a_book(items=(an_item(title=LONG),))
    [one] = shaped(book, manners=KNOWN, rules=GradeRules(long_titles="shorten")).line_items
    assert (one.record.title, one.record.description) == ("Photosynthesis and re...part 1", LONG)


def test_a_title_that_another_item_has_in_the_sis_is_told_with_a_proposal() -> None:
    row: Row = {"sourced_id": "by-hand", "title": "QUIZ 1", "class_sourced_id": "algebra"}
    there = replace(SIS, line_item_rows=(row,))
    assert [one.detail for one in shaped(a_book(), manners=KNOWN, sis=there).problems] == ["Quiz 1 (2)"]
    changes: tuple[Row, ...] = ({"class_sourced_id": "honors"}, {"status": "tobedeleted"}, {"sourced_id": "given-out"})
    for harmless in changes:
        sis = replace(there, line_item_rows=(row | harmless,), line_items=(a_line_item_receipt(),))
        assert codes(shaped(a_book(), manners=KNOWN, sis=sis)) == []


def test_what_was_sent_keeps_its_ids_and_its_title() -> None:
    sis = replace(SIS, line_items=(a_line_item_receipt(title="Quiz 1 (2)"),), results=(a_receipt(),))
    wanted = shaped(a_book(a_grade()), manners=KNOWN, sis=sis)
    assert (wanted.line_items[0].record.sourced_id, wanted.line_items[0].record.title) == ("chosen-once", "Quiz 1 (2)")
    assert wanted.results[0].record.line_item_sourced_id == "chosen-once"
    assert wanted.results[0].record.sourced_id == "sent-once"


def test_a_title_is_free_again_when_its_item_was_withdrawn() -> None:
    gone = replace(a_line_item_receipt("99", title="Quiz 1"), state=ReceiptState.WITHDRAWN)
    assert codes(shaped(a_book(), manners=KNOWN, sis=replace(SIS, line_items=(gone,)))) == []
    there = replace(gone, state=ReceiptState.CONFIRMED)
    assert codes(shaped(a_book(), manners=KNOWN, sis=replace(SIS, line_items=(there,)))) == ["title_not_unique"]


def test_a_category_is_made_for_the_items_that_go_and_only_once() -> None:
    items = tuple(an_item(key, f"Quiz {key}", category_lms_id="k2") for key in ("100", "101"))
    wanted = shaped(a_book(items=items), rules=CREATING)
    assert wanted.categories == (Category(sourced_id=category_id("Projects"), title="Projects"),)
    assert {one.record.category_sourced_id for one in wanted.line_items} == {category_id("Projects")}
    waiting = tuple(replace(item, title=LONG) for item in items)
    assert shaped(a_book(items=waiting), rules=CREATING, manners=replace(MANNERS, title_length=30)).categories == ()


# -- whose a grade is


def test_a_result_goes_to_the_class_in_which_the_enrollment_lives() -> None:
    """Linked sections have one grade book in the LMS, and a class each in the SIS."""
    wanted = shaped(a_book(a_grade("1"), a_grade("3", "12")))
    classes = {one.record.sourced_id: one.record.class_sourced_id for one in wanted.line_items}
    places = {one.record.student_sourced_id: classes[one.record.line_item_sourced_id] for one in wanted.results}
    assert places == {"ada": "algebra", "cem": "honors"}
    assert codes(wanted) == []


def test_a_line_item_in_a_sister_class_stays_when_its_last_student_there_is_gone() -> None:
    ours = a_line_item_receipt(class_="honors", class_key="algebra")
    wanted = shaped(a_book(a_grade()), sis=replace(SIS, line_items=(ours,)))
    assert sorted(one.record.class_sourced_id for one in wanted.line_items) == ["algebra", "honors"]
    theirs = replace(ours, class_key="honors")
    assert len(shaped(a_book(a_grade()), sis=replace(SIS, line_items=(theirs,))).line_items) == 1


@pytest.mark.parametrize(
    "sister",
    [
        replace(HONORS, course_sourced_id="arts"),
        replace(HONORS, school_sourced_id="south"),
        replace(HONORS, sessions=(replace(FALL, sourced_id="spring"),)),
    ],
    ids=["another course", "another school", "another term"],
)
def test_a_student_of_no_class_that_may_be_linked_is_told(sister: Any) -> None:
    roster = replace(ROSTER, classes={"algebra": ALGEBRA, "honors": sister})
    wanted = shaped(a_book(a_grade("3")), roster=roster)
    assert wanted.problems == (Problem("grades.student_not_enrolled", "algebra", "100", "cem"),)
    assert wanted.unsendable == {("100", "cem")}


def test_a_student_of_two_sister_classes_is_told() -> None:
    third = replace(HONORS, key="third", sourced_id="third")
    roster = replace(ROSTER, classes={**ROSTER.classes, "third": third})
    assert codes(shaped(a_book(a_grade("3")), roster=roster)) == ["student_not_enrolled"]


def test_a_sister_class_that_the_district_leaves_out_gets_nothing() -> None:
    wanted = shaped(a_book(a_grade("1"), a_grade("3")), rules=GradeRules(classes=("algebra",)))
    assert codes(wanted) == ["class_left_out"]
    assert {one.record.student_sourced_id for one in wanted.results} == {"ada"}
    assert wanted.unsendable == {("100", "cem")}


def test_one_account_is_never_the_owner_of_two_students_grades() -> None:
    wanted = shaped(a_book(a_grade("1")), roster=with_account("1", "ada", "ben"))
    assert wanted.problems == (
        Problem("grades.account_of_two", "algebra", "100", "ada"),
        Problem("grades.account_of_two", "algebra", "100", "ben"),
    )
    assert wanted.results == ()
    assert wanted.unsendable == {("100", "ada"), ("100", "ben")}


def test_of_two_records_of_one_person_the_enrolled_one_owns_the_grade() -> None:
    wanted = shaped(a_book(a_grade("1")), roster=with_account("1", "ada", "ada-elsewhere"))
    assert [one.record.student_sourced_id for one in wanted.results] == ["ada"]
    nowhere = shaped(a_book(a_grade("1")), roster=with_account("1", "dora", "dora-elsewhere"))
    assert codes(nowhere) == ["account_of_two", "account_of_two"]


def test_a_student_with_two_accounts_and_two_grades_gets_neither() -> None:
    roster = with_account("9", "ada")
    wanted = shaped(a_book(a_grade("1"), a_grade("9", "3")), roster=roster)
    assert wanted.problems == (Problem("grades.student_of_two_accounts", "algebra", "100", "ada"),)
    assert wanted.results == ()
    one_cleared = shaped(a_book(a_grade("1"), a_grade("9", None)), roster=roster)
    assert [one.record.score for one in one_cleared.results] == [Decimal("17.5")]


def test_a_grade_of_an_unknown_account_is_told_without_a_student() -> None:
    assert shaped(a_book(a_grade("77"))).problems == (Problem("grades.account_unknown", "algebra", "100"),)


def test_a_student_who_left_keeps_what_was_sent() -> None:
    """The LMS shows no grades of who is gone; that is no reason to take them out of the SIS."""
    without_ada = replace(ALGEBRA, students=frozenset(("ben",)))
    roster = replace(ROSTER, classes={**ROSTER.classes, "algebra": without_ada})
    sis = replace(SIS, results=(a_receipt("ada"), a_receipt("ben")))
    assert shaped(a_book(), roster=roster, sis=sis).unsendable == {("100", "ada")}


def test_a_student_whose_account_is_no_longer_known_keeps_what_was_sent() -> None:
    roster = replace(ROSTER, students_of_account={"2": ("ben",)})
    sis = replace(SIS, results=(a_receipt("ada"), a_receipt("ben")))
    assert shaped(a_book(a_grade("1")), roster=roster, sis=sis).unsendable == {("100", "ada")}


def test_a_student_who_moved_to_a_sister_class_keeps_the_old_result_beside_the_new() -> None:
    sis = replace(SIS, results=(a_receipt("cem"),))
    wanted = shaped(a_book(a_grade("3")), sis=sis)
    assert wanted.results[0].record.sourced_id == result_id("honors", "100", "cem")
    assert wanted.unsendable == {("100", "cem")}


def test_nothing_shows_a_grade_or_a_comment() -> None:
    book = a_book(a_grade(score="17.25", comment="Well done"), a_grade("3", "NaN", comment="Well done"))
    wanted = shaped(book, rules=GradeRules())
    assert wanted.problems
    assert not any(text in repr((book, wanted)) for text in ("17.25", "Well done"))


def test_every_rule_says_what_is_wrong_and_how_to_mend_it() -> None:
    assert all(code == rule.code and code.startswith("grades.") for code, rule in RULES.items())
    assert all(rule.title.endswith(".") and rule.fix.endswith(".") for rule in RULES.values())
    assert len({rule.title for rule in RULES.values()}) == len(RULES)


def test_a_status_goes_along_with_its_number() -> None:
    rules = GradeRules(exceptions=ExceptionRules(excused="exempt"))
    [one] = shaped(a_book(a_grade(score=None, exemption=Exemption.EXCUSED)), rules=rules).results
    assert (one.record.score_status, one.record.score) == (ScoreStatus.EXEMPT, Decimal(0))
