"""`sis-connect conformance`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sis_connect.cli.options import DEFAULT_DATA, answer_options
from sis_connect.cli.sis_options import SisOptions, sis_options

if TYPE_CHECKING:
    from sis_connect.cli.exits import ExitCode

_HELP = """Test a OneRoster 1.1 service for what a district needs, and write a report that can be forwarded.

URL is the address of the service as its vendor gave it, usually ending with /ims/oneroster/v1p1. The report is one
page for people and one file for machines: what passed, what failed with request and answer, the clause it offends, what
a fix looks like, and whether SIS Connect can live with it. Names, addresses, ids of people and secrets are masked.

Nothing is written to the service, unless --gradebook-class names a class that was set aside for it: then a category, a
line item and a result are written there, read back and deleted. Credentials come from the environment:
SIS_CONNECT_SIS_KEY and SIS_CONNECT_SIS_SECRET, or SIS_CONNECT_SIS_TOKEN for a bearer token.

The signature says that the report was written by somebody who has the key file, and not changed since; who has the key
too can verify it with --verify.

\b
Example:
  sis-connect conformance https://sis.example.org/ims/oneroster/v1p1 --token-url https://sis.example.org/token
  sis-connect conformance https://sis.example.org/ims/oneroster/v1p1 --sign-in oauth1-sha256 --only paging
  sis-connect conformance --verify conformance-sis.example.org-20261001-060000.json
"""


@click.command(help=_HELP)
@click.argument("url", required=False)
@sis_options
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Folder to write the report to.  [default: this one]",
)
@click.option("--only", multiple=True, metavar="PREFIX", help="Make only checks whose id begins so; may be repeated.")
@click.option(
    "--records",
    type=click.IntRange(10, 100_000),
    default=1_000,
    show_default=True,
    metavar="N",
    help="Records read of each collection at most.",
)
@click.option("--demographics", is_flag=True, help="Look at demographics too; they are personal.")
@click.option(
    "--gradebook-class", default="", metavar="ID", help="Write to this class, which was set aside for it, and clean up."
)
@click.option(
    "--compare",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="REPORT",
    help="Tell from an earlier report (JSON) whether changes and deletions since were told.",
)
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"Key to sign with; made when it is not there.  [default: ./{DEFAULT_DATA}/conformance.key]",
)
@click.option(
    "--verify",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="REPORT",
    help="Test nothing: say whether a report (JSON) is as it was written, and signed with this key.",
)
@answer_options
def conformance(  # noqa: PLR0917  # click hands them over by name
    options: SisOptions,
    to: Path,
    only: tuple[str, ...],
    records: int,
    gradebook_class: str,
    compare: Path | None,
    key: Path | None,
    verify: Path | None,
    *,
    demographics: bool,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> ExitCode:
    del debug  # looked at where errors are shown
    if bool(options.url) == bool(verify):
        raise click.UsageError("Name the address of a service, or a report with --verify.")
    key = key or Path(DEFAULT_DATA) / "conformance.key"
    from sis_connect.cli.actions.conformance import Wanted, run_conformance, run_verify  # noqa: PLC0415  # help is quick

    if verify is not None:
        return run_verify(verify, key, as_json=as_json, quiet=quiet)
    wanted = Wanted(to, only, records, gradebook_class, compare, key, demographics=demographics)
    return run_conformance(options, wanted, as_json=as_json, quiet=quiet)
