"""`grades hint`: an event of Schoology, handed over by whatever received it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.bootstrap import open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.grade_documents import GradesHintDocument
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.grades import show_grades_hint

if TYPE_CHECKING:
    from sis_connect.cli.options import Options


def run_hint(options: Options, body: bytes) -> ExitCode:
    """Remember which classes an event is about; one that says nothing we know is no error, as anybody may send it."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district:
        classes = district.grades.note_hint(body)
    document = GradesHintDocument(command="grades hint", exit_code=ExitCode.OK, classes=classes)
    screen.document(document)
    show_grades_hint(screen, document)
    return ExitCode.OK
