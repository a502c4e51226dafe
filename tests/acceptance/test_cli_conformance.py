"""`sis-connect conformance` and `sis-connect doctor`: what people see, what machines get, and how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from acceptance.browser import check_looks, keep_picture, open_browser, open_pages
from command_line import CommandLine
from conformance_side import TOKEN, a_service
from integration.sis.conformance.deviations import DEVIATIONS
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.sis_documents import ConformanceDocument, DoctorDocument, VerifiedDocument
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET
from sis_deviations import changing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from acceptance.browser import Scheme
    from sis_connect.sandbox.sis import Answer, Exchange, RunningSis

MARKUP = "<img src=x onerror=alert(1)>"
SECRETS = {
    "SIS_CONNECT_SIS_TOKEN": TOKEN,
    "SIS_CONNECT_SIS_KEY": SIS_CLIENT_ID,
    "SIS_CONNECT_SIS_SECRET": SIS_CLIENT_SECRET,
}
FAST = ("--allow-loopback", "--rate", "1000", "--sign-in", "bearer")


@pytest.fixture
def sis(tmp_path: Path) -> Iterator[RunningSis]:
    """A provider with a fault or two."""
    with a_service(tmp_path, DEVIATIONS["booleans"][0], DEVIATIONS["other properties"][0]) as running:  # type: ignore[arg-type] # they have layers
        yield running


@pytest.fixture
def call(run: CommandLine) -> CommandLine:
    """The command line with the credentials of the provider."""
    return CommandLine(run.folder, SECRETS)


def test_report_is_written_and_verified(call: CommandLine, sis: RunningSis) -> None:
    ended = call("conformance", sis.url, *FAST, "--to", "reports", "--json")
    answer = ended.document(ConformanceDocument)
    assert ended.code is ExitCode.QUARANTINED
    failed = {check["id"] for check in answer["checks"] if check["outcome"] == "failed"}
    assert failed == {"records.texts", "records.names", "fields.chosen", "records.ids"}
    report = call.folder / answer["report"]
    assert json.loads(report.read_bytes())["digest"] == answer["digest"]
    verified = call("conformance", "--verify", report, "--json")
    assert (verified.code, verified.document(VerifiedDocument)["is_genuine"]) == (ExitCode.OK, True)
    report.write_bytes(report.read_bytes().replace(b'"outcome": "failed"', b'"outcome": "passed"'))
    assert call("conformance", "--verify", report).code is ExitCode.QUARANTINED


def test_people_are_told_what_failed_and_what_to_do(call: CommandLine, sis: RunningSis) -> None:
    ended = call("conformance", sis.url, *FAST, "--only", "records")
    assert "Texts are JSON strings" in ended.out
    assert "→ Put ids, years and the words true and false in quotes." in " ".join(ended.out.split())
    assert "SIS Connect can live with it" in ended.out
    assert TOKEN not in ended.out + ended.err


def test_every_way_to_sign_in_is_tried(call: CommandLine, sis: RunningSis) -> None:
    ways = ("oauth2-basic", "oauth2-body", "oauth1-sha1", "oauth1-sha256")
    words = [word for way in ways for word in ("--sign-in", way)]
    ended = call("conformance", sis.url, *FAST, *words, "--token-url", sis.token_url, "--only", "sign_in", "--json")
    outcomes = {check["id"]: check["outcome"] for check in ended.document()["checks"]}
    assert ended.code is ExitCode.OK
    assert set(outcomes.values()) == {"passed"}


def test_earlier_report_is_compared(call: CommandLine, sis: RunningSis) -> None:
    first = call("conformance", sis.url, *FAST, "--only", "delta", "--to", "first", "--json").document()
    with sis.records.together() as writing:
        writing.mark_deleted("courses", ["k1"])
    second = call("conformance", sis.url, *FAST, "--only", "delta", "--compare", first["report"], "--json").document()
    outcomes = {check["id"]: check["outcome"] for check in second["checks"]}
    assert (outcomes["delta.honest"], outcomes["delta.deleted_kept"]) == ("passed", "passed")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("conformance",), "Name the address of a service"),
        (("conformance", "http://127.0.0.1:1", "--sign-in", "bearer"), "not HTTPS"),
        (("conformance", "https://sis.example.org", "--sign-in", "bearer", "--only", "nothing"), "No check has an id"),
        (("conformance", "https://sis.example.org", "--header", "x"), "NAME=VARIABLE"),
        (("conformance", "--verify", "nowhere.json"), "cannot be read"),
        (("doctor", "https://sis.example.org/x?y=1", "--sign-in", "bearer"), "question mark"),
    ],
)
def test_what_cannot_work_is_told_before_anything_is_sent(call: CommandLine, words: tuple[str, ...], said: str) -> None:
    ended = call(*words)
    assert ended.code in {ExitCode.USAGE, ExitCode.CONFIGURATION}
    assert said in " ".join(ended.err.split())


def test_missing_secret_names_its_variable(run: CommandLine) -> None:
    ended = run("doctor", "https://sis.example.org", "--sign-in", "bearer")
    assert ended.code is ExitCode.CONFIGURATION
    assert "SIS_CONNECT_SIS_TOKEN" in ended.err


def test_doctor_says_what_is_wrong_and_who_mends_it(call: CommandLine, sis: RunningSis) -> None:
    ended = call("doctor", sis.url, *FAST, SIS_CONNECT_SIS_TOKEN="mistyped")
    assert ended.code is ExitCode.QUARANTINED
    assert "✗ sign-in" in ended.out
    assert "whoever runs SIS Connect" in ended.out
    answer = call("doctor", sis.url, *FAST, "--json", SIS_CONNECT_SIS_TOKEN="mistyped").document(DoctorDocument)
    assert (answer["code"], answer["steps"][-1]["step"]) == ("status.unauthorised", "sign-in")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests here."""
    with open_browser() as opened:
        yield opened


def _with_markup(_: Exchange, answer: Answer) -> Answer:
    for record in answer.records:
        record["title"] = MARKUP
    return answer


@pytest.fixture
def page_url(call: CommandLine, tmp_path: Path) -> str:
    """The folder of a report in whose records every title is markup."""
    layers = (DEVIATIONS["booleans"][0], DEVIATIONS["no filter"][0])
    with a_service(tmp_path, changing(_with_markup), *(layer for layer in layers if layer)) as sis:
        answer = call("conformance", sis.url, *FAST, "--json").document()
    assert answer["failed"] > 10
    return str((call.folder / answer["page"]).as_uri())


@pytest.mark.browser
@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_its_window_and_can_be_read_and_reached(
    page_url: str, browser: Browser, scheme: Scheme, width: int
) -> None:
    with open_pages(browser, page_url) as open_page:
        page = open_page("", scheme, width)
        for details in page.locator("article details").all():
            details.locator("summary").click()
        check_looks(page, width)
        assert page.get_by_text(MARKUP).count() > 0
        keep_picture(page, "conformance", "report", scheme, width)
