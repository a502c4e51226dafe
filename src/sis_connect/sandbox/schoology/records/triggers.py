"""Event triggers: targets, what each is subscribed to, and the events that wait to be delivered.

A target lies on this machine or on a host the settings allow; nothing else is taken, so that nothing invented is sent
anywhere by accident. Not here: what an event says (`events`) and sending it (`webhooks`).
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    changed,
    read_flag,
    read_number,
    read_text,
    require,
)
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from collections.abc import Collection

    from sis_connect.sandbox.schoology.storage import Row, Storage

#: Everything a target can be subscribed to; a sandbox sets off the first two.
TRIGGERS = ("grade_item", "grades", "attendance", "section_completion", "dropbox_submission")


def is_allowed(address: str, allowed_hosts: Collection[str]) -> bool:
    """True for an HTTP address on this machine or on a host that is allowed."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host:
        return False
    return host == "localhost" or host in allowed_hosts or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def find_target(storage: Storage, target_id: int) -> Row | None:
    """The target, or None."""
    return storage.row("SELECT * FROM trigger_targets WHERE id = ?", target_id)


def write_target(storage: Storage, fields: Fields, before: Row | None, *, allowed_hosts: Collection[str]) -> Written:
    """A target is created, or the one before is updated."""
    require(fields, ("target",), is_new=before is None)
    values: dict[str, object] = {name: read_text(fields, name) for name in ("target", "description") if name in fields}
    if "target" in values and not is_allowed(str(values["target"]), allowed_hosts):
        raise RefusedError("A sandbox sends to this machine and to allowed hosts alone.")
    if before is not None:
        return changed(before["id"], is_changed=storage.update("trigger_targets", before["id"], values))
    return Written(storage.insert("trigger_targets", values), Effect.CREATED)


def remove_target(storage: Storage, target_id: int) -> Written:
    """The target is gone with its subscriptions and what waited for it."""
    storage.run("DELETE FROM trigger_targets WHERE id = ?", target_id)
    return Written(target_id, Effect.REMOVED)


def subscribe(storage: Storage, fields: Fields) -> tuple[Row, int]:
    """A target is subscribed to a trigger, or no longer; its row, and whether objects are included."""
    name = read_text(fields, "trigger")
    if name not in TRIGGERS:
        raise RefusedError(f"The trigger with name {name} does not exist")
    target = find_target(storage, read_number(fields, "target_id"))
    if target is None:
        raise RefusedError("The target does not exist")
    if read_text(fields, "version") not in ("", "v1"):
        raise RefusedError("version must be v1")
    storage.run("DELETE FROM trigger_subscriptions WHERE target_id = ? AND trigger_name = ?", target["id"], name)
    includes = read_flag(fields, "include_object")
    if read_flag(fields, "subscribed"):
        storage.run("INSERT INTO trigger_subscriptions VALUES (?, ?, ?)", target["id"], name, includes)
    return target, includes


def subscriptions(storage: Storage, trigger: str | None = None) -> list[Row]:
    """All subscriptions with their targets, or those to one trigger."""
    return storage.rows(
        "SELECT s.*, t.target FROM trigger_subscriptions s JOIN trigger_targets t ON t.id = s.target_id"
        " WHERE ?1 IS NULL OR s.trigger_name = ?1 ORDER BY t.id, s.trigger_name",
        trigger,
    )


def enqueue(storage: Storage, target_id: int, event: str, *, at: int) -> None:
    """The event is to be delivered from the unix time `at` on."""
    storage.insert("deliveries", {"target_id": target_id, "event": event, "due_at": at})


def waiting(storage: Storage, until: int | None = None) -> list[Row]:
    """Events that wait to be delivered, all or those due at a unix time, with their addresses, in order."""
    return storage.rows(
        "SELECT d.*, t.target FROM deliveries d JOIN trigger_targets t ON t.id = d.target_id"
        " WHERE ?1 IS NULL OR d.due_at <= ?1 ORDER BY d.id",
        until,
    )
