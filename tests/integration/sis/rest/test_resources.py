"""Resources of classes and courses: in JSON a list within each, in CSV files of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.sandbox.sis.sis_world import LOADED_AT, a_district
from rest_side import CLIENT, Puller, a_connection, rows_of
from sis_connect.frames import Limits, open_frames
from sis_connect.sandbox.sis import SisSettings, load_package, start
from sis_connect.sis.csv_source import read_package
from sis_connect.sis.rest.connection import PullSettings
from sis_connect.sis.rest.pulling.derived import Style
from sis_packages import text, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.oneroster.snapshot import Snapshot

HEADER = "sourcedId,status,dateLastModified,title,{0}SourcedId,resourceSourcedId"
LINKS = ("courseResources", "classResources")


def a_package(folder: Path) -> Path:
    """The small district with several links, whose ids are made of both ends as REST tells them."""
    classes = text(HEADER.format("class"), "c1@r1,,,,c1,r1", "c1@r2,,,,c1,r2", "c3@r2,,,,c3,r2")
    courses = text(HEADER.format("course"), "k1@r2,,,,k1,r2")
    return write_folder(a_district(classResources=classes, courseResources=courses), folder)


def pulled(folder: Path, settings: PullSettings) -> Snapshot:
    """A pull of the package."""
    load_package(a_package(folder / "package"), folder / "sis.sqlite", stamps=False, at=LOADED_AT)
    with start(SisSettings(clients=(CLIENT,)), folder / "sis.sqlite") as sis:
        return Puller(folder).pull(a_connection(sis.url, settings))[0]


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("page_size", [1, 2, 1_000])
def test_links_are_those_of_the_package(tmp_path: Path, page_size: int, style: Style) -> None:
    """Of a link REST tells its two ends; its id is made of them, and a title it has not."""
    snapshot = pulled(tmp_path, PullSettings(style=style, page_size=page_size, extras=("resources",)))
    (tmp_path / "csv").mkdir()
    with open_frames(Limits("512MB", 1)) as frames:
        expected = rows_of(read_package(tmp_path / "package", tmp_path / "csv", frames), (*LINKS, "resources"))

    assert rows_of(snapshot, (*LINKS, "resources")) == expected
    assert snapshot.files["classResources"].file == "/classes"


def test_links_are_not_asked_for_unless_the_district_wants_resources(tmp_path: Path) -> None:
    assert not set(LINKS) & set(pulled(tmp_path, PullSettings()).files)


def test_digest_knows_the_links(tmp_path: Path) -> None:
    with_links = pulled(tmp_path / "a", PullSettings(extras=("resources",)))
    again = pulled(tmp_path / "b", PullSettings(extras=("resources",), page_size=2))

    assert with_links.digest == again.digest
