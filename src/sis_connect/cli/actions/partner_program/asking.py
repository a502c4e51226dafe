"""Asking a district's SIS while an escalation is opened, as `doctor` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.bootstrap import likely_connection
from sis_connect.config import located, read_settings
from sis_connect.errors import ConfigurationError
from sis_connect.runs.escalation_bundle import health_facts
from sis_connect.sis.conformance.doctor import examine
from sis_connect.sis.conformance.probe import Terms, open_probe

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sis_connect.partners.program.bundle import ExchangeFacts, HealthFacts

#: Enough to see whether there is anything at all.
_MOST_RECORDS = 200


def asked_now(rules: Path | None, at: datetime) -> tuple[HealthFacts, tuple[ExchangeFacts, ...]]:
    """How far one gets at the SIS of the rules, with the exchanges that show what is wrong; `at` is now.

    ConfigurationError when the rules name no SIS, or one that nobody could ask.
    """
    settings = read_settings(rules).sis
    if not settings.url and not settings.partner:
        raise ConfigurationError(
            "The rules name no SIS to ask.", where="--doctor", fix="Name rules that do with --rules, or leave it out."
        )
    try:
        connection = likely_connection(settings)
    except ConfigurationError as error:
        raise located(error, rules) from error
    with open_probe(connection, Terms({"as set": connection.sign_in}, most_records=_MOST_RECORDS)) as probe:
        findings = tuple(examine(probe))
        return health_facts(findings, probe.answers_kept, at)
