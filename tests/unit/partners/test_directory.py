"""Looking partners up, reading their files, and what is said when either fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from partner_files import IDS, profile, shipped, variant
from sis_connect.errors import ConfigurationError
from sis_connect.partners.connecting import build_connection
from sis_connect.partners.directory import SHIPPED, load, read_profile
from sis_connect.partners.fields import fields
from sis_connect.partners.profile import Status

if TYPE_CHECKING:
    from pathlib import Path


def refused(path: Path) -> ConfigurationError:
    """The error of a file."""
    with pytest.raises(ConfigurationError) as caught:
        read_profile(path)
    return caught.value


@pytest.mark.parametrize("id_", IDS)
def test_profile_is_found_by_its_id_and_by_its_names(id_: str) -> None:
    found = profile(id_)
    for name in (found.id, found.display_name, found.display_name.upper(), *found.other_names):
        assert shipped().get(name) is found


@pytest.mark.parametrize(("name", "id_"), [("Progressbook", "progressbook"), ("eSchool Data", "eschooldata")])
def test_profile_is_found_by_the_name_that_the_program_publishes(name: str, id_: str) -> None:
    assert shipped().get(name).id == id_


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("Infinit Campus", "Infinite Campus"),
        ("synergie", "Synergy"),
        ("Campus", "Infinite Campus"),
        ("Skyward", "Skyward Qmlativ and Skyward SMS 2.0"),
        ("eschool", "eSchoolData or eSchoolPlus"),
        ("Oak & Sons", "Another OneRoster 1.1 provider"),
        ("", "Another OneRoster 1.1 provider"),
    ],
)
def test_name_that_nobody_has_is_answered_with_the_nearest(name: str, suggestion: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        shipped().get(name)
    assert suggestion in caught.value.fix


def test_directory_without_profiles_suggests_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path).get("Aeries")
    assert caught.value.fix == ""


def test_adding_a_partner_is_one_data_file_and_no_code(tmp_path: Path) -> None:
    variant(
        tmp_path,
        "aeries",
        ('id = "aeries"', 'id = "acorn"'),
        ('display_name = "Aeries"', 'display_name = "Acorn SIS"'),
        ('vendor = "Aeries Software"', 'vendor = "Acorn Works"'),
        ('other_names = ["Aeries SIS"]', 'other_names = ["Acorn"]'),
        ('listed_as = "Aeries"', 'listed_as = "Acorn"'),
        ('status = "Available"', 'status = "In Testing"'),
        ("{district}.aeries.net/{subdirectory}", "{district}.acorn.example/{subdirectory}"),
        name="acorn",
    )
    directory = load(SHIPPED, tmp_path)
    acorn = directory.get("Acorn SIS")
    assert [one.id for one in directory.profiles].index("acorn") == 0
    first = directory.listings()[0]
    assert (first.listed_as, first.status) == ("Acorn", Status.IN_TESTING)
    assert [field.name for field in fields(acorn)] == ["api_url", "client_id", "client_secret"]
    entries = {"api_url": "https://oak.acorn.example/sis", "client_id": "key-1", "client_secret": "hush-hush"}
    connection = build_connection(acorn, entries)
    assert connection.token_url == "https://oak.acorn.example/sis/token"
    assert connection.quirks == profile("aeries").quirks.keys()


def test_files_that_are_no_profiles_are_left_alone(tmp_path: Path) -> None:
    variant(tmp_path, "aeries")
    (tmp_path / "README.md").write_text("about these files", encoding="utf-8")
    assert [one.id for one in load(tmp_path).profiles] == ["aeries"]


def test_file_bears_the_name_of_its_id(tmp_path: Path) -> None:
    error = refused(variant(tmp_path, "aeries", name="acorn"))
    assert error.what == "A profile stands in the file of its id, which would be aeries.toml."
    assert error.where == "acorn.toml"


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('max_page_size = "unknown"', 'max_page_size = "many"', "pulling.max_page_size", "'many' is none of the words"),
        ('max_page_size = "unknown"', "", "pulling", "The field max_page_size is missing"),
        ('max_page_size = "unknown"', 'max_page_sise = "unknown"', "pulling", "max_page_s"),
        ("value = 21600", "value = 0", "sign_in.oauth2.token_lifetime.value", "must be a whole number of at least 1"),
        ('sources = ["data-sync"]', "sources = []", "pulling.delta.sources", "must not be empty"),
        ('status = "Available"', 'status = "Soon"', "program.status", "'Soon'"),
        ('id = "aeries"', 'id = "Aeries SIS"', "id", "small letters"),
        ('vendor = "Aeries Software"', 'vendor = "unknown"', "vendor", "cannot be unknown"),
        ('note = ""', 'note = "unknown"', "program.note", "cannot be unknown"),
        ("revised = 2026-11-23", 'revised = "yesterday"', "revised", "must be a day, such as"),
        ('root = "https://{host}', 'root = "http://{host}', "addresses.shapes.value[2].root", "begin with https://"),
        ('grade = "A"', 'grade = "E"', "sources[...].grade", "'E'"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, place: str, words: str
) -> None:
    error = refused(variant(tmp_path, "aeries", (old, new)))
    assert error.where == f"aeries.toml, {place}"
    assert words in error.what
    assert error.fix == "docs/partner-profiles.md explains every field."


def test_file_that_is_not_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    error = refused(variant(tmp_path, "aeries", ("[program]", "[program")))
    assert "not TOML" in error.what
    assert "line" in error.what


def test_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "aeries.toml"
    path.write_bytes(b"id = \xff")
    assert "not UTF-8 text" in refused(path).what


def test_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "aeries.toml").what == "The profile cannot be read: No such file or directory."


def test_two_products_cannot_have_one_name(tmp_path: Path) -> None:
    acorn = (('id = "aeries"', 'id = "acorn"'), ('display_name = "Aeries"', 'display_name = "Acorn"'))
    variant(tmp_path, "aeries")
    variant(tmp_path, "aeries", *acorn, name="acorn")
    with pytest.raises(ConfigurationError, match="'Aeries SIS' is a name of acorn already"):
        load(tmp_path)


def test_products_of_one_partner_have_one_status(tmp_path: Path) -> None:
    variant(tmp_path, "skyward-sms")
    variant(tmp_path, "skyward-qmlativ", ('status = "Available"', 'status = "In Pilot"'))
    with pytest.raises(ConfigurationError, match=r"says something else of Skyward than in skyward-qmlativ\.toml"):
        load(tmp_path)
