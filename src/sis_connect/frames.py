"""The columnar engine: a DuckDB session with a memory limit, and how SQL text is quoted.

Bulk data flows through these sessions as tables from the reader to the plan. Here: opening a session with the
limits of the machine, bringing rows of Python into it, and writing values and names into SQL safely. Not here: any
rule or any query.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    Frames: TypeAlias = DuckDBPyConnection

#: How sealed Parquet is compressed: measured as the best trade of time and size (docs/performance.md).
PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a session may use."""

    #: In DuckDB's words, for example `1GB` or `512MB`.
    memory: str = "1GB"
    threads: int = field(default_factory=lambda: min(os.cpu_count() or 1, 8))
    #: Where larger-than-memory work spills; None for the system's temporary folder.
    spill_folder: Path | None = None


@contextmanager
def open_frames(limits: Limits | None = None) -> Iterator[Frames]:
    """A session that never touches the network, spills to disk and forgets everything when closed."""
    # No module of ours holds on to the binding either: it complains at the end about whatever outlives it.
    import duckdb  # noqa: PLC0415 -- commands that need no engine start at once

    limits = limits or Limits()
    if limits.spill_folder is not None:
        limits.spill_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sis-connect-", dir=limits.spill_folder) as spill:
        frames = duckdb.connect(
            config={
                "memory_limit": limits.memory,
                "threads": limits.threads,
                "temp_directory": spill,
                "preserve_insertion_order": True,
                # There is no file to write back to; checkpoints of memory would only cost time.
                "checkpoint_threshold": "1TB",
                # DuckDB 2.0 sorts sums in too narrow a type when it takes a join for too small: 570 becomes 58.
                "disabled_optimizers": "compressed_materialization",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        try:
            frames.execute("SET TimeZone = 'UTC'")
            yield frames
        finally:
            frames.close()


def literal(value: str | Path) -> str:
    """The SQL literal of a text."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """The SQL identifier of a name."""
    return '"' + name.replace('"', '""') + '"'


def identifiers(names: Iterable[str], prefix: str = "") -> str:
    """Quoted names joined by commas, each with a prefix such as `u.`."""
    return ", ".join(prefix + identifier(name) for name in names)


def enter_rows(frames: Frames, table: str, columns: Mapping[str, str], rows: Iterable[object]) -> None:
    """Make a table of rows that msgspec encodes as objects; `columns` are its names and SQL types, missing ones NULL.

    The rows pass through a file, many times faster than through parameters. It lies in the session's own folder: rows
    may be personal data.
    """
    declared = ", ".join(f"{identifier(name)}: {literal(type_)}" for name, type_ in columns.items())
    folder = str(fetch_scalar(frames, "SELECT current_setting('temp_directory')"))
    with tempfile.NamedTemporaryFile(suffix=".jsonl", dir=folder) as file:
        for row in rows:
            file.write(msgspec.json.encode(row) + b"\n")
        file.flush()
        frames.execute(
            f"CREATE OR REPLACE TABLE {identifier(table)} AS SELECT * FROM "
            f"read_json({literal(file.name)}, columns = {{{declared}}}, format = 'newline_delimited')"
        )


def fetch_scalar(frames: Frames, query: str, parameters: list[object] | None = None) -> object:
    """The only value of a query that has exactly one row and one column."""
    [[value]] = frames.execute(query, parameters).fetchall()
    return value


def count(frames: Frames, relation: str) -> int:
    """Rows of a table, view or parenthesised query."""
    return int(str(fetch_scalar(frames, f"SELECT count(*) FROM {relation}")))
