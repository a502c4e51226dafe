"""A plan says which of the district's rules changed since the last applied one: it explains many changes at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from fakes import FakeLms
from rosters import NO_GUARD, a_roster, a_runner
from sis_connect.bootstrap import open_district
from sis_connect.config import setting_types
from sis_connect.runs.settings_kept import changed_settings, kept_settings
from sis_connect.settings import Settings, SisSettings
from sis_connect.sync.shape.rules import Classes, DistrictRules, Schools

if TYPE_CHECKING:
    from pathlib import Path

RENAMED = DistrictRules(classes=Classes(title="{course_title}"), schools=Schools(match={"north": "55"}))


def test_rules_that_changed_since_the_last_applied_plan_are_named_in_plan_and_report(tmp_path: Path) -> None:
    lms = FakeLms()
    package = a_roster().write(tmp_path / "night1")
    first = a_runner(tmp_path / "data", lms, guard=NO_GUARD).sync(package)
    changed = a_runner(tmp_path / "data", lms, guard=NO_GUARD, rules=RENAMED)
    plan = changed.plan(package)
    report = changed.apply(plan.digest)

    assert first.changed_settings == ()
    assert plan.changed_settings == report.changed_settings == ("classes.title", "schools.match")
    assert changed.sync(package).changed_settings == ()


def test_a_plan_that_was_never_applied_is_not_compared_with(tmp_path: Path) -> None:
    lms = FakeLms()
    package = a_roster().write(tmp_path / "night1")
    usual = a_runner(tmp_path / "data", lms)
    usual.sync(package)
    a_runner(tmp_path / "data", lms, rules=RENAMED).plan(package)
    assert usual.plan(package).changed_settings == ()


def test_only_names_and_no_values_are_compared_in_any_order(tmp_path: Path) -> None:
    settings = a_runner(tmp_path / "data", FakeLms()).settings
    one, other = (
        kept_settings(replace(settings, rules=DistrictRules(schools=Schools(match=match))))
        for match in ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    )
    assert changed_settings(one, other) == ()
    assert changed_settings({}, one) == ()
    assert changed_settings({"gone": "1"}, {"new": "2"}) == ("gone", "new")


def test_every_setting_that_decides_what_a_plan_holds_is_kept_under_its_key(tmp_path: Path) -> None:
    """All but those of grades, of Schoology, of the machine, of unpacking, and how fast the SIS is asked."""
    with open_district(tmp_path / "data", settings=Settings()) as district:
        kept = kept_settings(district.runner.settings)
    asking = tuple(f"sis.{name}" for name in ("page_size", "concurrency", "rate", "allow_loopback", "allow_private"))
    elsewhere = (*asking, "sis.grade_headers", "grades.", "schoology.", "engine.", "source.dense_size")
    apart = {key for key in setting_types() if key.startswith(elsewhere)}
    assert set(kept) == set(setting_types()) - apart
    assert {key.partition(".")[0] for key in kept} <= set(msgspec.to_builtins(Settings()))


def test_another_way_to_ask_the_sis_is_named_and_nothing_secret_is_kept(tmp_path: Path) -> None:
    """An address and a header may hold a secret that somebody put into the wrong place."""
    ways = (
        SisSettings(url="https://ada:hush@sis.example", headers={"X-Key": "hush"}),
        SisSettings(url="https://other.example", style="per-school", rate=1.0),
    )
    kept = []
    for place, sis in enumerate(ways):
        with open_district(tmp_path / str(place), settings=Settings(sis=sis)) as district:
            kept.append(kept_settings(district.runner.settings))
    assert changed_settings(*kept) == ("sis.headers", "sis.style", "sis.url")
    assert "hush" not in "".join((*kept[0].values(), *kept[1].values()))
