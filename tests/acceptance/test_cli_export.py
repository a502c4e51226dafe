"""`sis-connect export`: what can be used of a roster, as a strict package."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from command_line import SAMPLES
from sis_connect.cli.documents import CheckDocument, ExportDocument, ReportDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.sandbox.district import write_district

if TYPE_CHECKING:
    from pathlib import Path

    from command_line import CommandLine, Town


def test_export_is_strict_and_says_what_it_left_out(run: CommandLine, tmp_path: Path) -> None:
    package = write_district(tmp_path / "district", students=60, blemishes=True).folder
    ended = run.process("export", package, "mended.zip", "--json")
    assert ended.code is ExitCode.OK
    document = ended.document(ExportDocument)
    assert document["quarantined"] == {"enrollments": 1}
    checked = run("check", "mended.zip", "--strict", "--json").document(CheckDocument)
    assert (checked["errors"], checked["received"]) == (0, document["written"])


def test_damaged_sample_comes_out_whole(run: CommandLine) -> None:
    assert run("export", SAMPLES / "edfi-oneroster-1.1", "mended", "--quiet").code is ExitCode.OK
    assert run("check", "mended", "--strict").code is ExitCode.OK


def test_export_of_the_current_roster_changes_nothing_when_synced(town: Town) -> None:
    assert town.run("export", "--current", "now.zip").code is ExitCode.OK
    document = town.run("sync", "now.zip", "--json").document(ReportDocument)
    assert document["changes"] == []
    with zipfile.ZipFile(town.folder / "now.zip") as archive:
        assert "manifest.csv" in archive.namelist()


def test_export_is_for_its_owner_only_and_replaces_a_package_on_request(town: Town) -> None:
    for to in ("now.zip", "now"):
        assert town.run("export", town.package, to).code is ExitCode.OK
        refused = town.run("export", town.package, to)
        assert (refused.code, "--force" in refused.err) == (ExitCode.CONFIGURATION, True)
        assert town.run("export", town.package, to, "--force").code is ExitCode.OK
        written = town.folder / to
        assert [path for path in (written, *written.glob("*")) if path.stat().st_mode & 0o077] == []


def test_folder_that_is_no_package_is_never_replaced(town: Town) -> None:
    notes = town.folder / "notes"
    notes.mkdir()
    (notes / "diary.txt").write_text("Monday", encoding="utf-8")
    assert town.run("export", town.package, notes, "--force").code is ExitCode.CONFIGURATION
    assert (notes / "diary.txt").read_text(encoding="utf-8") == "Monday"


def test_folder_with_something_in_it_is_not_overwritten(town: Town) -> None:
    ended = town.run("export", town.package, town.package)
    assert ended.code is ExitCode.CONFIGURATION
    assert "not empty" in ended.err


def test_export_wants_a_package_or_the_current_roster(run: CommandLine) -> None:
    assert run("export", "to.zip").code is ExitCode.USAGE
    assert run("export", "from.zip", "to.zip", "--current").code is ExitCode.USAGE
    assert run("export", "--current", "to.zip").code is ExitCode.STORE
