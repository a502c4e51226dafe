"""`partners escalate`, `escalations`, `send`, `answer` and `solve`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

import msgspec

from sis_connect import __version__
from sis_connect.bootstrap import find_rule
from sis_connect.cli.actions.partner_program.asking import asked_now
from sis_connect.cli.actions.partner_program.documents import escalation_line, escalation_lines
from sis_connect.cli.actions.partner_program.opening import (
    command,
    ended_run,
    opened,
    read_file,
    written_file,
)
from sis_connect.cli.actions.partner_program.writing import keep, known_secrets
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.program_documents import EscalationDocument, EscalationsDocument
from sis_connect.cli.safe_text import harmless
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.partners import show_escalations
from sis_connect.cli.showing.plans import show_next
from sis_connect.config import read_settings
from sis_connect.partners.directory import name_key
from sis_connect.partners.program import deciding
from sis_connect.partners.program.bundle import Bundle, write_bundle
from sis_connect.partners.program.escalation import EscalationState
from sis_connect.runs.escalation_bundle import (
    conformance_facts,
    profile_facts,
    run_facts,
    service_address,
    zone_name,
)
from sis_connect.store.program import name_of

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.cli.program_options import ProgramOptions
    from sis_connect.partners.program.bundle import ConformanceFacts, ExchangeFacts
    from sis_connect.partners.program.events import Event
    from sis_connect.partners.program.standing import Partner
    from sis_connect.runs.partner_program import PartnerProgram
    from sis_connect.settings import Settings


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows that something does not work."""

    #: Name of a run, its beginning or `latest`; None for no run.
    run: str | None
    data: Path
    #: The district's rules; None for the defaults.
    rules: Path | None
    #: A conformance report.
    conformance: Path | None
    #: Whose SIS it is; empty where it is about every district.
    district: str
    #: Whether the SIS is asked now.
    asks_now: bool
    tried: tuple[str, ...]


def run_escalate(options: ProgramOptions, name: str, what: str, shown: Shown, to: Path) -> ExitCode:
    """Open an escalation, and write its bundle into a folder."""
    with opened(options) as program:
        partner = program.partner(name)
        event = deciding.open_escalation(program.standing, partner.id, what, district=shown.district.strip())
        settings = read_settings(shown.rules)
        bundle = _bundle(options, program, partner, shown, settings, number=event.escalation, what=what)
        content = write_bundle(bundle, known_secrets({**settings.sis.grade_headers, **settings.sis.headers}))
        path = to / f"escalation-{event.escalation}-{partner.id}.zip"
        run = bundle.run.run if bundle.run else ""
        event = msgspec.structs.replace(event, run=run, bundle=name_of(content))
        with written_file(path, content):
            code = _written(options, program, event.escalation, event, content, bundle=harmless(path))
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    if not bundle.exchanges:
        screen.advise("The bundle holds no request and reply: --doctor asks the SIS now, --conformance has a report.")
    show_next(screen, [command(options, "send", str(event.escalation), "--by", "NAME")])
    return code


def run_list(options: ProgramOptions, name: str | None, district: str | None, *, is_all: bool) -> ExitCode:
    """Show escalations, the most pressing first."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with opened(options) as program:
        wanted = program.partner(name).id if name else None
        found = [
            one
            for one in program.standing.escalations.values()
            if wanted in {None, one.partner}
            and (district is None or name_key(district) == name_key(one.district))
            and (is_all or one.state is not EscalationState.SOLVED)
        ]
        document = EscalationsDocument(options.command, ExitCode.OK, escalation_lines(program, found))
    screen.document(document)
    show_escalations(screen, document.escalations)
    return ExitCode.OK


def run_send(options: ProgramOptions, number: int, level: int) -> ExitCode:
    """Note that the vendor has it."""
    with opened(options) as program:
        known = program.standing.escalations.get(number)
        levels = program.levels(program.standing.partners[known.partner]) if known else ()
        event = deciding.send(program.standing, number, level, levels=len(levels))
        return _written(options, program, number, event)


def run_answer(options: ProgramOptions, number: int, text: str) -> ExitCode:
    """Note what the vendor answered."""
    with opened(options) as program:
        return _written(options, program, number, deciding.answer(program.standing, number, text))


def run_solve(options: ProgramOptions, number: int, text: str) -> ExitCode:
    """Note what solved it."""
    with opened(options) as program:
        return _written(options, program, number, deciding.solve(program.standing, number, text))


def _bundle(
    options: ProgramOptions,
    program: PartnerProgram,
    partner: Partner,
    shown: Shown,
    settings: Settings,
    *,
    number: int,
    what: str,
) -> Bundle:
    """Everything that shows it; the times are the district's, where its rules or a run of it were named."""
    run = ended_run(options, shown.data, shown.rules, shown.run)[0] if shown.run else None
    zone = settings.time_zone if run or shown.rules else UTC
    now = program.now().astimezone(zone)
    report, exchanges = _reported(shown.conformance)
    health, answered = asked_now(shown.rules, now) if shown.asks_now else (None, ())
    return Bundle(
        escalation=number,
        partner=partner.name,
        what=what,
        district=shown.district.strip(),
        service=service_address(settings.sis.url or (report.url if report else partner.endpoint)),
        made_at=now,
        time_zone=zone_name(zone, now),
        version=__version__,
        profiles=tuple(map(profile_facts, program.profiles_of(partner))),
        run=run_facts(run, zone, find_rule) if run else None,
        health=health,
        conformance=report,
        exchanges=(*exchanges, *answered),
        tried=shown.tried,
    )


def _reported(report: Path | None) -> tuple[ConformanceFacts | None, tuple[ExchangeFacts, ...]]:
    return conformance_facts(read_file(report), str(report)) if report else (None, ())


def _written(
    options: ProgramOptions, program: PartnerProgram, number: int, event: Event, *kept: bytes, bundle: str = ""
) -> ExitCode:
    """Write an event down, and say how the escalation stands then."""
    keep(options, program, event, *kept)
    line = escalation_line(program, program.standing.escalations[number])
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    screen.document(EscalationDocument(options.command, ExitCode.OK, line, bundle))
    show_escalations(screen, (line,))
    if bundle:
        screen.show(f"The bundle: {bundle}")
    return ExitCode.OK
