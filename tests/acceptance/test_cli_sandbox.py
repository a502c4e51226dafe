"""`sis-connect sandbox`: the look-alike of Schoology in the foreground."""

from __future__ import annotations

import json
import signal
import socket
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from command_line import COMMAND
from sis_connect.cli.documents import SandboxDocument
from sis_connect.cli.exits import ExitCode

if TYPE_CHECKING:
    import subprocess

    from command_line import CommandLine


def first_document(process: subprocess.Popen[str]) -> dict[str, str]:
    """The document that a process writes before it goes on."""
    assert process.stdout is not None
    text = ""
    while not text.endswith("\n}\n"):
        text += process.stdout.readline()
    return dict(json.loads(text))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_sandbox_serves_until_it_is_told_to_end(run: CommandLine, ending: signal.Signals) -> None:
    process = run.begin("sandbox", "--json", "--quiet")
    document = first_document(process)
    assert document.keys() == set(SandboxDocument.__struct_fields__)
    with urlopen(document["web_url"]) as page:  # noqa: S310  # on this machine
        assert "Sandbox" in page.read().decode()
    process.send_signal(ending)
    _, err = process.communicate()
    assert (process.returncode, err) == (ExitCode.OK, "")


def test_sandbox_says_what_to_type_next(run: CommandLine) -> None:
    process = run.begin("sandbox", "--unlimited", "--fault", "slow", "--district", "10", "--data", "schoology.sqlite")
    assert process.stdout is not None
    lines = [process.stdout.readline().strip() for _ in range(8)]
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert lines[0].startswith("The sandbox is open: http://127.0.0.1:")
    assert lines[-1] == f"{COMMAND} sync sandbox-district-10"
    assert (run.folder / "sandbox-district-10" / "manifest.csv").exists()
    assert (run.folder / "schoology.sqlite").exists()


def test_taken_port_is_told(run: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run.process("sandbox", "--port", str(taken.getsockname()[1]))
    assert ended.code is ExitCode.CONFIGURATION
    assert "--port" in ended.err
