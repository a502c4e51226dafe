"""Reports: nothing personal, nothing secret, sealed, and read again as they were written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from conformance_side import KEY, PERSONAL, TOKEN, a_connection, a_service
from integration.sis.conformance.deviations import DEVIATIONS
from sis_connect.errors import ConfigurationError
from sis_connect.sandbox.sis import SIS_CLIENT_SECRET
from sis_connect.sis.conformance.catalogue import CHECKS
from sis_connect.sis.conformance.checks.delta import marks_of
from sis_connect.sis.conformance.page import write_page
from sis_connect.sis.conformance.probe import Terms, open_probe
from sis_connect.sis.conformance.report import make_report, read_report, seal, verify, write_report
from sis_connect.sis.conformance.running import run_checks
from sis_connect.sis.rest.connection import BearerSignIn
from sis_connect.transport.client import Surroundings
from sis_deviations import changing, records

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.sandbox.sis import Answer, Exchange, RunningSis
    from sis_connect.sis.conformance.report import Report

BEGAN = datetime(2026, 10, 1, 6, tzinfo=UTC)


def a_report(sis: RunningSis, key: bytes = KEY, secrets: tuple[str, ...] = (TOKEN, SIS_CLIENT_SECRET)) -> Report:
    """The report of a whole run that reads everything and writes to the gradebook."""
    sign_in = BearerSignIn(TOKEN)
    terms = Terms({"bearer": sign_in}, demographics=True, gradebook_class="c1", load_requests=4, key=key)
    around = Surroundings(sleep=lambda _: None)
    with open_probe(a_connection(sis.url, sign_in), terms, around) as probe:
        results = list(run_checks(probe, CHECKS))
        return make_report(probe, results, BEGAN, marks_of(probe), secrets)


def _everything_wrong(exchange: Exchange, answer: Answer) -> Answer:
    """Every record deviates, so that every record is shown; errors repeat whatever was sent."""
    for record in answer.records:
        record["shoeSize"] = 41
        record["nickname"] = "O'Hara"
        record["status"] = None
    for notice in answer.notices:
        object.__setattr__(notice, "description", f"Zoë O'Hara {exchange.request.headers.get('authorization')}")
    return answer


def test_report_holds_nothing_personal_and_no_secret(tmp_path: Path) -> None:
    tokens = records(lambda one: one.update(token=TOKEN, title=TOKEN), "users", "courses")
    with a_service(tmp_path, changing(_everything_wrong), tokens, DEVIATIONS["no filter"][0]) as sis:  # type: ignore[arg-type] # it has a layer
        report = a_report(sis)
    assert report.totals.failed > 10
    texts = [write_report(report).decode(), write_page(report).decode()]
    shown = [exchange for check in report.checks for exchange in check.evidence]
    assert any("/users" in exchange.request.path for exchange in shown)
    for text in texts:
        words = set(msgspec.json.encode(text).decode().replace('\\"', '"').split('"')) | {text}
        for secret in (TOKEN, SIS_CLIENT_SECRET, "Authorization", "Bearer inv"):
            assert secret not in text
        for name in PERSONAL:
            assert not [word for word in words if word == name]
        for name in ("O'Hara", "O&#39;Hara", "Zoë", "bo@riverbend", "geheim", "2011-05-04"):
            assert name not in text


@pytest.mark.parametrize("secret", ["12", "true", "0", '"', "\\"])
def test_secret_that_looks_like_a_value_leaves_the_report_whole(secret: str, tmp_path: Path) -> None:
    """A header may hold a number; only the words of others are searched for it."""
    with a_service(tmp_path, changing(_everything_wrong)) as sis:
        bare, report = a_report(sis), a_report(sis, secrets=(secret,))
    assert read_report(write_report(report), "report.json") == report
    assert verify(report, KEY) == ""
    assert report.totals == bare.totals
    assert report.began_at == BEGAN
    assert {name: list(records) for name, records in report.marks.collections.items()} == {
        name: list(records) for name, records in bare.marks.collections.items()
    }


def test_report_is_read_again_as_it_was_written(tmp_path: Path) -> None:
    with a_service(tmp_path, DEVIATIONS["booleans"][0]) as sis:  # type: ignore[arg-type] # it has a layer
        report = a_report(sis)
    again = read_report(write_report(report), "report.json")
    assert again == report
    assert verify(again, KEY) == ""


def test_signature_proves_the_key_and_the_digest_the_content(tmp_path: Path) -> None:
    with a_service(tmp_path) as sis:
        report = a_report(sis)
    assert "another key" in verify(report, b"x" * 32)
    changed = msgspec.structs.replace(report, url="https://sis.example.org")
    assert "changed" in verify(changed, KEY)
    forged = msgspec.structs.replace(seal(changed, b"x" * 32), key=report.key)
    assert "signature is not" in verify(forged, KEY)
    unsigned = seal(changed, b"")
    assert "no signature" in verify(msgspec.structs.replace(unsigned, signature="", key=""), KEY)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"version": 1}'])
def test_what_is_no_report_is_refused(content: bytes) -> None:
    with pytest.raises(ConfigurationError):
        read_report(content, "report.json")
