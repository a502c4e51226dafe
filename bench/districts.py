"""The districts that are measured: a seeded one of each size and its next nights, written once and kept.

Usage: python -m bench.districts FOLDER 10000 100000 1000000
"""

from __future__ import annotations

import argparse
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.sandbox.district import write_district, write_next_night

if TYPE_CHECKING:
    from collections.abc import Callable

#: The share of users and enrollments that differ in the changed night.
CHANGED = 0.005


@dataclass(frozen=True, slots=True)
class Nights:
    """The packages of one size."""

    students: int
    folder: Path

    @property
    def base(self) -> Path:
        """The first night."""
        return self.folder / "base"

    @property
    def changed(self) -> Path:
        """The next night, in which `CHANGED` differs."""
        return self.folder / "changed"

    @property
    def delta(self) -> Path:
        """The changed night as a delta package."""
        return self.folder / "delta"

    @property
    def shuffled(self) -> Path:
        """The first night again, its rows in another order."""
        return self.folder / "shuffled"


def nights(folder: Path, students: int) -> Nights:
    """The packages of that size stand in the folder; what stands there already is kept."""
    found = Nights(students, folder / str(students))
    _once(found.base, lambda to: write_district(to, students=students))
    _once(
        found.changed,
        lambda to: write_next_night(found.base, to, seed=2, changed=CHANGED, delta_to=found.delta),
    )
    _once(found.shuffled, lambda to: write_next_night(found.base, to, seed=3, changed=0, shuffle=True))
    return found


def _once(to: Path, write: Callable[[Path], object]) -> None:
    """What `write` makes stands at `to`, whole: an interrupted one is begun anew."""
    if to.exists():
        return
    part = to.with_name(f"{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    write(part)
    part.rename(to)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("students", type=int, nargs="+")
    options = parser.parse_args()
    for students in options.students:
        started = time.perf_counter()
        found = nights(options.folder, students)
        size = sum(file.stat().st_size for file in found.base.iterdir()) / 1e6
        print(f"{students:,} students: {size:,.0f} MB a package, ready in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
