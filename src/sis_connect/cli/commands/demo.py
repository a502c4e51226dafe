"""`sis-connect demo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Show SIS Connect at work, with an invented district and a look-alike of Schoology on this machine.

It checks and syncs a district, syncs it again to show that nothing happens, lets a few things change at the source,
plans and applies them, and then lets a feed break off to show that nobody is dropped. In a terminal the sandbox stays
open at the end, so that you can look at it in a browser.

With --rest a SIS runs beside it and is asked over OneRoster REST: the same steps, without any package, and at last a
page in the middle comes back empty, which is refused. Then teachers grade in Schoology, and the grades go back to the
SIS: it refuses those of one student and says why, that is mended, and they are confirmed.

Nothing leaves this machine, and everything is gone afterwards, unless you say --keep.

\b
Example:
  sis-connect demo
  sis-connect demo --rest
"""

#: Fewer students cannot carry everything that the demo shows.
_LEAST = 100


@click.command(help=_HELP)
@click.option(
    "--students",
    type=click.IntRange(min=_LEAST),
    default=600,
    show_default=True,
    metavar="N",
    help="Students of the district.",
)
@click.option("--rest", is_flag=True, help="Ask a SIS over REST in place of reading packages.")
@click.option("--keep", is_flag=True, help="Keep the district, the data folder and the sandbox's data to look at.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bars.")
@click.option("--debug", is_flag=True, help="When SIS Connect itself fails, show where in its code.")
def demo(*, students: int, rest: bool, keep: bool, quiet: bool, debug: bool) -> ExitCode:
    del debug  # looked at where errors are shown
    if rest:
        from sis_connect.cli.actions.demo_rest import run_demo_rest  # noqa: PLC0415  # help must not wait

        return run_demo_rest(students=students, keep=keep, quiet=quiet)
    from sis_connect.cli.actions.demo import run_demo  # noqa: PLC0415  # help must not wait for the engine

    return run_demo(students=students, keep=keep, quiet=quiet)
