"""Sandboxes with targets that write to them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from schoology_side import Side, Sides, fill

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sides() -> Iterator[Sides]:
    """Where sandboxes come from."""
    with ExitStack() as stack:
        yield Sides(stack)


@pytest.fixture
def side(sides: Sides) -> Side:
    """An empty sandbox."""
    return sides()


@pytest.fixture
def district(side: Side) -> Side:
    """A sandbox with a school, a term, a student, a teacher, a parent, a course and a class, all made by us."""
    fill(side)
    return side
