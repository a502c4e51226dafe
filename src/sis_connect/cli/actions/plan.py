"""`plan`: what a package would do to the LMS, sealed for `apply`; or the latest plan once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.bootstrap import open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.actions.totals import totals_of
from sis_connect.cli.advice import command, shown
from sis_connect.cli.documents import PlanDocument, PlannedCounts, ReceivedRecords
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.plans import show_next, show_plan
from sis_connect.config import read_settings
from sis_connect.runs.listing import open_listing
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sis_connect.cli.options import Options
    from sis_connect.runs.listing import HeldGroup, ListedChange
    from sis_connect.sync.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """How a plan is to be made."""

    #: The one made last is shown once more.
    latest: bool
    offline: bool
    survey: bool
    retry_refused: bool
    #: The roster may be another district's than the one applied before.
    another_district: bool


def run_plan(
    options: Options,
    package: Path | None,
    request: PlanRequest,
    *,
    kind: str | None,
    school: str | None,
    limit: int,
) -> ExitCode:
    """Make a plan, or find the latest one, and show it. Changes nothing in the LMS."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    kinds = [Kind(kind)] if kind else list(Kind)
    settings = read_settings(options.rules)
    is_shown_again = request.latest or (package is None and not (settings.sis.url or settings.sis.partner))
    data = known_data(options) if is_shown_again else options.data
    with open_district(data, options.rules, settings=settings) as district:
        runner = district.runner
        if is_shown_again:
            plan = runner.find_plan()
        else:
            with screen.progress() as progress:
                plan = runner.plan(
                    package,
                    offline=request.offline,
                    survey=request.survey,
                    retry_refused=request.retry_refused,
                    another_district=request.another_district,
                    progress=progress,
                )
        with open_listing(runner, plan) as listing:
            held = listing.held(runner.ledger.approvals(plan.digest))
            listed = tuple(listing.changes(kinds, school=school, limit=limit))
    document = plan_document(options, plan, held, listed)
    screen.document(document)
    show_plan(screen, document)
    show_next(screen, document.next)
    return ExitCode(document.exit_code)


def next_commands(options: Options, plan: Plan, held: Sequence[HeldGroup]) -> tuple[str, ...]:
    """What may be typed after a look at a plan."""
    if plan.is_empty:
        return ()
    approvals = [
        command(options, "approve", shown(plan.digest), "--cause", cause, "--by", "NAME", "--because", "REASON")
        for cause in dict.fromkeys(group.cause for group in held if group.is_approvable)
    ]
    return (*approvals, command(options, "apply", shown(plan.digest)))


def plan_document(
    options: Options, plan: Plan, held: tuple[HeldGroup, ...], listed: tuple[ListedChange, ...]
) -> PlanDocument:
    """The document of a plan."""
    return PlanDocument(
        command="plan",
        exit_code=ExitCode.OK,
        plan=plan.digest,
        made_at=plan.made_at,
        as_of=plan.as_of,
        school_year=plan.school_year,
        counts=tuple(PlannedCounts(c.kind, c.action, c.changes, c.held) for c in plan.counts),
        held=held,
        records=tuple(
            ReceivedRecords(r.entity, r.received, r.quarantined, r.out_of_scope, r.in_scope) for r in plan.received
        ),
        findings=totals_of(plan.findings),
        listed=listed,
        next=next_commands(options, plan, held),
        changed_settings=plan.changed_settings,
        origin=plan.origin,
        origin_change=plan.origin_change,
    )
