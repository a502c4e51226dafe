"""`doctor`: why a SIS cannot be read, one line for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.bootstrap import likely_connection, sis_connection
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.conformance import show_finding, show_health
from sis_connect.cli.sis_documents import DoctorDocument, StepLine
from sis_connect.config import located, read_settings
from sis_connect.errors import ConfigurationError
from sis_connect.sis.conformance.doctor import examine
from sis_connect.sis.conformance.probe import Terms, open_probe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.cli.options import Options
    from sis_connect.cli.sis_options import SisOptions
    from sis_connect.sis.conformance.doctor import Finding
    from sis_connect.sis.rest.connection import RestConnection

#: Enough to see whether there is anything at all.
_MOST_RECORDS = 200


def run_doctor(options: Options, sis: SisOptions) -> ExitCode:
    """Say what is wrong, what to do, and who does it; QUARANTINED when something is."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    connection = sis_connection(sis.settings()) if sis.url else _of_rules(options, sis)
    terms = Terms({"as set": connection.sign_in}, most_records=_MOST_RECORDS)
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


def _of_rules(options: Options, sis: SisOptions) -> RestConnection:
    """The connection that the rules describe, with what was said besides."""
    settings = sis.over(read_settings(options.rules).sis)
    if not settings.url and not settings.partner:
        raise ConfigurationError(
            "No address was named, and the rules name no SIS.",
            where="sis.url",
            fix="Name the address of the SIS, or set sis.url in the rules file.",
        )
    try:
        return likely_connection(settings)
    except ConfigurationError as error:
        raise located(error, options.rules) from error


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
