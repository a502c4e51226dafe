"""Batches of changes, each as one call where Schoology has a bulk call for it.

Nothing is deleted that would take work or grades along: buildings, grading periods, courses and sections stay where
they are when they are removed, without a call, and are simply no longer ours; people are deactivated with their history
kept. Not here: doubt and refused requests (`target`), which item answers what (`matching`), new sections (`nesting`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.schoology import mapping
from sis_connect.schoology.bodies import body_of
from sis_connect.schoology.matching import applied, known_id, match_items, outcome_of, record_of
from sis_connect.schoology.nesting import create_sections
from sis_connect.schoology.records import CatalogCourse, text
from sis_connect.schoology.refusals import COURSE_CHANGED, Refusal, refuse
from sis_connect.sync.changes import Action, Outcome, OutcomeState
from sis_connect.sync.desired import Class, Kind, School, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sis_connect.schoology.client import SchoologyClient
    from sis_connect.schoology.directory import Directory
    from sis_connect.schoology.records import Row
    from sis_connect.schoology.replies import Item
    from sis_connect.sync.changes import Change, Links

#: Kinds whose removal would destroy content or grades, and which Schoology cannot deactivate.
LEFT_IN_PLACE = frozenset({Kind.SCHOOLS, Kind.TERMS, Kind.COURSES, Kind.CLASSES})

#: The fields that tell objects of a bulk call apart.
_BY_ID = ("id",)
_BY_UNIQUE_ID = ("school_uid",)
_BY_COURSE_CODE = ("course_code",)
_BY_PAIR = ("student_school_uid", "parent_school_uid")
_BY_MEMBERSHIP = ("section_school_code", "school_uid")

#: Kinds whose existing records are told by Schoology's id.
_HAVE_IDS = frozenset({Kind.USERS, Kind.COURSES, Kind.CLASSES})


class Writer:
    """Writes through one client."""

    def __init__(self, client: SchoologyClient, directory: Directory, comment: str) -> None:
        """`comment` is the reason noted when an account is deactivated."""
        self._client = client
        self._directory = directory
        self._comment = comment

    def write(self, batch: Sequence[Change], links: Links) -> list[Outcome]:
        """What became of each change; all are of one kind and one action, enrollments aside."""
        kind, action = batch[0].kind, batch[0].action
        if action is Action.REMOVE and kind in LEFT_IN_PLACE:
            return [applied(change) for change in batch]
        match kind:
            case Kind.SCHOOLS:
                return [self._write_school(change) for change in batch]
            case Kind.TERMS:
                return [self._write_term(change) for change in batch]
            case Kind.USERS:
                return self._deactivate(batch) if action is Action.REMOVE else self._write_users(batch, links)
            case Kind.AGENTS:
                return self._send(batch, links, self._client.import_parents, _BY_PAIR)
            case Kind.COURSES:
                return self._write_courses(batch, links)
            case Kind.CLASSES:
                return self._write_classes(batch, links)
            case Kind.ENROLLMENTS:
                return self._send(batch, links, self._client.import_enrollments, _BY_MEMBERSHIP)

    def _write_school(self, change: Change) -> Outcome:
        body = mapping.building_body(record_of(change, School))
        if change.action is Action.UPDATE:
            self._client.update_building(known_id(change), body)
            return applied(change)
        root_id = self._directory.root_id()
        for building in self._client.buildings(root_id):
            if building.code == body["building_code"]:
                # Nobody but us, or a district that wants this very school, writes a sourcedId there.
                self._client.update_building(building.id, body)
                return Outcome(OutcomeState.APPLIED, building.id)
        return Outcome(OutcomeState.APPLIED, self._client.create_building(root_id, body))

    def _write_term(self, change: Change) -> Outcome:
        body = mapping.grading_period_body(record_of(change, Term))
        if change.action is Action.UPDATE:
            self._client.update_grading_period(known_id(change), body)
            return applied(change)
        return Outcome(OutcomeState.APPLIED, self._client.create_grading_period(body))

    def _write_users(self, batch: Sequence[Change], links: Links) -> list[Outcome]:
        if batch[0].action is Action.UPDATE:
            return self._send(batch, links, self._client.update_users, _BY_ID)
        return self._send(batch, links, self._client.create_users, _BY_UNIQUE_ID)

    def _deactivate(self, batch: Sequence[Change]) -> list[Outcome]:
        ids = [known_id(change) for change in batch]
        items = self._client.deactivate_users(ids, self._comment)
        if items is None:
            return [applied(change) for change in batch]
        return list(map(outcome_of, batch, match_items([{"id": lms_id} for lms_id in ids], items, _BY_ID)))

    def _write_courses(self, batch: Sequence[Change], links: Links) -> list[Outcome]:
        if batch[0].action is Action.UPDATE:
            return self._send(batch, links, self._client.update_courses, _BY_ID)
        return self._send(batch, links, self._client.create_courses, _BY_COURSE_CODE)

    def _write_classes(self, batch: Sequence[Change], links: Links) -> list[Outcome]:
        if batch[0].action is Action.UPDATE:
            return self._send(batch, links, self._client.update_sections, _BY_ID)
        return create_sections(batch, links, self._client, self._directory)

    def _send(
        self,
        batch: Sequence[Change],
        links: Links,
        call: Callable[[Sequence[Row]], list[Item]],
        key: Sequence[str],
    ) -> list[Outcome]:
        """One call for all changes that can be sent; the others are refused without it."""
        outcomes: dict[int, Outcome] = {}
        rows: dict[int, Row] = {}
        for place, change in enumerate(batch):
            row = self._row(change, links)
            if isinstance(row, Refusal):
                outcomes[place] = refuse(row)
            else:
                rows[place] = row
        if rows:
            sent = list(rows.values())
            for place, item in zip(rows, match_items(sent, call(sent), key), strict=True):
                outcomes[place] = outcome_of(batch[place], item)
                self._remember(batch[place], rows[place], outcomes[place])
        return [outcomes[place] for place in range(len(batch))]

    def _row(self, change: Change, links: Links) -> Row | Refusal:
        """What is sent for a change; an update of what has an id goes by that id."""
        if _has_moved(change):
            return COURSE_CHANGED
        body = body_of(change.record, links, self._directory, removed=change.action is Action.REMOVE)
        if isinstance(body, Refusal):
            return body
        if change.action is Action.CREATE:
            return mapping.without_empty(body)
        return {"id": known_id(change), **body} if change.kind in _HAVE_IDS else body

    def _remember(self, change: Change, row: Row, outcome: Outcome) -> None:
        """New sections need their courses as Schoology holds them; this one has just been written."""
        if change.kind is Kind.COURSES and outcome.state is OutcomeState.APPLIED and outcome.lms_id is not None:
            code, title, building_id = (text(row, name) for name in ("course_code", "title", "building_id"))
            self._directory.remember_course(CatalogCourse(outcome.lms_id, code, title, building_id))


def _has_moved(change: Change) -> bool:
    """True when a class is to belong to another course."""
    before, after = change.before, change.record
    return isinstance(before, Class) and isinstance(after, Class) and before.course_key != after.course_key
