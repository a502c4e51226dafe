"""Commands that cannot do what was asked: one sentence for what, where and what to do, and never a traceback."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from command_line import COMMAND, SAMPLES
from sis_connect.cli.app import SUMMARIES
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.failure import ErrorDocument

if TYPE_CHECKING:
    from pathlib import Path

    from command_line import CommandLine, Ended, Template, Town

SAMPLE = SAMPLES / "edfi-oneroster-1.1"


def is_calm(ended: Ended) -> bool:
    """True when nothing was said that only a programmer understands."""
    return not any(word in ended.out + ended.err for word in ("Traceback", "nanobind", "leaked", "Exception ignored"))


@pytest.mark.parametrize("command", SUMMARIES)
def test_help_loads_nothing_heavy(run: CommandLine, command: str) -> None:
    """Help is instant: neither the engine nor the database nor the server is imported for it."""
    program = (
        "import sys; from sis_connect.cli.run import run; code = run(sys.argv[1:]); "
        "print(sorted({'duckdb', 'sqlalchemy', 'starlette', 'httpx2', 'rich'} & set(sys.modules)), file=sys.stderr); "
        "sys.exit(code)"
    )
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", program, command, "--help"], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"
    assert "Example:" in done.stdout


def test_overview_and_version(run: CommandLine) -> None:
    overview = run.process("--help")
    assert overview.code is ExitCode.OK
    assert all(f"  {name} " in overview.out for name in SUMMARIES)
    assert run("--version").out.startswith("SIS Connect ")
    assert run().code is ExitCode.USAGE


@pytest.mark.parametrize(
    "words", [("chekc",), ("check", "one", "two"), ("check", "--limt", "3", "x"), ("plan", "--list", "cats")]
)
def test_wrong_command_line_names_the_help(run: CommandLine, words: tuple[str, ...]) -> None:
    ended = run(*words)
    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert "--help" in ended.err
    machine = run(*words, "--json")
    assert machine.document(ErrorDocument)["error"]["kind"] == "usage"
    assert machine.err == ""


def test_mistyped_command_is_told_the_nearest(run: CommandLine) -> None:
    assert "Did you mean check?" in run("chek").err


def test_data_folder_that_is_a_file_is_told(run: CommandLine) -> None:
    (run.folder / "good.toml").touch()
    assert "--data names a folder, and good.toml is a file." in run("check", SAMPLE, "--data", "good.toml").err


def test_approval_asks_for_all_that_is_missing_at_once(run: CommandLine) -> None:
    err = run("approve").err
    assert [word for word in ("--all", "--by", "--because") if word not in err] == []


def test_rules_file_with_an_error_names_the_file_and_the_key(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text('[people]\nmatch_by = "user_name"\n', encoding="utf-8")
    ended = run.process("check", SAMPLE, "--rules", "rules.toml")
    assert ended.code is ExitCode.CONFIGURATION
    assert "rules.toml, people.match_by" in ended.err
    assert "Did you mean 'username'?" in ended.err
    assert is_calm(ended)


def test_mistake_found_only_while_planning_names_the_file_too(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text('[classes]\ntitle = "{course}"\n', encoding="utf-8")
    ended = run.process("plan", SAMPLE, "--offline", "--rules", "rules.toml")
    assert ended.code is ExitCode.CONFIGURATION
    assert "rules.toml, classes.title" in ended.err
    assert is_calm(ended)


def test_missing_credentials_name_the_variable(run: CommandLine) -> None:
    ended = run.process("plan", SAMPLE)
    assert ended.code is ExitCode.CONFIGURATION
    assert "SIS_CONNECT_SCHOOLOGY_KEY is not set." in ended.err
    assert is_calm(ended)


def test_damaged_data_folder_is_a_fault_without_names(town: Town) -> None:
    """Whatever breaks inside: one sentence and the place in the code, no message that could hold a name."""
    for file in (town.data / "existing").glob("*/users.parquet"):
        file.write_bytes(b"PAR1 Maria Secret PAR1")
    plain, debug = town.run.process("plan", town.package), town.run("plan", town.package, "--debug")
    assert plain.code is debug.code
    assert plain.code in {ExitCode.INTERNAL, ExitCode.STORE}
    assert is_calm(plain)
    assert "Maria" not in plain.err + debug.err


def test_data_folder_at_work_is_not_touched(run: CommandLine, template: Template) -> None:
    assert run("plan", template.package, "--offline", "--quiet").code is ExitCode.OK
    with (run.folder / "sis-connect-data" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = run("plan", template.package, "--offline")
    assert ended.code is ExitCode.STORE
    assert "Another SIS Connect is at work" in ended.err


def test_reader_that_stops_reading_ends_the_command_quietly(run: CommandLine) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = subprocess.run(  # noqa: S603  # our own command
            [COMMAND, "check", SAMPLE],
            cwd=run.folder,
            env=run.surroundings(),
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (ExitCode.OUTPUT_CLOSED, "")


def test_interrupt_says_how_to_go_on(new_town: Town) -> None:
    """Ctrl-C while Schoology keeps us waiting."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        process = new_town.run.begin("sync", new_town.package, SIS_CONNECT_SCHOOLOGY_URL=address)
        connection, _ = silent.accept()
        with connection:
            assert connection.recv(1)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate()
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Run the same command again" in err
    assert "Traceback" not in err


def test_command_in_a_remedy_can_be_run_as_shown(town: Town) -> None:
    """It names the data folder that was given."""
    ended = town.run("apply", "ffffffff", "--data", town.data, "--json")
    assert ended.code is ExitCode.STORE
    remedy = ended.document(ErrorDocument)["error"]["fix"]
    assert f"plan PACKAGE --data {town.data}`" in remedy
