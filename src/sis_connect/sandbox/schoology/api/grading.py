"""Grading categories and scales of a section.

Categories are made wrapped, several at a time; replies to writes carry texts where reading gives numbers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.api.calls import Call, CallRefusedError, Json, Reply, found, plain_number
from sis_connect.sandbox.schoology.records import grading, sections
from sis_connect.sandbox.schoology.records.fields import Fields, RefusedError, Written, read_number

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.storage import Row


def list_categories(call: Call) -> Reply:
    """The categories of a section, on one page."""
    _check_section(call)
    shown = [_show(row) for row in grading.categories_of(call.storage, call.id("section_id"))]
    return _whole_list(call, "grading_category", shown)


def get_category(call: Call) -> Reply:
    """One category."""
    row = _find(call)
    return Reply(200, {**_show(row), "realm": "course", "realm_id": str(row["section_id"])})


def create_categories(call: Call) -> Reply:
    """Up to 50 categories; a body that is not wrapped is refused."""
    _check_section(call)

    def write(fields: Fields) -> Json:
        row = _write(call, fields, None)
        return {**_show_defaults(row), "id": str(row["id"])}

    return Reply(207, {"grading_category": call.bulk("grading_categories", _items(call), ("title",), write)})


def update_category(call: Call) -> Reply:
    """One category is updated, and sent back."""
    return Reply(200, _show_written(call, _write(call, call.fields(), _find(call))))


def update_categories(call: Call) -> Reply:
    """Up to 50 categories are updated, by `id`."""
    _check_section(call)

    def write(fields: Fields) -> Json:
        before = grading.find_category(call.storage, call.id("section_id"), read_number(fields, "id"))
        if before is None:
            raise RefusedError("The grading category does not exist.", 404)
        return {"response_code": 204, **_show_written(call, _write(call, fields, before))}

    return Reply(207, {"grading_category": call.bulk("grading_categories", _items(call), ("id",), write)})


def delete_category(call: Call) -> Reply:
    """One category is gone; its items are ungraded."""
    call.record("grading_categories", grading.remove_category(call.storage, _find(call)["id"]))
    return Reply(204)


def list_scales(call: Call) -> Reply:
    """The scales that items of a section may use, on one page."""
    _check_section(call)
    shown: list[Json] = [
        {
            "id": row["id"],
            "title": row["title"],
            "type": row["type"],
            "auto_averaging": row["auto_averaging"],
            "hide_numeric": row["hide_numeric"],
            "scale": {"level": json.loads(row["levels"])},
        }
        for row in grading.scales_of(call.storage, call.id("section_id"))
    ]
    return _whole_list(call, "grading_scale", shown)


def _whole_list(call: Call, key: str, shown: list[Json]) -> Reply:
    links = {"self": call.href(call.path)}
    if not shown and call.settings.strictness.sparse_pages:
        return Reply(200, {"links": links})
    return Reply(200, {key: shown, "links": links})


def _check_section(call: Call) -> None:
    found(sections.find(call.storage, call.id("section_id")))


def _find(call: Call) -> Row:
    return found(grading.find_category(call.storage, call.id("section_id"), call.id("category_id")))


def _items(call: Call) -> list[object]:
    items = call.items("grading_categories", "grading_category")
    if items is None:
        raise CallRefusedError(400, "grading_categories.grading_category is required.")
    return items


def _write(call: Call, fields: Fields, before: Row | None) -> Row:
    section_id = call.id("section_id")
    written: Written = grading.write_category(call.storage, section_id, fields, before, made_by=call.key)
    call.record("grading_categories", written)
    return found(grading.find_category(call.storage, section_id, written.id))


def _show(row: Row) -> Json:
    return {
        "id": row["id"],
        "title": row["title"],
        "delta": row["delta"],
        "calculation_type": row["calculation_type"],
        "default_max_points": plain_number(row["default_max_points"]),
        "default_grading_scale_id": row["default_grading_scale_id"],
        "drop_lowest": row["drop_lowest"],
        "weight": plain_number(row["weight"]),
    }


def _show_defaults(row: Row) -> Json:
    shown = _show(row)
    shown["default_grading_scale"] = shown.pop("default_grading_scale_id")
    return shown


def _show_written(call: Call, row: Row) -> Json:
    texts = {name: str(value) for name, value in _show_defaults(row).items()}
    return {
        **texts,
        "realm": "course",
        "realm_id": str(row["section_id"]),
        "uid": str(call.service.administrator_id),
    }
