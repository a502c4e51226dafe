"""`sis-connect escalate` where the SIS itself is asked: what its vendor gets, and what the district sees."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from sis_connect.cli import program_documents as doc
from sis_connect.cli.exits import ExitCode
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SisSettings, load_package
from sis_connect.sandbox.sis import start as start_sis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from command_line import CommandLine, Town

WRONG = "invented wrong/secret"
BY = ("--by", "Ada Quill")


@pytest.fixture
def asked(new_town: Town) -> Iterator[CommandLine]:
    """The command line beside a SIS, and rules that name it with a secret that it does not take."""
    load_package(new_town.package, new_town.folder / "sis.sqlite")
    with start_sis(SisSettings(), new_town.folder / "sis.sqlite") as sis:
        there = f'url = "{sis.url}"\ntoken_url = "{sis.token_url}"\nallow_loopback = true\nrate = 1000.0\n'
        rules = f'[scope]\ntime_zone = "America/New_York"\n[sis]\n{there}'
        (new_town.folder / "district.toml").write_text(rules, encoding="utf-8")
        yield new_town.run


def escalated(run: CommandLine, *words: str) -> Path:
    """The bundle of an escalation about the SIS of the rules."""
    ended = run(
        *("escalate", "--partner", "Skyward", "--rules", "district.toml", "--to", "out", "--json", *BY, *words),
        SIS_CONNECT_SIS_KEY=SIS_CLIENT_ID,
        SIS_CONNECT_SIS_SECRET=WRONG,
    )
    assert ended.code is ExitCode.OK, ended.err
    return run.folder / str(ended.document(doc.EscalationDocument)["bundle"])


def unpacked(path: Path) -> str:
    """Everything that a bundle says."""
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def test_sis_that_cannot_be_read_is_asked_and_its_answers_are_in_the_bundle(asked: CommandLine) -> None:
    """No run shows it: the pull failed before there was one."""
    text = unpacked(escalated(asked, "--what", "no night went well", "--district", "Riverbend", "--doctor"))
    for word in (
        "District: Riverbend",
        "/ims/oneroster/v1p1",
        "times in America/New_York",
        "FAILS  token",
        "sign_in.client_refused",
        "1 requests with their replies",
    ):
        assert word in text
    assert WRONG not in text


def test_without_an_answer_of_the_sis_the_person_is_told_how_to_get_one(asked: CommandLine) -> None:
    ended = asked("escalate", "--partner", "Skyward", "--what", "no night went well", *BY)
    assert "--doctor" in ended.out + ended.err


def test_rules_are_taken_from_the_environment_as_everywhere(asked: CommandLine) -> None:
    reach = {
        "SIS_CONNECT_RULES": "district.toml",
        "SIS_CONNECT_SIS_KEY": SIS_CLIENT_ID,
        "SIS_CONNECT_SIS_SECRET": WRONG,
    }
    ended = asked(
        "escalate", "--partner", "Skyward", "--what", "no night went well", "--doctor", "--json", *BY, **reach
    )
    bundle = asked.folder / str(ended.document(doc.EscalationDocument)["bundle"])
    assert "sign_in.client_refused" in unpacked(bundle)


def test_district_is_found_however_its_name_is_written(asked: CommandLine) -> None:
    escalated(asked, "--what", "half are gone", "--district", "Riverbend USD")
    listed = asked("partners", "escalations", "--district", "riverbend usd", "--json").document(doc.EscalationsDocument)
    assert [one["district"] for one in listed["escalations"]] == ["Riverbend USD"]


def test_rules_without_a_sis_cannot_be_asked(asked: CommandLine) -> None:
    ended = asked("escalate", "--partner", "Skyward", "--what", "no night went well", "--doctor", *BY)
    assert (ended.code, "--doctor" in ended.err) == (ExitCode.CONFIGURATION, True)


def test_secret_that_somebody_typed_gets_neither_into_the_log_nor_into_the_bundle(asked: CommandLine) -> None:
    bundle = escalated(asked, "--what", f"refused: {WRONG}", "--tried", f"client_secret={WRONG}")
    history = asked("partners", "history").out + asked("partners", "escalations").out
    log = (asked.folder / "sis-connect-program" / "program.sqlite").read_bytes()
    assert "refused: …" in history
    assert WRONG.encode() not in log
    assert WRONG not in unpacked(bundle)


def test_district_sees_where_its_escalations_stand_and_no_other(asked: CommandLine) -> None:
    escalated(asked, "--what", "half are gone", "--district", "Riverbend")
    escalated(asked, "--what", "tokens are refused", "--district", "Hillside")
    asked("partners", "send", "1", *BY)
    listed = asked("partners", "escalations", "--district", "Riverbend", "--json").document(doc.EscalationsDocument)
    [line] = listed["escalations"]
    assert (line["what"], line["district"], line["state"]) == ("half are gone", "Riverbend", "with vendor")
    assert line["due_at"] is not None
    assert "answer due" in asked("partners", "escalations", "--district", "Riverbend").out


def test_bundle_is_written_whole_or_the_escalation_is_not_opened(asked: CommandLine) -> None:
    (asked.folder / "taken").write_text("a file where a folder should be", encoding="utf-8")
    ended = asked("escalate", "--partner", "Skyward", "--what", "half are gone", "--to", "taken/inner", *BY)
    assert ended.code is ExitCode.CONFIGURATION
    assert asked("partners", "escalations", "--json").document(doc.EscalationsDocument)["escalations"] == []
