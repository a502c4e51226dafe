"""A running provider of the small district, and somebody who calls it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from integration.sandbox.sis.sis_caller import SisCaller
from integration.sandbox.sis.sis_world import LOADED_AT, Clock, a_district
from sis_connect.sandbox.sis import SisSettings, load_package, start
from sis_packages import write_folder

if TYPE_CHECKING:
    from pathlib import Path

Launch = Callable[..., SisCaller]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Starts a provider with other settings than usual; `stamps` and `package` say what it serves."""
    numbers = itertools.count()
    with ExitStack() as running:

        def launch_(*, stamps: bool = True, package: dict[str, bytes] | None = None, **settings: object) -> SisCaller:
            folder = tmp_path / f"sis-{next(numbers)}"
            write_folder(package or a_district(), folder / "package")
            load_package(folder / "package", folder / "sis.sqlite", stamps=stamps, at=LOADED_AT)
            sis = start(SisSettings(**settings), folder / "sis.sqlite")  # type: ignore[arg-type] # any setting
            return running.enter_context(SisCaller(running.enter_context(sis)))

        yield launch_


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SisCaller]:
    """A provider that no test writes to; shared, because ending a server takes longer than most tests."""
    folder = tmp_path_factory.mktemp("sis")
    write_folder(a_district(), folder / "package")
    load_package(folder / "package", folder / "sis.sqlite", at=LOADED_AT)
    with start(SisSettings(), folder / "sis.sqlite") as sis, SisCaller(sis) as caller:
        yield caller


@pytest.fixture
def caller(shared: SisCaller) -> SisCaller:
    """Calls the shared provider; for reading."""
    return shared


@pytest.fixture
def writer(launch: Launch) -> SisCaller:
    """Calls a provider of its own; for writing."""
    return launch()


@pytest.fixture
def clock() -> Clock:
    """Stands still unless advanced."""
    return Clock()
