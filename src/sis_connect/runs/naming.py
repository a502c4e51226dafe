"""What a person calls the records behind keys: names and titles, of the plan or of what the LMS is known to hold.

SQL over a plan's sealed changes and the views `existing_<kind>`. Not here: which changes are shown (`listing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import identifier
from sis_connect.sync.desired import Kind, key_columns
from sis_connect.sync.plan.sealing import changes_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.report import RefusedChange

_PERSON = "coalesce(nullif(concat_ws(' ', given_name, family_name), ''), \"key\")"
#: For kinds without a name of their own: the columns of the two records they join, and the word between their names.
_JOINED = {
    Kind.AGENTS: ("agent_key", Kind.USERS, "student_key", Kind.USERS, "for"),
    Kind.ENROLLMENTS: ("user_key", Kind.USERS, "class_key", Kind.CLASSES, "in"),
}


def written_key(kind: Kind) -> str:
    """SQL: the key of a change as reports write it."""
    return " || ' / ' || ".join(identifier(key) for key in key_columns(kind))


def names_of(plan: Path, kind: Kind) -> str:
    """SQL query: `key` and `name` of the planned and the known records of a kind, once a key."""
    name = _PERSON if kind is Kind.USERS else "title"
    planned = f"({changes_of(plan, kind)})"
    return f"""
        SELECT "key", {name} AS name FROM {planned}
        UNION ALL
        SELECT "key", {name} AS name FROM existing_{kind} ANTI JOIN {planned} AS planned USING ("key")
    """


def named(plan: Path, kind: Kind, chosen: str) -> str:
    """SQL query: the changes of the query `chosen` with their names.

    Those are `shown`, `inside` (for an enrollment its class, for an agent the student, for others the key of the
    school, or what else tells where; may be NULL) and `shown_role`.
    """
    if kind in _JOINED:
        first, first_kind, second, second_kind, _ = _JOINED[kind]
        role = "c.role" if kind is Kind.ENROLLMENTS else "NULL"
        return f"""
            SELECT c.*, coalesce(a.name, c.{first}) AS shown, coalesce(b.name, c.{second}) AS inside,
                   {role} AS shown_role
            FROM ({chosen}) AS c
            LEFT JOIN ({names_of(plan, first_kind)}) AS a ON a."key" = c.{first}
            LEFT JOIN ({names_of(plan, second_kind)}) AS b ON b."key" = c.{second}
        """
    shown = _PERSON if kind is Kind.USERS else "title"
    inside = {Kind.SCHOOLS: "NULL", Kind.TERMS: "concat(start_date, ' to ', end_date)"}.get(kind, "school_key")
    role = "role" if kind is Kind.USERS else "NULL"
    return f"SELECT *, {shown} AS shown, {inside} AS inside, {role} AS shown_role FROM ({chosen})"


def titles_of(frames: Frames, plan: Path, refused: Iterable[RefusedChange]) -> dict[tuple[str, str], str]:
    """Titles of refused changes by kind and key, as reports write keys; keys that nothing is known of are left out."""
    keys: dict[Kind, list[str]] = {}
    for one in refused:
        keys.setdefault(Kind(one.kind), []).append(one.key)
    found: dict[tuple[str, str], str] = {}
    for kind, wanted in keys.items():
        chosen = f"SELECT * FROM ({changes_of(plan, kind)}) WHERE list_contains($wanted, {written_key(kind)})"
        title = f"shown || ' {_JOINED[kind][-1]} ' || inside" if kind in _JOINED else "shown"
        rows = frames.execute(
            f"SELECT {written_key(kind)}, {title} FROM ({named(plan, kind, chosen)})", {"wanted": wanted}
        ).fetchall()
        found.update(((kind.value, str(key)), str(words)) for key, words in rows)
    return found
