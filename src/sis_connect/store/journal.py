"""The journal of one run: which batches were sent, and what came of each change.

Satisfies `sync.apply.Journal`. A batch costs one durable commit before it is sent and one with its outcomes. Outcomes
are kept small: a batch of a million-student night that went well is a few bytes beside its rows and ids.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

from sis_connect.frames import literal
from sis_connect.store import database as db
from sis_connect.sync.changes import Outcome, OutcomeState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sis_connect.frames import Frames
    from sis_connect.store.database import Database
    from sis_connect.sync.desired import Kind


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

    def outcome(self, place: int) -> Outcome:
        """What came of the change at a place."""
        refusal = self.refused.get(place)
        if refusal is not None:
            return Outcome(OutcomeState.REFUSED, code=refusal.code, message=refusal.message)
        return Outcome(OutcomeState.APPLIED, lms_id=self.ids[place] if self.ids else None)


class Refused(msgspec.Struct, frozen=True):
    """One change that the LMS refused."""

    kind: str
    #: Row in the plan's file of that kind.
    row: int
    code: str
    message: str


class RunJournal:
    """The batches of one run."""

    def __init__(self, database: Database, run: str) -> None:
        """The journal of `run`."""
        self._database = database
        self._run = run

    def outcomes(self, stage: int, number: int) -> list[Outcome] | None:
        """The outcomes of a batch, or None when they are not known."""
        row = self._find(stage, number)
        if row is None or row.outcomes is None:
            return None
        batch = msgspec.json.decode(row.outcomes, type=_Batch)
        return [batch.outcome(place) for place in range(len(batch.rows))]

    def was_sent(self, stage: int, number: int) -> bool:
        """True when a batch was sent, or may have been."""
        return self._find(stage, number) is not None

    def record_sent(self, stage: int, number: int, kind: Kind) -> None:
        """Note durably that a batch is about to be sent; noting it again changes nothing."""
        if self._find(stage, number) is None:
            row = {"run": self._run, "stage": stage, "number": number, "kind": kind}
            with self._database.transaction() as connection:
                connection.execute(sa.insert(db.batches).values(row))

    def record_outcomes(self, stage: int, number: int, rows: Sequence[int], outcomes: Sequence[Outcome]) -> None:
        """Note durably what came of a batch; `rows` are its changes' rows in the plan's file."""
        ids = [outcome.lms_id for outcome in outcomes]
        batch = _Batch(
            rows=list(rows),
            ids=ids if any(ids) else [],
            refused={
                place: _Refusal(outcome.code, outcome.message)
                for place, outcome in enumerate(outcomes)
                if outcome.state is OutcomeState.REFUSED
            },
        )
        where = self._key(stage, number)
        with self._database.transaction() as connection:
            connection.execute(sa.update(db.batches).where(where).values(outcomes=msgspec.json.encode(batch)))

    def has_unknown(self) -> bool:
        """True when a batch was sent and its outcomes are not known."""
        query = sa.select(db.batches.c.number).where(db.batches.c.run == self._run, db.batches.c.outcomes.is_(None))
        with self._database.transaction() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def refused(self) -> list[Refused]:
        """Every change that the LMS refused, in the order of the run."""
        return [
            Refused(kind, batch.rows[place], refusal.code or "", refusal.message or "")
            for kind, batch in self._batches()
            for place, refusal in sorted(batch.refused.items())
        ]

    def iter_outcomes(self) -> Iterator[dict[str, object]]:
        """Each batch with known outcomes: `kind`, `rows`, `ids` (empty or one a row), `refused` (places in `rows`)."""
        for kind, batch in self._batches():
            yield {"kind": kind, "rows": batch.rows, "ids": batch.ids, "refused": list(batch.refused)}

    def _batches(self) -> Iterator[tuple[str, _Batch]]:
        query = (
            sa.select(db.batches.c.kind, db.batches.c.outcomes)
            .where(db.batches.c.run == self._run, db.batches.c.outcomes.is_not(None))
            .order_by(db.batches.c.stage, db.batches.c.number)
            .execution_options(yield_per=1000)
        )
        with self._database.transaction() as connection:
            for kind, content in connection.execute(query):
                yield kind, msgspec.json.decode(content, type=_Batch)

    def _key(self, stage: int, number: int) -> sa.ColumnElement[bool]:
        batches = db.batches.c
        return sa.and_(batches.run == self._run, batches.stage == stage, batches.number == number)

    def _find(self, stage: int, number: int) -> sa.Row[tuple[bytes | None]] | None:
        query = sa.select(db.batches.c.outcomes).where(self._key(stage, number))
        with self._database.transaction() as connection:
            return connection.execute(query).first()


def lay_out_outcomes(frames: Frames, table: str, journals: Iterable[RunJournal]) -> None:
    """Make a table of every change with a known outcome: `kind`, `row`, `is_applied`, `lms_id`."""
    columns = "{kind: 'VARCHAR', rows: 'BIGINT[]', ids: 'VARCHAR[]', refused: 'BIGINT[]'}"
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        for journal in journals:
            for batch in journal.iter_outcomes():
                file.write(msgspec.json.encode(batch) + b"\n")
        file.flush()
        frames.execute(
            f"""
            CREATE OR REPLACE TABLE {table} AS
            WITH placed AS (
                SELECT kind, unnest(rows) AS "row", generate_subscripts(rows, 1) AS place, ids, refused
                FROM read_json({literal(file.name)}, columns = {columns}, format = 'newline_delimited')
            )
            SELECT kind, "row", NOT list_contains(refused, place - 1) AS is_applied, ids[place] AS lms_id FROM placed
            """
        )
