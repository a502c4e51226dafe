"""What is written down of a district's runs: pointers, plans, approvals, runs.

Here: rows of the database as values. Not here: the batches of a run (`journal`), bulk data.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from sis_connect.store import database as db
from sis_connect.store.existing import NOTHING
from sis_connect.sync.plan.approval import Approval
from sis_connect.sync.plan.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sis_connect.store.database import Database


class RunState(StrEnum):
    """Where a run stands."""

    #: Under way, or interrupted: `apply` goes on with it.
    RUNNING = "running"
    #: Every allowed change has an outcome, and the state of the LMS was renewed.
    FINISHED = "finished"
    #: Closed before its end by a person; what was done is kept.
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Run:
    """One application of one plan."""

    id: str
    plan: str
    state: RunState
    started_at: str
    ended_at: str | None
    approvals: tuple[Approval, ...]
    #: The report as JSON, once the run has ended.
    report: bytes | None


class Ledger:
    """The rows of one district's database."""

    def __init__(self, database: Database) -> None:
        """Rows in `database`."""
        self._database = database

    @property
    def snapshot(self) -> str | None:
        """Digest of the roster that the latest run began to bring to the LMS; None before the first."""
        return self._pointer("snapshot")

    @property
    def waiting_delta(self) -> str | None:
        """Digest of the delta package behind the plan made last, until a run of that plan begins."""
        return self._pointer("delta")

    @property
    def source_notes(self) -> str | None:
        """What the source of that roster noted when it was read; None when it noted nothing."""
        return self._pointer("source_notes")

    @property
    def origin(self) -> Origin | None:
        """Where that roster comes from; None before the first run."""
        said = self._pointer("origin")
        return None if said is None else msgspec.json.decode(said, type=Origin)

    @property
    def existing(self) -> str:
        """Digest of what SIS Connect believes the LMS holds."""
        return self._pointer("existing") or NOTHING

    @property
    def existing_comes_from(self) -> str | None:
        """Digest of the plan whose run left that state; None before the first run."""
        return self._pointer("existing_plan")

    @property
    def latest_plan(self) -> str | None:
        """Digest of the plan made last."""
        return self._pointer("plan")

    def record_plan(
        self,
        digest: str,
        made_at: datetime,
        *,
        origin: Origin | None = None,
        delta: str | None = None,
        notes: str | None = None,
    ) -> None:
        """Note the plan made last; `delta` is the digest of its package when that brought only changes.

        `origin` is where its roster comes from, and `notes` are what the source noted; they count once a run of the
        plan begins.
        """
        said = None if origin is None else msgspec.json.encode(origin).decode()
        row = {"digest": digest, "made_at": made_at.isoformat(), "source_notes": notes, "origin": said}
        with self._database.transaction() as connection:
            insertion = insert(db.plans).values(row)
            connection.execute(insertion.on_conflict_do_update(index_elements=["digest"], set_=row))
            _point(connection, "plan", digest)
            _point(connection, "delta", delta)

    def find_plans(self, prefix: str) -> list[str]:
        """Digests of the plans that begin so."""
        query = sa.select(db.plans.c.digest).where(db.plans.c.digest.startswith(prefix, autoescape=True))
        with self._database.transaction() as connection:
            return list(connection.execute(query).scalars())

    def record_approval(self, approval: Approval) -> None:
        """Note a person's approval."""
        with self._database.transaction() as connection:
            row = {"plan": approval.plan, "approval": msgspec.json.encode(approval)}
            connection.execute(sa.insert(db.approvals).values(row))

    def approvals(self, plan: str) -> tuple[Approval, ...]:
        """The approvals of a plan, in the order in which they were given."""
        query = sa.select(db.approvals.c.approval).where(db.approvals.c.plan == plan).order_by(db.approvals.c.number)
        with self._database.transaction() as connection:
            return tuple(msgspec.json.decode(row, type=Approval) for row in connection.execute(query).scalars())

    def latest_plans(self, number: int) -> list[str]:
        """Digests of the plans made last, newest first."""
        query = sa.select(db.plans.c.digest).order_by(db.plans.c.made_at.desc()).limit(number)
        with self._database.transaction() as connection:
            return list(connection.execute(query).scalars())

    def begin_run(self, run: str, plan: str, now: datetime, *, snapshot: str) -> Run:
        """A new run of a plan, going by the approvals that stand now.

        The next delta is laid over its snapshot, and its source goes on from what it noted.
        """
        given = self.approvals(plan)
        with self._database.transaction() as connection:
            row = {
                "id": run,
                "plan": plan,
                "state": RunState.RUNNING,
                "started_at": now.isoformat(),
                "approvals": msgspec.json.encode(given),
            }
            connection.execute(sa.insert(db.runs).values(row))
            _point(connection, "snapshot", snapshot)
            source = sa.select(db.plans.c.source_notes, db.plans.c.origin).where(db.plans.c.digest == plan)
            for name, said in connection.execute(source).mappings().one().items():
                _point(connection, name, said)
            if _read(connection, "plan") == plan:
                _point(connection, "delta", None)
        return Run(run, plan, RunState.RUNNING, now.isoformat(), None, given, None)

    def end_run(self, run: str, state: RunState, now: datetime, *, existing: str, report: bytes) -> None:
        """End a run and move to the state of the LMS that it left, in one transaction."""
        with self._database.transaction() as connection:
            ended = {"state": state, "ended_at": now.isoformat(), "report": report}
            connection.execute(sa.update(db.runs).where(db.runs.c.id == run).values(ended))
            plan = connection.execute(sa.select(db.runs.c.plan).where(db.runs.c.id == run)).scalar_one()
            _point(connection, "existing", existing)
            _point(connection, "existing_plan", plan)

    def runs(self, limit: int | None = None) -> list[Run]:
        """The runs, newest first."""
        query = sa.select(db.runs).order_by(db.runs.c.started_at.desc(), db.runs.c.id.desc()).limit(limit)
        with self._database.transaction() as connection:
            return [_run(row) for row in connection.execute(query).mappings()]

    def runs_of(self, plan: str) -> list[str]:
        """Ids of the runs of a plan that have ended, oldest first."""
        ended = sa.and_(db.runs.c.plan == plan, db.runs.c.state != RunState.RUNNING)
        query = sa.select(db.runs.c.id).where(ended).order_by(db.runs.c.started_at, db.runs.c.id)
        with self._database.transaction() as connection:
            return list(connection.execute(query).scalars())

    def open_run(self) -> Run | None:
        """The run that is under way or was interrupted; at most one is."""
        query = sa.select(db.runs).where(db.runs.c.state == RunState.RUNNING)
        with self._database.transaction() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _run(row)

    def forget_journals(self, kept: Collection[str]) -> None:
        """Drop what the ended runs of all plans but these sent; their reports stay."""
        ended = sa.and_(db.runs.c.plan.not_in(kept), db.runs.c.state != RunState.RUNNING)
        runs = sa.select(db.runs.c.id).where(ended)
        with self._database.transaction() as connection:
            connection.execute(sa.delete(db.batches).where(db.batches.c.run.in_(runs)))

    def _pointer(self, name: str) -> str | None:
        with self._database.transaction() as connection:
            return _read(connection, name)


def _read(connection: sa.Connection, name: str) -> str | None:
    value = connection.execute(sa.select(db.pointers.c.value).where(db.pointers.c.name == name)).scalar_one_or_none()
    return None if value is None else str(value)


def _point(connection: sa.Connection, name: str, value: str | None) -> None:
    connection.execute(sa.delete(db.pointers).where(db.pointers.c.name == name))
    if value is not None:
        connection.execute(sa.insert(db.pointers).values(name=name, value=value))


def _run(row: sa.RowMapping) -> Run:
    approvals = msgspec.json.decode(row["approvals"], type=tuple[Approval, ...])
    return Run(
        row["id"], row["plan"], RunState(row["state"]), row["started_at"], row["ended_at"], approvals, row["report"]
    )
