"""Packages of changes that arrive in another order than they were made: what is older than what is known is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes import FakeLms
from rosters import a_roster, a_runner
from sis_connect.sync.desired import Kind, User

if TYPE_CHECKING:
    from pathlib import Path

EARLIER, LATER = "2026-10-01T00:00:00.000Z", "2026-10-02T00:00:00.000Z"


def given_name(lms: FakeLms, key: str) -> str:
    record = lms.records[Kind.USERS][key,]
    assert isinstance(record, User)
    return record.given_name


def test_an_older_change_that_arrives_after_a_newer_one_is_named_and_not_used(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    older, newer = roster.copy(), roster.copy()
    older.user("bo", givenName="Bobby")
    older.user("cy", givenName="Cyrus")
    newer.user("bo", givenName="Robert")
    runner.sync(newer.write_delta(tmp_path / "newer", roster, at=LATER))
    late = older.write_delta(tmp_path / "older", roster, at=EARLIER)
    checked = runner.check(late)
    report = runner.sync(late)

    assert (given_name(lms, "bo"), given_name(lms, "cy")) == ("Robert", "Cyrus")
    assert report.findings["delta.older_than_known"] == ("warning", 1)
    assert all(counts.adds_up for counts in report.records)
    [finding] = [one for one in checked.findings if one.code == "delta.older_than_known"]
    assert (finding.file, finding.line, finding.sourced_id) == ("users.csv", 2, "bo")


def test_an_older_change_does_not_bring_back_who_was_deleted(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    without, older = roster.copy(), roster.copy()
    without.drop("users", "hoa")
    without.drop("enrollments", "choir.hoa.student")
    older.user("hoa", givenName="Hoang")
    runner.sync(without.write_delta(tmp_path / "newer", roster, at=LATER))
    runner.sync(older.write_delta(tmp_path / "older", roster, at=EARLIER))
    assert ("hoa",) not in lms.records[Kind.USERS]


def test_an_older_deletion_does_not_take_away_who_was_changed_since(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    without, newer = roster.copy(), roster.copy()
    without.drop("enrollments", "choir.hoa.student")
    newer.rows["enrollments"]["choir.hoa.student"]["primary"] = "false"
    runner.sync(newer.write_delta(tmp_path / "newer", roster, at=LATER))
    runner.sync(without.write_delta(tmp_path / "older", roster, at=EARLIER))
    assert ("choir", "hoa") in lms.records[Kind.ENROLLMENTS]


@pytest.mark.parametrize(
    ("known", "incoming"),
    [(EARLIER, EARLIER), (EARLIER, "2026-09-30T23:00:00-04:00"), (EARLIER, ""), ("", EARLIER), (EARLIER, "soon")],
    ids=["the same instant", "later by its zone", "no date", "nothing known", "no readable date"],
)
def test_a_change_that_is_not_older_is_taken_as_before(tmp_path: Path, known: str, incoming: str) -> None:
    """What has no instant cannot be told to be late; the check of the records says what is wrong with it."""
    runner = a_runner(tmp_path / "data", FakeLms())
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    first, second = roster.copy(), roster.copy()
    first.user("bo", givenName="Bobby")
    second.user("bo", givenName="Robert")
    runner.sync(first.write_delta(tmp_path / "first", roster, at=known))
    checked = runner.check(second.write_delta(tmp_path / "second", roster, at=incoming))
    assert "delta.older_than_known" not in {tally.code for tally in checked.tallies}
    with runner.at_work() as frames:
        [[name]] = frames.execute(
            f"SELECT given_name FROM ({checked.snapshot.files['users'].relation}) WHERE sourced_id = 'bo'"
        ).fetchall()
    assert name == "Robert"
