"""The commands that may come next, written out so that they can be copied."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.cli.options import RULES_FILE

if TYPE_CHECKING:
    from sis_connect.cli.options import Options

#: The command where it is installed for everybody.
NAME = "sis-connect"
#: Of a digest, what a person needs to see and type.
DIGEST_SHOWN = 12


def program() -> list[str]:
    """The words by which this process was called, so that what is said to a person works when it is copied."""
    called = Path(sys.argv[0])
    if called.parts[-2:] == ("sis_connect", "__main__.py"):
        return [sys.orig_argv[0], "-m", "sis_connect"]
    if called.name != NAME or called.parent == Path():
        return [NAME]
    found = shutil.which(NAME)
    return [NAME if found is not None and Path(found).resolve() == called.resolve() else str(called)]


def as_called(text: str) -> str:
    """A sentence whose commands begin as this process was called."""
    return text.replace(f"`{NAME} ", f"`{shlex.join(program())} ")


def command(options: Options, *words: str) -> str:
    """The command with the same data folder and rules as this one."""
    said = [*program(), *words]
    if not options.is_default_data:
        said += ["--data", str(options.data)]
    if options.rules is not None and options.rules != options.data / RULES_FILE:
        said += ["--rules", str(options.rules)]
    return shlex.join(said)


def shown(digest: str) -> str:
    """The beginning of a digest."""
    return digest[:DIGEST_SHOWN]
