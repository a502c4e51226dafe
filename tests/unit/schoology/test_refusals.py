"""Reasons told apart by Schoology's words, and words freed of what is personal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.schoology.refusals import REFUSALS, masked, refusal_of, refuse
from sis_connect.sync.changes import OutcomeState
from sis_connect.sync.desired import Kind


@pytest.mark.parametrize(
    ("kind", "status", "message", "code"),
    [
        (Kind.USERS, 400, "A user with this unique ID exists.", "duplicate_unique_id"),
        (Kind.USERS, 400, "school_uid already exists", "duplicate_unique_id"),
        (Kind.USERS, 409, "The Unique ID is already in use", "duplicate_unique_id"),
        (Kind.USERS, 400, "The user name is taken.", "duplicate_username"),
        (Kind.USERS, 400, "Username already exists", "duplicate_username"),
        (Kind.USERS, 400, "Duplicate username", "duplicate_username"),
        (Kind.USERS, 400, "The e-mail address is in use at another organisation.", "duplicate_email"),
        (Kind.USERS, 400, "An account already exists with this email", "duplicate_email"),
        (Kind.USERS, 400, "name_first is required.", "refused"),
        (Kind.USERS, 403, "", "not_permitted"),
        (Kind.USERS, 401, "", "not_permitted"),
        (Kind.USERS, 400, "You do not have permission to do this", "not_permitted"),
        (Kind.USERS, 404, "The account does not exist or is inactive.", "not_found"),
        (Kind.USERS, 500, "", "refused"),
        (Kind.COURSES, 400, "A course with this code exists.", "duplicate_course_code"),
        (Kind.COURSES, 404, "", "not_found"),
        (Kind.CLASSES, 400, "A section with this school code exists.", "duplicate_section_code"),
        (Kind.CLASSES, 400, "Invalid grading period", "unknown_term"),
        (Kind.CLASSES, 404, "", "not_found"),
        (Kind.TERMS, 400, "A grading period with this title already exists", "duplicate_title"),
        (Kind.ENROLLMENTS, 404, "The section does not exist.", "unknown_section"),
        (Kind.ENROLLMENTS, 404, "The user does not exist.", "unknown_user"),
        (Kind.ENROLLMENTS, 400, "User is inactive", "unknown_user"),
        (Kind.ENROLLMENTS, 404, "", "refused"),
        (Kind.AGENTS, 404, "", "unknown_user"),
        (Kind.AGENTS, 400, "The parent does not exist.", "unknown_user"),
        (Kind.SCHOOLS, 400, "Something else", "refused"),
    ],
)
def test_a_reason_is_found_by_words_before_status(kind: Kind, status: int, message: str, code: str) -> None:
    assert refusal_of(kind, status, message).code == f"target.{code}"


@given(st.sampled_from(Kind), st.integers(300, 599), st.text(max_size=80))
def test_every_refusal_has_a_documented_reason(kind: Kind, status: int, message: str) -> None:
    assert refusal_of(kind, status, message) in REFUSALS


def test_codes_are_permanent_unique_and_explained() -> None:
    codes = [refusal.code for refusal in REFUSALS]
    assert len(set(codes)) == len(codes)
    for refusal in REFUSALS:
        assert re.fullmatch(r"target\.[a-z_]+", refusal.code)
        assert refusal.title.endswith(".")
        assert refusal.fix.endswith(".")


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("The user name is taken.", "The user name is taken."),
        ("The e-mail address is taken.", "The e-mail address is taken."),
        ("Email ada@district.example already exists", "Email … already exists"),
        ("User Ada Quill already exists", "User … already exists"),
        ("Ada already exists", "… already exists"),
        ('The name "ada quill" is taken', "The name … is taken"),
        ("The name 'ada quill' is taken", "The name … is taken"),
        ("The name “ada quill” is taken", "The name … is taken"),
        ("<b>ada</b> is taken", "… ada … is taken"),
        ("account 48289 exists", "account … exists"),
        ("user a.quill exists", "user … exists"),
        ("user aquill1 exists", "user … exists"),
        ("", ""),
    ],
)
def test_only_words_that_name_nobody_are_kept(message: str, kept: str) -> None:
    assert masked(message, ()) == kept


def test_the_records_own_values_are_cut_out_in_any_case() -> None:
    assert masked("The username aquill is taken by AQUILL", ("aquill",)) == "The username … is taken by …"


@given(st.text("abcxyz", min_size=3, max_size=12), st.text(" abcxyz.,", max_size=40))
def test_a_personal_value_never_survives(value: str, around: str) -> None:
    assert value not in masked(f"{around}{value}{around}", (value,)).replace("…", " ")


def test_a_long_message_is_cut_short() -> None:
    assert len(masked("word " * 200, ())) <= 160


def test_a_refused_outcome_has_a_code_and_no_empty_message() -> None:
    outcome = refuse(REFUSALS[0])
    assert (outcome.state, outcome.code, outcome.message) == (OutcomeState.REFUSED, REFUSALS[0].code, None)
