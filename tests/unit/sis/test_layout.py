"""Where the files of a package lie."""

from __future__ import annotations

import pytest

from sis_connect.errors import PackageRefusedError
from sis_connect.sis.layout import find_layout


def codes(*entries: str) -> list[str]:
    return [finding.code for finding in find_layout(entries).findings]


def test_files_at_the_root_need_no_word() -> None:
    layout = find_layout(["users.csv", "manifest.csv"])
    assert layout.entries == {"users.csv": "users.csv", "manifest.csv": "manifest.csv"}
    assert layout.findings == ()


def test_one_enclosing_folder_is_tolerated_and_named() -> None:
    layout = find_layout(["export/users.csv", "export/manifest.csv"])
    assert layout.entries["users.csv"] == "export/users.csv"
    assert [finding.code for finding in layout.findings] == ["package.nested_folder"]


def test_what_operating_systems_leave_behind_is_passed_over() -> None:
    assert codes("users.csv", "__MACOSX/._users.csv", "._users.csv", ".DS_Store", "Thumbs.db") == []


def test_other_files_are_named_together() -> None:
    layout = find_layout(["users.csv", *(f"note{number}.txt" for number in range(7))])
    [finding] = layout.findings
    assert (finding.code, finding.occurrences) == ("package.unknown_file", 7)
    assert finding.detail == "note0.txt, note1.txt, note2.txt, note3.txt, note4.txt and 2 more"


def test_a_name_in_another_case_is_read_and_named() -> None:
    layout = find_layout(["Users.CSV", "lineitems.csv"])
    assert layout.entries == {"users.csv": "Users.CSV", "lineItems.csv": "lineitems.csv"}
    assert {(finding.code, finding.file) for finding in layout.findings} == {
        ("file.wrong_case_name", "users.csv"),
        ("file.wrong_case_name", "lineItems.csv"),
    }


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        (["users.csv", "Users.csv"], "package.duplicate_file"),
        (["a/users.csv", "b/users.csv"], "package.duplicate_file"),
        ([], "package.no_known_files"),
        (["a/b/users.csv"], "package.no_known_files"),
        (["inner.zip"], "package.no_known_files"),
        (["roster.xlsx"], "package.no_known_files"),
        (["School.csv", "Teacher.csv", "TeacherRoster.csv"], "package.microsoft_sds"),
    ],
)
def test_layouts_that_leave_a_doubt_are_refused(entries: list[str], code: str) -> None:
    with pytest.raises(PackageRefusedError) as refused:
        find_layout(entries)
    assert refused.value.code == code


def test_a_zip_in_a_zip_is_named_as_the_reason() -> None:
    with pytest.raises(PackageRefusedError, match="another zip"):
        find_layout(["inner.zip"])
