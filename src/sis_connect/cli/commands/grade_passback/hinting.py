"""`sis-connect grades hint`."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import click

from sis_connect.cli.options import Options, common_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

#: More than an event of Schoology is; what is longer says nothing to us (`schoology.webhooks`).
_LARGEST = 1024 * 1024

_HELP = """Take one event of Schoology, the body of a webhook, as a hint that grades of a class may have changed.

`grades send --due` then looks at that class at once where its schedule is `minutes`. Events are not signed, so nothing
of one is believed but the class, and one that is about no class that was looked at before does nothing. Schoology is
not asked, and a run that is under way is not disturbed. FILE is `-` for standard input, so that any web server can
hand a body over.

\b
Example:
  sis-connect grades hint - < event.json
"""


@click.command(help=_HELP)
@click.argument("file", type=click.File("rb"))
@common_options
def hint(options: Options, file: BinaryIO) -> ExitCode:
    from sis_connect.cli.actions.grade_passback.hinting import run_hint  # noqa: PLC0415  # help must not wait

    return run_hint(options, file.read(_LARGEST + 1))
