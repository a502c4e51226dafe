"""Desired against existing gives changes, for every kind but enrollments (those are `memberships`).

Afterwards the session holds `changes_<kind>`: `action`, `hold`, `at_school`, `lms_id`, `owned`, `records` (received
records that the change decides), the kind's columns as they should be, and `before`, a struct of the same columns as
they are, NULL where nothing is. Records that do not change have no row.

What others made is linked, never changed or removed (ownership). Schools, terms, courses and classes are never removed:
the LMS cannot put a course or section away without destroying work, so they stay where they are and stay known; only
who is in them changes. A class of an earlier year whose terms are over is released: no longer looked after, with
everybody in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count, identifier
from sis_connect.sync.desired import REFERENCES, Kind, columns, compared_columns, key_columns
from sis_connect.sync.plan.renumbering import RENUMBERED, renamed_value, set_renamed

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sis_connect.frames import Frames

#: The kinds whose records others may have made and SIS Connect may use.
LINKABLE = (Kind.SCHOOLS, Kind.TERMS, Kind.USERS)

_SCHOOL_OF = {Kind.SCHOOLS: '"key"', Kind.USERS: "school_key", Kind.COURSES: "school_key", Kind.CLASSES: "school_key"}


def diff(frames: Frames, as_of: date, *, adopt: Collection[Kind], create_schools: bool) -> None:
    """Make `changes_*` from `desired_*`, `existing_*`, `renumbered_*`, `protected_*` and `linkable_*`."""
    renumbered = {kind for kind in RENUMBERED if count(frames, f"renumbered_{kind}")}
    for kind in renumbered:
        set_renamed(frames, kind, f"renumbered_{kind}")
    frames.execute('SET VARIABLE protected_schools = (SELECT coalesce(list("key"), []) FROM protected_schools)')
    frames.execute(
        """
        CREATE OR REPLACE TABLE ended_classes AS
        WITH ends AS (SELECT "key", end_date FROM existing_terms)
        SELECT c."key" FROM (SELECT "key", unnest(term_keys) AS term FROM existing_classes) AS c
        JOIN ends AS t ON t."key" = c.term
        GROUP BY c."key"
        HAVING max(t.end_date) < $as_of AND NOT bool_or(c.term IN (SELECT "key" FROM sessions))
        """,
        {"as_of": as_of},
    )
    for kind in Kind:
        if kind is not Kind.ENROLLMENTS:
            _diff_kind(frames, kind, renumbered, adopts=kind in adopt)
    _take_over(frames, adopt)
    if not create_schools:
        frames.execute("UPDATE changes_schools SET hold = 'schools.not_created' WHERE action = 'create'")
    frames.execute(
        """
        UPDATE changes_users SET hold = 'renumbering.doubtful'
        WHERE (action = 'create' AND "key" IN (SELECT new_key FROM doubtful_users))
           OR (action = 'remove' AND "key" IN (SELECT old_key FROM doubtful_users))
           -- Another name and another number under the same key: the key may have been given to somebody else.
           OR (action = 'update' AND lower(before.given_name) <> lower(given_name)
               AND lower(before.family_name) <> lower(family_name)
               AND (before.identifier IS DISTINCT FROM identifier OR before.username IS DISTINCT FROM username))
        """
    )


def _diff_kind(frames: Frames, kind: Kind, renumbered: Collection[Kind], *, adopts: bool) -> None:
    names = list(columns(kind))
    keys = key_columns(kind)
    same_key = " AND ".join(f"d.{identifier(key)} = e.{identifier('now_' + key)}" for key in keys)
    compared = [*compared_columns(kind)]
    differences = [f"{_wanted(kind, c)} IS DISTINCT FROM {_as_known_now(kind, c, renumbered)}" for c in compared]
    if kind is not Kind.AGENTS:
        # An agent has no name of its own: it follows the users it joins.
        differences += [f"e.{identifier(key)} <> e.{identifier('now_' + key)}" for key in keys]
    if adopts:
        differences.append("NOT e.owned")
    is_different = " OR ".join(differences) or "false"
    wanted = ", ".join(
        f"CASE WHEN d.records IS NULL THEN e.{identifier(c)} ELSE d.{identifier(c)} END AS {identifier(c)}"
        for c in names
    )
    before = ", ".join(f"{identifier(c)} := e.{identifier(c)}" for c in names)
    first_key = identifier(keys[0])
    has_lms_id = kind is not Kind.AGENTS
    linkable = f'LEFT JOIN linkable_{kind} AS l ON l."key" = d."key"' if has_lms_id else ""
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE changes_{kind} AS
        WITH e AS ({_existing(kind)})
        SELECT CASE WHEN e.{first_key} IS NOT NULL AND d.records IS NULL THEN {_gone(kind)}
                    WHEN e.{first_key} IS NOT NULL THEN 'update'
                    {"WHEN l.lms_id IS NOT NULL THEN 'link'" if has_lms_id else ""}
                    ELSE 'create' END AS action,
               CAST(NULL AS VARCHAR) AS hold,
               {_school(kind)} AS at_school,
               {"coalesce(e.lms_id, l.lms_id)" if has_lms_id else "NULL::VARCHAR"} AS lms_id,
               {f"coalesce(e.owned OR {adopts}, l.lms_id IS NULL)" if has_lms_id else "true"} AS owned,
               coalesce(d.records, 0) AS records, {wanted},
               CASE WHEN e.{first_key} IS NOT NULL THEN struct_pack({before}) END AS before
        FROM desired_{kind} AS d FULL JOIN e ON {same_key} {linkable}
        WHERE e.{first_key} IS NULL OR (d.records IS NULL AND {_gone(kind)} IS NOT NULL)
           OR (d.records IS NOT NULL AND (e.owned OR {adopts}) AND {_may_change(kind)} AND ({is_different}))
        """
    )


def _existing(kind: Kind) -> str:
    """SQL: what exists, with the key each record would have today in `now_<key>`."""
    if kind is Kind.AGENTS:
        return """
            SELECT e.*, coalesce(s.new_key, e.student_key) AS now_student_key,
                   coalesce(a.new_key, e.agent_key) AS now_agent_key
            FROM existing_agents AS e
            LEFT JOIN renumbered_users AS s ON s.old_key = e.student_key
            LEFT JOIN renumbered_users AS a ON a.old_key = e.agent_key
        """
    return f"""
        SELECT e.*, coalesce(r.new_key, e."key") AS now_key
        FROM existing_{kind} AS e LEFT JOIN renumbered_{kind} AS r ON r.old_key = e."key"
    """


def _wanted(kind: Kind, column: str) -> str:
    """SQL: a value as it should be. Somebody's school stays while the school's own record cannot be read."""
    value = f"d.{identifier(column)}"
    if kind is not Kind.USERS:
        return value
    protected = "getvariable('protected_schools')"
    if column == "school_key":
        return f"CASE WHEN list_contains({protected}, e.school_key) THEN e.school_key ELSE {value} END"
    if column == "other_school_keys":
        kept = f"list_filter(e.other_school_keys, lambda s: list_contains({protected}, s))"
        return (
            f'CASE WHEN len({protected}) > 0 AND e."key" IS NOT NULL '
            f"THEN list_sort(list_distinct(list_concat({value}, {kept}))) ELSE {value} END"
        )
    return value


def _may_change(kind: Kind) -> str:
    """SQL: nothing of the record is in quarantine, which would speak for its last good state."""
    return 'd."key" NOT IN (SELECT "key" FROM protected_users)' if kind is Kind.USERS else "true"


def _as_known_now(kind: Kind, column: str, renumbered: Collection[Kind]) -> str:
    """SQL: an existing value, with references under the keys that their records have today."""
    target = REFERENCES.get(kind, {}).get(column)
    return renamed_value(f"e.{identifier(column)}", column, target if target in renumbered else None)


def _school(kind: Kind) -> str:
    if kind not in _SCHOOL_OF:
        return "NULL::VARCHAR"
    return f"coalesce(d.{_SCHOOL_OF[kind]}, e.{_SCHOOL_OF[kind]})"


def _gone(kind: Kind) -> str:
    """SQL: what to do with an existing record that is no longer wanted; NULL to leave it known and untouched."""
    match kind:
        case Kind.USERS:
            return 'CASE WHEN e.owned AND e."key" NOT IN (SELECT "key" FROM kept_users) THEN \'remove\' END'
        case Kind.AGENTS:
            return (
                'CASE WHEN e.student_key IN (SELECT "key" FROM protected_users) '
                "OR e.agent_key IN (SELECT \"key\" FROM protected_users) THEN NULL ELSE 'remove' END"
            )
        case Kind.CLASSES:
            return 'CASE WHEN e."key" IN (SELECT "key" FROM ended_classes) THEN \'release\' END'
        case _:
            return "CAST(NULL AS VARCHAR)"


def _take_over(frames: Frames, adopt: Collection[Kind]) -> None:
    """Settle what to do with what others made under a code of ours: adopt it, use it, or hold ours."""
    for kind in (Kind.USERS, Kind.COURSES, Kind.CLASSES):
        if kind in adopt:
            # From now on ours: written once as the SIS has it.
            frames.execute(f"UPDATE changes_{kind} SET action = 'update', owned = true WHERE action = 'link'")
        elif kind not in LINKABLE:
            frames.execute(
                f"UPDATE changes_{kind} "
                "SET action = 'create', hold = 'ownership.not_ours', lms_id = NULL, owned = true WHERE action = 'link'"
            )
