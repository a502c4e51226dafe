"""The command `sis-connect`: its commands by name, loaded when they are asked for.

Here: the list and the help around it. Not here: what a command takes (`commands`), how it ends (`run`).
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

import click

#: Each command with the line that the overview shows, in the order in which a newcomer meets them.
SUMMARIES = {
    "demo": "See it at work: an invented district, a look-alike of Schoology, in less than a minute.",
    "check": "What is wrong with a roster, who can fix it and how. Changes nothing.",
    "plan": "What a roster would do to Schoology: counts, then people and classes.",
    "approve": "Let held changes of a plan through, with your name and your reason.",
    "apply": "Carry out a plan, or go on with one that was interrupted.",
    "sync": "Plan a roster and carry out what nothing holds: the nightly command.",
    "grades": "Send grades from Schoology back to the SIS, with a receipt for every grade.",
    "report": "What became of every record, in this run and in earlier ones.",
    "export": "Write a roster as a strict OneRoster 1.1 package.",
    "doctor": "Why a SIS cannot be read over REST: DNS, TLS, clock, token, scope, an empty year.",
    "conformance": "Test a OneRoster 1.1 service, and write a report for its vendor.",
    "sandbox": "Run a look-alike of Schoology on this machine, to try things on.",
    "partners": "The SIS partner program: applications, evidence, pilots, and who is available.",
    "escalate": "Take a fault of the SIS to its vendor, with a bundle that needs no questions.",
}

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_HELP = """Keeps Schoology in step with a Student Information System, over OneRoster 1.1: REST or CSV packages.

\b
First look:          sis-connect demo
Check a package:     sis-connect check oneroster.zip
See what would be:   sis-connect plan oneroster.zip
Do it:               sis-connect apply
Every night:         sis-connect sync oneroster.zip
Grades back:         sis-connect grades send

Without a package they ask the SIS that the rules file names.

Nothing is removed in Schoology that SIS Connect did not create, and too many removals at once wait for a person.
"""
_EPILOG = """\b
In the environment:
  SIS_CONNECT_SCHOOLOGY_KEY     Schoology's consumer key, and
  SIS_CONNECT_SCHOOLOGY_SECRET  its secret: both needed by plan, apply, sync and report --foreign
  SIS_CONNECT_SCHOOLOGY_URL     another address than the one in the rules file
  SIS_CONNECT_SIS_KEY           the client id that the SIS gave out, and
  SIS_CONNECT_SIS_SECRET        its secret, or else
  SIS_CONNECT_SIS_TOKEN         its token: needed where the SIS is asked over REST
  SIS_CONNECT_DATA              the data folder, as --data
  SIS_CONNECT_RULES             the rules file, as --rules

Every command says more with --help. Exit codes and the JSON of each command: docs/cli.md
"""


class Commands(click.Group):
    """A group whose commands are modules, imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click calls it
        """Names in the order of the overview."""
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as click calls it
        """The command of that name, or None."""
        if cmd_name not in SUMMARIES:
            return None
        module = import_module(f"sis_connect.cli.commands.{cmd_name}")
        command = getattr(module, cmd_name)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; UsageError, with the nearest one, when there is none of that name."""
        if args[0] not in SUMMARIES and not args[0].startswith("-"):
            near = get_close_matches(args[0], SUMMARIES, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as click calls it
        """The overview, without loading any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


@click.group(cls=Commands, help=_HELP, epilog=_EPILOG, context_settings=CONTEXT)
@click.version_option(package_name="sis-connect", message="SIS Connect %(version)s")
def app() -> None:
    """The command line as a whole."""
