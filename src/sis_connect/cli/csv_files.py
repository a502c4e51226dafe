"""Lists written as CSV files that are safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from sis_connect.cli.safe_text import harmless_cell
from sis_connect.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """The file holds the header and the rows; ConfigurationError when it cannot be written."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([harmless_cell(cell) for cell in row] for row in rows)
    except OSError as error:
        raise ConfigurationError(
            f"The file cannot be written: {error.strerror}.", where=str(path), fix="Name another file."
        ) from error
