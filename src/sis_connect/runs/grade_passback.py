"""The grades path, step by step: source, check, shape, plan, hold, apply, read back, report.

Here: the order of the steps for one district, who may set them going, and what is kept between them. Not here: any rule
(`grades`), any request (the adapters, which are handed in), what a person sees (the faces).
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import PlanError, StoreError
from sis_connect.grades.apply import Application
from sis_connect.grades.changes import Step
from sis_connect.grades.permission import SenderRole, may_send
from sis_connect.grades.plan import APPROVABLE, CAUSES, Allowed, GradeApproval
from sis_connect.grades.planning import make_plan
from sis_connect.progress import NoProgress, Progress
from sis_connect.runs.grade_reading import GradeLook, Looked, Stores
from sis_connect.runs.grade_report import GradeReport, report_of
from sis_connect.runs.grade_roster import GradeRosters
from sis_connect.schoology.webhooks import parse_hint
from sis_connect.sis.rest.source import said_of_the_sis
from sis_connect.store.audit import AuditLog
from sis_connect.store.grade_books import GradeBooks
from sis_connect.store.grade_ledger import GradeLedger
from sis_connect.store.grade_memory import GradeMemory
from sis_connect.store.grade_sections import GradeSections
from sis_connect.store.ledger import RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import tzinfo

    from sis_connect.grades.manners import Manners
    from sis_connect.grades.permission import Sender
    from sis_connect.grades.plan import GradePlan
    from sis_connect.grades.rules import GradeRules
    from sis_connect.grades.source import GradeSource
    from sis_connect.grades.target import GradebookTarget
    from sis_connect.runs.runner import Runner
    from sis_connect.store.grade_ledger import GradeRun

#: Who acts when nobody is there.
SCHEDULE = "schedule"
#: Hints by the LMS's own ids that wait at once; those of more sections tell nothing new.
_MOST_HINTS = 10_000


@dataclass(frozen=True, slots=True)
class GradeSettings:
    """What a district decided, and what is known of its SIS."""

    rules: GradeRules
    manners: Manners
    #: True where the SIS gives records ids of its own.
    mints_ids: bool = False
    #: Requests to the SIS at once.
    concurrency: int = 2
    #: Plans of grades that are kept.
    keep_plans: int = 30
    #: Where the SIS is found; at another place what it was sent is looked for anew.
    sis: str = ""


@dataclass(slots=True)
class GradePassback:
    """The grade runs of one district; it works in the data folder of its rosters."""

    runner: Runner
    settings: GradeSettings
    #: Opened on the first use alone.
    open_source: Callable[[], GradeSource]
    open_target: Callable[[], GradebookTarget]
    ledger: GradeLedger = field(init=False)
    books: GradeBooks = field(init=False)
    memory: GradeMemory = field(init=False)
    audit: AuditLog = field(init=False)
    sections: GradeSections = field(init=False)

    def __post_init__(self) -> None:
        """Rows of the runner's database."""
        database = self.runner.database
        self.ledger, self.books = GradeLedger(database), GradeBooks(database)
        self.memory, self.audit = GradeMemory(database), AuditLog(database)
        self.sections = GradeSections(database)

    @property
    def zone(self) -> tzinfo:
        """Where the district's days begin and end."""
        return self.runner.now().astimezone(self.runner.settings.time_zone).tzinfo or UTC

    @contextmanager
    def rosters(self) -> Iterator[GradeRosters]:
        """The roster that was applied last, while the data folder is held; PlanError while there is none."""
        with self.runner.at_work() as frames:
            yield GradeRosters(self.runner, frames, self.runner.day(self.runner.now()))

    def plan(self, looked: Looked, *, retry_refused: bool = False, progress: Progress | None = None) -> GradePlan:
        """The kept plan of what sending would do; nothing is done to the SIS.

        PlanError while a run is unfinished, without a roster, and for a class that the sender may not send.
        """
        with self.rosters() as rosters:
            self._refuse_beside_open_run()
            return self._plan(rosters, looked, progress or NoProgress(), retry_refused=retry_refused)

    def approve(
        self, digest: str | None, *, by: str, because: str, cause: str | None, class_key: str | None
    ) -> tuple[GradePlan, GradeApproval]:
        """Note a person's approval of held changes of a plan; PlanError when it fits none."""
        plan = self.find_plan(digest)
        if cause is not None and cause not in APPROVABLE:
            known = (
                f"{cause} is nothing to be let through: {CAUSES[cause]}" if cause in CAUSES else f"No cause {cause!r}"
            )
            raise PlanError(f"{known}.", where="--cause", fix=f"Name one of {', '.join(APPROVABLE)}.")
        approval = GradeApproval(plan.digest, by, because, self.runner.now(), cause, class_key)
        if not any(approval.lifts(change) for change in plan.changes):
            waiting = sorted({change.held for change in plan.changes if change.held in APPROVABLE})
            raise PlanError(
                "No held change of this plan fits; nothing was noted.",
                where=plan.digest[:12],
                fix=f"What waits: {', '.join(waiting)}." if waiting else "Nothing in it waits for an approval.",
            )
        self.ledger.record_approval(approval)
        self.audit.record(self.runner.now(), by, "grades.approve", plan.digest, cause or class_key or "all")
        return plan, approval

    def send(
        self,
        looked: Looked,
        digest: str | None = None,
        *,
        retry_refused: bool = False,
        progress: Progress | None = None,
    ) -> GradeReport | GradePlan:
        """Finish what was interrupted, then send a plan, or make one and send what nothing holds; its report.

        The plan itself where nothing is to be sent, or all of it was. PlanError when it no longer fits, TargetError
        when the LMS cannot go on, SourceError and PullRefusedError when the SIS cannot (send again then).
        """
        told = progress or NoProgress()
        with self.rosters() as rosters:
            interrupted = self.ledger.open_run()
            if interrupted is not None:
                self._check_still_allowed(rosters, self._plan_of(interrupted), looked.sender)
                self.audit.record(
                    self.runner.now(), looked.sender.id, "grades.resume", interrupted.id, looked.sender.role
                )
                self._carry_out(self._plan_of(interrupted), interrupted, looked.sender, told)
            plan = self.find_plan(digest) if digest else self._plan(rosters, looked, told, retry_refused=retry_refused)
            self._check_still_allowed(rosters, plan, looked.sender)
            if self._locked_since(plan):
                raise PlanError(
                    f"Since this plan was made, {', '.join(self._locked_since(plan))} was locked.",
                    where=plan.digest[:12],
                    fix="Make a new one with `sis-connect grades plan`: it leaves out what is locked.",
                )
            if plan.is_empty(self.ledger.approvals(plan.digest)) or self._is_done(plan):
                return plan
            return self._carry_out(plan, self._begin(plan, looked.sender), looked.sender, told)

    def find_plan(self, prefix: str | None = None) -> GradePlan:
        """The plan whose digest begins so, or the latest; PlanError when there is none or more than one."""
        found = self.ledger.find_plans(prefix) if prefix else self.ledger.latest_plans(1)
        plan = self.ledger.plan(found[0]) if len(found) == 1 else None
        if plan is None:
            what = "More than one plan of grades begins" if len(found) > 1 else "No plan of grades begins"
            raise PlanError(
                f"{what} with {prefix!r}." if prefix else "No plan of grades was made yet.",
                where=str(self.runner.folder.root),
                fix="Name more of its digest." if found else "Make one with `sis-connect grades plan`.",
            )
        return plan

    def looked_at(self, class_: str | None = None) -> list[str]:
        """Keys of the classes whose grade books are kept, or of those of one class; PlanError when it has none."""
        known = sorted(self.books.read_at())
        if class_ is None:
            return known
        found = [key for key in known if class_ in (key, key.partition("@")[0])]
        if not found:
            raise PlanError(
                f"The grades of class {class_!r} were never looked at.",
                where="--class",
                fix="Name its sourcedId, or look at its grades first with `sis-connect grades plan`.",
            )
        return found

    def note_hint(self, body: bytes) -> int:
        """Remember where an event of the LMS says that something changed; in how many classes that is.

        Anybody may have sent it, so it is a reason to look and nothing else. Neither the LMS nor the data folder is
        needed: it may come in the middle of a run.
        """
        hint = parse_hint(body)
        known = self.books.read_at().keys()
        # A class that was never looked at is due anyway, so strangers cannot fill the database with ids they invent.
        names = hint.class_keys & known
        if not names and not hint.class_keys and len(self.memory.hinted()) < _MOST_HINTS:
            names = hint.section_ids
        self.memory.hint(names)
        return len(names)

    def accounts_of(self, student: str) -> frozenset[str]:
        """The LMS's own ids of the accounts that stand for a student, by the roster that was applied last."""
        with self.rosters() as rosters:
            return rosters.accounts_of(student)

    def _plan(self, rosters: GradeRosters, looked: Looked, progress: Progress, *, retry_refused: bool) -> GradePlan:
        settings, now = self.settings, self.runner.now()
        with said_of_the_sis():
            categories = tuple(self.open_target().categories())
        look = GradeLook(
            rosters,
            self.open_source(),
            Stores(self.ledger, self.books, self.memory, self.sections, self.audit),
            settings.rules,
            settings.manners,
            categories,
            now,
            self.zone,
            progress,
            self._read_back,
            settings.sis,
        )
        plan = make_plan(
            look.books(looked),
            categories=self.ledger.receipts.categories(),
            rules=settings.rules,
            manners=settings.manners,
            made_at=now,
            retry_refused=retry_refused,
        )
        self.ledger.record_plan(plan)
        self.ledger.forget_plans(self.ledger.latest_plans(settings.keep_plans))
        self.audit.record(now, looked.sender.id, "grades.plan", plan.digest, str(looked.sender.role))
        return plan

    def _begin(self, plan: GradePlan, sender: Sender) -> GradeRun:
        outdated = self.ledger.outdated(plan)
        if outdated:
            raise PlanError(
                "Other grades of these classes were sent since this plan was made, so it no longer fits.",
                where=plan.digest[:12],
                fix="Make a new one with `sis-connect grades plan`.",
            )
        now = self.runner.now()
        allowed = plan.allowed(self.ledger.approvals(plan.digest))
        run = f"g{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        # Before anything is done: nothing may be sent without a trace of who did it.
        self.audit.record(now, sender.id, "grades.send", run, f"{sender.role}, {len(allowed)} changes")
        return self.ledger.begin_run(run, plan, allowed, now)

    def _carry_out(self, plan: GradePlan, run: GradeRun, sender: Sender, progress: Progress) -> GradeReport:
        """Send what the run may and was not sent, read it back, end the run; the report.

        Of a run that was interrupted before a session was locked nothing more is sent; the next plan has the rest.
        """
        is_locked = bool(self._locked_since(plan))
        allowed = Allowed((), (), ()) if is_locked else plan.allowed(run.approvals)
        totals = {
            Step.CATEGORY: len(allowed.categories),
            Step.LINE_ITEM: len(allowed.line_items),
            Step.RESULT: len(allowed.results),
        }
        done = dict.fromkeys(Step, 0)

        def advance(step: Step, changes: int) -> None:
            done[step] += changes
            progress.advance(f"{step}s", done[step], totals[step])

        with said_of_the_sis():
            applied = self._application(advance).run(allowed, plan.classes, run.id, self.ledger.runs_of(plan.digest))
        now = self.runner.now()
        applied = replace(applied, is_sent=applied.is_sent and not is_locked)
        report = report_of(run, plan, self.ledger.receipts, applied, now, manners=self.settings.manners)
        self.audit.record(now, sender.id, "grades.sent", run.id, f"{report.results} results")
        self.ledger.end_run(run.id, RunState.FINISHED, now, report=msgspec.json.encode(report))
        return report

    def _read_back(self, class_keys: Sequence[str]) -> bool:
        with said_of_the_sis():
            return self._application().read_back(class_keys)

    def _is_done(self, plan: GradePlan) -> bool:
        """True when a run of this plan went to its end, and nobody let anything more through since."""
        run = next((run for run in self.ledger.runs() if run.plan == plan.digest), None)
        if run is None or run.report is None or run.approvals != self.ledger.approvals(plan.digest):
            return False
        report = msgspec.json.decode(run.report, type=GradeReport)
        return report.is_sent and report.is_read

    def _application(self, advance: Callable[[Step, int], None] = lambda _step, _changes: None) -> Application:
        return Application(
            target=self.open_target(),
            receipts=self.ledger.receipts,
            manners=self.settings.manners,
            now=self.runner.now,
            concurrency=self.settings.concurrency,
            mints_ids=self.settings.mints_ids,
            advance=advance,
        )

    def _check_still_allowed(self, rosters: GradeRosters, plan: GradePlan, sender: Sender) -> None:
        """A plan that somebody else made is sent only by who may send each of its classes."""
        if sender.role is SenderRole.ADMINISTRATOR:
            return
        schools = {school for key in plan.classes if (school := rosters.school_of(key)) is not None}
        taught = {
            key
            for roster in rosters.of_schools(schools)
            for key in plan.classes
            if may_send(sender, key, roster).is_allowed
        }
        foreign = [key for key in plan.classes if key not in taught]
        if foreign:
            raise PlanError(
                "A teacher may send only the grades of classes they teach by the roster.",
                where=foreign[0],
                fix="Plan your own classes with `sis-connect grades plan --teacher`, and send that.",
            )

    def _locked_since(self, plan: GradePlan) -> list[str]:
        """Sessions that the district has locked since the plan was made."""
        return sorted({*self.settings.rules.locked_sessions} - {*plan.locked_sessions})

    def _plan_of(self, run: GradeRun) -> GradePlan:
        plan = self.ledger.plan(run.plan)
        if plan is None:
            raise StoreError(
                f"The plan of the unfinished run {run.id} is gone.",
                where=str(self.runner.folder.database),
                fix="Restore the data folder from a backup.",
            )
        return plan

    def _refuse_beside_open_run(self) -> None:
        run = self.ledger.open_run()
        if run is not None:
            raise PlanError(
                f"The run {run.id} of grades is unfinished.",
                where=str(self.runner.folder.root),
                fix="Finish it with `sis-connect grades send`.",
            )
