"""`grades plan`, `grades approve` and `grades send`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sis_connect.bootstrap import open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.actions.grade_passback.describing import count_states, describing
from sis_connect.cli.advice import command, shown
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.grade_documents import GradesApproveDocument, GradesPlanDocument, GradesReportDocument
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.grades import show_grades_approval, show_grades_plan, show_grades_report
from sis_connect.cli.showing.plans import show_next
from sis_connect.findings import Severity
from sis_connect.grades.answers import IN_DOUBT, POSTPONED
from sis_connect.grades.permission import Sender, SenderRole
from sis_connect.grades.plan import APPROVABLE, REFUSED_BEFORE
from sis_connect.runs.grade_passback import SCHEDULE
from sis_connect.runs.grade_reading import Looked
from sis_connect.runs.grade_report import GradeReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.cli.commands.grade_passback.selecting import Selection
    from sis_connect.cli.options import Options
    from sis_connect.grades.plan import GradePlan
    from sis_connect.runs.grade_passback import GradePassback


def run_plan(options: Options, selection: Selection, *, retry_refused: bool, limit: int) -> ExitCode:
    """Make a plan of grades and show it; nothing is sent."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district:
        passback = district.grades
        with screen.progress() as progress:
            plan = passback.plan(_looked(selection), retry_refused=retry_refused, progress=progress)
        document = _plan_document(options, passback, plan, limit)
    screen.document(document)
    show_grades_plan(screen, document)
    show_next(screen, document.next)
    return ExitCode.OK


def run_approve(
    options: Options, plan: str | None, *, cause: str | None, class_key: str | None, by: str, because: str
) -> ExitCode:
    """Note an approval of held changes, unless nothing would come of it (PlanError)."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district:
        passback = district.grades
        found, approval = passback.approve(plan, by=by, because=because, cause=cause, class_key=class_key)
        given = passback.ledger.approvals(found.digest)
    lifted = sum(approval.lifts(change) for change in found.changes)
    held = sum(change.held is not None and not any(one.lifts(change) for one in given) for change in found.changes)
    document = GradesApproveDocument(
        command="grades approve",
        exit_code=ExitCode.OK,
        plan=found.digest,
        by=by,
        because=because,
        cause=cause,
        class_key=class_key,
        lifted=lifted,
        held=held,
        next=(command(options, "grades", "send", shown(found.digest)),),
    )
    screen.document(document)
    show_grades_approval(screen, document)
    show_next(screen, document.next)
    return ExitCode.OK


def run_send(options: Options, digest: str | None, selection: Selection, *, retry_refused: bool) -> ExitCode:
    """Send a plan, or what nothing holds now; WAITING when something was refused or waits."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district:
        passback = district.grades
        with screen.progress() as progress:
            sent = passback.send(_looked(selection), digest, retry_refused=retry_refused, progress=progress)
        document = _report_document(options, passback, sent)
    screen.document(document)
    show_grades_report(screen, document)
    show_next(screen, document.next)
    return ExitCode(document.exit_code)


def _looked(selection: Selection) -> Looked:
    """What is looked at, and in whose name; on a schedule nobody is there."""
    if selection.teacher:
        sender = Sender(SenderRole.TEACHER, selection.teacher)
    else:
        sender = Sender(
            SenderRole.ADMINISTRATOR, selection.by or (SCHEDULE if selection.is_due_only else "command line")
        )
    return Looked(
        sender, selection.classes, selection.schools, is_due_only=selection.is_due_only, is_full=selection.is_full
    )


def _plan_document(options: Options, passback: GradePassback, plan: GradePlan, limit: int) -> GradesPlanDocument:
    words = describing(passback, plan, plan.problems)
    receipts = passback.ledger.receipts.results_by_key(one.key for one in plan.results)
    return GradesPlanDocument(
        command="grades plan",
        exit_code=ExitCode.OK,
        plan=plan.digest,
        made_at=plan.made_at,
        looked_at=len(plan.classes),
        classes=words.classes(plan),
        held=words.holds(plan.holds),
        problems=words.problems(plan.problems),
        listed=words.preview(plan, receipts, limit),
        changes=sum(1 for _ in plan.changes),
        unread=plan.unread,
        next=_next(options, plan),
    )


def _next(options: Options, plan: GradePlan) -> tuple[str, ...]:
    commands = _for_held(options, plan, (change.held for change in plan.changes))
    return commands if plan.is_empty() else (*commands, command(options, "grades", "send", shown(plan.digest)))


def _after(options: Options, plan: GradePlan, document: GradesReportDocument, *, is_sent: bool) -> tuple[str, ...]:
    """What helps after a run: what may be let through, what could not go out, a list for those who mend the rest."""
    commands = _for_held(options, plan, (one.cause for one in document.held))
    if not is_sent:
        commands = (*commands, command(options, "grades", "send"))
    if any(one.severity == Severity.ERROR for one in document.problems):
        commands = (*commands, command(options, "grades", "status", "--refused", "refused.csv"))
    return commands


def _for_held(options: Options, plan: GradePlan, causes: Iterable[str | None]) -> tuple[str, ...]:
    """The commands by which what waits may go out, one for each cause."""
    ways = {
        REFUSED_BEFORE: ("grades", "send", "--retry-refused"),
        **{
            cause: ("grades", "approve", shown(plan.digest), "--cause", cause, "--by", "NAME", "--because", "REASON")
            for cause in APPROVABLE
        },
    }
    return tuple(command(options, *ways[cause]) for cause in dict.fromkeys(causes) if cause in ways)


def _report_document(options: Options, passback: GradePassback, sent: GradeReport | GradePlan) -> GradesReportDocument:
    report = sent if isinstance(sent, GradeReport) else None
    plan = passback.find_plan(sent.plan if isinstance(sent, GradeReport) else sent.digest)
    problems = (*plan.problems, *(report.problems if report else ()))
    words = describing(passback, plan, problems)
    approvals = passback.ledger.approvals(plan.digest)
    waiting = tuple(
        hold
        for hold in plan.holds
        if any(
            change.held == hold.cause
            and change.class_key == hold.class_key
            and not any(one.lifts(change) for one in approvals)
            for change in plan.changes
        )
    )
    told = words.problems(problems)
    is_waiting = bool(waiting) or any(one.severity == Severity.ERROR for one in told)
    is_away = report is not None and not report.is_sent
    is_unfinished = is_away or any(one.code in (POSTPONED, IN_DOUBT) for one in told)
    document = GradesReportDocument(
        command="grades send",
        exit_code=_ending(is_away=is_away, is_waiting=is_waiting, is_unfinished=is_unfinished),
        run=report.run if report else None,
        plan=plan.digest,
        started_at=report.started_at if report else plan.made_at,
        ended_at=report.ended_at if report else plan.made_at,
        line_items=report.line_items if report else 0,
        results=report.results if report else 0,
        counts=count_states(report.states if report else {}),
        held=words.holds(waiting),
        problems=told,
        next=(),
    )
    return msgspec.structs.replace(document, next=_after(options, plan, document, is_sent=not is_unfinished))


def _ending(*, is_away: bool, is_waiting: bool, is_unfinished: bool) -> ExitCode:
    """What a person has to see to comes before what the next run does by itself, unless the SIS was away at all."""
    if is_away or (is_unfinished and not is_waiting):
        return ExitCode.SIS
    return ExitCode.WAITING if is_waiting else ExitCode.OK
