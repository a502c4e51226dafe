"""`sis-connect sandbox`: the look-alike of Schoology in the foreground."""

from __future__ import annotations

import json
import signal
import socket
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from command_line import COMMAND
from sis_connect.cli.documents import SandboxDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.sandbox.district import school_year_of, write_district

if TYPE_CHECKING:
    import subprocess

    from command_line import CommandLine


def first_document(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The document that a process writes before it goes on."""
    assert process.stdout is not None
    text = ""
    while not text.endswith("\n}\n"):
        text += process.stdout.readline()
    return dict(json.loads(text))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_sandbox_serves_until_it_is_told_to_end(run: CommandLine, ending: signal.Signals) -> None:
    process = run.begin("sandbox", "--json", "--quiet")
    document = first_document(process)
    assert document.keys() == set(SandboxDocument.__struct_fields__)
    with urlopen(document["web_url"]) as page:  # noqa: S310  # on this machine
        assert "Sandbox" in page.read().decode()
    process.send_signal(ending)
    _, err = process.communicate()
    assert (process.returncode, err) == (ExitCode.OK, "")


def test_sandbox_says_what_to_type_next(run: CommandLine) -> None:
    process = run.begin("sandbox", "--unlimited", "--fault", "slow", "--district", "10", "--data", "schoology.sqlite")
    assert process.stdout is not None
    lines = [process.stdout.readline().strip() for _ in range(8)]
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert lines[0].startswith("The sandbox is open: http://127.0.0.1:")
    assert lines[-1] == f"{COMMAND} sync sandbox-district-10"
    assert (run.folder / "sandbox-district-10" / "manifest.csv").exists()
    assert (run.folder / "schoology.sqlite").exists()


def test_taken_port_is_told(run: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run.process("sandbox", "--port", str(taken.getsockname()[1]))
    assert ended.code is ExitCode.CONFIGURATION
    assert "--port" in ended.err


def test_sandbox_with_a_sis_is_ready_to_be_synced_from(run: CommandLine) -> None:
    """What it prints is all that another terminal needs: variables, and a rules file that names the SIS."""
    write_district(run.folder / "district", students=20, school_year=school_year_of(datetime.now(UTC).date()))
    process = run.begin("sandbox", "--json", "--quiet", "--unlimited", "--sis", "--package", "district")
    document = first_document(process)
    sis = document["sis"]
    known = {
        "SIS_CONNECT_SCHOOLOGY_URL": document["api_url"],
        "SIS_CONNECT_SCHOOLOGY_KEY": document["key"],
        "SIS_CONNECT_SCHOOLOGY_SECRET": document["secret"],
        "SIS_CONNECT_SIS_KEY": sis["key"],
        "SIS_CONNECT_SIS_SECRET": sis["secret"],
        "SIS_CONNECT_RULES": sis["rules"],
    }
    synced = run("sync", "--json", **known)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert synced.code is ExitCode.OK
    received = {counts["entity"]: counts["received"] for counts in synced.document()["records"]}
    assert received == {name: sis["rows"][name] for name in received}


@pytest.mark.parametrize("partner", ["infinite-campus", "Focus School Software"])
def test_sis_in_the_dress_of_a_partner_is_ready_to_be_synced_from(run: CommandLine, partner: str) -> None:
    """The rules file names the partner, and beside it only what a district of that partner must enter."""
    write_district(run.folder / "district", students=20, school_year=school_year_of(datetime.now(UTC).date()))
    words = ("--json", "--quiet", "--unlimited", "--partner", partner, "--package", "district")
    process = run.begin("sandbox", *words)
    document = first_document(process)
    sis = document["sis"]
    known = {
        "SIS_CONNECT_SCHOOLOGY_URL": document["api_url"],
        "SIS_CONNECT_SCHOOLOGY_KEY": document["key"],
        "SIS_CONNECT_SCHOOLOGY_SECRET": document["secret"],
        "SIS_CONNECT_SIS_KEY": sis["key"],
        "SIS_CONNECT_SIS_SECRET": sis["secret"],
        "SIS_CONNECT_RULES": sis["rules"],
    }
    synced = run("sync", "--json", **known)
    wrong = run("check", "--json", **{**known, "SIS_CONNECT_SIS_SECRET": "another"})
    missing = run("check", "--json", **{**known, "SIS_CONNECT_SIS_KEY": ""})
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert synced.code is ExitCode.OK
    assert synced.document()["adds_up"]
    assert wrong.code is ExitCode.CONFIGURATION
    assert missing.code is ExitCode.CONFIGURATION
    assert missing.document()["error"]["where"] == "SIS_CONNECT_SIS_KEY"


def test_scenario_of_the_sis_is_met_by_whoever_asks(run: CommandLine) -> None:
    process = run.begin("sandbox", "--json", "--quiet", "--sis", "--scenario", "null_root")
    sis = first_document(process)["sis"]
    known = {"SIS_CONNECT_SIS_KEY": sis["key"], "SIS_CONNECT_SIS_SECRET": sis["secret"]}
    ended = run("check", "--json", "--rules", sis["rules"], **known)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert (ended.code, ended.document()["error"]["code"]) == (ExitCode.PACKAGE_REFUSED, "page.null_root")


def test_sandbox_keeps_the_manners_it_is_told_to(run: CommandLine) -> None:
    """A wrong signature is taken, a refusal is explained, and the fourth call within five seconds is one too many."""
    lax = ("--lax", "empty_errors", "--lax", "signatures", "--credits", "3")
    process = run.begin("sandbox", "--json", "--quiet", *lax)
    web = first_document(process)["web_url"]
    answers = [
        answer_of(f"{web}v1/{path}", nonce) for nonce, path in enumerate(("roles", "sections", "roles", "roles"))
    ]
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert [status for status, _ in answers] == [200, 403, 200, 429]
    assert "section_school_codes" in answers[1][1]


def answer_of(address: str, nonce: int) -> tuple[int, str]:
    """Status and body of the answer to a call with a wrong signature."""
    header = (
        'OAuth oauth_consumer_key="sandbox-key", oauth_signature_method="PLAINTEXT", oauth_signature="wrong", '
        f'oauth_timestamp="{int(time.time())}", oauth_nonce="{nonce}"'
    )
    try:
        with urlopen(Request(address, headers={"Authorization": header})) as answer:  # noqa: S310  # on this machine
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_district_of_another_day_is_of_that_school_year(run: CommandLine) -> None:
    process = run.begin("sandbox", "--json", "--quiet", "--today", "2031-10-01", "--seed", "3", "--district", "10")
    first_document(process)
    process.send_signal(signal.SIGINT)
    process.communicate()
    sessions = (run.folder / "sandbox-district-10" / "academicSessions.csv").read_text(encoding="utf-8")
    assert "2032" in sessions


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--unlimited", "--credits", "9"), ExitCode.USAGE, "contradict each other"),
        (("--scenario", "page_empty"), ExitCode.USAGE, "say --sis too"),
        (("--sis", "--scenario", "page_emty"), ExitCode.CONFIGURATION, "there is no such scenario"),
        (("--sis", "--scenario", "page_empty; row=3"), ExitCode.CONFIGURATION, "takes numbers for: seed, page"),
        (("--partner", "infinite campos"), ExitCode.CONFIGURATION, "Did you mean Infinite Campus?"),
        (("--lax", "manners"), ExitCode.USAGE, "is not one of"),
    ],
)
def test_what_cannot_be_played_is_told(run: CommandLine, words: tuple[str, ...], code: ExitCode, says: str) -> None:
    ended = run("sandbox", *words)
    assert ended.code is code
    assert says in " ".join(ended.err.split())
