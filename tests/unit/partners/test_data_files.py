"""What people wrote wrongly in a data file is told in plain words, with its place."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.partners.data_files import DAY, EMAIL_OR_NOTHING, ID, NO_FACT, SECURE_URL, in_words, parse_toml


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table in the example."""

    count: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1
    names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=2)] = ("a",)


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of each."""

    id: Annotated[str, msgspec.Meta(pattern=ID, max_length=5)]
    day: Annotated[str, msgspec.Meta(pattern=DAY)] = "2026-01-01"
    mail: Annotated[str, msgspec.Meta(pattern=EMAIL_OR_NOTHING)] = ""
    url: Annotated[str, msgspec.Meta(pattern=SECURE_URL)] = "https://a.example"
    text: Annotated[str, msgspec.Meta(pattern=NO_FACT)] = ""
    word: Literal["yes", "no"] = "yes"
    inner: Inner = Inner()


def said(**changes: object) -> tuple[str, str]:
    """What is said of an example with changes, and its place."""
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"id": "a", **changes}, Example)
    return in_words(caught.value)


@pytest.mark.parametrize(
    ("changes", "what", "place"),
    [
        ({"id": "A b"}, "It must be words of small letters and digits, with hyphens between them", "id"),
        ({"id": "a\n"}, "It must be words of small letters and digits, with hyphens between them", "id"),
        ({"id": "abcdef"}, "It has more than 5 characters", "id"),
        ({"day": "soon"}, "It must be a day, such as 2026-11-23", "day"),
        ({"mail": "bo"}, "It is no e-mail address", "mail"),
        ({"url": "http://a.example"}, "It must begin with https:// and hold no blank", "url"),
        ({"text": "unknown"}, "It cannot be unknown", "text"),
        ({"word": "maybe"}, "'maybe' is none of the words that it may be", "word"),
        ({"word": 3}, "It must be a text and is a whole number", "word"),
        ({"inner": {"count": 0}}, "It must be a whole number of at least 1", "inner.count"),
        ({"inner": {"count": 11}}, "It must be a whole number of at most 10", "inner.count"),
        ({"inner": {"count": "1"}}, "It must be a whole number and is a text", "inner.count"),
        ({"inner": {"names": []}}, "It must not be empty", "inner.names"),
        ({"inner": {"names": ["a", "b", "c"]}}, "It holds more than 2", "inner.names"),
        ({"inner": {"names": [1]}}, "It must be a text and is a whole number", "inner.names[0]"),
        ({"inner": {"other": 1}}, "There is no field other", "inner"),
        ({"inner": 5}, "It must be a table and is a whole number", "inner"),
    ],
)
def test_fault_is_told_in_plain_words(changes: dict[str, Any], what: str, place: str) -> None:
    assert said(**changes) == (what, place)


def test_field_that_is_missing_is_named() -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({}, Example)
    assert in_words(caught.value) == ("The field id is missing", "")


def test_mark_at_the_beginning_that_some_editors_write_is_no_fault() -> None:
    assert parse_toml(b"\xef\xbb\xbfa = 1\r\n") == {"a": 1}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a = \xff", "not UTF-8"),
        (b"a = ", "not TOML"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"a = " + b"[" * 60 + b"]" * 60, "nested too deeply"),
        (b"[" + b"a." * 60_000 + b"a]\nb = 1", "nested too deeply"),
    ],
)
def test_what_is_no_data_file_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_toml(content)


@given(st.binary(max_size=200))
def test_no_bytes_end_in_another_error(content: bytes) -> None:
    with suppress(ValueError):
        assert isinstance(parse_toml(content), dict)
