"""The provider's pages, as the server sends them."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

import httpx2
import pytest

from sis_connect.oneroster.operations import Scope
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis import Client, SignIn
from sis_connect.sandbox.sis.hostility import SCENARIOS
from sis_connect.sandbox.sis.pages.queries import SHOWN

if TYPE_CHECKING:
    from integration.sandbox.sis.conftest import Launch
    from integration.sandbox.sis.sis_caller import SisCaller

MARKUP = '<script>alert("x")</script> & <b>co</b>'


def get(caller: SisCaller, path: str, **headers: str) -> httpx2.Response:
    return caller.http.get(f"{caller.sis.web_url}{path}", headers=headers)


def text_of(caller: SisCaller, path: str, status: int = 200) -> str:
    """The page's text without its tags."""
    answer = get(caller, path)
    assert answer.status_code == status
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def test_the_first_page_says_where_and_how_to_sign_in_and_what_there_is(caller: SisCaller) -> None:
    text = text_of(caller, "")
    assert "not a real school's system" in text
    assert f"Base URL {caller.sis.url} Token URL {caller.sis.token_url}" in text
    assert "OAuth 1.0a, signed requests · OAuth 2, client credentials · bearer token that never ends" in text
    assert "sandbox-client sandbox-secret" in text
    assert "curl -u sandbox-client:sandbox-secret" in text
    assert "Users 6 Enrollments 5" in text
    assert 'href="/openapi.json"' in get(caller, "").text


def test_the_first_page_shows_only_what_the_settings_allow(launch: Launch) -> None:
    client = Client("reader", "another-secret", scopes=frozenset({Scope.ROSTER_CORE}), bearer="never shown")
    caller = launch(clients=(client,), sign_ins=frozenset({SignIn.OAUTH1}), required_headers={"x-key": "1"})
    text = text_of(caller, "")
    assert "Signing in OAuth 1.0a, signed requests Description" in text
    assert "Required header x-key: 1" in text
    assert "roster-core.readonly" in text
    assert "Token URL" not in text
    assert "curl" not in text
    assert "never shown" not in text


@pytest.mark.parametrize("name", ENTITIES)
def test_every_collection_has_a_page_and_a_page_for_each_record(caller: SisCaller, name: str) -> None:
    page = get(caller, f"collections/{name}").text
    links = re.findall(rf'href="(/collections/{name}/record\?id=[^"]*)"', page)
    assert len(links) > 0
    for link in links:
        assert "As JSON" in text_of(caller, unescape(link)[1:])


def test_lists_show_columns_that_entities_have_and_no_secrets() -> None:
    assert set(SHOWN) == set(ENTITIES)
    for name, columns in SHOWN.items():
        assert not any(ENTITIES[name].field(column).is_secret for column in columns)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=FIELD", ["Ada Field"]),
        ("q=lane+student", ["Bo Lane"]),
        ("q=ZO%C3%8B", ["Zoë O'Hara"]),
        ("q=%25", []),
        ("q=geheim", []),
        ("filter=role%3D'teacher'", ["Ada Field"]),
        ("q=lane&filter=role%3D'student'", ["Bo Lane"]),
        ("filter=orgs%3D's1,s2'", ["Bo Lane"]),
    ],
)
def test_records_are_found_by_every_word_and_by_a_filter(caller: SisCaller, query: str, found: list[str]) -> None:
    text = text_of(caller, f"collections/users?{query}")
    everyone = ["Ada Field", "Bo Lane", "Kim Ng", "Odd Id", "Pat Lane", "Zoë O'Hara"]
    assert [name for name in everyone if name in text] == found


def test_a_collection_says_where_the_api_shows_the_same(caller: SisCaller) -> None:
    filtered = text_of(caller, "collections/users?filter=role%3D'teacher'")
    assert f"The same over the API: {caller.sis.url}/users?filter=role%3D%27teacher%27" in filtered
    assert f"The filter alone over the API: {caller.sis.url}/orgs" in text_of(caller, "collections/orgs?q=hill")
    assert "Only CSV packages hold these" in text_of(caller, "collections/classResources")


def test_a_filter_that_a_consumer_could_not_send_is_refused_here_too(caller: SisCaller) -> None:
    for text, why in (("shoeSize='9'", "unknown field: shoeSize"), ("role=x", "syntax"), ("password~'g'", "unknown")):
        page = text_of(caller, f"collections/users?filter={text}")
        assert f"Refused {why}" in page
        assert "No records were found" in page


def test_long_lists_come_in_pages_that_keep_the_search(writer: SisCaller) -> None:
    with writer.sis.records.together() as writing:
        for number in range(120):
            writing.put("users", {"sourced_id": f"x{number:03}", "given_name": "Ada", "family_name": "Vega"})
    page = get(writer, "collections/users?q=vega&page=2").text
    assert "51\N{EN DASH}100 of 120" in page
    assert 'href="?q=vega&amp;page=3"' in page
    assert ("x050" in page, "x049" in page) == (True, False)
    assert "101\N{EN DASH}120 of 120" in get(writer, "collections/users?q=vega&page=999").text
    assert "1\N{EN DASH}50 of 120" in get(writer, "collections/users?q=vega&page=x").text


def test_a_record_is_shown_as_consumers_get_it_with_what_it_is_linked_to(caller: SisCaller) -> None:
    page = get(caller, "collections/classes/record?id=c1").text
    [shown] = re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert json.loads(unescape(shown)) == caller.get("/classes/c1")["class"]
    text = text_of(caller, "collections/classes/record?id=c1")
    assert f"{caller.sis.url}/classes/c1" in text
    assert "course Algebra school Hill School terms Fall terms Spring" in text
    assert "class 3 enrollments" in text
    assert "class 1 line items" in text


def test_a_record_whose_id_changes_paths_is_found_and_its_password_is_not(caller: SisCaller) -> None:
    assert "Odd Id active a/b+c|d" in text_of(caller, "collections/users/record?id=a%2Fb%2Bc%7Cd")
    assert "geheim" not in get(caller, "collections/users/record?id=u1").text


def test_a_reference_that_leads_nowhere_is_shown_as_such(writer: SisCaller) -> None:
    with writer.sis.records.together() as writing:
        writing.put("enrollments", {"sourced_id": "lost", "class_sourced_id": "c1", "user_sourced_id": "gone"})
        writing.mark_deleted("results", ["m1"])
    assert "class Algebra 1 user gone not there" in text_of(writer, "collections/enrollments/record?id=lost")
    assert "tobedeleted" in text_of(writer, "collections/results/record?id=m1")


def test_the_gradebook_shows_line_items_and_results_of_a_class(writer: SisCaller) -> None:
    assert "Algebra 1 Hill School 1 2" in text_of(writer, "gradebook")
    text = text_of(writer, "gradebook/class?id=c1")
    assert "Essay Homework Quarter 1 2026-09-08 0.0\N{EN DASH}20.0 2" in text
    assert "Essay Bo Lane 17.50 fully graded 2026-09-09 Good" in text
    assert writer.send("DELETE", "/lineItems/l1").status_code == 204
    assert "No line items" in text_of(writer, "gradebook/class?id=c1")
    assert "Algebra 1" not in text_of(writer, "gradebook")
    assert writer.send("DELETE", "/lineItems/l2").status_code == 204
    assert "No line items yet" in text_of(writer, "gradebook")


def test_requests_are_shown_without_ids_and_filters(launch: Launch) -> None:
    caller = launch()
    assert "Nobody has called yet" in text_of(caller, "requests")
    caller.get("/users", limit=3, offset=2, filter="familyName='Lane'")
    caller.send("GET", "/users/Lane")
    caller.send("GET", "/users", limit="Lane", shoes="Lane")
    caller.send("GET", "/Lane")
    caller.send("POST", "/users")
    caller.token(client_secret="wrong")
    text = text_of(caller, "requests")
    assert "Requests 5 Records sent 0 Refused or failed 4 Tokens given out 0 Token requests refused 1 Clients 1" in text
    assert "GET /users limit=3 offset=2 filter 200 0" in text
    assert "GET /users/{id} \N{EN DASH} 404 unknown object 0" in text
    assert "GET /users limit 400 invalid data 0" in text
    assert "GET no operation \N{EN DASH} 404 unknown object 0" in text
    assert "POST no operation \N{EN DASH} 405 0" in text
    assert "Lane" not in text


def test_hostility_is_shown_where_it_is_on(launch: Launch) -> None:
    caller = launch()
    assert "Hostile" not in text_of(caller, "")
    assert "meet no scenario" in text_of(caller, "scenarios")
    caller.send("GET", "/users", headers={"X-Sandbox-Scenario": "total_missing; seed=2"}, limit=3)
    caller.send("GET", "/users", headers={"X-Sandbox-Scenario": MARKUP})
    caller.sis.hostility.choose("limit_clamped; rows=2")
    caller.get("/orgs", limit=100)
    text = text_of(caller, "requests")
    assert "GET /users limit=3 200 total_missing 3" in text
    assert "GET /orgs limit=100 200 limit_clamped 2" in text
    assert "alert" not in text
    assert "Every request meets the scenario limit_clamped; seed=0; rows=2" in text_of(caller, "")
    assert "limit_clamped On Gives 7 rows at most." in text_of(caller, "scenarios")


def test_a_connection_that_ended_without_a_word_is_shown_as_no_answer(launch: Launch) -> None:
    caller = launch(scenario="no_answer")
    with pytest.raises(httpx2.RemoteProtocolError):
        caller.send("GET", "/users", limit=2, offset=2)
    assert "limit=2 offset=2 no answer no_answer 0" in text_of(caller, "requests")


def test_every_scenario_stands_in_the_table(caller: SisCaller) -> None:
    text = text_of(caller, "scenarios")
    assert [name for name in SCENARIOS if name not in text] == []


@pytest.mark.parametrize(
    "path",
    [
        "nowhere",
        "collections",
        "collections/shoes",
        "collections/shoes/record?id=u1",
        "collections/users/record",
        "collections/users/record?id=nobody",
        "gradebook/class?id=nothing",
    ],
)
def test_what_is_not_there_is_said_so(caller: SisCaller, path: str) -> None:
    assert "There is nothing here" in text_of(caller, path, 404)


def test_markup_is_text_everywhere(writer: SisCaller) -> None:
    with writer.sis.records.together() as writing:
        for name, entity in ENTITIES.items():
            writing.put(name, {column: MARKUP for column in entity.columns if column != "status"})
    asked = "%3Cscript%3E"
    paths = [
        "gradebook",
        *(f"collections/{name}?q=alert" for name in ENTITIES),
        *(f"collections/{name}/record?id={MARKUP.replace('&', '%26')}" for name in ENTITIES),
        f"gradebook/class?id={MARKUP.replace('&', '%26')}",
        f"collections/users?q={asked}&filter={asked}",
    ]
    for path in paths:
        page = get(writer, path)
        assert page.status_code == 200, path
        assert "<script" not in page.text
        assert "<b>" not in page.text
        assert "&lt;script&gt;" in page.text


def test_pages_may_run_no_script_and_fetch_nothing_from_elsewhere(caller: SisCaller) -> None:
    for path in ("", "nowhere", "openapi.json", "assets/style.css"):
        answer = get(caller, path)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"(src|href)=\"(https?:)?//", get(caller, "").text)


def test_a_name_that_somebody_else_made_to_lead_here_shows_no_pages(caller: SisCaller) -> None:
    for path in ("", "collections/users", "requests"):
        assert get(caller, path, host="evil.example").status_code == 421
        assert get(caller, path, host=f"localhost:{caller.sis.port}").status_code == 200


def test_the_openapi_document_names_this_server(caller: SisCaller) -> None:
    document = get(caller, "openapi.json").json()
    assert document["servers"] == [{"url": caller.sis.url}]
    assert sum(len(methods) for methods in document["paths"].values()) == 61
