"""A district one night later: what changes, what stays, and how it is told."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packages import Package, Row, contents, faults, read_package
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.sandbox.district import ChangeKind, change_one, write_district, write_next_night

if TYPE_CHECKING:
    from pathlib import Path

BLANK = {"status": "", "dateLastModified": ""}


def rows_by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["sourcedId"]: row for row in rows}


def with_delta(base: Package, delta: Path) -> dict[str, dict[str, Row]]:
    """The package after the delta, by collection name and sourcedId."""
    after = {entity: rows_by_id(rows) for entity, rows in base.items()}
    for entity in ROSTER_ENTITIES:
        path = delta / ENTITIES[entity].csv_file
        if not path.exists():
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, strict=True):
                if row["status"] == "tobedeleted":
                    del after[entity][row["sourcedId"]]
                else:
                    after[entity][row["sourcedId"]] = row | BLANK
    return after


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("base")
    write_district(to, students=600, guardians=True)
    return to


@settings(max_examples=6, deadline=None)
@given(
    students=st.integers(1, 900),
    seed=st.integers(0, 2**32),
    changed=st.floats(0, 0.1),
    guardians=st.booleans(),
)
def test_the_next_night_is_valid_and_its_delta_leads_there(
    tmp_path_factory: pytest.TempPathFactory, students: int, seed: int, changed: float, guardians: bool
) -> None:
    folder = tmp_path_factory.mktemp("nights")
    write_district(folder / "base", students=students, seed=seed, guardians=guardians)
    before = folder / "base"
    for night in ("first", "second"):
        after = folder / night
        delta = folder / f"{night} delta"
        summary = write_next_night(before, after, seed=seed, changed=changed, delta_to=delta)
        package = read_package(after)
        assert faults(package) == []
        assert {entity: len(rows) for entity, rows in package.items()} == summary.rows
        assert with_delta(read_package(before), delta) == {e: rows_by_id(rows) for e, rows in package.items()}
        before = after


def test_a_night_counts_every_kind_of_change(base: Path, tmp_path: Path) -> None:
    summary = write_next_night(base, tmp_path, seed=7)
    assert set(summary.counts) == set(ChangeKind)
    assert min(summary.counts.values()) >= 1


def test_counts_are_what_the_package_shows(base: Path, tmp_path: Path) -> None:
    counts = write_next_night(base, tmp_path, seed=7, changed=0.05).counts
    before, after = (
        {entity: rows_by_id(rows) for entity, rows in read_package(folder).items()} for folder in (base, tmp_path)
    )
    numbers_before, numbers_after = (
        {row["identifier"]: row for row in users.values() if row["role"] == "student"}
        for users in (before["users"], after["users"])
    )
    both = numbers_before.keys() & numbers_after.keys()
    renumbered = [n for n in both if numbers_before[n]["sourcedId"] != numbers_after[n]["sourcedId"]]
    renamed = [
        row for key, row in after["users"].items() if before["users"].get(key, row)["familyName"] != row["familyName"]
    ]
    assert len(numbers_before.keys() - both) == counts[ChangeKind.STUDENT_LEFT]
    assert len(numbers_after.keys() - both) == counts[ChangeKind.STUDENT_JOINED]
    assert len(renumbered) == counts[ChangeKind.STUDENT_RENUMBERED]
    assert len(renamed) == counts[ChangeKind.STUDENT_RENAMED] + counts[ChangeKind.TEACHER_RENAMED]
    assert len(after["classes"].keys() - before["classes"].keys()) == counts[ChangeKind.CLASS_ADDED]


@pytest.mark.parametrize("changed", [0.01, 0.05])
def test_about_the_wanted_share_of_users_and_enrollments_changes(tmp_path: Path, changed: float) -> None:
    base = write_district(tmp_path / "base", students=5000)
    summary = write_next_night(
        tmp_path / "base", tmp_path / "next", seed=3, changed=changed, delta_to=tmp_path / "delta"
    )
    for entity in ("users", "enrollments"):
        assert 0.7 * changed <= summary.delta_rows[entity] / base.rows[entity] <= 1.4 * changed


def test_a_night_without_changes_is_the_same_package(base: Path, tmp_path: Path) -> None:
    summary = write_next_night(base, tmp_path / "next", seed=7, changed=0, delta_to=tmp_path / "delta")
    assert contents(tmp_path / "next") == contents(base)
    assert summary.counts == {}
    assert [path.name for path in (tmp_path / "delta").iterdir()] == ["manifest.csv"]


def test_shuffled_rows_are_the_same_rows(base: Path, tmp_path: Path) -> None:
    write_next_night(base, tmp_path / "plain", seed=7)
    write_next_night(base, tmp_path / "shuffled", seed=7, shuffle=True)
    plain, shuffled = read_package(tmp_path / "plain"), read_package(tmp_path / "shuffled")
    for entity in ROSTER_ENTITIES:
        assert rows_by_id(plain[entity]) == rows_by_id(shuffled[entity])
    assert plain["enrollments"] != shuffled["enrollments"]


def test_what_happens_does_not_depend_on_the_order_of_rows(base: Path, tmp_path: Path) -> None:
    write_next_night(base, tmp_path / "shuffled", seed=7, changed=0, shuffle=True)
    write_next_night(base, tmp_path / "one", seed=9)
    write_next_night(tmp_path / "shuffled", tmp_path / "other", seed=9)
    one, other = read_package(tmp_path / "one"), read_package(tmp_path / "other")
    assert {e: rows_by_id(rows) for e, rows in one.items()} == {e: rows_by_id(rows) for e, rows in other.items()}


def test_rows_keep_their_places_and_new_ones_follow(base: Path, tmp_path: Path) -> None:
    write_next_night(base, tmp_path, seed=7, changed=0.05)
    before, after = read_package(base), read_package(tmp_path)
    for entity in ROSTER_ENTITIES:
        ids = [row["sourcedId"] for row in after[entity]]
        known = {row["sourcedId"] for row in before[entity]}
        stayed = [row["sourcedId"] for row in before[entity] if row["sourcedId"] in set(ids)]
        assert ids[: len(stayed)] == stayed
        assert known.isdisjoint(ids[len(stayed) :])


def test_the_same_night_twice_is_the_same_bytes(base: Path, tmp_path: Path) -> None:
    for name in ("once", "again"):
        write_next_night(base, tmp_path / name, seed=7, delta_to=tmp_path / f"{name} delta")
    assert contents(tmp_path / "once") == contents(tmp_path / "again")
    assert contents(tmp_path / "once delta") == contents(tmp_path / "again delta")


@pytest.mark.parametrize("changed", [-0.1, 0.2])
def test_a_share_that_is_no_night_is_refused(base: Path, tmp_path: Path, changed: float) -> None:
    with pytest.raises(ValueError, match="share"):
        write_next_night(base, tmp_path, seed=7, changed=changed)


def test_a_package_is_never_written_over_its_source(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="different folders"):
        write_next_night(base, base, seed=7)
    with pytest.raises(ValueError, match="different folders"):
        write_next_night(base, tmp_path, seed=7, delta_to=tmp_path)


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_a_single_change_is_told_with_names_and_leaves_a_valid_package(
    base: Path, tmp_path: Path, kind: ChangeKind
) -> None:
    package = shutil.copytree(base, tmp_path / "package")
    for seed in (1, 1, 2):
        before = read_package(package)
        sentence = change_one(package, kind, seed=seed)
        after = read_package(package)
        assert after != before
        assert faults(after) == []
        users = (*before["users"], *after["users"])
        titles = {row["title"] for row in before["classes"]}
        assert any(row["familyName"] in sentence for row in users) or any(title in sentence for title in titles)


def test_a_change_that_cannot_happen_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    write_district(tmp_path, students=1)
    before = contents(tmp_path)
    with pytest.raises(ValueError, match="too small"):
        change_one(tmp_path, ChangeKind.STUDENT_MOVED, seed=1)
    assert contents(tmp_path) == before
