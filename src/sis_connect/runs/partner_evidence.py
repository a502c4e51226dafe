"""What reports and runs say of themselves, in the terms in which the partner program decides.

Here: reading them. Not here: whether they suffice (`partners.program.deciding`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sis_connect.partners.program.deciding import ReportSeen, RunSeen
from sis_connect.partners.program.events import NightOutcome
from sis_connect.report import Report
from sis_connect.sis.conformance.catalogue import CHECKS
from sis_connect.sis.conformance.report import read_report, verify
from sis_connect.store.ledger import RunState
from sis_connect.store.program import name_of
from sis_connect.sync.plan.origin import address_told

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from sis_connect.store.ledger import Run


def report_seen(content: bytes, where: str, key: bytes) -> ReportSeen:
    """A conformance report, verified with a key; ConfigurationError when it is none."""
    report = read_report(content, where)
    held = {check.id for check in report.checks}
    totals = report.totals
    return ReportSeen(
        document=name_of(content),
        url=report.url,
        tested_at=report.began_at,
        problem=verify(report, key),
        left_out=tuple(check.id for check in CHECKS if check.id not in held),
        passed=totals.passed,
        skipped=totals.skipped,
        failed_required=totals.failed_required,
        failed_expected=totals.failed_expected,
        failed_advice=totals.failed_advice,
        unlivable=totals.unlivable,
    )


def run_seen(run: Run) -> RunSeen:
    """A run that has ended, by its report."""
    content = run.report or b""
    report = msgspec.json.decode(content, type=Report)
    return RunSeen(
        run=run.id,
        document=name_of(content),
        address=address_told(report.origin),
        started_at=report.started_at,
        is_finished=run.state is RunState.FINISHED,
        adds_up=all(counts.adds_up for counts in report.records),
        received=sum(counts.received for counts in report.records),
        arrived=sum(counts.applied + counts.unchanged for counts in report.records),
        held=sum(counts.held for counts in report.changes),
        refused=sum(counts.refused for counts in report.changes),
    )


def night_seen(run: Run, zone: tzinfo | None) -> tuple[date, NightOutcome]:
    """The night that a run belongs to in a district's own time, and how it ended."""
    report = msgspec.json.decode(run.report or b"", type=Report)
    seen = run_seen(run)
    if not seen.is_finished or not seen.arrived:
        outcome = NightOutcome.FAILED
    else:
        outcome = NightOutcome.WAITING if seen.held or seen.refused else NightOutcome.WELL
    return report.started_at.astimezone(zone).date(), outcome
