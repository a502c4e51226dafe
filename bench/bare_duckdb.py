"""The baseline: bare DuckDB turns the roster files of a package into Parquet, and does nothing else.

As one writes it: every value taken as text, and compressed as sealed snapshots are. With `--briefed` it is spared all
that it can be: told the columns and the dialect, and free to change the order of rows.

Usage: python bench/bare_duckdb.py PACKAGE OUT [--memory 1GB] [--threads 2] [--briefed]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb

from sis_connect.frames import PARQUET, literal
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES


def convert(package: Path, out: Path, *, memory: str, threads: int, briefed: bool) -> None:
    """The folder `out` holds a Parquet file for each roster file of the package."""
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=out) as spill,
        duckdb.connect(
            config={
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": spill,
                "preserve_insertion_order": not briefed,
            }
        ) as frames,
    ):
        for entity in (ENTITIES[name] for name in ROSTER_ENTITIES):
            columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in entity.csv_header)
            told = (
                f"columns = {{{columns}}}, header = true, delim = ',', quote = '\"', escape = '\"', auto_detect = false"
                if briefed
                else "all_varchar = true"
            )
            frames.execute(
                f"COPY (SELECT * FROM read_csv({literal(package / entity.csv_file)}, {told})) "
                f"TO {literal(out / f'{entity.table}.parquet')} ({PARQUET})"
            )


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--briefed", action="store_true")
    options = parser.parse_args()
    convert(options.package, options.out, memory=options.memory, threads=options.threads, briefed=options.briefed)


if __name__ == "__main__":
    main()
