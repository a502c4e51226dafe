"""The roster path, step by step: source, stage, check, shape, plan, hold, apply, report.

Here: the order of the steps for one district, and what is kept between them. Not here: any rule (the steps), any
request (the adapters, which are handed in), what a person sees (the faces).
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import PlanError, StoreError
from sis_connect.progress import NoProgress, Progress
from sis_connect.report import Report
from sis_connect.runs.application import RunUnderWay
from sis_connect.runs.judging import judge
from sis_connect.runs.named_in_rules import check_named_data, check_roles
from sis_connect.runs.origins import refuse_another_district, trace_origin
from sis_connect.runs.settings_kept import changed_settings, kept_settings
from sis_connect.runs.staging import stage
from sis_connect.runs.survey import lay_out_holdings
from sis_connect.store.damage import reading, writing
from sis_connect.store.database import Database
from sis_connect.store.existing import NOTHING, Existing
from sis_connect.store.folder import DataFolder, seal
from sis_connect.store.ledger import Ledger, RunState
from sis_connect.store.snapshots import Snapshots
from sis_connect.sync.check import Tally, iter_findings
from sis_connect.sync.plan import PlanInputs, make_plan
from sis_connect.sync.plan.approval import Approval
from sis_connect.sync.plan.plan import DESCRIPTION_FILE, Plan
from sis_connect.sync.plan.refusals import Refusals
from sis_connect.sync.plan.sealing import check_seal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime, tzinfo
    from pathlib import Path

    from sis_connect.findings import Finding, Severity
    from sis_connect.frames import Frames, Limits
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.runs.roster_source import RosterSource
    from sis_connect.store.ledger import Run
    from sis_connect.sync.apply import RosterTarget
    from sis_connect.sync.desired import Kind
    from sis_connect.sync.plan import Ownership
    from sis_connect.sync.plan.guard import GuardRules
    from sis_connect.sync.shape import Shaped
    from sis_connect.sync.shape.rules import DistrictRules


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a district decided, as far as runs need to know."""

    rules: DistrictRules
    guard: GuardRules
    ownership: Ownership
    limits: Limits
    strict: bool
    #: Where the district's days begin and end; None for the machine's own zone.
    time_zone: tzinfo | None = UTC
    #: Plans, with the snapshots they were made of, that are kept when a run has ended.
    keep_plans: int = 30
    refusals: Refusals = field(default_factory=Refusals)
    #: How the SIS is asked, as far as that decides what is read: settings by name, without secrets.
    asking: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Request:
    """What was said about one plan beside its package."""

    is_offline: bool
    #: True when everything is looked at in the LMS, new or not.
    surveys_all: bool
    #: True when what the LMS refused before is sent again, changed or not.
    retries_refused: bool
    #: True when a person confirmed that the roster may be another district's.
    confirms_district: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a package came to."""

    snapshot: Snapshot
    #: How often each rule was broken.
    tallies: tuple[Tally, ...]
    #: Errors first; as many as were asked for.
    findings: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        """Findings of one severity."""
        return sum(tally.occurrences for tally in self.tallies if tally.severity is severity)


class Runner:
    """The runs of one district in one data folder."""

    def __init__(
        self,
        folder: DataFolder,
        settings: RunSettings,
        *,
        open_source: Callable[[Path | None], RosterSource],
        open_target: Callable[[], RosterTarget],
        now: Callable[[], datetime],
    ) -> None:
        """Runs in `folder`; `now` gives aware instants.

        `open_source` gives the source of a package, or that of the SIS for None; `open_target` is called only when the
        LMS is needed.
        """
        folder.make()
        if not folder.database.exists() and any(folder.existing.iterdir()):
            raise StoreError(
                "The district's database is missing, though the LMS has been written to from this folder.",
                where=str(folder.database),
                fix="Restore it from a backup: without it SIS Connect cannot tell what is its own.",
            )
        self.folder = folder
        self.settings = settings
        self.database = Database(folder.database)
        self.ledger = Ledger(self.database)
        self.snapshots = Snapshots(folder)
        self.existing = Existing(folder)
        self._open_source = open_source
        self._open_target = open_target
        self.now = now

    def check(self, package: Path | None, *, limit: int | None = 1000, progress: Progress | None = None) -> Checked:
        """What is wrong with a package, or with what the SIS says for None.

        It is laid over what is known where it brings only changes. Its snapshot is kept until a run ends, so that a
        plan of the same package need not read it again; nothing else is.
        """
        with self.at_work() as frames:
            snapshot = stage(self, frames, self._open_source(package), progress or NoProgress()).snapshot
            tallies, _ = self._judge(frames, snapshot, self.day(self.now()))
            findings = tuple(iter_findings(frames, limit))
        return Checked(snapshot, tallies, findings)

    def plan(
        self,
        package: Path | None,
        *,
        offline: bool = False,
        survey: bool = False,
        retry_refused: bool = False,
        another_district: bool = False,
        progress: Progress | None = None,
    ) -> Plan:
        """The sealed plan of what a package, or the SIS for None, would do to the LMS; nothing is done to it.

        The LMS is looked at before the first run, when a new school or term comes up, while others have something
        under a code of ours, and on `survey`; never when `offline`. What it refused before waits, unless
        `retry_refused`.

        PlanError when the roster is of another district than the one applied before, unless `another_district` confirms
        that this is wanted; the plan and the report of its run say so.

        A package that brings only changes is laid over the snapshot of the latest run that began: a plan that was
        never applied counts for nothing, be it of a bulk package. Lest a delta be lost so, PlanError while another one
        is planned and not applied; and while a run is unfinished.
        """
        with self.at_work() as frames:
            self._refuse_beside_open_run()
            request = _Request(offline, survey, retry_refused, another_district)
            return self._plan(frames, package, progress or NoProgress(), request)

    def approve(
        self, digest: str, *, by: str, because: str, cause: str | None, kind: Kind | None, school: str | None
    ) -> Approval:
        """Note a person's approval of held changes of a plan; `apply` carries them out."""
        plan = self.find_plan(digest)
        approval = Approval(plan.digest, by, because, self.now(), cause, kind, school)
        self.ledger.record_approval(approval)
        return approval

    def apply(self, digest: str | None = None, *, progress: Progress | None = None) -> Report:
        """Carry out what is allowed of a plan, by default the latest; the report.

        A run that was interrupted goes on where it stopped. Raises PlanError when the plan does not start from what
        the LMS is known to hold, TargetError when the LMS cannot go on (apply again then).
        """
        plan = self.find_plan(digest)
        self._refuse_when_done(plan)
        return self._apply(plan, progress or NoProgress())

    def close(self, *, progress: Progress | None = None) -> Report:
        """End the unfinished run without sending anything more; what was sent is looked for and kept."""
        with self.at_work() as frames:
            run = self.ledger.open_run()
            if run is None:
                raise PlanError("No run is unfinished.", fix="There is nothing to close.")
            plan = self.find_plan(run.plan)
            return RunUnderWay(self, frames, plan, run).close(self._open_target(), progress or NoProgress())

    def sync(
        self,
        package: Path | None,
        *,
        retry_refused: bool = False,
        another_district: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """Finish what was interrupted, then plan as `plan` does and apply what nothing holds; the report."""
        interrupted = self.ledger.open_run()
        if interrupted is not None:
            self.apply(interrupted.plan, progress=progress)
        plan = self.plan(package, retry_refused=retry_refused, another_district=another_district, progress=progress)
        return self._apply(plan, progress or NoProgress())

    def _apply(self, plan: Plan, progress: Progress) -> Report:
        if plan.is_offline:
            raise PlanError(
                "This plan was made without looking at the LMS, so it may touch what others made there.",
                where=plan.digest[:12],
                fix="Make it again without --offline, and apply that one.",
            )
        with self.at_work() as frames:
            check_seal(plan, self.plan_folder(plan))
            # Credentials are asked for before anything is begun that they would have to end.
            target = self._open_target()
            run = self._run_of(plan)
            return RunUnderWay(self, frames, plan, run).carry_out(target, progress)

    def _refuse_when_done(self, plan: Plan) -> None:
        last = next((run for run in self.ledger.runs() if run.plan == plan.digest), None)
        if last is None or last.state is not RunState.FINISHED or last.report is None:
            return
        report = msgspec.json.decode(last.report, type=Report)
        was_refused = any(counts.refused for counts in report.changes)
        if not was_refused and last.approvals == self.ledger.approvals(plan.digest):
            raise PlanError(
                f"This plan was carried out already, by run {last.id}; nothing is left to do.",
                where=plan.digest[:12],
                fix="See `sis-connect report`. What is held goes out once it is approved.",
            )

    @contextmanager
    def at_work(self) -> Iterator[Frames]:
        """A session while the data folder is held.

        StoreError when another process holds it, a file is damaged, or the disk takes no more.
        """
        with writing(self.folder), self.folder.locked(), reading(self.folder, self.settings.limits) as frames:
            yield frames

    def day(self, instant: datetime) -> date:
        """The district's date at an instant."""
        return instant.astimezone(self.settings.time_zone).date()

    def find_plan(self, prefix: str | None = None) -> Plan:
        """The plan whose digest begins so, or the latest; PlanError when there is none or more than one."""
        wanted = prefix if prefix is not None else self.ledger.latest_plan
        found = self.ledger.find_plans(wanted) if wanted else []
        if len(found) != 1:
            what = "More than one plan begins" if found else "No plan begins"
            raise PlanError(
                f"{what} with {prefix!r}." if prefix else "No plan was made yet.",
                where=str(self.folder.plans),
                fix="Name more of its digest." if found else "Make one with `sis-connect plan PACKAGE`.",
            )
        path = self.folder.plans / found[0] / DESCRIPTION_FILE
        try:
            return msgspec.json.decode(path.read_bytes(), type=Plan)
        except (OSError, msgspec.MsgspecError) as error:
            raise PlanError("The plan cannot be read.", where=str(path), fix="Make it again.") from error

    def plan_folder(self, plan: Plan) -> Path:
        """Where a plan's sealed files lie."""
        return self.folder.plans / plan.digest

    def _plan(self, frames: Frames, package: Path | None, progress: Progress, request: _Request) -> Plan:
        now = self.now()
        settings = self.settings
        as_of = self.day(now)
        staged = stage(self, frames, self._open_source(package), progress, is_planning=True)
        origin, origin_change = trace_origin(frames, staged, self.ledger.origin)
        if not request.confirms_district:
            refuse_another_district(origin_change, self.folder.root)
        progress.advance("judging", 0, 2)
        tallies, shaped = self._judge(frames, staged.snapshot, as_of)
        progress.advance("judging", 1, 2)
        existing = self.ledger.existing
        self.existing.lay_out(frames, existing)
        check_named_data(frames, settings.rules)
        open_target = None if request.is_offline else self._open_target
        if open_target is not None:
            check_roles(frames, settings.rules.people.roles, open_target)
        lay_out_holdings(frames, open_target, is_first=existing == NOTHING, all_kinds=request.surveys_all)
        kept = kept_settings(settings)
        findings = {tally.code: (tally.severity.value, tally.occurrences) for tally in tallies}
        inputs = PlanInputs(
            staged.snapshot,
            settings.rules,
            settings.guard,
            settings.ownership,
            shaped,
            existing,
            as_of,
            now,
            request.is_offline,
            findings,
            settings.refusals,
            request.retries_refused,
            kept,
            changed_settings(self._settings_applied(), kept),
            origin.in_words(),
            origin_change,
        )
        with self.folder.sealing(self.folder.plans) as path:
            plan = make_plan(frames, inputs, path)
            seal(path, self.folder.plans / plan.digest, replace=True)
        self.ledger.record_plan(plan.digest, now, origin=origin, delta=staged.delta, notes=staged.notes)
        progress.advance("judging", 2, 2)
        return plan

    def _settings_applied(self) -> dict[str, str]:
        """The settings of the last plan that was applied; empty before the first, and when it is gone."""
        digest = self.ledger.existing_comes_from
        try:
            return self.find_plan(digest).settings if digest else {}
        except PlanError:
            return {}

    def _judge(self, frames: Frames, snapshot: Snapshot, as_of: date) -> tuple[tuple[Tally, ...], Shaped]:
        return judge(frames, snapshot, self.settings.rules, strict=self.settings.strict, as_of=as_of)

    def _refuse_beside_open_run(self) -> None:
        run = self.ledger.open_run()
        if run is not None:
            raise PlanError(
                f"The run of plan {run.plan[:12]} is unfinished.",
                where=str(self.folder.root),
                fix=f"Finish it with `sis-connect apply {run.plan[:12]}`, or end it with `sis-connect apply --close`.",
            )

    def _run_of(self, plan: Plan) -> Run:
        """The unfinished run of a plan, or a new one; PlanError when the plan does not fit."""
        open_run = self.ledger.open_run()
        if open_run is not None and open_run.plan == plan.digest:
            return open_run
        self._refuse_beside_open_run()
        if self.ledger.existing != plan.existing and self.ledger.existing_comes_from != plan.digest:
            raise PlanError(
                "Another plan was applied since this one was made, so it no longer fits.",
                where=plan.digest[:12],
                fix="Make a new plan with `sis-connect plan PACKAGE`.",
            )
        now = self.now()
        run = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        return self.ledger.begin_run(run, plan.digest, now, snapshot=plan.snapshot)
