"""`partners list`, `show`, `status-page` and `history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.actions.partner_program.documents import history_lines, partner_document, partner_line
from sis_connect.cli.actions.partner_program.opening import opened, write_file
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.program_documents import HistoryDocument, PartnersDocument, StatusPageDocument
from sis_connect.cli.safe_text import harmless
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.partners import show_history, show_partner, show_partners
from sis_connect.errors import StoreError
from sis_connect.partners.program.publishing import write_json, write_markdown, write_page

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.cli.program_documents import HistoryLine
    from sis_connect.cli.program_options import ProgramOptions

_PAGE, _JSON, _MARKDOWN = "partners.html", "partners.json", "partners.md"


def run_list(options: ProgramOptions, state: str | None) -> ExitCode:
    """Show the partners, or those in one state."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with opened(options) as program:
        order = [one.id for one in program.status_page().partners]
        partners = [program.standing.partners[id_] for id_ in order]
        lines = tuple(partner_line(program, one) for one in partners if state in {None, one.status.value})
    document = PartnersDocument(options.command, ExitCode.OK, lines)
    screen.document(document)
    show_partners(screen, document)
    return ExitCode.OK


def run_show(options: ProgramOptions, name: str) -> ExitCode:
    """Show one partner."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with opened(options) as program:
        document = partner_document(program, program.partner(name), options.command)
    screen.document(document)
    show_partner(screen, document)
    return ExitCode.OK


def run_status_page(options: ProgramOptions, folder: Path) -> ExitCode:
    """Write the three files."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with opened(options) as program:
        page = program.status_page()
    contents = {_PAGE: write_page(page), _JSON: write_json(page), _MARKDOWN: write_markdown(page).encode()}
    for name, content in contents.items():
        write_file(folder / name, content)
    files = tuple(harmless(folder / name) for name in contents)
    screen.document(StatusPageDocument(options.command, ExitCode.OK, files, len(page.partners)))
    for file in files:
        screen.show(file)
    return ExitCode.OK


def run_history(options: ProgramOptions, name: str | None, since_digest: str | None) -> ExitCode:
    """Show the log, verified; StoreError when it does not hold the digest that was named."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with opened(options) as program:
        lines = history_lines(program)
        partner = program.partner(name).id if name else None
    wanted = lines[_place(lines, since_digest, options) :] if since_digest else lines
    document = HistoryDocument(
        options.command,
        ExitCode.OK,
        len(lines),
        lines[-1].digest if lines else "",
        tuple(line for line in wanted if partner in {None, line.partner}),
    )
    screen.document(document)
    show_history(screen, document)
    return ExitCode.OK


def _place(lines: tuple[HistoryLine, ...], digest: str, options: ProgramOptions) -> int:
    """How many entries the log had when the one with this digest was its last."""
    found = [line.number for line in lines if line.digest.startswith(digest)]
    if len(found) != 1:
        raise StoreError(
            f"{'More than one' if found else 'No'} entry of the program's log has the digest {digest!r}.",
            where=str(options.folder),
            fix="Name more of it." if found else "If it was published, the log was changed since: restore a backup.",
        )
    return found[0]
