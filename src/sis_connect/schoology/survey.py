"""What Schoology holds, whoever made it: the listing behind “hand-made, left alone”.

Not here: anything that decides; a listing is for looking at and for matching.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.errors import UnauthorisedError
from sis_connect.sync.changes import Holding
from sis_connect.sync.desired import Kind
from sis_connect.transport.client import RequestRefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sis_connect.schoology.client import SchoologyClient
    from sis_connect.schoology.directory import Directory
    from sis_connect.schoology.records import Account, Section


def survey(client: SchoologyClient, directory: Directory, kinds: Collection[Kind]) -> Iterator[Holding]:
    """Everything of these kinds, in the order in which kinds are created; of agents nothing."""
    if Kind.SCHOOLS in kinds:
        for building in client.buildings(directory.root_id()):
            yield Holding(Kind.SCHOOLS, building.code, building.id, building.title)
    if Kind.TERMS in kinds:
        for period in client.grading_periods():
            yield Holding(Kind.TERMS, period.title, period.id, period.title)
    if Kind.USERS in kinds:
        for account in _accounts(client):
            yield Holding(Kind.USERS, account.school_uid, account.id, account.name)
    if not {Kind.COURSES, Kind.CLASSES, Kind.ENROLLMENTS}.isdisjoint(kinds):
        yield from _courses_and_below(client, kinds)


def members(client: SchoologyClient, section_ids: Iterable[str]) -> Iterator[Holding]:
    """The enrollments of these sections; a section that is gone has none."""
    for section_id in section_ids:
        section = client.section(section_id)
        if section is not None:
            yield from _members(client, section)


def _courses_and_below(client: SchoologyClient, kinds: Collection[Kind]) -> Iterator[Holding]:
    for course in client.courses():
        if Kind.COURSES in kinds:
            yield Holding(Kind.COURSES, course.code, course.id, course.title)
        if Kind.CLASSES not in kinds and Kind.ENROLLMENTS not in kinds:
            continue
        for section in client.course_sections(course.id):
            if Kind.CLASSES in kinds:
                yield Holding(Kind.CLASSES, section.school_code, section.id, section.title)
            if Kind.ENROLLMENTS in kinds:
                yield from _members(client, section)


def _members(client: SchoologyClient, section: Section) -> Iterator[Holding]:
    for member in client.members(section.id):
        if not member.is_archived:
            yield Holding(Kind.ENROLLMENTS, section.school_code, member.id, member.name, member.school_uid)


def _accounts(client: SchoologyClient) -> Iterator[Account]:
    """All accounts in one call where the key may export them, page by page where it may not."""
    try:
        yield from client.export_users()
    except (UnauthorisedError, RequestRefusedError):
        yield from client.users()
