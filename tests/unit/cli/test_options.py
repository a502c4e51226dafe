"""Kinds are understood by their names and by the words that people and the LMS use for them."""

from __future__ import annotations

import click
import pytest

from sis_connect.cli.options import KINDS, KindName


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_understood_by_its_name(kind: str) -> None:
    assert KindName().convert(kind, None, None) == kind


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("people", "users"),
        ("persons", "users"),
        ("person", "users"),
        ("user", "users"),
        ("sections", "classes"),
        ("section", "classes"),
        ("class", "classes"),
        ("Enrollment", "enrollments"),
    ],
)
def test_other_words_are_understood_too(word: str, kind: str) -> None:
    assert KindName().convert(word, None, None) == kind


def test_unknown_word_is_told_the_names() -> None:
    with pytest.raises(click.BadParameter, match="users"):
        KindName().convert("cats", None, None)
