"""Grade items and grades as the API writes them, in replies and in events alike.

Numbers and texts are mixed as the service mixes them. `due` is written in the zone the settings choose.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sis_connect.sandbox.schoology.api.calls import Json, plain_number
from sis_connect.sandbox.schoology.records import grade_items
from sis_connect.sandbox.schoology.records.grade_items import DUE_FORMAT
from sis_connect.sandbox.schoology.settings import DueZone

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.service import Service
    from sis_connect.sandbox.schoology.storage import Row

#: Rows that `show_grade` takes.
GRADE_COLUMNS = (
    "g.*, i.max_points, i.is_final, i.type, i.grading_scale, i.grading_category, i.deleted_at,"
    " coalesce((SELECT type FROM grading_scales WHERE id = i.grading_scale), 0) AS scale_type"
)
GRADE_TABLES = (
    "grades g JOIN grade_items i ON i.id = g.item_id"
    " JOIN enrollments e ON e.id = g.enrollment_id JOIN users u ON u.id = e.user_id AND u.inactive_at IS NULL"
)


def show_item(service: Service, row: Row, path: str = "grade_items", *, in_list: bool = False) -> Json:
    """A grade item as the API writes it: below `assignments` or `grade_items`."""
    details = json.loads(row["details"])
    assignees = grade_items.assignees_of(service.storage, row["id"])
    scale = service.storage.row("SELECT type FROM grading_scales WHERE id = ?", row["grading_scale"])
    shown: Json = {
        "id": row["id"],
        "title": row["title"],
        "description": "" if in_list else row["description"],
        "due": _in_zone(service, row["due"]),
        "grading_scale": str(row["grading_scale"]),
        "grading_period": str(row["grading_period"]),
        "grading_category": str(row["grading_category"]),
        "max_points": str(plain_number(row["max_points"])),
        "factor": str(plain_number(row["factor"])),
        "is_final": str(row["is_final"]),
        "show_comments": details.get("show_comments") or "0",
        "grade_stats": details.get("grade_stats") or "0",
        "allow_dropbox": details.get("allow_dropbox") or "1",
        "allow_discussion": details.get("allow_discussion") or "1",
        "published": row["published"],
        "type": row["type"],
        "grade_item_id": row["id"],
        "available": row["published"],
        "completed": 0,
        "dropbox_locked": 0,
        "grading_scale_type": scale["type"] if scale is not None else 0,
        "show_rubric": False,
        "auto_publish_grades": int(details.get("auto_publish_grades") or 1),
        "num_assignees": len(assignees),
        "assignees": assignees,
        "completion_status": "",
        "links": {"self": f"{service.api_url}/sections/{row['section_id']}/{path}/{row['id']}"},
    }
    if row["collected_only"] or not row["count_in_grade"]:
        shown |= {"count_in_grade": row["count_in_grade"], "collected_only": row["collected_only"]}
    return shown


def show_grade(service: Service, row: Row) -> Json:
    """A grade as the API writes it."""
    place = "assignments" if row["type"] == "assignment" else "grade_items"
    return {
        "enrollment_id": row["enrollment_id"],
        "assignment_id": row["item_id"],
        "grade": None if row["grade"] is None else plain_number(row["grade"]),
        "exception": row["exception"],
        "max_points": plain_number(row["max_points"]),
        "is_final": row["is_final"],
        "timestamp": row["updated_at"],
        "comment": row["comment"],
        "comment_status": row["comment_status"],
        "override": None,
        "calculated_grade": None,
        "pending": None,
        "type": row["type"],
        "location": f"{service.api_url}/sections/{row['section_id']}/{place}/{row['item_id']}",
        "scale_id": row["grading_scale"],
        "scale_type": row["scale_type"],
        "category_id": row["grading_category"],
    }


def _in_zone(service: Service, due: str) -> str:
    return _convert(due, service.settings.grades.school_zone, _due_zone(service))


def from_zone(service: Service, due: str) -> str:
    """A moment as the API writes it, on the school's clock."""
    return _convert(due, _due_zone(service), service.settings.grades.school_zone)


def _due_zone(service: Service) -> str:
    manners = service.settings.grades
    if manners.due_zone is DueZone.SCHOOL:
        return manners.school_zone
    row = service.storage.row("SELECT profile FROM users WHERE id = ?", service.administrator_id)
    return str((json.loads(row["profile"]) if row is not None else {}).get("tz_name") or manners.school_zone)


def _convert(due: str, source: str, target: str) -> str:
    if not due or source == target:
        return due
    moment = datetime.strptime(due, DUE_FORMAT).replace(tzinfo=ZoneInfo(source))
    return moment.astimezone(ZoneInfo(target)).strftime(DUE_FORMAT)
