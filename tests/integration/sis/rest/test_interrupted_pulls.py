"""A pull that was interrupted goes on where it was, and ends with what an undisturbed one gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse, Response

from rest_side import Puller, a_connection, a_district, a_provider
from sis_connect.errors import PullRefusedError, UnavailableError
from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sis.rest.connection import PullSettings

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.sandbox.sis.exchange import Answer, Exchange, Proceed
    from sis_connect.sandbox.sis.server import RunningSis

SETTINGS = PullSettings(page_size=60)
CHILD = """
import sys
from pathlib import Path
from rest_side import Puller, a_connection
from sis_connect.sis.rest.connection import PullSettings
Puller(Path(sys.argv[2])).pull(a_connection(sys.argv[1], PullSettings(page_size=60)))
"""


class Interruption:
    """A layer that lets so many requests pass and then does something."""

    def __init__(self) -> None:
        self.passes = 1_000_000
        self.victim: subprocess.Popen[bytes] | None = None
        self.requests = 0

    async def __call__(self, exchange: Exchange, proceed: Proceed) -> Answer | Response:
        self.requests += 1
        answer = await proceed(exchange)
        if self.requests > self.passes:
            if self.victim is not None:
                os.kill(self.victim.pid, signal.SIGKILL)
            return PlainTextResponse("later", 503)
        return answer


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_district(tmp_path_factory.mktemp("district"))


def test_pull_goes_on_at_the_page_where_it_was(package: Path, tmp_path: Path) -> None:
    interruption = Interruption()
    with a_provider(package, tmp_path / "sis.sqlite", interruption) as provider:
        connection = a_connection(provider.url, SETTINGS)
        whole, rows = Puller(tmp_path / "undisturbed").pull(connection)
        needed = interruption.requests
        puller = Puller(tmp_path / "disturbed")
        interruption.requests, interruption.passes = 0, needed - 4
        with pytest.raises(UnavailableError):
            puller.pull(connection)

        interruption.requests, interruption.passes = 0, 1_000_000
        resumed, resumed_rows = puller.pull(connection)

    assert interruption.requests <= 4 + 2 * SETTINGS.concurrency
    assert resumed.digest == whole.digest
    assert resumed_rows == rows


def test_pull_that_was_interrupted_long_ago_begins_anew(package: Path, tmp_path: Path) -> None:
    interruption = Interruption()
    with a_provider(package, tmp_path / "sis.sqlite", interruption) as provider:
        connection = a_connection(provider.url, SETTINGS)
        Puller(tmp_path / "undisturbed").pull(connection)
        needed = interruption.requests
        puller = Puller(tmp_path / "disturbed")
        interruption.requests, interruption.passes = 0, needed - 4
        with pytest.raises(UnavailableError):
            puller.pull(connection)

        interruption.requests, interruption.passes = 0, 1_000_000
        puller.now += SETTINGS.keeps_parts_seconds + 1
        puller.pull(connection)

    assert interruption.requests == needed


@pytest.mark.parametrize("passes", [2, 9, 16])
def test_killed_pull_goes_on_to_the_same_roster(package: Path, tmp_path: Path, passes: int) -> None:
    interruption = Interruption()
    with a_provider(package, tmp_path / "sis.sqlite", interruption) as provider:
        connection = a_connection(provider.url, SETTINGS)
        whole, rows = Puller(tmp_path / "undisturbed").pull(connection)
        interruption.requests, interruption.passes = 0, passes
        folder = tmp_path / "disturbed"
        child = subprocess.Popen(  # noqa: S603 -- this interpreter, with a script of our own
            [sys.executable, "-c", CHILD, provider.url, str(folder)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        interruption.victim = child
        assert child.wait() == -signal.SIGKILL

        interruption.victim, interruption.passes = None, 1_000_000
        resumed, resumed_rows = Puller(folder).pull(connection)

    assert resumed.digest == whole.digest
    assert resumed_rows == rows


def test_what_was_deleted_while_the_pull_lay_still_is_noticed(package: Path, tmp_path: Path) -> None:
    """Rows before the place moved; nobody after it is missed."""
    interruption = Interruption()
    gone: list[object] = []

    async def without_the_gone(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if not gone or exchange.operation is None or exchange.operation.id != "getAllUsers":
            return await proceed(exchange)
        limit, offset = int(exchange.parameter("limit") or 0), int(exchange.parameter("offset") or 0)
        exchange.set_parameter("limit", "10000")
        exchange.set_parameter("offset", "0")
        answer = await proceed(exchange)
        assert not hasattr(answer, "body")
        rows = [record for record in answer.records if record["sourcedId"] not in gone]
        answer.content, answer.total = rows[offset : offset + limit], len(rows)
        return answer

    settings = PullSettings(page_size=20, concurrency=1)
    with a_provider(package, tmp_path / "sis.sqlite", interruption, without_the_gone) as provider:
        connection = a_connection(provider.url, settings)
        _, rows = Puller(tmp_path / "undisturbed").pull(connection)
        needed = interruption.requests
        users = [row[0] for row in rows["users"]]
        puller = Puller(tmp_path / "disturbed")
        interruption.requests, interruption.passes = 0, needed // 2
        with pytest.raises(UnavailableError):
            puller.pull(connection)

        gone.append(users[0])
        interruption.passes = 1_000_000
        _, resumed = puller.pull(connection)

    assert {row[0] for row in resumed["users"]} >= set(users) - set(gone)


def renumber_a_student(provider: RunningSis) -> None:
    """A student is somebody else for the SIS from now on, and enrolled as such."""
    with provider.records.together() as writing:
        enrollment = writing.find("enrollments", "role = 'student'")[-1]
        (user,) = writing.find("users", f"sourced_id = '{enrollment['user_sourced_id']}'")
        writing.put("users", {**user, "sourced_id": "another"})
        writing.remove("users", [str(user["sourced_id"])])
        for row in writing.find("enrollments", f"user_sourced_id = '{user['sourced_id']}'"):
            writing.put("enrollments", {**row, "user_sourced_id": "another"})


def dangling(rows: dict[str, list[tuple[object, ...]]]) -> set[object]:
    """Users that enrollments name and that are not there."""
    place = ENTITIES["enrollments"].columns.index("user_sourced_id")
    return {row[place] for row in rows["enrollments"]} - {row[0] for row in rows["users"]}


@pytest.mark.parametrize("breaks", ["getAllUsers", "getAllEnrollments"])
def test_kept_pages_that_do_not_go_with_later_ones_are_read_again(package: Path, tmp_path: Path, breaks: str) -> None:
    """Users of one moment and enrollments of another would make real people unknown, whichever came first."""
    is_down = [True]

    async def down(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if is_down and exchange.operation is not None and exchange.operation.id == breaks:
            return PlainTextResponse("later", 503)
        return await proceed(exchange)

    with a_provider(package, tmp_path / "sis.sqlite", down) as provider:
        connection = a_connection(provider.url, PullSettings(page_size=1_000, concurrency=8))
        puller = Puller(tmp_path / "disturbed")
        with pytest.raises(UnavailableError):
            puller.pull(connection)
        is_down.clear()
        other = Puller(tmp_path / "undisturbed")
        other.pull(connection)
        renumber_a_student(provider)
        resumed, rows = puller.pull(connection)
        whole, _ = other.pull(connection)

    assert not dangling(rows)
    assert resumed.digest == whole.digest


def test_references_that_lead_nowhere_in_the_feed_itself_are_believed_the_second_time(
    package: Path, tmp_path: Path
) -> None:
    """Bad data is a finding, and no reason to ask for ever."""
    interruption = Interruption()
    with a_provider(package, tmp_path / "sis.sqlite", interruption) as provider:
        with provider.records.together() as writing:
            row = writing.find("enrollments")[0]
            writing.put("enrollments", {**row, "sourced_id": "stray", "user_sourced_id": "nobody"})
        connection = a_connection(provider.url, SETTINGS)
        whole, _ = Puller(tmp_path / "undisturbed").pull(connection)
        needed = interruption.requests
        puller = Puller(tmp_path / "disturbed")
        interruption.requests, interruption.passes = 0, needed - 4
        with pytest.raises(UnavailableError):
            puller.pull(connection)
        interruption.requests, interruption.passes = 0, 1_000_000
        resumed, rows = puller.pull(connection)

    assert dangling(rows) == {"nobody"}
    assert resumed.digest == whole.digest
    assert needed < interruption.requests <= 2 * needed
    assert not list(puller.parts.iterdir())


@pytest.mark.parametrize("content", [b'{"enrollments": []}', b"<html>"], ids=["refused", "unreadable"])
def test_nothing_is_kept_of_answers_that_are_not_believed(package: Path, tmp_path: Path, content: bytes) -> None:
    """What went on with them would mix two moments."""

    async def wrong(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        is_wrong = exchange.operation is not None and exchange.operation.id == "getAllEnrollments"
        if is_wrong and int(exchange.parameter("offset") or 0) > 0:
            total = {"X-Total-Count": "1000000"}
            return Response(content, 200, headers=total, media_type="application/json")
        return await proceed(exchange)

    puller = Puller(tmp_path / "disturbed")
    with (
        a_provider(package, tmp_path / "sis.sqlite", wrong) as provider,
        pytest.raises((PullRefusedError, UnreadablePageError)),
    ):
        puller.pull(a_connection(provider.url, SETTINGS))

    assert not list(puller.parts.iterdir())
