"""What SIS Connect believes the LMS holds: one sealed Parquet file a kind, renewed at the end of every run.

Here: laying that state out for a plan, and settling a run into the next state. A file holds the kind's columns,
`lms_id` and `owned` (false for what others made and SIS Connect only uses); one more holds what the LMS refused
(`sync.plan.refusals`). Every file is hashed, and checked each time the state is used. Not here: which changes were
carried out (`journal`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import StoreError
from sis_connect.frames import PARQUET, count, identifier, identifiers, literal
from sis_connect.report import Settled
from sis_connect.store.folder import seal
from sis_connect.store.refusals import remember
from sis_connect.sync.desired import REFERENCES, Kind, columns, key_columns
from sis_connect.sync.plan.refusals import COLUMNS as REFUSAL_COLUMNS
from sis_connect.sync.plan.renumbering import renamed_value, set_renamed
from sis_connect.sync.plan.sealing import changes_of, sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.store.folder import DataFolder

#: Digest of the state of a district that was never synced.
NOTHING = "nothing"

_DESCRIPTION = "state.json"
_REFUSALS = "refusals"
_REMEDY = "Restore the data folder from a backup."


class _Description(msgspec.Struct, frozen=True):
    """The run that left a state, and the sha256 of each of its files."""

    run: str
    files: dict[str, str]

    @property
    def digest(self) -> str:
        """Names content and run, so that no state is ever taken for an earlier one of the same content."""
        lines = [self.run, *(f"{name} {sha256}" for name, sha256 in sorted(self.files.items()))]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Existing:
    """The states of one data folder."""

    def __init__(self, folder: DataFolder) -> None:
        """States below `folder`."""
        self._folder = folder

    def lay_out(self, frames: Frames, digest: str) -> None:
        """Make the views `existing_<kind>` and `refusals` of a state.

        StoreError names the file that is missing or is not what was sealed.
        """
        if digest != NOTHING:
            self._check(digest)
        for name, (view, layout) in _LAYOUTS.items():
            if digest == NOTHING:
                declared = ", ".join(f"CAST(NULL AS {type_}) AS {identifier(c)}" for c, type_ in layout.items())
                query = f"SELECT {declared} WHERE false"
            else:
                query = f"SELECT * FROM read_parquet({literal(self._folder.existing / digest / name)})"
            frames.execute(f"CREATE OR REPLACE VIEW {view} AS {query}")

    def settle(self, frames: Frames, before: str, plan: Path, run: str, as_of: date) -> tuple[str, list[Settled]]:
        """The digest of the state after a run, and what became of the plan's changes so far.

        Expects the views of the state `before`, a table `outcomes` (`kind`, `row` in the plan's file, `is_applied`,
        `lms_id`, `code`) of this run, and a table `done` (`kind`, `row`) of what earlier runs of the same plan carried
        out; a change in neither was not carried out. `as_of` is the plan's day.
        """
        settled: list[Settled] = []
        for kind in Kind:
            frames.execute(f"CREATE OR REPLACE VIEW fate_{kind} AS {_fate(kind, changes_of(plan, kind))}")
            settled += _count_fates(frames, kind)
        has_news = remember(frames, settled, as_of)
        if not has_news and not any(count(frames, f"fate_{kind} WHERE state = 'applied'") for kind in Kind):
            return before, settled
        with self._folder.sealing(self._folder.existing) as path:
            for kind in Kind:
                self._renew(frames, kind, before, path / f"{kind}.parquet")
            frames.execute(f"COPY refusals_after TO {literal(path / f'{_REFUSALS}.parquet')} ({PARQUET})")
            description = _Description(run, {name: sha256_of(path / name) for name in _LAYOUTS})
            (path / _DESCRIPTION).write_bytes(msgspec.json.encode(description))
            seal(path, self._folder.existing / description.digest, durably=True)
        return description.digest, settled

    def _check(self, digest: str) -> None:
        path = self._folder.existing / digest
        try:
            description = msgspec.json.decode((path / _DESCRIPTION).read_bytes(), type=_Description)
        except (OSError, msgspec.MsgspecError) as error:
            raise _damaged(path / _DESCRIPTION, "is missing or cannot be read") from error
        if description.digest != digest or description.files.keys() != _LAYOUTS.keys():
            raise _damaged(path / _DESCRIPTION, "is not what was sealed")
        for name, expected in description.files.items():
            file = path / name
            if not file.exists():
                raise _damaged(file, "is missing")
            if sha256_of(file) != expected:
                raise _damaged(file, "is not what was sealed")

    def _renew(self, frames: Frames, kind: Kind, before: str, file: Path) -> None:
        renamed = {
            column: target for column, target in REFERENCES.get(kind, {}).items() if count(frames, _renamed(target))
        }
        for target in set(renamed.values()):
            set_renamed(frames, target, _renamed(target))
        is_touched = count(frames, f"fate_{kind} WHERE state = 'applied'") > 0
        old = self._folder.existing / before / file.name
        if not renamed and not is_touched and old.exists():
            _same(old, file)
            return
        layout = identifiers(_layout(kind))
        same_key = " AND ".join(
            # What is named by other records' keys is in the plan under the keys of today.
            f"f.{identifier(key)} = {_value_now(key, renamed)}"
            if key in REFERENCES.get(kind, {})
            else f"f.before.{identifier(key)} = e.{identifier(key)}"
            for key in key_columns(kind)
        )
        columns_now = ", ".join(f"{_value_now(column, renamed)} AS {identifier(column)}" for column in _layout(kind))
        frames.execute(
            f"""
            COPY (
                SELECT {columns_now}
                FROM existing_{kind} AS e
                ANTI JOIN (SELECT * FROM fate_{kind} WHERE state = 'applied' AND before IS NOT NULL) AS f ON {same_key}
                UNION ALL
                SELECT {layout} FROM fate_{kind} WHERE state = 'applied' AND action IN ('create', 'update', 'link')
            ) TO {literal(file)} ({PARQUET})
            """
        )


def _damaged(file: Path, what: str) -> StoreError:
    return StoreError(
        f"The state of the LMS as last known is damaged: {file.name} {what}.", where=str(file), fix=_REMEDY
    )


def _layout(kind: Kind) -> dict[str, str]:
    return {**columns(kind), "lms_id": "VARCHAR", "owned": "BOOLEAN"}


#: The files of a state: the view that shows each, and its columns.
_LAYOUTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    **{f"{kind}.parquet": (f"existing_{kind}", _layout(kind)) for kind in Kind},
    f"{_REFUSALS}.parquet": (_REFUSALS, REFUSAL_COLUMNS),
}


def _fate(kind: Kind, changes: str) -> str:
    """SQL: each change of a plan with the LMS id it ended with, its state, and why it was refused."""
    return f"""
        SELECT p.* EXCLUDE (lms_id, owned), coalesce(o.lms_id, p.lms_id) AS lms_id,
               p.owned AND NOT coalesce(o.is_found, false) AS owned, o.code AS refusal,
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


def _value_now(column: str, renamed: Mapping[str, Kind]) -> str:
    """SQL: a value of an existing record, references under their records' new keys."""
    return renamed_value(f"e.{identifier(column)}", column, renamed.get(column))


def _same(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
