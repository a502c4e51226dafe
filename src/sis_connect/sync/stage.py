"""Step stage: a package becomes a complete roster, laid over what was known where it brings only changes.

Here: merging a delta, or a package that leaves entities out, with the snapshot before it (CSV binding, bulk and delta;
absent means "no updates"), and telling changes that come too late. Not here: reading packages (`sis`), keeping
snapshots (`store`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from sis_connect.errors import PackageRefusedError
from sis_connect.findings import Finding, Fixer, Rule, Severity
from sis_connect.frames import PARQUET, count, identifiers, literal
from sis_connect.oneroster import values
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.oneroster.snapshot import Mode, SealedFile, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.frames import Frames


#: Single findings kept of one file; the rest is counted in one finding more.
_SINGLES = 1_000

OLDER_THAN_KNOWN = Rule(
    "delta.older_than_known",
    Severity.WARNING,
    Fixer.OPERATOR,
    "The change is older, by its dateLastModified, than what is known of the record; it was not used.",
    "See that packages of changes arrive in the order in which they were made; a bulk package sets all right.",
)

RULES = (OLDER_THAN_KNOWN,)


def is_complete(incoming: Snapshot) -> bool:
    """True when a snapshot is a whole roster by itself."""
    return set(ROSTER_ENTITIES) <= set(incoming.files) and all(
        file.mode is not Mode.DELTA for file in incoming.files.values()
    )


def merged_digest(previous: Snapshot, incoming: Snapshot) -> str:
    """What the merge of two snapshots is called."""
    return hashlib.sha256(f"{previous.digest}+{incoming.digest}".encode()).hexdigest()


def merge(frames: Frames, previous: Snapshot | None, incoming: Snapshot, into: Path) -> Snapshot:
    """The complete roster after `incoming`, its files in the empty folder `into`.

    A delta row replaces the record of its sourcedId or adds one, unless it is older than what is known of it; an entity
    that was left out is as it was before. What could not be read before stays rejected until a bulk file replaces it:
    somebody stands behind those lines. So does a bulk file that held no record where a roster needs some.
    Raises PackageRefusedError when there is nothing before to lay it over.
    """
    if previous is None:
        missing = [name for name in ROSTER_ENTITIES if name not in incoming.files]
        raise PackageRefusedError(
            "package.nothing_before",
            "The package brings only changes"
            if not missing
            else f"The package leaves out {', '.join(f'{name}.csv' for name in missing)}",
            where="manifest.csv",
            fix="Send a bulk package with all six roster files first; later packages may be deltas or leave files out.",
        )
    files = {}
    findings = list(incoming.findings)
    for name in ENTITIES:
        old, new = previous.files.get(name), incoming.files.get(name)
        if new is not None and (new.mode is not Mode.DELTA or old is None):
            files[name] = _keep(new, into)
        elif old is not None:
            if new is None:
                files[name] = _keep(old, into)
            else:
                findings += _tell_late(frames, old, new)
                files[name] = _overlay(frames, old, new, into)
    return Snapshot(merged_digest(previous, incoming), files, tuple(findings), incoming.system_name)


def _keep(sealed: SealedFile, into: Path) -> SealedFile:
    """The same sealed file under the new folder, without copying where the file system can."""
    path = into / sealed.path.name
    try:
        os.link(sealed.path, path)
    except OSError:
        shutil.copyfile(sealed.path, path)
    return replace(sealed, path=path)


def _tell_late(frames: Frames, old: SealedFile, new: SealedFile) -> Iterator[Finding]:
    """Make `late_changes` (`row`, `line`, `sourced_id`): rows of a delta that are older than what is known of them."""
    modified = values.parsed(ENTITIES[new.entity].field("date_last_modified"), "date_last_modified")
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE late_changes AS
        SELECT n."row", n.line, n.sourced_id
        FROM (SELECT "row", line, sourced_id, {modified} AS modified FROM ({new.relation})) AS n
        JOIN (
            SELECT sourced_id, max({modified}) AS modified FROM ({old.relation}) GROUP BY sourced_id
        ) AS o USING (sourced_id)
        WHERE n.modified < o.modified
        """
    )
    late = frames.execute('SELECT line, sourced_id FROM late_changes ORDER BY "row"').fetchall()
    for line, sourced_id in late[:_SINGLES]:
        yield Finding(OLDER_THAN_KNOWN.code, file=new.file, line=line, column="dateLastModified", sourced_id=sourced_id)
    if len(late) > _SINGLES:
        yield Finding(OLDER_THAN_KNOWN.code, file=new.file, occurrences=len(late) - _SINGLES)


def _overlay(frames: Frames, old: SealedFile, new: SealedFile, into: Path) -> SealedFile:
    path = into / new.path.name
    metadata = tuple(dict.fromkeys((*old.metadata_columns, *new.metadata_columns)))
    columns = identifiers(ENTITIES[new.entity].columns)
    kept = ", ".join(
        identifiers([name]) if name in old.metadata_columns else f"NULL AS {identifiers([name])}" for name in metadata
    )
    added = ", ".join(
        identifiers([name]) if name in new.metadata_columns else f"NULL AS {identifiers([name])}" for name in metadata
    )
    used = f'(SELECT * FROM ({new.relation}) ANTI JOIN late_changes USING ("row"))'
    # Lines are those of this package; a record from before has none in it.
    frames.execute(
        f"""
        COPY (
            SELECT {columns}, NULL::BIGINT AS line {"," + kept if metadata else ""}
            FROM ({old.relation}) ANTI JOIN {used} AS n USING (sourced_id)
            UNION ALL
            SELECT {columns}, line {"," + added if metadata else ""} FROM {used}
        ) TO {literal(path)} ({PARQUET})
        """
    )
    return replace(
        new,
        path=path,
        mode=Mode.MERGED_OVER_NOTHING if old.is_short else Mode.MERGED,
        records=count(frames, f"read_parquet({literal(path)})"),
        rejected=old.rejected + new.rejected,
        has_lines=True,
        metadata_columns=metadata,
    )
