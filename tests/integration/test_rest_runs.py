"""Runs of a district whose SIS is asked over REST for what changed: nothing is lost, and full pulls prove it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import FakeLms
from rest_side import CLIENT, a_connection, a_district, a_provider
from rosters import a_roster
from sis_connect.errors import PlanError
from sis_connect.frames import Limits
from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.runs.runner import Runner, RunSettings
from sis_connect.sandbox.sis import SisSettings, load_package, start
from sis_connect.sandbox.sis.school_days import Happening, live_through
from sis_connect.sis.csv_source import PackageSource
from sis_connect.sis.rest.source import DeltaTerms, RestSource
from sis_connect.store.folder import DataFolder
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan import Ownership
from sis_connect.sync.plan.guard import GuardRules
from sis_connect.sync.plan.origin import Elsewhere
from sis_connect.sync.shape.rules import DistrictRules
from sis_connect.transport.client import Surroundings
from sis_connect.transport.oauth2 import TokenCache
from sis_connect.transport.token_bucket import HostLimiters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.sandbox.sis import RunningSis

CHANGES = DeltaTerms()
LOADED = datetime(2026, 9, 1, 3, tzinfo=UTC)


@dataclass
class District:
    """A district, its SIS and its LMS, and one clock for all of them."""

    folder: Path
    lms: FakeLms = field(default_factory=FakeLms)
    at: datetime = LOADED + timedelta(days=30)
    _sis: RunningSis | None = None

    @property
    def package(self) -> Path:
        """What the SIS was loaded with."""
        return self.folder / "package"

    @property
    def sis(self) -> RunningSis:
        """The provider."""
        assert self._sis is not None
        return self._sis

    def begin(self) -> None:
        """The SIS runs; what was loaded lies days beyond the overlap, and one record of each collection is newer."""
        load_package(a_district(self.package, students=24), self.folder / "sis.sqlite", at=LOADED)
        self._sis = start(SisSettings(clients=(CLIENT,), now=lambda: self.at), self.folder / "sis.sqlite")
        with self.sis.records.together() as writing:
            for name in ROSTER_ENTITIES:
                writing.change(name, [str(writing.find(name)[-1]["sourced_id"])])

    def runner(self, delta: DeltaTerms | None = CHANGES, *, sis: RunningSis | None = None) -> Runner:
        """Runs that ask for changes: the district's own SIS, or another one."""
        around = Surroundings(wall_clock=self.at.timestamp)
        limiters = HostLimiters(clock=around.steady_clock, sleep=around.sleep)
        connection = a_connection((sis or self.sis).url)
        source = RestSource(connection, self.folder / "parts", around, TokenCache(), limiters, delta)
        return Runner(
            DataFolder(self.folder / "data"),
            RunSettings(DistrictRules(), GuardRules(), Ownership(), Limits("512MB", 1), strict=False),
            open_source=lambda package: source if package is None else PackageSource(package),
            open_target=lambda: self.lms,
            now=lambda: self.at,
        )

    def a_day_passes(self, *happenings: Happening, seed: int = 1) -> None:
        """It is a day later, and this has happened; the requests are counted anew."""
        self.at += timedelta(days=1)
        live_through(self.sis.records, happenings, seed=seed)
        self.sis.reset_statistics()

    @property
    def sent(self) -> int:
        """Records that the SIS sent since the day passed."""
        return sum(self.sis.statistics().records.values())

    @property
    def everything(self) -> int:
        """Records that the SIS was loaded with."""
        return sum(len((self.package / f"{name}.csv").read_text().splitlines()) - 1 for name in ROSTER_ENTITIES)

    def assert_in_step(self) -> None:
        """A full pull finds nothing left to do."""
        assert self.runner(delta=None).plan(None).is_empty


@pytest.fixture
def district(tmp_path: Path) -> Iterator[District]:
    """Brought to the LMS once, by a full pull."""
    district = District(tmp_path)
    district.begin()
    try:
        district.runner().sync(None)
        yield district
    finally:
        district.sis.close()


def test_a_night_of_changes_asks_for_them_alone_and_keeps_the_lms_in_step(district: District) -> None:
    for seed in range(3):
        district.a_day_passes(Happening.STUDENT_MOVED, Happening.STUDENT_JOINED, seed=seed)
        assert district.runner().sync(None).changes
        assert 0 < district.sent < district.everything / 4
    district.assert_in_step()


def test_changes_of_a_plan_that_was_never_applied_come_again(district: District) -> None:
    """Marks move when a run begins, not when a plan is made: a delta that nobody applied is asked for once more."""
    district.a_day_passes(Happening.STUDENT_LEFT)
    first = district.runner().plan(None)
    district.a_day_passes(Happening.STUDENT_JOINED)
    second = district.runner().plan(None)
    assert (first.changes(Kind.USERS), second.changes(Kind.USERS)) == (1, 2)
    district.runner().apply()
    district.assert_in_step()


def test_after_a_run_of_an_older_plan_the_marks_are_its_own(district: District) -> None:
    district.a_day_passes(Happening.STUDENT_LEFT)
    older = district.runner().plan(None)
    district.a_day_passes(Happening.STUDENT_JOINED)
    district.runner().plan(None)
    district.runner().apply(older.digest)
    assert district.runner().plan(None).changes(Kind.USERS) == 1
    district.runner().apply()
    district.assert_in_step()


def test_full_pull_on_its_day_tells_what_deltas_concealed(district: District) -> None:
    """Who is renamed under an old date is not told by any delta, and mended by the full pull of the schedule."""
    district.a_day_passes()
    with district.sis.records.together() as writing:
        student = str(writing.find("users", "role = 'student'")[0]["sourced_id"])
        writing.change("users", [student], family_name="Quill", date_last_modified="2026-09-01T03:00:00.000Z")
    assert not district.runner().sync(None).changes
    district.at += timedelta(days=7)
    report = district.runner().sync(None)
    assert report.findings["delta.untold_change"] == ("warning", 1)
    assert sum(counts.applied for counts in report.changes) == 1
    district.a_day_passes(Happening.STUDENT_RENAMED)
    district.runner().sync(None)
    assert district.sent >= district.everything, "deltas that told nothing are proven again a day later"
    district.assert_in_step()


def test_after_a_package_everything_is_asked_for_again(district: District) -> None:
    """What a package brought is not what the SIS said, so its marks are nobody's."""
    district.a_day_passes(Happening.STUDENT_LEFT)
    district.runner().sync(district.package)
    district.a_day_passes()
    district.runner().sync(None)
    district.assert_in_step()


def test_the_same_district_at_another_address_is_a_note(district: District, tmp_path: Path) -> None:
    with a_provider(district.package, tmp_path / "moved.sqlite") as moved:
        report = district.runner(sis=moved).sync(None)
        assert report.origin_change is not None
        assert report.origin_change.what is Elsewhere.ADDRESS
        assert report.origin_change.before.endswith(f"at {district.sis.url}")
        assert report.origin_change.now.endswith(f"at {moved.url}")
        assert district.runner(sis=moved).sync(None).origin_change is None
        by_package = district.runner().sync(district.package).origin_change
    assert by_package is not None
    assert by_package.now.endswith("in a package")


def test_the_address_of_another_district_is_refused_until_a_person_confirms_it(
    district: District, tmp_path: Path
) -> None:
    package = a_roster().write(tmp_path / "other")
    with a_provider(package, tmp_path / "other.sqlite") as other:
        written = len(district.lms.written)
        runner = district.runner(sis=other)
        with pytest.raises(PlanError) as refused:
            runner.sync(None)
        assert f"District (district) at {other.url}" in refused.value.what
        assert f"at {district.sis.url}" in refused.value.what
        assert len(district.lms.written) == written

        plan = runner.plan(None, another_district=True)
        assert plan.origin_change is not None
        assert plan.origin_change.what is Elsewhere.DISTRICT
    with pytest.raises(PlanError, match="no org in common"):
        district.runner().plan(package)


def test_changes_that_bring_another_district_are_refused(district: District) -> None:
    """The service answers under its own address, and for somebody else: what we know of is not there any more."""
    district.a_day_passes()
    with district.sis.records.together() as writing:
        org, user = writing.find("orgs", "type = 'school'")[0], writing.find("users", "role = 'student'")[0]
        new = {"date_last_modified": None}
        for name in ROSTER_ENTITIES:
            writing.remove(name, [str(row["sourced_id"]) for row in writing.find(name)])
        writing.put("orgs", {**org, **new, "sourced_id": "oak", "name": "Oak School", "parent_sourced_id": None})
        writing.put("users", {**user, **new, "sourced_id": "oak-1", "username": "oak1", "org_sourced_ids": "oak"})
    with pytest.raises(PlanError, match="Oak School"):
        district.runner().plan(None)
    assert district.runner().plan(None, another_district=True).changes(Kind.SCHOOLS) == 1
