"""A profile and a few entries make the description of a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from partner_files import IDS, profile, variant
from sis_connect.errors import ConfigurationError
from sis_connect.partners.connecting import Connection, build_connection, build_credentials
from sis_connect.partners.directory import read_profile
from sis_connect.partners.fields import fields
from sis_connect.partners.profile import CredentialStyle, PullStyle, Signature, SignInKind

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = "https://purl.imsglobal.org/spec/or/v1p1/scope/"
BOTH = (CredentialStyle.BASIC, CredentialStyle.BODY)

#: What a district enters, partner by partner, besides the id and the secret.
ENTRIES = {
    "aequitas-q": {"api_url": "https://q.oak.example", "token_url": "https://q.oak.example/token"},
    "aeries": {"api_url": "https://oak.aeries.net/aeries"},
    "aspen": {"api_url": "https://oak.myfollett.com"},
    "classlink": {"api_url": "https://oak.oneroster.example"},
    "eschooldata": {"api_url": "https://guru.example/API", "token_url": "https://guru.example/api/v1/auth/token"},
    "eschoolplus": {"api_url": "https://oak.example/plus360api/v1/777/oneroster"},
    "facts": {"api_url": "https://cfapi.renweb.com/x", "token_url": "https://cfapi.renweb.com/t"},
    "focus": {"api_url": "https://oak.focusschoolsoftware.com/focus/api"},
    "infinite-campus": {
        "api_url": "https://oak.example/campus/api/oneroster/v1p1/hub",
        "token_url": "https://oak.example/campus/oauth2/token?appName=hub",
    },
    "other": {"api_url": "https://sis.oak.example", "token_url": "https://login.oak.example/t/"},
    "powerschool": {"api_url": "https://oak.example/api"},
    "progressbook": {"api_url": "https://p.example/oak", "token_url": "https://p.example/t"},
    "schooltool": {"api_url": "https://s.example/oak", "token_url": "https://s.example/t"},
    "skyward-qmlativ": {"api_url": "https://oak.example", "token_url": "https://oak.example/oauth/token"},
    "skyward-sms": {"api_url": "https://oak.example/api", "token_url": "https://oak.example/api/oauth/token"},
    "synergy": {"api_url": "https://oak.example/syn", "token_url": "https://oak.example/syn/t"},
}
CREDENTIALS = {"client_id": "key-1", "client_secret": "hush-hush"}

#: How each signs in and where its tokens come from.
SIGN_INS = {
    "aequitas-q": (SignInKind.OAUTH2, "https://q.oak.example/token"),
    "aeries": (SignInKind.OAUTH2, "https://oak.aeries.net/aeries/token"),
    "aspen": (SignInKind.OAUTH2, "https://oak.myfollett.com/oauth/rest/v2.0/auth"),
    "classlink": (SignInKind.OAUTH1, None),
    "eschooldata": (SignInKind.OAUTH2, "https://guru.example/api/v1/auth/token"),
    "eschoolplus": (SignInKind.OAUTH1, None),
    "facts": (SignInKind.OAUTH2, "https://cfapi.renweb.com/t"),
    "focus": (SignInKind.OAUTH1, None),
    "infinite-campus": (SignInKind.OAUTH2, "https://oak.example/campus/oauth2/token?appName=hub"),
    "other": (SignInKind.OAUTH2, "https://login.oak.example/t/"),
    "powerschool": (SignInKind.OAUTH2, "https://oak.example/oauth/access_token"),
    "progressbook": (SignInKind.OAUTH2, "https://p.example/t"),
    "schooltool": (SignInKind.OAUTH2, "https://s.example/t"),
    "skyward-qmlativ": (SignInKind.OAUTH2, "https://oak.example/oauth/token"),
    "skyward-sms": (SignInKind.OAUTH2, "https://oak.example/api/oauth/token"),
    "synergy": (SignInKind.OAUTH2, "https://oak.example/syn/t"),
}


def connect(id_: str, *, grades: bool = False, **entries: str) -> Connection:
    """The connection of a partner with its usual entries and these."""
    return build_connection(profile(id_), {**ENTRIES[id_], **CREDENTIALS, **entries}, grades=grades)


@pytest.mark.parametrize("id_", IDS)
def test_every_partner_connects_with_what_its_form_asks(id_: str) -> None:
    asked = {one.name for one in fields(profile(id_))}
    assert asked >= ENTRIES[id_].keys() | CREDENTIALS.keys()
    connection = connect(id_)
    assert (connection.sign_in, connection.token_url) == SIGN_INS[id_]
    assert connection.base_url == f"{ENTRIES[id_]['api_url']}/ims/oneroster/v1p1"
    assert (connection.profile_id, connection.profile_revised) == (id_, profile(id_).revised)
    assert connection.quirks == profile(id_).quirks.keys()


def test_connection_holds_what_the_profile_knows() -> None:
    connection = connect("aeries")
    assert connection.delta is True
    assert connection.gradebook is True
    assert connection.style is PullStyle.WHOLE_DISTRICT
    assert connection.scopes == (f"{SCOPE}roster-core.readonly", f"{SCOPE}roster.readonly")
    assert connection.gradebook_headers == ()
    assert connect("focus").concurrency == 2


def test_what_nobody_knows_is_the_hubs_own_choice_or_stays_unknown() -> None:
    connection = connect("other")
    assert (connection.page_size, connection.concurrency) == (1000, 2)
    assert (connection.delta, connection.gradebook) == (None, None)
    assert (connection.style, connection.scopes) == (PullStyle.WHOLE_DISTRICT, ())
    assert (connection.credential_styles, connection.signature) == (BOTH, None)


@pytest.mark.parametrize(
    ("id_", "styles"),
    [
        ("infinite-campus", BOTH),
        ("powerschool", (CredentialStyle.BASIC,)),
        ("eschooldata", (CredentialStyle.BODY, CredentialStyle.BASIC)),
    ],
)
def test_likely_place_of_the_credentials_is_tried_first(id_: str, styles: tuple[CredentialStyle, ...]) -> None:
    """Of eSchoolData only scripts for another interface tell; the standard's way is tried after theirs."""
    assert connect(id_).credential_styles == styles


def test_scopes_of_the_gradebook_are_asked_for_only_to_send_grades() -> None:
    scopes = connect("aeries", grades=True).scopes
    assert scopes[:2] == connect("aeries").scopes
    assert scopes[2:] == (f"{SCOPE}gradebook.readonly", f"{SCOPE}gradebook.createput")


def test_scope_that_was_entered_replaces_those_that_are_known() -> None:
    assert connect("aeries", scope=" one  two ").scopes == ("one", "two")


def test_newer_address_of_aeries_has_its_token_address_with_the_slash() -> None:
    connection = connect("aeries", api_url="https://oakapi.aeries.net/admin/ims/oneroster/v1p1/orgs")
    assert connection.base_url == "https://oakapi.aeries.net/admin/ims/oneroster/v1p1"
    assert connection.token_url == "https://oakapi.aeries.net/admin/token/"


def test_sandbox_in_a_partners_dress_needs_the_same_entries() -> None:
    connection = connect("aspen", api_url="http://127.0.0.1:8123")
    assert connection.token_url == "http://127.0.0.1:8123/oauth/rest/v2.0/auth"


def test_token_address_of_a_single_installation_is_kept_as_it_is() -> None:
    given = "https://Oak.example/oauth/access_token/"
    assert connect("powerschool", token_url=given).token_url == given


@pytest.mark.parametrize(
    ("id_", "entries", "signature"),
    [
        ("classlink", {}, Signature.SHA256),
        ("focus", {}, Signature.SHA1),
        ("eschoolplus", {}, Signature.SHA1),
        ("eschoolplus", {"signature": "HMAC-SHA256"}, Signature.SHA256),
    ],
)
def test_oauth_1_has_a_hash_and_nothing_of_oauth_2(id_: str, entries: dict[str, str], signature: Signature) -> None:
    connection = build_connection(profile(id_), {**ENTRIES[id_], **CREDENTIALS, **entries})
    assert connection.signature is signature
    assert (connection.token_url, connection.scopes, connection.credential_styles) == (None, (), ())


def test_fixed_token_needs_no_id() -> None:
    entries = {"api_url": "https://oneroster-proxy.classlink.io/17", "sign_in": "bearer", "bearer_token": "hush-hush"}
    connection = build_connection(profile("classlink"), entries)
    credentials = build_credentials(profile("classlink"), entries)
    assert (connection.sign_in, connection.signature, connection.token_url) == (SignInKind.BEARER, None, None)
    assert (credentials.client_id, credentials.secret) == ("", "hush-hush")


def test_header_of_the_gradebook_is_named_in_the_connection_and_kept_with_the_secrets() -> None:
    entries = {**ENTRIES["infinite-campus"], **CREDENTIALS, "header.x-vendor-authorization": " me:shh "}
    connection = build_connection(profile("infinite-campus"), entries, grades=True)
    credentials = build_credentials(profile("infinite-campus"), entries, grades=True)
    assert connection.gradebook_headers == ("x-vendor-authorization",)
    assert credentials.headers == {"x-vendor-authorization": "me:shh"}
    assert (credentials.client_id, credentials.secret) == ("key-1", "hush-hush")


def test_no_secret_is_in_a_connection_or_shown_of_the_secrets() -> None:
    entries = {**ENTRIES["infinite-campus"], **CREDENTIALS, "header.x-vendor-authorization": "me:hush-hush"}
    one = profile("infinite-campus")
    connection = build_connection(one, entries, grades=True)
    credentials = build_credentials(one, entries, grades=True)
    assert "hush" not in repr(connection) + repr(credentials)
    assert "key-1" not in repr(connection) + repr(credentials)


def test_wrong_entry_is_refused_with_its_sentence_and_field() -> None:
    with pytest.raises(ConfigurationError, match="API URL begins with http://") as caught:
        connect("aeries", api_url="http://oak.aeries.net/aeries")
    assert caught.value.where == "Aeries, api_url"


def test_address_that_is_the_same_for_everyone_is_known(tmp_path: Path) -> None:
    one = read_profile(variant(tmp_path, "facts", ("renweb.com/{path}", "renweb.com/service")))
    connection = build_connection(one, {**CREDENTIALS, "token_url": "https://cfapi.renweb.com/token"})
    assert connection.base_url == "https://cfapi.renweb.com/service/ims/oneroster/v1p1"
