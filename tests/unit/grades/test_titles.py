"""Titles of line items: short enough, apart from each other, and the same every night."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sis_connect.grades.titles import Title, choose_titles, short_form

LONG_1 = "Photosynthesis and respiration, lab report part 1"
LONG_2 = "Photosynthesis and respiration, lab report part 2"


def chosen(
    items: dict[str, str], *, remembered: dict[str, str] | None = None, taken: tuple[str, ...] = (),
    length: int | None = 30, must_differ: bool = True,
) -> dict[str, str | None]:  # fmt: skip
    titles = choose_titles(items, remembered=remembered or {}, taken=taken, length=length, must_differ=must_differ)
    return {item: title.text for item, title in titles.items()}


def test_a_short_form_keeps_the_beginning_and_the_end() -> None:
    assert short_form(LONG_1, 30) == "Photosynthesis and re...part 1"
    assert chosen({"1": LONG_1, "2": LONG_2}) == {
        "1": "Photosynthesis and re...part 1",
        "2": "Photosynthesis and re...part 2",
    }


def test_a_title_that_fits_stays_as_it_is_but_for_blanks() -> None:
    assert chosen({"1": " Quiz\t1 "}) == {"1": "Quiz 1"}
    assert chosen({"1": LONG_1}, length=None) == {"1": LONG_1}


def test_of_two_with_one_title_the_older_keeps_it() -> None:
    """Ids of the LMS are numbers that grow."""
    assert chosen({"99": "Quiz", "100": "quiz"}) == {"99": "Quiz", "100": "quiz (2)"}


def test_titles_need_not_differ_where_nothing_is_known_but_cut_ones_do() -> None:
    assert chosen({"1": "Quiz", "2": "Quiz"}, must_differ=False) == {"1": "Quiz", "2": "Quiz"}
    one, two = chosen({"1": LONG_1, "2": LONG_1}, must_differ=False).values()
    assert one != two


def test_an_item_keeps_the_title_under_which_it_was_sent() -> None:
    assert chosen({"1": "Quiz", "2": "Quiz"}, remembered={"2": "Quiz"}) == {"1": "Quiz (2)", "2": "Quiz"}
    assert chosen({"7": "Quiz"}, remembered={"7": "Quiz (3)"}) == {"7": "Quiz (3)"}


def test_a_title_that_was_sent_stays_also_when_the_sis_has_it_twice_but_two_of_ours_differ() -> None:
    """The SIS took it; another one of its own is no reason to stop the grades of ours."""
    assert chosen({"1": "Quiz"}, remembered={"1": "Quiz"}, taken=("Quiz",)) == {"1": "Quiz"}
    both = {"1": "Quiz", "2": "Quiz"}
    assert chosen(both, remembered=both) == {"1": "Quiz", "2": "Quiz (2)"}


def test_a_renamed_item_gets_a_new_title() -> None:
    assert chosen({"1": "Test"}, remembered={"1": "Quiz (2)"}) == {"1": "Test"}


def test_a_title_that_the_sis_has_is_avoided() -> None:
    assert chosen({"1": "Quiz"}, taken=("QUIZ", "Quiz (2)")) == {"1": "Quiz (3)"}


def test_nothing_is_no_title_and_where_no_number_fits_there_is_none() -> None:
    assert chosen({"1": " \x00 "}) == {"1": None}
    titles = choose_titles(dict.fromkeys(map(str, range(12)), "a"), remembered={}, taken=(), length=1, must_differ=True)
    assert sum(title.text is None for title in titles.values()) == 3
    assert titles["10"] == Title(None, is_taken=True)


TITLES = st.sampled_from(
    [LONG_1, LONG_2, LONG_1.upper(), "Quiz", "quiz", "Quiz (2)", "Quiz (12)", "x" * 31, ""]
) | st.text(alphabet="aA (2)\u00e9", max_size=45)
ITEMS = st.dictionaries(st.integers(1, 200).map(str), TITLES, max_size=14)


@given(ITEMS, st.lists(TITLES, max_size=5), st.integers(8, 40), st.randoms(use_true_random=False))
def test_titles_fit_and_differ_and_neither_order_nor_repetition_changes_them(
    items: dict[str, str], taken: list[str], length: int, chance: object
) -> None:
    first = chosen(items, taken=tuple(taken), length=length)
    texts = [text for text in first.values() if text is not None]
    assert all(len(text) <= length for text in texts)
    folded = [text.casefold() for text in texts]
    assert len({*folded}) == len(folded)
    assert not {*folded} & {one.casefold() for one in taken}
    shuffled = list(items.items())
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # of Hypothesis
    assert chosen(dict(shuffled), taken=tuple(reversed(taken)), length=length) == first
    # Once sent, they stay, whatever comes before them.
    sent = {item: text for item, text in first.items() if text}
    assert chosen(items, remembered=sent, taken=tuple(taken), length=length) == first
