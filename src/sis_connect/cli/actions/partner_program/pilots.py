"""`partners pilot add`, `note` and `night`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.actions.partner_program.lifecycle import noted
from sis_connect.cli.actions.partner_program.opening import ended_run, opened
from sis_connect.partners.program import deciding
from sis_connect.partners.program.events import NightOutcome, PilotLeft, PilotTested
from sis_connect.runs.partner_evidence import night_seen

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sis_connect.cli.exits import ExitCode
    from sis_connect.cli.program_options import ProgramOptions
    from sis_connect.partners.program.events import Event


def run_add(options: ProgramOptions, name: str, district: str, helper: str, since: date | None) -> ExitCode:
    """Let a district take part."""
    with opened(options) as program:
        partner = program.partner(name)
        day = since or program.now().date()
        event = deciding.join_pilot(program.standing, partner.id, district.strip(), day, helper)
        return noted(options, program, partner, event)


def run_note(
    options: ProgramOptions,
    name: str,
    district: str,
    *,
    tested: str | None,
    problem: str | None,
    solved: int | None,
) -> ExitCode:
    """Note one thing of a district; that it leaves when nothing else was said."""
    with opened(options) as program:
        partner = program.partner(name)
        pilot = deciding.find_pilot(program.standing, partner.id, district)
        event: Event
        if tested:
            event = PilotTested(partner.id, pilot.district, tested)
        elif problem:
            event = deciding.open_problem(program.standing, partner.id, district, problem)
        elif solved is not None:
            event = deciding.find_problem(program.standing, partner.id, district, solved)
        else:
            event = PilotLeft(partner.id, pilot.district)
        return noted(options, program, partner, event)


def run_night(options: ProgramOptions, name: str, district: str, night: date, outcome: str) -> ExitCode:
    """Write a night down by a person's word."""
    return _night(options, name, district, night, outcome=NightOutcome(outcome))


def run_night_of_run(
    options: ProgramOptions, name: str, district: str, wanted: str, data: Path, *, rules: Path | None
) -> ExitCode:
    """Write a night down as its run says."""
    run, zone = ended_run(options, data, rules, wanted)
    night, outcome = night_seen(run, zone)
    return _night(options, name, district, night, outcome=outcome, run=run.id)


def _night(
    options: ProgramOptions, name: str, district: str, night: date, *, outcome: NightOutcome, run: str = ""
) -> ExitCode:
    with opened(options) as program:
        partner = program.partner(name)
        # A district ahead of UTC may have a day that UTC has not yet.
        today = max(program.now().date(), night) if run else program.now().date()
        event = deciding.record_night(program.standing, partner.id, district, night, outcome, run=run, today=today)
        return noted(options, program, partner, event)
