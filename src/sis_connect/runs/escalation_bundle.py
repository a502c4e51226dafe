"""Gathering what a vendor's engineer needs: of a run of the data folder, of a conformance report, of the profile.

Here: turning them into the values of `partners.program.bundle`, without keys, names or ids of people. Not here: the
bundle's form.
"""

from __future__ import annotations

from http.client import OK
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from sis_connect.partners.program.bundle import (
    CheckFacts,
    ConformanceFacts,
    ExchangeFacts,
    FindingFacts,
    HealthFacts,
    HeldFacts,
    ProfileFacts,
    RecordFacts,
    RunFacts,
    StepFacts,
)
from sis_connect.report import Report
from sis_connect.sis.conformance.checking import Outcome
from sis_connect.sis.conformance.report import read_report, show
from sis_connect.sync.plan.guard import CAUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, tzinfo

    from sis_connect.findings import Rule
    from sis_connect.partners.profile import Profile
    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.doctor import Finding
    from sis_connect.store.ledger import Run


def run_facts(run: Run, zone: tzinfo | None, find_rule: Callable[[str], Rule]) -> RunFacts:
    """What the report of an ended run says that concerns a vendor; what the vendor can mend stands first.

    What the LMS refused is left out: it names people, and it is no matter of the SIS.
    """
    report = msgspec.json.decode(run.report or b"", type=Report)
    return RunFacts(
        run=run.id,
        state=run.state.value,
        as_of=report.as_of,
        started_at=report.started_at.astimezone(zone),
        ended_at=report.ended_at.astimezone(zone),
        records=tuple(
            RecordFacts(
                one.entity, one.received, one.applied, one.unchanged, one.held, one.quarantined, one.out_of_scope
            )
            for one in report.records
        ),
        held=tuple(
            HeldFacts(one.cause, CAUSES.get(one.cause, ""), one.kind.value, one.action.value, one.changes, one.held)
            for one in report.holds
        ),
        findings=_findings(report, find_rule),
    )


def conformance_facts(content: bytes, where: str) -> tuple[ConformanceFacts, tuple[ExchangeFacts, ...]]:
    """What failed in a conformance report, and the exchanges that show it; ConfigurationError when it is none."""
    report = read_report(content, where)
    failed = [check for check in report.checks if check.outcome == Outcome.FAILED]
    facts = ConformanceFacts(
        url=report.url,
        tested_at=report.began_at,
        digest=report.digest,
        passed=report.totals.passed,
        failed=report.totals.failed,
        skipped=report.totals.skipped,
        checks=tuple(
            CheckFacts(one.id, one.level, one.clause, one.title, one.seen, one.fix, one.livable) for one in failed
        ),
    )
    exchanges = tuple(
        ExchangeFacts(check.id, msgspec.to_builtins(one.request), msgspec.to_builtins(one.reply))
        for check in failed
        for one in check.evidence
    )
    return facts, exchanges


def health_facts(
    findings: Iterable[Finding], answers: Sequence[Answered], asked_at: datetime
) -> tuple[HealthFacts, tuple[ExchangeFacts, ...]]:
    """What `doctor` found, and the exchanges that show what is wrong; none when nothing is."""
    steps = tuple(
        StepFacts(one.step, True, one.seen, "", "")
        if one.trouble is None
        else StepFacts(one.step, False, one.trouble.what, one.trouble.code, one.trouble.fix)
        for one in findings
    )
    if all(step.is_well for step in steps):
        return HealthFacts(asked_at, steps), ()
    shown = [taken for taken in answers if taken.status != OK] or list(answers[-1:])
    exchanges = tuple(
        ExchangeFacts(f"doctor: {steps[-1].step}", msgspec.to_builtins(one.request), msgspec.to_builtins(one.reply))
        for one in map(show, shown)
    )
    return HealthFacts(asked_at, steps), exchanges


def service_address(url: str) -> str:
    """An address without what may be secret in it: a name before the host, and the query."""
    if not url:
        return ""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def profile_facts(profile: Profile) -> ProfileFacts:
    """Which state of which profile SIS Connect goes by."""
    return ProfileFacts(profile.id, profile.display_name, profile.revised)


def zone_name(zone: tzinfo | None, at: datetime) -> str:
    """The name of a time zone, and of the machine's own its distance to UTC."""
    return str(zone) if zone is not None else f"the machine's time, UTC{at.astimezone(zone):%z}"


def _findings(report: Report, find_rule: Callable[[str], Rule]) -> tuple[FindingFacts, ...]:
    found = []
    for code, (severity, occurrences) in report.findings.items():
        rule = find_rule(code)
        found.append(FindingFacts(code, severity, rule.fixer.value, rule.title, rule.fix, occurrences))
    return tuple(sorted(found, key=lambda one: (one.fixer != "SIS vendor", one.code)))
