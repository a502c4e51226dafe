"""Faults on demand: the plan alone decides what strikes which request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.sandbox.schoology.faults import Fault, FaultPlan, FaultRule, Faults, parse_plan


def struck(plan: FaultPlan, requests: list[tuple[str, str]]) -> list[list[Fault]]:
    faults = Faults(plan)
    return [[strike.rule.fault for strike in faults.strike(*request)] for request in requests]


def test_a_rule_strikes_as_often_as_it_says_from_where_it_says() -> None:
    plan = FaultPlan((FaultRule(Fault.UNAVAILABLE, after=1, count=2),))
    assert struck(plan, [("GET", "users")] * 5) == [[], [Fault.UNAVAILABLE], [Fault.UNAVAILABLE], [], []]


def test_only_matching_requests_count() -> None:
    plan = FaultPlan((FaultRule(Fault.LOST_REPLY, method="POST", path="sections/*/enrollments", after=1),))
    requests = [("POST", "users"), ("POST", "sections/1/enrollments"), ("GET", "sections/1/enrollments")]
    assert struck(plan, [*requests, ("POST", "sections/2/enrollments")]) == [[], [], [], [Fault.LOST_REPLY]]


def test_a_rule_without_count_strikes_for_ever() -> None:
    plan = FaultPlan((FaultRule(Fault.SLOW, count=None),))
    assert struck(plan, [("GET", "users")] * 30) == [[Fault.SLOW]] * 30


def test_several_rules_may_strike_one_request() -> None:
    plan = FaultPlan((FaultRule(Fault.SLOW), FaultRule(Fault.LOST_REPLY)))
    assert struck(plan, [("GET", "users")]) == [[Fault.SLOW, Fault.LOST_REPLY]]


@given(st.integers(), st.floats(0, 1))
def test_chance_depends_on_the_seed_alone(seed: int, probability: float) -> None:
    plan = FaultPlan((FaultRule(Fault.SERVER_ERROR, count=None, probability=probability),), seed)
    requests = [("PUT", "users")] * 20
    assert struck(plan, requests) == struck(plan, requests)


def test_chance_strikes_about_as_often_as_it_should() -> None:
    plan = FaultPlan((FaultRule(Fault.SERVER_ERROR, count=None, probability=0.25),), seed=3)
    hits = sum(map(len, struck(plan, [("GET", "users")] * 1000)))
    assert 180 < hits < 320


def test_items_fail_where_the_rule_says() -> None:
    rule = FaultRule(Fault.ITEM_FAILURES, items=(0, 2), code=500)
    [strike] = Faults(FaultPlan((rule,))).strike("POST", "users")
    assert [strike.fails(position) for position in range(4)] == [500, None, 500, None]


def test_a_share_of_items_fails_and_always_the_same() -> None:
    plan = FaultPlan((FaultRule(Fault.ITEM_FAILURES, item_share=0.5, count=None),), seed=7)

    def failing() -> list[int]:
        [strike] = Faults(plan).strike("POST", "users")
        return [position for position in range(50) if strike.fails(position)]

    assert failing() == failing()
    assert 10 < len(failing()) < 40


def test_a_new_plan_counts_anew() -> None:
    plan = FaultPlan((FaultRule(Fault.UNAVAILABLE),))
    faults = Faults(plan)
    assert faults.strike("GET", "users")
    assert not faults.strike("GET", "users")
    faults.set_plan(plan)
    assert faults.strike("GET", "users")


def test_a_plan_is_read_from_json() -> None:
    rule = {"fault": "item_failures", "method": "POST", "path": "users", "items": [1], "code": 500}
    expected = FaultRule(Fault.ITEM_FAILURES, method="POST", path="users", items=(1,), code=500)
    assert parse_plan({"seed": 4, "rules": [rule]}) == FaultPlan((expected,), 4)


@pytest.mark.parametrize(
    "value", [[], {"rules": ["x"]}, {"rules": [{"fault": "?"}]}, {"rules": [{"fault": "slow", "x": 1}]}]
)
def test_what_is_no_plan_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        parse_plan(value)
