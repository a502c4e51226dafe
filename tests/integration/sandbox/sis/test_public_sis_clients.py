"""Public OneRoster clients that nobody here wrote read the provider: it is OneRoster 1.1 to them too.

Between them they sign in with OAuth 1, OAuth 2 and a bearer token, page by limit and offset and by links, and make
typed records of what they get. What they want otherwise, they get by the provider's settings.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hostile_grades import GradedDistrict
from integration.sandbox.sis.sis_world import a_district
from public_clients import python_of, run
from rest_side import TOKEN
from sis_connect.grades.receipts import ReceiptState
from sis_connect.oneroster.model import FieldType
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis import Client, RunningSis, SignIn, SisSettings, load_district, load_package, start
from sis_packages import write_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
AT = datetime(2026, 9, 15, 6, tzinfo=UTC)
CLIENT = Client("public-client", "invented-secret", bearer="invented-token")
#: Results, for several pages of them.
RESULTS = 30

Records = list[dict[str, Any]]

#: Fields whose values clients hand on as they came.
PLAIN = {FieldType.GUID, FieldType.STRING, FieldType.ENUMERATION, FieldType.REFERENCE, FieldType.REFERENCES}


@pytest.fixture(scope="session")
def clients_python() -> Path:
    """The interpreter of the clients' environment."""
    return python_of(HERE / "clients.requirements")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district of several pages of everything that a district has, with the small one's gradebook and resources."""
    folder = tmp_path_factory.mktemp("clients")
    write_folder(a_district(), folder / "package")
    load_package(folder / "package", folder / "sis.sqlite", at=AT)
    load_district(folder / "seeded.sqlite", students=60, at=AT)
    with (
        start(SisSettings(), folder / "seeded.sqlite") as seeded,
        start(SisSettings(), folder / "sis.sqlite") as sis,
        seeded.records.together() as source,
        sis.records.together() as target,
    ):
        for name in ENTITIES:
            for row in source.find(name):
                target.put(name, row)
        line_item, result = target.find("lineItems")[0], target.find("results")[0]
        for number in range(RESULTS):
            id_ = f"more-{number}"
            target.put("lineItems", {**line_item, "sourced_id": id_})
            target.put("results", {**result, "sourced_id": id_, "line_item_sourced_id": id_})
    return folder / "sis.sqlite"


@contextmanager
def provider(database: Path, sign_in: SignIn, **settings: Any) -> Iterator[RunningSis]:
    """A provider that lets its client in one way only."""
    with start(SisSettings(clients=(CLIENT,), sign_ins=frozenset({sign_in}), **settings), database) as sis:
        yield sis


def read(python: Path, client: str, sis: RunningSis, secret: str) -> dict[str, Records]:
    """What a client read; nothing that it asked was refused."""
    printed = run(python, HERE / "read_with_sis_client.py", client, sis.url, CLIENT.id, secret)
    assert set(sis.statistics().statuses) == {200}
    answer: dict[str, Records] = json.loads(printed)
    return answer


def held(sis: RunningSis, collection: str, where: str = "") -> list[dict[str, str]]:
    """Every record of a collection as the database has it: the plain fields by property, "" for no value."""
    fields = [field for field in ENTITIES[collection].fields if field.type in PLAIN and not field.is_secret]
    with sis.records.together() as writing:
        rows = writing.find(collection, where)
    return [{field.name: row[field.column] or "" for field in fields} for row in rows]


def plain(value: Any) -> str:
    """A value as a client hands it on, as the database would have it."""
    if isinstance(value, list):
        return ",".join(map(plain, value))
    return str(value["sourcedId"] if isinstance(value, dict) else value or "")


def check(got: Records, expected: list[dict[str, str]]) -> None:
    """Every record was read once, with every plain value."""
    assert len(expected) > 0
    names = expected[0]
    assert sorted(({name: plain(one.get(name)) for name in names} for one in got), key=str) == sorted(expected, key=str)


def test_strongmind_reads_every_collection_page_by_page(clients_python: Path, database: Path) -> None:
    with provider(database, SignIn.BEARER) as sis:
        got = read(clients_python, "strongmind", sis, str(CLIENT.bearer))
        for name in set(ENTITIES) - {"courseResources", "classResources"}:
            check(got[name], held(sis, name))
        check(got["schools"], held(sis, "orgs", "type = 'school'"))
        check(got["terms"], held(sis, "academicSessions", "type = 'term'"))
        check(got["gradingPeriods"], held(sis, "academicSessions", "type = 'gradingPeriod'"))
        check(got["students"], held(sis, "users", "role = 'student'"))
        check(got["teachers"], held(sis, "users", "role = 'teacher'"))
        assert sis.statistics().operations["getAllUsers"] == -(-len(got["users"]) // 7) + 1


def test_strongmind_reads_back_the_grades_that_were_sent(clients_python: Path, tmp_path: Path) -> None:
    """Sent by the whole path, and confirmed by the receipts; a reader that knows nothing of us finds the same."""
    district = GradedDistrict(tmp_path / "district")
    with district.running(tmp_path / "run") as (sis, passback):
        receipts = district.send(passback)
        sis.reset_statistics()
        got = read(clients_python, "strongmind", sis, TOKEN)["results"]
    assert {receipt.state for receipt in receipts} == {ReceiptState.CONFIRMED}
    ours = {receipt.sis_sourced_id: receipt for receipt in receipts}
    found = {one["sourcedId"]: one for one in got if one["sourcedId"] in ours}
    assert found.keys() == ours.keys()
    for id_, receipt in ours.items():
        one, sent = found[id_], receipt.sent
        assert sent is not None
        assert one["student"]["sourcedId"] == receipt.student_sourced_id
        said = (float(one["score"]), one["scoreStatus"], one["comment"])
        assert said == (float(sent.score), sent.score_status, sent.comment)


def test_the_platform_sdk_fetches_its_token_and_walks_along_references(clients_python: Path, database: Path) -> None:
    with provider(database, SignIn.OAUTH2, base_path="", token_path="/connect/token") as sis:
        got = read(clients_python, "platform", sis, CLIENT.secret)
        enrollments = held(sis, "enrollments")
        check(got["enrollments"], enrollments)
        people = {user["sourcedId"]: user["username"] for user in held(sis, "users")}
        by_id = {enrollment["sourcedId"]: enrollment for enrollment in enrollments}
        assert len(got["walked"]) == 7
        for walked in got["walked"]:
            assert walked["user"] == people[by_id[walked["sourcedId"]]["user"]]
            assert all(walked.values())
        assert sis.statistics().tokens == 1


def test_oneroster_signs_its_requests_and_follows_links(clients_python: Path, database: Path) -> None:
    with provider(database, SignIn.OAUTH1) as sis:
        got = read(clients_python, "classlink", sis, CLIENT.secret)
        check(got["users"], held(sis, "users"))
        check(got["students"], held(sis, "users", "role = 'student'"))
        check(got["teachers"], held(sis, "users", "role = 'teacher'"))
        check(got["classes"], held(sis, "classes"))
        check(got["courses"], held(sis, "courses"))
        check(got["schools"], held(sis, "orgs", "type = 'school'"))
        school, class_ = got["schools"][0]["sourcedId"], got["classes"][0]["sourcedId"]
        pupils = [user for user in held(sis, "users", "role = 'student'") if school in user["orgs"].split(",")]
        check(got["students of a school"], pupils)
        seats = held(sis, "enrollments", "role = 'student' AND status <> 'tobedeleted'")
        members = {seat["user"] for seat in seats if seat["class"] == class_}
        assert {user["sourcedId"] for user in got["students of a class"]} == members


def test_openlrw_reads_whole_collections_and_pages(clients_python: Path, database: Path) -> None:
    with provider(database, SignIn.BEARER, base_path="/api", default_limit=10_000) as sis:
        got = read(clients_python, "openlrw", sis, str(CLIENT.bearer))
        for name in ("users", "orgs", "classes", "enrollments", "results"):
            check(got[name], held(sis, name))
        assert got["one by one"] == got["users"][:7]
