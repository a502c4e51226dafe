"""Everything that must hold before a change is good: format, lint, types, imports, tests. Ends with the first failure.

Words given on the command line go to pytest instead of the defaults: `./dev test tests/unit -x`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS = (
    ("format", (str(BIN / "ruff"), "format", "--check", "--quiet", "src", "tests", "bench")),
    ("lint", (str(BIN / "ruff"), "check", "--quiet", "src", "tests", "bench")),
    ("types", (sys.executable, "-m", "mypy", "--no-error-summary")),
    ("imports", (str(BIN / "lint-imports"), "--no-logo")),
)


def main(words: list[str]) -> int:
    """Run the checks, then the tests; the exit code of the first that fails."""
    for name, command in () if words else CHECKS:
        print(f"== {name}", flush=True)  # noqa: T201  # this script's output is its purpose
        code = run(command)
        if code:
            return code
    print("== tests", flush=True)  # noqa: T201
    return run((sys.executable, "-m", "pytest", *(words or ["-n", str(min(os.cpu_count() or 1, 8))])))


def run(command: tuple[str, ...]) -> int:
    """The exit code of a command run at the root."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603  # our own commands


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
