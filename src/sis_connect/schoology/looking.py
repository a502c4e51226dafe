"""After a lost answer: does Schoology hold already what a change wanted?

A creation is found by its external key, an update and a removal by the id; what is found is compared with what was
sent. None means that the change is to be written (again), which does no harm: parent links, enrollments and updates say
the same twice, and a second creation is refused as a duplicate. Lists are read once a look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.schoology.bodies import body_of
from sis_connect.schoology.matching import applied, known_id, record_of
from sis_connect.schoology.records import Row, text
from sis_connect.schoology.refusals import Refusal
from sis_connect.schoology.writing import LEFT_IN_PLACE
from sis_connect.sync.changes import Action, Change, Outcome, OutcomeState
from sis_connect.sync.desired import Class, Enrollment, Kind, Membership, record_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sis_connect.schoology.client import SchoologyClient
    from sis_connect.schoology.directory import Directory
    from sis_connect.schoology.records import Member
    from sis_connect.sync.changes import Links

#: By which fields a creation is recognised as ours; the first of them is the external key.
_TELLING = {
    Kind.SCHOOLS: ("building_code", "title"),
    Kind.TERMS: ("title", "start", "end"),
    Kind.USERS: ("school_uid", "name_first", "name_last", "synced"),
    Kind.COURSES: ("course_code", "title"),
    Kind.CLASSES: ("section_school_code", "title"),
}


@dataclass(frozen=True, slots=True)
class _Found:
    """Something Schoology holds, in the words of what we send."""

    id: str
    row: Row


class Looker:
    """Looks through one client."""

    def __init__(self, client: SchoologyClient, directory: Directory) -> None:
        """Nothing is read yet."""
        self._client = client
        self._directory = directory

    def look(self, batch: Sequence[Change], links: Links) -> list[Outcome | None]:
        """For each change its outcome when Schoology holds what it wanted, else None."""
        if not batch:
            return []
        kind, action = batch[0].kind, batch[0].action
        if kind is Kind.AGENTS:
            return [None for _ in batch]
        if kind is Kind.ENROLLMENTS:
            return self._look_at_enrollments(batch, links)
        if action is Action.REMOVE:
            if kind in LEFT_IN_PLACE:
                return [applied(change) for change in batch]
            return [applied(change) if self._client.is_inactive(known_id(change)) else None for change in batch]
        found = list(self._found(kind, batch, links))
        by_key = {text(one.row, _TELLING[kind][0]): one for one in found}
        by_id = {one.id: one for one in found}
        return [self._outcome(change, by_key, by_id, links) for change in batch]

    def _outcome(
        self, change: Change, by_key: dict[str, _Found], by_id: dict[str, _Found], links: Links
    ) -> Outcome | None:
        wanted = body_of(change.record, links, self._directory)
        if isinstance(wanted, Refusal):
            return None
        telling = _TELLING[change.kind]
        if change.action is Action.CREATE:
            found, fields = by_key.get(text(wanted, telling[0])), telling
        else:
            # Who owns a record is not told by every list.
            found, fields = by_id.get(known_id(change)), tuple(name for name in wanted if name != "synced")
        if found is None or not _holds(found.row, wanted, fields):
            return None
        return Outcome(OutcomeState.APPLIED, found.id)

    def _found(self, kind: Kind, batch: Sequence[Change], links: Links) -> Iterator[_Found]:
        """What Schoology holds that may be what the batch wanted; of a kind that is not listed by key, all."""
        match kind:
            case Kind.SCHOOLS:
                for building in self._client.buildings(self._directory.root_id()):
                    yield _Found(building.id, {"title": building.title, "building_code": building.code})
            case Kind.TERMS:
                for period in self._client.grading_periods():
                    row: Row = {"title": period.title, "start": period.start, "end": period.end}
                    yield _Found(period.id, row)
            case Kind.USERS:
                for account in self._client.users([record_key(change.record)[0] for change in batch]):
                    yield _Found(account.id, account.row)
            case Kind.COURSES:
                yield from self._courses(batch, links)
            case _:
                yield from self._sections(batch, links)

    def _courses(self, batch: Sequence[Change], links: Links) -> Iterator[_Found]:
        wanted = [body_of(change.record, links, self._directory) for change in batch]
        for building_id in {text(body, "building_id") for body in wanted if not isinstance(body, Refusal)}:
            for course in self._client.courses(building_id):
                row: Row = {"title": course.title, "course_code": course.code, "building_id": course.building_id}
                yield _Found(course.id, row)

    def _sections(self, batch: Sequence[Change], links: Links) -> Iterator[_Found]:
        classes = [record_of(change, Class) for change in batch]
        courses = {class_.key: links.lms_id(Kind.COURSES, class_.course_key) for class_ in classes}
        for section in self._client.sections_by_code([class_.key for class_ in classes]):
            if section.course_id in {"", courses.get(section.school_code)}:
                yield _Found(section.id, section.row)

    def _look_at_enrollments(self, batch: Sequence[Change], links: Links) -> list[Outcome | None]:
        members: dict[str, dict[str, Member]] = {}
        outcomes: list[Outcome | None] = []
        for change in batch:
            enrollment = record_of(change, Enrollment)
            section_id = links.lms_id(Kind.CLASSES, enrollment.class_key)
            if section_id is not None and section_id not in members:
                present = (member for member in self._client.members(section_id) if not member.is_archived)
                members[section_id] = {member.school_uid: member for member in present}
            found = members.get(section_id or "")
            outcomes.append(None if found is None else _enrollment_outcome(change, enrollment, found))
        return outcomes


def _enrollment_outcome(change: Change, enrollment: Enrollment, found: dict[str, Member]) -> Outcome | None:
    member = found.get(enrollment.user_key)
    if change.action is Action.REMOVE:
        return applied(change) if member is None else None
    if member is None or member.is_admin != (enrollment.role == Membership.TEACHER):
        return None
    return Outcome(OutcomeState.APPLIED, member.id)


def _holds(found: Row, wanted: Row, fields: Sequence[str]) -> bool:
    """True when these fields say the same."""
    return all(_comparable(found, name) == _comparable(wanted, name) for name in fields)


def _comparable(row: Row, name: str) -> str | frozenset[str]:
    """A field without its type and order: ids come as numbers or texts, lists in any order."""
    value = row.get(name)
    if isinstance(value, list):
        return frozenset(map(str, value))
    if name == "additional_buildings":
        return frozenset(text(row, name).replace(" ", "").split(",")) - {""}
    return text(row, name)
