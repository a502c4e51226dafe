"""What was noticed is counted in full and told in few lines; metadata have a bounded number of names."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sis_connect.sis.rest.paging.metadata import LONGEST_NAME, MOST_NAMES, first_names, is_name, kept_names
from sis_connect.sis.rest.paging.noticing import MOST_PROPERTIES, folded

codes = st.sampled_from(["json.unknown_property", "json.null"])
names = st.integers(0, 3 * MOST_PROPERTIES).map(lambda number: f"p{number}" if number else "")
pages = st.lists(st.dictionaries(st.tuples(codes, names), st.integers(1, 5), max_size=80), max_size=5)


@given(pages)
def test_nothing_is_lost_in_counting_and_lines_are_few(found: list[dict[tuple[str, str], int]]) -> None:
    total: Counter[tuple[str, str]] = Counter()
    for page in found:
        total = folded(total + Counter(page))
    for code in ("json.unknown_property", "json.null"):
        lines = [name for (each, name) in total if each == code]
        assert len(lines) <= MOST_PROPERTIES + 1
        assert sum(total[code, name] for name in lines) == sum(
            number for page in found for (each, _), number in page.items() if each == code
        )


@given(st.lists(st.sets(st.integers(0, 3 * MOST_NAMES), max_size=2 * MOST_NAMES), min_size=1, max_size=4))
def test_names_that_are_kept_do_not_depend_on_the_order_of_pages(found: list[set[int]]) -> None:
    named = [{f"k{number:04}" for number in page} for page in found]
    forth: set[str] = set()
    back: set[str] = set()
    for page in named:
        forth = first_names(forth | page)
    for page in reversed(named):
        back = first_names(back | page)
    every = set().union(*named)
    assert kept_names(forth) == kept_names(back) == sorted(every)[:MOST_NAMES]
    assert (len(forth) > MOST_NAMES) == (len(every) > MOST_NAMES)


def test_a_name_has_an_end() -> None:
    assert is_name("k" * LONGEST_NAME)
    assert not is_name("k" * (LONGEST_NAME + 1))
