"""`sis-connect grades`: the group; its commands stand in `grade_passback`."""

from __future__ import annotations

import click

from sis_connect.cli.commands.grade_passback.hinting import hint
from sis_connect.cli.commands.grade_passback.looking import explain, status
from sis_connect.cli.commands.grade_passback.sending import approve, plan, send
from sis_connect.cli.groups import InOrder

_HELP = """Send grades from Schoology back to the SIS, and see for each student whether the SIS has them.

Grades go to the SIS that the rules name (`sis.url`), for the roster that was synced last. Nothing counts as done before
the SIS was read back and holds it. What the SIS is known to refuse is told before anything is sent, with its fix.

\b
Example:
  sis-connect grades plan
  sis-connect grades send
  sis-connect grades status --class ALG-1 --students
  sis-connect grades explain S-1001 --class ALG-1 --item "Quiz 3"
"""


@click.group(cls=InOrder, help=_HELP)
def grades() -> None:
    pass


#: Each command with its line in the overview, in the order in which they are used.
_COMMANDS = (
    (plan, "What would go to the SIS, what waits, and what it would refuse. Sends nothing."),
    (approve, "Let held changes of a plan through, with your name and your reason."),
    (send, "Send what nothing holds, read it back, and say what became of it."),
    (status, "Where every grade stands: by class, item or student."),
    (explain, "Why the SIS has, or has not, one student's grade."),
    (hint, "Take a webhook's body as a hint that grades of a class may have changed."),
)

for _command, _line in _COMMANDS:
    _command.short_help = _line
    grades.add_command(_command)
