"""A disk that takes no more, and a data folder that must not be written to: nothing is lost, and the run goes on after.

Faults are made where files are written: by the process's own limit on the size of a file, which holds everywhere, and
by a file system of a few hundred kilobytes where the machine lets us mount one.
"""

from __future__ import annotations

import os
import resource
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from fakes import FakeLms
from rosters import a_roster, a_runner
from sis_connect.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.runs.runner import Runner

_KIBIBYTE = 1024


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Writing beyond that size fails meanwhile, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def mount(folder: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # fixed words
    if done.returncode:
        pytest.skip(f"NOT TESTED HERE: no file system of its own can be mounted ({done.stderr.strip()})")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with 2 MiB of room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount(folder, "size=2m")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607  # as above


@contextmanager
def room_left(disk: Path, size: int) -> Iterator[None]:
    """No more than that much room on the disk."""
    filler = disk / "filler"
    free = os.statvfs(disk)
    filler.write_bytes(b"x" * max(0, free.f_bavail * free.f_frsize - size))
    try:
        yield
    finally:
        filler.unlink()


def half_done(runner: Runner) -> list[Path]:
    folder = runner.folder
    return [path for parent in (folder.plans, folder.snapshots, folder.existing) for path in parent.glob(".new-*")]


def is_a_remedy(error: StoreError) -> bool:
    return "run the same command again" in error.fix and "disk" in error.fix


def what_stops(runner: Runner) -> StoreError | None:
    """Why the run does not end."""
    try:
        runner.apply()
    except StoreError as error:
        return error
    return None


def calm_night(tmp_path: Path) -> FakeLms:
    lms = FakeLms()
    a_runner(tmp_path / "calm", lms).sync(a_roster().write(tmp_path / "calm-night"))
    return lms


@pytest.mark.parametrize("size", [0, 8, 24, 48, 72])
def test_a_run_on_a_full_disk_stops_with_a_remedy_and_goes_on_afterwards(tmp_path: Path, size: int) -> None:
    calm, lms = calm_night(tmp_path), FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    plan = runner.plan(a_roster().write(tmp_path / "night1"))
    with no_file_larger_than(size * _KIBIBYTE), pytest.raises(StoreError) as caught:
        runner.apply(plan.digest)
    assert is_a_remedy(caught.value)
    report = runner.apply()

    assert all(counts.adds_up for counts in report.records)
    assert lms.records == calm.records
    assert len(lms.written) == len(calm.written)
    assert half_done(runner) == []
    assert runner.plan(tmp_path / "night1").is_empty


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_plan_on_a_full_disk_stops_with_a_remedy_and_leaves_nothing_behind(tmp_path: Path, size: int) -> None:
    runner = a_runner(tmp_path / "data", FakeLms())
    package = a_roster().write(tmp_path / "night1")
    with no_file_larger_than(size * _KIBIBYTE), pytest.raises(StoreError) as caught:
        runner.plan(package)
    assert is_a_remedy(caught.value)
    assert half_done(runner) == []
    assert runner.ledger.latest_plan is None
    assert not runner.plan(package).is_empty


def test_whatever_room_is_left_every_attempt_brings_the_run_on_or_stops_with_a_remedy(
    tmp_path: Path, small_disk: Path
) -> None:
    calm, lms = calm_night(tmp_path), FakeLms()
    runner = a_runner(small_disk / "data", lms)
    runner.plan(a_roster().write(tmp_path / "night1"))
    stopped = 0
    while True:
        with room_left(small_disk, stopped * 32 * _KIBIBYTE):
            error = what_stops(runner)
        if error is None:
            break
        assert is_a_remedy(error)
        stopped += 1
    assert stopped > 3
    assert lms.records == calm.records
    assert len(lms.written) == len(calm.written)
    assert runner.plan(tmp_path / "night1").is_empty


def test_a_data_folder_that_must_not_be_written_to_is_named_with_a_remedy(tmp_path: Path, small_disk: Path) -> None:
    lms = FakeLms()
    runner = a_runner(small_disk / "data", lms)
    plan = runner.plan(a_roster().write(tmp_path / "night1"))
    runner.database.close()
    mount(small_disk, "remount,ro")
    for attempt in (
        lambda: runner.apply(plan.digest),
        lambda: runner.plan(tmp_path / "night1"),
        lambda: a_runner(small_disk / "data", lms),
        lambda: a_runner(small_disk / "another", lms),
    ):
        with pytest.raises(StoreError) as caught:
            attempt()
        assert str(small_disk) in caught.value.where
        assert caught.value.fix
    assert lms.written == []
    mount(small_disk, "remount,rw")
    runner.apply(plan.digest)
    assert runner.plan(tmp_path / "night1").is_empty


def test_a_package_that_may_not_be_read_is_not_taken_for_a_full_disk(tmp_path: Path) -> None:
    """The system's error stands; the data folder is not at fault."""
    runner = a_runner(tmp_path / "data", FakeLms())
    package = a_roster().write(tmp_path / "night1")

    class Unreadable:
        address = "a package"

        def read(self, *_: object, **__: object) -> Snapshot:
            raise PermissionError(13, "Permission denied", str(package / "users.csv"))

    runner._open_source = lambda _: Unreadable()  # as the superuser no file is unreadable
    with pytest.raises(PermissionError):
        runner.plan(package)


@pytest.mark.skipif(os.geteuid() == 0, reason="NOT TESTED HERE: permissions do not bind the superuser")
def test_a_data_folder_of_somebody_else_is_named_with_a_remedy(tmp_path: Path) -> None:
    runner = a_runner(tmp_path / "data", FakeLms())
    runner.folder.root.chmod(0o500)
    try:
        with pytest.raises(StoreError) as caught:
            runner.plan(a_roster().write(tmp_path / "night1"))
    finally:
        runner.folder.root.chmod(0o700)
    assert is_a_remedy(caught.value)
