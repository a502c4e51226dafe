"""New sections of many courses in one call: each nested in its course, in a bulk post of courses.

The post updates courses that exist, so every course is sent exactly as Schoology holds it. Not here: changes of
sections, which go by id, because the post tells sections apart by code and grading periods and would make a second one
(Course Section page).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.errors import OutcomeUnknownError
from sis_connect.schoology import mapping
from sis_connect.schoology.bodies import body_of
from sis_connect.schoology.client import nested_items
from sis_connect.schoology.matching import match_items, outcome_of, record_of
from sis_connect.schoology.records import as_number
from sis_connect.schoology.refusals import UNKNOWN_COURSE, Refusal, refusal_of, refuse
from sis_connect.sync.desired import Class, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.schoology.client import SchoologyClient
    from sis_connect.schoology.directory import Directory
    from sis_connect.schoology.records import CatalogCourse, Row
    from sis_connect.schoology.replies import Item
    from sis_connect.sync.changes import Change, Links, Outcome


@dataclass(frozen=True, slots=True)
class _Nest:
    """A course and the new sections in it."""

    course: CatalogCourse
    #: Where each section's change stands in the batch.
    places: list[int] = field(default_factory=list)
    sections: list[Row] = field(default_factory=list)

    def row(self) -> Row:
        """The course with its sections, as it is sent."""
        return {
            "title": self.course.title,
            "course_code": self.course.code,
            **({"building_id": as_number(self.course.building_id)} if self.course.building_id else {}),
            "sections": {"section": self.sections},
        }


def create_sections(
    batch: Sequence[Change], links: Links, client: SchoologyClient, directory: Directory
) -> list[Outcome]:
    """What became of the creation of each class."""
    outcomes: dict[int, Outcome] = {}
    nests: dict[str, _Nest] = {}
    for place, change in enumerate(batch):
        course = _course(change, links, directory)
        body = UNKNOWN_COURSE if course is None else body_of(change.record, links, directory)
        if course is None or isinstance(body, Refusal):
            outcomes[place] = refuse(body if isinstance(body, Refusal) else UNKNOWN_COURSE)
            continue
        nest = nests.setdefault(course.id, _Nest(course))
        nest.places.append(place)
        nest.sections.append(mapping.without_empty(body))
    if nests:
        rows = [nest.row() for nest in nests.values()]
        items = match_items(rows, client.create_courses(rows, update_existing=True), ("course_code",))
        for nest, item in zip(nests.values(), items, strict=True):
            told = _outcomes([batch[place] for place in nest.places], nest, item)
            outcomes.update(zip(nest.places, told, strict=True))
    return [outcomes[place] for place in range(len(batch))]


def _course(change: Change, links: Links, directory: Directory) -> CatalogCourse | None:
    course_id = links.lms_id(Kind.COURSES, record_of(change, Class).course_key)
    return None if course_id is None else directory.course(course_id)


def _outcomes(changes: Sequence[Change], nest: _Nest, item: Item) -> list[Outcome]:
    """What became of the sections of one course; the course may succeed where a section fails."""
    items = nested_items(item)
    if items:
        return list(map(outcome_of, changes, match_items(nest.sections, items, ("section_school_code",))))
    if item.is_done:
        raise OutcomeUnknownError(
            "Schoology answered about a course and not about its new sections.",
            fix="Run again: what was written is looked up before anything is written twice.",
        )
    personal = (nest.course.title, nest.course.code)
    return [refuse(refusal_of(Kind.COURSES, item.code, item.message), item.message, personal) for _ in changes]
