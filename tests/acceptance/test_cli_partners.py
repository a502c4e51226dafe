"""`sis-connect partners` and `escalate`: a vendor's whole way, and what happens beside it."""

from __future__ import annotations

import json
import tomllib
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
import pytest

from command_line import FAST_RULES
from program_side import ENDPOINT, KEY, application, conformance_report
from sis_connect.cli import program_documents as doc
from sis_connect.cli.app import app
from sis_connect.cli.commands.partners import partners
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.failure import ErrorDocument
from sis_connect.cli.program_options import NEEDS, OUTCOMES, STATES
from sis_connect.cli.sis_options import SCOPES
from sis_connect.partners.profile import Status
from sis_connect.partners.program.events import Need, NightOutcome
from sis_connect.partners.program.publishing import StatusPage
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET, SisSettings, load_package
from sis_connect.sandbox.sis import start as start_sis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from command_line import CommandLine, Ended, Town

BECAUSE = ("--because", "it was looked at")
FAILING = "paging.gap"


@pytest.fixture
def program(run: CommandLine) -> CommandLine:
    """The command line in a folder with an application, a report and its key; Ada is at work."""
    prepare(run.folder)
    return run


def prepare(folder: Path) -> None:
    """Put the files of the invented vendor into a folder."""
    (folder / "application.toml").write_bytes(application())
    (folder / "report.json").write_bytes(conformance_report(at=datetime.now(UTC) - timedelta(days=1)))
    (folder / "key").write_bytes(KEY)


def call(run: CommandLine, *words: str | Path) -> Ended:
    """A command of the group, by Ada."""
    return run("partners", *words, SIS_CONNECT_BY="Ada Quill")


def well(run: CommandLine, *words: str | Path) -> dict[str, object]:
    """A command of the group that must end well; its document."""
    ended = call(run, *words, "--json")
    assert ended.code is ExitCode.OK, ended.err or ended.out
    found: dict[str, object] = ended.document()
    return found


def accepted(run: CommandLine) -> None:
    """The vendor is a partner In Contact."""
    well(run, "apply", "application.toml")
    well(run, "accept", "1", *BECAUSE)


@pytest.fixture
def vendor(new_town: Town) -> Iterator[Town]:
    """A town whose SIS vendor has a service to test against, and which asks that service for its roster."""
    load_package(new_town.package, new_town.folder / "sis.sqlite")
    with start_sis(SisSettings(), new_town.folder / "sis.sqlite") as sis:
        there = f'url = "{sis.url}"\ntoken_url = "{sis.token_url}"\nallow_loopback = true\nrate = 1000.0\n'
        rules = f"{FAST_RULES}[sis]\n{there}"
        (new_town.data / "rules.toml").write_text(rules, encoding="utf-8")
        (new_town.folder / "application.toml").write_bytes(application((ENDPOINT, sis.url)))
        keys = {"SIS_CONNECT_SIS_KEY": SIS_CLIENT_ID, "SIS_CONNECT_SIS_SECRET": SIS_CLIENT_SECRET}
        run = replace(new_town.run, environment={**new_town.run.environment, **keys})
        reach = ("--token-url", sis.token_url, "--allow-loopback", "--rate", "1000")
        scopes = [word for scope in SCOPES for word in ("--scope", scope)]
        assert run("conformance", sis.url, *reach, *scopes, "--to", "out", "--quiet").code is ExitCode.OK
        yield replace(new_town, run=run)


@pytest.mark.parametrize("words", [("list",), ("history",), ("status-page", "--to", "out")])
def test_commands_that_only_look_make_no_folder(run: CommandLine, words: tuple[str, ...]) -> None:
    ended = run("partners", *words)
    assert ended.code is ExitCode.OK, ended.err or ended.out
    assert [path.name for path in run.folder.iterdir() if path.name != "out"] == []


def test_a_vendors_whole_way_from_application_to_available(vendor: Town) -> None:
    """With its own service, tested and pulled from; each state is refused until its evidence is there."""
    run = vendor.run
    (run.folder / "sis-connect-program").mkdir()
    (run.folder / "sis-connect-program" / "program.toml").write_text("[pilot]\ndistricts = 2\nnights = 3\n")

    received = call(run, "apply", "application.toml", "--json").document(doc.ApplicationDocument)
    assert (received["is_ready"], received["lacking"], received["state"]) == (True, [], "received")
    document = call(run, "accept", "1", *BECAUSE, "--json").document(doc.ApplicationDocument)
    profile = tomllib.loads((run.folder / document["profile"]).read_text())
    assert (profile["id"], document["partner"], document["state"]) == ("acorn-sis", "acorn-sis", "accepted")
    assert well(run, "advance", "Acorn SIS", *BECAUSE)["status"] == "In Testing"

    refused = call(run, "advance", "Acorn SIS", *BECAUSE, "--json")
    assert refused.code is ExitCode.WAITING
    missing = refused.document(doc.PartnerDocument)["missing"]
    assert [one["need"] for one in missing] == ["conformance", "roster-round-trip", "grade-round-trip"]
    [report] = (run.folder / "out").glob("*.json")
    well(run, "evidence", "Acorn SIS", "--conformance", report)
    assert run("sync", "--quiet").code is ExitCode.OK
    well(run, "evidence", "Acorn SIS", "--roster", "latest")
    well(run, "evidence", "Acorn SIS", "--grades", "12", *BECAUSE)
    assert well(run, "advance", "Acorn SIS", *BECAUSE)["status"] == "In Pilot"

    today = datetime.now(UTC).date()
    for district in ("Riverbend", "Hillside"):
        well(run, "pilot", "add", "Acorn SIS", district, "--helper", "Bo Lane", "--since", f"{today - timedelta(9)}")
        for age in (3, 2):
            night = ("--on", str(today - timedelta(age)), "--outcome", "well")
            well(run, "pilot", "night", "Acorn SIS", district, *night)
    assert call(run, "advance", "Acorn SIS", *BECAUSE).code is ExitCode.WAITING
    well(run, "pilot", "night", "Acorn SIS", "Riverbend", "--run", "latest")
    twice = call(run, "pilot", "night", "Acorn SIS", "Hillside", "--run", "latest")
    assert (twice.code, "another district" in twice.err) == (ExitCode.CONFIGURATION, True)
    assert run("sync", "--quiet").code is ExitCode.OK
    well(run, "pilot", "night", "Acorn SIS", "Hillside", "--run", "latest")
    ended = call(run, "advance", "Acorn SIS", "--note", "For every district.", *BECAUSE, "--json")
    assert ended.document(doc.PartnerDocument)["status"] == "Available"

    well(run, "status-page", "--to", "public")
    page = json.loads((run.folder / "public" / "partners.json").read_text())
    acorn = next(one for one in page["partners"] if one["id"] == "acorn-sis")
    assert (acorn["status"], acorn["note"]) == ("Available", "For every district.")
    history = call(run, "history", "Acorn SIS", "--json").document(doc.HistoryDocument)
    told = [one["what"] for one in history["entries"]]
    assert sum("went from" in what for what in told) == 3
    assert {one["by"] for one in history["entries"]} == {"Ada Quill"}


def test_unfinished_application_is_kept_with_what_is_missing_named(program: CommandLine) -> None:
    (program.folder / "application.toml").write_bytes(application(('registration = "AC-1"', "")))
    ended = call(program, "apply", "application.toml")
    assert ended.code is ExitCode.OK
    assert "Under which registration" in ended.out
    assert "certification.registration" in ended.out
    refused = call(program, "accept", "1", *BECAUSE)
    assert (refused.code, "not ready" in refused.err) == (ExitCode.CONFIGURATION, True)
    listed = call(program, "review", "--json").document(doc.ApplicationsDocument)
    assert [one["state"] for one in listed["applications"]] == ["received"]


def test_quiet_says_of_an_application_only_what_stands_in_its_way(program: CommandLine) -> None:
    (program.folder / "short.toml").write_bytes(application(('registration = "AC-1"', "")))
    said = [call(program, "apply", file, "--quiet").out for file in ("application.toml", "short.toml")]
    assert len(said[0].splitlines()) == 1
    assert "1EdTech" in said[1]
    assert "nobody has answered" not in said[1]


def test_declined_application_says_why_in_the_history(program: CommandLine) -> None:
    well(program, "apply", "application.toml")
    assert call(program, "decline", "1").code is ExitCode.CONFIGURATION
    assert well(program, "decline", "1", "--because", "1.2 only")["state"] == "declined"
    assert "1.2 only" in call(program, "history").out


def test_empty_application_goes_through_a_pipe_and_back(program: CommandLine) -> None:
    text = call(program, "apply", "--template").out
    (program.folder / "form.toml").write_text(text.replace('display_name = ""', 'display_name = "Birch"'))
    document = call(program, "apply", "form.toml", "--json").document(doc.ApplicationDocument)
    assert (document["is_ready"], document["product"]) == (False, "birch")
    assert call(program, "apply", "--template", "--json").document(doc.TemplateDocument)["text"] == text


def test_exception_is_signed_with_name_and_reason(program: CommandLine) -> None:
    accepted(program)
    well(program, "advance", "acorn-sis", *BECAUSE)
    exceptions = [word for need in ("conformance", "roster-round-trip") for word in ("--except", need)]
    assert call(program, "advance", "acorn-sis", *exceptions).code is ExitCode.USAGE
    assert call(program, "advance", "acorn-sis", *exceptions, *BECAUSE).code is ExitCode.WAITING
    well(program, "advance", "acorn-sis", *exceptions, "--except", "grade-round-trip", *BECAUSE)
    last = call(program, "history", "acorn-sis", "--json").document(doc.HistoryDocument)["entries"][-1]
    assert "with an exception for conformance, roster-round-trip, grade-round-trip" in last["what"]
    assert (last["by"], last["because"]) == ("Ada Quill", "it was looked at")


def test_partner_goes_back_with_a_reason(program: CommandLine) -> None:
    assert call(program, "move-back", "Skyward", "--to", "In Testing").code is ExitCode.USAGE
    document = well(program, "move-back", "Skyward Qmlativ", "--to", "in testing", "--because", "paging broke")
    assert (document["id"], document["status"]) == ("skyward", "In Testing")
    listed = call(program, "list", "--state", "In Testing", "--json").document(doc.PartnersDocument)
    assert [one["name"] for one in listed["partners"]] == ["FACTS SIS", "Skyward"]


@pytest.mark.parametrize(
    "spoiled", ["failed", "only some checks", "another key", "changed", "another service", "future"]
)
def test_report_that_shows_nothing_is_no_evidence(program: CommandLine, spoiled: str) -> None:
    accepted(program)
    at = datetime.now(UTC)
    content = {
        "failed": conformance_report(failed=[FAILING], at=at),
        "only some checks": conformance_report(left_out=[FAILING], at=at),
        "another key": conformance_report(key=b"o" * 32, at=at),
        "changed": conformance_report(failed=[FAILING], at=at).replace(b'"failed"', b'"passed"'),
        "another service": conformance_report(url="https://other.example/v1p1", at=at),
        "future": conformance_report(at=at + timedelta(days=1)),
    }[spoiled]
    (program.folder / "report.json").write_bytes(content)
    ended = call(program, "evidence", "acorn-sis", "--conformance", "report.json", "--key", "key")
    well(program, "advance", "acorn-sis", *BECAUSE)
    missing = call(program, "advance", "acorn-sis", *BECAUSE, "--json").document(doc.PartnerDocument)["missing"]
    assert "conformance" in [one["need"] for one in missing]
    assert ended.code is ExitCode.CONFIGURATION


def test_pilot_keeps_what_was_tested_and_what_went_wrong(program: CommandLine) -> None:
    pilot = ("Follett Aspen", "Riverbend")
    well(program, "pilot", "add", *pilot, "--helper", "Bo Lane")
    well(program, "pilot", "note", *pilot, "--tested", "a drop after a second sync")
    well(program, "pilot", "note", *pilot, "--problem", "two terms overlap")
    [line] = call(program, "show", "Aspen", "--json").document(doc.PartnerDocument)["pilots"]
    assert (line["helper"], line["tested"]) == ("Bo Lane", ["a drop after a second sync"])
    assert [one["what"] for one in line["problems"]] == ["two terms overlap"]
    assert "two terms overlap" in call(program, "show", "Aspen").out
    well(program, "pilot", "note", *pilot, "--solved", "1")
    well(program, "pilot", "note", *pilot, "--leaves")
    assert call(program, "show", "Aspen", "--json").document(doc.PartnerDocument)["pilots"] == []
    assert call(program, "pilot", "note", *pilot, "--tested", "more").code is ExitCode.CONFIGURATION


def test_night_is_told_by_its_run(town: Town) -> None:
    """A night on which changes wait is no night that went well."""
    pilot = ("Follett Aspen", "Riverbend")
    town.run("sync", town.cut_short(), "--quiet")
    well(town.run, "pilot", "add", *pilot, "--helper", "Bo Lane", "--since", "2020-01-01")
    document = call(town.run, "pilot", "night", *pilot, "--run", "latest", "--json").document(doc.PartnerDocument)
    [line] = document["pilots"]
    assert (line["last_outcome"], line["nights"], line["nights_well"]) == ("waiting", 1, 0)


def unpacked(path: Path) -> str:
    """Everything that a bundle says."""
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def people_of(town: Town) -> Iterator[str]:
    """Ids, names and addresses of people in the district's package."""
    lines = (town.package / "users.csv").read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    places = [header.index(name) for name in ("sourcedId", "username", "givenName", "familyName", "email")]
    for line in lines[1:]:
        cells = line.split(",")
        yield from (cells[place].strip('"') for place in places)


def test_run_that_shows_a_fault_goes_to_the_vendor_as_a_bundle(town: Town) -> None:
    """What failed is in it, with codes, times and zone; what is personal or secret is not."""
    town.run("sync", town.cut_short(), "--quiet")
    prepare(town.folder)
    (town.folder / "report.json").write_bytes(conformance_report(failed=[FAILING]))
    (town.data / "rules.toml").write_text('[scope]\ntime_zone = "America/New_York"\n', encoding="utf-8")
    ended = town.run(
        *("escalate", "latest", "--partner", "Skyward", "--by", "Ada Quill", "--json"),
        *("--what", "half of the enrollments are missing; secret is invented-secret", "--tried", "bo@acorn.example"),
        *("--conformance", "report.json", "--to", "out"),
        SIS_CONNECT_SIS_SECRET="invented-secret",
    )
    assert ended.code is ExitCode.OK, ended.err
    document = ended.document(doc.EscalationDocument)
    text = unpacked(town.folder / document["bundle"])
    for word in ("half of the enrollments", "guard.district", "America/New_York", "skyward-qmlativ", FAILING, "/users"):
        assert word in text
    assert document["escalation"]["run"] in text
    assert "invented-secret" not in text
    assert "bo@acorn.example" not in text
    told = set(text.replace('"', " ").split())
    assert {one for one in people_of(town) if one and not one.isdigit()} & told <= {"students", "Ada", "Bo"}


def test_escalation_goes_through_its_states_and_waits_with_the_vendor(program: CommandLine) -> None:
    accepted(program)
    opened = call(program, "escalate", "acorn-sis", "--what", "tokens are refused", "--json")
    assert opened.document(doc.EscalationDocument)["escalation"]["state"] == "open"
    document = call(program, "send", "1", "--json").document(doc.EscalationDocument)["escalation"]
    assert (document["level"], document["role"], document["is_overdue"]) == (1, "Support desk", False)
    assert "Support desk" in call(program, "escalations").out
    contacts = call(program, "show", "acorn-sis", "--json").document(doc.PartnerDocument)["contacts"]
    assert [(one["level"], one["email"] or one["phone"], one["hours"]) for one in contacts] == [
        ("technical", "bo@acorn.example", 0),
        ("1", "help@acorn.example", 24),
        ("2", "555-0100", 48),
    ]
    assert "help@acorn.example" in call(program, "show", "acorn-sis").out
    assert call(program, "send", "1").code is ExitCode.CONFIGURATION
    well(program, "answer", "1", "we look into it")
    assert well(program, "send", "1", "--level", "2")["escalation"]["level"] == 2  # type: ignore[index]  # a document
    well(program, "solve", "1", "release 9.1")
    assert call(program, "escalations", "--json").document(doc.EscalationsDocument)["escalations"] == []
    assert "release 9.1" in call(program, "escalations", "--all").out


def test_published_digest_tells_later_whether_the_log_was_cut(program: CommandLine) -> None:
    accepted(program)
    well(program, "status-page", "--to", "public")
    page = json.loads((program.folder / "public" / "partners.json").read_text())
    assert page.keys() == set(StatusPage.__struct_fields__)
    well(program, "advance", "acorn-sis", *BECAUSE)
    since = call(program, "history", "--since-digest", page["log_digest"][:12], "--json").document(doc.HistoryDocument)
    assert [one["what"] for one in since["entries"]] == ["went from In Contact to In Testing"]
    lost = call(program, "history", "--since-digest", "0" * 64)
    assert (lost.code, "changed since" in lost.err) == (ExitCode.STORE, True)


def test_whoever_writes_says_who_they_are(program: CommandLine) -> None:
    for words in (("apply", "application.toml"), ("accept", "1"), ("advance", "Skyward"), ("solve", "1", "x")):
        ended = program("partners", *words)
        assert (ended.code, "--by" in ended.err) == (ExitCode.USAGE, True)


def test_unknown_partner_is_answered_with_near_names(program: CommandLine) -> None:
    ended = call(program, "show", "Infinite Campos", "--json")
    assert ended.code is ExitCode.CONFIGURATION
    assert "Infinite Campus" in ended.document(ErrorDocument)["error"]["fix"]
    assert "not in the program" in call(program, "show", "PowerSchool SIS").err


def test_what_is_shown_holds_no_command_for_the_terminal(program: CommandLine) -> None:
    accepted(program)
    call(program, "escalate", "acorn-sis", "--what", "red \x1b[31m alert")
    assert "\x1b" not in call(program, "escalations").out
    assert "\x1b" not in call(program, "history").out


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Each command of the group by its words."""
    for name, command in partners.commands.items():
        yield f"partners {name}", command
        if isinstance(command, click.Group):
            for inner in command.commands.values():
                yield f"partners {name} {inner.name}", inner


@pytest.mark.parametrize("words", dict(every_command()))
def test_help_teaches_with_an_example(words: str) -> None:
    command = dict(every_command())[words]
    help_ = command.help or ""
    assert f"sis-connect {words}" in help_[help_.index("Example:") :]
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_words_that_help_names_for_quickness_are_those_of_the_program() -> None:
    assert list(STATES) == [status.value for status in Status]
    assert list(NEEDS) == [need.value for need in Need]
    assert list(OUTCOMES) == [outcome.value for outcome in NightOutcome]
    assert app.get_command(click.Context(app), "partners") is partners
    assert ENDPOINT
