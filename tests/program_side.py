"""An invented vendor that wants to be a partner: its application, its conformance report, its program's folder."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sis_connect.partners.program import events as ev
from sis_connect.partners.program.deciding import ReportSeen, RunSeen
from sis_connect.sis.conformance.catalogue import CHECKS
from sis_connect.sis.conformance.marks import Remembered
from sis_connect.sis.conformance.report import CheckResult, Exchange, Reply, Report, Request, Totals, seal, write_report

if TYPE_CHECKING:
    from collections.abc import Collection

ENDPOINT = "https://acorn.example/api/ims/oneroster/v1p1"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
KEY = b"k" * 32

APPLICATION = f"""
[product]
display_name = "Acorn SIS"
vendor = "Acorn Learning"
other_names = ["Acorn Gradebook"]

[certification]
state = "working towards it"
registration = "AC-1"

[sandbox]
url = "{ENDPOINT}"

[contacts.technical]
name = "Bo Lane"
email = "bo@acorn.example"

[[contacts.escalation]]
role = "Support desk"
email = "help@acorn.example"
answers_within_hours = 24

[[contacts.escalation]]
role = "Head of integrations"
phone = "555-0100"
answers_within_hours = 48

[facts]
service.versions = ["1.1"]
sign_in.kinds = ["oauth2"]
sign_in.oauth2.scope = "optional"
sign_in.oauth2.token_url = "recommended"
gradebook.supported = true
pulling.max_page_size = 500
screens.api_url = {{ word = "Rostering URL", where = "under Admin, Links" }}
"""


def application(*changes: tuple[str, str]) -> bytes:
    """The application with each first text replaced by the second, which must be there."""
    text = APPLICATION
    for old, new in changes:
        assert old in text, f"the application does not hold {old!r}"
        text = text.replace(old, new, 1)
    return text.encode()


def conformance_report(
    *,
    url: str = ENDPOINT,
    failed: Collection[str] = (),
    left_out: Collection[str] = (),
    at: datetime = NOW - timedelta(days=1),
    key: bytes = KEY,
) -> bytes:
    """A sealed report of a service that passes everything but `failed`."""
    assert {*failed, *left_out} <= {check.id for check in CHECKS}
    checks = tuple(
        CheckResult(
            check.id,
            check.group,
            check.level,
            check.clause,
            check.title,
            "failed" if check.id in failed else "passed",
            "as it was seen",
            fix=check.fix if check.id in failed else "",
            livable=check.coping.value if check.id in failed else "",
            evidence=(AN_EXCHANGE,) if check.id in failed else (),
        )
        for check in CHECKS
        if check.id not in left_out
    )
    bad = [check for check in CHECKS if check.id in failed]
    totals = Totals(
        passed=len(checks) - len(bad),
        failed=len(bad),
        skipped=0,
        failed_required=sum(check.level.name == "REQUIRED" for check in bad),
        failed_expected=sum(check.level.name == "EXPECTED" for check in bad),
        failed_advice=sum(check.level.name == "ADVICE" for check in bad),
        unlivable=sum(check.coping.name == "NO" for check in bad),
    )
    report = Report("0.1.0", at, at, url, ("oauth2-basic",), 40, totals, checks, Remembered({}, ()))
    return write_report(seal(report, key))


AN_EXCHANGE = Exchange(
    Request("GET", "/users", {"limit": "200"}, "signed in"),
    Reply(500, {"Content-Type": "text/html"}, "<aaaa>", 0.2),
)


def report_seen(**changes: object) -> ReportSeen:
    """A conformance report that counts, unless something is changed."""
    known = {
        "document": "d" * 64,
        "url": ENDPOINT,
        "tested_at": NOW,
        "problem": "",
        "left_out": (),
        "passed": 100,
        "skipped": 3,
        "failed_required": 0,
        "failed_expected": 0,
        "failed_advice": 2,
        "unlivable": 0,
    }
    return ReportSeen(**(known | changes))  # type: ignore[arg-type]  # any field


def run_seen(**changes: object) -> RunSeen:
    """A run that counts as a roster that arrived, unless something is changed."""
    known = {
        "run": "r1",
        "document": "e" * 64,
        "address": ENDPOINT,
        "started_at": NOW,
        "is_finished": True,
        "adds_up": True,
        "received": 900,
        "arrived": 900,
        "held": 0,
        "refused": 0,
    }
    return RunSeen(**(known | changes))  # type: ignore[arg-type]  # as above


def accepted(*, takes_grades: bool = True) -> list[ev.Event]:
    """What is written down once the vendor's application was accepted."""
    levels = (ev.Level("Support desk", 24), ev.Level("Head of integrations", 48))
    return [
        ev.ApplicationReceived(1, "acorn-sis", "Acorn SIS", "a" * 64),
        ev.ApplicationAccepted(1, "acorn-sis", "b" * 64, ENDPOINT, takes_grades, levels),
    ]
