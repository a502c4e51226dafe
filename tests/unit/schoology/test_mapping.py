"""Desired records in Schoology's words."""

from __future__ import annotations

from dataclasses import replace

from schoology_side import a_class, a_course, a_school, a_term, a_user, an_agent, an_enrollment
from sis_connect.schoology import mapping


def test_a_school_is_a_building() -> None:
    assert mapping.building_body(a_school()) == {"title": "Birch Elementary", "building_code": "school-1"}


def test_a_term_is_a_grading_period_with_both_its_days() -> None:
    assert mapping.grading_period_body(a_term()) == {
        "title": "2026-27 Fall",
        "start": "2026-08-17",
        "end": "2026-12-18",
    }


def test_a_person_is_a_synced_user_and_an_empty_text_clears_a_field() -> None:
    assert mapping.user_body(a_user(username=None, email="a@district.example"), "11", "22", ["33", "44"]) == {
        "school_uid": "student-1",
        "name_first": "Ada",
        "name_middle": "",
        "name_last": "Quill",
        "username": "",
        "primary_email": "a@district.example",
        "role_id": 11,
        "building_id": 22,
        "additional_buildings": "33,44",
        "synced": 1,
    }


def test_a_new_record_is_sent_without_what_is_empty() -> None:
    body = mapping.without_empty(mapping.user_body(a_user(), "11", "22", []))
    assert body.keys() == {"school_uid", "name_first", "name_last", "username", "role_id", "building_id", "synced"}


def test_no_password_and_no_mail_is_ever_asked_for() -> None:
    body = mapping.user_body(replace(a_user(), identifier="9"), "1", "2", [])
    assert not body.keys() & {"password", "email_login_info", "send_message"}


def test_a_course_is_known_by_its_code() -> None:
    assert mapping.course_body(a_course(), "22") == {
        "title": "Algebra I",
        "course_code": "MATH-1",
        "building_id": 22,
        "synced": 1,
    }


def test_a_class_is_a_section_with_its_sourced_id_as_both_codes() -> None:
    assert mapping.section_body(a_class(location=None), ["5", "6"]) == {
        "title": "Algebra I - 1",
        "section_code": "class-1",
        "section_school_code": "class-1",
        "grading_periods": [5, 6],
        "location": "",
        "synced": 1,
    }


def test_a_teacher_is_an_administrator_of_the_section_and_a_student_a_member() -> None:
    pair = {"section_school_code": "class-1", "school_uid": "student-1"}
    assert mapping.enrollment_body(an_enrollment(), removed=False) == {**pair, "admin": 0}
    assert mapping.enrollment_body(an_enrollment(role="teacher"), removed=False) == {**pair, "admin": 1}
    assert mapping.enrollment_body(an_enrollment(), removed=True) == {**pair, "delete": 1}


def test_a_parent_is_linked_or_no_longer() -> None:
    pair = {"student_school_uid": "student-1", "parent_school_uid": "parent-1"}
    assert mapping.association_body(an_agent(), removed=False) == pair
    assert mapping.association_body(an_agent(), removed=True) == {**pair, "delete": 1}
