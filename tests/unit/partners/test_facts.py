"""How much a fact is trusted."""

from __future__ import annotations

import pytest

from sis_connect.partners.facts import Fact, Grade, Known, Source, grade_of, settled, suggested

SOURCES = {
    grade.name.lower(): Source(title="a", publisher="b", grade=grade, recorded="2026-11-23", dated="unknown")
    for grade in Grade
}
STRONG: Fact[int] = Known(7, ("weak", "integrator"))
WEAK: Fact[int] = Known(7, ("weak",))


def test_fact_has_the_best_grade_of_its_sources() -> None:
    assert grade_of(Known(1, ("weak", "vendor", "consumer")), SOURCES) is Grade.VENDOR


@pytest.mark.parametrize(("fact", "value"), [(STRONG, 7), (WEAK, None), ("unknown", None), (None, None)])
def test_only_what_is_well_sourced_is_relied_on(fact: Fact[int] | None, value: int | None) -> None:
    assert settled(fact, SOURCES) == value


@pytest.mark.parametrize(("fact", "value"), [(STRONG, STRONG), (WEAK, WEAK), ("unknown", None), (None, None)])
def test_what_is_weakly_sourced_is_still_suggested(fact: Fact[int] | None, value: Known[int] | None) -> None:
    assert suggested(fact) is value
