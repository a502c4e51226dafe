"""Each partner is asked for what it needs, and for nothing that its profile knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from partner_files import IDS, profile, variant
from sis_connect.partners.directory import read_profile
from sis_connect.partners.fields import EntryField, fields, overrides
from sis_connect.partners.profile import Holder, SignInKind

if TYPE_CHECKING:
    from pathlib import Path

OPEN_SIGN_IN = ["api_url", "sign_in", "signature", "client_id", "client_secret", "token_url", "scope?"]
FORMS = {
    "aequitas-q": OPEN_SIGN_IN,
    "aeries": ["api_url", "client_id", "client_secret"],
    "aspen": ["api_url", "client_id", "client_secret"],
    "classlink": ["api_url", "sign_in", "signature", "client_id", "client_secret", "bearer_token"],
    "eschooldata": ["api_url", "client_id", "client_secret", "token_url", "scope?"],
    "eschoolplus": OPEN_SIGN_IN,
    "facts": OPEN_SIGN_IN,
    "focus": ["api_url", "sign_in", "client_id", "client_secret", "token_url", "scope?"],
    "infinite-campus": ["api_url", "client_id", "client_secret", "token_url"],
    "other": OPEN_SIGN_IN,
    "powerschool": ["api_url", "client_id", "client_secret", "scope?"],
    "progressbook": OPEN_SIGN_IN,
    "schooltool": OPEN_SIGN_IN,
    "skyward-qmlativ": ["api_url", "client_id", "client_secret", "token_url", "scope?"],
    "skyward-sms": ["api_url", "client_id", "client_secret", "token_url", "scope?"],
    "synergy": ["api_url", "client_id", "client_secret", "token_url"],
}


def field(id_: str, name: str, *, grades: bool = False) -> EntryField:
    """One field of a partner's form, or one that it takes besides."""
    asked = (*fields(profile(id_), grades=grades), *overrides(profile(id_)))
    return {one.name: one for one in asked}[name]


@pytest.mark.parametrize("id_", IDS)
def test_partner_is_asked_for_what_it_needs(id_: str) -> None:
    """A question mark stands after what may be left empty; a choice has a default and may be left too."""
    form = [one.name if one.is_required or one.choices else f"{one.name}?" for one in fields(profile(id_))]
    assert form == FORMS[id_]


@pytest.mark.parametrize("id_", IDS)
def test_what_may_be_entered_besides_is_never_asked(id_: str) -> None:
    asked = {one.name for one in fields(profile(id_), grades=True)}
    assert not [one.name for one in overrides(profile(id_)) if one.name in asked or one.is_required]


@pytest.mark.parametrize("id_", IDS)
def test_hints_are_sentences(id_: str) -> None:
    for one in (*fields(profile(id_), grades=True), *overrides(profile(id_))):
        assert one.hint.endswith(".")
        assert "  " not in one.hint
        assert "Nobody has told us" not in one.hint or one.vendor_word == ""


def test_hint_shows_the_vendors_own_screen() -> None:
    one = field("aeries", "client_id")
    assert one.called == "Client id (Aeries calls it “Consumer ID”)"
    assert "Security > API Security" in one.hint
    assert "The API certificate on the same screen belongs to another interface." in one.hint


def test_word_that_is_ours_too_is_not_repeated() -> None:
    assert field("infinite-campus", "client_id").called == "Client id"


def test_where_nobody_has_told_the_vendor_is_to_be_asked() -> None:
    assert field("powerschool", "client_id").hint == "Nobody has told us where it stands; ask PowerSchool."
    assert field("other", "client_id").hint == "Nobody has told us where it stands; ask your SIS vendor."


@pytest.mark.parametrize(
    ("id_", "example"),
    [
        ("infinite-campus", "https://{host}/campus/api/oneroster/v1p1/{app}/ims/oneroster/v1p1"),
        ("powerschool", "https://{host}/api/ims/oneroster/v1p1"),
        ("skyward-qmlativ", "https://{host}/ims/oneroster/v1p1"),
        ("other", "https://{host}/{path}/ims/oneroster/v1p1"),
    ],
)
def test_address_is_shown_with_placeholders(id_: str, example: str) -> None:
    assert field(id_, "api_url").example == example


def test_secrets_are_marked() -> None:
    secret = {one.name for id_ in IDS for one in fields(profile(id_), grades=True) if one.is_secret}
    assert secret == {"client_secret", "bearer_token", "header.x-vendor-authorization"}


def test_header_of_the_gradebook_is_asked_of_the_operator_and_only_for_grades() -> None:
    header = field("infinite-campus", "header.x-vendor-authorization", grades=True)
    assert (header.held_by, header.example) == (Holder.OPERATOR, "{vendor_key}:{vendor_secret}")
    assert "header.x-vendor-authorization" not in FORMS["infinite-campus"]


@pytest.mark.parametrize(
    ("id_", "choices"),
    [("classlink", ("oauth1", "bearer")), ("focus", ("oauth1", "oauth2")), ("other", ("oauth2", "oauth1"))],
)
def test_way_of_signing_in_that_the_vendor_prefers_is_offered_first(id_: str, choices: tuple[str, ...]) -> None:
    one = field(id_, "sign_in")
    assert (one.choices, one.default) == (choices, choices[0])


@pytest.mark.parametrize(("id_", "hash_"), [("classlink", "HMAC-SHA256"), ("eschoolplus", "HMAC-SHA1")])
def test_likelier_hash_is_offered_first(id_: str, hash_: str) -> None:
    """A weak source suggests the hash of ClassLink; eSchoolPlus names its default itself."""
    one = field(id_, "signature")
    assert one.default == hash_
    assert set(one.choices) == {"HMAC-SHA1", "HMAC-SHA256"}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("token_url", {SignInKind.OAUTH2}),
        ("scope", {SignInKind.OAUTH2}),
        ("signature", {SignInKind.OAUTH1}),
        ("client_id", {SignInKind.OAUTH2, SignInKind.OAUTH1}),
        ("api_url", set(SignInKind)),
    ],
)
def test_field_belongs_to_ways_of_signing_in(name: str, kinds: set[SignInKind]) -> None:
    assert set(field("other", name).only_with) == kinds


def test_address_that_is_the_same_for_everyone_is_not_asked(tmp_path: Path) -> None:
    one = read_profile(variant(tmp_path, "facts", ("renweb.com/{path}", "renweb.com/service")))
    assert "api_url" not in {asked.name for asked in fields(one)}


def test_scope_that_is_required_and_unknown_must_be_entered(tmp_path: Path) -> None:
    path = variant(
        tmp_path,
        "eschooldata",
        ('scope = "unknown"', 'scope = { value = "required", sources = ["guru"] }'),
    )
    scope = {one.name: one for one in fields(read_profile(path))}["scope"]
    assert scope.is_required
    assert scope.hint == "Enter the scopes as they were given to you, separated by blanks."
