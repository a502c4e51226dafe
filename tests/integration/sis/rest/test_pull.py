"""A pull over REST gives what the CSV package of the same provider gives, whatever the pages and ways to get there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse

from rest_side import Puller, a_connection, a_district, a_provider, codes_of, rows_of
from sis_connect.errors import PullRefusedError, UnauthorisedError, UnavailableError
from sis_connect.frames import Limits, open_frames
from sis_connect.sandbox.sis.settings import SIS_CLIENT_ID, SIS_CLIENT_SECRET, SisSettings
from sis_connect.sis.csv_source import read_package
from sis_connect.sis.rest.connection import BearerSignIn, OAuth1SignIn, PullSettings
from sis_connect.sis.rest.pulling.derived import Style
from sis_connect.transport.oauth1 import Credentials, SignatureMethod
from sis_connect.transport.oauth2 import ClientGrant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.responses import Response

    from rest_side import Rows
    from sis_connect.sandbox.sis.exchange import Answer, Exchange, Proceed
    from sis_connect.sandbox.sis.server import RunningSis

CREDENTIALS = Credentials(SIS_CLIENT_ID, SIS_CLIENT_SECRET)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The district as its SIS exports it."""
    return a_district(tmp_path_factory.mktemp("district"))


@pytest.fixture(scope="module")
def csv_rows(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """What the CSV reader makes of it."""
    with open_frames(Limits(memory="512MB", threads=1)) as frames:
        return rows_of(read_package(package, tmp_path_factory.mktemp("csv"), frames))


@pytest.fixture(scope="module")
def provider(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSis]:
    """An honest provider of it."""
    with a_provider(package, tmp_path_factory.mktemp("provider") / "sis.sqlite") as running:
        yield running


@pytest.fixture
def puller(tmp_path: Path) -> Puller:
    return Puller(tmp_path)


@pytest.mark.parametrize("page_size", [7, 100, 10_000])
def test_pull_gives_the_rows_of_the_package(
    provider: RunningSis, puller: Puller, csv_rows: Rows, page_size: int
) -> None:
    _, rows = puller.pull(a_connection(provider.url, PullSettings(page_size=page_size)))

    assert rows == csv_rows


def test_pull_one_row_at_a_time_gives_the_rows_of_the_package(tmp_path: Path) -> None:
    package = a_district(tmp_path / "district", students=3)
    with open_frames(Limits(memory="512MB", threads=1)) as frames:
        (tmp_path / "csv").mkdir()
        expected = rows_of(read_package(package, tmp_path / "csv", frames))
    with a_provider(package, tmp_path / "sis.sqlite") as provider:
        _, rows = Puller(tmp_path).pull(a_connection(provider.url, PullSettings(page_size=1)))

    assert rows == expected


def test_digest_names_the_content_whatever_the_pages(provider: RunningSis, puller: Puller) -> None:
    digests = {
        puller.pull(a_connection(provider.url, PullSettings(page_size=size, concurrency=threads)))[0].digest
        for size, threads in ((50, 1), (1_000, 4))
    }

    assert len(digests) == 1


@pytest.mark.parametrize("method", [SignatureMethod.HMAC_SHA1, SignatureMethod.HMAC_SHA256])
def test_signed_pull_gives_the_rows_of_the_package(
    provider: RunningSis, puller: Puller, csv_rows: Rows, method: SignatureMethod
) -> None:
    _, rows = puller.pull(a_connection(provider.url, sign_in=OAuth1SignIn(CREDENTIALS, method)))

    assert rows == csv_rows


def test_pull_with_a_token_gives_the_rows_of_the_package(provider: RunningSis, puller: Puller, csv_rows: Rows) -> None:
    _, rows = puller.pull(a_connection(provider.url, sign_in=ClientGrant(provider.token_url, CREDENTIALS)))

    assert rows == csv_rows


def test_wrong_token_is_an_error_of_the_sign_in(provider: RunningSis, puller: Puller) -> None:
    with pytest.raises(UnauthorisedError):
        puller.pull(a_connection(provider.url, sign_in=BearerSignIn("wrong")))


def test_a_wrong_secret_is_shown_to_the_token_service_once(provider: RunningSis, puller: Puller) -> None:
    """However many pages are asked for at once: some services lock out whoever is refused again and again."""
    wrong = ClientGrant(provider.token_url, Credentials(SIS_CLIENT_ID, "wrong"))
    provider.reset_statistics()
    with pytest.raises(UnauthorisedError):
        puller.pull(a_connection(provider.url, PullSettings(concurrency=8), wrong))
    assert provider.statistics().refused_tokens == 1


@pytest.mark.parametrize("sign_in", [BearerSignIn("wrong"), OAuth1SignIn(Credentials(SIS_CLIENT_ID, "wrong"))])
def test_a_wrong_key_is_shown_to_the_service_twice_and_no_more(
    provider: RunningSis, puller: Puller, sign_in: BearerSignIn | OAuth1SignIn
) -> None:
    """Twice, because a timestamp may be refused that would be taken a moment later."""
    provider.reset_statistics()
    with pytest.raises(UnauthorisedError):
        puller.pull(a_connection(provider.url, PullSettings(concurrency=8), sign_in))
    assert provider.statistics().requests == 2


@pytest.mark.parametrize("place", ["/ims/oneroster/v1p0", "/ims/oneroster/rostering/v1p2"])
def test_address_of_another_version_is_refused_by_name_and_nothing_is_asked(
    package: Path, puller: Puller, tmp_path: Path, place: str
) -> None:
    """1.0 and 1.2 mean other things by some of the same words."""
    with a_provider(package, tmp_path / "sis.sqlite", settings=SisSettings(base_path=place)) as other:
        with pytest.raises(PullRefusedError) as caught:
            puller.pull(a_connection(other.url))
        assert caught.value.code == "rest.other_version"
        assert other.statistics().requests == 0


def test_pull_leaves_no_parts_behind(provider: RunningSis, puller: Puller) -> None:
    puller.pull(a_connection(provider.url))

    assert list(puller.parts.iterdir()) == []


def test_lines_count_records_in_the_order_of_their_ids(provider: RunningSis, puller: Puller) -> None:
    snapshot, _ = puller.pull(a_connection(provider.url, PullSettings(page_size=50)))

    users = snapshot.files["users"]
    with open_frames(Limits(memory="512MB", threads=1)) as frames:
        lines = frames.execute(f"SELECT line FROM ({users.relation}) ORDER BY sourced_id").fetchall()
    assert users.file == "/users"
    assert [line for (line,) in lines] == list(range(1, users.records + 1))


def test_proof_costs_one_request_for_each_collection(provider: RunningSis, puller: Puller) -> None:
    provider.reset_statistics()

    snapshot, _ = puller.pull(a_connection(provider.url, PullSettings(page_size=100)))

    # Every page but the first begins with the last row of the one before it.
    needed = sum(max(1, -(-(file.records - 1) // 99)) + 1 for file in snapshot.files.values())
    assert provider.statistics().requests == needed


def test_per_school_pull_gives_the_rows_of_the_package(provider: RunningSis, puller: Puller, csv_rows: Rows) -> None:
    """Everybody who is neither student nor teacher is asked for by that."""
    snapshot, rows = puller.pull(a_connection(provider.url, PullSettings(style=Style.PER_SCHOOL)))

    assert rows == csv_rows
    assert "rest.only_students_and_teachers" not in codes_of(snapshot)


@pytest.mark.parametrize("unknown", [None, b"{}", b'{"user": {}}', b'{"user": null}'], ids=str)
def test_whom_no_listing_gives_is_asked_for_by_name(
    unknown: bytes | None, package: Path, puller: Puller, csv_rows: Rows
) -> None:
    """Where nothing lists people of other roles, those come whom an enrollment or another user refers to.

    Whom the provider does not know is left out, be it said by a 404 or by an answer without a record.
    """
    ids = {str(row[0]) for row in csv_rows["users"]}
    named = max(ids)
    nobody = "nobody"

    async def refuse(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.operation and exchange.operation.id == "getAllUsers":
            return PlainTextResponse("no", 403)
        if unknown is not None and exchange.ids.get("id") == nobody:
            return PlainTextResponse(unknown.decode(), 200, media_type="application/json")
        return await proceed(exchange)

    with a_provider(package, puller.folder / "sis.sqlite", refuse) as provider:
        with provider.records.together() as writing:
            writing.change("users", [named], role="guardian")
            guardian = writing.find("users", "role = 'guardian'")[0]
            student = writing.find("users", "role = 'student'")[0]
            writing.put("users", {**student, "agent_sourced_ids": f"{named},{nobody},.."})
        snapshot, rows = puller.pull(a_connection(provider.url, PullSettings(style=Style.PER_SCHOOL)))

    roles = {"student", "teacher"}
    seen = {str(row[0]) for row in csv_rows["users"] if roles & set(map(str, row))} | {named}
    assert {str(row[0]) for row in rows["users"]} == seen
    assert str(guardian["sourced_id"]) == named
    assert "rest.only_students_and_teachers" in codes_of(snapshot)


def test_interrupted_reading_by_name_goes_on(package: Path, puller: Puller) -> None:
    """Who was read by name is not asked for again, and is there."""
    asked: list[str] = []
    fails = [True]

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.operation and exchange.operation.id == "getAllUsers":
            return PlainTextResponse("no", 403)
        if exchange.operation and exchange.operation.id == "getUser":
            asked.append(exchange.ids["id"])
            if fails and len(asked) > 64:
                return PlainTextResponse("oh", 500)
        return await proceed(exchange)

    with a_provider(package, puller.folder / "sis.sqlite", layer) as provider:
        with provider.records.together() as writing:
            students = writing.find("users", "role = 'student'")
            for number, student in enumerate(students):
                guardians = [f"guardian-{number}-{side}" for side in "ab"]
                for id_ in guardians:
                    writing.put("users", {**student, "sourced_id": id_, "role": "guardian", "username": id_})
                writing.put("users", {**student, "agent_sourced_ids": ",".join(guardians)})
        with pytest.raises(UnavailableError):
            puller.pull(a_connection(provider.url, PullSettings(style=Style.PER_SCHOOL)))
        before = set(asked[:64])
        fails.clear()
        asked.clear()
        _, rows = puller.pull(a_connection(provider.url, PullSettings(style=Style.PER_SCHOOL)))

    guardians_read = {str(row[0]) for row in rows["users"] if "guardian" in row}
    assert len(guardians_read) == 2 * len(students)
    assert not before & set(asked)


def test_missing_collections_are_put_together_from_others(package: Path, puller: Puller, csv_rows: Rows) -> None:
    missing = {"getAllUsers", "getAllAcademicSessions", "getAllEnrollments", "getAllClasses"}

    async def refuse(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.operation and exchange.operation.id in missing:
            return PlainTextResponse("no", 403)
        return await proceed(exchange)

    with a_provider(package, puller.folder / "sis.sqlite", refuse) as provider:
        snapshot, rows = puller.pull(a_connection(provider.url))

    assert rows["enrollments"] == csv_rows["enrollments"]
    assert rows["classes"] == csv_rows["classes"]
    assert {"rest.endpoint_missing", "rest.only_terms", "rest.only_students_and_teachers"} <= codes_of(snapshot)


def test_collection_that_nothing_gives_is_refused_by_name(package: Path, puller: Puller) -> None:
    async def refuse(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.operation and exchange.operation.entity == "courses":
            return PlainTextResponse("no", 404)
        return await proceed(exchange)

    with (
        a_provider(package, puller.folder / "sis.sqlite", refuse) as provider,
        pytest.raises(PullRefusedError) as caught,
    ):
        puller.pull(a_connection(provider.url))

    assert caught.value.code == "rest.collection_refused"
    assert caught.value.where == "/courses"


def test_nothing_beyond_the_roster_is_asked_for_unless_the_district_wants_it(
    provider: RunningSis, puller: Puller
) -> None:
    plain, _ = puller.pull(a_connection(provider.url))
    more, _ = puller.pull(a_connection(provider.url, PullSettings(extras=("demographics",))))

    assert "demographics" not in plain.files
    assert "demographics" in more.files
