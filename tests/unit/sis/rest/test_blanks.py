"""Blanks around ids are taken off wherever an id stands, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sis.rest.blanks import trim_ids

if TYPE_CHECKING:
    from sis_connect.oneroster.json_text import Row


def test_ids_and_references_lose_their_blanks_and_each_value_is_counted() -> None:
    row: Row = {"sourced_id": " c1 ", "title": " Algebra ", "course_sourced_id": "k1 ", "term_sourced_ids": " t1 ,t2"}
    assert trim_ids(ENTITIES["classes"], [row]) == 3
    assert row == {"sourced_id": "c1", "title": " Algebra ", "course_sourced_id": "k1", "term_sourced_ids": "t1,t2"}


def test_resources_of_a_class_lose_theirs_too() -> None:
    link: Row = {"class_sourced_id": " c1", "resource_sourced_id": "r1 "}
    assert trim_ids(ENTITIES["classes"], [], [link]) == 2
    assert link == {"class_sourced_id": "c1", "resource_sourced_id": "r1"}


@pytest.mark.parametrize("id_", ["c1", "c 1", "   ", "", None, "\tc1"])
def test_what_has_none_or_is_nothing_else_stays(id_: str | None) -> None:
    """A blank inside an id is part of it, and what is blank altogether is for the checks to refuse."""
    row: Row = {"sourced_id": id_}
    assert trim_ids(ENTITIES["classes"], [row]) == 0
    assert row == {"sourced_id": id_}
