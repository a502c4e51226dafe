"""The journal of a run: rows tell changes apart, whatever batches they went out in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_connect.frames import Limits, open_frames
from sis_connect.store.database import Database
from sis_connect.store.journal import RunJournal, lay_out_outcomes
from sis_connect.store.ledger import Ledger, RunState
from sis_connect.sync.changes import Outcome, OutcomeState
from sis_connect.sync.desired import Kind

NOW = datetime(2026, 10, 1, 3, tzinfo=UTC)
APPLIED = Outcome(OutcomeState.APPLIED, lms_id="7")
REFUSED = Outcome(OutcomeState.REFUSED, code="target.refused", message="no")
#: Rows of enrollments to take away are counted from far above the others.
FAR = 1 << 40


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return a_database(tmp_path)


def a_database(folder: Path) -> Database:
    database = Database(folder / "journal.sqlite")
    ledger = Ledger(database)
    ledger.record_plan("plan", NOW)
    for run in ("one", "two"):
        ledger.begin_run(run, "plan", NOW, snapshot="snapshot")
    return database


def test_outcomes_are_found_by_row(database: Database) -> None:
    journal = RunJournal(database, "one")
    journal.record_sent(3, Kind.USERS, [4, 998, 1002, FAR])
    assert journal.sent(3, [4, 998, 1002, FAR, FAR + 1]) == {4, 998, 1002, FAR}
    assert journal.outcomes(3, [4, 998, 1002, FAR]) == {}
    journal.record_outcomes(3, Kind.USERS, {4: APPLIED, 1002: REFUSED, FAR: Outcome(OutcomeState.APPLIED)})

    again = RunJournal(database, "one")
    assert again.outcomes(3, [998, 1002]) == {1002: REFUSED}
    assert again.outcomes(3, [4, FAR]) == {4: APPLIED, FAR: Outcome(OutcomeState.APPLIED)}
    assert again.sent(2, [4]) == again.sent(3, [5000]) == RunJournal(database, "two").sent(3, [4]) == set()


@settings(max_examples=25, deadline=None)
@given(
    rows=st.sets(st.integers(0, 3000) | st.integers(FAR, FAR + 60), min_size=1, max_size=40).map(sorted),
    sizes=st.lists(st.integers(1, 20), min_size=2, max_size=3),
    done=st.integers(0, 40),
)
def test_a_journal_written_in_one_size_is_read_in_any_other(rows: list[int], sizes: list[int], done: int) -> None:
    with TemporaryDirectory() as folder:
        database = a_database(Path(folder))
        first, *others = sizes
        journal = RunJournal(database, "one")
        for start in range(0, len(rows), first):
            batch = rows[start : start + first]
            journal.record_sent(0, Kind.USERS, batch)
            if known := {row: APPLIED for row in batch if row in rows[:done]}:
                journal.record_outcomes(0, Kind.USERS, known)
        for size in others:
            read = RunJournal(database, "one")
            for start in range(0, len(rows), size):
                batch = rows[start : start + size]
                assert read.sent(0, batch) == set(batch)
                assert set(read.outcomes(0, batch)) == set(batch) & set(rows[:done])
        database.close()


def test_all_outcomes_become_a_table(database: Database) -> None:
    journals = [RunJournal(database, run) for run in ("one", "two")]
    journals[0].record_outcomes(0, Kind.USERS, {1: APPLIED, 2: REFUSED, 5: APPLIED})
    journals[1].record_outcomes(1, Kind.CLASSES, {1: Outcome(OutcomeState.APPLIED)})
    with open_frames(Limits(threads=1)) as frames:
        lay_out_outcomes(frames, "outcomes", journals)
        rows = frames.execute('SELECT kind, "row", is_applied, lms_id, code, message FROM outcomes ORDER BY ALL')
        assert rows.fetchall() == [
            ("classes", 1, True, None, None, None),
            ("users", 1, True, "7", None, None),
            ("users", 2, False, None, "target.refused", "no"),
            ("users", 5, True, "7", None, None),
        ]


def test_snapshot_and_waiting_delta_move_when_a_run_begins(database: Database) -> None:
    ledger = Ledger(database)
    ledger.record_plan("next", NOW, delta="package")
    assert (ledger.snapshot, ledger.waiting_delta) == ("snapshot", "package")
    ledger.begin_run("of an older plan", "plan", NOW, snapshot="snapshot")
    assert ledger.waiting_delta == "package"
    ledger.begin_run("three", "next", NOW, snapshot="merged")
    assert [ledger.snapshot, ledger.waiting_delta] == ["merged", None]


def test_runs_are_found_by_their_plan_and_state(database: Database) -> None:
    ledger = Ledger(database)
    ledger.end_run("one", RunState.FINISHED, NOW, existing="state", report=b"{}")
    open_run = ledger.open_run()
    assert open_run is not None
    assert open_run.id == "two"
    assert (ledger.runs_of("plan"), ledger.runs_of("another")) == (["one"], [])


def test_notes_of_a_source_count_once_a_run_of_their_plan_begins(database: Database) -> None:
    """Those of the plan that is run, be it not the latest; a roster whose source noted nothing clears them."""
    ledger = Ledger(database)
    for plan, notes in (("one", "marks of one"), ("two", "marks of two"), ("package", None)):
        ledger.record_plan(plan, NOW, notes=notes)
    assert ledger.source_notes is None
    for run, plan, notes in (("r1", "one", "marks of one"), ("r2", "two", "marks of two"), ("r3", "package", None)):
        ledger.begin_run(run, plan, NOW, snapshot=plan)
        assert ledger.source_notes == notes
