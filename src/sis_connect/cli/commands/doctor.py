"""`sis-connect doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import Options, common_options
from sis_connect.cli.sis_options import SisOptions, sis_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Find out why a SIS cannot be read over OneRoster 1.1: one line for each step, up to the first that fails.

It looks at the name, the connection, encryption, the clock, the token, the sign-in, the address, permissions, and
whether there is a school year with classes and people in it; and it says what to do, and who does it. Nothing is
written. Credentials come from the environment: SIS_CONNECT_SIS_KEY and
SIS_CONNECT_SIS_SECRET, or SIS_CONNECT_SIS_TOKEN for a bearer token.

Without URL it is the SIS of the rules, in every way that the table [sis] describes; what is said here goes before that.
With URL the rules are left aside: what they send to one SIS is no business of another.

\b
Example:
  sis-connect doctor --rules district.toml
  sis-connect doctor https://sis.example.org/ims/oneroster/v1p1 --token-url https://sis.example.org/token
"""


@click.command(help=_HELP)
@click.argument("url", required=False)
@common_options
@sis_options
def doctor(options: Options, sis: SisOptions) -> ExitCode:
    from sis_connect.cli.actions.doctor import run_doctor  # noqa: PLC0415  # help must not wait for the client

    return run_doctor(options, sis)
