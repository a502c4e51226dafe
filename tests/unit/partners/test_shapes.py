"""Addresses with placeholders: recognised and filled in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.partners.shapes import fill, fixed_text, match, placeholders

SHAPES = ("https://{host}", "https://{host}/{subdirectory}", "https://{district}.sis.example/{app}/api")
segments = st.from_regex(r"[A-Za-z0-9%_~-]+", fullmatch=True)


@pytest.mark.parametrize(
    ("shape", "text", "values"),
    [
        ("https://{host}/campus", "https://oak.example:8443/campus", {"host": "oak.example:8443"}),
        ("https://{district}.sis.example", "https://OAK.SIS.Example", {"district": "OAK"}),
        ("https://{district}api.sis.example", "https://oakapi.sis.example", {"district": "oak"}),
        ("https://{host}/{app}", "http://127.0.0.1:9/a", {"host": "127.0.0.1:9", "app": "a"}),
        ("https://{host}/focus/{path}", "https://oak.example/focus", {"host": "oak.example", "path": ""}),
        ("https://{host}/focus/{path}", "https://oak.example/focus/a/b", {"host": "oak.example", "path": "a/b"}),
        ("https://{host}/campus", "https://oak.example/Campus", None),
        ("https://{host}/campus", "https://oak.example/campus/more", None),
        ("https://{host}/{app}", "https://oak.example", None),
        ("https://{host}/{app}", "https://oak.example/a/b", None),
        ("https://{district}.sis.example", "https://oak.sis.example.evil.example", None),
        ("https://{host}", "oak.example", None),
    ],
)
def test_text_has_a_shape_or_has_not(shape: str, text: str, values: dict[str, str] | None) -> None:
    assert match(shape, text) == values


@given(st.sampled_from(SHAPES), st.data())
def test_what_was_filled_in_is_recognised(shape: str, data: st.DataObject) -> None:
    values = {name: data.draw(segments) for name in placeholders(shape)}
    assert match(shape, fill(shape, values)) == values


@given(st.sampled_from(SHAPES), st.text())
def test_no_text_is_too_odd_to_be_compared(shape: str, text: str) -> None:
    found = match(shape, f"https://{text}")
    assert found is None or fill(shape, found).partition("://")[2].casefold() == text.casefold()


def test_shape_with_less_left_open_fits_closer() -> None:
    assert fixed_text("https://{a}api.example/admin") > fixed_text("https://{a}.example/{b}")
