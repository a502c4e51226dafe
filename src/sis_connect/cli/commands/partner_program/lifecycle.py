"""`sis-connect partners evidence`, `advance` and `move-back`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import DEFAULT_DATA
from sis_connect.cli.program_options import NEEDS, STATES, ProgramOptions, writing_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_EVIDENCE = """Write down evidence, once it was looked at and found good.

--conformance takes the JSON report that `sis-connect conformance` wrote: genuine, whole, without failures but advice.
--roster takes a run of a data folder in which the vendor's roster arrived in a sandbox: nothing waits, nothing was
refused, every record is accounted for. --grades is your word that grades went from a sandbox to the vendor and were
read back; say in --because what you saw.

\b
Example:
  sis-connect partners evidence Acorn --conformance report.json --by "Ada Quill"
  sis-connect partners evidence Acorn --roster latest --data acorn-data --by "Ada Quill"
  sis-connect partners evidence Acorn --grades 40 --by "Ada Quill" --because "read back in their gradebook"
"""
_ADVANCE = """Let a partner enter its next state, or say what it must show first.

In Testing asks for an accepted application; In Pilot for a conformance report and a round trip of rosters and of
grades; Available for pilot districts with enough nights that went well and no unsolved escalation. --except stands for
evidence that is missing: you sign for it with --by and --because.

\b
Example:
  sis-connect partners advance Acorn --by "Ada Quill" --because "all of it was shown"
  sis-connect partners advance Acorn --except grade-round-trip --by "Ada Quill" --because "their test gradebook is down"
"""
_BACK = """Move a partner back to an earlier state, and say why; what the later states ask for must be shown anew.

\b
Example:
  sis-connect partners move-back Acorn --to "In Testing" --by "Ada Quill" --because "paging broke in their release 9"
"""


@click.command(help=_EVIDENCE)
@click.argument("partner")
@click.option(
    "--conformance",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="REPORT",
    help="A conformance report (JSON) of the vendor's endpoint.",
)
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"Key that the report is signed with.  [default: ./{DEFAULT_DATA}/conformance.key]",
)
@click.option("--roster", metavar="RUN", help="A run, or the beginning of its name, or `latest`.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_DATA,
    envvar="SIS_CONNECT_DATA",
    metavar="DIR",
    help=f"The data folder of the run.  [default: ./{DEFAULT_DATA}; env: SIS_CONNECT_DATA]",
)
@click.option("--grades", type=click.IntRange(min=1), metavar="N", help="So many grades were read back.")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What shows the grades; kept with the entry, so it must hold nothing personal.",
)
@writing_options
def evidence(
    options: ProgramOptions,
    partner: str,
    *,
    conformance: Path | None,
    key: Path | None,
    roster: str | None,
    data: Path,
    grades: int | None,
    file: Path | None,
) -> ExitCode:
    if sum(one is not None for one in (conformance, roster, grades)) != 1:
        raise click.UsageError("Name one piece of evidence: --conformance, --roster or --grades.")
    from sis_connect.cli.actions.partner_program import lifecycle  # noqa: PLC0415  # help must not wait

    if conformance is not None:
        return lifecycle.run_conformance(options, partner, conformance, key or Path(DEFAULT_DATA) / "conformance.key")
    if roster is not None:
        return lifecycle.run_roster(options, partner, roster, data)
    return lifecycle.run_grades(options, partner, grades or 0, file)


@click.command(help=_ADVANCE)
@click.argument("partner")
@click.option(
    "--except",
    "exceptions",
    type=click.Choice(NEEDS),
    multiple=True,
    metavar="EVIDENCE",
    help=f"Sign for evidence that is missing; may be repeated: {', '.join(NEEDS)}.",
)
@click.option("--note", default="", metavar="TEXT", help="What is published beside the state.")
@writing_options
def advance(options: ProgramOptions, partner: str, exceptions: tuple[str, ...], note: str) -> ExitCode:
    if exceptions and not options.because:
        raise click.UsageError("An exception is signed with a reason: --because TEXT.")
    from sis_connect.cli.actions.partner_program.lifecycle import run_advance  # noqa: PLC0415  # as above

    return run_advance(options, partner, exceptions, note.strip())


@click.command("move-back", help=_BACK)
@click.argument("partner")
@click.option(
    "--to",
    type=click.Choice(STATES, case_sensitive=False),
    required=True,
    metavar="STATE",
    help=f"The earlier state: {', '.join(STATES[:-1])}.",
)
@click.option("--note", default="", metavar="TEXT", help="What is published beside the state.")
@writing_options
def move_back(options: ProgramOptions, partner: str, to: str, note: str) -> ExitCode:
    if not options.because:
        raise click.UsageError("Say why, which is kept in the program's log: --because TEXT.")
    from sis_connect.cli.actions.partner_program.lifecycle import run_move_back  # noqa: PLC0415  # as above

    return run_move_back(options, partner, to, note.strip())
