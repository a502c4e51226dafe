"""A small district that was synced once, copied for each test."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from command_line import CommandLine, Template, Town, town_of
from sis_connect.cli.exits import ExitCode
from sis_connect.sandbox.district import school_year_of, write_district
from sis_connect.sandbox.schoology import SandboxSettings, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Enough for several schools, and few enough to be written in a moment.
STUDENTS = 60


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A district in a sandbox's database, put there by `sync`."""
    folder = tmp_path_factory.mktemp("template")
    write_district(folder / "district", students=STUDENTS, school_year=school_year_of(datetime.now(UTC).date()))
    database = folder / "schoology.sqlite"
    with start(SandboxSettings(rate=None), database) as sandbox:
        town = town_of(folder, sandbox)
        assert town.run("sync", town.package, "--quiet").code is ExitCode.OK
    return Template(town.package, town.data, database)


@pytest.fixture
def town(template: Template, tmp_path: Path) -> Iterator[Town]:
    """The synced district, with a sandbox of its own."""
    shutil.copytree(template.package, tmp_path / "district")
    shutil.copytree(template.data, tmp_path / "sis-connect-data")
    shutil.copyfile(template.database, tmp_path / "schoology.sqlite")
    with start(SandboxSettings(rate=None), tmp_path / "schoology.sqlite") as sandbox:
        yield town_of(tmp_path, sandbox)


@pytest.fixture
def new_town(template: Template, tmp_path: Path) -> Iterator[Town]:
    """The district before its first sync, with an empty sandbox."""
    shutil.copytree(template.package, tmp_path / "district")
    with start(SandboxSettings(rate=None), tmp_path / "schoology.sqlite") as sandbox:
        yield town_of(tmp_path, sandbox)


@pytest.fixture
def run(tmp_path: Path) -> CommandLine:
    """The command line in an empty folder, with nothing in the environment."""
    return CommandLine(tmp_path)
