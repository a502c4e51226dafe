"""The data folder over many nights and after accidents: what is kept, what goes, what is said of damage."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from fakes import FakeLms
from rosters import Roster, a_roster, a_runner
from sis_connect.bootstrap import refusal_in_words
from sis_connect.config import read_settings
from sis_connect.errors import ConfigurationError, PlanError, StoreError
from sis_connect.frames import Limits, enter_rows, open_frames
from sis_connect.store.database import Database
from sis_connect.store.journal import RunJournal
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.runs.runner import Runner


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def nights(tmp_path: Path, amount: int, *, keep_plans: int) -> tuple[Runner, Roster]:
    """A runner after so many nights, each with somebody new."""
    at = [datetime(2026, 10, 1, 3, tzinfo=UTC)]
    runner = a_runner(tmp_path / "data", FakeLms(), now=lambda: at[0])
    runner.settings = replace(runner.settings, keep_plans=keep_plans)
    roster = a_roster()
    for number in range(amount):
        roster.user(f"new{number}")
        runner.sync(roster.write(tmp_path / f"night{number}"))
        at[0] += timedelta(days=1)
    return runner, roster


def test_the_last_plans_are_kept_with_what_they_need(tmp_path: Path) -> None:
    runner, roster = nights(tmp_path, 4, keep_plans=2)
    kept = runner.ledger.latest_plans(2)

    assert names(runner.folder.plans) == set(kept)
    assert names(runner.folder.snapshots) == {runner.find_plan(plan).snapshot for plan in kept}
    assert names(runner.folder.existing) == {runner.ledger.existing}
    assert len(runner.ledger.runs()) == 4
    assert all(run.report for run in runner.ledger.runs())
    changed = roster.copy()
    changed.user("bo", givenName="Robert")
    assert runner.sync(changed.write_delta(tmp_path / "delta", roster)).changes


def test_a_plan_that_was_removed_can_not_be_applied(tmp_path: Path) -> None:
    runner, _ = nights(tmp_path, 2, keep_plans=1)
    oldest = runner.ledger.runs()[-1].plan
    with pytest.raises(PlanError, match="cannot be read"):
        runner.apply(oldest)


def test_the_journal_of_a_removed_plan_goes_and_that_of_a_kept_one_stays(tmp_path: Path) -> None:
    runner, _ = nights(tmp_path, 2, keep_plans=1)
    amounts = [len(list(RunJournal(runner.database, run.id).iter_outcomes())) for run in runner.ledger.runs()]
    assert amounts == [1, 0]


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    runner = a_runner(tmp_path / "data", FakeLms())
    folder = runner.folder
    for parent in (folder.plans, folder.snapshots, folder.existing):
        (parent / ".new-abc").mkdir()
        (parent / ".new-abc" / "users.parquet").write_bytes(b"half")
    (folder.spill / "sis-connect-abc").mkdir()
    (folder.spill / "rows.jsonl").write_bytes(b"half")
    with folder.locked():
        left = [names(parent) for parent in (folder.plans, folder.snapshots, folder.existing, folder.spill)]
    assert left == [set(), set(), set(), set()]


def damage(path: Path, how: str) -> None:
    if how == "missing":
        path.unlink()
    else:
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content[: len(content) // 2] if how == "cut short" else b"x" * len(content))


@pytest.mark.parametrize("how", ["missing", "cut short", "overwritten"])
def test_damaged_state_of_the_lms_is_an_error_with_a_remedy(tmp_path: Path, how: str) -> None:
    runner, _ = nights(tmp_path, 1, keep_plans=1)
    path = runner.folder.existing / runner.ledger.existing / "users.parquet"
    damage(path, how)
    with pytest.raises(StoreError) as caught:
        runner.plan(tmp_path / "night0", offline=True)
    assert "backup" in caught.value.fix
    assert str(path.parent) in caught.value.where


def test_state_of_the_lms_that_can_be_read_but_is_not_what_was_sealed_is_named(tmp_path: Path) -> None:
    """Somebody changed it, or a backup was restored in part: then SIS Connect would not know what is its own."""
    runner, _ = nights(tmp_path, 1, keep_plans=1)
    path = runner.folder.existing / runner.ledger.existing / "classes.parquet"
    with open_frames(Limits(threads=1)) as frames:
        other = tmp_path / "other.parquet"
        frames.execute(f"COPY (SELECT * FROM '{path}' LIMIT 1) TO '{other}' (FORMAT parquet)")
    path.unlink()
    other.rename(path)
    for attempt in (lambda: runner.plan(tmp_path / "night0", offline=True), lambda: runner.sync(tmp_path / "night0")):
        with pytest.raises(StoreError, match=r"classes\.parquet is not what was sealed") as caught:
            attempt()
        assert caught.value.where == str(path)
        assert "backup" in caught.value.fix


@pytest.mark.parametrize("content", [None, b"{", b'{"run": "another", "files": {}}'])
def test_description_of_the_state_that_is_not_what_was_sealed_is_named(tmp_path: Path, content: bytes | None) -> None:
    runner, _ = nights(tmp_path, 1, keep_plans=1)
    path = runner.folder.existing / runner.ledger.existing / "state.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=r"state\.json") as caught:
        runner.plan(tmp_path / "night0", offline=True)
    assert "backup" in caught.value.fix


def test_damaged_snapshot_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    runner, _ = nights(tmp_path, 1, keep_plans=1)
    path = runner.folder.snapshots / str(runner.ledger.snapshot) / "users.parquet"
    damage(path, "overwritten")
    with pytest.raises(StoreError) as caught:
        runner.plan(tmp_path / "night0", offline=True)
    assert "Remove that folder" in caught.value.fix
    assert caught.value.where == str(path.parent)


@pytest.mark.parametrize("how", ["missing", "overwritten"])
def test_plan_of_an_unfinished_run_that_is_damaged_is_an_error_with_a_remedy(tmp_path: Path, how: str) -> None:
    lms = FakeLms(is_away={5})
    runner = a_runner(tmp_path / "data", lms)
    with pytest.raises(Exception, match="away"):
        runner.sync(a_roster().write(tmp_path / "night1"))
    plan = runner.find_plan()
    damage(runner.plan_folder(plan) / "users.parquet", how)
    with pytest.raises(StoreError) as caught:
        runner.close()
    assert "backup" in caught.value.fix


def test_database_that_is_none_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    runner, _ = nights(tmp_path, 1, keep_plans=1)
    runner.database.close()
    runner.folder.database.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError) as caught:
        Database(runner.folder.database)
    assert "backup" in caught.value.fix


def test_database_that_breaks_under_way_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    runner, _ = nights(tmp_path, 1, keep_plans=1)
    runner.database.close()
    for path in runner.folder.root.glob("sis-connect.sqlite*"):
        path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError) as caught:
        runner.plan(tmp_path / "night0")
    assert "backup" in caught.value.fix


def test_rows_pass_through_the_own_folder_of_the_session(tmp_path: Path) -> None:
    """Rows may be personal data; they never lie in the system's temporary folder."""
    seen: list[Path] = []

    def rows() -> Iterator[dict[str, object]]:
        seen.extend(tmp_path.rglob("*.jsonl"))
        yield {"key": "a 'b' \"c\"", "number": 1}
        yield {"key": None, "number": None}

    with open_frames(Limits(threads=1, spill_folder=tmp_path)) as frames:
        enter_rows(frames, "some rows", {"key": "VARCHAR", "number": "BIGINT"}, rows())
        assert frames.execute('SELECT * FROM "some rows"').fetchall() == [("a 'b' \"c\"", 1), (None, None)]
        enter_rows(frames, "some rows", {"key": "VARCHAR"}, [])
        assert frames.execute('SELECT * FROM "some rows"').fetchall() == []
    assert len(seen) == 1
    assert not list(tmp_path.rglob("*.jsonl"))


@pytest.mark.parametrize(("zone", "day"), [("America/New_York", date(2026, 10, 1)), ("Asia/Tokyo", date(2026, 10, 2))])
def test_a_plan_is_made_for_the_date_of_the_district(tmp_path: Path, zone: str, day: date) -> None:
    """At 02:00 UTC it is the evening before in America."""
    runner = a_runner(tmp_path / "data", FakeLms(), now=lambda: datetime(2026, 10, 2, 2, tzinfo=UTC))
    runner.settings = replace(runner.settings, time_zone=ZoneInfo(zone))
    assert runner.plan(a_roster().write(tmp_path / "night1")).as_of == day


def test_rules_file_names_the_time_zone(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[scope]\ntime_zone = "America/New_York"\n', encoding="utf-8")
    assert read_settings(rules, {}).time_zone == ZoneInfo("America/New_York")
    assert read_settings(None, {}).time_zone is None


@pytest.mark.parametrize("name", ["America/New_Yorc", "", "America", "../etc/passwd"])
def test_a_time_zone_that_there_is_not_is_refused_by_name(tmp_path: Path, name: str) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(f'[scope]\ntime_zone = "{name}"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_settings(rules, {})
    assert caught.value.where == f"{rules}, scope.time_zone"
    assert ("Did you mean 'America/New_York'?" in caught.value.fix) == (name == "America/New_Yorc")


def test_a_refused_duplicate_says_what_looks_for_what_others_made() -> None:
    _, fix = refusal_in_words("target.duplicate_unique_id")
    assert "the next plan looks" in fix
    _, fix = refusal_in_words("target.duplicate_username")
    assert "sis-connect plan PACKAGE --survey" in fix
    _, fix = refusal_in_words("target.unknown_user")
    assert "looks" not in fix


def test_kinds_of_damage_are_told_from_faults_of_our_own(tmp_path: Path) -> None:
    runner, _ = nights(tmp_path, 1, keep_plans=1)
    with pytest.raises(Exception, match="no_such_table") as caught, runner.at_work() as frames:
        frames.execute("SELECT * FROM no_such_table")
    assert not isinstance(caught.value, StoreError)
    assert runner.plan(tmp_path / "night0").changes(Kind.USERS) == 0
