"""Matters of sense that are no faults: where the rules must keep quiet, and how far they reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checked_district import District
from sis_connect.findings import Finding, Fixer, Severity
from sis_connect.sync.check import RULES, Tally, iter_findings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "evidence",
    [
        {"identifier": "SVEN", "user_ids": None, "email": None},
        {"identifier": None, "user_ids": "{LDAP:x},{SIS:sven}", "email": None},
        {"identifier": None, "user_ids": None, "given_name": "SVEN"},
    ],
    ids=["identifier", "an entry of userIds", "e-mail address and name"],
)
def test_one_person_recorded_once_per_role_may_share_a_username(
    district: District, evidence: dict[str, str | None]
) -> None:
    district.add("users", "sven", sourced_id="sven-at-work", role="aide", agent_sourced_ids=None, **evidence)
    with district.checked() as checked:
        assert checked.found() == set()
        assert {"sven", "sven-at-work"} <= checked.ids("clean_users")


@pytest.mark.parametrize("names", [{}, {"given_name": "SVEN", "family_name": "lindgren"}], ids=["equal", "folded"])
def test_one_person_in_two_roles_may_have_one_number(district: District, names: dict[str, str | None]) -> None:
    district.add("users", "sven", sourced_id="work", role="aide", username="work", email=None, user_ids=None, **names)
    with district.checked() as checked:
        assert checked.found() == set()


def test_a_student_belongs_to_the_school_above_their_department(district: District) -> None:
    district.add("orgs", "south", sourced_id="arts", type="department", parent_sourced_id="north")
    district.change("users", "sven", org_sourced_ids="arts")
    with district.checked() as checked:
        assert {code for code, *_ in checked.found()} == {"roster.student_in_no_school"}


def test_a_student_of_several_schools_may_be_in_classes_of_each(district: District) -> None:
    district.change("users", "sven", org_sourced_ids="south,north")
    district.add("enrollments", "biology-1-siv", sourced_id="both", user_sourced_id="sven")
    with district.checked() as checked:
        assert checked.found() == set()


def test_a_session_may_end_one_day_after_its_parent(district: District) -> None:
    """Many systems send the last day as endDate, some of them for one type of session only."""
    district.change("academicSessions", "quarter", end_date="2027-01-16")
    district.change("enrollments", "algebra-1-sven", end_date="2027-01-16")
    with district.checked() as checked:
        assert checked.found() == set()


def test_a_stay_after_an_earlier_stay_is_no_repetition(district: District) -> None:
    """Somebody who left a class and came back has two enrollments (`endDate` is exclusive)."""
    district.change("enrollments", "algebra-1-sven", end_date="2026-09-01")
    district.add("enrollments", "algebra-1-sven", sourced_id="again", begin_date="2026-09-01", end_date=None)
    with district.checked() as checked:
        assert checked.found() == set()


def test_nobody_is_asked_for_primary_teachers_where_the_system_never_names_any(district: District) -> None:
    for user in ("teo", "tove"):
        district.change("enrollments", {"teo": "biology-1-teo", "tove": "algebra-1-tove"}[user], primary=None)
    district.add("enrollments", "biology-1-teo", sourced_id="more", user_sourced_id="tove")
    with district.checked() as checked:
        assert checked.found() == set()


def test_an_org_below_a_cycle_stays(district: District) -> None:
    district.add("orgs", "district", sourced_id="ring", parent_sourced_id="ring")
    district.change("orgs", "south", parent_sourced_id="ring")
    with district.checked() as checked:
        assert checked.ids("quarantine") == {"ring"}
        assert "south" in checked.ids("clean_orgs")


def test_a_long_chain_of_orgs_is_no_cycle(district: District) -> None:
    for level in range(300):
        parent = f"level-{level - 1}" if level else "district"
        district.add("orgs", "district", sourced_id=f"level-{level}", type="department", parent_sourced_id=parent)
    with district.checked() as checked:
        assert checked.found() == set()


def test_a_record_with_several_faults_has_several_findings_and_one_reason(district: District) -> None:
    district.change(
        "classes", "algebra-1", term_sourced_ids="", course_sourced_id="nowhere", school_sourced_id="nowhere"
    )
    with district.checked() as checked:
        assert {
            ("record.missing_required", "algebra-1", "termSourcedIds"),
            ("reference.unknown_course", "algebra-1", "courseSourcedId"),
            ("reference.unknown_org", "algebra-1", "schoolSourcedId"),
        } <= checked.found()
        assert checked.rows("SELECT code FROM quarantine WHERE sourced_id = 'algebra-1'") == [
            ("record.missing_required",)
        ]


def test_repairs_are_notes_and_in_strict_mode_errors(district: District) -> None:
    district.change("users", "pia", role="PARENT")
    with district.checked() as checked:
        assert checked.result.tallies == (Tally("value.enumeration_repaired", Severity.NOTE, 1),)
        assert checked.value("clean_users", "pia", "role") == "parent"
    with district.checked(strict=True) as checked:
        assert Tally("value.enumeration_repaired", Severity.ERROR, 1) in checked.result.tallies
        assert "pia" in checked.ids("quarantine")


def test_a_finding_says_where_and_shows_the_shape_of_the_value(district: District) -> None:
    district.change("users", "siv", email="Siv.Lindgren9")
    with district.checked() as checked:
        assert list(iter_findings(checked.frames)) == [
            Finding("value.not_an_email", "users.csv", 5, "email", "siv", "Aaa.Aaaaaaaa9", None, 1)
        ]


def test_a_finding_never_holds_a_personal_value(district: District) -> None:
    """Every field of a person is filled with a word that must not come back."""
    secret = "quokka"
    district.change(
        "users",
        "siv",
        **dict.fromkeys(("given_name", "family_name", "middle_name"), secret + "\ufffd"),
        username=secret + " x",
        email=secret,
        user_ids=secret,
        sms=secret + "\ufffd",
        phone=secret + "\ufffd",
        identifier=secret + "\ufffd",
        password=secret + "\ufffd",
    )
    with district.checked() as checked:
        texts = checked.rows("SELECT CAST(findings AS VARCHAR) FROM findings")
        assert len(texts) == 9
        assert not [text for (text,) in texts if secret in str(text)]


def test_control_characters_never_reach_a_terminal(district: District) -> None:
    district.change("users", "siv", email="\x1b[31mred", org_sourced_ids="\x1b[31mred")
    with district.checked() as checked:
        assert checked.rows("SELECT count(*) FROM findings WHERE contains(CAST(findings AS VARCHAR), chr(27))") == [
            (0,)
        ]


def test_a_thousand_findings_stand_singly_and_the_rest_is_counted(district: District) -> None:
    for number in range(1_250):
        district.add("demographics", "sven", sourced_id=f"nobody-{number}")
    with district.checked() as checked:
        assert checked.result.tallies == (Tally("reference.unknown_user", Severity.ERROR, 1_250),)
        assert checked.result.count(Severity.ERROR) == 1_250
        assert checked.result.count(Severity.WARNING) == 0
        assert checked.rows("SELECT occurrences, count(*) FROM findings GROUP BY ALL ORDER BY ALL") == [
            (1, 1_000),
            (250, 1),
        ]
        assert checked.rows("SELECT count(*) FROM quarantine") == [(1_250,)]


def test_findings_come_errors_first_and_no_more_than_asked_for(district: District) -> None:
    district.change("users", "pia", role="PARENT", given_name=None)
    with district.checked() as checked:
        found = list(iter_findings(checked.frames))
        assert next(finding.code for finding in found) == "record.missing_required"
        assert found[-1].code == "value.enumeration_repaired"
        assert list(iter_findings(checked.frames, limit=2)) == found[:2]


def test_deleting_every_term_of_a_class_deletes_the_class(district: District) -> None:
    for term in ("fall", "quarter"):
        district.change("academicSessions", term, status="tobedeleted")
    with district.checked() as checked:
        assert {"algebra-1", "biology-1"} <= checked.ids("tobedeleted")
        assert checked.ids("quarantine") == set()


def test_codes_are_dotted_unique_and_say_who_fixes_them_how() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    for rule in RULES:
        area, name = rule.code.split(".")
        assert area in {"record", "value", "reference", "roster"}
        assert name.replace("_", "").isalpha()
        assert rule.fixer in {Fixer.DISTRICT, Fixer.VENDOR}
        assert rule.title.endswith(".")
        assert rule.fix.endswith(".")


def test_a_small_memory_limit_changes_nothing(tmp_path: Path) -> None:
    district = District(tmp_path)
    district.change("users", "sven", role=None)
    with district.checked(memory="64MB") as checked:
        small = checked.found()
    with district.checked() as checked:
        assert checked.found() == small


@pytest.mark.parametrize("shared", ["sven@south.example", "SVEN@south.example"])
def test_address_of_two_is_seen_beside_exactly_one_user_without_any(district: District, shared: str) -> None:
    """No address is no value: counted as one, it would make up for the address that two users share."""
    district.change("users", "sven", email="sven@south.example")
    district.change("users", "siv", email=shared)
    district.change("users", "teo", email=None)
    with district.checked() as checked:
        blank = checked.frames.execute("SELECT count(*) FROM clean_users WHERE email IS NULL").fetchone()
        assert {(code, id_) for code, id_, _ in checked.found() if code == "roster.email_shared"} == {
            ("roster.email_shared", "sven"),
            ("roster.email_shared", "siv"),
        }
        assert blank == (3,)
