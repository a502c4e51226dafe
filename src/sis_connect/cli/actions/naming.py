"""What a person calls the records behind keys: names and titles, of the plan or of what the LMS is known to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import identifier
from sis_connect.sync.desired import Kind, key_columns
from sis_connect.sync.plan.sealing import changes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.report import RefusedChange
    from sis_connect.runs.listing import PlanListing

_NAME = "concat_ws(' ', given_name, family_name)"


def titles_of(listing: PlanListing, refused: Iterable[RefusedChange]) -> dict[tuple[str, str], str]:
    """Titles of refused changes by kind and key, as reports write keys; keys that nothing is known of are left out."""
    keys: dict[Kind, list[str]] = {}
    for one in refused:
        keys.setdefault(Kind(one.kind), []).append(one.key)
    found: dict[tuple[str, str], str] = {}
    for kind, wanted in keys.items():
        written = " || ' / ' || ".join(f"r.{identifier(key)}" for key in key_columns(kind))
        rows = listing.frames.execute(
            f"SELECT {written}, {_title(kind)} FROM {_changes(listing, kind)} AS r {_joins(listing, kind)} "
            f"WHERE list_contains($wanted, {written})",
            {"wanted": wanted},
        ).fetchall()
        found.update(((kind.value, str(key)), str(title)) for key, title in rows)
    return found


def _title(kind: Kind) -> str:
    """SQL: what a change of a kind is called."""
    match kind:
        case Kind.USERS:
            return f"coalesce(nullif({_NAME}, ''), r.\"key\")"
        case Kind.AGENTS:
            return "coalesce(a.title, r.agent_key) || ' for ' || coalesce(b.title, r.student_key)"
        case Kind.ENROLLMENTS:
            return "coalesce(a.title, r.user_key) || ' in ' || coalesce(b.title, r.class_key)"
        case _:
            return "title"


def _joins(listing: PlanListing, kind: Kind) -> str:
    """SQL: the records that a change between two others names, as `a` and `b`."""
    match kind:
        case Kind.AGENTS:
            ends = ((Kind.USERS, "a", "agent_key"), (Kind.USERS, "b", "student_key"))
        case Kind.ENROLLMENTS:
            ends = ((Kind.USERS, "a", "user_key"), (Kind.CLASSES, "b", "class_key"))
        case _:
            return ""
    return " ".join(
        f'LEFT JOIN ({_titles(listing, other)}) AS {alias} ON {alias}."key" = r.{column}'
        for other, alias, column in ends
    )


def _titles(listing: PlanListing, kind: Kind) -> str:
    """SQL: `key` and `title` over the planned and the known records of a kind, once a key."""
    title = _NAME if kind is Kind.USERS else "title"
    both = " UNION ALL ".join(
        f'SELECT "key", {title} AS title FROM {source}' for source in (_changes(listing, kind), f"existing_{kind}")
    )
    return f'SELECT "key", any_value(title) AS title FROM ({both}) GROUP BY "key"'


def _changes(listing: PlanListing, kind: Kind) -> str:
    return f"({changes_of(listing.runner.plan_folder(listing.plan), kind)})"
