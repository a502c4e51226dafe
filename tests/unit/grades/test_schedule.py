"""When a class is looked at on its own, and when everything of it is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sis_connect.grades.roster import Class
from sis_connect.grades.rules import GradeRules, ScheduleRules
from sis_connect.grades.schedule import LastLook, is_due, wants_full

NOW = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
ALGEBRA = Class("algebra", "algebra", "Algebra", "77", "maths", "north", (), frozenset(), frozenset())
NEW_YORK = ZoneInfo("America/New_York")


def scheduled(mode: str, **more: object) -> GradeRules:
    return GradeRules(schedule=ScheduleRules(mode=mode, **more))  # type: ignore[arg-type]  # one of the modes


def looked(before: timedelta, **more: bool) -> LastLook:
    return LastLook(NOW - before, NOW - before, **more)


def test_nothing_is_sent_on_its_own_unless_the_district_says_so() -> None:
    assert not is_due(ALGEBRA, GradeRules(), LastLook(is_hinted=True), NOW, UTC)


def test_a_class_is_looked_at_again_after_the_minutes_or_on_a_hint() -> None:
    rules = scheduled("minutes", minutes=10)
    assert is_due(ALGEBRA, rules, LastLook(), NOW, UTC)
    assert is_due(ALGEBRA, rules, looked(timedelta(minutes=10)), NOW, UTC)
    assert not is_due(ALGEBRA, rules, looked(timedelta(minutes=9)), NOW, UTC)
    assert is_due(ALGEBRA, rules, looked(timedelta(minutes=1), is_hinted=True), NOW, UTC)


def test_night_is_by_the_district_s_clock() -> None:
    """02:30 in New York is 06:30 by UTC in October."""
    rules = scheduled("nightly", at="02:30")
    before, after = datetime(2026, 10, 14, 6, 29, tzinfo=UTC), datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
    last = LastLook(datetime(2026, 10, 13, 6, 31, tzinfo=UTC))
    assert not is_due(ALGEBRA, rules, last, before, NEW_YORK)
    assert is_due(ALGEBRA, rules, last, after, NEW_YORK)
    assert not is_due(ALGEBRA, rules, LastLook(after), after + timedelta(hours=20), NEW_YORK)


def test_a_class_may_have_a_mode_of_its_own_and_so_may_a_school() -> None:
    rules = scheduled("never", by_school={"north": "nightly"}, by_class={"algebra": "minutes"})
    assert is_due(ALGEBRA, rules, looked(timedelta(minutes=11)), NOW, UTC)
    assert not is_due(ALGEBRA, scheduled("minutes", by_school={"north": "never"}), LastLook(), NOW, UTC)


def test_a_class_that_the_district_leaves_out_is_never_due() -> None:
    rules = GradeRules(schools=("south",), schedule=ScheduleRules(mode="minutes"))
    assert not is_due(ALGEBRA, rules, LastLook(), NOW, UTC)


def test_everything_is_compared_at_first_and_again_after_the_days() -> None:
    rules = scheduled("nightly", full_compare_days=7)
    assert wants_full(rules, LastLook(), NOW)
    assert not wants_full(rules, looked(timedelta(days=6)), NOW)
    assert wants_full(rules, looked(timedelta(days=7)), NOW)


@given(st.sampled_from(["01:30", "02:30", "23:59"]), st.integers(0, 364), st.integers(0, 95))
def test_every_night_has_exactly_one_look_whatever_the_clock_does(at: str, day: int, quarter: int) -> None:
    """Asked every quarter of an hour for two days; two nights of the year have an hour more or less."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, minutes=15 * quarter)
    rules, now, last, looks = scheduled("nightly", at=at), start, LastLook(start), 0
    for _ in range(4 * 48):
        now += timedelta(minutes=15)
        if is_due(ALGEBRA, rules, last, now, NEW_YORK):
            last, looks = LastLook(now), looks + 1
    local = [datetime(2026, 1, 1) + timedelta(days=one) for one in range(-1, 370)]  # noqa: DTZ001  # days on the wall
    nights = [datetime.combine(one, time.fromisoformat(at), NEW_YORK).astimezone(UTC) for one in local]
    assert looks == sum(start < night <= now for night in nights)
