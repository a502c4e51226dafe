"""What every roster target must do, run on the fake LMS and on Schoology's adapter against the sandbox.

The runner drives both: whatever the fake promises to the tests of the roster path, Schoology must keep.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from fakes import FakeLms
from rosters import NO_GUARD, a_roster, a_runner
from schoology_side import Sides
from sis_connect.sandbox.schoology.faults import Fault, FaultPlan, FaultRule
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.sandbox.schoology.server import RunningSandbox
    from sis_connect.sync.apply import RosterTarget


class Lms(Protocol):
    """A target, and how many things were written to it so far."""

    @property
    def target(self) -> RosterTarget: ...

    def written(self) -> int: ...


@dataclass
class InMemory:
    target: FakeLms

    def written(self) -> int:
        return len(self.target.written)


@dataclass
class InSandbox:
    target: RosterTarget
    sandbox: RunningSandbox

    def written(self) -> int:
        return self.sandbox.statistics().objects_written


@pytest.fixture(params=["fake", "schoology"])
def lms(request: pytest.FixtureRequest) -> Iterator[Lms]:
    if request.param == "fake":
        yield InMemory(FakeLms())
        return
    with ExitStack() as stack:
        side = Sides(stack)()
        yield InSandbox(side.target, side.sandbox)


def members(target: RosterTarget) -> set[tuple[str, str | None]]:
    """Who is in which class, by asking the target."""
    classes = [holding.lms_id for holding in target.survey([Kind.CLASSES])]
    return {(holding.key, holding.member_key) for holding in target.members(classes)}


def keys(target: RosterTarget, kind: Kind) -> set[str]:
    return {holding.key for holding in target.survey([kind])} - {"sandbox-administrator"}


def test_a_district_lands_and_lands_again_without_a_write(lms: Lms, tmp_path: Path) -> None:
    runner = a_runner(tmp_path / "data", lms.target)
    package = a_roster().write(tmp_path / "night1")
    report = runner.sync(package)
    assert not report.refused
    assert all(counts.adds_up and counts.held == 0 for counts in report.records)
    assert keys(lms.target, Kind.CLASSES) == {"algebra", "geometry", "choir"}
    assert len(keys(lms.target, Kind.USERS)) == 10
    assert len(members(lms.target)) == 14

    written = lms.written()
    runner.sync(package)
    assert lms.written() == written


@pytest.mark.parametrize("is_renumbered", [False, True], ids=["", "and somebody is renamed and renumbered at once"])
def test_joiners_leavers_and_movers_end_where_the_sis_has_them(
    lms: Lms, tmp_path: Path, *, is_renumbered: bool
) -> None:
    runner = a_runner(tmp_path / "data", lms.target, guard=NO_GUARD)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    roster.user("ivy")
    roster.enroll("ivy", "geometry")
    roster.drop("enrollments", "algebra.eli.student")
    roster.enroll("eli", "geometry")
    roster.drop("users", "hoa")
    roster.drop("enrollments", "choir.hoa.student")
    if is_renumbered:
        person = dict(roster.rows["users"]["ada"])
        roster.drop("users", "ada")
        roster.put("users", "ada-2", **{**person, "sourcedId": "ada-2", "familyName": "New"})
        for class_ in ("algebra", "geometry"):
            roster.drop("enrollments", f"{class_}.ada.student")
            roster.enroll("ada-2", class_)
    report = runner.sync(roster.write(tmp_path / "night2"))

    assert not report.refused
    expected = {(row["classSourcedId"], row["userSourcedId"]) for row in roster.rows["enrollments"].values()}
    assert members(lms.target) == expected
    assert runner.plan(tmp_path / "night2").is_empty


def test_a_leaver_who_returns_is_the_same_account(lms: Lms, tmp_path: Path) -> None:
    runner = a_runner(tmp_path / "data", lms.target, guard=NO_GUARD)
    full, short = a_roster(), a_roster()
    short.drop("users", "hoa")
    short.drop("enrollments", "choir.hoa.student")
    runner.sync(full.write(tmp_path / "night1"))
    runner.sync(short.write(tmp_path / "night2"))
    assert "hoa" not in keys(lms.target, Kind.USERS)
    report = runner.sync(tmp_path / "night1")

    assert not report.refused
    assert ("choir", "hoa") in members(lms.target)


def test_faults_of_a_night_change_nothing_about_its_end(tmp_path: Path) -> None:
    """Throttled, away, answers lost, in any order: the same district, and nothing written twice."""
    with ExitStack() as stack:
        sides = Sides(stack)
        calm, stormy = sides(), sides()
        package = a_roster().write(tmp_path / "night1")
        a_runner(tmp_path / "calm", calm.target).sync(package)
        stormy.sandbox.set_faults(
            FaultPlan(
                (
                    FaultRule(Fault.TOO_MANY_REQUESTS, method="POST", after=1, count=2, seconds=0.01),
                    FaultRule(Fault.LOST_REPLY, method="POST", path="users*", count=1),
                    FaultRule(Fault.LOST_REPLY, method="POST", path="courses*", after=1, count=1),
                    FaultRule(Fault.CONNECTION_CUT, method="POST", path="enrollments*", count=1),
                ),
                seed=3,
            )
        )
        report = a_runner(tmp_path / "stormy", stormy.target).sync(package)

        assert not report.refused
        assert stormy.sandbox.contents() == calm.sandbox.contents()
        assert stormy.sandbox.statistics().objects == calm.sandbox.statistics().objects
        assert stormy.sandbox.statistics().faults
