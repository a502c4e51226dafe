"""Shapes tell how something is written and nothing of what it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.oneroster.shapes import shape_of, told_name


@given(st.text(st.sampled_from("MariaLopez7 -")))
def test_texts_of_the_same_form_have_the_same_shape(text: str) -> None:
    assert shape_of(text) == shape_of(shape_of(text))


def test_shape_ends_where_it_is_told_to() -> None:
    assert shape_of("Maria" * 100, 4) == "Aaaa…"


@pytest.mark.parametrize("name", ["schoolCode", "x_id", "links", "ext.term"])
def test_a_name_that_a_program_may_have_is_told(name: str) -> None:
    assert told_name(name) == name


@pytest.mark.parametrize("name", ["Maria Lopez", "maria@example.org", "5551234", "é", "", "a" * 61])
def test_what_is_no_name_is_told_by_its_shape(name: str) -> None:
    assert told_name(name) == shape_of(name, 60)
