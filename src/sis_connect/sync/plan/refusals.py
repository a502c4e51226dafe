"""What the LMS refused before and would refuse again: such changes wait instead of being sent every night.

Reads `refusals`, which the caller lays out: `kind`, `first_key` and `second_key` (the latter empty where a kind has one
key), `action`, `content` (see `content_of`), `code` and `refused_on`, the day of the plan that was refused. Not here:
keeping them from run to run (`store.existing`), looking at the LMS again where others have our code (`runs.survey`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec

from sis_connect.frames import count, identifier, identifiers, literal
from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Kind, columns, key_columns
from sis_connect.sync.plan.guard import Hold
from sis_connect.sync.plan.memberships import ROLE_OF_RANK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from sis_connect.frames import Frames

#: Causes of `guard.CAUSES`.
REFUSED_BEFORE = "refused.before"
NOT_OURS = "ownership.not_ours"

#: Columns of the table `refusals`.
COLUMNS = {
    "kind": "VARCHAR",
    "first_key": "VARCHAR",
    "second_key": "VARCHAR",
    "action": "VARCHAR",
    "content": "UBIGINT",
    "code": "VARCHAR",
    "refused_on": "DATE",
}

_MOVING = "SELECT {column} FROM changes_{kind} WHERE hold IS NULL"
_USERS, _COURSES, _CLASSES = (_MOVING.format(column='"key"', kind=kind) for kind in ("users", "courses", "classes"))
_SCHOOLS, _TERMS = (_MOVING.format(column='"key"', kind=kind) for kind in ("schools", "terms"))
_GIVEN_UP = """
    SELECT lower(before.{column}) FROM changes_users
    WHERE hold IS NULL AND before IS NOT NULL AND before.{column} IS NOT NULL
      AND (action = 'remove' OR {column} IS DISTINCT FROM before.{column})
      AND ("key", action) NOT IN (SELECT (first_key, action) FROM refused_changes)
"""
#: SQL over the changes of a kind: what it was refused for may be gone, as something it needs changes in the same plan.
_REASON_MAY_BE_GONE = {
    Kind.USERS: f"lower(username) IN ({_GIVEN_UP.format(column='username')}) "
    f"OR lower(email) IN ({_GIVEN_UP.format(column='email')}) OR school_key IN ({_SCHOOLS})",
    Kind.AGENTS: f"student_key IN ({_USERS}) OR agent_key IN ({_USERS})",
    Kind.COURSES: f"school_key IN ({_SCHOOLS})",
    Kind.CLASSES: f"school_key IN ({_SCHOOLS}) OR course_key IN ({_COURSES}) "
    f'OR list_has_any(term_keys, (SELECT coalesce(list("key"), []) FROM ({_TERMS})))',
    Kind.ENROLLMENTS: f"class_key IN ({_CLASSES}) OR user_key IN ({_USERS})",
}


class Refusals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of changes that the LMS refused."""

    #: Nights after which a refused change is sent again although nothing about it has changed; 0 for every night.
    retry_after_nights: Annotated[int, msgspec.Meta(ge=0)] = 7


def content_of(kind: Kind) -> str:
    """SQL over the changes of a kind, as sealed: a number for what the change would write, and over what."""
    if kind is Kind.ENROLLMENTS:
        return "hash(role, before.role)"
    return f"hash({identifiers(columns(kind))}, before)"


def keys_of(kind: Kind) -> tuple[str, str]:
    """SQL over the columns of a kind: the two keys under which a refusal is remembered."""
    first, *others = (identifier(key) for key in key_columns(kind))
    return first, others[0] if others else "''"


def hold_refused(frames: Frames, rules: Refusals, as_of: date, *, retry: bool) -> list[Hold]:
    """Hold what was refused before and has not changed since; the holds it made, by code.

    With `retry` nothing is held. Makes `refused_puts` (`class_number`, `user_number`): the enrollments among them.
    """
    frames.execute("CREATE OR REPLACE TABLE refused_puts (class_number BIGINT, user_number BIGINT)")
    if retry or not count(frames, "refusals"):
        return []
    since = literal((as_of - timedelta(days=rules.retry_after_nights)).isoformat())
    frames.execute(
        f"CREATE OR REPLACE TABLE standing AS SELECT * FROM refusals WHERE refused_on > DATE {since} "
        f"AND code <> {literal(NOT_OURS)}"
    )
    holds: list[Hold] = []
    for kind in Kind:
        if count(frames, f"standing WHERE kind = '{kind}'"):
            holds += _hold(frames, kind, "hash(role, role)" if kind is Kind.ENROLLMENTS else content_of(kind))
    if count(frames, f"standing WHERE kind = '{Kind.ENROLLMENTS}' AND action <> 'remove'"):
        holds += _hold_puts(frames)
    return holds


def hold_unseen(frames: Frames, adopt: Collection[Kind]) -> None:
    """Hold what others had under our code when the LMS was last looked at: for plans that do not look."""
    for kind in {Kind.COURSES, Kind.CLASSES} - set(adopt):
        frames.execute(
            f"UPDATE changes_{kind} SET hold = {literal(NOT_OURS)} WHERE hold IS NULL AND action = 'create' "
            f"AND \"key\" IN (SELECT first_key FROM refusals WHERE kind = '{kind}' AND code = {literal(NOT_OURS)})"
        )


def _hold(frames: Frames, kind: Kind, content: str) -> Iterator[Hold]:
    first, second = keys_of(kind)
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE refused_changes AS
        SELECT r.first_key, r.second_key, r.action, r.code
        FROM (SELECT *, {content} AS content FROM changes_{kind} WHERE hold IS NULL) AS c
        JOIN standing AS r
          ON r.kind = '{kind}' AND r.first_key = {first} AND r.second_key = {second} AND r.action = c.action
         AND r.content = c.content
        """
    )
    gone = _REASON_MAY_BE_GONE.get(kind, "false")
    is_same = f"({first}, {second}, action) IN (SELECT (first_key, second_key, action) FROM refused_changes)"
    frames.execute(
        f"CREATE OR REPLACE TABLE unchanged AS SELECT {first} AS first_key, {second} AS second_key, action "
        f"FROM changes_{kind} WHERE hold IS NULL AND {is_same} AND ({gone}) IS NOT TRUE"
    )
    frames.execute(
        f"UPDATE changes_{kind} SET hold = {literal(REFUSED_BEFORE)} WHERE hold IS NULL "
        f"AND ({first}, {second}, action) IN (SELECT (first_key, second_key, action) FROM unchanged)"
    )
    rows = frames.execute(
        "SELECT action, code, count(*) FROM refused_changes SEMI JOIN unchanged USING (first_key, second_key, action) "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return (Hold(REFUSED_BEFORE, kind, Action(action), code, changes, 0) for action, code, changes in rows)


def _hold_puts(frames: Frames) -> Iterator[Hold]:
    """Enrollments to put are named by number until they are sealed, and by their keys in what was refused."""
    role, before = ROLE_OF_RANK.format(rank="p.rank"), ROLE_OF_RANK.format(rank="p.before_rank")
    rows = frames.execute(
        f"""
        CREATE OR REPLACE TABLE refused_changes AS
        SELECT p.class_number, p.user_number, r.action, r.code
        FROM (
            SELECT s.*, c.number AS class_number, u.number AS user_number, s.first_key AS class_key,
                   s.second_key AS user_key
            FROM standing AS s
            JOIN desired_classes AS c ON c."key" = s.first_key JOIN desired_users AS u ON u."key" = s.second_key
            WHERE s.kind = '{Kind.ENROLLMENTS}'
        ) AS r
        JOIN puts AS p ON p.class_number = r.class_number AND p.user_number = r.user_number
        WHERE r.action = CASE WHEN p.before_rank IS NULL THEN 'create' ELSE 'update' END
          AND r.content = hash({role}, {before}) AND ({_REASON_MAY_BE_GONE[Kind.ENROLLMENTS]}) IS NOT TRUE;
        INSERT INTO refused_puts SELECT class_number, user_number FROM refused_changes;
        SELECT action, code, count(*) FROM refused_changes GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    return (Hold(REFUSED_BEFORE, Kind.ENROLLMENTS, Action(action), code, changes, 0) for action, code, changes in rows)
