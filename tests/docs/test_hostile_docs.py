"""The page about hostile providers tells of every scenario, in the words of the table."""

from __future__ import annotations

from docs.hostile_reference import PAGE, rows_of_the_page, told
from sis_connect.grades.findings import RULES as GRADE_RULES
from sis_connect.oneroster.rest_rules import RULES as JSON_RULES
from sis_connect.sandbox.sis.hostility import SCENARIOS
from sis_connect.sis.rest.rules import RULES as REST_RULES
from sis_connect.sync.check import RULES as CHECK_RULES
from sis_connect.sync.plan.guard import CAUSES
from sis_connect.transport.diagnosis import Cause


def test_every_scenario_is_told_once_and_in_order() -> None:
    said = [cells[0].removeprefix("| ") for cells in rows_of_the_page()]
    assert said == [told(scenario)[0] for scenario in SCENARIOS.values()]


def test_scenarios_are_told_in_the_words_of_the_table() -> None:
    said = [tuple(cells[1:3]) for cells in rows_of_the_page()]
    assert said == [told(scenario)[1:] for scenario in SCENARIOS.values()]


def test_every_code_of_the_page_is_declared() -> None:
    rules = (*REST_RULES, *JSON_RULES, *CHECK_RULES)
    known = {*(rule.code for rule in rules), *GRADE_RULES, *CAUSES, *(cause.value for cause in Cause)}
    codes = {code.strip("` ") for cells in rows_of_the_page() for code in cells[-1].removesuffix(" |").split(",")}
    assert codes - {"|", ""} <= known


def test_every_refusal_of_a_pull_is_met_by_a_scenario() -> None:
    """What no scenario brings about is not proven to work; tests of paging and of pulls prove these in other ways."""
    page = PAGE.read_text(encoding="utf-8")
    proven_elsewhere = {"rest.other_version", "rest.records_repeat", "rest.too_many_records"}
    unmet = {rule.code for rule in REST_RULES if rule.severity == "error" and f"`{rule.code}`" not in page}
    assert unmet == proven_elsewhere
