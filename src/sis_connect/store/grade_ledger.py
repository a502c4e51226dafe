"""What is written down of a district's grades beside the receipts: plans, approvals, runs, problems.

Here: rows of the database as values. Not here: receipts (`grade_receipts`), the LMS's grade books (`grade_books`), who
did what (`audit`).
"""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

from sis_connect.grades.brake import ClassRun
from sis_connect.grades.changes import Action
from sis_connect.grades.plan import GradeApproval, GradePlan, decode_plan, encode_plan
from sis_connect.grades.planning import BookState
from sis_connect.grades.wanted import Problem
from sis_connect.store import database as db
from sis_connect.store.grade_receipts import GradeReceipts
from sis_connect.store.grade_waiting import await_changes
from sis_connect.store.ledger import RunState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sis_connect.grades.plan import Allowed
    from sis_connect.store.database import Database

#: Runs of a class by which the brake tells what is usual.
_USUAL = 20


@dataclass(frozen=True, slots=True)
class GradeRun:
    """One application of one plan of grades."""

    id: str
    #: Digest of the plan.
    plan: str
    state: RunState
    #: Instants, ISO 8601.
    started_at: str
    ended_at: str | None
    #: Those that stood when it began.
    approvals: tuple[GradeApproval, ...]
    #: The report as JSON, once the run has ended.
    report: bytes | None


class GradeLedger:
    """The grades of one district's database."""

    def __init__(self, database: Database) -> None:
        """Rows in `database`."""
        self._database = database
        self.receipts = GradeReceipts(database)

    def book(self, class_key: str) -> BookState:
        """What is known of a class of the LMS, for its next plan."""
        runs, done = db.grade_runs.c, db.grade_class_runs.c
        query = (
            sa.select(runs.id, done.line_items_created, done.results_sent)
            .join_from(db.grade_class_runs, db.grade_runs, runs.number == done.run)
            .where(done.class_key == class_key)
            .order_by(done.run.desc())
            .limit(_USUAL)
        )
        with self._database.transaction() as connection:
            found = connection.execute(query).all()
        return BookState(
            self.receipts.line_items(class_key),
            self.receipts.results(class_key),
            tuple(ClassRun(line_items, results) for _, line_items, results in found),
            found[0][0] if found else None,
        )

    def record_plan(self, plan: GradePlan) -> None:
        """Keep a plan, whole; it is the latest. What it would send has a receipt from now on, waiting where it is new.

        Its problems replace those of its classes.
        """
        kept = zlib.compress(encode_plan(plan), 1)
        with self._database.transaction() as connection:
            row = {"digest": plan.digest, "made_at": plan.made_at.isoformat(), "plan": kept}
            connection.execute(sa.insert(db.grade_plans).prefix_with("OR REPLACE").values(row))
            _keep_problems(connection, plan)
            await_changes(connection, plan)

    def find_plans(self, prefix: str) -> list[str]:
        """Digests of the plans that begin so."""
        query = sa.select(db.grade_plans.c.digest).where(db.grade_plans.c.digest.startswith(prefix, autoescape=True))
        with self._database.transaction() as connection:
            return list(connection.execute(query).scalars())

    def latest_plans(self, number: int) -> list[str]:
        """Digests of the plans made last, newest first."""
        query = sa.select(db.grade_plans.c.digest).order_by(db.grade_plans.c.made_at.desc()).limit(number)
        with self._database.transaction() as connection:
            return list(connection.execute(query).scalars())

    def plan(self, digest: str) -> GradePlan | None:
        """The plan of exactly that digest; None when there is none."""
        query = sa.select(db.grade_plans.c.plan).where(db.grade_plans.c.digest == digest)
        with self._database.transaction() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else decode_plan(zlib.decompress(found))

    def forget_plans(self, kept: Collection[str]) -> None:
        """Drop all plans but these and those of unfinished runs; their runs, approvals and receipts stay."""
        open_runs = sa.select(db.grade_runs.c.plan).where(db.grade_runs.c.state == RunState.RUNNING)
        table = db.grade_plans.c
        with self._database.transaction() as connection:
            connection.execute(
                sa.delete(db.grade_plans).where(table.digest.not_in(kept), table.digest.not_in(open_runs))
            )

    def record_approval(self, approval: GradeApproval) -> None:
        """Note a person's approval."""
        row = {"plan": approval.plan, "approval": msgspec.json.encode(approval)}
        with self._database.transaction() as connection:
            connection.execute(sa.insert(db.grade_approvals).values(row))

    def approvals(self, plan: str) -> tuple[GradeApproval, ...]:
        """The approvals of a plan, in the order in which they were given."""
        table = db.grade_approvals.c
        query = sa.select(table.approval).where(table.plan == plan).order_by(table.number)
        with self._database.transaction() as connection:
            return tuple(msgspec.json.decode(row, type=GradeApproval) for row in connection.execute(query).scalars())

    def problems(self, class_key: str | None = None) -> tuple[Problem, ...]:
        """What could not be sent by the last plan of a class of the LMS, or of all."""
        table = db.grade_problems.c
        query = sa.select(table.problem).order_by(table.class_key, table.number)
        if class_key is not None:
            query = query.where(table.class_key == class_key)
        with self._database.transaction() as connection:
            return tuple(msgspec.json.decode(row, type=Problem) for row in connection.execute(query).scalars())

    def outdated(self, plan: GradePlan) -> tuple[str, ...]:
        """Keys of the plan's classes to which a run of another plan wrote since it was made."""
        runs, done = db.grade_runs.c, db.grade_class_runs.c
        own = set(self.runs_of(plan.digest))
        latest = (
            sa.select(done.class_key, runs.id, sa.func.max(done.run))
            .join_from(db.grade_class_runs, db.grade_runs, runs.number == done.run)
            .group_by(done.class_key)
        )
        with self._database.transaction() as connection:
            last = {class_key: run for class_key, run, _ in connection.execute(latest)}
        return tuple(key for key in plan.classes if last.get(key) not in own and last.get(key) != plan.follows.get(key))

    def begin_run(self, run: str, plan: GradePlan, allowed: Allowed, now: datetime) -> GradeRun:
        """A new run of a plan, going by the approvals that stand now; `allowed` are the changes that they allow."""
        given = self.approvals(plan.digest)
        row = {
            "id": run,
            "plan": plan.digest,
            "state": RunState.RUNNING,
            "started_at": now.isoformat(),
            "approvals": msgspec.json.encode(given),
        }
        with self._database.transaction() as connection:
            number = connection.execute(sa.insert(db.grade_runs).values(row)).inserted_primary_key
            done = _class_runs(plan, allowed)
            if done:
                rows = [{**values, "run": number[0] if number else None} for values in done]
                connection.execute(sa.insert(db.grade_class_runs), rows)
        return GradeRun(run, plan.digest, RunState.RUNNING, now.isoformat(), None, given, None)

    def end_run(self, run: str, state: RunState, now: datetime, *, report: bytes) -> None:
        """End a run; `report` is JSON without personal data."""
        ended = {"state": state, "ended_at": now.isoformat(), "report": report}
        with self._database.transaction() as connection:
            connection.execute(sa.update(db.grade_runs).where(db.grade_runs.c.id == run).values(ended))

    def open_run(self) -> GradeRun | None:
        """The run that is under way or was interrupted; at most one is."""
        return next(iter(self._runs(db.grade_runs.c.state == RunState.RUNNING, 1)), None)

    def runs(self, limit: int | None = None) -> list[GradeRun]:
        """The runs, newest first."""
        return self._runs(sa.true(), limit)

    def runs_of(self, plan: str) -> list[str]:
        """Ids of the runs of a plan, ended or not, oldest first."""
        return [run.id for run in reversed(self._runs(db.grade_runs.c.plan == plan, None))]

    def _runs(self, condition: sa.ColumnElement[bool], limit: int | None) -> list[GradeRun]:
        query = sa.select(db.grade_runs).where(condition).order_by(db.grade_runs.c.number.desc()).limit(limit)
        with self._database.transaction() as connection:
            return [_run(row) for row in connection.execute(query).mappings()]


def _run(row: sa.RowMapping) -> GradeRun:
    approvals = msgspec.json.decode(row["approvals"], type=tuple[GradeApproval, ...])
    return GradeRun(
        row["id"], row["plan"], RunState(row["state"]), row["started_at"], row["ended_at"], approvals, row["report"]
    )


def _keep_problems(connection: sa.Connection, plan: GradePlan) -> None:
    gone = sa.delete(db.grade_problems).where(db.grade_problems.c.class_key == sa.bindparam("key"))
    if plan.classes:
        connection.execute(gone, [{"key": key} for key in plan.classes])
    if plan.problems:
        rows = [{"class_key": one.class_key, "problem": msgspec.json.encode(one)} for one in plan.problems]
        connection.execute(sa.insert(db.grade_problems), rows)


def _class_runs(plan: GradePlan, allowed: Allowed) -> list[dict[str, object]]:
    created = Counter(one.class_key for one in allowed.line_items if one.action is Action.CREATE)
    sent = Counter(one.class_key for one in allowed.results)
    return [{"class_key": key, "line_items_created": created[key], "results_sent": sent[key]} for key in plan.classes]
