"""The commands that may come next, written out so that they can be copied."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sis_connect.cli.options import RULES_FILE

if TYPE_CHECKING:
    from sis_connect.cli.options import Options

#: Of a digest, what a person needs to see and type.
DIGEST_SHOWN = 12


def command(options: Options, *words: str) -> str:
    """The command with the same data folder and rules as this one."""
    said = ["sis-connect", *words]
    if not options.is_default_data:
        said += ["--data", str(options.data)]
    if options.rules is not None and options.rules != options.data / RULES_FILE:
        said += ["--rules", str(options.rules)]
    return shlex.join(said)


def shown(digest: str) -> str:
    """The beginning of a digest."""
    return digest[:DIGEST_SHOWN]
