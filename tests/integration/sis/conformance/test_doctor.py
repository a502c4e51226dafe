"""`doctor` names the first cause, and who does what about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from conformance_side import CREDENTIALS, TOKEN, a_connection, a_service, sign_ins_of
from integration.sandbox.sis.sis_world import ENROLLMENTS, SESSIONS
from sis_connect.findings import Fixer
from sis_connect.oneroster.operations import Scope
from sis_connect.sandbox.sis import SIS_CLIENT_ID, Client, SignIn
from sis_connect.sis.conformance.doctor import STEPS, examine
from sis_connect.sis.conformance.probe import Terms, open_probe
from sis_connect.sis.rest.connection import BearerSignIn
from sis_connect.transport.client import Surroundings
from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.oauth2 import ClientGrant
from sis_deviations import refusing

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.sis.conformance.doctor import Finding
    from sis_connect.sis.rest.connection import SignIn as AnySignIn

#: A day in the school year of the small district.
TODAY = datetime(2026, 10, 1, 12, tzinfo=UTC)


def doctored(url: str, sign_in: AnySignIn, now: datetime = TODAY) -> list[Finding]:
    """What the doctor says."""
    around = Surroundings(wall_clock=now.timestamp, sleep=lambda _: None)
    with open_probe(a_connection(url, sign_in), Terms({"bearer": sign_in}), around) as probe:
        return list(examine(probe))


def trouble(findings: list[Finding]) -> tuple[str, str, Fixer]:
    """The step at which it ended, the code, and who mends it."""
    assert all(finding.trouble is None for finding in findings[:-1])
    last = findings[-1]
    assert last.trouble is not None
    assert last.trouble.fix
    return last.step, last.trouble.code, last.trouble.fixer


def test_healthy_service_passes_all_steps(tmp_path: Path) -> None:
    with a_service(tmp_path, now=lambda: TODAY) as sis:
        findings = doctored(sis.url, BearerSignIn(TOKEN))
    assert [finding.step for finding in findings] == list(STEPS)
    assert all(finding.trouble is None for finding in findings)
    seen = {finding.step: finding.seen for finding in findings}
    assert seen["name"] == "1 address found."
    assert not [one for one in seen.values() if one.startswith("1 ") and "sessions" in one]


def test_nothing_listens(tmp_path: Path) -> None:
    with a_service(tmp_path) as sis:
        url = sis.url
    assert trouble(doctored(url, BearerSignIn(TOKEN))) == ("connection", "connect.refused", Fixer.OPERATOR)


def test_clock_explains_a_refused_signature(tmp_path: Path) -> None:
    with a_service(tmp_path, now=lambda: TODAY + timedelta(hours=1)) as sis:
        found = doctored(sis.url, sign_ins_of(sis)["oauth1-sha256"])
    assert trouble(found) == ("clock", "clock.differs", Fixer.OPERATOR)


def test_wrong_client_secret(tmp_path: Path) -> None:
    with a_service(tmp_path, now=lambda: TODAY) as sis:
        wrong = ClientGrant(sis.token_url, Credentials(SIS_CLIENT_ID, "mistyped"))
        found = doctored(sis.url, wrong)
    assert trouble(found) == ("token", "sign_in.client_refused", Fixer.OPERATOR)


def test_scope_that_was_not_given(tmp_path: Path) -> None:
    client = Client(scopes=frozenset({Scope.ROSTER_CORE}))
    with a_service(tmp_path, now=lambda: TODAY, clients=(client,)) as sis:
        found = doctored(sis.url, ClientGrant(sis.token_url, CREDENTIALS, (Scope.GRADEBOOK.value,)))
    assert trouble(found) == ("token", "sign_in.scope_refused", Fixer.DISTRICT)


def test_token_that_is_not_taken(tmp_path: Path) -> None:
    with a_service(tmp_path, now=lambda: TODAY, sign_ins=frozenset({SignIn.OAUTH1})) as sis:
        found = doctored(sis.url, BearerSignIn(TOKEN))
    assert trouble(found) == ("sign-in", "status.unauthorised", Fixer.OPERATOR)


def test_missing_permission_is_named(tmp_path: Path) -> None:
    with a_service(tmp_path, refusing(403, "getAllUsers"), now=lambda: TODAY) as sis:
        found = doctored(sis.url, BearerSignIn(TOKEN))
    assert trouble(found) == ("permissions", "permission.missing", Fixer.DISTRICT)
    assert found[-1].trouble is not None
    assert "users" in found[-1].trouble.what


def test_address_of_another_version(tmp_path: Path) -> None:
    with a_service(tmp_path, now=lambda: TODAY, base_path="/ims/oneroster/rostering/v1p2") as sis:
        found = doctored(sis.url, BearerSignIn(TOKEN))
    assert trouble(found) == ("address", "version.other", Fixer.OPERATOR)


def test_address_where_nothing_is(tmp_path: Path) -> None:
    nothing = refusing(404, *(f"getAll{name}" for name in ("Orgs", "AcademicSessions", "Courses", "Classes", "Users")))
    with a_service(tmp_path, nothing, refusing(404, "getAllEnrollments"), now=lambda: TODAY) as sis:
        found = doctored(sis.url, BearerSignIn(TOKEN))
    assert trouble(found) == ("address", "status.not_found", Fixer.OPERATOR)


@pytest.mark.parametrize(
    ("package", "step", "code"),
    [
        ({"academicSessions": SESSIONS.replace(b"202", b"201")}, "school year", "year.none"),
        ({"enrollments": ENROLLMENTS.splitlines(keepends=True)[0]}, "people", "year.no_enrollments"),
    ],
)
def test_empty_year(package: dict[str, bytes], step: str, code: str, tmp_path: Path) -> None:
    with a_service(tmp_path, package=package, now=lambda: TODAY) as sis:
        found = doctored(sis.url, BearerSignIn(TOKEN))
    assert trouble(found) == (step, code, Fixer.DISTRICT)
