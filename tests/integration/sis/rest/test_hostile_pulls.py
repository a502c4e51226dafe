"""Whatever a provider does wrong, a pull ends in the right roster or in a refusal by name; never in a shorter one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse, Response

from rest_side import Puller, a_connection, a_district, a_provider, codes_of
from sis_connect.errors import PullRefusedError, UnavailableError
from sis_connect.oneroster.json_deviations import PageFault, UnreadablePageError
from sis_connect.oneroster.operations import OPERATIONS
from sis_connect.sis.rest.connection import PullSettings
from sis_connect.sis.rest.pulling.derived import Style

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from rest_side import Rows
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.sandbox.sis.exchange import Answer, Exchange, Proceed

    Layer = Callable[[Exchange, Proceed], Awaitable[Answer | Response]]

SETTINGS = PullSettings(page_size=100)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_district(tmp_path_factory.mktemp("district"), students=40)


@pytest.fixture(scope="module")
def honest(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """What an honest provider gives."""
    folder = tmp_path_factory.mktemp("honest")
    return pulled(package, folder)[1]


def pulled(package: Path, folder: Path, *layers: Layer, settings: PullSettings = SETTINGS) -> tuple[Snapshot, Rows]:
    """A pull from a provider behind these layers."""
    with a_provider(package, folder / "sis.sqlite", *layers) as provider:
        return Puller(folder).pull(a_connection(provider.url, settings))


def answering(reply: Response, *, to: Callable[[Exchange, int], bool]) -> Layer:
    """A layer that gives this reply to some requests, told by how many there were for the same page."""
    asked: dict[str, int] = {}

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        url = str(exchange.request.url)
        asked[url] = asked.get(url, 0) + 1
        return reply if to(exchange, asked[url]) else await proceed(exchange)

    return layer


def on(operation: str, *, past: int = 0, times: int = 1_000) -> Callable[[Exchange, int], bool]:
    """Requests of an operation for rows past an offset, the first times they come."""

    def is_meant(exchange: Exchange, number: int) -> bool:
        is_there = int(exchange.parameter("offset") or 0) >= past
        return exchange.operation is not None and exchange.operation.id == operation and is_there and number <= times

    return is_meant


HTML = Response("<html><body>Sign in</body></html>", media_type="text/html")
HALF = Response('{"users": [{"sourcedId": "a1", "sta', media_type="application/json")
WRONG_KEY = Response('{"people": [{"sourcedId": "a1"}]}', media_type="application/json")
NULL = Response('{"users": null}', media_type="application/json")
EMPTY = Response('{"users": []}', media_type="application/json")
BROKEN = PlainTextResponse("oh", 500)


@pytest.mark.parametrize("reply", [HTML, HALF, WRONG_KEY, NULL, BROKEN])
def test_page_that_is_broken_once_is_fetched_again(
    package: Path, tmp_path: Path, honest: Rows, reply: Response
) -> None:
    layer = answering(reply, to=on("getAllUsers", past=0, times=1))

    assert pulled(package, tmp_path, layer, settings=PullSettings(page_size=20))[1] == honest


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (HTML, PageFault.HTML),
        (HALF, PageFault.TRUNCATED),
        (WRONG_KEY, PageFault.WRONG_ROOT_KEY),
        (NULL, PageFault.NULL_ROOT),
    ],
)
@pytest.mark.parametrize("past", [0, 40])
def test_page_that_stays_unreadable_refuses_the_pull(
    package: Path, tmp_path: Path, reply: Response, fault: PageFault, past: int
) -> None:
    with pytest.raises(UnreadablePageError) as caught:
        pulled(
            package,
            tmp_path,
            answering(reply, to=on("getAllUsers", past=past)),
            settings=PullSettings(page_size=20),
        )

    assert caught.value.reason is fault
    assert not list(tmp_path.glob("sealed-*/*"))


def test_page_too_heavy_for_the_provider_is_asked_for_in_smaller_pieces(
    package: Path, tmp_path: Path, honest: Rows
) -> None:
    layer = answering(BROKEN, to=lambda exchange, _: int(exchange.parameter("limit") or 0) > 30)

    assert pulled(package, tmp_path, layer)[1] == honest


def test_server_error_that_lasts_ends_the_pull(package: Path, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        pulled(package, tmp_path, answering(BROKEN, to=on("getAllEnrollments", past=50)))


@pytest.mark.parametrize("has_total", [True, False])
@pytest.mark.parametrize("clamp", [1, 2, 17])
def test_clamped_limit_shortens_nothing(
    package: Path, tmp_path: Path, honest: Rows, clamp: int, has_total: bool
) -> None:
    async def clamped(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.operation is not None and exchange.operation.id == "getAllUsers":
            exchange.set_parameter("limit", str(clamp))
        answer = await proceed(exchange)
        if not has_total and not isinstance(answer, Response):
            answer.total = None
        return answer

    snapshot, rows = pulled(package, tmp_path, clamped)

    assert rows == honest
    assert "rest.limit_clamped" in codes_of(snapshot)
    assert ("rest.total_missing" in codes_of(snapshot)) is not has_total


def test_provider_that_ignores_the_offset_is_refused_or_right(package: Path, tmp_path: Path) -> None:
    async def first_page(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        exchange.set_parameter("offset", "0")
        answer = await proceed(exchange)
        if not isinstance(answer, Response):
            answer.total = None
        return answer

    with pytest.raises(PullRefusedError) as caught:
        pulled(package, tmp_path, first_page)

    assert caught.value.code == "rest.page_repeats"


@pytest.mark.parametrize("parameter", ["sort", "fields"])
def test_parameter_that_is_refused_is_left_out(package: Path, tmp_path: Path, honest: Rows, parameter: str) -> None:
    layer = answering(PlainTextResponse("what?", 400), to=lambda exchange, _: exchange.parameter(parameter) is not None)

    snapshot, rows = pulled(package, tmp_path, layer)

    assert rows == honest
    assert f"rest.{parameter}_refused" in codes_of(snapshot)


def test_fields_that_were_not_asked_for_are_dropped_and_named(package: Path, tmp_path: Path, honest: Rows) -> None:
    async def talkative(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if not isinstance(answer, Response):
            for record in answer.records:
                record["password"] = "invented"
        return answer

    snapshot, rows = pulled(package, tmp_path, talkative)

    assert rows == honest
    assert {"rest.fields_ignored", "json.passwords_dropped"} <= codes_of(snapshot)
    assert all(b"invented" not in file.read_bytes() for file in tmp_path.glob("sealed-*/*"))


def test_empty_users_of_a_school_full_of_enrollments_are_refused(package: Path, tmp_path: Path) -> None:
    with pytest.raises(PullRefusedError) as caught:
        pulled(package, tmp_path, answering(EMPTY, to=on("getAllUsers")))

    assert caught.value.code == "rest.empty_but_referred_to"
    assert caught.value.where == "/users"
    assert not list(tmp_path.glob("sealed-*/*"))


def test_service_that_gives_nothing_at_all_is_refused(package: Path, tmp_path: Path) -> None:
    async def nothing(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if not isinstance(answer, Response):
            answer.content, answer.total = [], 0
        return answer

    with pytest.raises(PullRefusedError) as caught:
        pulled(package, tmp_path, nothing)

    assert caught.value.code == "rest.nothing_given"


def test_optional_collection_that_is_not_given_is_named(package: Path, tmp_path: Path, honest: Rows) -> None:
    layer = answering(PlainTextResponse("no", 403), to=on("getAllDemographics"))

    snapshot, rows = pulled(package, tmp_path, layer, settings=PullSettings(extras=("demographics",)))

    assert rows == honest
    assert "rest.collection_not_given" in codes_of(snapshot)


def test_links_to_another_host_are_not_followed(package: Path, tmp_path: Path, honest: Rows) -> None:
    async def astray(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if not isinstance(answer, Response):
            answer.links = {"next": "https://elsewhere.example.org/users?after=x"}
        return answer

    snapshot, rows = pulled(package, tmp_path, astray)

    assert rows == honest
    assert "rest.link_elsewhere" in codes_of(snapshot)


def test_records_without_an_id_are_counted_as_rejected(package: Path, tmp_path: Path, honest: Rows) -> None:
    nameless = str(honest["users"][30][0])

    async def forgetful(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if not isinstance(answer, Response):
            for record in answer.records:
                if record["sourcedId"] == nameless:
                    record["sourcedId"] = ""
        return answer

    snapshot, rows = pulled(package, tmp_path, forgetful, settings=PullSettings(page_size=20))

    assert rows["users"] == [row for row in honest["users"] if row[0] != nameless]
    assert snapshot.files["users"].rejected == 1


@pytest.mark.parametrize("is_everywhere", [True, False])
def test_not_found_below_a_school_is_empty_unless_it_is_so_below_every_school(
    package: Path, tmp_path: Path, is_everywhere: bool
) -> None:
    """Some providers answer 404 where a school has nothing of a kind; a kind that no school has is not served."""
    schools: list[str] = []

    def is_meant(exchange: Exchange, _: int) -> bool:
        if exchange.operation is None or exchange.operation.id != "getClassesForSchool":
            return False
        schools.append(exchange.ids["school_id"])
        return is_everywhere or exchange.ids["school_id"] == min(schools)

    layer = answering(PlainTextResponse("none", 404), to=is_meant)
    settings = PullSettings(style=Style.PER_SCHOOL, concurrency=1)

    if is_everywhere:
        with pytest.raises(PullRefusedError) as caught:
            pulled(package, tmp_path, layer, settings=settings)
        assert caught.value.code == "rest.collection_refused"
    else:
        snapshot, _ = pulled(package, tmp_path, layer, settings=settings)
        assert "rest.school_not_found" in codes_of(snapshot)


def test_reading_by_school_without_schools_is_refused(package: Path, tmp_path: Path) -> None:
    async def departments(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if not isinstance(answer, Response) and exchange.operation and exchange.operation.id == "getAllOrgs":
            for record in answer.records:
                record["type"] = "department"
        return answer

    with pytest.raises(PullRefusedError) as caught:
        pulled(package, tmp_path, departments, settings=PullSettings(style=Style.PER_SCHOOL))

    assert caught.value.code == "rest.no_schools"


def test_students_among_teachers_keep_the_role_their_record_says(package: Path, tmp_path: Path, honest: Rows) -> None:
    async def mixed(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        operation = exchange.operation
        if operation is not None and operation.id == "getAllUsers":
            return PlainTextResponse("no", 403)
        return await proceed(exchange)

    async def everybody(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        """Teachers are answered with all users."""
        if exchange.operation is not None and exchange.operation.id == "getAllTeachers":
            exchange.operation = OPERATIONS["getAllUsers"]
        return await proceed(exchange)

    snapshot, rows = pulled(package, tmp_path, mixed, everybody)

    assert rows["users"] == honest["users"]
    assert "rest.kind_differs" in codes_of(snapshot)
