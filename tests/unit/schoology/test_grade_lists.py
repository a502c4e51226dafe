"""Lists of grades are read to their end in every form they come in; other objects are never taken for empty lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.errors import MalformedReplyError
from sis_connect.schoology.grade_lists import NoSuchListError, Stretch, parse_stretch, read_distinct, rows_of

if TYPE_CHECKING:
    from sis_connect.schoology.records import Row

ONE: Row = {"id": 1}
SELF = {"self": "https://api.example/v1/list"}


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ([ONE, {"id": 2}], [ONE, {"id": 2}]),
        (ONE, [ONE]),
        ({"0": ONE, "1": {"id": 2}}, [ONE, {"id": 2}]),
        ([], []),
        ({}, []),
        (None, []),
        ("", []),
        (False, []),
    ],
)
def test_a_list_may_be_one_object_or_nothing_at_all(value: object, rows: list[Row]) -> None:
    assert rows_of(value) == rows


@pytest.mark.parametrize("value", ["rows", 7, [1], [ONE, None], {"0": 1}])
def test_anything_else_than_objects_is_an_error(value: object) -> None:
    with pytest.raises(MalformedReplyError):
        rows_of(value)


@pytest.mark.parametrize(
    "reply",
    [
        {"grades": {"grade": [ONE]}, "period": [], "final_grade": [{"enrollment_id": "9"}]},
        {"grades": {"grade": ONE}},
        {"grades": [ONE]},
    ],
)
def test_rows_under_two_keys_are_found(reply: Row) -> None:
    assert parse_stretch(reply, "grades", "grade").rows == [ONE]


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"total": 0},
        {"total": "0", "links": SELF},
        {"period": [{"period_id": "p1"}], "final_grade": []},
        {"grades": []},
        {"grades": {"grade": []}},
        {"grades": {"grade": None}},
        {"grades": None},
    ],
)
def test_an_empty_list_may_lack_its_key(reply: Row) -> None:
    assert parse_stretch(reply, "grades", "grade").rows == []


@pytest.mark.parametrize("reply", [{"id": "7", "section_title": "Algebra"}, {"total": 3}, {"period": [], "id": 1}])
def test_another_object_is_not_an_empty_list(reply: Row) -> None:
    with pytest.raises(NoSuchListError):
        parse_stretch(reply, "grades", "grade")


@pytest.mark.parametrize(
    ("frame", "is_last", "tells_of_more"),
    [
        ({}, None, False),
        ({"links": []}, None, False),
        ({"links": {}}, None, False),
        ({"links": SELF}, True, False),
        ({"links": {**SELF, "next": ""}}, True, False),
        ({"links": {**SELF, "next": "https://api.example/v1/list?start=1"}}, False, True),
        ({"total": "2"}, None, True),
        ({"total": 1}, None, False),
    ],
)
def test_links_and_total_say_whether_the_list_goes_on(
    frame: Row, is_last: bool | None, tells_of_more: bool
) -> None:  # fmt: skip
    stretch = parse_stretch({"grade": [ONE], **frame}, "grade")
    assert (stretch.is_last, stretch.tells_of_more) == (is_last, tells_of_more)


@given(
    count=st.integers(0, 60),
    cap=st.integers(1, 25),
    total=st.sampled_from(["right", "missing", "too high"]),
    has_links=st.booleans(),
    is_short=st.booleans(),
)
def test_every_row_is_read_once_whatever_the_pages_say(
    count: int, cap: int, total: str, *, has_links: bool, is_short: bool
) -> None:
    rows: list[Row] = [{"id": number} for number in range(count)]
    told = {"right": count, "missing": None, "too high": count + 5}[total]

    def fetch(start: int) -> Stretch:
        page = rows[start : start + (max(1, cap - start % 3) if is_short else cap)]
        return Stretch(page, told, start + len(page) >= count if has_links else None)

    assert read_distinct(fetch, lambda row: row["id"]) == rows


@given(finals=st.integers(0, 30), others=st.integers(0, 30), limit=st.integers(1, 12), is_apart=st.booleans())
def test_finals_and_others_are_all_read_whether_the_limit_holds_for_each_or_for_both(
    finals: int, others: int, limit: int, *, is_apart: bool
) -> None:
    plain: list[Row] = [{"id": number, "is_final": 0} for number in range(others)]
    last: list[Row] = [{"id": number + 100, "is_final": 1} for number in range(finals)]

    def fetch(start: int) -> Stretch:
        window = slice(start, start + limit)
        return Stretch(plain[window] + last[window] if is_apart else (plain + last)[window])

    def step(page: list[Row]) -> int:
        ended = sum(row["is_final"] == 1 for row in page)
        return max(ended, len(page) - ended)

    read = read_distinct(fetch, lambda row: str(row["id"]), step)
    assert sorted(str(row["id"]) for row in read) == sorted(str(row["id"]) for row in plain + last)


def test_a_row_that_moved_to_the_next_page_meanwhile_counts_once_as_it_was_read_last() -> None:
    pages: dict[int, list[Row]] = {0: [{"id": 1, "grade": 5}, ONE | {"id": 2}], 2: [{"id": 1, "grade": 6}, {"id": 3}]}
    read = read_distinct(lambda start: Stretch(pages.get(start, [])), lambda row: str(row["id"]))
    assert read == [{"id": 1, "grade": 6}, {"id": 2}, {"id": 3}]


def test_a_server_that_ignores_the_offset_has_told_everything_at_once() -> None:
    assert read_distinct(lambda _: Stretch([ONE]), lambda row: str(row["id"])) == [ONE]
