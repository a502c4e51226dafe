"""`partners evidence`, `advance` and `move-back`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.actions.partner_program.documents import partner_document
from sis_connect.cli.actions.partner_program.opening import ended_run, opened, read_file
from sis_connect.cli.actions.partner_program.writing import keep
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.partners import show_partner
from sis_connect.partners.profile import Status
from sis_connect.partners.program import deciding
from sis_connect.partners.program.events import Need
from sis_connect.runs.partner_evidence import report_seen, run_seen
from sis_connect.sis.conformance.signing_key import read_key
from sis_connect.store.program import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sis_connect.cli.program_options import ProgramOptions
    from sis_connect.partners.program.events import Event
    from sis_connect.partners.program.lifecycle import Missing
    from sis_connect.partners.program.standing import Partner
    from sis_connect.runs.partner_program import PartnerProgram


def run_conformance(options: ProgramOptions, name: str, report: Path, key: Path) -> ExitCode:
    """Write a conformance report down as evidence; ConfigurationError says why it does not count."""
    content = read_file(report)
    with opened(options) as program:
        partner = program.partner(name)
        seen = report_seen(content, str(report), read_key(key))
        event = deciding.show_conformance(program.standing, partner.id, seen, program.now())
        return noted(options, program, partner, event, content)


def run_roster(options: ProgramOptions, name: str, wanted: str, data: Path) -> ExitCode:
    """Write a run down as evidence; ConfigurationError says why it does not count."""
    run, _ = ended_run(options, data, None, wanted)
    with opened(options) as program:
        partner = program.partner(name)
        event = deciding.show_roster(program.standing, partner.id, run_seen(run), program.now())
        return noted(options, program, partner, event)


def run_grades(options: ProgramOptions, name: str, arrived: int, file: Path | None) -> ExitCode:
    """Write a person's word down that grades went the whole way."""
    content = read_file(file) if file else b""
    with opened(options) as program:
        partner = program.partner(name)
        event = deciding.show_grades(
            program.standing,
            partner.id,
            run="",
            document=name_of(content) if content else "",
            arrived=arrived,
            because=options.because,
        )
        return noted(options, program, partner, event, *([content] if content else []))


def run_advance(options: ProgramOptions, name: str, exceptions: Sequence[str], note: str) -> ExitCode:
    """Let a partner enter its next state; WAITING, with what is missing, when it must show something first."""
    with opened(options) as program:
        partner = program.partner(name)
        needs = [Need(one) for one in exceptions]
        decided = deciding.advance(
            program.standing, partner.id, program.rules, program.now(), exceptions=needs, note=note
        )
        if isinstance(decided, tuple):
            return _told(options, program, partner, lacking=decided)
        return noted(options, program, partner, decided)


def run_move_back(options: ProgramOptions, name: str, to: str, note: str) -> ExitCode:
    """Move a partner back."""
    with opened(options) as program:
        partner = program.partner(name)
        event = deciding.move_back(program.standing, partner.id, Status(to), options.because, note)
        return noted(options, program, partner, event)


def noted(options: ProgramOptions, program: PartnerProgram, partner: Partner, event: Event, *kept: bytes) -> ExitCode:
    """Write an event down, and say how the partner stands then."""
    keep(options, program, event, *kept)
    return _told(options, program, partner)


def _told(
    options: ProgramOptions, program: PartnerProgram, partner: Partner, *, lacking: tuple[Missing, ...] = ()
) -> ExitCode:
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    document = partner_document(program, partner, options.command, lacking=lacking)
    screen.document(document)
    show_partner(screen, document)
    return ExitCode(document.exit_code)
