"""An event says which classes to poll, nothing more, and whatever was sent never does harm."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.schoology.webhooks import LARGEST_BODY, Hint, parse_hint


def an_event(data: object, type_: str = "grades.update") -> bytes:
    return msgspec.json.encode({"uid": 44012, "timestamp": 1790000000, "type": type_, "data": data})


def a_place(code: str = "class-1", section: object = 364856, **fields: object) -> dict[str, object]:
    return {"realm": "section", "section_id": section, "section_school_code": code, **fields}


@pytest.mark.parametrize("type_", ["grades.update", "grade_item.update", "grade_item.delete"])
def test_an_event_about_grades_or_items_names_its_classes(type_: str) -> None:
    data = [a_place(), a_place(enrollment_id=7, object={"grade": 56}), a_place("class-2", "364857")]
    hint = parse_hint(an_event(data, type_))
    assert hint == Hint(frozenset({"class-1", "class-2"}), frozenset({"364856", "364857"}))


def test_data_may_be_one_object_or_lack_the_code() -> None:
    assert parse_hint(an_event(a_place())).class_keys == {"class-1"}
    assert parse_hint(an_event([{"realm": "section", "realm_id": 9}])) == Hint(section_ids=frozenset({"9"}))
    assert parse_hint(an_event([{"realm": "group", "realm_id": 9}])) == Hint()


@pytest.mark.parametrize("type_", ["attendance.update", "section_completion.update", "dropbox_submission.update", ""])
def test_other_events_hint_at_nothing(type_: str) -> None:
    assert parse_hint(an_event([a_place()], type_)) == Hint()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b"{",
        b"\xff",
        b'{"type": "grades.update"}',
        b'{"type": "grades.update", "data": "x"}',
        b'{"type": "grades.update", "data": [1]}',
        b'{"type": ["grades.update"], "data": []}',
        b'{"type": "grades.update", "data": ' + b"[" * 100_000,
        an_event([a_place("", "none")]),
        an_event([a_place("x" * 256, "")]),
        an_event([a_place("a\nb", None)]),
        an_event([a_place()]) + b" " * LARGEST_BODY,
    ],
)
def test_what_is_no_event_hints_at_nothing(body: bytes) -> None:
    assert parse_hint(body) == Hint()


def test_no_more_classes_are_taken_than_one_save_can_concern() -> None:
    hint = parse_hint(an_event([a_place(f"class-{number}", number + 1) for number in range(3000)]))
    assert (len(hint.class_keys), len(hint.section_ids)) == (1000, 1000)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["section_id", "section_school_code", "realm"]), inner)
    ),
)


@given(JSON)
def test_whatever_an_event_holds_its_hint_can_be_looked_up(data: object) -> None:
    hint = parse_hint(an_event(data))
    assert all(section.isdigit() for section in hint.section_ids)
    assert all(key.isprintable() for key in hint.class_keys)


@given(st.binary())
def test_any_bytes_are_a_hint(body: bytes) -> None:
    assert parse_hint(body) == Hint()
