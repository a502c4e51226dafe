"""`partners escalate`, `escalations`, `send`, `answer` and `solve`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

import msgspec

from sis_connect import __version__
from sis_connect.bootstrap import find_rule
from sis_connect.cli.actions.partner_program.documents import escalation_line, escalation_lines
from sis_connect.cli.actions.partner_program.opening import command, ended_run, opened, read_file, write_file
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.program_documents import EscalationDocument, EscalationsDocument
from sis_connect.cli.safe_text import harmless
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.partners import show_escalations
from sis_connect.cli.showing.plans import show_next
from sis_connect.partners.program import deciding
from sis_connect.partners.program.bundle import Bundle, write_bundle
from sis_connect.partners.program.escalation import EscalationState
from sis_connect.runs.escalation_bundle import conformance_facts, profile_facts, run_facts, zone_name
from sis_connect.store.program import name_of

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from sis_connect.cli.program_options import ProgramOptions
    from sis_connect.partners.program.bundle import ConformanceFacts, ExchangeFacts
    from sis_connect.partners.program.events import Event
    from sis_connect.partners.program.standing import Partner
    from sis_connect.runs.partner_program import PartnerProgram
    from sis_connect.store.ledger import Run

#: Variables whose values are struck out of bundles, whatever holds them: these names, with these beginnings.
_SECRETS = ("SIS_CONNECT_SIS_", "SIS_CONNECT_SCHOOLOGY_")
_NO_SECRETS = ("SIS_CONNECT_SCHOOLOGY_URL",)


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows that something does not work."""

    #: Name of a run, its beginning or `latest`; None for no run.
    run: str | None
    data: Path
    rules: Path | None
    #: A conformance report.
    conformance: Path | None
    tried: tuple[str, ...]


def run_escalate(options: ProgramOptions, name: str, what: str, shown: Shown, to: Path) -> ExitCode:
    """Open an escalation, and write its bundle into a folder."""
    with opened(options) as program:
        partner = program.partner(name)
        event = deciding.open_escalation(program.standing, partner.id, what)
        bundle = _bundle(options, program, partner, shown, number=event.escalation, what=what)
        content = write_bundle(bundle, _secrets())
        path = to / f"escalation-{event.escalation}-{partner.id}.zip"
        write_file(path, content)
        run = bundle.run.run if bundle.run else ""
        event = msgspec.structs.replace(event, run=run, bundle=name_of(content))
        code = _written(options, program, event.escalation, event, content, bundle=harmless(path))
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    show_next(screen, [command(options, "send", str(event.escalation), "--by", "NAME")])
    return code


def run_list(options: ProgramOptions, name: str | None, *, is_all: bool) -> ExitCode:
    """Show escalations, the most pressing first."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with opened(options) as program:
        wanted = program.partner(name).id if name else None
        found = [
            one
            for one in program.standing.escalations.values()
            if wanted in {None, one.partner} and (is_all or one.state is not EscalationState.SOLVED)
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
    options: ProgramOptions, program: PartnerProgram, partner: Partner, shown: Shown, *, number: int, what: str
) -> Bundle:
    now = program.now()
    run: Run | None = None
    zone: tzinfo | None = UTC
    if shown.run:
        run, zone = ended_run(options, shown.data, shown.rules, shown.run)
    report: ConformanceFacts | None = None
    exchanges: tuple[ExchangeFacts, ...] = ()
    if shown.conformance:
        report, exchanges = conformance_facts(read_file(shown.conformance), str(shown.conformance))
    return Bundle(
        escalation=number,
        partner=partner.name,
        what=what,
        made_at=now,
        time_zone=zone_name(zone, now),
        version=__version__,
        profiles=tuple(map(profile_facts, program.profiles_of(partner))),
        run=run_facts(run, zone, find_rule) if run else None,
        conformance=report,
        exchanges=exchanges,
        tried=shown.tried,
    )


def _secrets() -> list[str]:
    """What the environment holds and nobody may be told."""
    names = [name for name in os.environ if name.startswith(_SECRETS) and name not in _NO_SECRETS]
    return [os.environ[name] for name in names]


def _written(
    options: ProgramOptions, program: PartnerProgram, number: int, event: Event, *kept: bytes, bundle: str = ""
) -> ExitCode:
    """Write an event down, and say how the escalation stands then."""
    program.write(event, by=options.by, because=options.because, kept=kept)
    line = escalation_line(program, program.standing.escalations[number])
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    screen.document(EscalationDocument(options.command, ExitCode.OK, line, bundle))
    show_escalations(screen, (line,))
    if bundle:
        screen.show(f"The bundle: {bundle}")
    return ExitCode.OK
