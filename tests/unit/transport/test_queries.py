"""Queries: encoded once, and read back by anybody as they were meant."""

from __future__ import annotations

import string
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.transport.queries import encode_params, mended

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("params", "query"),
    [
        (None, ""),
        ({}, ""),
        ({"limit": 100, "offset": 0}, "limit=100&offset=0"),
        ({"filter": "givenName='Ana Maria'"}, "filter=givenName%3D%27Ana%20Maria%27"),
        ({"a": "~-._", "b": "!*()+"}, "a=~-._&b=%21%2A%28%29%2B"),
        ([("x", "2"), ("x", "1"), ("y", "")], "x=2&x=1&y="),
        ({"familyName": "Núñez"}, "familyName=N%C3%BA%C3%B1ez"),
    ],
)
def test_params_are_encoded_as_a_signature_needs_them(params: dict[str, str | int] | None, query: str) -> None:
    assert encode_params(params) == query


@given(st.lists(st.tuples(TEXTS.filter(bool), TEXTS), max_size=5))
def test_every_reader_of_queries_gets_back_what_was_meant(pairs: list[tuple[str, str]]) -> None:
    query = encode_params(pairs)
    assert parse_qsl(query, keep_blank_values=True) == pairs
    assert set(query) <= set(string.ascii_letters + string.digits + "-._~%=&")
    assert mended(query) == query


@pytest.mark.parametrize(
    ("foreign", "query"),
    [
        ("filter=name='x y'", "filter=name='x%20y'"),
        ("a=1%2B2&b=c+d", "a=1%2B2&b=c+d"),
        ('a=|[]{}^`\\"<>', "a=%7C%5B%5D%7B%7D%5E%60%5C%22%3C%3E"),
        ("a=100%&b=%zz&c=%4", "a=100%25&b=%25zz&c=%254"),
    ],
)
def test_a_foreign_query_is_mended_only_where_no_query_may_be_so(foreign: str, query: str) -> None:
    assert mended(foreign) == query


@given(TEXTS)
def test_mending_twice_is_mending_once(text: str) -> None:
    assert mended(mended(text)) == mended(text)
