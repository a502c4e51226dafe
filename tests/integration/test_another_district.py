"""A roster of another district than the one applied before is not planned unless a person says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from fakes import FakeLms
from rosters import NO_GUARD, Roster, a_roster, a_runner
from sis_connect.errors import PlanError
from sis_connect.report import Report
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.origin import Elsewhere

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.runs.runner import Runner


def with_prefix(roster: Roster, prefix: str) -> Roster:
    """The same people and classes under other ids: what another SIS, or another district, says."""
    other = Roster()
    for entity, rows in roster.rows.items():
        for sourced_id, row in rows.items():
            changed = {
                name: ",".join(f"{prefix}{one}" for one in value.split(","))
                for name, value in row.items()
                if value and name.endswith(("SourcedId", "SourcedIds"))
            }
            other.rows[entity][f"{prefix}{sourced_id}"] = row | changed | {"sourcedId": f"{prefix}{sourced_id}"}
    return other


def another_roster() -> Roster:
    """Another district, with nobody and nothing of ours."""
    other = with_prefix(a_roster(), "oak-")
    other.rows["orgs"]["oak-district"]["name"] = "Oak District"
    for user in other.rows["users"].values():
        user |= {
            "username": f"o{user['username']}",
            "email": f"o{user['email']}",
            "identifier": f"o{user['identifier']}",
        }
        user |= {"givenName": f"O{user['givenName']}", "familyName": f"O{user['familyName']}"}
    return other


def without_district(roster: Roster) -> Roster:
    """The same schools without the org above them."""
    roster.drop("orgs", roster_district(roster))
    for row in roster.rows["orgs"].values():
        row["parentSourcedId"] = ""
    for course in roster.rows["courses"].values():
        course["orgSourcedId"] = next(iter(roster.rows["orgs"]))
    return roster


def roster_district(roster: Roster) -> str:
    """The sourcedId of its district."""
    return next(key for key, row in roster.rows["orgs"].items() if row["type"] == "district")


@pytest.fixture
def lms() -> FakeLms:
    return FakeLms()


@pytest.fixture
def runner(tmp_path: Path, lms: FakeLms) -> Runner:
    """A runner after its first night."""
    runner = a_runner(tmp_path / "data", lms, guard=NO_GUARD)
    report = runner.sync(a_roster().write(tmp_path / "night1"))
    assert report.origin == "District (district) in a package"
    assert report.origin_change is None
    return runner


def test_another_districts_package_is_refused_by_the_names_of_both(
    tmp_path: Path, lms: FakeLms, runner: Runner
) -> None:
    written = len(lms.written)
    package = another_roster().write(tmp_path / "oak")
    for ask in (runner.plan, runner.sync):
        with pytest.raises(PlanError) as refused:
            ask(package)
        assert "Oak District (oak-district) in a package" in refused.value.what
        assert "District (district) in a package" in refused.value.what
        assert "--another-district" in refused.value.fix
        assert "--data" in refused.value.fix
    assert len(lms.written) == written
    assert runner.sync(tmp_path / "night1").origin_change is None


def test_who_confirms_another_district_gets_its_plan_and_the_report_keeps_it(
    tmp_path: Path, lms: FakeLms, runner: Runner
) -> None:
    package = another_roster().write(tmp_path / "oak")
    plan = runner.plan(package, another_district=True)
    run = runner.apply(plan.digest).run
    kept = next(msgspec.json.decode(one.report or b"", type=Report) for one in runner.ledger.runs() if one.id == run)

    assert ("oak-algebra",) in lms.records[Kind.CLASSES]
    assert kept.origin_change == plan.origin_change
    assert kept.origin_change is not None
    assert kept.origin_change.what is Elsewhere.DISTRICT
    assert kept.origin_change.before == "District (district) in a package"
    assert runner.plan(package).origin_change is None
    with pytest.raises(PlanError, match="no org in common"):
        runner.plan(tmp_path / "night1")


def test_a_plan_that_was_never_applied_is_no_origin(tmp_path: Path, runner: Runner) -> None:
    runner.plan(another_roster().write(tmp_path / "oak"), another_district=True)
    assert runner.plan(tmp_path / "night1").origin_change is None


def test_without_a_district_above_them_schools_tell_districts_apart(tmp_path: Path) -> None:
    runner = a_runner(tmp_path / "data", FakeLms(), guard=NO_GUARD)
    roster = without_district(a_roster())
    report = runner.sync(roster.write(tmp_path / "night1"))
    assert report.origin == "North School (north), South School (south) in a package"

    roster.put("orgs", "west", name="West School", type="school")
    roster.rows["orgs"]["south"]["name"] = "Renamed School"
    assert runner.sync(roster.write(tmp_path / "night2")).origin_change is None
    assert runner.sync(a_roster().write(tmp_path / "night3")).origin_change is None
    with pytest.raises(PlanError, match="no org in common"):
        runner.plan(without_district(another_roster()).write(tmp_path / "oak"))


def test_a_district_that_begins_to_share_orgs_stays_itself(tmp_path: Path, runner: Runner) -> None:
    roster = a_roster()
    roster.put("orgs", "second", name="Second District", type="district")
    assert runner.sync(roster.write(tmp_path / "night2")).origin_change is None
    roster.drop("orgs", "district")
    for row in roster.rows["orgs"].values():
        row["parentSourcedId"] = "" if row["sourcedId"] == "second" else "second"
    for course in roster.rows["courses"].values():
        course["orgSourcedId"] = "second"
    assert runner.sync(roster.write(tmp_path / "night3")).origin_change is None


def test_a_package_whose_orgs_are_gone_is_nobodys_and_changes_nothing_of_that(tmp_path: Path, runner: Runner) -> None:
    """A lost file proves nothing; the guard holds what would go, and the next district is still told apart."""
    roster = a_roster()
    empty = roster.copy()
    package = empty.write(tmp_path / "night2")
    header = (package / "orgs.csv").read_text(encoding="utf-8").splitlines()[0]
    (package / "orgs.csv").write_text(f"{header}\n", encoding="utf-8")
    assert runner.sync(package).origin == "District (district) in a package"
    with pytest.raises(PlanError, match="no org in common"):
        runner.plan(another_roster().write(tmp_path / "oak"))


def test_changes_of_another_district_are_refused_though_they_are_laid_over_ours(tmp_path: Path, runner: Runner) -> None:
    with pytest.raises(PlanError, match="Oak District"):
        runner.plan(another_roster().write_delta(tmp_path / "oak", Roster()))


def test_changes_that_bring_a_school_of_ours_flow(tmp_path: Path, lms: FakeLms, runner: Runner) -> None:
    before, roster = a_roster(), a_roster()
    roster.put("orgs", "west", name="West School", type="school", parentSourcedId="district")
    roster.user("zoe", school="west")
    assert runner.sync(roster.write_delta(tmp_path / "delta", before)).origin_change is None
    assert ("zoe",) in lms.records[Kind.USERS]


def test_changes_without_orgs_flow(tmp_path: Path, lms: FakeLms, runner: Runner) -> None:
    before, roster = a_roster(), a_roster()
    roster.user("zoe")
    assert runner.sync(roster.write_delta(tmp_path / "delta", before)).origin_change is None
    assert ("zoe",) in lms.records[Kind.USERS]


def test_ids_of_orgs_in_other_letters_are_the_same_district(tmp_path: Path, runner: Runner) -> None:
    roster = a_roster()
    roster.put("orgs", "DISTRICT", **{**roster.rows["orgs"].pop("district"), "sourcedId": "DISTRICT"})
    for row in roster.rows["orgs"].values():
        row["parentSourcedId"] = "" if row["sourcedId"] == "DISTRICT" else "DISTRICT"
    for course in roster.rows["courses"].values():
        course["orgSourcedId"] = "DISTRICT"
    assert runner.sync(roster.write(tmp_path / "night2")).origin_change is None
