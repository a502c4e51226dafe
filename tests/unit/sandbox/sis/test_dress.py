"""A dress is made of a profile and a wardrobe; every quirk is shown or has a reason why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from partner_files import IDS, profile, shipped, variant
from sis_connect.errors import ConfigurationError
from sis_connect.oneroster.operations import BASE_PATH, Scope
from sis_connect.partners.directory import read_profile
from sis_connect.partners.quirks import QUIRKS
from sis_connect.sandbox.sis.dress import Wear, dress, read_wear
from sis_connect.sandbox.sis.dress.quirks import SHOWN, UNSHOWN
from sis_connect.sandbox.sis.dress.wardrobe import SHIPPED
from sis_connect.sandbox.sis.grade_rules import CategoryHabit, DueDateHabit, GradeRules
from sis_connect.sandbox.sis.settings import SignIn, SisSettings, TokenStyle

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.sandbox.sis.dress.cloth import Manner

FILES = tuple(sorted(file.name.removesuffix(".toml") for file in SHIPPED.iterdir() if file.name.endswith(".toml")))


def settings_of(id_: str) -> SisSettings:
    return dress(profile(id_)).settings


def test_every_quirk_is_shown_or_has_a_reason_why_not() -> None:
    assert SHOWN.keys() | UNSHOWN.keys() == QUIRKS.keys()
    assert SHOWN.keys() & UNSHOWN.keys() == set()


@pytest.mark.parametrize("name", SHOWN)
def test_quirk_that_is_shown_does_something_or_says_what_shows_it(name: str) -> None:
    manner: Manner = SHOWN[name]
    acts = (manner.layer, manner.settings, manner.grades, manner.arrange, manner.before_commit)
    assert any(act is not None for act in acts) != bool(manner.shown_by)


def test_reasons_and_words_are_sentences() -> None:
    words = [*UNSHOWN.values(), *(manner.shown_by for manner in SHOWN.values() if manner.shown_by)]
    assert [word for word in words if not (word[0].isupper() or word[0].isdigit()) or not word.endswith(".")] == []


@pytest.mark.parametrize("id_", IDS)
def test_every_partner_can_be_dressed(id_: str) -> None:
    settings = settings_of(id_)
    assert settings.base_path.endswith(BASE_PATH)
    assert settings.sign_ins
    assert settings.token_styles


@pytest.mark.parametrize("name", FILES)
def test_files_of_the_wardrobe_belong_to_partners(name: str) -> None:
    assert name in {one.id for one in shipped().profiles}


@pytest.mark.parametrize(
    ("id_", "base", "token", "query"),
    [
        ("aeries", "/aeries", "/aeries/token", {}),
        ("aspen", "", "/oauth/rest/v2.0/auth", {}),
        ("infinite-campus", "/campus/api/oneroster/v1p1/sandbox", "/campus/oauth2/token", {"appName": "sandbox"}),
        ("powerschool", "/api", "/oauth/access_token", {}),
        ("synergy", "/oneroster", "/connect/token", {}),
        ("progressbook", "", None, {}),
    ],
)
def test_addresses_are_those_of_the_profile(id_: str, base: str, token: str | None, query: dict[str, str]) -> None:
    settings = settings_of(id_)
    assert settings.base_path == f"{base}{BASE_PATH}"
    assert (settings.token_path, dict(settings.token_manners.query)) == (token, query)


def test_address_that_was_given_up_answers_for_a_while() -> None:
    assert settings_of("infinite-campus").former_paths == (f"/campus/api{BASE_PATH}",)


def test_sign_in_is_what_the_profile_offers_or_what_the_installation_was_set_to() -> None:
    assert settings_of("aeries").sign_ins == {SignIn.OAUTH2}
    assert settings_of("focus").sign_ins == {SignIn.OAUTH1}
    assert settings_of("eschoolplus").signatures == {"HMAC-SHA1"}
    assert settings_of("infinite-campus").token_styles == {TokenStyle.BODY}
    assert settings_of("other").sign_ins == {SignIn.OAUTH1, SignIn.OAUTH2}


def test_token_endpoint_asks_for_what_the_vendor_asks_for() -> None:
    aeries = settings_of("aeries")
    assert (aeries.token_manners.needs_scope, aeries.token_seconds) == (True, 21_600)
    assert aeries.further_scopes == {"enrollments": Scope.ROSTER}
    assert settings_of("skyward-qmlativ").token_manners.refuses_excess
    assert settings_of("synergy").token_manners.cookie


def test_grade_rules_are_those_of_the_profile() -> None:
    assert settings_of("infinite-campus").grade_rules == GradeRules(
        title_length=30,
        unique_titles=True,
        whole_maximum=True,
        due_date=DueDateHabit.IN_TERM,
        categories=CategoryHabit.FIXED,
        closes_with_period=True,
        keeps_submitted_as_zero=True,
    )
    assert settings_of("aeries").grade_rules == GradeRules(title_length=49, whole_maximum=True)
    assert settings_of("schooltool").grade_rules == GradeRules(categories=CategoryHabit.BY_TITLE)
    assert settings_of("other").grade_rules == GradeRules()


def test_new_partner_is_dressed_by_one_data_file_and_no_code(tmp_path: Path) -> None:
    """Without a file in the wardrobe the dress has what the profile says, and the standard's way for the rest."""
    changes = (('id = "aspen"', 'id = "oak-sis"'), ("myfollett.com", "oaksis.example"))
    new = read_profile(variant(tmp_path, "aspen", *changes, name="oak-sis"))
    settings = dress(new).settings
    assert settings.token_path == "/oauth/rest/v2.0/auth"  # an address
    assert settings.habits.make_id is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("most_rows = 0", "most_rows"),
        ('colour = "red"', "colour"),
        ('missing = ["getEverything"]', "getEverything"),
        ('switched_off = ["grades"]', "switched_off"),
        ('[ids]\nusers = "u"', "{number}"),
        ('[ids]\npeople = "{number}"', "ids.people"),
        ('root = "no-path"', "root"),
        ("not toml", "cannot be read"),
    ],
)
def test_mistake_in_the_wardrobe_is_named_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "oak.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_wear(file)
    assert says in f"{caught.value} {caught.value.where}"
    assert str(caught.value.where).startswith("oak.toml")


def test_wear_of_a_caller_takes_the_place_of_the_file() -> None:
    settings = dress(profile("aeries"), Wear(placeholders={"subdirectory": "oak"})).settings
    assert settings.base_path == f"/oak{BASE_PATH}"
    assert msgspec.structs.asdict(Wear())["ids"] == {}
