"""Grade items of a section: `assignments`, which can be written, and `grade_items`, everything that is graded.

Lists leave descriptions out. `assignments` counts its pages for finals and others separately, as documented.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology import events
from sis_connect.sandbox.schoology.api.calls import (
    Call,
    Json,
    Query,
    Reply,
    asked_range,
    created,
    found,
    page,
    page_links,
)
from sis_connect.sandbox.schoology.api.grade_views import from_zone, show_item
from sis_connect.sandbox.schoology.records import grade_items, sections
from sis_connect.sandbox.schoology.records.fields import Fields, read_text

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.storage import Row

_LIVE = "grade_items WHERE section_id = ? AND deleted_at IS NULL"


def list_assignments(call: Call) -> Reply:
    """Assignments, those that are no finals first, then by due date; the limit holds for either by itself."""
    section_id = call.id("section_id")
    found(sections.find(call.storage, section_id))
    start, limit = asked_range(call)
    rows: list[Row] = []
    counts = []
    for is_final in (0, 1):
        tables = f"{_LIVE} AND type = 'assignment' AND is_final = ?"
        counts.append(call.storage.number(f"SELECT count(*) FROM {tables}", section_id, is_final))
        query = f"SELECT * FROM {tables} ORDER BY due, id LIMIT ? OFFSET ?"
        rows += call.storage.rows(query, section_id, is_final, limit, start)
    body: Json = {"total": sum(counts)}
    if not rows and call.settings.strictness.sparse_pages:
        return Reply(200, body)
    links = page_links(call, start, limit, has_next=start + limit < max(counts))
    shown = [show_item(call.service, row, "assignments", in_list=True) for row in rows]
    return Reply(200, {"assignment": shown, **body, "links": links})


def list_grade_items(call: Call) -> Reply:
    """Everything that is graded in a section; the list key is that of assignments."""
    found(sections.find(call.storage, call.id("section_id")))
    query = Query("*", _LIVE, (call.id("section_id"),), order="is_final, due, id")
    return page(
        call, "assignment", query, lambda row: _with_text_list(call, show_item(call.service, row, in_list=True))
    )


def get_assignment(call: Call) -> Reply:
    """One assignment."""
    return Reply(200, show_item(call.service, _find(call, only="assignment"), "assignments"))


def get_grade_item(call: Call) -> Reply:
    """One grade item of any type."""
    return Reply(200, show_item(call.service, _find(call)))


def create_assignment(call: Call) -> Reply:
    """One assignment is created; there is no bulk call."""
    section_id = call.id("section_id")
    found(sections.find(call.storage, section_id))
    return created(show_item(call.service, _write(call, None), "assignments"))


def update_assignment(call: Call) -> Reply:
    """One assignment is updated."""
    _write(call, _find(call, only="assignment"))
    return Reply(204)


def delete_assignment(call: Call) -> Reply:
    """One assignment is gone with its grades."""
    row = _find(call, only="assignment")
    events.announce_item(call.service, row, "delete", actor=call.service.administrator_id)
    call.record("grade_items", grade_items.remove(call.storage, row["id"], at=int(call.service.now.timestamp())))
    return Reply(204)


def _with_text_list(call: Call, shown: Json) -> Json:
    """A list of ids as JSON in a text, as some callers saw it."""
    if shown["assignees"] and call.settings.strictness.mixed_types:
        shown["assignees"] = json.dumps(shown["assignees"])
    return shown


def _find(call: Call, only: str = "") -> Row:
    row = found(grade_items.find(call.storage, call.id("section_id"), call.id("item_id")))
    return found(row if only in ("", row["type"]) else None)


def _write(call: Call, before: Row | None) -> Row:
    fields: Fields = call.fields()
    if "due" in fields:
        fields = {**fields, "due": from_zone(call.service, grade_items.check_due(read_text(fields, "due")))}
    written = grade_items.write(call.storage, call.id("section_id"), fields, before, made_by=call.key)
    call.record("grade_items", written)
    row = found(grade_items.find(call.storage, call.id("section_id"), written.id))
    events.announce_item(call.service, row, "update", actor=call.service.administrator_id)
    return row
