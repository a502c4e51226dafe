"""What a partner's profile means for a connection, and which ways of signing in are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from partner_files import profile, variant
from sis_connect.errors import ConfigurationError
from sis_connect.partner_connections import Circumstances, partner_ways, ways
from sis_connect.partners.connecting import build_connection, build_credentials
from sis_connect.settings import SisSettings
from sis_connect.sis.rest.connection import BearerSignIn, OAuth1SignIn, PullSettings, RestConnection
from sis_connect.transport.diagnosis import DIAGNOSES, Cause
from sis_connect.transport.oauth1 import SignatureMethod
from sis_connect.transport.oauth2 import ClientGrant, ClientStyle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCOPE = "https://purl.imsglobal.org/spec/or/v1p1/scope/"
PAIR = {"client_id": "key-1", "client_secret": "hush-hush"}


def found(
    id_: str, entries: Mapping[str, str], circumstances: Circumstances | None = None
) -> tuple[RestConnection, ...]:
    one = profile(id_)
    given = {**PAIR, **entries}
    return ways(build_connection(one, given), build_credentials(one, given), circumstances)


def grants(id_: str, **entries: str) -> list[tuple[ClientStyle, tuple[str, ...]]]:
    """Place of the secret and scopes of each way."""
    signs = [way.sign_in for way in found(id_, entries)]
    return [(sign.style, sign.scopes) for sign in signs if isinstance(sign, ClientGrant)]


def test_every_place_of_the_secret_is_tried_and_fewer_scopes_last() -> None:
    core, both = (f"{SCOPE}roster-core.readonly",), (f"{SCOPE}roster-core.readonly", f"{SCOPE}roster.readonly")
    assert grants("aeries", api_url="https://oak.aeries.net/aeries") == [
        (ClientStyle.BASIC, both),
        (ClientStyle.BODY, both),
        (ClientStyle.BASIC, core),
        (ClientStyle.BODY, core),
    ]


def test_what_is_settled_is_not_tried_in_other_ways() -> None:
    assert grants("powerschool", api_url="https://oak.example/api") == [(ClientStyle.BASIC, ())]


def test_signed_requests_and_fixed_tokens_have_one_way() -> None:
    [focus] = found("focus", {"api_url": "https://oak.example/focus", "sign_in": "oauth1"})
    assert isinstance(focus.sign_in, OAuth1SignIn)
    assert focus.sign_in.method is SignatureMethod.HMAC_SHA1
    one = profile("classlink")
    given = {"api_url": "https://oak.example", "sign_in": "bearer", "bearer_token": "token-1"}
    [classlink] = ways(build_connection(one, given), build_credentials(one, given))
    assert isinstance(classlink.sign_in, BearerSignIn)


def test_quirks_of_requests_are_heeded() -> None:
    way = found("synergy", {"api_url": "https://oak.example/syn", "token_url": "https://oak.example/t"})[0]
    assert way.headers == {"Content-Type": "application/x-www-form-urlencoded"}
    assert isinstance(way.sign_in, ClientGrant)
    assert way.sign_in.keeps_cookies


def test_operators_limits_hold_beside_the_partners() -> None:
    circumstances = Circumstances(pull=PullSettings(page_size=50, concurrency=1, extras=("demographics",)))
    [way, *_] = found("aeries", {"api_url": "https://oak.aeries.net/aeries"}, circumstances)
    assert (way.pull.page_size, way.pull.concurrency) == (50, 1)
    assert isinstance(way.sign_in, ClientGrant)
    assert way.sign_in.scopes[-1] == f"{SCOPE}roster-demographics.readonly"


def test_rules_of_a_partner_are_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIS_CONNECT_SIS_KEY", raising=False)
    monkeypatch.setenv("SIS_CONNECT_SIS_SECRET", "hush-hush")
    rules = SisSettings(url="https://oak.example/campus/api/oneroster/v1p1/hub", partner="Infinite Campus")
    with pytest.raises(ConfigurationError) as caught:
        partner_ways(rules, Circumstances())
    assert caught.value.where == "SIS_CONNECT_SIS_KEY"
    assert "Authentication URL (Infinite Campus calls it “token URL”) is missing." in caught.value.what
    assert "SIS_CONNECT_SIS_KEY and sis.token_url" in caught.value.fix
    assert "hush-hush" not in f"{caught.value} {caught.value.fix}"


def test_place_of_the_secret_that_the_rules_name_is_the_only_one_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIS_CONNECT_SIS_KEY", "key-1")
    monkeypatch.setenv("SIS_CONNECT_SIS_SECRET", "hush-hush")
    rules = SisSettings(url="https://oak.aeries.net/aeries", partner="aeries", sign_in="oauth2-body")
    signs = [way.sign_in for way in partner_ways(rules, Circumstances())]
    assert {sign.style for sign in signs if isinstance(sign, ClientGrant)} == {ClientStyle.BODY}


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """An id and a secret, as the environment has them."""
    monkeypatch.setenv("SIS_CONNECT_SIS_KEY", "key-1")
    monkeypatch.setenv("SIS_CONNECT_SIS_SECRET", "hush-hush")


def remedy(rules: SisSettings, cause: Cause) -> str:
    """What the likeliest way says about a refusal."""
    return partner_ways(rules, Circumstances())[0].naming.fix_of(cause, DIAGNOSES[cause].fix)


@pytest.mark.usefixtures("credentials")
def test_refused_secret_is_explained_with_the_words_of_the_vendors_screen() -> None:
    """Every place of the secret is tried, so nobody is told to try another."""
    said = remedy(SisSettings(url="https://oak.aeries.net/aeries", partner="aeries"), Cause.CLIENT_REFUSED)
    assert "Client secret (Aeries calls it “Secret Key”)" in said
    assert "The API certificate on the same screen belongs to another interface." in said
    assert "(Aeries calls it “Secret Key”): they stand under Security" in said
    assert "oauth2-body" not in said


@pytest.mark.usefixtures("credentials")
def test_token_address_that_follows_from_the_other_one_is_looked_for_there() -> None:
    said = remedy(SisSettings(url="https://oak.aeries.net/aeries", partner="aeries"), Cause.NO_SIGN_IN_SERVICE)
    assert said.startswith("The token address follows from sis.url")


@pytest.mark.usefixtures("credentials")
def test_address_that_looks_odd_is_told_once_it_does_not_answer() -> None:
    """It may be right, so nothing is refused before."""
    said = remedy(SisSettings(url="https://oak.aeries.net/student/rosters/v2", partner="aeries"), Cause.NO_SUCH_HOST)
    assert "API URL does not look like an address of Aeries. It looks like https://{district}.aeries.net/" in said
    fits = remedy(SisSettings(url="https://oak.aeries.net/aeries", partner="aeries"), Cause.NO_SUCH_HOST)
    assert "does not look like" not in fits


@pytest.mark.usefixtures("credentials")
def test_partner_that_is_not_in_the_directory_is_named_by_its_setting() -> None:
    with pytest.raises(ConfigurationError, match="Airies") as caught:
        partner_ways(SisSettings(url="https://oak.aeries.net/aeries", partner="Airies"), Circumstances())
    assert (caught.value.where, "Aeries" in caught.value.fix) == ("sis.partner", True)


@pytest.mark.usefixtures("credentials")
def test_licence_and_expiry_are_named_where_they_may_be_the_reason() -> None:
    rules = SisSettings(url="https://oak.example/q", token_url="https://oak.example/t", partner="skyward-qmlativ")
    assert "A year after the record was made" in remedy(rules, Cause.CLIENT_REFUSED)
    assert "must be registered" in remedy(rules, Cause.FORBIDDEN)


@pytest.mark.usefixtures("credentials")
def test_profile_of_a_file_is_taken_by_its_path(tmp_path: Path) -> None:
    file = variant(tmp_path, "aeries", ('id = "aeries"', 'id = "acorn"'), name="acorn")
    [way, *_] = partner_ways(SisSettings(url="https://oak.aeries.net/aeries", partner=str(file)), Circumstances())
    assert way.url == "https://oak.aeries.net/aeries/ims/oneroster/v1p1"


def test_blanks_around_ids_are_taken_off_for_those_who_are_known_for_them() -> None:
    known = {
        id_: found(id_, {"api_url": "https://oak.aeries.net/api"})[0].pull.trims_ids
        for id_ in ("aeries", "powerschool")
    }
    assert known == {"aeries": False, "powerschool": True}
