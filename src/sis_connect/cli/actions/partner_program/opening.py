"""Opening the program for a command, and the files and runs that a person names."""

from __future__ import annotations

import shlex
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sis_connect.bootstrap import open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.actions.reports import find_run
from sis_connect.cli.advice import program as called
from sis_connect.cli.options import RULES_FILE, Options
from sis_connect.errors import ConfigurationError
from sis_connect.runs.partner_program import PartnerProgram, open_program
from sis_connect.store.whole_files import prepared_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from pathlib import Path

    from sis_connect.cli.program_options import ProgramOptions
    from sis_connect.store.ledger import Run

#: A conformance report has less than a tenth of that.
_MOST_BYTES = 64 * 1024 * 1024


@contextmanager
def opened(options: ProgramOptions) -> Iterator[PartnerProgram]:
    """The program in the folder that was named, which is made once something is written down."""
    with open_program(options.folder, lambda: datetime.now(UTC)) as program:
        yield program


def read_file(path: Path, most: int = _MOST_BYTES) -> bytes:
    """A file that a person names, of so many bytes at most; ConfigurationError when it cannot be read or is longer."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise ConfigurationError(
            f"The file cannot be read: {error.strerror}.", where=str(path), fix="Name a file that is there."
        ) from error
    if len(content) > most:
        raise ConfigurationError(
            f"The file has more than {most:,} bytes.", where=str(path), fix="Name the file that was meant."
        )
    return content


@contextmanager
def written_file(path: Path, content: bytes) -> Iterator[None]:
    """The file holds the content once the block has ended well, and is as it was when the block fails.

    ConfigurationError before the block when it cannot be written.
    """
    with ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(prepared_file(path, content))
        except OSError as error:
            raise ConfigurationError(
                f"The file cannot be written: {error.strerror}.", where=str(path), fix="Name another folder with --to."
            ) from error
        yield


def write_file(path: Path, content: bytes) -> None:
    """The file holds the content, never half of it; ConfigurationError when it cannot be written."""
    with written_file(path, content):
        pass


def rules_of(data: Path, rules: Path | None) -> Path | None:
    """The rules file that was named, or the one in the data folder; None for neither."""
    own = data / RULES_FILE
    return rules or (own if own.exists() else None)


def ended_run(options: ProgramOptions, data: Path, rules: Path | None, wanted: str) -> tuple[Run, tzinfo | None]:
    """An ended run of a data folder, and the time zone of its district; an error when there is none."""
    district_options = Options(data, rules_of(data, rules), options.as_json, options.quiet)
    with open_district(known_data(district_options), district_options.rules) as district:
        return find_run(district_options, district.runner, wanted), district.settings.time_zone


def command(options: ProgramOptions, *words: str) -> str:
    """A command of the program with the same folder as this one, to copy."""
    places = () if options.is_default_folder else ("--program", str(options.folder))
    return shlex.join([*called(), "partners", *words, *places])
