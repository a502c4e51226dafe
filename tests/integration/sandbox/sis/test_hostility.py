"""Hostile scenarios at the provider's side: how they are chosen, and that they do what their rows say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from integration.sandbox.sis.sis_world import LOADED_AT, a_district
from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.sandbox.sis import Records, load_package
from sis_connect.sandbox.sis.hostile.choosing import SCENARIO_HEADER, Hostility, parse_choice
from sis_connect.sandbox.sis.hostility import SCENARIOS
from sis_connect.sandbox.sis.storage import Storage
from sis_packages import write_folder

if TYPE_CHECKING:
    from integration.sandbox.sis.conftest import Launch
    from integration.sandbox.sis.sis_caller import SisCaller

WHOLE = [scenario.name for scenario in SCENARIOS.values() if scenario.is_of_the_whole]


def hostile(caller: SisCaller, choice: str, path: str) -> httpx2.Response:
    """An answer under a scenario."""
    return caller.send("GET", path, headers={SCENARIO_HEADER: choice})


def control(caller: SisCaller, path: str, body: object = None, **headers: str) -> httpx2.Response:
    """An answer of the provider's own controls."""
    url = f"http://127.0.0.1:{caller.sis.port}/_sandbox{path}"
    if body is None:
        return caller.http.get(url, headers=headers)
    sent = {"Content-Type": "application/json"} | headers
    return caller.http.post(url, content=json.dumps(body), headers=sent)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that is loaded once."""
    folder = tmp_path_factory.mktemp("district")
    load_package(write_folder(a_district(), folder / "package"), folder / "sis.sqlite", at=LOADED_AT)
    return folder / "sis.sqlite"


def prepared(loaded: Path, folder: Path, choice: str | None) -> dict[str, list[dict[str, str | None]]]:
    """Every record of the roster after a choice for the whole provider."""
    folder.mkdir()
    storage = Storage(Path(shutil.copy(loaded, folder)))
    try:
        records = Records(storage, lambda: LOADED_AT)
        Hostility(records, choice)
        with records.together() as writing:
            return {entity: writing.find(entity) for entity in ROSTER_ENTITIES}
    finally:
        storage.close()


def test_every_row_says_what_it_does_in_a_sentence() -> None:
    for scenario in SCENARIOS.values():
        assert scenario.in_words().endswith("."), scenario.name
        assert scenario.layer or scenario.prepare, scenario.name


def test_request_without_a_scenario_meets_none(caller: SisCaller) -> None:
    hostile(caller, "root_key_wrong", "/users")
    assert "users" in caller.get("/users")


def test_header_chooses_for_one_request(caller: SisCaller) -> None:
    answer = hostile(caller, "limit_clamped; rows=2", "/users?limit=5")
    assert len(answer.json()["users"]) == 2
    assert answer.headers["X-Total-Count"] == "6"


def test_scenario_strikes_as_often_as_its_number_says(caller: SisCaller) -> None:
    choice = "too_many_requests; times=2; seconds=7; seed=1"
    answers = [hostile(caller, choice, "/orgs?limit=1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert hostile(caller, choice, "/orgs?limit=2").status_code == 429


def test_another_seed_begins_anew(caller: SisCaller) -> None:
    statuses = [hostile(caller, f"unavailable; seed={seed}", "/terms").status_code for seed in (1, 1, 2)]
    assert statuses == [503, 200, 503]


def test_the_same_seed_gives_the_same_pages(launch: Launch) -> None:
    """Whatever was asked before."""
    first, second = launch(), launch()
    hostile(second, "pages_short; seed=3", "/users?limit=6&offset=1")
    asked = [f"/users?limit=6&offset={offset}" for offset in range(6)]
    pages = [[hostile(caller, "pages_short; seed=3", path).json() for path in asked] for caller in (first, second)]
    assert [len(page["users"]) for page in pages[0]] == [len(page["users"]) for page in pages[1]]
    sizes = {
        tuple(len(hostile(first, f"pages_short; seed={seed}", path).json()["users"]) for path in asked)
        for seed in range(5)
    }
    assert len(sizes) > 1


@pytest.mark.parametrize(
    "choice",
    ["no_such_thing", "", "limit_clamped; colour=3", "limit_clamped; rows=many", "limit_clamped; rows=-1", *WHOLE],
)
def test_choice_that_cannot_be_made_is_refused(caller: SisCaller, choice: str) -> None:
    answer = hostile(caller, choice, "/users")
    assert answer.status_code == 400
    assert SCENARIO_HEADER in answer.text


def test_choice_is_written_as_it_is_read() -> None:
    written = str(parse_choice("page_empty ; page = 4"))
    assert written == "page_empty; seed=0; page=4; times=0"
    assert str(parse_choice(written)) == written


def test_settings_choose_for_the_whole_provider(launch: Launch) -> None:
    caller = launch(scenario="root_key_wrong")
    assert "records" in caller.get("/users")
    assert "records" in caller.get("/classes")


def test_provider_does_not_start_with_a_scenario_that_there_is_not(launch: Launch) -> None:
    with pytest.raises(ValueError, match="no such scenario"):
        launch(scenario="no_such_thing")


@pytest.mark.parametrize("name", [name for name in WHOLE if SCENARIOS[name].prepare])
def test_feed_is_prepared_alike_for_the_same_seed(loaded: Path, tmp_path: Path, name: str) -> None:
    few = "".join(f"; {key}=1" for key in SCENARIOS[name].numbers)
    choices = {"first": f"{name}; seed=2{few}", "second": f"{name}; seed=2{few}", "untouched": None}
    first, second, untouched = (prepared(loaded, tmp_path / key, choice) for key, choice in choices.items())
    assert first == second
    assert first != untouched


def test_token_endpoint_can_keep_the_end_to_itself(launch: Launch) -> None:
    assert "expires_in" not in launch(scenario="token_without_expires_in").token().json()
    assert "expires_in" in launch().token().json()


def test_connection_is_cut_in_the_middle_of_a_page(caller: SisCaller) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        hostile(caller, "connection_cut; page=1", "/users")


def test_page_that_comes_in_drops_is_whole(caller: SisCaller) -> None:
    assert hostile(caller, "slow_drip; pieces=9", "/users").json() == caller.get("/users")


def test_bomb_travels_small(caller: SisCaller) -> None:
    with caller.http.stream(
        "GET",
        f"{caller.sis.url}/users",
        headers={SCENARIO_HEADER: "gzip_bomb; megabytes=8"},
    ) as answer:
        assert int(answer.headers["Content-Length"]) < 64 * 1024
        assert sum(map(len, answer.iter_bytes())) == 8 << 20


def test_rows_change_while_they_are_read(launch: Launch) -> None:
    caller = launch()
    before = caller.ids("/enrollments")
    first = hostile(caller, "rows_come_and_go; changes=1", "/enrollments?limit=2").json()["enrollments"]
    assert [row["sourcedId"] for row in first] == before[:2]
    hostile(caller, "rows_come_and_go; changes=1", "/enrollments?limit=2&offset=2")
    after = caller.ids("/enrollments")
    assert len(after) == len(before)
    assert after != before


def test_controls_choose_and_clear_a_scenario(writer: SisCaller) -> None:
    chosen = control(writer, "/scenario", {"scenario": "total_missing"}).json()
    assert chosen == {"scenario": "total_missing; seed=0"}
    assert "X-Total-Count" not in writer.send("GET", "/users").headers
    assert control(writer, "/scenario", {"scenario": None}).json() == {"scenario": None}
    assert "X-Total-Count" in writer.send("GET", "/users").headers


def test_controls_list_the_table(caller: SisCaller) -> None:
    listed: list[dict[str, Any]] = control(caller, "/scenarios").json()
    assert [row["name"] for row in listed] == list(SCENARIOS)
    assert listed[0]["numbers"] == {"rows": 7}


def test_controls_let_days_and_years_pass(writer: SisCaller) -> None:
    events = control(writer, "/school-day", {"happenings": ["student_renamed"], "seed": 2}).json()
    [user] = events[0]["touched"]["users"]
    assert writer.get(f"/users/{user}")["user"]["dateLastModified"] > "2026-09-15T06:00:00.000Z"
    assert len(control(writer, "/school-day", {}).json()) > 1
    touched = control(writer, "/new-year", {}).json()["touched"]
    assert "y1" in touched["academicSessions"]
    assert writer.get("/academicSessions/y1")["academicSession"]["status"] == "tobedeleted"


def test_controls_end_tokens_and_count(writer: SisCaller) -> None:
    token = writer.token().json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert writer.http.get(f"{writer.sis.url}/orgs", headers=bearer).status_code == 200
    assert control(writer, "/tokens/end", {}).status_code == 200
    assert writer.http.get(f"{writer.sis.url}/orgs", headers=bearer).status_code == 401
    assert control(writer, "/statistics").json()["tokens"] == 1
    control(writer, "/statistics/reset", {})
    assert control(writer, "/statistics").json()["tokens"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/scenario", {"scenario": "no_such_thing"}),
        ("/scenario", ["page_empty"]),
        ("/school-day", {"happenings": "all"}),
        ("/school-day", {"happenings": ["flood"]}),
        ("/new-year", {"seed": "x"}),
    ],
)
def test_controls_refuse_what_they_do_not_understand(caller: SisCaller, path: str, body: object) -> None:
    assert control(caller, path, body).status_code == 400


def test_controls_answer_to_this_machine_alone(caller: SisCaller) -> None:
    """A page of another site must not reach them through somebody's browser."""
    assert control(caller, "/statistics", Host="elsewhere.example").status_code == 421
    assert control(caller, "/tokens/end", {}, **{"Content-Type": "text/plain"}).status_code == 415
