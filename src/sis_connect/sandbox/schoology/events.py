"""What event triggers say when something happens to a grade item or to grades, put into the queue of deliveries.

Nothing is built where nobody is subscribed. Not here: targets (`records.triggers`) and sending (`webhooks`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.api.grade_views import GRADE_COLUMNS, GRADE_TABLES, show_grade, show_item
from sis_connect.sandbox.schoology.records import sections, triggers
from sis_connect.sandbox.schoology.records.gradebook import read_gradebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.sandbox.schoology.api.calls import Json
    from sis_connect.sandbox.schoology.service import Service
    from sis_connect.sandbox.schoology.storage import Row


def announce_item(service: Service, item: Row, operation: str, *, actor: int) -> None:
    """A grade item was written (`update`, for a new one too) or deleted (`delete`) by this user."""
    if not triggers.subscriptions(service.storage, "grade_item"):
        return
    section = sections.find(service.storage, item["section_id"])
    data: Json = {
        "realm": "section",
        "section_id": str(item["section_id"]),
        "realm_id": str(item["section_id"]),
        "section_school_code": section["section_school_code"] if section is not None else "",
        "synced_section": str(section["synced"]) if section is not None else "0",
        "id": item["id"],
        "grade_item_type": item["type"],
        "object": show_item(service, item),
    }
    _enqueue(service, "grade_item", operation, [data], actor)


def announce_grades(service: Service, section_id: int, saved: Sequence[tuple[int, int]], *, actor: int) -> None:
    """Grades of one section, by item and enrollment, were saved together by this user."""
    section = sections.find(service.storage, section_id)
    if not saved or section is None or not triggers.subscriptions(service.storage, "grades"):
        return
    students = sorted({enrollment for _, enrollment in saved})
    computed = read_gradebook(service.storage, section).compute(service.storage, students, service.settings.grades)
    data: list[Json] = []
    for item_id, enrollment_id in saved:
        query = f"SELECT {GRADE_COLUMNS}, u.school_uid FROM {GRADE_TABLES} WHERE g.item_id = ? AND g.enrollment_id = ?"
        for row in service.storage.rows(query, item_id, enrollment_id):
            shown = show_grade(service, row)
            del shown["scale_type"]
            data.append(
                {
                    "realm": "section",
                    "section_id": section_id,
                    "section_school_code": section["section_school_code"],
                    "realm_id": section_id,
                    "enrollment_id": enrollment_id,
                    "school_uid": row["school_uid"],
                    "updated_overall_grade": computed[enrollment_id].course,
                    "object": shown,
                }
            )
    _enqueue(service, "grades", "update", data, actor)


def _enqueue(service: Service, trigger: str, operation: str, data: list[Json], actor: int) -> None:
    at = int(service.now.timestamp())
    for row in triggers.subscriptions(service.storage, trigger):
        told = data if row["include_object"] else [_without_object(item) for item in data]
        event = {"uid": actor, "timestamp": at, "type": f"{trigger}.{operation}", "data": told}
        triggers.enqueue(service.storage, row["target_id"], json.dumps(event), at=at)
    service.stirred.set()


def _without_object(data: Json) -> Json:
    return {name: value for name, value in data.items() if name != "object"}
