"""Every code that the JSON reader may emit is explained."""

from __future__ import annotations

from sis_connect.oneroster.json_deviations import Deviation, PageFault, RecordFault
from sis_connect.oneroster.rest_rules import REFUSALS, RULES, unreadable
from sis_connect.sis.csv_rules import RULES as CSV_RULES
from sis_connect.sync.check import RULES as CHECK_RULES


def test_every_code_has_one_rule_and_every_rule_a_code() -> None:
    codes = [rule.code for rule in RULES]
    assert sorted(codes) == sorted(code.value for codes in (Deviation, RecordFault, PageFault) for code in codes)


def test_no_code_means_something_else_elsewhere() -> None:
    assert not {rule.code for rule in RULES} & {rule.code for rule in (*CSV_RULES, *CHECK_RULES)}


def test_what_makes_a_page_unreadable_has_a_refusal_with_its_words() -> None:
    assert {rule.code for rule in REFUSALS} == {fault.value for fault in PageFault}
    for rule in REFUSALS:
        error = unreadable(PageFault(rule.code))
        assert (error.what, error.fix) == (rule.title, rule.fix)


def test_every_rule_is_said_in_sentences() -> None:
    for rule in RULES:
        assert rule.title.endswith(".")
        assert rule.fix.endswith(".")
