"""Schools and buildings, roles and grading periods of the Schoology look-alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration.sandbox.caller import Caller
    from integration.sandbox.conftest import World


def test_the_first_school_is_the_district_itself(caller: Caller, world: World) -> None:
    schools = caller.get("schools")["school"]
    assert [school["title"] for school in schools] == ["Sandbox District", "Riverbend High"]
    assert "building_code" not in schools[0]


def test_buildings_are_made_read_changed_and_removed(caller: Caller) -> None:
    root = caller.get("schools")["school"][0]["id"]
    assert caller.get(f"schools/{root}/buildings") == {"total": 0}
    made = caller.expect(
        201, "POST", f"schools/{root}/buildings", {"title": "North", "building_code": "N1", "city": "Ogden"}
    )
    assert made["links"]["self"] == f"{caller.sandbox.api_url}/schools/{made['id']}"
    caller.expect(204, "PUT", f"schools/{made['id']}", {"title": "North High"})
    [building] = caller.get(f"schools/{root}/buildings")["building"]
    assert (building["title"], building["building_code"], building["city"]) == ("North High", "N1", "Ogden")
    caller.expect(204, "DELETE", f"schools/{made['id']}")
    assert caller.send("GET", f"schools/{made['id']}").status_code == 404


def test_a_school_in_use_and_the_district_stay(caller: Caller, world: World) -> None:
    root = caller.get("schools")["school"][0]["id"]
    for school in (root, world.school):
        assert caller.send("DELETE", f"schools/{school}").status_code == 403


def test_a_building_needs_a_title(caller: Caller) -> None:
    assert caller.send("POST", "schools", {"building_code": "N1"}).status_code == 400


def test_roles_stand_from_the_start_with_ids_as_texts(caller: Caller) -> None:
    roles = caller.get("roles")["role"]
    titles = ["System Admin", "School Admin", "Teacher", "Student", "Parent"]
    assert [(role["title"], role["faculty"]) for role in roles] == list(zip(titles, [1, 1, 1, 0, 0], strict=True))
    assert caller.get(f"roles/{roles[2]['id']}")["title"] == "Teacher"
    assert isinstance(roles[0]["id"], str)


def test_grading_periods_are_made_found_changed_and_removed(caller: Caller) -> None:
    assert caller.get("gradingperiods") == {"total": 0}
    made = caller.expect(201, "POST", "gradingperiods", {"title": "Fall", "start": "2026-08-15", "end": "2026-12-20"})
    caller.expect(201, "POST", "gradingperiods", {"title": "Fall 2", "start": "2027-08-15", "end": "2027-12-20"})
    assert (made["active"], made["start"]) == ("1", "2026-08-15")
    assert [period["title"] for period in caller.get("gradingperiods?title=Fall")["gradingperiods"]] == ["Fall"]
    assert caller.get("gradingperiods?title=Fall&startswith=1")["total"] == 2
    caller.expect(204, "PUT", f"gradingperiods/{made['id']}", {"end": "2026-09-01"})
    assert caller.get(f"gradingperiods/{made['id']}")["active"] == "0"
    caller.expect(204, "DELETE", f"gradingperiods/{made['id']}")
    assert caller.get("gradingperiods")["total"] == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Fall 2026", "start": "2026-08-15", "end": "2026-12-20"},
        {"title": "Other", "start": "2026-12-20", "end": "2026-08-15"},
        {"title": "Other", "start": "soon", "end": "2026-08-15"},
        {"title": "Other", "start": "2026-08-15"},
    ],
)
def test_a_grading_period_must_make_sense_and_its_title_is_unique(
    caller: Caller, world: World, fields: dict[str, str]
) -> None:
    assert caller.send("POST", "gradingperiods", fields).status_code == 400


def test_a_grading_period_in_use_stays(caller: Caller, world: World) -> None:
    assert caller.send("DELETE", f"gradingperiods/{world.fall}").status_code == 403
    assert caller.send("DELETE", f"gradingperiods/{world.past}").status_code == 204


def test_unless_that_is_switched_off(lax: Callable[..., Caller]) -> None:
    caller = lax(keep_used_periods=False)
    seed = caller.sandbox.seed()
    period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
    seed.section(seed.course("Algebra", "alg"), "Period 1", grading_periods=[period])
    assert caller.send("DELETE", f"gradingperiods/{period}").status_code == 204
