"""`sis-connect grades status` and `explain`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import Options, common_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_STATUS = """Show where every grade stands: waiting, sent, confirmed, refused and why, changed in the SIS, withdrawn.

By class; with --items by item, with --students by student and item. Nothing is asked of Schoology or the SIS: this is
what the last runs saw. --refused writes a CSV file of everything that was refused, ready to forward to teachers.

\b
Example:
  sis-connect grades status
  sis-connect grades status --class ALG-1 --students
  sis-connect grades status --refused refused.csv
"""
_EXPLAIN = """Say in one sentence why the SIS has, or has not, one student's grade, and show the chain behind it.

What Schoology said and when, what it was mapped to, what was sent, what the SIS answered and what it was seen to hold.

\b
Example:
  sis-connect grades explain S-1001 --class ALG-1 --item "Quiz 3"
"""


@click.command(help=_STATUS)
@click.option("--class", "class_key", metavar="KEY", help="Only this class, by its sourcedId.")
@click.option("--student", metavar="KEY", help="Only this student, by sourcedId; lists items.")
@click.option("--items", "grain", flag_value="items", help="A line for each item.")
@click.option("--students", "grain", flag_value="students", help="A line for each student and item.")
@click.option(
    "--refused", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the refused ones as CSV."
)
@common_options
def status(
    options: Options, *, class_key: str | None, student: str | None, grain: str | None, refused: Path | None
) -> ExitCode:
    from sis_connect.cli.actions.grade_passback.standing import run_status  # noqa: PLC0415  # help must not wait

    grain = "students" if student else grain or "classes"
    return run_status(options, class_key=class_key, student=student, grain=grain, refused=refused)


@click.command(help=_EXPLAIN)
@click.argument("student")
@click.option("--class", "class_key", metavar="KEY", required=True, help="The class, by its sourcedId.")
@click.option("--item", metavar="TITLE", required=True, help="The item, by its title or its id in Schoology.")
@common_options
def explain(options: Options, student: str, *, class_key: str, item: str) -> ExitCode:
    from sis_connect.cli.actions.grade_passback.explaining import run_explain  # noqa: PLC0415  # as above

    return run_explain(options, student, class_key=class_key, item=item)
