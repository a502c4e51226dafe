"""Findings as plans and reports keep them, by code alone, with the words of their rules again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.bootstrap import find_rule
from sis_connect.cli.documents import FindingTotal

if TYPE_CHECKING:
    from collections.abc import Mapping


def totals_of(findings: Mapping[str, tuple[str, int]]) -> tuple[FindingTotal, ...]:
    """A total for each code with its severity and occurrences."""
    totals = []
    for code, (severity, occurrences) in sorted(findings.items()):
        rule = find_rule(code)
        totals.append(FindingTotal(code, severity, rule.fixer, rule.title, rule.fix, occurrences))
    return tuple(totals)
