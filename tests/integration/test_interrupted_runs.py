"""Runs that stop in the middle, on a fake LMS: nothing that was written is forgotten, nothing is written twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from fakes import FakeLms
from rosters import a_roster, a_runner
from sis_connect.errors import OutcomeUnknownError, UnavailableError
from sis_connect.sync.desired import Enrollment, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sis_connect.runs.runner import Runner
    from sis_connect.sync.changes import Action, Change, Links, Outcome


@dataclass
class FailingLms(FakeLms):
    """Can be asked nothing while it is silent; knows members only of sections that the links know."""

    is_silent: bool = False
    size: int = 7

    def batch_size(self, kind: Kind, action: Action) -> int:
        return min(super().batch_size(kind, action), self.size)

    def look(self, batch: Sequence[Change], links: Links) -> list[Outcome | None]:
        if self.is_silent:
            raise UnavailableError("The LMS is away.")
        looked = super().look(batch, links)
        for place, change in enumerate(batch):
            record = change.record
            if isinstance(record, Enrollment) and links.lms_id(Kind.CLASSES, record.class_key) is None:
                looked[place] = None
        return looked


def calm_night(tmp_path: Path) -> FakeLms:
    """The LMS after the same night without an accident."""
    lms = FakeLms()
    a_runner(tmp_path / "calm", lms).sync(a_roster().write(tmp_path / "calm-night"))
    return lms


def interrupted(tmp_path: Path, lms: FailingLms) -> tuple[Runner, Path]:
    """A first night whose answer was lost, and after which the LMS was away."""
    package = a_roster().write(tmp_path / "night1")
    runner = a_runner(tmp_path / "data", lms)
    lms.is_silent = True
    with pytest.raises(UnavailableError):
        runner.sync(package)
    lms.is_silent = False
    return runner, package


def test_closing_finds_what_was_written_in_sections_of_the_same_run(tmp_path: Path) -> None:
    calm = calm_night(tmp_path)
    lms = FailingLms(loses_answer={calm.batches})
    runner, package = interrupted(tmp_path, lms)
    report = runner.close()

    enrollments = next(counts for counts in report.changes if counts.kind is Kind.ENROLLMENTS)
    assert (enrollments.applied, enrollments.held) == (14, 0)
    assert lms.records == calm.records
    assert runner.plan(package).is_empty


@pytest.mark.parametrize("number", [6, 7, 9, 10])
def test_a_close_that_is_cut_off_is_followed_by_a_run_that_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    calm = calm_night(tmp_path)
    lms = FailingLms(loses_answer={number})
    runner, package = interrupted(tmp_path, lms)

    def full(*_: object) -> str:
        raise OSError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(runner.existing, "settle", full)
        with pytest.raises(OSError, match="full"):
            runner.close()
    runner.apply()

    assert lms.records == calm.records
    assert len(lms.written) == len(calm.written)
    assert runner.plan(package).is_empty


@pytest.mark.parametrize("size", [1, 2, 3, 20])
@pytest.mark.parametrize("number", [6, 10])
def test_batches_of_another_size_go_on_where_the_run_was(tmp_path: Path, size: int, number: int) -> None:
    calm = calm_night(tmp_path)
    lms = FailingLms(loses_answer={number})
    runner, package = interrupted(tmp_path, lms)
    lms.size = size
    runner.apply()

    assert lms.records == calm.records
    assert len(lms.written) == len(calm.written)
    assert runner.plan(package).is_empty


def test_a_batch_is_sent_three_times_at_most(tmp_path: Path) -> None:
    @dataclass
    class Swallowing(FakeLms):
        """Takes requests and does nothing about them."""

        sent: int = 0

        def write(self, batch: Sequence[Change], links: Links) -> list[Outcome]:
            self.sent += 1
            raise OutcomeUnknownError("The answer was lost.")

    lms = Swallowing()
    with pytest.raises(OutcomeUnknownError):
        a_runner(tmp_path / "data", lms).sync(a_roster().write(tmp_path / "night1"))
    assert lms.sent == 3
