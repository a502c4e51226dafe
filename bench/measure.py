"""Measuring one thing in a process of its own: wall time and peak resident memory, best of several runs.

Here: `measure` and the printing of tables. Not here: what is measured (`side_by_side`). A fresh process each time
keeps one run's memory and caches out of the next; the operating system's file cache is warm for all of them alike.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: `ru_maxrss` is in KiB on Linux.
_KIB_PER_MIB = 1024


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one thing took."""

    label: str
    #: Wall time of the fastest run, in seconds, with the start of the process.
    seconds: float
    #: The highest resident memory of any run, in MiB.
    peak_mib: float
    #: What the fastest run printed.
    output: str


def measure(label: str, argv: Sequence[str], *, best_of: int = 3) -> Measurement:
    """Runs the command `best_of` times, one after the other; it must end with exit code 0.

    subprocess.CalledProcessError, with what it wrote to stderr, when it does not.
    """
    runs = [_run_once(argv) for _ in range(best_of)]
    seconds, _, output = min(runs)
    return Measurement(label, seconds, max(peak for _, peak, _ in runs), output)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns; all but the first column are figures and stand to the right."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [_line(header, widths), f"| {' | '.join(rule)} |", *(_line(row, widths) for row in rows)]
    return "\n".join(lines)


def compared(baseline: Measurement, others: Sequence[Measurement]) -> str:
    """The measurements as a table, each with its ratio to the baseline's time."""
    rows = [
        (m.label, f"{m.seconds:.2f}", f"{m.seconds / baseline.seconds:.2f}", f"{m.peak_mib:,.0f}")
        for m in (baseline, *others)
    ]
    return table(("what", "seconds", "times the baseline", "peak MiB"), rows)


def _run_once(argv: Sequence[str]) -> tuple[float, float, str]:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        started = time.perf_counter()
        process = subprocess.Popen(argv, stdout=output, stderr=complaints)
        # `wait4` tells the peak of this child alone; `getrusage` would mix all children that ever ended.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        complaints.seek(0)
        if process.returncode != 0:
            raise subprocess.CalledProcessError(
                process.returncode, list(argv), stderr=complaints.read().decode(errors="replace")
            )
        return seconds, usage.ru_maxrss / _KIB_PER_MIB, output.read().decode(errors="replace")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    figures = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return f"| {' | '.join((cells[0].ljust(widths[0]), *figures))} |"
