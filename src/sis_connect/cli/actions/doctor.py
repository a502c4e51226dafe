"""`doctor`: why a SIS cannot be read, one line for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.bootstrap import sis_connection
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.conformance import show_finding, show_health
from sis_connect.cli.sis_documents import DoctorDocument, StepLine
from sis_connect.sis.conformance.doctor import examine
from sis_connect.sis.conformance.probe import Terms, open_probe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.cli.sis_options import SisOptions
    from sis_connect.sis.conformance.doctor import Finding

#: Enough to see whether there is anything at all.
_MOST_RECORDS = 200


def run_doctor(options: SisOptions, *, as_json: bool, quiet: bool) -> ExitCode:
    """Say what is wrong, what to do, and who does it; QUARANTINED when something is."""
    screen = Screen(as_json=as_json, quiet=quiet)
    connection = sis_connection(options.settings())
    terms = Terms({options.sign_ins[0]: connection.sign_in}, most_records=_MOST_RECORDS)
    findings = []
    with open_probe(connection, terms) as probe:
        for finding in examine(probe):
            findings.append(finding)
            show_finding(screen, finding)
        url = probe.url
    document = _document(url, findings)
    screen.document(document)
    show_health(screen, findings[-1].trouble)
    return ExitCode(document.exit_code)


def _document(url: str, findings: Sequence[Finding]) -> DoctorDocument:
    trouble = findings[-1].trouble
    return DoctorDocument(
        command="doctor",
        exit_code=ExitCode.QUARANTINED if trouble else ExitCode.OK,
        url=url,
        steps=tuple(
            StepLine(one.step, one.trouble is None, one.trouble.what if one.trouble else one.seen) for one in findings
        ),
        code=trouble.code if trouble else None,
        fix=trouble.fix if trouble else "",
        fixer=trouble.fixer.value if trouble else "",
    )
