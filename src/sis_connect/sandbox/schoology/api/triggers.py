"""Targets of event triggers and their subscriptions.

Subscriptions are answered item by item with `status` and `message`, not with a response code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.api.calls import Call, CallRefusedError, Json, Reply, created, found
from sis_connect.sandbox.schoology.records import triggers
from sis_connect.sandbox.schoology.records.fields import Fields, RefusedError, Written

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.storage import Row


def list_targets(call: Call) -> Reply:
    """All targets, on one page."""
    rows = call.storage.rows("SELECT * FROM trigger_targets ORDER BY id")
    return Reply(200, {"target": [_show(row) for row in rows]})


def create_target(call: Call) -> Reply:
    """One target is created."""
    return created(_show(found(triggers.find_target(call.storage, _write(call, None).id))))


def update_target(call: Call) -> Reply:
    """One target is updated."""
    _write(call, found(triggers.find_target(call.storage, call.id("target_id"))))
    return Reply(204)


def delete_target(call: Call) -> Reply:
    """One target is gone with its subscriptions."""
    row = found(triggers.find_target(call.storage, call.id("target_id")))
    call.record("trigger_targets", triggers.remove_target(call.storage, row["id"]))
    return Reply(204)


def list_subscriptions(call: Call) -> Reply:
    """All subscriptions; `subscribed` is 0 in every one of them, as documented."""
    shown = [
        {
            "target_id": row["target_id"],
            "trigger": row["trigger_name"],
            "version": "v1",
            "subscribed": 0,
            "target_url": row["target"],
            "include_object": str(row["include_object"]),
        }
        for row in triggers.subscriptions(call.storage)
    ]
    return Reply(200, {"subscription": shown})


def write_subscriptions(call: Call) -> Reply:
    """Targets are subscribed to triggers, or no longer; each answered by itself."""
    items = call.fields().get("subscription")
    if not isinstance(items, list) or not items:
        raise CallRefusedError(400, "subscription must be a list of objects.")
    call.check_cap(items)
    return Reply(200, {"subscription": [_subscribe(call, item) for item in items]})


def _subscribe(call: Call, item: object) -> Json:
    fields: Fields = item if isinstance(item, Mapping) else {}
    named: Json = {"target_id": fields.get("target_id"), "trigger": fields.get("trigger")}
    subscribed = fields.get("subscribed", 0)
    try:
        target, includes = triggers.subscribe(call.storage, fields)
    except RefusedError as error:
        nothing: Json = {"target_url": None, "subscribed": subscribed, "version": None, "include_object": None}
        return {"item": {**named, **nothing}, "message": error.message, "status": 400}
    shown: Json = {"version": "v1", "subscribed": subscribed, "target_url": target["target"]}
    return {"item": {**named, **shown, "include_object": str(includes)}, "status": 200}


def _write(call: Call, before: Row | None) -> Written:
    allowed = call.settings.webhooks.allowed_hosts
    return call.record(
        "trigger_targets", triggers.write_target(call.storage, call.fields(), before, allowed_hosts=allowed)
    )


def _show(row: Row) -> Json:
    return {"id": row["id"], "target": row["target"], "description": row["description"]}
