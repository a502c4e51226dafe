"""One run of one plan: the allowed changes go out, their outcomes become the next state, and the report is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from sis_connect.frames import count, literal
from sis_connect.report import RefusedChange, Report, count_changes, count_records
from sis_connect.runs.naming import written_key
from sis_connect.store.journal import RunJournal, lay_out_outcomes
from sis_connect.store.ledger import RunState
from sis_connect.store.links import ExistingLinks
from sis_connect.store.retention import discard_unneeded
from sis_connect.sync.apply import STAGES, Application
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.approval import allowed
from sis_connect.sync.plan.sealing import changes_of, iter_changes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.progress import Progress
    from sis_connect.runs.runner import Runner
    from sis_connect.store.ledger import Run
    from sis_connect.sync.apply import Numbered, RosterTarget, Stage
    from sis_connect.sync.plan.plan import Plan

#: Refused changes that a report names; how many there were stands in its counts.
_NAMED = 10_000


@dataclass(frozen=True, slots=True)
class RunUnderWay:
    """One run of one plan, with the session it works in."""

    runner: Runner
    frames: Frames
    plan: Plan
    run: Run

    def carry_out(self, target: RosterTarget, progress: Progress) -> Report:
        """Send what is allowed of the plan and not done yet, then end the run; the report."""
        self._application(target, progress).run()
        return self._end(RunState.FINISHED)

    def close(self, target: RosterTarget, progress: Progress) -> Report:
        """Look for what was sent without an answer, send nothing more, and end the run; the report."""
        self._application(target, progress).settle()
        return self._end(RunState.CLOSED)

    @property
    def _folder(self) -> Path:
        return self.runner.plan_folder(self.plan)

    def _application(self, target: RosterTarget, progress: Progress) -> Application:
        self.runner.existing.lay_out(self.frames, self.runner.ledger.existing)
        self._lay_out_done()
        conditions = {stage: self._condition(stage) for stage in STAGES}
        totals = dict.fromkeys(Kind, 0)
        for stage, condition in conditions.items():
            totals[stage.kind] += count(self.frames, f"{self._rows(stage.kind)} WHERE {condition}")
        done = dict.fromkeys(Kind, 0)

        def advance(kind: Kind, changes: int) -> None:
            done[kind] += changes
            progress.advance(kind.value, done[kind], totals[kind])

        def changes(stage: Stage) -> Iterator[Numbered]:
            return iter_changes(self.frames, self._folder, stage.kind, conditions[stage])

        journal = RunJournal(self.runner.database, self.run.id)
        links = ExistingLinks(self.frames, self._folder)
        spares = self.runner.settings.ownership.spare_hand_added
        return Application(target, journal, links, changes, advance, spares)

    def _condition(self, stage: Stage) -> str:
        """SQL: the changes of a stage that this run carries out; the same for every attempt at the run."""
        actions = ", ".join(literal(action) for action in stage.actions)
        return (
            f"action IN ({actions}) AND ({allowed(stage.kind, self.run.approvals)}) "
            f'AND "row" NOT IN (SELECT "row" FROM done WHERE kind = \'{stage.kind}\')'
        )

    def _lay_out_done(self) -> None:
        """Make `done` (`kind`, `row`): what earlier runs of the same plan carried out."""
        earlier = self.runner.ledger.runs_of(self.plan.digest)
        journals = [RunJournal(self.runner.database, run) for run in earlier]
        lay_out_outcomes(self.frames, "earlier", journals)
        self.frames.execute('CREATE OR REPLACE TABLE done AS SELECT kind, "row" FROM earlier WHERE is_applied')
        for kind in Kind if earlier else ():
            self.frames.execute(
                f"INSERT INTO done SELECT '{kind}', \"row\" FROM {self._rows(kind)} "
                "WHERE action IN ('link', 'release') AND hold IS NULL"
            )

    def _end(self, state: RunState) -> Report:
        runner = self.runner
        lay_out_outcomes(self.frames, "outcomes", [RunJournal(runner.database, self.run.id)])
        existing, settled = runner.existing.settle(
            self.frames, runner.ledger.existing, self._folder, self.run.id, self.plan.as_of
        )
        now = runner.now()
        report = Report(
            run=self.run.id,
            plan=self.plan.digest,
            as_of=self.plan.as_of,
            started_at=datetime.fromisoformat(self.run.started_at),
            ended_at=now,
            records=count_records(self.plan.received, settled),
            changes=count_changes(self.plan, settled),
            holds=self.plan.holds,
            refused=self._refused(),
            findings=self.plan.findings,
            changed_settings=self.plan.changed_settings,
            origin=self.plan.origin,
            origin_change=self.plan.origin_change,
        )
        runner.ledger.end_run(self.run.id, state, now, existing=existing, report=msgspec.json.encode(report))
        discard_unneeded(runner.folder, runner.ledger, keep_plans=runner.settings.keep_plans)
        return report

    def _refused(self) -> tuple[RefusedChange, ...]:
        refused: list[RefusedChange] = []
        for kind in Kind:
            rows = self.frames.execute(
                f"""
                SELECT {written_key(kind)}, o.code, o.message
                FROM {self._rows(kind)} AS p JOIN outcomes AS o USING ("row")
                WHERE o.kind = '{kind}' AND NOT o.is_applied
                ORDER BY "row" LIMIT {_NAMED - len(refused)}
                """
            ).fetchall()
            refused += [RefusedChange(kind, key, code or "", message or "") for key, code, message in rows]
        return tuple(refused)

    def _rows(self, kind: Kind) -> str:
        """SQL: the sealed changes of a kind."""
        return f"({changes_of(self._folder, kind)})"
