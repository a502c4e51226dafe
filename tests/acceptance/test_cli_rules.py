"""Rules that name something that is not there are told by file, key and what was meant, before anything is written."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from command_line import FAST_RULES
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.failure import ErrorDocument

if TYPE_CHECKING:
    from command_line import Ended, Town


def first_of(town: Town, file: str, **where: str) -> dict[str, str]:
    """The first row of a file of the package where columns have these values."""
    with (town.package / file).open(encoding="utf-8", newline="") as lines:
        return next(row for row in csv.DictReader(lines) if all(row[name] == value for name, value in where.items()))


def planned_with(town: Town, rules: str, *words: str) -> Ended:
    """A plan, or another command, with these rules besides."""
    (town.data / "rules.toml").write_text(f"{FAST_RULES}\n{rules}\n", encoding="utf-8")
    return town.run(*(words or ("plan", "district", "--offline")), "--json")


@pytest.mark.parametrize(
    ("rules", "key", "says"),
    [
        ('[scope]\nschools = ["NOPE"]', "scope.schools", "no school with the sourcedId 'NOPE'"),
        ('[scope]\nterms = ["NOPE"]', "scope.terms", "no term with the sourcedId 'NOPE'"),
        ('[schools.match]\n"NOPE" = "77"', "schools.match", "no school with the sourcedId 'NOPE'"),
        ("[scope]\nschool_year = 1900", "scope.school_year", "no school year that ends in 1900"),
    ],
)
def test_rule_that_names_what_the_roster_does_not_hold_is_refused(
    new_town: Town, rules: str, key: str, says: str
) -> None:
    ended = planned_with(new_town, rules)
    error = ended.document(ErrorDocument)["error"]
    assert ended.code is ExitCode.CONFIGURATION
    assert error["where"] == f"sis-connect-data/rules.toml, {key}"
    assert says in error["what"]


def test_nearest_id_is_named_whether_an_id_was_mistyped_or_a_name_was_given(new_town: Town) -> None:
    school = first_of(new_town, "orgs.csv", type="school")
    for given in (f"{school['sourcedId'][:-1]}x", school["name"]):
        error = planned_with(new_town, f'[scope]\nschools = ["{given}"]').document(ErrorDocument)["error"]
        assert f"Did you mean '{school['sourcedId']}' ({school['name']})?" in error["fix"]


def test_right_names_are_taken(new_town: Town) -> None:
    school = first_of(new_town, "orgs.csv", type="school")["sourcedId"]
    session = first_of(new_town, "academicSessions.csv")
    rules = f'[scope]\nschools = ["{school}"]\nschool_year = {session["schoolYear"]}\n[schools.match]\n"{school}" = "1"'
    assert planned_with(new_town, rules).code is ExitCode.OK


def test_school_that_the_lms_holds_and_the_feed_has_lost_is_left_to_the_guard(town: Town) -> None:
    """A feed that breaks is no mistake in the rules: what it would take away waits for a person."""
    school = first_of(town, "orgs.csv", type="school")["sourcedId"]
    assert planned_with(town, f'[scope]\nschools = ["{school}"]').code is ExitCode.OK
    for file in ("orgs.csv", "classes.csv", "enrollments.csv", "users.csv"):
        path = town.package / file
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if school not in line), encoding="utf-8")
    assert planned_with(town, f'[scope]\nschools = ["{school}"]').code is ExitCode.OK


def test_role_that_schoology_does_not_have_is_told_before_anything_is_written(new_town: Town) -> None:
    ended = planned_with(new_town, '[people.roles]\nstudent = "Studnt"', "sync", "district")
    error = ended.document(ErrorDocument)["error"]
    assert (ended.code, error["where"]) == (
        ExitCode.CONFIGURATION,
        "sis-connect-data/rules.toml, people.roles.student",
    )
    assert "Did you mean 'Student'?" in error["fix"]
    assert new_town.sandbox.statistics().write_calls == 0


def test_roles_are_looked_up_only_when_somebody_gets_one_for_the_first_time(town: Town) -> None:
    town.run("plan", "district")
    assert ("GET", "roles") not in town.sandbox.statistics().calls
