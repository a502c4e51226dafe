"""What SIS Connect believes the LMS holds: one sealed Parquet file a kind, renewed at the end of every run.

Here: laying that state out for a plan, and settling a run into the next state. A file holds the kind's columns,
`lms_id` and `owned` (false for what others made and SIS Connect only uses). Not here: which changes were carried out
(`journal`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

from sis_connect.errors import StoreError
from sis_connect.frames import PARQUET, count, identifier, identifiers, literal
from sis_connect.report import Settled
from sis_connect.store.folder import seal
from sis_connect.sync.desired import Kind, columns, key_columns
from sis_connect.sync.plan.sealing import changes_of

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.store.folder import DataFolder

#: Digest of the state of a district that was never synced.
NOTHING = "nothing"

#: Columns that hold the key of a record of another kind, by kind.
_REFERENCES: dict[Kind, dict[str, Kind]] = {
    Kind.USERS: {"school_key": Kind.SCHOOLS, "other_school_keys": Kind.SCHOOLS},
    Kind.AGENTS: {"student_key": Kind.USERS, "agent_key": Kind.USERS},
    Kind.COURSES: {"school_key": Kind.SCHOOLS},
    Kind.CLASSES: {"school_key": Kind.SCHOOLS, "course_key": Kind.COURSES, "term_keys": Kind.TERMS},
    Kind.ENROLLMENTS: {"class_key": Kind.CLASSES, "user_key": Kind.USERS},
}


class Existing:
    """The states of one data folder."""

    def __init__(self, folder: DataFolder) -> None:
        """States below `folder`."""
        self._folder = folder

    def lay_out(self, frames: Frames, digest: str) -> None:
        """Make the views `existing_<kind>` of a state."""
        for kind in Kind:
            path = self._folder.existing / digest / f"{kind}.parquet"
            if digest == NOTHING:
                declared = ", ".join(f"CAST(NULL AS {type_}) AS {identifier(c)}" for c, type_ in _layout(kind).items())
                query = f"SELECT {declared} WHERE false"
            elif path.exists():
                query = f"SELECT * FROM read_parquet({literal(path)})"
            else:
                raise StoreError(
                    "The state of the LMS as last known is missing.",
                    where=str(path),
                    fix="Restore the data folder from a backup.",
                )
            frames.execute(f"CREATE OR REPLACE VIEW existing_{kind} AS {query}")

    def settle(self, frames: Frames, before: str, plan: Path, run: str) -> tuple[str, list[Settled]]:
        """The digest of the state after a run, and what became of the plan's changes so far.

        The digest names content and run, so that no state is ever taken for an earlier one of the same content.

        Expects the views `existing_<kind>` of the state `before`, a table `outcomes` (`kind`, `row` in the plan's file,
        `is_applied`, `lms_id`) of this run, and a table `done` (`kind`, `row`) of what earlier runs of the same plan
        carried out; a change in neither was not carried out.
        """
        settled: list[Settled] = []
        for kind in Kind:
            frames.execute(f"CREATE OR REPLACE VIEW fate_{kind} AS {_fate(kind, changes_of(plan, kind))}")
            settled += _count_fates(frames, kind)
        if not any(count(frames, f"fate_{kind} WHERE state = 'applied'") for kind in Kind):
            return before, settled
        with self._folder.sealing(self._folder.existing) as path:
            digest = hashlib.sha256(run.encode())
            for kind in Kind:
                file = path / f"{kind}.parquet"
                self._renew(frames, kind, before, file)
                with file.open("rb") as content:
                    digest.update(hashlib.file_digest(content, "sha256").digest())
            seal(path, self._folder.existing / digest.hexdigest(), durably=True)
        return digest.hexdigest(), settled

    def _renew(self, frames: Frames, kind: Kind, before: str, file: Path) -> None:
        renamed = {
            column: target for column, target in _REFERENCES.get(kind, {}).items() if count(frames, _renamed(target))
        }
        for target in set(renamed.values()):
            frames.execute(
                f"SET VARIABLE renamed_{target} = "
                f"(SELECT map_from_entries(list((old_key, new_key))) FROM {_renamed(target)})"
            )
        is_touched = count(frames, f"fate_{kind} WHERE state = 'applied'") > 0
        old = self._folder.existing / before / file.name
        if not renamed and not is_touched and old.exists():
            _same(old, file)
            return
        layout = identifiers(_layout(kind))
        same_key = " AND ".join(
            # What is named by other records' keys is in the plan under the keys of today.
            f"f.{identifier(key)} = {_renamed_value(key, renamed)}"
            if key in _REFERENCES.get(kind, {})
            else f"f.before.{identifier(key)} = e.{identifier(key)}"
            for key in key_columns(kind)
        )
        frames.execute(
            f"""
            COPY (
                SELECT {_renaming(kind, renamed)}
                FROM existing_{kind} AS e
                ANTI JOIN (SELECT * FROM fate_{kind} WHERE state = 'applied' AND before IS NOT NULL) AS f ON {same_key}
                UNION ALL
                SELECT {layout} FROM fate_{kind} WHERE state = 'applied' AND action IN ('create', 'update', 'link')
            ) TO {literal(file)} ({PARQUET})
            """
        )


def _layout(kind: Kind) -> dict[str, str]:
    return {**columns(kind), "lms_id": "VARCHAR", "owned": "BOOLEAN"}


def _fate(kind: Kind, changes: str) -> str:
    """SQL: each change of a plan with the LMS id it ended with and its state."""
    return f"""
        SELECT p.* EXCLUDE (lms_id, owned), coalesce(o.lms_id, p.lms_id) AS lms_id,
               p.owned AND NOT coalesce(o.is_found, false) AS owned,
               CASE WHEN d."row" IS NOT NULL THEN 'done'
                    WHEN p.action IN ('link', 'release') AND p.hold IS NULL THEN 'applied'
                    WHEN o.is_applied THEN 'applied'
                    WHEN o."row" IS NOT NULL THEN 'refused'
                    ELSE 'held' END AS state
        FROM ({changes}) AS p
        LEFT JOIN (SELECT * FROM outcomes WHERE kind = '{kind}') AS o ON o."row" = p."row"
        LEFT JOIN (SELECT * FROM done WHERE kind = '{kind}') AS d ON d."row" = p."row"
    """


def _count_fates(frames: Frames, kind: Kind) -> list[Settled]:
    rows = frames.execute(
        f"""
        SELECT action, CASE state WHEN 'done' THEN 'applied' ELSE state END AS fate, count(*), sum(records)
        FROM fate_{kind} GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    return [Settled(kind, action, state, int(changes), int(records)) for action, state, changes, records in rows]


def _renamed(kind: Kind) -> str:
    """SQL: the records of a kind that this run gave another key."""
    return (
        f'(SELECT before."key" AS old_key, "key" AS new_key FROM fate_{kind} '
        "WHERE state = 'applied' AND action = 'update' AND before.\"key\" <> \"key\")"
    )


def _renaming(kind: Kind, renamed: dict[str, Kind]) -> str:
    """SQL: the columns of an existing record, references under their records' new keys."""
    return ", ".join(f"{_renamed_value(column, renamed)} AS {identifier(column)}" for column in _layout(kind))


def _renamed_value(column: str, renamed: dict[str, Kind]) -> str:
    value = f"e.{identifier(column)}"
    if column not in renamed:
        return value
    # Values of a query may not be named inside a lambda; those of a variable may.
    names = f"getvariable('renamed_{renamed[column]}')"
    if column.endswith("_keys"):
        return f"list_transform({value}, lambda k: coalesce({names}[k], k))"
    return f"coalesce({names}[{value}], {value})"


def _same(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
