"""Desired records in Schoology's words: the bodies that are sent.

Pure: ids come in as values. In an update an empty text clears a field; a creation leaves it out. Everything is
marked `synced`, so that Schoology's own screens do not offer its external key for editing. Not here: which call carries
a body (`target`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.schoology.records import Row, as_number
from sis_connect.sync.desired import Agent, Class, Course, Enrollment, Membership, School, Term, User

if TYPE_CHECKING:
    from collections.abc import Sequence

_SYNCED = 1


def building_body(school: School) -> Row:
    """A school is a building; its sourcedId is the building code."""
    return {"title": school.title, "building_code": school.key}


def grading_period_body(term: Term) -> Row:
    """A term is a grading period; both days belong to it."""
    return {"title": term.title, "start": term.start_date.isoformat(), "end": term.end_date.isoformat()}


def user_body(user: User, role_id: str, building_id: str, other_building_ids: Sequence[str]) -> Row:
    """A person is a user; empty texts stand for what the person does not have."""
    return {
        "school_uid": user.key,
        "name_first": user.given_name,
        "name_middle": user.middle_name or "",
        "name_last": user.family_name,
        "username": user.username or "",
        "primary_email": user.email or "",
        "role_id": as_number(role_id),
        "building_id": as_number(building_id),
        "additional_buildings": ",".join(other_building_ids),
        "synced": _SYNCED,
    }


def course_body(course: Course, building_id: str) -> Row:
    """A course; its code is what Schoology knows it by."""
    return {
        "title": course.title,
        "course_code": course.code,
        "building_id": as_number(building_id),
        "synced": _SYNCED,
    }


def section_body(class_: Class, grading_period_ids: Sequence[str]) -> Row:
    """A class is a section; its sourcedId is both of the section's codes."""
    return {
        "title": class_.title,
        "section_code": class_.key,
        "section_school_code": class_.key,
        "grading_periods": [as_number(period_id) for period_id in grading_period_ids],
        "location": class_.location or "",
        "synced": _SYNCED,
    }


def enrollment_body(enrollment: Enrollment, *, removed: bool) -> Row:
    """An enrollment; a teacher is a course administrator."""
    body: Row = {"section_school_code": enrollment.class_key, "school_uid": enrollment.user_key}
    if removed:
        return {**body, "delete": 1}
    return {**body, "admin": int(enrollment.role == Membership.TEACHER)}


def association_body(agent: Agent, *, removed: bool) -> Row:
    """A parent or guardian of a student."""
    body: Row = {"student_school_uid": agent.student_key, "parent_school_uid": agent.agent_key}
    return {**body, "delete": 1} if removed else body


def without_empty(body: Row) -> Row:
    """A body for a creation, where what is empty is not sent."""
    return {name: value for name, value in body.items() if value != ""}
