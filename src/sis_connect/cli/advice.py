"""The commands that may come next, written out so that they can be copied."""

from __future__ import annotations

import re
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
    return shlex.join([*program(), *words, *_places(options)])


def completed(options: Options, text: str) -> str:
    """A sentence whose commands name the same data folder and rules as this one, those that name them already apart."""
    places = "".join(f" {shlex.quote(word)}" for word in _places(options))

    def complete(found: re.Match[str]) -> str:
        said = found[1]
        return f"`{said}`" if "--data " in said or "--rules " in said else f"`{said}{places}`"

    return re.sub(f"`({NAME} [^`]+)`", complete, text)


def _places(options: Options) -> list[str]:
    """The options that name where things are, where that is not the default."""
    places = []
    if not options.is_default_data:
        places += ["--data", str(options.data)]
    if options.rules is not None and options.rules != options.data / RULES_FILE:
        places += ["--rules", str(options.rules)]
    return places


def shown(digest: str) -> str:
    """The beginning of a digest."""
    return digest[:DIGEST_SHOWN]
