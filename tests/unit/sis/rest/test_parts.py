"""Parts on disk hold what was proven, whatever died while they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sis_connect.sis.rest.paging.dialect import Dialect
from sis_connect.sis.rest.paging.parts import Part, PartState, clear_parts, open_parts
from sis_connect.sis.rest.paging.place import Place
from sis_connect.sis.rest.paging.steps import Note

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.sis.rest.paging.parts import PartState as State

FIRST, SECOND = b'{"sourced_id":"a"}\n', b'{"sourced_id":"b"}\n{"sourced_id":"c"}\n'


def a_state(rows: int) -> State:
    return PartState(Place(10, position=rows, kept=rows, notes={Note.TOTAL_MISSING: 1}), Dialect(), rows=rows)


def write_two_pages(folder: Path) -> None:
    part = Part(folder, "users")
    part.open()
    part.add(FIRST)
    part.write(a_state(1))
    part.add(SECOND)
    part.write(a_state(3))
    part.close()


def test_state_and_rows_are_gone_on_with(tmp_path: Path) -> None:
    write_two_pages(tmp_path)

    part = Part(tmp_path, "users")
    state = part.open()

    assert state is not None
    assert state.rows == 3
    assert state.place.notes == {Note.TOTAL_MISSING: 1}
    assert part.path.read_bytes() == FIRST + SECOND


def test_state_that_was_written_by_halves_gives_way_to_the_one_before(tmp_path: Path) -> None:
    write_two_pages(tmp_path)
    states = tmp_path / "users.states"
    whole = states.read_bytes()
    first_end = whole.index(b"\n") + 1

    for size in range(first_end, len(whole)):
        states.write_bytes(whole[:size])
        (tmp_path / "users.ndjson").write_bytes(FIRST + SECOND)
        part = Part(tmp_path, "users")
        state = part.open()
        assert state is not None
        assert state.rows == 1
        assert part.path.read_bytes() == FIRST


def test_rows_that_no_state_speaks_of_are_cut_off(tmp_path: Path) -> None:
    write_two_pages(tmp_path)
    with (tmp_path / "users.ndjson").open("ab") as file:
        file.write(b'{"sourced_id":"d')

    part = Part(tmp_path, "users")
    part.open()
    part.add(b"{}\n")
    part.write(a_state(4))
    part.close()

    assert part.path.read_bytes() == FIRST + SECOND + b"{}\n"


@pytest.mark.parametrize("damage", [FIRST, FIRST + SECOND.replace(b"b", b"x"), b""])
def test_rows_that_were_lost_or_changed_are_fetched_again(tmp_path: Path, damage: bytes) -> None:
    write_two_pages(tmp_path)
    (tmp_path / "users.ndjson").write_bytes(damage)

    part = Part(tmp_path, "users")

    assert part.open() is None
    assert not part.path.exists()


@pytest.mark.parametrize(
    ("service", "now", "is_kept"),
    [("one", 50.0, True), ("one", 101.0, False), ("one", -1.0, False), ("other", 50.0, False)],
)
def test_parts_of_another_service_or_too_old_are_removed(
    tmp_path: Path, service: str, now: float, is_kept: bool
) -> None:
    open_parts(tmp_path, "one", now=0.0, seconds=100)
    write_two_pages(tmp_path)

    open_parts(tmp_path, service, now=now, seconds=100)

    assert (tmp_path / "users.ndjson").exists() is is_kept


def test_cleared_folder_is_empty(tmp_path: Path) -> None:
    open_parts(tmp_path, "one", now=0.0, seconds=100)
    write_two_pages(tmp_path)

    clear_parts(tmp_path)

    assert list(tmp_path.iterdir()) == []
