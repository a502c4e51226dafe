"""Files that are there as a whole or not at all, whoever dies when and whoever else writes the same one.

Not here: the district's data folder, whose parts know by themselves when they are whole.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def prepared_file(path: Path, content: bytes) -> Iterator[None]:
    """The file holds the content once the block has ended well; else it is what it was before. OSError."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:50]}.", suffix=".new", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """The file holds the content; OSError, and then it is what it was before."""
    with prepared_file(path, content):
        pass
