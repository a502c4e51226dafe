"""`sis-connect report`: earlier runs, what was refused, and what others made in the LMS."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from sis_connect.cli.documents import ForeignDocument, ReportDocument, RunsDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.failure import ErrorDocument
from sis_connect.frames import fetch_scalar, open_frames
from sis_connect.sandbox.schoology import Fault, FaultPlan, FaultRule

if TYPE_CHECKING:
    from pathlib import Path

    from command_line import CommandLine, Town


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def a_section_of(town: Town) -> int:
    """The Schoology id of a class that SIS Connect made."""
    [state] = (town.data / "existing").iterdir()
    with open_frames() as frames:
        query = f"SELECT min(lms_id) FROM read_parquet('{state / 'classes.parquet'}')"
        return int(str(fetch_scalar(frames, query)))


def test_latest_run_is_shown_without_asking_the_lms(town: Town) -> None:
    ended = town.run.process("report", SIS_CONNECT_SCHOOLOGY_KEY="")
    assert (ended.code, ended.err) == (ExitCode.OK, "")
    assert "What became of every record" in ended.out
    assert town.sandbox.statistics().requests == 0


def test_runs_are_listed_newest_first_and_found_by_the_beginning_of_their_name(town: Town) -> None:
    town.run("sync", town.cut_short(), "--quiet")
    newest, first = town.run("report", "--list", "--json").document(RunsDocument)["runs"]
    assert (newest["applied"], first["held"]) == (0, 0)
    assert newest["held"] > 0
    shown = town.run("report", first["run"][:-2], "--json").document(ReportDocument)
    assert shown["run"] == first["run"]
    assert first["run"] in town.run("report", "--list").out


def test_what_waits_is_shown_again_with_the_commands_that_help(town: Town) -> None:
    town.run("sync", town.cut_short(), "--quiet")
    document = town.run("report", "--json").document(ReportDocument)
    assert [group["cause"] for group in document["held"]] == ["guard.district"]
    assert "--cause guard.district" in document["next"][0]


def test_every_refused_change_is_named_on_request(new_town: Town) -> None:
    rule = FaultRule(Fault.ITEM_FAILURES, method="POST", path="users", items=tuple(range(8)), count=1)
    new_town.sandbox.set_faults(FaultPlan((rule,)))
    refused = new_town.run("sync", new_town.package, "--json").document(ReportDocument)["refused"]
    people = [one["name"] for one in refused if one["kind"] == "users"]
    out = new_town.run("report", "--refused", "--csv", "refused.csv").out
    assert len(people) == 8
    assert all(name in out for name in people)
    assert all(one["name"] != one["key"] for one in refused)
    assert [row["key"] for row in read_csv(new_town.folder / "refused.csv")] == [one["key"] for one in refused]


def test_what_others_made_is_listed_and_untouched(town: Town) -> None:
    """A hand-made course with a section, a guest in one of our classes, and an account."""
    seed = town.sandbox.seed()
    with seed.together():
        course = seed.course("Chess =club", "CHESS")
        term = seed.grading_period("Chess year", "2026-09-01", "2099-06-30")
        section = seed.section(course, "Tuesdays", grading_periods=[term])
        guest = seed.user("guest-1", "Gus", "Guest")
        seed.member(section, guest)
        seed.member(a_section_of(town), guest)
    before = town.sandbox.contents()
    document = town.run("report", "--foreign", "--json", "--csv", "foreign.csv").document(ForeignDocument)
    made = {(one["kind"], one["title"]) for one in document["things"]}
    assert {("courses", "Chess =club"), ("classes", "Tuesdays"), ("users", "Gus Guest")} <= made
    [member] = [one for one in document["things"] if one["kind"] == "enrollments"]
    assert (member["key"], member["title"]) == ("guest-1", "Gus Guest")
    assert member["within"]
    assert len(read_csv(town.folder / "foreign.csv")) == len(document["things"])
    assert "1 member in our classes" in town.run("report", "--foreign").out
    assert town.sandbox.contents() == before


def test_report_before_the_first_run_says_so(run: CommandLine) -> None:
    (run.folder / "sis-connect-data").mkdir()
    ended = run("report", "--json")
    assert ended.code is ExitCode.STORE
    assert ended.document(ErrorDocument)["error"]["what"] == "Nothing was run yet."
    assert run("report", "--list").code is ExitCode.OK


@pytest.mark.parametrize(
    "words",
    [("report",), ("report", "--list"), ("plan",), ("apply",), ("approve", "--all", "--by", "A", "--because", "so")],
)
def test_mistyped_data_folder_is_told_and_not_made(run: CommandLine, words: tuple[str, ...]) -> None:
    ended = run(*words, "--data", "our-distirct")
    assert ended.code is ExitCode.STORE
    assert "There is no data folder at our-distirct." in ended.err
    assert list(run.folder.iterdir()) == []


@pytest.mark.parametrize("words", [("--list", "--foreign"), ("latest", "--list"), ("--refused", "--foreign")])
def test_lists_exclude_one_another(run: CommandLine, words: tuple[str, ...]) -> None:
    assert run("report", *words).code is ExitCode.USAGE
