"""The command line against a real sandbox, in a small seeded district."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from sis_connect.cli.exits import ENDINGS, EVERYWHERE, GRADE_ENDINGS, ExitCode
from sis_connect.cli.run import run
from sis_connect.sandbox.schoology import SANDBOX_KEY, SANDBOX_SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sis_connect.sandbox.schoology import RunningSandbox

COMMAND = Path(sys.executable).with_name("sis-connect")
SAMPLES = Path(__file__).parent / "data" / "samples"

#: The client's own limit out of the way; the sandboxes of these tests have none either.
FAST_RULES = "[schoology]\ncredits = 1000000\n"

#: A command that says nothing for so long is stuck.
_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that has ended."""

    code: ExitCode
    out: str
    err: str

    def document(self, type_: type[msgspec.Struct] | None = None) -> Any:
        """The only JSON document on stdout; with a type, checked against it and nothing left over."""
        plain = json.loads(self.out)
        if type_ is not None:
            known = msgspec.convert(plain, type_)
            assert msgspec.to_builtins(known).keys() == plain.keys()
        return plain


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs `sis-connect` in a folder with an environment of its own: within this process, or as a process."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *words: str | Path, **environment: str) -> Ended:
        """The command, carried out here, which takes a third of the time; names given go into its environment."""
        out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        before = dict(os.environ)
        try:
            os.environ.clear()
            os.environ.update(self.surroundings(**environment))
            with chdir(self.folder), redirect_stdout(out), redirect_stderr(err):
                code = run([str(word) for word in words])
        finally:
            os.environ.clear()
            os.environ.update(before)
        _expect_declared(words, code)
        return Ended(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))

    def process(self, *words: str | Path, **environment: str) -> Ended:
        """The command as people and scripts run it, ended."""
        done = subprocess.run(  # noqa: S603  # our own command
            [COMMAND, *map(str, words)],
            cwd=self.folder,
            env=self.surroundings(**environment),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )
        _expect_declared(words, ExitCode(done.returncode))
        return Ended(ExitCode(done.returncode), done.stdout, done.stderr)

    def begin(self, *words: str | Path, **environment: str) -> subprocess.Popen[str]:
        """The command, begun, in a process group of its own."""
        return subprocess.Popen(  # noqa: S603  # our own command
            [COMMAND, *map(str, words)],
            cwd=self.folder,
            env=self.surroundings(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def surroundings(self, **environment: str) -> dict[str, str]:
        """The environment, without anything that this machine may have set for SIS Connect."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SIS_CONNECT_")}
        return {**inherited, "PYTHONWARNINGS": "", **self.environment, **environment}


def _expect_declared(words: Sequence[str | Path], code: ExitCode) -> None:
    """A command ends only in ways that its documentation tells."""
    command, inner = [*map(str, words), "", ""][:2]
    endings = GRADE_ENDINGS.get(inner, ()) if command == "grades" else ENDINGS.get(command, ())
    assert code in (*EVERYWHERE, *endings), f"{command} {inner} is not said to end with {code}"


@dataclass(frozen=True, slots=True)
class Template:
    """A district that was synced once; copied for every test that wants one."""

    package: Path
    data: Path
    database: Path


@dataclass(frozen=True, slots=True)
class Town:
    """A small district, its data folder, the LMS it lands in, and a command line that knows them."""

    folder: Path
    sandbox: RunningSandbox
    run: CommandLine

    @property
    def package(self) -> Path:
        """The district's package; tests may change it."""
        return self.folder / "district"

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "sis-connect-data"

    def cut_short(self, share: float = 0.5) -> Path:
        """Another package, whose enrollments break off after a share of them."""
        broken = self.folder / "broken"
        shutil.copytree(self.package, broken)
        file = broken / "enrollments.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(lines[: int(len(lines) * share)]), encoding="utf-8")
        return broken


def town_of(folder: Path, sandbox: RunningSandbox) -> Town:
    """A town in a folder; its rules file lies in the data folder."""
    data = folder / "sis-connect-data"
    data.mkdir(exist_ok=True)
    (data / "rules.toml").write_text(FAST_RULES, encoding="utf-8")
    environment = {
        "SIS_CONNECT_SCHOOLOGY_URL": sandbox.api_url,
        "SIS_CONNECT_SCHOOLOGY_KEY": SANDBOX_KEY,
        "SIS_CONNECT_SCHOOLOGY_SECRET": SANDBOX_SECRET,
    }
    return Town(folder, sandbox, CommandLine(folder, environment))
