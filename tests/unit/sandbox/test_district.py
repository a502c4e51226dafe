"""Seeded districts: whole, believable, repeatable, of any size."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packages import Package, contents, faults, read_package
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.sandbox.district import DistrictSize, school_year_of, write_district
from sis_connect.sandbox.district.names import folded

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("district")
    write_district(to, students=600, guardians=True)
    return to


@pytest.fixture(scope="module")
def package(folder: Path) -> Package:
    return read_package(folder)


def test_the_same_arguments_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_district(tmp_path, students=600, guardians=True)
    assert contents(tmp_path) == contents(folder)


def test_another_seed_gives_another_district(package: Package, tmp_path: Path) -> None:
    write_district(tmp_path, students=600, seed=2, guardians=True)
    other = read_package(tmp_path)
    for entity in ROSTER_ENTITIES:
        mine = {row["sourcedId"] for row in package[entity]}
        assert mine.isdisjoint(row["sourcedId"] for row in other[entity])


def test_headers_are_those_of_the_standard_in_order(folder: Path) -> None:
    for entity in ROSTER_ENTITIES:
        first_line = (folder / ENTITIES[entity].csv_file).read_text(encoding="utf-8").splitlines()[0]
        assert first_line == ",".join(ENTITIES[entity].csv_header)


def test_the_manifest_names_every_file_and_its_mode(folder: Path) -> None:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        properties = {row["propertyName"]: row["value"] for row in csv.DictReader(file)}
    assert properties["manifest.version"] == "1.0"
    assert properties["oneroster.version"] == "1.1"
    modes = {entity: "bulk" if entity in ROSTER_ENTITIES else "absent" for entity in ENTITIES}
    assert {entity: properties[f"file.{entity}"] for entity in ENTITIES} == modes
    present = {path.stem for path in folder.iterdir()} - {"manifest"}
    assert present == set(ROSTER_ENTITIES)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(students=st.integers(1, 1500), seed=st.integers(0, 2**32), guardians=st.booleans())
def test_a_district_of_any_size_and_seed_is_valid(
    tmp_path_factory: pytest.TempPathFactory, students: int, seed: int, guardians: bool
) -> None:
    to = tmp_path_factory.mktemp("any")
    summary = write_district(to, students=students, seed=seed, guardians=guardians)
    package = read_package(to)
    assert faults(package) == []
    assert {entity: len(rows) for entity, rows in package.items()} == summary.rows
    assert sum(row["role"] == "student" for row in package["users"]) == students == summary.students
    assert sum(row["role"] == "teacher" for row in package["users"]) == summary.teachers


def test_a_district_without_students_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one student"):
        write_district(tmp_path, students=0)


def test_a_student_has_about_eight_classes_of_up_to_thirty(package: Package) -> None:
    of_students = Counter(row["userSourcedId"] for row in package["enrollments"] if row["role"] == "student")
    assert set(of_students.values()) == {7, 8}
    sizes = Counter(row["classSourcedId"] for row in package["enrollments"] if row["role"] == "student")
    core = {row["sourcedId"] for row in package["classes"] if "," in row["termSourcedIds"]}
    assert all(sizes[class_] <= 30 for class_ in core)


def test_nobody_is_in_two_places_in_one_period(package: Package) -> None:
    classes = {row["sourcedId"]: row for row in package["classes"]}
    lessons = Counter(
        (row["userSourcedId"], term, classes[row["classSourcedId"]]["periods"])
        for row in package["enrollments"]
        if row["role"] == "student"
        for term in classes[row["classSourcedId"]]["termSourcedIds"].split(",")
    )
    assert max(lessons.values()) == 1


def test_electives_mix_the_grades_of_a_large_school(tmp_path: Path) -> None:
    write_district(tmp_path, students=5000)
    package = read_package(tmp_path)
    grade = {row["sourcedId"]: row["grades"] for row in package["users"]}
    electives = {row["sourcedId"] for row in package["classes"] if "," in row["grades"]}
    grades_met: dict[str, set[str]] = {}
    for row in package["enrollments"]:
        if row["classSourcedId"] in electives and row["role"] == "student":
            grades_met.setdefault(row["classSourcedId"], set()).add(grade[row["userSourcedId"]])
    assert sum(len(grades) > 1 for grades in grades_met.values()) > len(electives) / 2


def test_teachers_take_about_five_classes_and_some_share_one(package: Package) -> None:
    teaching = [row for row in package["enrollments"] if row["role"] == "teacher"]
    loads = Counter(row["userSourcedId"] for row in teaching if row["primary"] == "true")
    assert 3 <= sum(loads.values()) / len(loads) <= 6
    assert any(row["primary"] == "false" for row in teaching)


def test_every_level_has_its_schools_grades_and_homerooms(package: Package) -> None:
    names = [row["name"] for row in package["orgs"] if row["type"] == "school"]
    assert [name.split()[-2] for name in names] == ["Elementary", "Middle", "High"]
    assert [row["type"] for row in package["orgs"]].count("district") == 1
    level = {row["sourcedId"]: row["name"].split()[-2] for row in package["orgs"]}
    homerooms = {level[row["schoolSourcedId"]] for row in package["classes"] if row["classType"] == "homeroom"}
    assert homerooms == {"Elementary"}
    grades = {row["grades"] for row in package["users"] if row["role"] == "student"}
    assert grades == {"KG", *(f"{grade:02}" for grade in range(1, 13))}


def test_sessions_nest_and_leave_no_day_of_the_year_without_a_term(package: Package) -> None:
    sessions = {row["sourcedId"]: row for row in package["academicSessions"]}
    parent_types = {"gradingPeriod": "semester", "semester": "schoolYear"}
    for row in sessions.values():
        if row["type"] in parent_types:
            parent = sessions[row["parentSourcedId"]]
            assert parent["type"] == parent_types[row["type"]]
            assert parent["startDate"] <= row["startDate"] < row["endDate"] <= parent["endDate"]
    for type_ in ("semester", "gradingPeriod"):
        spans = sorted((row["startDate"], row["endDate"]) for row in sessions.values() if row["type"] == type_)
        assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert {row["schoolYear"] for row in sessions.values()} == {"2027"}


@given(today=st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_the_school_year_of_a_day_contains_it(today: date) -> None:
    year = school_year_of(today)
    assert date(year - 1, 8, 1) <= today < date(year, 8, 1)


def test_guardians_and_students_know_each_other(package: Package) -> None:
    users = {row["sourcedId"]: row for row in package["users"]}
    guardians = [row for row in users.values() if row["role"] == "guardian"]
    assert guardians
    for guardian in guardians:
        assert guardian["sourcedId"] in users[guardian["agentSourcedIds"]]["agentSourcedIds"].split(",")


def test_people_are_called_as_people_are(package: Package) -> None:
    names = "".join(row["givenName"] + row["familyName"] for row in package["users"])
    assert {"'", "-", " "} <= set(names)
    scripts = {unicodedata.name(letter).split()[0] for letter in names if letter.isalpha()}
    assert {"LATIN", "CYRILLIC", "CJK"} <= scripts
    assert {"é", "ñ", "ł"} <= set(names)


def test_user_names_and_addresses_are_plain_and_invented(package: Package) -> None:
    for row in package["users"]:
        assert re.fullmatch(r"[a-z0-9.]+", row["username"])
        assert re.fullmatch(re.escape(row["username"]) + r"@([a-z]+\.)+example", row["email"])


def test_staff_and_student_numbers_cannot_be_confused(package: Package) -> None:
    for row in package["users"]:
        pattern = {"student": r"\d{7}", "guardian": ""}.get(row["role"], r"T\d+")
        assert re.fullmatch(pattern, row["identifier"])


@pytest.mark.parametrize(
    ("name", "plain"),
    [("D'Aubigné", "daubigne"), ("Østergaard", "ostergaard"), ("Strauß", "strauss"), ("Łuczak", "luczak")],
)
def test_names_fold_as_a_school_office_writes_them(name: str, plain: str) -> None:
    assert folded(name) == plain


@given(students=st.integers(1, 10**7))
def test_schools_grow_in_proportion(students: int) -> None:
    size = DistrictSize(students)
    assert min(size.schools_by_level) >= 1
    assert size.schools <= 3 + students / 600


def test_blemishes_are_each_one_realistic_fault(tmp_path: Path) -> None:
    write_district(tmp_path, students=600, blemishes=True)
    package = read_package(tmp_path)
    users = {row["sourcedId"]: row for row in package["users"]}
    enrollments = package["enrollments"]
    taught = {row["classSourcedId"] for row in enrollments if row["role"] == "teacher"}
    places = Counter((row["classSourcedId"], row["userSourcedId"]) for row in enrollments)
    emails = Counter(row["email"] for row in users.values())
    struck = {
        "unknown user": sum(row["userSourcedId"] not in users for row in enrollments),
        "no teacher": sum(row["sourcedId"] not in taught for row in package["classes"]),
        "shared e-mail": sum(times == 2 for times in emails.values()),
        "role in capitals": sum(row["role"] == "STUDENT" for row in users.values()),
        "space in user name": sum(" " in row["username"] for row in users.values()),
        "outside its term": sum(row["endDate"] > "2027-08-01" for row in enrollments),
        "American date": sum("/" in row["beginDate"] for row in enrollments),
        "enrolled twice": sum(times == 2 for times in places.values()),
    }
    assert struck == dict.fromkeys(struck, 1)


def test_blemishes_need_a_few_students(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="7 students"):
        write_district(tmp_path, students=3, blemishes=True)


@pytest.mark.slow
def test_a_large_district_is_valid_repeatable_and_in_proportion(tmp_path: Path) -> None:
    """Twenty thousand students fill many vectors and row groups: order must not come from threads."""
    summary = write_district(tmp_path / "once", students=20_000)
    write_district(tmp_path / "again", students=20_000)
    assert contents(tmp_path / "once") == contents(tmp_path / "again")
    assert faults(read_package(tmp_path / "once")) == []
    assert 7.5 <= summary.rows["enrollments"] / summary.students <= 8.5
    assert 15 <= summary.students / summary.teachers <= 20
