"""The body of any record, with the ids it refers to looked up; or the reason why it cannot be written yet.

Not here: the fields themselves (`mapping`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.schoology import mapping
from sis_connect.schoology.refusals import UNKNOWN_TERM, Refusal
from sis_connect.sync.desired import Agent, Class, Course, Enrollment, Kind, Record, School, Term, User

if TYPE_CHECKING:
    from sis_connect.schoology.directory import Directory
    from sis_connect.schoology.records import Row
    from sis_connect.sync.changes import Links


def body_of(record: Record, links: Links, directory: Directory, *, removed: bool = False) -> Row | Refusal:
    """What is sent for a record; `removed` matters to those whose removal is sent as a body."""
    match record:
        case School():
            return mapping.building_body(record)
        case Term():
            return mapping.grading_period_body(record)
        case User():
            return _user_body(record, links, directory)
        case Agent():
            return mapping.association_body(record, removed=removed)
        case Course():
            building_id = directory.building_id(record.school_key, links)
            return building_id if isinstance(building_id, Refusal) else mapping.course_body(record, building_id)
        case Class():
            return _section_body(record, links)
        case Enrollment():
            return mapping.enrollment_body(record, removed=removed)


def _user_body(user: User, links: Links, directory: Directory) -> Row | Refusal:
    role_id = directory.role_id(user.role)
    building_id = directory.building_id(user.school_key, links)
    other_ids = directory.building_ids(user.other_school_keys, links)
    if isinstance(building_id, Refusal):
        return building_id
    if isinstance(other_ids, Refusal):
        return other_ids
    return mapping.user_body(user, role_id, building_id, other_ids)


def _section_body(class_: Class, links: Links) -> Row | Refusal:
    period_ids = [links.lms_id(Kind.TERMS, key) for key in class_.term_keys]
    known = [period_id for period_id in period_ids if period_id is not None]
    return mapping.section_body(class_, known) if known and len(known) == len(period_ids) else UNKNOWN_TERM
