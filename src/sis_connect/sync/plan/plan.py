"""A plan is a value: counted, hashed, sealed in a folder, shown, approved, and applied exactly as it is.

Here: the plan's description (`plan.json`), sealing the changes of a session into Parquet files, and reading them back.
Not here: how changes are found (`diff`, `memberships`, `guard`), or which of them a person approved (`approval`).
"""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from sis_connect.errors import PlanError
from sis_connect.frames import PARQUET, count, identifier, identifiers, literal
from sis_connect.sync.changes import Action, Change
from sis_connect.sync.desired import RECORD_TYPES, Kind, columns
from sis_connect.sync.plan.guard import Hold
from sis_connect.sync.plan.memberships import ROLE_OF_RANK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.frames import Frames

DESCRIPTION_FILE = "plan.json"
_ROWS_AT_ONCE = 20_000
_OWN_COLUMNS = ("action", "hold", "at_school", "lms_id", "owned", "records")


class Count(msgspec.Struct, frozen=True):
    """Changes of one kind and action."""

    kind: Kind
    action: Action
    changes: int
    #: How many of them wait for a person, or for what they depend on.
    held: int
    #: Received records that these changes decide, and those decided by held ones.
    records: int
    held_records: int


class Received(msgspec.Struct, frozen=True):
    """What became of the records of one entity before planning; the rest is planned or unchanged."""

    entity: str
    received: int
    quarantined: int
    out_of_scope: dict[str, int]
    in_scope: int


class Plan(msgspec.Struct, frozen=True):
    """A sealed plan."""

    #: Names the plan by what it would do, whatever the order of rows.
    digest: str
    made_at: datetime
    #: The day it was made for.
    as_of: date
    #: The snapshot, and the existing state of the LMS, that it came from.
    snapshot: str
    existing: str
    school_year: int | None
    counts: tuple[Count, ...]
    holds: tuple[Hold, ...]
    received: tuple[Received, ...]
    #: Findings by code: (severity, occurrences).
    findings: dict[str, tuple[str, int]]
    #: sha256 of each sealed file, by kind.
    files: dict[Kind, str]

    def changes(self, kind: Kind | None = None, action: Action | None = None) -> int:
        """How many changes, of a kind or an action or in all."""
        return sum(
            c.changes
            for c in self.counts
            if (kind is None or c.kind is kind) and (action is None or c.action is action)
        )

    @property
    def held(self) -> int:
        """How many changes wait."""
        return sum(c.held for c in self.counts)

    @property
    def is_empty(self) -> bool:
        """True when nothing is to be done."""
        return not self.counts


def seal_changes(frames: Frames, existing: str, folder: Path) -> tuple[str, tuple[Count, ...], dict[Kind, str]]:
    """Write the changes of a session into `folder`, one file a kind; the plan's digest, its counts, the files' sha256.

    The digest names the changes and the state `existing` that they start from, so that an approval fits no other night.
    """
    frames.execute("SET preserve_insertion_order = false")
    for kind in Kind:
        query = _enrollment_changes() if kind is Kind.ENROLLMENTS else f"SELECT {_listed(kind)} FROM changes_{kind}"
        frames.execute(f"COPY ({query}) TO {literal(folder / f'{kind}.parquet')} ({PARQUET})")
    frames.execute("SET preserve_insertion_order = true")
    counts: list[Count] = []
    digest = hashlib.sha256(existing.encode())
    files = {}
    for kind in Kind:
        path = folder / f"{kind}.parquet"
        counts += count_changes(frames, path, kind)
        digest.update(f"{kind}:{_content_digest(frames, path, kind)}\n".encode())
        with path.open("rb") as file:
            files[kind] = hashlib.file_digest(file, "sha256").hexdigest()
    return digest.hexdigest(), tuple(counts), files


def count_changes(frames: Frames, path: Path, kind: Kind) -> list[Count]:
    """The counts of one sealed file, by action."""
    rows = frames.execute(
        f"""
        SELECT action, count(*), count(hold), coalesce(sum(records), 0),
               coalesce(sum(records) FILTER (hold IS NOT NULL), 0)
        FROM read_parquet({literal(path)}) GROUP BY action ORDER BY action
        """
    ).fetchall()
    return [Count(kind, Action(action), *(int(number) for number in numbers)) for action, *numbers in rows]


def check_seal(plan: Plan, folder: Path) -> None:
    """Nothing, when the folder holds the plan as it was sealed; PlanError when a file was changed or is missing."""
    for kind, expected in plan.files.items():
        path = folder / f"{kind}.parquet"
        if not path.exists():
            raise PlanError(f"The plan's file {path.name} is missing.", where=str(folder), fix="Make the plan again.")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                raise PlanError(
                    f"The plan's file {path.name} is not what was sealed.",
                    where=str(folder),
                    fix="Make the plan again.",
                )


def iter_changes(frames: Frames, path: Path, kind: Kind, condition: str) -> Iterator[tuple[int, Change]]:
    """The changes of a sealed file that meet an SQL condition, each with its row, in the file's order.

    A bounded number is in memory. The condition may use the plan's columns and `file_row_number`.
    """
    names = list(columns(kind))
    total = count(frames, f"read_parquet({literal(path)})")
    for start in range(0, total, _ROWS_AT_ONCE):
        rows = frames.execute(
            f"""
            SELECT file_row_number, action, lms_id, before, {identifiers(names)}
            FROM read_parquet({literal(path)}, file_row_number = true)
            WHERE file_row_number BETWEEN {start} AND {start + _ROWS_AT_ONCE - 1} AND ({condition})
            ORDER BY file_row_number
            """
        ).fetchall()
        for row, action, lms_id, before, *values in rows:
            yield row, _change(kind, action, lms_id, before, dict(zip(names, values, strict=True)))


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


def _listed(kind: Kind) -> str:
    return identifiers((*_OWN_COLUMNS, *columns(kind), "before"))


def _enrollment_changes() -> str:
    role = ROLE_OF_RANK.format(rank="p.rank")
    before_role = ROLE_OF_RANK.format(rank="p.before_rank")
    return f"""
        SELECT CASE WHEN p.before_rank IS NULL THEN 'create' ELSE 'update' END AS action,
               CASE WHEN hc."key" IS NOT NULL OR hu."key" IS NOT NULL THEN 'dependency' END AS hold,
               c.school_key AS at_school, CAST(NULL AS VARCHAR) AS lms_id, true AS owned, p.records,
               c."key" AS class_key, u."key" AS user_key, {role} AS role,
               CASE WHEN p.before_rank IS NOT NULL
                    THEN struct_pack(class_key := c."key", user_key := u."key", role := {before_role}) END AS before
        FROM puts AS p
        JOIN desired_classes AS c ON c.number = p.class_number
        JOIN desired_users AS u ON u.number = p.user_number
        LEFT JOIN held_classes AS hc ON hc."key" = c."key"
        LEFT JOIN held_users AS hu ON hu."key" = u."key"
        UNION ALL
        SELECT action, hold, at_school, NULL, true, 0, class_key, user_key, role,
               struct_pack(class_key := class_key, user_key := user_key, role := role)
        FROM changes_enrollments
    """


def _content_digest(frames: Frames, path: Path, kind: Kind) -> str:
    """Hash of the set of changes in a file, whatever their order."""
    texts = ", ".join(
        f"coalesce({identifier(name)}{'' if type_ == 'VARCHAR' else '::VARCHAR'}, chr(1))"
        for name, type_ in columns(kind).items()
    )
    [[digest]] = frames.execute(
        f"""
        SELECT bit_xor(md5_number(concat_ws(chr(0), action, coalesce(hold, ''), coalesce(lms_id, ''), {texts})))
        FROM read_parquet({literal(path)})
        """
    ).fetchall()
    return f"{digest or 0:032x}"
