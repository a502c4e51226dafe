"""`sandbox --partner` for every SIS of the directory: the rules file that it writes is all that a district needs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from partner_files import IDS, variant
from rest_side import a_district
from sis_connect.bootstrap import likely_connection
from sis_connect.cli.actions.sandbox_sis import SisRequest, started_sis
from sis_connect.config import read_settings
from sis_connect.sis.rest.connection import open_client

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small district."""
    return a_district(tmp_path_factory.mktemp("district"), students=12)


def schools_read(partner: str, package: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Status of reading a school of the sandbox in a partner's dress, with the rules file that it wrote."""
    monkeypatch.chdir(folder)
    request = SisRequest(package, 0, None, partner)
    with started_sis(request, seed=1, school_year=datetime.now(UTC).year) as sis:
        monkeypatch.setenv("SIS_CONNECT_SIS_KEY", sis.key)
        monkeypatch.setenv("SIS_CONNECT_SIS_SECRET", sis.secret)
        settings = read_settings(folder / sis.rules).sis
        with open_client(likely_connection(settings)) as client:
            return client.http.send("GET", "/orgs", params={"limit": 1}).status


@pytest.mark.parametrize("id_", IDS)
def test_partners_sandbox_is_read_with_the_rules_that_it_wrote(
    id_: str, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert schools_read(id_, package, tmp_path, monkeypatch) == 200


def test_partner_that_is_one_data_file_has_its_sandbox_too(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No code and no place in the directory: the file's path takes the place of a name."""
    changes = ('id = "aeries"', 'id = "acorn"'), ('display_name = "Aeries"', 'display_name = "Acorn SIS"')
    file = variant(tmp_path, "aeries", *changes, name="acorn")
    assert schools_read(file.name, package, tmp_path, monkeypatch) == 200
    assert 'partner = "acorn.toml"' in (tmp_path / "sandbox-rules.toml").read_text(encoding="utf-8")


def test_service_that_is_at_one_address_for_everyone_is_elsewhere_in_the_sandbox(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = variant(tmp_path, "facts", ("renweb.com/{path}", "renweb.com/service"))
    assert schools_read(file.name, package, tmp_path, monkeypatch) == 200
