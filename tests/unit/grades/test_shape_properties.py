"""Laws of the shape: order is nothing, nothing is lost, titles differ, ids stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, get_args, get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from shaped_books import CATEGORIES, PERIOD_1, ROSTER, TODAY, ZONE, a_book
from sis_connect.grades.findings import RULES
from sis_connect.grades.manners import Categories, DueDates, Exempt, Manners, Missing
from sis_connect.grades.observed import Exemption, Grade, GradeBook, Item, ScaleKind
from sis_connect.grades.receipts import LineItemReceipt, Receipt, ReceiptState
from sis_connect.grades.rules import CategoryRules, ExceptionRules, GradeRules
from sis_connect.grades.shape import SisBook, shape_book
from sis_connect.grades.wanted import Problem

if TYPE_CHECKING:
    import random

    from sis_connect.grades.wanted import WantedBook

#: Ada, Ben (two accounts), Cem of the sister class, Dora who is in neither, an account of two, and nobody's.
PEOPLE = replace(
    ROSTER, students_of_account={**ROSTER.students_of_account, "5": ("ben",), "6": ("ada", "ben"), "7": ("ada", "x")}
)
ACCOUNTS = [*PEOPLE.students_of_account, "8"]
TITLES = [
    "Quiz",
    "quiz ",
    "Quiz (2)",
    "Photosynthesis and respiration, part 1",
    "Photosynthesis and respiration, part 2",
    "",
]

ITEMS = st.builds(
    Item,
    lms_id=st.integers(95, 105).map(str),
    title=st.sampled_from(TITLES),
    description=st.just(""),
    due_date=st.none() | st.integers(-30, 200).map(lambda days: date(2026, 9, 1) + timedelta(days)),
    category_lms_id=st.sampled_from([None, "k1", "k2", "gone"]),
    period_lms_id=st.sampled_from([None, PERIOD_1.lms_id]),
    max_points=st.sampled_from([Decimal(20), Decimal(0), Decimal("7.5")]),
    scale=st.sampled_from(ScaleKind),
    is_published=st.sampled_from([True, True, True, False]),
    counts=st.sampled_from([True, True, True, False]),
    is_for_some=st.booleans(),
    factor=st.sampled_from([Decimal(1), Decimal(2)]),
)
GRADES = st.builds(
    Grade,
    item_lms_id=st.integers(95, 105).map(str),
    account_lms_id=st.sampled_from(ACCOUNTS),
    score=st.none() | st.sampled_from([Decimal(0), Decimal("17.5"), Decimal(300), Decimal(-1), Decimal("NaN")]),
    exemption=st.none() | st.none() | st.sampled_from(Exemption),
    comment=st.sampled_from(["", "<p>Good</p>"]),
    changed_at=st.integers(0, 2_000_000_000),
    level=st.sampled_from([None, "B"]),
)
BOOKS = st.builds(
    lambda items, grades: a_book(*grades, items=tuple(items)),
    st.lists(ITEMS, max_size=6, unique_by=lambda item: item.lms_id),
    st.lists(GRADES, max_size=12, unique_by=lambda grade: (grade.item_lms_id, grade.account_lms_id)),
)
MANNERS = st.builds(
    Manners,
    takes_grades=st.just(True),
    title_length=st.none() | st.integers(4, 40),
    unique_titles=st.none() | st.booleans(),
    categories=st.none() | st.sampled_from(Categories),
    whole_maximum=st.none() | st.booleans(),
    due_dates=st.none() | st.sampled_from(DueDates),
    exempt=st.none() | st.sampled_from(Exempt),
    missing=st.none() | st.sampled_from(Missing),
    individual_items=st.none() | st.booleans(),
    comment_length=st.none() | st.integers(0, 10),
    keeps_submitted_as_zero=st.booleans(),
)


def _any_of(struct: type) -> dict[str, st.SearchStrategy[object]]:
    """Every value of the fields that are a choice of words."""
    words = {name: get_args(hint) for name, hint in get_type_hints(struct).items()}
    return {
        name: st.sampled_from(all_)
        for name, all_ in words.items()
        if all(isinstance(one, str) for one in all_) and all_
    }


RULES_OF_DISTRICTS = st.builds(
    GradeRules,
    **_any_of(GradeRules) | {"sis_takes_grades": st.just("yes")},
    categories=st.builds(CategoryRules, default=st.sampled_from(["", "Tests"]), create=st.booleans()),
    exceptions=st.builds(ExceptionRules, **_any_of(ExceptionRules)),
    locked_sessions=st.sampled_from([(), ("q2",), ("fall",)]),
)


#: Told of items that are sent all the same, or of accounts that nobody has.
_BESIDES = ("grades.factor", "grades.session_over", "grades.account_unknown")


def shape(book: GradeBook, manners: Manners, rules: GradeRules, sis: SisBook | None = None) -> WantedBook:
    known = sis or SisBook(categories=CATEGORIES)
    return shape_book(book, PEOPLE, manners, rules, known, today=TODAY, zone=ZONE)


def receipts(wanted: WantedBook) -> SisBook:
    """What is remembered when all of it was sent."""
    classes = {one.record.sourced_id: one.record.class_sourced_id for one in wanted.line_items}
    line_items = tuple(
        LineItemReceipt(
            one.record.class_sourced_id, one.item_lms_id, one.record.sourced_id, one.record.sourced_id,
            ReceiptState.CONFIRMED, title=one.record.title, class_key="algebra",
        )
        for one in wanted.line_items
    )  # fmt: skip
    results = tuple(
        Receipt(
            classes[one.record.line_item_sourced_id], one.item_lms_id, one.record.student_sourced_id,
            one.record.sourced_id, one.record.sourced_id, ReceiptState.CONFIRMED,
        )
        for one in wanted.results
    )  # fmt: skip
    return SisBook(categories=CATEGORIES, line_items=line_items, results=results)


@given(BOOKS, MANNERS, RULES_OF_DISTRICTS, st.randoms(use_true_random=False))
def test_order_is_nothing(book: GradeBook, manners: Manners, rules: GradeRules, chance: random.Random) -> None:
    items, grades, categories = list(book.items), list(book.grades), list(CATEGORIES)
    for several in (items, grades, categories):
        chance.shuffle(several)
    shuffled = replace(book, items=tuple(items), grades=tuple(grades))
    sis = SisBook(categories=tuple(categories))
    assert shape(shuffled, manners, rules, sis) == shape(book, manners, rules)


@given(BOOKS, MANNERS, RULES_OF_DISTRICTS)
def test_every_grade_is_sent_or_told_or_nothing_by_a_rule(book: GradeBook, manners: Manners, rules: GradeRules) -> None:
    wanted = shape(book, manners, rules)
    sent = {(one.item_lms_id, one.record.student_sourced_id) for one in wanted.results}
    told = {(one.item_lms_id, one.student_sourced_id) for one in wanted.problems if one.code not in _BESIDES}
    refused_items = {item for item, student in wanted.unsendable if student is None}
    assert refused_items <= {item for item, student in told if student is None}
    items = {item.lms_id: item for item in book.items}
    for grade in book.grades:
        key = grade.item_lms_id
        if key not in items or (grade.score, grade.exemption, grade.level) == (None, None, None):
            continue
        is_nothing = (
            grade.exemption is Exemption.SUBMITTED and grade.score is None and rules.exceptions.submitted == "nothing"
        )
        owners = {*PEOPLE.students_of_account.get(grade.account_lms_id, ()), None}
        if grade.account_lms_id == "8":
            assert key in refused_items or Problem("grades.account_unknown", "algebra", key) in wanted.problems
        else:
            assert is_nothing or {(key, student) for student in owners} & (sent | told)
    assert {one.code for one in wanted.problems} <= RULES.keys()


@given(BOOKS, MANNERS, RULES_OF_DISTRICTS)
def test_what_the_lms_has_is_wanted_or_not_to_be_taken_for_deleted(
    book: GradeBook, manners: Manners, rules: GradeRules
) -> None:
    wanted = shape(book, manners, rules)
    items = {one.item_lms_id for one in wanted.line_items}
    kept = {item for item, student in wanted.unsendable if student is None}
    assert items.isdisjoint(kept)
    assert items | kept == {item.lms_id for item in book.items}
    sent = {(one.item_lms_id, one.record.student_sourced_id) for one in wanted.results}
    for grade in book.grades:
        if grade.item_lms_id in items and (grade.score, grade.exemption, grade.level) != (None, None, None):
            for student in PEOPLE.students_of_account.get(grade.account_lms_id, ()):
                is_known = (grade.item_lms_id, student) in sent | wanted.unsendable
                # Of an account with two records, the one that is enrolled counts.
                assert is_known or student == "x"


@given(BOOKS, MANNERS, RULES_OF_DISTRICTS)
def test_each_record_is_wanted_once_and_refers_to_what_is_wanted(
    book: GradeBook, manners: Manners, rules: GradeRules
) -> None:
    wanted = shape(book, manners, rules)
    ids = [one.record.sourced_id for one in wanted.line_items] + [one.record.sourced_id for one in wanted.results]
    assert len({*ids}) == len(ids)
    owners = [(one.item_lms_id, one.record.student_sourced_id) for one in wanted.results]
    assert len({*owners}) == len(owners)
    classes = {one.record.sourced_id: one.record.class_sourced_id for one in wanted.line_items}
    made = {one.sourced_id for one in wanted.categories} | {str(row["sourced_id"]) for row in CATEGORIES}
    assert {one.record.category_sourced_id for one in wanted.line_items} <= made
    for one in wanted.results:
        class_ = classes[one.record.line_item_sourced_id]
        assert one.record.student_sourced_id in PEOPLE.classes[class_].students
        assert manners.comment_length is None or len(one.record.comment) <= manners.comment_length


@given(BOOKS, MANNERS, RULES_OF_DISTRICTS)
def test_titles_fit_and_differ_where_the_sis_wants_that(book: GradeBook, manners: Manners, rules: GradeRules) -> None:
    wanted = shape(book, manners, rules)
    titles = [(one.record.class_sourced_id, one.record.title.casefold()) for one in wanted.line_items]
    assert all(title for _, title in titles)
    if manners.title_length is not None:
        assert all(len(one.record.title) <= manners.title_length for one in wanted.line_items)
    if manners.unique_titles:
        assert len({*titles}) == len(titles)


@given(BOOKS, MANNERS, RULES_OF_DISTRICTS, st.sets(st.integers(95, 105).map(str)))
def test_what_was_sent_stays_the_same_whatever_happens_around_it(
    book: GradeBook, manners: Manners, rules: GradeRules, gone: set[str]
) -> None:
    """Ids and titles are kept, also when other items come and go."""
    first = shape(book, manners, rules)
    assert shape(book, manners, rules, receipts(first)).line_items == first.line_items
    assert shape(book, manners, rules, receipts(first)).results == first.results
    fewer = replace(book, items=tuple(item for item in book.items if item.lms_id not in gone))
    left = tuple(one for one in first.line_items if one.item_lms_id not in gone)
    assert shape(fewer, manners, rules, receipts(first)).line_items == left
