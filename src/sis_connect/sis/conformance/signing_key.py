"""The key that reports are signed with: 32 random bytes in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from sis_connect.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

#: Its name in a data folder.
KEY_FILE = "conformance.key"
_SHORTEST, _LONGEST = 32, 4096


def read_key(path: Path) -> bytes:
    """The key in a file; ConfigurationError when there is none or it is too short to be one."""
    try:
        with path.open("rb") as file:
            key = file.read(_LONGEST)
    except OSError as error:
        raise ConfigurationError(
            f"The key cannot be read: {error.strerror}.", where=str(path), fix="Name the file with the key."
        ) from error
    if len(key) < _SHORTEST:
        raise ConfigurationError(
            f"The key has fewer than {_SHORTEST} bytes.", where=str(path), fix="Name the file with the whole key."
        )
    return key


def own_key(path: Path) -> bytes:
    """The key in a file, which is made with a new one when it is not there; ConfigurationError when it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_key(path)
    except OSError as error:
        raise ConfigurationError(
            f"The key cannot be kept: {error.strerror}.", where=str(path), fix="Name another file with --key."
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_SHORTEST))
    return read_key(path)
