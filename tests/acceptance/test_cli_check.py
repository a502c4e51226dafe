"""`sis-connect check`: what is wrong with a package, who can fix it and how."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest

from command_line import SAMPLES, CommandLine, Ended
from sis_connect.cli.documents import CheckDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.failure import ErrorDocument
from sis_connect.sandbox.district import write_district

if TYPE_CHECKING:
    from pathlib import Path

    from command_line import Template


@pytest.fixture(scope="module")
def blemished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with one each of the usual faults."""
    return write_district(tmp_path_factory.mktemp("blemished") / "district", students=60, blemishes=True).folder


@pytest.fixture(scope="module")
def checked(blemished: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Ended, list[dict[str, str]]]:
    """The same check for a person, for a machine and for a spreadsheet."""
    run = CommandLine(tmp_path_factory.mktemp("checked"))
    text, document = run.process("check", blemished), run("check", blemished, "--json", "--csv", "findings.csv")
    with (run.folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        return text, document, list(csv.DictReader(file))


def test_clean_package_ends_with_ok(run: CommandLine, template: Template) -> None:
    ended = run("check", template.package)
    assert (ended.code, ended.err) == (ExitCode.OK, "")
    assert "0 errors" in ended.out


def test_quarantined_records_end_with_their_own_code(checked: tuple[Ended, ...]) -> None:
    assert [ended.code for ended in checked[:2]] == [ExitCode.QUARANTINED] * 2


def test_findings_stand_under_those_who_can_fix_them_the_worst_first(checked: tuple[Ended, ...]) -> None:
    out = checked[0].out
    district, vendor = out.index("For the district, in the SIS"), out.index("For the SIS vendor, in the export")
    assert district < out.index("roster.class_without_teacher") < vendor < out.index("reference.unknown_user")
    assert out.index("reference.unknown_user") < out.index("value.date_repaired")


def test_a_finding_shows_its_first_places_with_the_shape_of_the_value_and_the_fix(checked: tuple[Ended, ...]) -> None:
    lines = [line.strip() for line in checked[0].out.splitlines()]
    place = next(line for line in lines if "beginDate “99/99/9999”" in line)
    assert place.startswith("enrollments.csv:")
    assert "→ Write dates as YYYY-MM-DD." in lines


def test_limit_says_how_many_places_are_shown(run: CommandLine) -> None:
    sample = SAMPLES / "edfi-oneroster-1.1"
    few, none = (run("check", sample, "--limit", limit).out for limit in ("2", "0"))
    # Two rules are broken in that file.
    assert [few.count("users.csv:"), none.count("users.csv:")] == [2 * 2, 0]
    assert "and 8 more" in few


def test_strict_takes_repairs_as_errors(run: CommandLine, blemished: Path, checked: tuple[Ended, ...]) -> None:
    lenient = checked[1].document(CheckDocument)
    strict = run("check", blemished, "--json", "--strict").document(CheckDocument)
    assert strict["errors"] > lenient["errors"]
    assert (lenient["mode"], strict["mode"]) == ("lenient", "strict")


def test_document_counts_what_it_lists(checked: tuple[Ended, ...]) -> None:
    document = checked[1].document(CheckDocument)
    by_severity = {"error": 0, "warning": 0, "note": 0}
    for finding in document["findings"]:
        by_severity[finding["severity"]] += finding["occurrences"]
    assert list(by_severity.values()) == [document["errors"], document["warnings"], document["notes"]]
    assert document["exit_code"] == ExitCode.QUARANTINED
    assert document["received"]["users"] > 60


def test_check_makes_no_data_folder(run: CommandLine, template: Template) -> None:
    assert run("check", template.package, "--data", "elsewhere").code is ExitCode.OK
    assert list(run.folder.iterdir()) == []


def test_csv_holds_every_single_finding(checked: tuple[Ended, Ended, list[dict[str, str]]]) -> None:
    _, document, rows = checked
    listed = document.document(CheckDocument)["findings"]
    assert sum(int(row["occurrences"]) for row in rows) == sum(one["occurrences"] for one in listed)


def test_csv_runs_no_formula(run: CommandLine, template: Template, tmp_path: Path) -> None:
    """An id that begins like a formula is shown as text."""
    package = shutil.copytree(template.package, tmp_path / "package")
    file = package / "enrollments.csv"
    header, first, *rest = file.read_text(encoding="utf-8").splitlines()
    columns = header.split(",")
    values = first.split(",")
    values[columns.index("sourcedId")] = "=cmd()"
    values[columns.index("userSourcedId")] = "nobody"
    file.write_text("\n".join([header, ",".join(values), *rest]) + "\n", encoding="utf-8")
    run("check", package, "--csv", "findings.csv", "--quiet")
    with (tmp_path / "findings.csv").open(encoding="utf-8", newline="") as written:
        ids = {row["sourced_id"] for row in csv.DictReader(written)}
    assert "'=cmd()" in ids
    assert not [value for value in ids if value.startswith("=")]


def test_csv_that_cannot_be_written_is_told(run: CommandLine, template: Template) -> None:
    ended = run("check", template.package, "--csv", "no/such/folder.csv")
    assert ended.code is ExitCode.CONFIGURATION
    assert "Name another file" in ended.err


def test_refused_package_is_refused_by_name(run: CommandLine) -> None:
    ended = run("check", SAMPLES / "edfi-oneroster-1.0")
    assert (ended.code, ended.out) == (ExitCode.PACKAGE_REFUSED, "")
    assert "This is a OneRoster 1.0 package" in ended.err


def test_refusal_for_a_machine_carries_its_code(run: CommandLine) -> None:
    ended = run("check", "nowhere.zip", "--json")
    assert (ended.code, ended.err) == (ExitCode.PACKAGE_REFUSED, "")
    assert ended.document(ErrorDocument)["error"]["code"] == "package.not_found"
