"""`sis-connect partners pilot add`, `note` and `night`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import DEFAULT_DATA
from sis_connect.cli.program_options import OUTCOMES, ProgramOptions, writing_options

if TYPE_CHECKING:
    from datetime import datetime

    from sis_connect.cli.exits import ExitCode

_HELP = """Keep the pilots of a partner: which districts take part, what they tested, and how each night went.

\b
Example:
  sis-connect partners pilot add Acorn "Riverbend" --helper "Bo Lane" --by "Ada Quill"
  sis-connect partners pilot night Acorn "Riverbend" --run latest --data riverbend-data --by "Ada Quill"
"""
_ADD = """Let a district take part.

\b
Example:
  sis-connect partners pilot add Acorn "Riverbend" --helper "Bo Lane" --since 2026-11-02 --by "Ada Quill"
"""
_NOTE = """Note what a district tested, a problem that it met, that a problem is gone, or that it leaves.

\b
Example:
  sis-connect partners pilot note Acorn "Riverbend" --tested "a second sync after a drop" --by "Ada Quill"
  sis-connect partners pilot note Acorn "Riverbend" --problem "two terms overlap" --by "Ada Quill"
  sis-connect partners pilot note Acorn "Riverbend" --solved 1 --by "Ada Quill"
"""
_NIGHT = """Write down how a night went: by the run of that night, or by your word.

A run says it itself: `well` when everything arrived, `waiting` when changes wait for a person or were refused, `failed`
when nothing arrived. Only nights that went well count. Of two records of a night the later one counts.

\b
Example:
  sis-connect partners pilot night Acorn "Riverbend" --run latest --data riverbend-data --by "Ada Quill"
  sis-connect partners pilot night Acorn "Riverbend" --on 2026-11-20 --outcome failed --by "Ada Quill"
"""


@click.group(help=_HELP)
def pilot() -> None:
    pass


@pilot.command(help=_ADD)
@click.argument("partner")
@click.argument("district")
@click.option("--helper", required=True, metavar="NAME", help="Who helps this district at the vendor.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Since when.  [default: today]")
@writing_options
def add(options: ProgramOptions, partner: str, district: str, helper: str, since: datetime | None) -> ExitCode:
    from sis_connect.cli.actions.partner_program.pilots import run_add  # noqa: PLC0415  # help must not wait

    return run_add(options, partner, district, helper, since.date() if since else None)


@pilot.command(help=_NOTE)
@click.argument("partner")
@click.argument("district")
@click.option("--tested", metavar="TEXT", help="What the district tested.")
@click.option("--problem", metavar="TEXT", help="What it met.")
@click.option("--solved", type=click.IntRange(min=1), metavar="N", help="Number of a problem that is gone.")
@click.option("--leaves", is_flag=True, help="It takes part no longer; its nights no longer count.")
@writing_options
def note(
    options: ProgramOptions,
    partner: str,
    district: str,
    *,
    tested: str | None,
    problem: str | None,
    solved: int | None,
    leaves: bool,
) -> ExitCode:
    if sum((bool(tested), bool(problem), solved is not None, leaves)) != 1:
        raise click.UsageError("Say one thing: --tested, --problem, --solved or --leaves.")
    from sis_connect.cli.actions.partner_program.pilots import run_note  # noqa: PLC0415  # as above

    return run_note(options, partner, district, tested=tested, problem=problem, solved=solved)


@pilot.command(help=_NIGHT)
@click.argument("partner")
@click.argument("district")
@click.option("--run", metavar="RUN", help="The run of that night, or the beginning of its name, or `latest`.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_DATA,
    envvar="SIS_CONNECT_DATA",
    metavar="DIR",
    help=f"The district's data folder.  [default: ./{DEFAULT_DATA}; env: SIS_CONNECT_DATA]",
)
@click.option(
    "--rules",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="SIS_CONNECT_RULES",
    metavar="FILE",
    help="The district's rules, with its time zone.  [default: rules.toml in the data folder, if there; "
    "env: SIS_CONNECT_RULES]",
)
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="The night, by its morning.")
@click.option("--outcome", type=click.Choice(OUTCOMES), metavar="OUTCOME", help=f"One of {', '.join(OUTCOMES)}.")
@writing_options
def night(
    options: ProgramOptions,
    partner: str,
    district: str,
    *,
    run: str | None,
    data: Path,
    rules: Path | None,
    day: datetime | None,
    outcome: str | None,
) -> ExitCode:
    from sis_connect.cli.actions.partner_program import pilots  # noqa: PLC0415  # as above

    if run is not None and day is None and outcome is None:
        return pilots.run_night_of_run(options, partner, district, run, data, rules=rules)
    if run is None and day is not None and outcome is not None:
        return pilots.run_night(options, partner, district, day.date(), outcome)
    raise click.UsageError("Name the run of that night, or say --on DAY and --outcome.")
