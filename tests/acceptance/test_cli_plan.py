"""`sis-connect plan`: what a package would do, by name, and nothing done."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from sis_connect.cli.documents import PlanDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.sandbox.district import ChangeKind, change_one, school_year_of, write_district

if TYPE_CHECKING:
    from pathlib import Path

    from command_line import CommandLine, Template, Town

HOSTILE = "\x1b[31mMal\u202ecolm\x07[bold]Red[/bold]"


def test_plan_names_people_and_classes_and_writes_nothing(town: Town) -> None:
    told = change_one(town.package, ChangeKind.STUDENT_LEFT, seed=5)
    name = told.split(" left ")[0]
    ended = town.run.process("plan", town.package)
    assert ended.code is ExitCode.OK
    assert f"remove  {name}, Student at " in ended.out
    assert f"remove  {name}, student in " in ended.out
    assert town.sandbox.statistics().write_calls == 0


def test_update_shows_what_was_and_what_will_be(town: Town) -> None:
    told = change_one(town.package, ChangeKind.STUDENT_RENAMED, seed=5)
    before, after = (part.strip(".").split(" ", 1)[1] for part in told.split(" is now called "))
    [changed] = town.run("plan", town.package, "--json").document(PlanDocument)["listed"]
    assert changed["differences"] == [{"column": "family_name", "before": before, "after": after}]


def test_plan_of_an_unchanged_package_says_that_nothing_is_to_be_done(town: Town) -> None:
    ended = town.run("plan", town.package)
    assert ended.code is ExitCode.OK
    assert "Nothing to do" in ended.out
    assert "Next" not in ended.out


def test_plan_and_report_name_the_rules_that_changed(town: Town) -> None:
    rules = town.data / "rules.toml"
    rules.write_text(f'{rules.read_text(encoding="utf-8")}\n[classes]\ntitle = "{{course_title}}"\n', encoding="utf-8")
    told = "The rules changed since the last applied plan: classes.title."
    assert told in town.run("plan", town.package).out
    assert told in town.run("sync", town.package).out
    assert town.run("report", "--json").document()["changed_settings"] == ["classes.title"]


def test_package_of_another_district_is_refused_until_it_is_confirmed(town: Town) -> None:
    other = town.folder / "other"
    write_district(other, students=40, seed=9, school_year=school_year_of(datetime.now(UTC).date()))
    for command in ("plan", "sync"):
        ended = town.run(command, other, "--json")
        assert ended.code is ExitCode.STORE
        error = ended.document()["error"]
        assert "have no org in common" in error["what"]
        assert "--another-district" in error["fix"]
    assert town.sandbox.statistics().write_calls == 0

    told = "The roster is another district's, which was confirmed with --another-district"
    planned = town.run("plan", other, "--another-district")
    assert planned.code is ExitCode.OK
    assert told in " ".join(planned.out.split())
    assert town.run("sync", other, "--another-district").code is ExitCode.WAITING, "the guard holds what is too much"
    report = town.run("report", "--json").document()
    assert report["origin_change"]["what"] == "district"
    assert {"guard.creations", "guard.district"} <= {group["cause"] for group in report["held"]}


def test_offline_plan_needs_neither_credentials_nor_the_lms(run: CommandLine, template: Template) -> None:
    document = run("plan", template.package, "--offline", "--json").document(PlanDocument)
    assert {one["action"] for one in document["counts"]} == {"create"}
    assert document["next"] == [f"sis-connect apply {document['plan'][:12]}"]


def test_without_a_package_the_latest_plan_is_shown_again(run: CommandLine, template: Template) -> None:
    made = run("plan", template.package, "--offline", "--json").document()
    again = run("plan", "--json", "--list", "classes", "--limit", "3").document(PlanDocument)
    assert again["plan"] == made["plan"]
    assert [one["kind"] for one in again["listed"]] == ["classes"] * 3


def test_school_narrows_the_list(run: CommandLine, template: Template) -> None:
    with (template.package / "orgs.csv").open(encoding="utf-8", newline="") as file:
        schools = [row["sourcedId"] for row in csv.DictReader(file) if row["type"] == "school"]
    words = ("plan", template.package, "--offline", "--json", "--school", schools[0], "--limit", "5000")
    listed = run(*words).document(PlanDocument)["listed"]
    assert {one["school"] for one in listed} == {schools[0]}


def test_held_changes_stand_first_with_their_cause_and_threshold(town: Town) -> None:
    ended = town.run("plan", town.cut_short())
    assert ended.code is ExitCode.OK
    text = " ".join(ended.out.replace("\\\n", "").split())
    assert "too many removals of this kind in the district. guard.district" in text
    assert "allowed is up to 10 %, or fewer than 5" in text
    assert "approve" in text
    assert "--cause guard.district --by NAME --because REASON" in text


def test_what_others_made_is_linked_and_said_so(new_town: Town) -> None:
    with (new_town.package / "users.csv").open(encoding="utf-8", newline="") as file:
        student = next(row for row in csv.DictReader(file) if row["role"] == "student")
    new_town.sandbox.seed().user(student["sourcedId"], "Made", "By-Hand")
    ended = new_town.run("plan", new_town.package)
    assert "1 user in Schoology already, made by others" in " ".join(ended.out.split())


def test_plan_says_what_the_data_says_and_why_records_are_out_of_scope(run: CommandLine, tmp_path: Path) -> None:
    package = write_district(tmp_path / "district", students=60, blemishes=True).folder
    out = run("plan", package, "--offline").out
    assert "What the data says" in out
    assert "A class has no teacher." in out
    assert re.search(r"Out of scope: \d+ \(", out)


def test_people_are_users(town: Town) -> None:
    change_one(town.package, ChangeKind.STUDENT_LEFT, seed=5)
    listed = town.run("plan", town.package, "--list", "people", "--json").document(PlanDocument)["listed"]
    assert {one["kind"] for one in listed} == {"users"}


@pytest.mark.parametrize("form", ["text", "json"])
def test_names_are_shown_and_never_obeyed(run: CommandLine, template: Template, tmp_path: Path, form: str) -> None:
    """Escape sequences, marks that turn the line around and markup come out as text."""
    package = tmp_path / "package"
    package.mkdir()
    for file in template.package.iterdir():
        (package / file.name).write_bytes(file.read_bytes())
    with (package / "users.csv").open(encoding="utf-8", newline="") as source:
        header, *rows = csv.reader(source)
    rows[-1][header.index("givenName")] = HOSTILE
    with (package / "users.csv").open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([header, *rows])
    words = ("plan", package, "--offline", "--list", "users", "--limit", "500")
    out = run(*words, *(["--json"] if form == "json" else [])).out
    assert "[bold]Red[/bold]" in out
    assert not [character for character in out if character < " " and character != "\n"]
    assert form == "json" or "\u202e" not in out
