"""Opening the program for a command, and the files and runs that a person names."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sis_connect.bootstrap import open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.actions.reports import find_run
from sis_connect.cli.advice import program as called
from sis_connect.cli.options import RULES_FILE, Options
from sis_connect.errors import ConfigurationError
from sis_connect.runs.partner_program import PartnerProgram, open_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from pathlib import Path

    from sis_connect.cli.program_options import ProgramOptions
    from sis_connect.store.ledger import Run


@contextmanager
def opened(options: ProgramOptions) -> Iterator[PartnerProgram]:
    """The program in the folder that was named, made when it is not there."""
    with open_program(options.folder, lambda: datetime.now(UTC)) as program:
        yield program


def read_file(path: Path) -> bytes:
    """A file that a person names; ConfigurationError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The file cannot be read: {error.strerror}.", where=str(path), fix="Name a file that is there."
        ) from error


def write_file(path: Path, content: bytes) -> None:
    """The file holds the content; ConfigurationError when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(
            f"The file cannot be written: {error.strerror}.", where=str(path), fix="Name another folder with --to."
        ) from error


def ended_run(options: ProgramOptions, data: Path, rules: Path | None, wanted: str) -> tuple[Run, tzinfo | None]:
    """An ended run of a data folder, and the time zone of its district; an error when there is none."""
    own = data / RULES_FILE
    district_options = Options(data, rules or (own if own.exists() else None), options.as_json, options.quiet)
    with open_district(known_data(district_options), district_options.rules) as district:
        return find_run(district_options, district.runner, wanted), district.settings.time_zone


def command(options: ProgramOptions, *words: str) -> str:
    """A command of the program with the same folder as this one, to copy."""
    places = () if options.is_default_folder else ("--program", str(options.folder))
    return shlex.join([*called(), "partners", *words, *places])
