"""The table of checks: permanent ids, whole rows."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from sis_connect.oneroster.operations import OPERATIONS
from sis_connect.sis.conformance.catalogue import BY_ID, CHECKS
from sis_connect.sis.conformance.checking import Check, Group
from sis_connect.sis.conformance.checks.load import quantile


def test_ids_are_unique_and_dotted() -> None:
    assert [id_ for id_, count in Counter(check.id for check in CHECKS).items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z_]+(\.[A-Za-z0-9_-]+)+", check.id) for check in CHECKS)


def test_every_operation_and_every_group_has_a_check() -> None:
    assert all(f"operation.{name}" in BY_ID for name in OPERATIONS)
    assert {check.group for check in CHECKS} == set(Group)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_row_says_what_is_true_how_to_mend_it_and_how_one_lives_with_it(check: Check) -> None:
    for sentence in (check.title, check.fix, check.how):
        assert sentence.endswith(".")
        assert "  " not in sentence
    assert check.clause


def test_quantiles_of_few_values() -> None:
    assert quantile([1.0], 0.95) == 1.0
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.0
    assert quantile([float(number) for number in range(1, 101)], 0.95) == 95.0
