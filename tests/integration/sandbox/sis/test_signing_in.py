"""Who may ask: signed requests, tokens and bearers, each let in for what is right and turned away for what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, SIGNATURE_PLAINTEXT
from oauthlib.oauth1 import Client as Signer

from integration.sandbox.sis.sis_caller import SisCaller, refusal
from sis_connect.oneroster.operations import OPERATIONS, Scope
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET, Client, ExpiresIn, SignIn, TokenStyle

if TYPE_CHECKING:
    import httpx2

    from integration.sandbox.sis.conftest import Launch
    from integration.sandbox.sis.sis_world import Clock


def bearer(caller: SisCaller, token: str, path: str = "/orgs", method: str = "GET") -> httpx2.Response:
    """The answer to a request with a token."""
    return caller.http.request(method, caller.sis.url + path, headers={"Authorization": f"Bearer {token}"})


def a_header(**parts: str) -> str:
    """An Authorization header with a wrong signature; `parts` are different from usual."""
    given = {
        "oauth_consumer_key": SIS_CLIENT_ID,
        "oauth_nonce": "n",
        "oauth_signature": "s",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1",
        **parts,
    }
    return "OAuth " + ", ".join(f'{name}="{value}"' for name, value in given.items())


def basic(caller: SisCaller, id_: str = SIS_CLIENT_ID, secret: str = SIS_CLIENT_SECRET, **form: str) -> httpx2.Response:
    """The answer to a token request in the Basic style."""
    data = {"grant_type": "client_credentials", **form}
    return caller.http.post(caller.sis.token_url, data=data, auth=(id_, secret))


@pytest.mark.parametrize("method", [SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256])
def test_a_signed_request_is_let_in(caller: SisCaller, method: str) -> None:
    with SisCaller(caller.sis, method=method) as signing:
        assert signing.ids("/users", filter="givenName='Zoë' OR familyName='Two Words!*()'") == ["u2"]
        assert signing.get(f"/users/{quote('a/b+c|d', safe='')}")["user"]["username"] == "odd"
        assert signing.send("GET", "/users?limit=2&fields=&filter=").status_code == 400


def test_a_raw_query_is_signed_as_it_goes_over_the_wire(caller: SisCaller) -> None:
    """Blanks as plus, quotes and brackets as they are: the parameters are what is signed, not their spelling."""
    for query in ("filter=givenName='Bo'", "filter=givenName%3d'B%6f'", "filter=givenName='Bo'+AND+status='active'"):
        uri = f"{caller.sis.url}/users?{query}"
        _, headers, _ = Signer(SIS_CLIENT_ID, SIS_CLIENT_SECRET).sign(uri)
        answer = caller.http.get(uri, headers=headers)
        assert [user["sourcedId"] for user in answer.json()["users"]] == ["u1"], query


def test_a_request_without_credentials_is_turned_away(caller: SisCaller) -> None:
    answer = caller.http.get(caller.sis.url + "/orgs")
    assert refusal(answer)[:2] == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("key", "secret"), [("nobody", SIS_CLIENT_SECRET), (SIS_CLIENT_ID, "wrong")])
def test_wrong_credentials_are_turned_away(caller: SisCaller, key: str, secret: str) -> None:
    with SisCaller(caller.sis, key, secret) as stranger:
        assert refusal(stranger.send("GET", "/orgs"))[:2] == (401, "unauthorized")


def test_a_signature_holds_for_its_own_request_alone(caller: SisCaller) -> None:
    _, headers, _ = Signer(SIS_CLIENT_ID, SIS_CLIENT_SECRET).sign(f"{caller.sis.url}/orgs?limit=1")
    assert refusal(caller.http.get(f"{caller.sis.url}/orgs?limit=2", headers=headers))[0] == 401
    assert refusal(caller.http.get(f"{caller.sis.url}/users?limit=1", headers=headers))[0] == 401
    assert refusal(caller.http.delete(f"{caller.sis.url}/orgs?limit=1", headers=headers))[0] == 401
    assert caller.http.get(f"{caller.sis.url}/orgs?limit=1", headers=headers).status_code == 200


def test_a_nonce_is_good_once(caller: SisCaller) -> None:
    uri = f"{caller.sis.url}/orgs"
    _, headers, _ = Signer(SIS_CLIENT_ID, SIS_CLIENT_SECRET).sign(uri)
    assert caller.http.get(uri, headers=headers).status_code == 200
    assert refusal(caller.http.get(uri, headers=headers))[0] == 401


@pytest.mark.parametrize(("seconds", "status"), [(-590, 200), (-620, 401), (290, 200), (320, 401)])
def test_a_timestamp_must_be_near_the_providers_clock(launch: Launch, clock: Clock, seconds: int, status: int) -> None:
    """Ten minutes behind and five ahead, unless the settings say otherwise."""
    caller = launch(now=clock)
    at = str(int(clock.at.timestamp()) + seconds)
    _, headers, _ = Signer(SIS_CLIENT_ID, SIS_CLIENT_SECRET, timestamp=at).sign(f"{caller.sis.url}/orgs")
    assert caller.http.get(f"{caller.sis.url}/orgs", headers=headers).status_code == status


@pytest.mark.parametrize(
    "authorization",
    [
        "OAuth",
        "OAuth realm",
        'OAuth oauth_consumer_key="sandbox-client"',
        a_header(oauth_signature_method="RSA-SHA1"),
        a_header(oauth_timestamp="soon"),
        a_header(oauth_version="2.0"),
        a_header(oauth_nonce=""),
        a_header() + ', oauth_nonce="another"',
    ],
)
def test_a_malformed_signature_is_a_bad_request(caller: SisCaller, authorization: str) -> None:
    answer = caller.http.get(f"{caller.sis.url}/orgs", headers={"Authorization": authorization})
    assert refusal(answer)[:2] == (400, "invalid data")


def test_a_plain_text_signature_is_a_bad_request(caller: SisCaller) -> None:
    with SisCaller(caller.sis, method=SIGNATURE_PLAINTEXT) as plain:
        assert refusal(plain.send("GET", "/orgs"))[0] == 400


def test_a_signature_may_be_made_for_the_public_address(launch: Launch) -> None:
    """A provider behind a gateway is asked under another name; its references and links bear that name."""
    public = "https://sis.district.example/campus/api/ims/oneroster/v1p1"
    caller = launch(public_url=public)
    _, headers, _ = Signer(SIS_CLIENT_ID, SIS_CLIENT_SECRET).sign(f"{public}/schools?limit=1")
    answer = caller.http.get(f"{caller.sis.url}/schools?limit=1", headers=headers)
    assert answer.json()["orgs"][0]["parent"]["href"] == f"{public}/orgs/d1"
    assert f"<{public}/schools?limit=1&offset=1>" in answer.headers["Link"]


def test_a_provider_may_live_at_another_path(launch: Launch) -> None:
    caller = launch(base_path="/learningdata/v1", token_path="/campus/oauth2/token")
    assert caller.ids("/schools") == ["s1", "s2"]
    assert caller.sis.url.endswith("/learningdata/v1")
    assert bearer(caller, caller.token().json()["access_token"]).status_code == 200


def test_a_token_is_given_for_credentials_in_either_style(caller: SisCaller) -> None:
    for answer in (caller.token(), basic(caller)):
        token = answer.json()
        assert answer.headers["Cache-Control"] == "no-store"
        assert (token["token_type"], token["expires_in"]) == ("bearer", 3600)
        assert set(token["scope"].split()) == set(Scope)
        assert bearer(caller, token["access_token"]).status_code == 200


def test_credentials_with_reserved_characters_are_understood_encoded_or_not(launch: Launch) -> None:
    caller = launch(clients=(Client("a+b c", "50%:+&ü"),))
    assert basic(caller, "a+b c", "50%:+&ü").status_code == 200
    assert basic(caller, "a%2Bb+c", "50%25%3A%2B%26%C3%BC").status_code == 200
    assert caller.token(client_id="a+b c", client_secret="50%:+&ü").status_code == 200


def test_a_style_that_is_not_allowed_is_turned_away(launch: Launch) -> None:
    only_basic = launch(token_styles=frozenset({TokenStyle.BASIC}))
    assert only_basic.token().status_code == 401
    assert basic(only_basic).status_code == 200
    only_body = launch(token_styles=frozenset({TokenStyle.BODY}))
    assert only_body.token().status_code == 200
    assert basic(only_body).status_code == 401


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"scope": "everything"}, 400, "invalid_scope"),
    ],
)
def test_a_token_request_that_is_wrong_is_refused(
    caller: SisCaller, form: dict[str, str], status: int, error: str
) -> None:
    answer = caller.token(**form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert SIS_CLIENT_SECRET not in answer.text


def test_a_token_request_that_is_no_form_is_refused(caller: SisCaller) -> None:
    url = caller.sis.token_url
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert caller.http.post(url, json={"grant_type": "client_credentials"}).status_code == 400
    assert caller.http.post(url, content=b"\xff\xfe", headers=form).status_code == 400
    assert caller.http.post(url, content=b"scope=a&scope=b", headers=form).status_code == 400
    assert caller.http.post(url, content=b"a=1&" * 30, headers=form).status_code == 400
    assert caller.http.post(url, content=b"a" * 2_000_000, headers=form).status_code == 413
    assert caller.http.post(url, headers={**form, "Authorization": "Basic x"}).status_code == 401
    assert caller.http.get(url).status_code == 405
    both = {"grant_type": "client_credentials", "client_secret": SIS_CLIENT_SECRET}
    assert caller.http.post(url, data=both, auth=(SIS_CLIENT_ID, SIS_CLIENT_SECRET)).status_code == 400


def test_a_token_ends_when_its_time_is_over(launch: Launch, clock: Clock) -> None:
    caller = launch(now=clock, token_seconds=60)
    token = caller.token().json()["access_token"]
    clock.advance(59)
    assert bearer(caller, token).status_code == 200
    clock.advance(1)
    assert refusal(bearer(caller, token))[:2] == (401, "unauthorized")


def test_all_tokens_may_be_ended_at_once(writer: SisCaller) -> None:
    token = writer.token().json()["access_token"]
    writer.sis.end_tokens()
    assert bearer(writer, token).status_code == 401
    assert bearer(writer, writer.token().json()["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("style", "said"), [(ExpiresIn.NUMBER, 3600), (ExpiresIn.TEXT, "3600"), (ExpiresIn.MISSING, None)]
)
def test_the_end_of_a_token_is_told_as_the_settings_say(launch: Launch, style: ExpiresIn, said: object) -> None:
    assert launch(expires_in=style).token().json().get("expires_in") == said


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_an_operation_is_open_to_its_own_scopes_alone(caller: SisCaller, operation: object) -> None:
    """403 without the scope; with it anything else, for the ids here are nobody's."""
    wanted = OPERATIONS[operation.id]  # type: ignore[attr-defined] # parametrize knows no types
    path = wanted.path_with(**dict.fromkeys(wanted.parameters, "nobody"))
    for scope in Scope:
        token = caller.token(scope=scope).json()["access_token"]
        is_open = bearer(caller, token, path, wanted.method).status_code != 403
        assert is_open == (scope in wanted.scopes), scope


def test_a_token_has_no_more_scopes_than_its_client(launch: Launch) -> None:
    caller = launch(clients=(Client(), Client("small", "secret", frozenset({Scope.ROSTER_CORE}))))
    asked = f"{Scope.ROSTER_CORE} {Scope.DEMOGRAPHICS}"
    token = caller.token(client_id="small", client_secret="secret", scope=asked).json()
    assert token["scope"] == Scope.ROSTER_CORE
    assert bearer(caller, token["access_token"]).status_code == 200
    assert refusal(bearer(caller, token["access_token"], "/demographics"))[:2] == (403, "forbidden")
    refused = caller.token(client_id="small", client_secret="secret", scope=str(Scope.DEMOGRAPHICS))
    assert refused.json()["error"] == "invalid_scope"
    with SisCaller(caller.sis, "small", "secret") as small:
        assert small.send("GET", "/demographics").status_code == 403
        assert small.send("GET", "/orgs").status_code == 200


def test_a_static_bearer_is_let_in_where_the_client_has_one(launch: Launch) -> None:
    caller = launch(clients=(Client(bearer="fixed-token"), Client("other", "secret")))
    assert bearer(caller, "fixed-token").status_code == 200
    assert bearer(caller, "None").status_code == 401


def test_a_way_of_signing_in_may_be_closed(launch: Launch) -> None:
    caller = launch(clients=(Client(bearer="fixed-token"),), sign_ins=frozenset({SignIn.OAUTH2}))
    assert refusal(caller.send("GET", "/orgs"))[0] == 401
    assert bearer(caller, "fixed-token").status_code == 401
    assert bearer(caller, caller.token().json()["access_token"]).status_code == 200


def test_a_provider_may_want_another_header_besides(launch: Launch) -> None:
    caller = launch(required_headers={"x-vendor-authorization": "key:secret"})
    assert refusal(caller.send("GET", "/orgs"))[0] == 401
    assert refusal(caller.send("GET", "/orgs", headers={"X-Vendor-Authorization": "key:wrong"}))[0] == 401
    assert caller.send("GET", "/orgs", headers={"X-Vendor-Authorization": "key:secret"}).status_code == 200


def test_secrets_stand_in_no_repr(launch: Launch) -> None:
    caller = launch(clients=(Client("one", "hidden-secret", bearer="hidden-bearer"),))
    assert "hidden" not in repr(caller.sis.settings)


def test_the_date_is_that_of_the_providers_clock(launch: Launch, clock: Clock) -> None:
    caller = launch(now=clock)
    clock.advance(-86_400)
    answer = caller.http.get(f"{caller.sis.url}/orgs")
    assert answer.headers["Date"] == clock.at.strftime("%a, %d %b %Y %H:%M:%S GMT")


def test_it_listens_on_the_loopback_interface_alone(caller: SisCaller) -> None:
    assert caller.sis.url.startswith("http://127.0.0.1:")
    assert caller.sis._server._listener.getsockname()[0] == "127.0.0.1"
