"""`sis-connect escalate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sis_connect.cli.commands.partner_program.escalations import open_escalation, shown_options
from sis_connect.cli.program_options import ProgramOptions, writing_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Take a fault of the SIS to its vendor: open an escalation, and make the bundle for it.

RUN is the run that shows it, by its name or its beginning, or `latest`; leave it out where the SIS could not be read at
all, and say --doctor: the SIS is asked now. The bundle is a zip with which the vendor's engineer can act without asking
back; names, ids of people, addresses and secrets are masked. It is the same as `partners escalate PARTNER RUN`;
`partners send`, `answer` and `solve` keep the escalation going, and `partners escalations` says where it stands.

\b
Example:
  sis-connect escalate latest --partner Skyward --what "half of the enrollments are missing" --by "Ada Quill"
  sis-connect escalate --partner Skyward --what "tokens are refused" --rules district.toml --doctor --by "Ada Quill"
"""


@click.command(help=_HELP)
@click.argument("run", required=False)
@click.option("--partner", required=True, metavar="PARTNER", help="The partner, by its id, its name or a product's.")
@shown_options
@writing_options
def escalate(options: ProgramOptions, run: str | None, partner: str, **shown: Any) -> ExitCode:
    return open_escalation(options, partner, run, **shown)
