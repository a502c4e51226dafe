"""The journal of one run: which batches were sent, and what came of each change.

Satisfies `sync.apply.Journal`. A batch costs one durable commit before it is sent and one with its outcomes. Outcomes
are kept small: a batch of a million-student night that went well is a few bytes beside its rows and ids. Rows tell
changes apart, not the batches they went out in: those may be of another size when a run goes on.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import sqlalchemy as sa

from sis_connect.frames import enter_rows
from sis_connect.store import database as db
from sis_connect.sync.changes import Outcome, OutcomeState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sis_connect.frames import Frames
    from sis_connect.store.database import Database
    from sis_connect.sync.desired import Kind


#: Rows of the plan's file that one entry may reach over.
_SPAN = 1000


class _Refusal(msgspec.Struct, frozen=True, array_like=True):
    code: str | None
    message: str | None


class _Batch(msgspec.Struct, frozen=True, omit_defaults=True):
    """The outcomes of one batch."""

    rows: list[int]
    #: LMS ids in the order of rows; empty when the LMS named none.
    ids: list[str | None] = []
    #: By place in `rows`.
    refused: dict[int, _Refusal] = {}
    #: Places in `rows` of what was found there, put there by others.
    found: list[int] = []

    def outcome(self, place: int) -> Outcome:
        """What came of the change at a place."""
        refusal = self.refused.get(place)
        if refusal is not None:
            return Outcome(OutcomeState.REFUSED, code=refusal.code, message=refusal.message)
        state = OutcomeState.FOUND if place in self.found else OutcomeState.APPLIED
        return Outcome(state, lms_id=self.ids[place] if self.ids else None)


class _Entry(NamedTuple):
    first_row: int
    last_row: int
    outcomes: bytes | None


class RunJournal:
    """The batches of one run."""

    def __init__(self, database: Database, run: str) -> None:
        """The journal of `run`."""
        self._database = database
        self._run = run
        #: The last row noted, by stage: of rows behind it nothing is known, and nobody need be asked.
        self._last_rows: dict[int, int] = {}

    def outcomes(self, stage: int, rows: Sequence[int]) -> dict[int, Outcome]:
        """The known outcomes of these rows."""
        wanted = set(rows)
        known: dict[int, Outcome] = {}
        for entry in self._around(stage, rows):
            if entry.outcomes is not None:
                batch = msgspec.json.decode(entry.outcomes, type=_Batch)
                known.update((row, batch.outcome(place)) for place, row in enumerate(batch.rows) if row in wanted)
        return known

    def sent(self, stage: int, rows: Sequence[int]) -> set[int]:
        """Those of the rows that were sent, or may have been."""
        spans = [(entry.first_row, entry.last_row) for entry in self._around(stage, rows) if entry.outcomes is None]
        return {row for row in rows if any(first <= row <= last for first, last in spans)}

    def record_sent(self, stage: int, kind: Kind, rows: Sequence[int]) -> None:
        """Note durably that these rows are about to be sent as one batch."""
        self._write(stage, kind, [(part, None) for part in _parts(rows)])

    def record_outcomes(self, stage: int, kind: Kind, outcomes: Mapping[int, Outcome]) -> None:
        """Note durably what came of rows whose outcomes were not known."""
        parts = _parts(sorted(outcomes))
        self._write(stage, kind, [(part, _batch([outcomes[row] for row in part], part)) for part in parts])

    def iter_outcomes(self) -> Iterator[dict[str, object]]:
        """Each entry with outcomes: `kind`, `rows`, `ids` (empty or one a row), and what was refused.

        That is `refused` (places in `rows`) with its `codes` and `messages`.
        """
        query = (
            sa.select(db.batches.c.kind, db.batches.c.outcomes)
            .where(db.batches.c.run == self._run, db.batches.c.outcomes.is_not(None))
            .order_by(db.batches.c.number)
            .execution_options(yield_per=1000)
        )
        with self._database.transaction() as connection:
            for kind, content in connection.execute(query):
                batch = msgspec.json.decode(content, type=_Batch)
                yield {
                    "kind": kind,
                    "rows": batch.rows,
                    "ids": batch.ids,
                    "refused": list(batch.refused),
                    "found": batch.found,
                    "codes": [refusal.code for refusal in batch.refused.values()],
                    "messages": [refusal.message for refusal in batch.refused.values()],
                }

    def _write(self, stage: int, kind: Kind, parts: Sequence[tuple[list[int], _Batch | None]]) -> None:
        last = self._last_row(stage)
        entries = [
            {
                "run": self._run,
                "stage": stage,
                "kind": kind,
                "first_row": rows[0],
                "last_row": rows[-1],
                "outcomes": msgspec.json.encode(batch) if batch else None,
            }
            for rows, batch in parts
        ]
        with self._database.transaction() as connection:
            connection.execute(sa.insert(db.batches), entries)
        self._last_rows[stage] = max(last, parts[-1][0][-1])

    def _around(self, stage: int, rows: Sequence[int]) -> Sequence[_Entry]:
        """The entries of a stage that may touch these rows."""
        if not rows or rows[0] > self._last_row(stage):
            return ()
        batches = db.batches.c
        query = (
            sa.select(batches.first_row, batches.last_row, batches.outcomes)
            .where(batches.run == self._run, batches.stage == stage)
            .where(batches.first_row.between(rows[0] - rows[0] % _SPAN, rows[-1]), batches.last_row >= rows[0])
            .order_by(batches.number)
        )
        with self._database.transaction() as connection:
            return [_Entry(*row) for row in connection.execute(query)]

    def _last_row(self, stage: int) -> int:
        if stage not in self._last_rows:
            batches = db.batches.c
            query = sa.select(sa.func.max(batches.last_row)).where(batches.run == self._run, batches.stage == stage)
            with self._database.transaction() as connection:
                last = connection.execute(query).scalar_one()
            self._last_rows[stage] = -1 if last is None else last
        return self._last_rows[stage]


def _parts(rows: Sequence[int]) -> list[list[int]]:
    """The rows as entries hold them: an entry never crosses a multiple of the span, so it is found by its first row."""
    return [list(part) for _, part in groupby(rows, key=lambda row: row // _SPAN)]


def _batch(outcomes: Sequence[Outcome], rows: list[int]) -> _Batch:
    ids = [outcome.lms_id for outcome in outcomes]
    refused = {
        place: _Refusal(outcome.code, outcome.message)
        for place, outcome in enumerate(outcomes)
        if outcome.state is OutcomeState.REFUSED
    }
    found = [place for place, outcome in enumerate(outcomes) if outcome.state is OutcomeState.FOUND]
    return _Batch(rows=rows, ids=ids if any(ids) else [], refused=refused, found=found)


def lay_out_outcomes(frames: Frames, table: str, journals: Iterable[RunJournal]) -> None:
    """Make a table of every change with a known outcome.

    Columns: `kind`, `row`, `is_applied`, `is_found`, `lms_id`, `code`, `message`.
    """
    columns = {
        "kind": "VARCHAR",
        "rows": "BIGINT[]",
        "ids": "VARCHAR[]",
        "refused": "BIGINT[]",
        "found": "BIGINT[]",
        "codes": "VARCHAR[]",
        "messages": "VARCHAR[]",
    }
    entries = (entry for journal in journals for entry in journal.iter_outcomes())
    enter_rows(frames, "journaled", columns, entries)
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE {table} AS
        WITH placed AS (
            SELECT * EXCLUDE (rows), unnest(rows) AS "row", generate_subscripts(rows, 1) AS place FROM journaled
        ), judged AS (SELECT *, nullif(list_position(refused, place - 1), 0) AS refusal FROM placed)
        SELECT kind, "row", refusal IS NULL AS is_applied, list_contains(found, place - 1) AS is_found,
               ids[place] AS lms_id, codes[refusal] AS code, messages[refusal] AS message
        FROM judged
        """
    )
    frames.execute("DROP TABLE journaled")
