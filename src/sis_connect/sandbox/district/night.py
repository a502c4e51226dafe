"""The same district one night later, and single changes for people who watch.

Here: how many of each change happen, and on which package. Not here: what a change is (`changes`) or how the package
is written (`overlay`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sis_connect.frames import Limits, fetch_scalar, open_frames
from sis_connect.sandbox.district.changes import HAPPENINGS, ChangeKind, prepare
from sis_connect.sandbox.district.dice import cast_dice
from sis_connect.sandbox.district.overlay import open_overlay, rewrite, write_bulk, write_delta
from sis_connect.sandbox.district.package import join_as_written, open_package, write_in_order

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sis_connect.frames import Frames

#: Above this a night is no night: classes would run out of students to whom nothing happens.
LARGEST_SHARE = 0.1

#: How often each change happens, in parts of the share that changes, of what: together they touch about that share of
#: the users and about that share of the enrollments, where a student has eight.
_MIX = {
    ChangeKind.STUDENT_LEFT: (0.2, "students"),
    ChangeKind.STUDENT_JOINED: (0.2, "students"),
    ChangeKind.STUDENT_RENUMBERED: (0.05, "students"),
    ChangeKind.STUDENT_RENAMED: (0.5, "students"),
    ChangeKind.TEACHER_RENAMED: (0.5, "teachers"),
    ChangeKind.ENROLLMENT_DROPPED: (0.8, "students"),
    ChangeKind.STUDENT_MOVED: (1.2, "students"),
    ChangeKind.CLASS_ADDED: (0.2, "classes"),
    ChangeKind.TEACHER_CHANGED: (0.5, "classes"),
}
#: Those that take a student's turn, in order; who joins takes the timetable of who leaves.
_TURN_TAKERS = (
    ChangeKind.STUDENT_LEFT,
    ChangeKind.STUDENT_RENUMBERED,
    ChangeKind.STUDENT_RENAMED,
    ChangeKind.ENROLLMENT_DROPPED,
    ChangeKind.STUDENT_MOVED,
)
#: Students looked at for a single change, so that one of them can spare a class.
_ONLOOKERS = 40
#: When a delta says that its rows were changed, unless the caller knows better.
_MODIFIED_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NightSummary:
    """What happened in a night."""

    folder: Path
    #: How often each change happened.
    counts: Mapping[ChangeKind, int]
    #: Rows of each file of the bulk package, by collection name.
    rows: Mapping[str, int]
    #: Rows of each file of the delta package; empty when none was wanted.
    delta_rows: Mapping[str, int]


def write_next_night(
    source: Path,
    to: Path,
    *,
    seed: int,
    changed: float = 0.005,
    shuffle: bool = False,
    delta_to: Path | None = None,
    modified_at: datetime = _MODIFIED_AT,
    limits: Limits | None = None,
) -> NightSummary:
    """The folder `to` holds the district of `source` one night later, as a bulk package.

    About the share `changed` of users and of enrollments differ, each kind of change happening once at least (where
    the district is large enough to have it); with 0 nothing does. `shuffle` writes rows in another order. `delta_to`
    gets the same night as a delta package, as of `modified_at`: `source` and the delta make the new bulk package. The
    same arguments give the same bytes. ValueError when `changed` is negative or more than 0.1, or a folder would
    overwrite another.
    """
    if not 0 <= changed <= LARGEST_SHARE:
        raise ValueError(f"the share that changes in a night lies between 0 and {LARGEST_SHARE}, not {changed}")
    if len({path.resolve() for path in (source, to, delta_to) if path is not None}) < 2 + (delta_to is not None):
        raise ValueError("source, to and delta_to must be different folders")
    with open_frames(limits) as frames:
        _open(frames, source, seed)
        if changed:
            _let_happen(frames, _amounts(frames, changed))
        counts = _counts(frames) if changed else {}
        write_in_order(frames)
        rows = write_bulk(frames, to, shuffle=shuffle)
        delta_rows = write_delta(frames, delta_to, modified_at=modified_at) if delta_to is not None else {}
    return NightSummary(to, counts, rows, delta_rows)


def change_one(package: Path, kind: ChangeKind, *, seed: int) -> str:
    """One change of that kind has happened in the package; returns what, as a sentence with names.

    ValueError when the district is too small for it.
    """
    with open_frames() as frames:
        _open(frames, package, seed)
        prepare(frames, turns=_ONLOOKERS)
        HAPPENINGS[kind](frames, 0, 1)
        told = frames.execute("SELECT sentence FROM told").fetchall()
        if not told:
            raise ValueError(f"the district is too small: {kind} cannot happen in it")
        rewrite(frames, package)
    return str(told[0][0])


def _open(frames: Frames, source: Path, seed: int) -> None:
    join_as_written(frames)
    cast_dice(frames, seed)
    open_package(frames, source)
    open_overlay(frames)


def _amounts(frames: Frames, changed: float) -> dict[ChangeKind, int]:
    populations = {
        "students": "SELECT count(*) FROM users WHERE role = 'student'",
        "teachers": "SELECT count(*) FROM users WHERE role = 'teacher'",
        "classes": "SELECT count(*) FROM classes",
    }
    sizes = {name: int(str(fetch_scalar(frames, query))) for name, query in populations.items()}
    return {kind: max(1, round(part * changed * sizes[of])) for kind, (part, of) in _MIX.items()}


def _let_happen(frames: Frames, amounts: Mapping[ChangeKind, int]) -> None:
    first_turns = {}
    turns = 0
    for kind in _TURN_TAKERS:
        first_turns[kind] = turns
        turns += amounts[kind]
    prepare(frames, turns)
    first_turns[ChangeKind.STUDENT_JOINED] = first_turns[ChangeKind.STUDENT_LEFT]
    for kind, happen in HAPPENINGS.items():
        happen(frames, first_turns.get(kind, 0), amounts[kind])


def _counts(frames: Frames) -> dict[ChangeKind, int]:
    rows = frames.execute("SELECT kind, count(*) FROM told GROUP BY kind").fetchall()
    happened = {ChangeKind(kind): int(times) for kind, times in rows}
    return {kind: happened.get(kind, 0) for kind in ChangeKind}
