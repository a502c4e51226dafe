"""`approve`: show what a person's word would let through, and note it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.bootstrap import open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.advice import command, shown
from sis_connect.cli.documents import ApproveDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.screen import DIM, GOOD, Screen, counted, data, heading, indented, line
from sis_connect.cli.showing.changes import NOUNS, show_held
from sis_connect.cli.showing.plans import show_next
from sis_connect.errors import PlanError
from sis_connect.runs.listing import open_listing
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.approval import APPROVABLE, Approval
from sis_connect.sync.plan.guard import CAUSES

if TYPE_CHECKING:
    from sis_connect.cli.options import Options
    from sis_connect.runs.listing import PlanListing


def run_approve(
    options: Options,
    digest: str | None,
    *,
    cause: str | None,
    kind: str | None,
    school: str | None,
    by: str,
    because: str,
    dry_run: bool,
) -> ExitCode:
    """Note an approval of held changes, unless nothing would come of it (PlanError)."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    _check_cause(cause)
    chosen = Kind(kind) if kind else None
    with open_district(known_data(options), options.rules) as district:
        runner = district.runner
        plan = runner.find_plan(digest)
        approval = Approval(plan.digest, by, because, runner.now(), cause, chosen, school)
        earlier = runner.ledger.approvals(plan.digest)
        with open_listing(runner, plan) as listing:
            lifted = listing.lifted(approval, earlier)
            held = listing.held((*earlier, approval))
            if not lifted:
                raise _nothing(listing, approval)
        if not dry_run:
            runner.approve(plan.digest, by=by, because=because, cause=cause, kind=chosen, school=school)
    document = ApproveDocument(
        command="approve",
        exit_code=ExitCode.OK,
        plan=plan.digest,
        by=by,
        because=because,
        cause=cause,
        kind=kind,
        school=school,
        is_noted=not dry_run,
        lifted=lifted,
        held=held,
        next=(command(options, "apply", shown(plan.digest)),) if not dry_run else (),
    )
    screen.document(document)
    _show(screen, document)
    show_next(screen, document.next)
    return ExitCode.OK


def _show(screen: Screen, document: ApproveDocument) -> None:
    title = "Let through" if document.is_noted else "Would be let through"
    screen.show(heading(f"{title} in plan {shown(document.plan)}"))
    for group in document.lifted:
        what = f"{group.action} {counted(group.changes, *NOUNS[group.kind])}"
        screen.show(indented(line((what, GOOD), f": {group.explanation}.", (f"  {group.cause}", DIM))))
    screen.show(indented(line(("By ", DIM), data(document.by), (", because ", DIM), data(document.because))))
    show_held(screen, document.held)


def _check_cause(cause: str | None) -> None:
    if cause is None or cause in APPROVABLE:
        return
    if cause in CAUSES:
        raise PlanError(
            f"{cause} is nothing to be let through: {CAUSES[cause]}.",
            where="--cause",
            fix="Take the cause away in Schoology, in the SIS or in the rules file; the change then follows by itself.",
        )
    raise PlanError(f"There is no cause {cause!r}.", where="--cause", fix=f"Name one of {', '.join(APPROVABLE)}.")


def _nothing(listing: PlanListing, approval: Approval) -> PlanError:
    """The error of an approval that fits no held change; names what is held."""
    waiting = [group for group in listing.held(listing.runner.ledger.approvals(approval.plan)) if group.is_approvable]
    known = ", ".join(f"{group.kind} for {group.cause}" for group in waiting)
    schools = listing.schools()
    if approval.school is not None and approval.school not in schools:
        return PlanError(
            f"The plan touches no school {approval.school!r}.",
            where="--school",
            fix=f"Its schools: {', '.join(f'{key} ({title})' for key, title in schools.items()) or 'none'}.",
        )
    return PlanError(
        "No held change of this plan fits; nothing was noted.",
        where=shown(approval.plan),
        fix=f"What waits: {known}." if known else "Nothing in it waits for an approval.",
    )
