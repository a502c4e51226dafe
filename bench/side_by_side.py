"""The benchmark: what is promised about speed, each beside its baseline, in one run.

Districts are seeded and kept between runs, and so is a data folder of each in which the first night has landed. Every
figure is the best of several runs, each in a process of its own.

Usage: python -m bench.side_by_side [--folder DIR] [--students N ...] [--memory 1GB] [--threads 2] [--best-of 3]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.districts import CHANGED, Nights, nights
from bench.measure import Measurement, compared, measure, table

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Bench:
    """One size of machine, one number of runs."""

    memory: str
    threads: int
    best_of: int

    def baseline(self, package: Path, scratch: Path, *, briefed: bool = False) -> Measurement:
        """Bare DuckDB turning the package's CSV files into Parquet; `briefed`: spared all that it can be."""
        out = scratch / "bare"
        argv = [sys.executable, str(HERE / "bare_duckdb.py"), str(package), str(out), *self._limits]
        label = "bare DuckDB, CSV to Parquet"
        if briefed:
            argv.append("--briefed")
            label += ", told the columns, in any order"
        try:
            return measure(f"{label} ({self.memory})", argv, best_of=self.best_of)
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def plan(self, label: str, package: Path, data: Path) -> Measurement:
        """Our read, check, shape and plan, in a data folder without a snapshot of the package."""
        runs = []
        for _ in range(self.best_of):
            shutil.rmtree(data / "snapshots", ignore_errors=True)
            runs.append(measure(f"{label} ({self.memory})", self._roster_path("plan", package, data), best_of=1))
        fastest = min(runs, key=lambda run: run.seconds)
        peak = max(run.peak_mib for run in runs)
        return Measurement(fastest.label, fastest.seconds, peak, fastest.output)

    def plan_again(self, label: str, package: Path, data: Path) -> Measurement:
        """The plan of a package whose very bytes are known."""
        subprocess.run(self._roster_path("plan", package, data), check=True, stdout=subprocess.DEVNULL)
        return measure(f"{label} ({self.memory})", self._roster_path("plan", package, data), best_of=self.best_of)

    def landed(self, found: Nights) -> Path:
        """A data folder in which the first night has been applied; made once."""
        data = found.folder / "landed"
        if not data.exists():
            part = found.folder / "landed.part"
            shutil.rmtree(part, ignore_errors=True)
            subprocess.run(self._roster_path("land", found.base, part), check=True, stdout=subprocess.DEVNULL)
            part.rename(data)
        return data

    @property
    def _limits(self) -> tuple[str, ...]:
        return ("--memory", self.memory, "--threads", str(self.threads))

    def _roster_path(self, what: str, package: Path, data: Path) -> tuple[str, ...]:
        return (sys.executable, "-m", "bench.roster_path", what, str(package), str(data), *self._limits)


def measure_size(bench: Bench, small: Bench | None, found: Nights, scratch: Path) -> tuple[Measurement, Measurement]:
    """Print the table of one size; the baseline and the first night."""
    bare = bench.baseline(found.base, scratch)
    first = bench.plan("first night: read, check, shape, plan", found.base, scratch / "new")
    data = bench.landed(found)
    others = [
        bench.baseline(found.base, scratch, briefed=True),
        first,
        bench.plan(f"a night with {CHANGED:.1%} changed", found.changed, data),
        bench.plan("a night with nothing changed, rows in another order", found.shuffled, data),
        bench.plan_again("a night with the very same package", found.base, data),
    ]
    if small is not None:
        others.append(small.plan("first night", found.base, scratch / "small"))
    print(f"### {found.students:,} students\n\n{compared(bare, others)}\n", flush=True)
    for other in others:
        if other.output:
            print(f"- {other.label}: {other.output.strip()}", flush=True)
    print(flush=True)
    return bare, first


def growth(found: list[tuple[int, Measurement, Measurement]]) -> str:
    """How the first night's cost grows with the district, as a table."""
    rows = [
        (f"{students:,}", f"{m.seconds:.2f}", f"{m.seconds / students * 1e6:.1f}", f"{m.peak_mib:,.0f}")
        for students, _, m in found
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
    bench = Bench(options.memory, options.threads, options.best_of)
    small = Bench("512MB", options.threads, 1)
    results = []
    for students in options.students:
        found = nights(options.folder, students)
        with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
            is_largest = students == max(options.students)
            results.append((students, *measure_size(bench, small if is_largest else None, found, Path(scratch))))
    print(f"### Growth of the first night\n\n{growth(results)}")


if __name__ == "__main__":
    main()
