"""The rules of the CSV reader as a list."""

from __future__ import annotations

import re

from sis_connect.findings import Severity
from sis_connect.oneroster.csv_format import ManifestFault
from sis_connect.oneroster.csv_headers import HeaderFault
from sis_connect.sis.csv_records import RowFault, RowRepair
from sis_connect.sis.csv_rules import REFUSALS, RULES, refusal


def test_codes_are_unique_and_well_formed() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"(package|manifest|file|header|row)\.[a-z0-9_]+", code) for code in codes)


def test_every_fault_that_the_parsers_name_has_its_rule() -> None:
    codes = {rule.code for rule in RULES}
    assert {str(fault) for faults in (ManifestFault, HeaderFault, RowFault, RowRepair) for fault in faults} <= codes


def test_titles_and_fixes_are_sentences() -> None:
    assert [rule.code for rule in RULES if not (rule.title.endswith(".") and rule.fix.endswith("."))] == []


def test_what_is_mended_in_lenient_mode_is_an_error_in_strict_mode() -> None:
    lenient = {rule.code for rule in RULES if rule.severity_in(strict=True) is not Severity.ERROR}
    assert lenient == {"file.byte_order_mark", "file.passwords_dropped", "row.looks_unclosed"}


def test_a_refusal_carries_what_and_how_to_fix_it() -> None:
    error = refusal("file.nul_byte", where="users.csv, line 3", because="Really.")
    rule = next(rule for rule in REFUSALS if rule.code == error.code)
    assert (error.what, error.fix, error.where) == (f"{rule.title} Really.", rule.fix, "users.csv, line 3")
