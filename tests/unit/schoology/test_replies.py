"""Lists are read to their end, other objects are never taken for empty lists, and every item is seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.errors import MalformedReplyError
from sis_connect.schoology.replies import Page, decode, parse_csv, parse_items, parse_page, read_pages

if TYPE_CHECKING:
    from sis_connect.schoology.records import Row


@given(
    count=st.integers(0, 60),
    cap=st.integers(1, 25),
    total=st.sampled_from(["right", "missing", "too low", "too high"]),
    is_short=st.booleans(),
)
def test_every_row_is_read_once_whatever_the_pages_and_the_total_say(
    count: int,
    cap: int,
    total: str,
    is_short: bool,
) -> None:
    """A total that is too low ends the list only where it is exactly met, so it is never met by accident here."""
    rows: list[Row] = [{"id": number} for number in range(count)]
    told = {"right": count, "missing": None, "too low": None if count == 0 else -1, "too high": count + 5}[total]

    def fetch(start: int) -> Page:
        size = max(1, cap - start % 3) if is_short else cap
        return Page(rows[start : start + size], told)

    assert list(read_pages(fetch)) == rows


@given(st.integers(1, 30))
def test_a_server_that_ignores_the_offset_has_told_everything_at_once(count: int) -> None:
    rows: list[Row] = [{"id": number} for number in range(count)]
    assert list(read_pages(lambda _: Page(rows, None))) == rows


def test_a_verified_total_saves_the_last_call() -> None:
    asked = []

    def fetch(start: int) -> Page:
        asked.append(start)
        return Page([{"id": start}, {"id": start + 1}], 4)

    assert len(list(read_pages(fetch))) == 4
    assert asked == [0, 2]


@pytest.mark.parametrize(
    ("reply", "rows", "total"),
    [
        ({"user": [{"id": 1}], "total": "1"}, 1, 1),
        ({"user": [{"id": 1}], "total": 1, "links": {"self": "x"}}, 1, 1),
        ({"user": [{"id": 1}]}, 1, None),
        ({"user": [], "total": 0}, 0, 0),
        ({"total": 0}, 0, 0),
        ({"total": "0", "links": {}}, 0, 0),
        ({}, 0, None),
    ],
)
def test_a_list_may_lack_its_key_only_when_it_is_empty(reply: Row, rows: int, total: int | None) -> None:
    page = parse_page(reply, "user")
    assert (len(page.rows), page.total) == (rows, total)


@pytest.mark.parametrize(
    "reply",
    [
        {"id": "12", "section_title": "Algebra"},
        {"building": [], "total": 0},
        {"total": "3"},
        {"user": {"id": 1}},
        {"user": [1, 2]},
        {"user": None},
    ],
)
def test_another_object_is_never_an_empty_list(reply: Row) -> None:
    """An unknown sub-path answers 200 with the parent object."""
    with pytest.raises(MalformedReplyError):
        parse_page(reply, "user")


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"3", b"\xff", b'{"a":'])
def test_what_is_no_json_object_is_malformed(content: bytes) -> None:
    with pytest.raises(MalformedReplyError):
        decode(content)


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4))
def test_a_json_object_is_decoded(value: dict[str, int | str]) -> None:
    assert decode(json.dumps(value).encode()) == value


@pytest.mark.parametrize("wrapped", [True, False])
def test_items_are_found_wrapped_or_not(wrapped: bool) -> None:
    items = {"enrollment": [{"response_code": 200, "id": "7"}, {"response_code": "404", "message": "No."}]}
    reply: Row = {"enrollments": items} if wrapped else dict(items)
    done, failed = parse_items(reply, "enrollments", "enrollment")
    assert (done.is_done, done.id, done.message) == (True, "7", "")
    assert (failed.is_done, failed.code, failed.id, failed.message) == (False, 404, "", "No.")


@pytest.mark.parametrize(
    ("row", "lms_id"),
    [
        ({"id": 7}, "7"),
        ({"uid": "8", "location": "https://api.example.org/v1/users/9"}, "8"),
        ({"location": "https://api.example.org/v1/sections/3/enrollments/54302505"}, "54302505"),
        ({"location": "https://api.example.org/v1/users/"}, ""),
        ({}, ""),
    ],
)
def test_an_items_id_may_stand_at_the_end_of_its_location(row: Row, lms_id: str) -> None:
    [item] = parse_items({"user": [{"response_code": 200, **row}]}, "users", "user")
    assert item.id == lms_id


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"message": "a"}, "a"),
        ({"error": "b"}, "b"),
        ({"error_message": "c"}, "c"),
        ({"errors": ["d", "e"]}, "d; e"),
        ({"message": "", "error": "f"}, "f"),
        ({"message": 3}, ""),
    ],
)
def test_an_items_message_is_found_under_any_name_it_may_have(row: Row, message: str) -> None:
    [item] = parse_items({"user": [{"response_code": 400, **row}]}, "users", "user")
    assert item.message == message


@pytest.mark.parametrize("reply", [{}, {"users": {}}, {"user": [{"id": 1}]}, {"user": [{"response_code": "x"}]}])
def test_items_without_list_or_code_are_malformed(reply: Row) -> None:
    with pytest.raises(MalformedReplyError):
        parse_items(reply, "users", "user")


def test_an_export_is_read_by_its_header() -> None:
    content = '\ufeffschool_uid,extra,uid\r\n"a,1",x,7\r\n,,8\r\n'.encode()
    assert list(parse_csv(content, ("uid", "school_uid"))) == [
        {"uid": "7", "school_uid": "a,1"},
        {"uid": "8", "school_uid": ""},
    ]


@pytest.mark.parametrize("content", [b"", b"uid\n7\n", b"\xff\xfe", b"<html></html>"])
def test_an_export_without_a_column_is_malformed(content: bytes) -> None:
    with pytest.raises(MalformedReplyError):
        list(parse_csv(content, ("uid", "school_uid")))
