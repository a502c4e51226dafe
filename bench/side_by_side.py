"""The benchmark: what is promised about speed, each beside its baseline, in one run.

Districts are seeded and kept between runs. Every figure is the best of several runs, each in a process of its own.
To measure another step, add `measure(label, argv)` of a command to the list that `compared` is given.

Usage: python -m bench.side_by_side [--folder DIR] [--students N ...] [--memory 1GB] [--threads 2] [--best-of 3]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.districts import nights
from bench.measure import Measurement, compared, measure, table

if TYPE_CHECKING:
    from bench.districts import Nights

HERE = Path(__file__).parent


def baseline(package: Path, scratch: Path, *, memory: str, threads: int, best_of: int) -> Measurement:
    """Bare DuckDB turning the package's CSV files into Parquet."""
    script = str(HERE / "bare_duckdb.py")
    limits = ("--memory", memory, "--threads", str(threads))
    out = scratch / "bare"
    argv = (sys.executable, script, str(package), str(out), *limits)
    try:
        return measure(f"bare DuckDB, CSV to Parquet ({memory})", argv, best_of=best_of)
    finally:
        shutil.rmtree(out, ignore_errors=True)


def growth(found: list[tuple[Nights, Measurement]]) -> str:
    """How the cost of one step grows with the district, as a table."""
    rows = [
        (f"{n.students:,}", f"{m.seconds:.2f}", f"{m.seconds / n.students * 1e6:.1f}", f"{m.peak_mib:,.0f}")
        for n, m in found
    ]
    return table(("students", "seconds", "µs a student", "peak MiB"), rows)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "bench-data")
    parser.add_argument("--students", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--best-of", type=int, default=3)
    options = parser.parse_args()
    limits = {"memory": options.memory, "threads": options.threads, "best_of": options.best_of}
    baselines = []
    with tempfile.TemporaryDirectory(dir=options.folder.parent) as scratch:
        for students in options.students:
            found = nights(options.folder, students)
            bare = baseline(found.base, Path(scratch), **limits)
            baselines.append((found, bare))
            print(f"## {students:,} students\n\n{compared(bare, [])}\n", flush=True)
    print(f"## Growth of the baseline\n\n{growth(baselines)}")


if __name__ == "__main__":
    main()
