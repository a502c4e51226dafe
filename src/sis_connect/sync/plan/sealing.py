"""The changes of a plan, sealed in Parquet files and read back.

One file a kind. Of enrollments there may be millions to put: those name class and user by number, two small files
beside say which number is which key, and those to take away have a file of their own. `changes_of` hides that: every
kind reads alike. Not here: the plan's description (`plan`), which changes a person approved (`approval`).
"""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sis_connect.errors import PlanError
from sis_connect.frames import PARQUET, count, fetch_scalar, identifiers, literal
from sis_connect.sync.changes import Action, Change
from sis_connect.sync.desired import RECORD_TYPES, Kind, columns
from sis_connect.sync.plan.guard import Hold
from sis_connect.sync.plan.memberships import ROLE_OF_RANK
from sis_connect.sync.plan.plan import Count
from sis_connect.sync.plan.refusals import REFUSED_BEFORE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.sync.plan.plan import Plan

_ROWS_AT_ONCE = 50_000
_OWN_COLUMNS = ("action", "hold", "at_school", "lms_id", "owned", "records")
_NAMED_CLASSES = "named_classes"
_NAMED_USERS = "named_users"
_GONE = "enrollments_gone"
#: Rows of the enrollments to take away are counted from here, so that a row is one change's alone.
_GONE_FROM = 1 << 40


def seal_changes(frames: Frames, existing: str, folder: Path) -> tuple[str, tuple[Count, ...], dict[str, str]]:
    """Write the changes of a session into `folder`; the plan's digest, its counts, and the sha256 of each file.

    The digest names the changes, whatever their order, and the state `existing` that they start from, so that an
    approval fits no other night.
    """
    frames.execute("SET preserve_insertion_order = false")
    files = _files(_hold_of_puts(frames))
    for name, query in files.items():
        frames.execute(f"COPY ({query}) TO {literal(folder / f'{name}.parquet')} ({PARQUET})")
    frames.execute("SET preserve_insertion_order = true")
    counts: list[Count] = []
    digest = hashlib.sha256(existing.encode())
    for kind in Kind:
        counts += _count_changes(frames, folder, kind)
        digest.update(f"{kind}:{_content_name(frames, folder, kind):016x}\n".encode())
    return digest.hexdigest(), tuple(counts), {name: sha256_of(folder / f"{name}.parquet") for name in files}


def count_other_holds(frames: Frames, folder: Path, known: Collection[Hold]) -> list[Hold]:
    """What waits in a sealed plan for causes that `known` does not name for its kind and action."""
    named = {(hold.cause, hold.kind, hold.action) for hold in known}
    others = []
    for kind in Kind:
        changes = f"SELECT hold, action, count(*) FROM ({_held(folder, kind)}) WHERE hold IS NOT NULL"
        for cause, action, number in frames.execute(f"{changes} GROUP BY ALL ORDER BY ALL").fetchall():
            if (cause, kind, action) not in named:
                others.append(Hold(cause, kind, Action(action), "", int(number), 0))
    return others


def changes_of(folder: Path, kind: Kind) -> str:
    """SQL query over a sealed plan: each change of a kind.

    Columns: `row` (BIGINT, its place in the file), `action`, `hold`, `at_school`, `lms_id`, `owned`, `records`, the
    kind's columns as they should be, and `before`, a struct of them as they are (NULL where nothing is).
    """
    if kind is not Kind.ENROLLMENTS:
        listed = identifiers((*_OWN_COLUMNS, *columns(kind)))
        return f'SELECT file_row_number AS "row", {listed}, before FROM {_file(folder, kind)}'
    return f"""
        SELECT p.file_row_number AS "row", CASE WHEN p.before_rank IS NULL THEN 'create' ELSE 'update' END AS action,
               p.hold, c.school_key AS at_school, NULL::VARCHAR AS lms_id, true AS owned, p.records,
               c."key" AS class_key, u."key" AS user_key, {ROLE_OF_RANK.format(rank="p.rank")} AS role,
               CASE WHEN p.before_rank IS NOT NULL
                    THEN struct_pack(class_key := c."key", user_key := u."key",
                                     role := {ROLE_OF_RANK.format(rank="p.before_rank")}) END AS before
        FROM {_file(folder, kind)} AS p
        JOIN {_file(folder, _NAMED_CLASSES)} AS c ON c.number = p.class_number
        JOIN {_file(folder, _NAMED_USERS)} AS u ON u.number = p.user_number
        UNION ALL
        SELECT {_GONE_FROM} + file_row_number, action, hold, at_school, NULL, true, 0, class_key, user_key, role,
               struct_pack(class_key := class_key, user_key := user_key, role := role)
        FROM {_file(folder, _GONE)}
    """


def check_seal(plan: Plan, folder: Path) -> None:
    """Nothing, when the folder holds the plan as it was sealed; PlanError when a file was changed or is missing."""
    for name, expected in plan.files.items():
        path = folder / f"{name}.parquet"
        if not path.exists() or sha256_of(path) != expected:
            what = "is not what was sealed" if path.exists() else "is missing"
            raise PlanError(f"The plan's file {path.name} {what}.", where=str(folder), fix="Make the plan again.")


def iter_changes(frames: Frames, folder: Path, kind: Kind, condition: str) -> Iterator[tuple[int, Change]]:
    """The changes of a sealed plan that meet an SQL condition, each with its row, in the file's order.

    A bounded number is in memory. The condition may use the columns of `changes_of`.
    """
    names = list(columns(kind))
    for first, last in _windows(frames, folder, kind):
        rows = frames.execute(
            f"""
            SELECT "row", action, lms_id, before, {identifiers(names)} FROM ({changes_of(folder, kind)})
            WHERE "row" BETWEEN {first} AND {last} AND ({condition})
            ORDER BY "row"
            """
        ).fetchall()
        for row, action, lms_id, before, *values in rows:
            yield row, _change(kind, action, lms_id, before, dict(zip(names, values, strict=True)))


def _windows(frames: Frames, folder: Path, kind: Kind) -> Iterator[tuple[int, int]]:
    """First and last row of each piece of a kind's changes that is read at once."""
    files = [(0, _file(folder, kind))]
    if kind is Kind.ENROLLMENTS:
        files.append((_GONE_FROM, _file(folder, _GONE)))
    for start, file in files:
        for first in range(start, start + count(frames, file), _ROWS_AT_ONCE):
            yield first, first + _ROWS_AT_ONCE - 1


def _change(
    kind: Kind, action: str, lms_id: str | None, before: dict[str, Any] | None, values: dict[str, Any]
) -> Change:
    record_type = RECORD_TYPES[kind]
    return Change(
        kind=kind,
        action=Action(action),
        record=record_type(**values),
        before=record_type(**{field.name: before[field.name] for field in fields(record_type)}) if before else None,
        lms_id=lms_id,
    )


def _hold_of_puts(frames: Frames) -> str:
    """SQL over `puts`: the cause that holds an enrollment. Asked of millions, so only when there is anything to ask."""
    causes = {
        "(class_number, user_number) IN (SELECT (class_number, user_number) FROM refused_puts)": (
            "refused_puts",
            REFUSED_BEFORE,
        ),
        "class_number IN (SELECT number FROM held_classes)": ("held_classes", "dependency"),
        "user_number IN (SELECT number FROM held_users)": ("held_users", "dependency"),
        "before_rank IN (SELECT rank FROM held_ranks)": ("held_ranks", "guard.role"),
    }
    cases = [
        f"WHEN {condition} THEN {literal(cause)}"
        for condition, (table, cause) in causes.items()
        if count(frames, table)
    ]
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def _files(hold: str) -> dict[str, str]:
    """The queries behind the files, by their names; `hold` is the SQL of what holds an enrollment."""
    listed = {
        str(kind): f"SELECT {identifiers((*_OWN_COLUMNS, *columns(kind), 'before'))} FROM changes_{kind}"
        for kind in Kind
        if kind is not Kind.ENROLLMENTS
    }
    return listed | {
        str(
            Kind.ENROLLMENTS
        ): f"SELECT {hold} AS hold, records, class_number, user_number, rank, before_rank FROM puts",
        _GONE: "SELECT action, hold, at_school, class_key, user_key, role FROM changes_enrollments",
        _NAMED_CLASSES: 'SELECT number, "key", school_key FROM desired_classes SEMI JOIN puts ON number = class_number',
        _NAMED_USERS: 'SELECT number, "key" FROM desired_users SEMI JOIN puts ON number = user_number',
    }


def _count_changes(frames: Frames, folder: Path, kind: Kind) -> list[Count]:
    changes = _file(folder, kind)
    if kind is Kind.ENROLLMENTS:
        changes = f"""(
            SELECT CASE WHEN before_rank IS NULL THEN 'create' ELSE 'update' END AS action, hold, records FROM {changes}
            UNION ALL SELECT action, hold, 0 FROM {_file(folder, _GONE)}
        )"""
    rows = frames.execute(
        f"""
        SELECT action, count(*), count(hold), coalesce(sum(records), 0),
               coalesce(sum(records) FILTER (hold IS NOT NULL), 0)
        FROM {changes} GROUP BY action ORDER BY action
        """
    ).fetchall()
    return [Count(kind, Action(action), *(int(number) for number in numbers)) for action, *numbers in rows]


def _held(folder: Path, kind: Kind) -> str:
    """SQL: `hold` and `action` of the sealed changes of a kind."""
    if kind is not Kind.ENROLLMENTS:
        return f"SELECT hold, action FROM {_file(folder, kind)}"
    return (
        "SELECT hold, CASE WHEN before_rank IS NULL THEN 'create' ELSE 'update' END AS action "
        f"FROM {_file(folder, kind)} UNION ALL SELECT hold, action FROM {_file(folder, _GONE)}"
    )


def _content_name(frames: Frames, folder: Path, kind: Kind) -> int:
    """A number for the set of changes of a kind, whatever their order.

    It only tells plans apart, so a fast hash does; that nobody changes a sealed file is seen by its sha256.
    """
    if kind is not Kind.ENROLLMENTS:
        listed = identifiers(("action", "hold", "lms_id", *columns(kind)))
        query = f"SELECT bit_xor(hash({listed})) FROM {_file(folder, kind)}"
        return int(str(fetch_scalar(frames, query) or 0))
    classes, users = (
        f'SELECT number, hash("key") AS hash FROM {_file(folder, name)}' for name in (_NAMED_CLASSES, _NAMED_USERS)
    )
    puts = f"""
        SELECT bit_xor(hash(p.hold, p.rank, p.before_rank, c.hash, u.hash))
        FROM {_file(folder, kind)} AS p
        JOIN ({classes}) AS c ON c.number = p.class_number JOIN ({users}) AS u ON u.number = p.user_number
    """
    gone = f"SELECT bit_xor(hash(action, hold, class_key, user_key, role)) FROM {_file(folder, _GONE)}"
    return int(str(fetch_scalar(frames, puts) or 0)) ^ int(str(fetch_scalar(frames, gone) or 0))


def _file(folder: Path, name: str) -> str:
    """SQL: a sealed file, with `file_row_number`."""
    return f"read_parquet({literal(folder / f'{name}.parquet')}, file_row_number = true)"


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal; the file is read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
