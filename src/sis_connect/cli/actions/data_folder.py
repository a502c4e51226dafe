"""Where a command works: in a data folder that is there, or in none that stays."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sis_connect.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.cli.options import Options


def known_data(options: Options) -> Path:
    """The data folder; StoreError when it was never made, lest a mistyped name make one."""
    if not options.data.is_dir():
        raise StoreError(
            f"There is no data folder at {options.data}.",
            where="--data",
            fix="Name the one that `plan` or `sync` made.",
        )
    return options.data


@contextmanager
def data_or_scratch(options: Options) -> Iterator[Path]:
    """The data folder, or a folder that is gone with the block: for what needs no earlier state and leaves none."""
    if options.data.is_dir():
        yield options.data
        return
    with TemporaryDirectory(prefix="sis-connect-", ignore_cleanup_errors=True) as scratch:
        yield Path(scratch)
