"""`sis-connect partners`: the group; its commands stand in `partner_program`."""

from __future__ import annotations

import click

from sis_connect.cli.commands.partner_program.escalations import answer, escalate, escalations, send, solve
from sis_connect.cli.commands.partner_program.intake import accept, apply, decline, review
from sis_connect.cli.commands.partner_program.lifecycle import advance, evidence, move_back
from sis_connect.cli.commands.partner_program.looking import history, list_, show, status_page
from sis_connect.cli.commands.partner_program.pilots import pilot

_HELP = """Look after the SIS partner program: who stands where, with which evidence, and what is published.

A vendor applies with a file, its service is tested, districts pilot it, and it becomes available to everybody. Each
state asks for evidence; a person may sign an exception. Whatever happens is written into a log that cannot be changed
unnoticed, with a name beside it. PARTNER is a partner's id or name, or the name of one of its products.

\b
Example:
  sis-connect partners list
  sis-connect partners show Skyward
  sis-connect partners apply application.toml --by "Ada Quill"
  sis-connect partners advance Skyward --by "Ada Quill" --because "three pilots went well"
  sis-connect partners status-page --to public
"""


class _InOrder(click.Group):
    """A group whose help lists its commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click calls it
        """Names in the order of a partner's way."""
        return list(self.commands)


@click.group(cls=_InOrder, help=_HELP)
def partners() -> None:
    pass


#: Each command with its line in the overview, in the order of a partner's way.
_COMMANDS = (
    (list_, "Who stands where, and what is still to be shown."),
    (show, "Everything about one partner."),
    (status_page, "Write the page, JSON and table that are published."),
    (history, "What happened, who wrote it down and why."),
    (apply, "Take in a vendor's application."),
    (review, "Look at an application again, or list all."),
    (accept, "Accept one: a partner with a draft of its profile."),
    (decline, "Decline one, with a reason."),
    (evidence, "Write down what a partner has shown."),
    (advance, "Let a partner enter its next state."),
    (move_back, "Move a partner back, and say why."),
    (pilot, "Districts that test, and how their nights went."),
    (escalate, "Open an escalation and make its bundle."),
    (escalations, "What waits for whom at the vendors."),
    (send, "The vendor has it: its clock runs."),
    (answer, "The vendor answered."),
    (solve, "It is solved."),
)

for _command, _line in _COMMANDS:
    _command.short_help = _line
    partners.add_command(_command)
