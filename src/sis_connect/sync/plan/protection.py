"""What may not be removed because its record is in the feed but could not be used.

A quarantined record keeps its last good state in the LMS. Afterwards the session holds `protected_<kind>`: `key` for
schools, terms, users, courses and classes, `class_key` and `user_key` for enrollments. Where a quarantined record
cannot even be told apart (a line that is no record, no sourcedId), nothing of its kind can be said to be gone; those
kinds are returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import literal
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot

_ENTITIES = {
    Kind.SCHOOLS: "orgs",
    Kind.TERMS: "academicSessions",
    Kind.USERS: "users",
    Kind.COURSES: "courses",
    Kind.CLASSES: "classes",
    Kind.ENROLLMENTS: "enrollments",
}
# A section or course made for one term or school has that id behind an @ (sync.shape.classes).
_OF_RECORD = """(
    SELECT "key", "key" AS sourced_id FROM existing_{kind}
    UNION
    SELECT "key", regexp_replace("key", '@[^@]*$', '') FROM existing_{kind}
)"""


def protect(frames: Frames, snapshot: Snapshot, match_by: str) -> set[Kind]:
    """Make `protected_*`; the kinds whose missing records may just be unreadable ones."""
    unreadable = set()
    for kind, entity in _ENTITIES.items():
        sealed = snapshot.files.get(entity)
        if sealed is None:
            frames.execute(f"CREATE OR REPLACE TABLE protected_{kind} AS {_NOTHING[kind is Kind.ENROLLMENTS]}")
            continue
        frames.execute(
            f"""
            CREATE OR REPLACE TABLE unusable AS
            SELECT r.* FROM ({sealed.relation}) AS r
            WHERE r."row" IN (SELECT "row" FROM quarantine WHERE entity = {literal(entity)})
            """
        )
        frames.execute(f"CREATE OR REPLACE TABLE protected_{kind} AS {_protected(kind, snapshot, match_by)}")
        [[nameless]] = frames.execute(f"SELECT count(*) FROM unusable WHERE {_is_nameless(kind, match_by)}").fetchall()
        if nameless or sealed.rejected:
            unreadable.add(kind)
    return unreadable


_NOTHING_MATCHED = 'SELECT NULL::VARCHAR AS sourced_id, NULL::VARCHAR AS "key" WHERE false'
_NOTHING = {
    False: 'SELECT NULL::VARCHAR AS "key" WHERE false',
    True: "SELECT NULL::VARCHAR AS class_key, NULL::VARCHAR AS user_key WHERE false",
}


def _protected(kind: Kind, snapshot: Snapshot, match_by: str) -> str:
    match kind:
        case Kind.USERS:
            return f'SELECT DISTINCT {match_by} AS "key" FROM unusable'
        case Kind.COURSES | Kind.CLASSES:
            of_record = _OF_RECORD.format(kind=kind)
            return f'SELECT DISTINCT o."key" FROM unusable AS u JOIN {of_record} AS o USING (sourced_id)'
        case Kind.ENROLLMENTS:
            users = snapshot.files.get("users")
            keys = f'SELECT sourced_id, {match_by} AS "key" FROM ({users.relation})' if users else _NOTHING_MATCHED
            return f"""
                SELECT DISTINCT o."key" AS class_key, coalesce(p."key", n.user_sourced_id) AS user_key
                FROM unusable AS n JOIN {_OF_RECORD.format(kind=Kind.CLASSES)} AS o ON o.sourced_id = n.class_sourced_id
                LEFT JOIN ({keys}) AS p ON p.sourced_id = n.user_sourced_id
            """
        case _:
            return 'SELECT sourced_id AS "key" FROM unusable'


def _is_nameless(kind: Kind, match_by: str) -> str:
    """SQL: the unusable record does not say whose it is."""
    columns = {
        Kind.USERS: (match_by,),
        Kind.ENROLLMENTS: ("class_sourced_id", "user_sourced_id"),
    }.get(kind, ("sourced_id",))
    return " OR ".join(f"coalesce({column}, '') = ''" for column in columns)
