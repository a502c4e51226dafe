"""Paging: every record once whatever the page size, and headers that say where one is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from integration.sandbox.sis.sis_caller import refusal

if TYPE_CHECKING:
    from integration.sandbox.sis.conftest import Launch
    from integration.sandbox.sis.sis_caller import SisCaller

EVERYBODY = ["a/b+c|d", "p1", "u1", "u2", "u3", "v1"]


def links(header: str) -> dict[str, str]:
    """Addresses by relation."""
    return {relation: address for address, relation in re.findall(r'<([^>]+)>; rel="(\w+)"', header)}


@pytest.mark.parametrize("limit", [1, 2, 4, 6, 100])
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/users", EVERYBODY),
        ("/users?filter=status%3D%27active%27", EVERYBODY),
        ("/users?sort=sourcedId&orderBy=desc", EVERYBODY[::-1]),
        ("/students", ["u1", "u2", "u3"]),
        ("/classes/c1/students", ["u1", "u2"]),
    ],
)
def test_following_next_shows_every_record_once(caller: SisCaller, path: str, expected: list[str], limit: int) -> None:
    seen: list[str] = []
    address: str | None = f"{path}{'&' if '?' in path else '?'}limit={limit}"
    while address:
        answer = caller.send("GET", address)
        seen += [record["sourcedId"] for record in answer.json()["users"]]
        assert answer.headers["X-Total-Count"] == str(len(expected))
        address = links(answer.headers["Link"]).get("next")
    assert seen == expected


def test_pages_may_be_asked_for_in_any_order(caller: SisCaller) -> None:
    assert caller.ids("/users", limit=2, offset=4) == EVERYBODY[4:]
    assert caller.ids("/users", limit=2, offset=1) == EVERYBODY[1:3]
    assert caller.ids("/users", limit=3, offset=3) == EVERYBODY[3:]


def test_links_keep_what_was_asked_and_lead_to_the_neighbours(caller: SisCaller) -> None:
    asked = "filter=familyName!%3D%27O%27%27Hara%27&sort=familyName&fields=sourcedId"
    header = links(caller.send("GET", f"/users?{asked}&limit=2&offset=2").headers["Link"])
    kept = f"{caller.sis.url}/users?filter=familyName%21%3D%27O%27%27Hara%27&sort=familyName&fields=sourcedId&limit=2"
    assert header == {
        "next": f"{kept}&offset=4",
        "prev": f"{kept}&offset=0",
        "first": f"{kept}&offset=0",
        "last": f"{kept}&offset=4",
    }


def test_links_keep_ids_as_one_segment(writer: SisCaller) -> None:
    with writer.sis.records.together() as writing:
        writing.put("courses", {"sourced_id": "k/4 é", "title": "Odd"})
        for number in range(3):
            writing.put("classes", {"sourced_id": f"z{number}", "course_sourced_id": "k/4 é"})
    first = writer.send("GET", "/courses/k%2F4%20%C3%A9/classes?limit=2")
    assert [class_["sourcedId"] for class_ in first.json()["classes"]] == ["z0", "z1"]
    assert writer.ids(links(first.headers["Link"])["next"]) == ["z2"]


def test_an_offset_beyond_the_end_is_an_empty_page(caller: SisCaller) -> None:
    answer = caller.send("GET", "/users?offset=6")
    assert (answer.status_code, answer.json()["users"]) == (200, [])
    assert answer.headers["X-Total-Count"] == "6"
    assert caller.ids(f"/users?offset={10**40}") == []


def test_without_a_limit_a_page_has_a_hundred_records_and_never_more_than_the_highest(launch: Launch) -> None:
    caller = launch(highest_limit=150)
    with caller.sis.records.together() as writing:
        for number in range(200):
            writing.put("users", {"sourced_id": f"x{number:03}", "role": "student"})
    assert len(caller.ids("/users")) == 100
    answer = caller.send("GET", "/users?limit=10000")
    assert len(answer.json()["users"]) == 150
    assert "limit=150&offset=150" in links(answer.headers["Link"])["next"]


@pytest.mark.parametrize(
    "asked",
    [
        "limit=0",
        "limit=-1",
        "limit=ten",
        "limit=",
        "limit=1.5",
        "limit=%C2%B2",
        "limit=" + "9" * 400,
        "limit=1&limit=2",
    ],
)
def test_a_limit_that_is_no_page_size_is_refused(caller: SisCaller, asked: str) -> None:
    assert refusal(caller.send("GET", f"/users?{asked}")) == (400, "invalid data", "limit")


@pytest.mark.parametrize("offset", ["-1", "x", "", "1e3", " 1"])
def test_an_offset_that_is_no_position_is_refused(caller: SisCaller, offset: str) -> None:
    assert refusal(caller.send("GET", "/users", offset=offset)) == (400, "invalid data", "offset")


def test_pages_show_a_change_at_once(writer: SisCaller) -> None:
    """What was remembered of earlier pages holds no longer than the data."""
    assert writer.ids("/users", limit=2) == EVERYBODY[:2]
    assert writer.ids("/users", limit=2, sort="username") == ["v1", "u1"]
    with writer.sis.records.together() as writing:
        writing.remove("users", ["p1"])
    assert writer.ids("/users", limit=2, offset=2) == ["u2", "u3"]
    answer = writer.send("GET", "/users?sort=username&limit=2")
    assert answer.headers["X-Total-Count"] == "5"


def test_records_with_the_same_id_are_all_shown_in_the_order_they_came(writer: SisCaller) -> None:
    """A provider shows what it was given; two records of one id stand on two pages too."""
    with writer.sis.records.together() as writing:
        for name in ("First", "Second"):
            writing.session.run("INSERT INTO orgs (sourced_id, name) VALUES ('twin', ?)", name)
    pages = [writer.get("/orgs", limit=1, offset=offset)["orgs"] for offset in range(5)]
    assert [page[0]["name"] for page in pages][-2:] == ["First", "Second"]
    assert writer.get("/orgs/twin")["org"]["name"] == "First"
