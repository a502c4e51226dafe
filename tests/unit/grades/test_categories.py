"""Which category of the SIS stands for one of the LMS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shaped_books import ALGEBRA, CATEGORIES, a_book, a_grade, an_item, shaped
from sis_connect.grades.categories import CategoryChooser, Chosen, choices
from sis_connect.grades.findings import Objection
from sis_connect.grades.ids import category_id
from sis_connect.grades.manners import Categories
from sis_connect.grades.rules import CategoryRules

if TYPE_CHECKING:
    from sis_connect.grades.target import Row

OURS, OF_THE_SIS, SINGLE = Categories.OURS, Categories.OF_THE_SIS, Categories.SINGLE


def choose(
    title: str | None, *, rows: tuple[Row, ...] = CATEGORIES, manner: Categories | None = OF_THE_SIS,
    before: dict[str, str] | None = None, **rules: Any,
) -> Chosen | Objection:  # fmt: skip
    return CategoryChooser(ALGEBRA, rows, CategoryRules(**rules), manner, before or {}).choose(title)


def a_row(sourced_id: str, title: str, **more: str) -> Row:
    return {"sourced_id": sourced_id, "title": title, **more}


def no(code: str, detail: str | None = None) -> Objection:
    return Objection(f"grades.{code}", detail)


def test_the_closest_map_counts() -> None:
    maps: dict[str, Any] = {
        "match": {"Projects": "Homework"},
        "by_school": {"north": {"Projects": "Tests"}},
        "by_class": {"algebra": {"Projects": "Labs"}},
    }
    labs = a_row("c-lab", "Labs")
    assert choose("Projects", rows=(*CATEGORIES, labs), **maps) == Chosen("c-lab")
    del maps["by_class"]
    assert choose("Projects", **maps) == Chosen("c-test")
    del maps["by_school"]
    assert choose("Projects", **maps) == Chosen("c-hw")


def test_a_map_to_a_category_that_the_sis_does_not_have_is_told_and_never_guessed_around() -> None:
    rules: dict[str, Any] = {"match": {"Homework": "Home Work"}, "default": "Tests", "create": True}
    assert choose("Homework", manner=OURS, **rules) == no("category_not_in_sis", "Home Work")


def test_the_exact_title_counts_before_one_in_other_capitals() -> None:
    assert choose(" Homework ") == Chosen("c-hw")
    assert choose("HOMEWORK") == Chosen("c-hw")
    rows = (a_row("a", "HOMEWORK"), a_row("b", "homework"))
    assert choose("homework", rows=rows) == Chosen("b")
    assert choose("Homework", rows=rows) == no("category_ambiguous", "Homework")


def test_a_category_of_the_class_counts_before_one_of_no_class_and_those_of_others_not_at_all() -> None:
    """Whose a category is stands in its metadata, which vendors call differently."""
    common, theirs = a_row("a", "Homework"), a_row("0", "Homework", **{"metadata.classId": "honors"})
    own = a_row("z", "Homework", **{"metadata.classSourcedId": "algebra"})
    assert choose("Homework", rows=(common, theirs, own)) == Chosen("z")
    assert choose("Homework", rows=(theirs, common)) == Chosen("a")
    assert choose("Homework", rows=(theirs,)) == no("category_unmatched", "Homework")


def test_of_two_with_one_title_the_first_by_id_counts_and_deleted_ones_do_not() -> None:
    rows = (a_row("c", "Homework"), a_row("b", "Homework"), a_row("a", "Homework", status="tobedeleted"))
    assert choose("Homework", rows=rows) == choose("Homework", rows=rows[::-1]) == Chosen("b")


def test_what_was_chosen_before_stays_though_the_sis_renamed_it() -> None:
    assert choose("Daily work", before={"Daily work": "c-hw"}) == Chosen("c-hw")
    assert choose("Daily work", before={"Daily work": "gone"}) == no("category_unmatched", "Daily work")


def test_a_choice_is_carried_over_to_the_category_of_the_same_title_in_another_class() -> None:
    """The next term's class has categories of its own."""
    last_term = a_row("old", "Practice", **{"metadata.classId": "algebra-last-year"})
    now = a_row("new", "Practice", **{"metadata.classId": "algebra"})
    assert choose("Daily work", rows=(last_term, now), before={"Daily work": "old"}) == Chosen("new")


def test_what_fits_nowhere_goes_to_the_default() -> None:
    assert choose("Projects", default="Tests") == Chosen("c-test")
    assert choose(None, default="Tests") == Chosen("c-test")
    assert choose("Projects", default="Other") == no("category_not_in_sis", "Other")


@pytest.mark.parametrize("manner", [OURS, None])
def test_a_missing_one_is_made_where_the_district_wants_it(manner: Categories | None) -> None:
    made = Chosen(category_id("Projects"), to_be_made="Projects")
    assert choose(" Projects", manner=manner, create=True) == made
    assert choose("Projects", manner=manner) == no("category_unmatched", "Projects")


def test_none_is_made_in_a_sis_that_takes_none() -> None:
    assert choose("Projects", manner=OF_THE_SIS, create=True) == no("category_unmatched", "Projects")


def test_an_item_of_no_category_is_told() -> None:
    assert choose(None, create=True, manner=OURS) == no("no_category")


def test_the_one_category_of_the_sis_serves_everything() -> None:
    """Infinite Campus has one, and no mapping in 1.1."""
    assert choose("Projects", rows=CATEGORIES[:1], manner=SINGLE) == Chosen("c-hw")
    assert choose(None, rows=CATEGORIES[:1], manner=SINGLE) == Chosen("c-hw")
    assert choose("Projects", manner=SINGLE) == no("category_unmatched", "Projects")


def test_choices_are_remembered_by_the_title_of_the_lms() -> None:
    items = (an_item("100"), an_item("101", "Loose", category_lms_id=None))
    book = a_book(a_grade(), items=items)
    assert choices(book, shaped(book)) == {"Homework": "c-hw"}
