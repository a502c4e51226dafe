"""`partners apply`, `review`, `accept` and `decline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sis_connect.cli.actions.partner_program.documents import application_document
from sis_connect.cli.actions.partner_program.opening import command, opened, read_file
from sis_connect.cli.actions.partner_program.writing import keep
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.program_documents import ApplicationLine, ApplicationsDocument, TemplateDocument
from sis_connect.cli.safe_text import harmless
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.partners import show_application, show_applications
from sis_connect.cli.showing.plans import show_next
from sis_connect.errors import ConfigurationError
from sis_connect.partners.program.application import LONGEST
from sis_connect.partners.program.deciding import find_application
from sis_connect.partners.program.events import ApplicationDeclined
from sis_connect.partners.program.standing import ApplicationState
from sis_connect.partners.program.template import write_template

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.cli.program_options import ProgramOptions


def run_template(options: ProgramOptions) -> ExitCode:
    """Write an empty application to stdout."""
    text = write_template()
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    screen.document(TemplateDocument(options.command, ExitCode.OK, text))
    if not options.as_json:
        click.echo(text, nl=False)
    return ExitCode.OK


def run_apply(options: ProgramOptions, file: Path, by: str) -> ExitCode:
    """Take an application in, whatever is missing."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    content = read_file(file, LONGEST)
    with opened(options) as program:
        event, review = program.receive(content, str(file), by)
        applied = program.standing.applications[event.application]
        document = application_document(applied, review, options.command)
    screen.document(document)
    show_application(screen, document, quiet=options.quiet)
    if document.is_ready:
        words = ("accept", str(document.application), "--by", "NAME", "--because", "REASON")
        show_next(screen, [command(options, *words)])
    return ExitCode.OK


def run_review(options: ProgramOptions, number: int | None) -> ExitCode:
    """Look at one application again, or list all."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with opened(options) as program:
        applications = program.standing.applications
        if number is None:
            lines = tuple(
                ApplicationLine(one.number, one.product, one.display_name, one.state.value, one.received_at)
                for one in applications.values()
            )
            listed = ApplicationsDocument(options.command, ExitCode.OK, lines)
            screen.document(listed)
            show_applications(screen, listed)
            return ExitCode.OK
        if number not in applications:
            find_application(program.standing, number)
        review = program.review(program.application(number))
        document = application_document(applications[number], review, options.command)
    screen.document(document)
    show_application(screen, document, quiet=options.quiet)
    return ExitCode.OK


def run_accept(options: ProgramOptions, number: int) -> ExitCode:
    """Accept an application; ConfigurationError while something stands in the way."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with opened(options) as program:
        event, path = program.accept(number, by=options.by, because=options.because)
        applied = program.standing.applications[number]
        review = program.review(program.application(number))
        document = application_document(applied, review, options.command, profile=harmless(path), partner=event.partner)
    screen.document(document)
    show_application(screen, document, quiet=options.quiet)
    show_next(screen, [command(options, "advance", document.partner, "--by", "NAME", "--because", "REASON")])
    return ExitCode.OK


def run_decline(options: ProgramOptions, number: int) -> ExitCode:
    """Decline an application."""
    if not options.because:
        raise ConfigurationError("Declining takes a reason.", where="--because", fix="Say it: the vendor will ask.")
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with opened(options) as program:
        applied = find_application(program.standing, number)
        review = program.review(program.application(number))
        keep(options, program, ApplicationDeclined(number))
        document = application_document(applied, review, options.command)
    screen.document(document)
    screen.show(f"Application {number} is {ApplicationState.DECLINED}.")
    return ExitCode.OK
