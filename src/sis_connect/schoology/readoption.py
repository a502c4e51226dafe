"""What was ours once and comes back: taken up again instead of refused as a duplicate.

A person who left keeps a deactivated account; courses and sections that were removed stay in Schoology. When the roster
has them again, Schoology refuses their creation because the key is taken. What carries our key and the mark of an
outside system (`synced`) is then updated in place; what was made by hand stays untouched and the refusal stands.
Grading periods have no such mark: one with the same title and days already is what was wanted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sis_connect.schoology.matching import match_items, record_of
from sis_connect.schoology.records import is_synced
from sis_connect.schoology.refusals import (
    DUPLICATE_COURSE_CODE,
    DUPLICATE_SECTION_CODE,
    DUPLICATE_TITLE,
    DUPLICATE_UNIQUE_ID,
    refuse,
)
from sis_connect.sync.changes import Action, OutcomeState
from sis_connect.sync.desired import Class, Course, Kind, Term, record_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.schoology.client import SchoologyClient
    from sis_connect.schoology.looking import Looker
    from sis_connect.schoology.writing import Writer
    from sis_connect.sync.changes import Change, Links, Outcome

#: The refusal of an item that may mean “was ours once”.
_SIGNS = {
    Kind.USERS: DUPLICATE_UNIQUE_ID.code,
    Kind.COURSES: DUPLICATE_COURSE_CODE.code,
    Kind.CLASSES: DUPLICATE_SECTION_CODE.code,
}


class Readopter:
    """Takes up again through one client."""

    def __init__(self, client: SchoologyClient, writer: Writer, looker: Looker) -> None:
        """Nothing is read yet."""
        self._client = client
        self._writer = writer
        self._looker = looker

    def readopt(self, batch: Sequence[Change], outcomes: Sequence[Outcome], links: Links) -> list[Outcome]:
        """The outcomes, with those replaced whose creation met what was ours once."""
        after = list(outcomes)
        places = [place for place, outcome in enumerate(outcomes) if self._is_sign(batch[place], outcome)]
        if not places:
            return after
        refused = [batch[place] for place in places]
        if refused[0].kind is Kind.TERMS:
            return self._settle_terms(refused, after, links)
        known = self._find(refused, links)
        back = [place for place in places if record_key(batch[place].record) in known]
        updates = [_update(batch[place], known) for place in back]
        if updates:
            for place, outcome in zip(back, self._writer.write(updates, links), strict=True):
                after[place] = outcome
        return after

    def _is_sign(self, change: Change, outcome: Outcome) -> bool:
        if change.action is not Action.CREATE or outcome.state is not OutcomeState.REFUSED:
            return False
        # A term is refused as a whole request, and those are refused without a word.
        return change.kind is Kind.TERMS or outcome.code == _SIGNS.get(change.kind)

    def _settle_terms(self, changes: Sequence[Change], outcomes: list[Outcome], links: Links) -> list[Outcome]:
        titles = {period.title for period in self._client.grading_periods()}
        found = self._looker.look(changes, links)
        return [
            present or (refuse(DUPLICATE_TITLE) if record_of(change, Term).title in titles else outcome)
            for change, outcome, present in zip(changes, outcomes, found, strict=True)
        ]

    def _find(self, changes: Sequence[Change], links: Links) -> dict[tuple[str, ...], str]:
        """Schoology's ids of those that were ours once, by key; accounts among them are active again."""
        match changes[0].kind:
            case Kind.USERS:
                return self._reactivate(changes)
            case Kind.COURSES:
                return self._courses(changes)
            case _:
                return self._sections(changes, links)

    def _reactivate(self, changes: Sequence[Change]) -> dict[tuple[str, ...], str]:
        wanted = {record_key(change.record)[0] for change in changes}
        accounts = [
            account
            for account in self._client.inactive_users()
            if account.school_uid in wanted and is_synced(account.row)
        ]
        if not accounts:
            return {}
        items = self._client.reactivate_users([account.id for account in accounts])
        matched = match_items([{"uid": account.id} for account in accounts], items, ("uid",))
        told = zip(accounts, matched, strict=True)
        return {(account.school_uid,): account.id for account, item in told if item.is_done}

    def _courses(self, changes: Sequence[Change]) -> dict[tuple[str, ...], str]:
        keys = {course.code: course.key for course in (record_of(change, Course) for change in changes)}
        return {
            (keys[course.code],): course.id
            for course in self._client.courses()
            if course.code in keys and course.is_synced
        }

    def _sections(self, changes: Sequence[Change], links: Links) -> dict[tuple[str, ...], str]:
        classes = {class_.key: class_ for class_ in (record_of(change, Class) for change in changes)}
        courses = {key: links.lms_id(Kind.COURSES, class_.course_key) for key, class_ in classes.items()}
        return {
            (section.school_code,): section.id
            for section in self._client.sections_by_code(list(classes))
            if is_synced(section.row) and section.course_id == courses.get(section.school_code)
        }


def _update(change: Change, ids: dict[tuple[str, ...], str]) -> Change:
    return replace(change, action=Action.UPDATE, lms_id=ids[record_key(change.record)])
