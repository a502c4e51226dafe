"""Checks of a OneRoster service and steps of `doctor`, as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.screen import BAD, DIM, GOOD, STRONG, WARN, counted, data, heading, indented, line
from sis_connect.findings import Fixer
from sis_connect.sis.conformance.checking import Level, Outcome

if TYPE_CHECKING:
    from sis_connect.cli.screen import Indented, Screen
    from sis_connect.sis.conformance.checking import Check, Verdict
    from sis_connect.sis.conformance.doctor import Finding, Trouble
    from sis_connect.sis.conformance.report import CheckResult, Report

_SIGNS = {
    Outcome.PASSED: ("✓ ", GOOD),
    Outcome.FAILED: ("✗ ", BAD),
    Outcome.SKIPPED: ("- ", DIM),
}
_DOERS = {
    Fixer.DISTRICT: "the district, in the SIS",
    Fixer.VENDOR: "the SIS vendor",
    Fixer.OPERATOR: "whoever runs SIS Connect",
}


def show_check(screen: Screen, check: Check, verdict: Verdict) -> None:
    """One line as soon as a check is made."""
    seen = f"  {verdict.seen}" if verdict.outcome is not Outcome.PASSED else ""
    screen.advise(indented(line(check.title, (seen, DIM)), head=line(_SIGNS[verdict.outcome])))


def show_failures(screen: Screen, report: Report, *, is_told: bool) -> None:
    """What failed, by level, with its fix; titles are left out when they were told before."""
    for level in Level:
        own = [check for check in report.checks if check.outcome == Outcome.FAILED and check.level == level]
        if own:
            screen.show(heading(f"Failed: {level.value}"))
            for check in own:
                screen.show(_failure(check))
                if not is_told:
                    screen.show(indented(data(check.seen, DIM), 4))
                screen.show(indented(check.fix, 4, line(("→ ", STRONG))))


def show_totals(screen: Screen, report: Report) -> None:
    """One line: how many checks ended how, and what that means."""
    totals = report.totals
    counts = f"{totals.passed} passed, {totals.failed} failed, {totals.skipped} skipped."
    if totals.unlivable:
        meaning = (f"SIS Connect cannot live with {counted(totals.unlivable, 'failure')}.", BAD)
    elif not report.is_fit:
        meaning = ("SIS Connect can live with it; the vendor should mend it.", WARN)
    elif totals.passed:
        meaning = ("Nothing that is required or expected is missing.", GOOD)
    else:
        meaning = ("Nothing could be tested.", WARN)
    screen.show("", line((counts, STRONG), " ", meaning))


def show_finding(screen: Screen, finding: Finding) -> None:
    """One step of `doctor`."""
    outcome = Outcome.FAILED if finding.trouble else Outcome.PASSED
    seen = finding.trouble.what if finding.trouble else finding.seen
    screen.show(indented(line((f"{finding.step:<13}", ""), data(seen)), head=line(_SIGNS[outcome])))


def show_health(screen: Screen, trouble: Trouble | None) -> None:
    """What to do, and who does it."""
    if trouble is None:
        screen.show("", line(("Nothing is wrong: the SIS can be read.", GOOD)))
        return
    screen.show("", indented(data(trouble.fix), head=line(("→ ", STRONG))))
    screen.show(indented(line((f"This is for {_DOERS[trouble.fixer]}.  {trouble.code}", DIM)), 4))


def _failure(check: CheckResult) -> Indented:
    livable = "" if check.livable == "yes" else f"  SIS Connect can live with it: {check.livable}."
    return indented(line(check.title, (livable, WARN), (f"  {check.id}", DIM)), head=line(_SIGNS[Outcome.FAILED]))
