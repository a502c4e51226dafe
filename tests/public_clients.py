"""Environments of public clients that nobody here wrote, for tests in which they read a sandbox.

Each is made once from a file of pinned packages, hashes included, and kept in `.tools/`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[1] / ".tools"


def python_of(requirements: Path) -> Path:
    """The interpreter of the clients' environment; skipped loudly when it cannot be made, an error under CI."""
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = TOOLS / f"public-clients-{wanted}"
    if not folder.exists():
        TOOLS.mkdir(exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="public-clients-", dir=TOOLS))
        try:
            _make_environment(draft / "venv", requirements)
            # Another worker may have made it meanwhile; then that one holds.
            (draft / "venv").rename(folder)
        except subprocess.CalledProcessError as error:
            reason = f"the public clients cannot be installed, is the package registry within reach? {error.stderr}"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        except OSError:
            if not folder.exists():
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return folder / "bin" / "python"


def run(python: Path, script: Path, *words: str) -> str:
    """What a script prints that a client's interpreter runs; nothing on the loopback interface goes through a proxy."""
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    command = [str(python), str(script), *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)  # noqa: S603 -- a script of the tests
    assert done.returncode == 0, done.stderr
    return done.stdout


def _make_environment(folder: Path, requirements: Path) -> None:
    uv = TOOLS / "bin" / "uv"
    python = str(folder / "bin" / "python")
    pinned = ["--no-deps", "--require-hashes", "-r", str(requirements)]
    if uv.exists():
        commands = [
            [str(uv), "venv", "--quiet", "--python", sys.executable, str(folder)],
            [str(uv), "pip", "install", "--quiet", "--python", python, *pinned],
        ]
    else:
        commands = [
            [sys.executable, "-m", "venv", str(folder)],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pinned],
        ]
    for command in commands:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- commands of this module
