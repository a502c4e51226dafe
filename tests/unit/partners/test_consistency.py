"""What must hold between the fields of a profile; each rule is broken once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from partner_files import IDS, profile, variant
from sis_connect.errors import ConfigurationError
from sis_connect.partners.consistency import faults
from sis_connect.partners.directory import read_profile

if TYPE_CHECKING:
    from pathlib import Path

GOSSIP = """\
[sources.gossip]
title = "a"
publisher = "b"
grade = "D"
recorded = 2026-11-23
dated = "unknown"
"""
OAUTH1_TABLE = '[sign_in.oauth1]\nsignatures = "unknown"\n'
SCREEN = '{ value = { word = "a", where = "there" }, sources = ["setup"] }'


@pytest.mark.parametrize("id_", IDS)
def test_shipped_profile_is_consistent(id_: str) -> None:
    assert list(faults(profile(id_))) == []


@pytest.mark.parametrize(
    ("id_", "change", "what"),
    [
        ("aeries", ('sources = ["data-sync"]', 'sources = ["dreams"]'), "pulling.delta names the source 'dreams'"),
        ("aeries", ('no-delete = ["endpoints"]', 'no-delete = ["dreams"]'), "quirks.no-delete names the source"),
        (
            "infinite-campus",
            ('sources = ["gradebook-endpoints"]', 'sources = ["dreams"]'),
            "gradebook.headers.x-vendor-authorization names the source",
        ),
        (
            "other",
            ("[sources]", GOSSIP),
            "sources.gossip is a source that no fact names",
        ),
        ("other", (OAUTH1_TABLE, ""), "sign_in.oauth1 is missing"),
        ("aeries", ("[sign_in.oauth2]", f"{OAUTH1_TABLE}[sign_in.oauth2]"), "sign_in.oauth1 is given"),
        ("powerschool", ('token = "https://{host}/oauth/access_token"', ""), "addresses.shapes says nothing of"),
        ("powerschool", ("{host}/oauth/access_token", "{server}/oauth"), "addresses.shapes has placeholders in"),
        ("synergy", ('value = "entered"', 'value = "computed"'), "addresses.shapes must be known"),
        ("other", ('client_secret = "unknown"\ntoken_url = "unknown"', 'client_secret = "unknown"'),
         "screens.token_url is missing"),
        ("aeries", ("[screens]", f"[screens]\ntoken_url = {SCREEN}"), "screens.token_url is given"),
        ("aeries", ("[screens]", f"[screens]\nbearer_token = {SCREEN}"), "screens.bearer_token is given"),
        ("aeries", ('value = true, sources = ["setup"]', 'value = false, sources = ["setup"]'),
         "gradebook says how grades are taken"),
        ("classlink", ("value = false", "value = true"), "gradebook.limits is missing"),
        ("aeries", ("no-delete =", "no-tears ="), "quirks.no-tears is no quirk that SIS Connect knows"),
        ("aeries", ('title_length = { value = 49, sources = ["otus"], note = "Under 50." }',
                    'title_length = "unknown"'), "quirks.title-limit needs gradebook.limits.title_length"),
        ("classlink", ("no-token-request =", "title-limit ="), "quirks.title-limit needs gradebook.limits"),
    ],
)  # fmt: skip
def test_broken_rule_names_its_place(tmp_path: Path, id_: str, change: tuple[str, str], what: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_profile(variant(tmp_path, id_, change))
    assert what in caught.value.what
    assert caught.value.where.startswith(f"{id_}.toml, {what.partition(' ')[0]}")


def test_way_of_signing_in_that_only_a_weak_source_names_excludes_no_other() -> None:
    """SchoolTool is said to use OAuth 2 by a client that does not say whose it is; OAuth 1 stays possible."""
    assert profile("schooltool").sign_in.oauth1 is not None
