"""Deltas over REST: what was pulled before and what changed since make the roster that a full pull gives."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse

from rest_side import CLIENT, Puller, a_connection, a_district, codes_of, rows_of
from sis_connect.errors import UnavailableError
from sis_connect.frames import Limits, open_frames
from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.oneroster.snapshot import Mode
from sis_connect.oneroster.status_info import CodeMajor, CodeMinor, Severity, StatusInfo
from sis_connect.sandbox.sis import Answer, SisSettings, load_package, start
from sis_connect.sis.rest.connection import PullSettings, open_client
from sis_connect.sis.rest.pulling.delta import Marks, pull_changes
from sis_connect.sis.rest.pulling.derived import Style
from sis_connect.sis.rest.pulling.honesty import judge_deltas
from sis_connect.sis.rest.pulling.job import PullJob
from sis_connect.sync.stage import merge
from sis_connect.transport.client import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.responses import Response

    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.sandbox.sis import Exchange, Layer, Proceed, RunningSis
    from sis_connect.sis.rest.pulling.delta import Changes
    from sis_connect.sis.rest.pulling.honesty import Honesty

LOADED = datetime(2026, 9, 1, 3, tzinfo=UTC)
#: One record of every collection changed then, so that what was loaded lies days beyond the overlap.
TOUCHED = LOADED + timedelta(days=3)


@dataclass
class World:
    """A provider whose clock is set by hand, and what a district knows of it."""

    folder: Path
    #: The provider's clock.
    at: datetime = TOUCHED
    layers: tuple[Layer, ...] = ()
    settings: PullSettings = field(default_factory=PullSettings)
    stamps: bool = True
    marks: Marks = field(default_factory=Marks)
    known: Snapshot | None = None
    base: Snapshot | None = None

    @contextmanager
    def serve(self) -> Iterator[RunningSis]:
        """The provider of a small district, loaded long ago."""
        package = a_district(self.folder / "package", students=25)
        load_package(package, self.folder / "sis.sqlite", stamps=self.stamps, at=LOADED)
        settings = SisSettings(clients=(CLIENT,), layers=self.layers, now=lambda: self.at)
        with start(settings, self.folder / "sis.sqlite") as sis:
            if self.stamps:
                with sis.records.together() as writing:
                    for name in ROSTER_ENTITIES:
                        writing.change(name, [str(writing.find(name)[-1]["sourced_id"])])
            self.at += timedelta(days=20)
            yield sis

    def changes(self, sis: RunningSis) -> Changes:
        """What changed, laid over what was known."""
        number = len(list(self.folder.glob("pull-*")))
        into, merged = self.folder / f"pull-{number}", self.folder / f"merged-{number}"
        into.mkdir()
        merged.mkdir()
        connection = a_connection(sis.url, self.settings)
        with open_client(connection, Surroundings()) as client, open_frames(Limits("512MB", 1)) as frames:
            parts = self.folder / "parts"
            job = PullJob(client, connection.pull, frames, into, parts, "an invented SIS", lambda: 1_000_000.0)
            found = pull_changes(job, self.marks)
            self.known = merge(frames, self.known, found.snapshot, merged) if self.known else found.snapshot
        self.base = self.base or self.known
        self.marks = Marks.from_json(found.marks.as_json())
        return found

    def full(self, sis: RunningSis) -> Snapshot:
        """What a full pull gives."""
        return Puller(self.folder / "full").pull(a_connection(sis.url, self.settings))[0]

    def honesty(self, full: Snapshot) -> Honesty:
        """What the full pull proves."""
        assert self.base
        assert self.known
        with open_frames(Limits("512MB", 1)) as frames:
            return judge_deltas(frames, base=self.base, known=self.known, full=full, marks=self.marks)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def a_school_day(sis: RunningSis) -> None:
    """Somebody is renamed, somebody leaves a class, somebody is new."""
    with sis.records.together() as writing:
        users, enrollments = writing.find("users", "role = 'student'"), writing.find("enrollments")
        writing.change("users", [str(users[0]["sourced_id"])], family_name="Renamed")
        writing.mark_deleted("enrollments", [str(enrollments[0]["sourced_id"])])
        writing.put("users", {**users[1], "sourced_id": "new", "username": "new", "date_last_modified": None})


def test_without_marks_everything_is_read(world: World) -> None:
    with world.serve() as sis:
        found = world.changes(sis)

        assert rows_of(found.snapshot) == rows_of(world.full(sis))
    assert {file.mode for file in found.snapshot.files.values()} == {Mode.BULK}
    assert dict(found.marks.by_collection) == dict.fromkeys(found.snapshot.files, TOUCHED)


def test_changes_laid_over_what_was_known_are_the_roster(world: World) -> None:
    with world.serve() as sis:
        world.changes(sis)
        world.at += timedelta(days=1)
        a_school_day(sis)
        found = world.changes(sis)

        assert world.known
        assert rows_of(world.known) == rows_of(world.full(sis))
    files = found.snapshot.files
    assert {name: files[name].records for name in files if name != "orgs"} == {
        # The last one known comes again within the overlap.
        "academicSessions": 1,
        "courses": 1,
        "classes": 1,
        "users": 3,
        "enrollments": 2,
    }
    assert {files[name].mode for name in files if name != "orgs"} == {Mode.DELTA}
    assert found.marks.by_collection["users"] == world.at
    assert found.marks.by_collection["classes"] == TOUCHED


def test_the_same_changes_are_read_again_within_the_overlap(world: World) -> None:
    with world.serve() as sis:
        world.changes(sis)
        world.at += timedelta(days=1)
        a_school_day(sis)
        world.changes(sis)
        world.at += timedelta(days=1)
        before = world.known
        found = world.changes(sis)

    assert found.snapshot.files["users"].records == 2
    assert before
    assert world.known
    assert rows_of(world.known) == rows_of(before)


def test_record_dated_in_the_future_hides_nothing(world: World) -> None:
    """The mark is never later than the moment at which the provider says that reading began."""
    with world.serve() as sis:
        with sis.records.together() as writing:
            student = str(writing.find("users", "role = 'student'")[2]["sourced_id"])
            writing.change("users", [student], date_last_modified="2099-01-01T00:00:00.000Z")
        world.changes(sis)
        world.at += timedelta(days=1)
        a_school_day(sis)
        world.changes(sis)

        assert world.known
        assert rows_of(world.known) == rows_of(world.full(sis))


def refusing(status: int) -> Layer:
    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.parameter("filter"):
            return PlainTextResponse("no", status)
        return await proceed(exchange)

    return layer


async def ignoring(exchange: Exchange, proceed: Proceed) -> Answer | Response:
    """Answers as if no filter were asked for."""
    exchange.parameters = [(name, value) for name, value in exchange.parameters if name != "filter"]
    return await proceed(exchange)


async def confessing(exchange: Exchange, proceed: Proceed) -> Answer | Response:
    """Answers with what changed lately, and says itself that it is not what was asked for."""
    answer = await proceed(exchange)
    if exchange.parameter("filter") and isinstance(answer, Answer):
        answer.notices.append(StatusInfo(CodeMajor.SUCCESS, Severity.WARNING, CodeMinor.INVALID_FILTER_FIELD))
        answer.content = answer.content[:1] if isinstance(answer.content, list) else answer.content
    return answer


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        (refusing(400), "rest.filter_refused"),
        (refusing(403), "rest.filter_refused"),
        (refusing(500), "rest.filter_refused"),
        (ignoring, "rest.filter_ignored"),
        (confessing, "rest.filter_ignored"),
    ],
    ids=["refused", "forbidden", "broken", "ignored", "confessed"],
)
def test_provider_that_does_not_filter_is_read_as_a_whole(world: World, layer: Layer, code: str) -> None:
    world.layers = (layer,)
    with world.serve() as sis:
        world.changes(sis)
        world.at += timedelta(days=2)
        a_school_day(sis)
        with sis.records.together() as writing:
            writing.remove("users", [str(writing.find("users", "role = 'student'")[3]["sourced_id"])])
        found = world.changes(sis)

        assert world.known
        assert rows_of(world.known) == rows_of(world.full(sis))
    assert code in codes_of(found.snapshot)
    assert {file.mode for file in found.snapshot.files.values()} == {Mode.BULK}


def test_records_without_a_date_are_taken_and_what_has_no_dates_is_read_as_a_whole(world: World) -> None:
    world.stamps = False
    with world.serve() as sis:
        world.changes(sis)
        assert not world.marks
        world.at += timedelta(days=1)
        a_school_day(sis)
        found = world.changes(sis)

        assert world.known
        assert rows_of(world.known) == rows_of(world.full(sis))
    assert {file.mode for file in found.snapshot.files.values()} == {Mode.BULK}
    assert set(found.marks.by_collection) == {"users", "enrollments"}


@pytest.mark.parametrize("style", Style)
def test_changes_are_found_in_every_style(world: World, style: Style) -> None:
    """Below schools the users are put together from several lists, which is no ground for a delta."""
    world.settings = PullSettings(style=style)
    with world.serve() as sis:
        world.changes(sis)
        world.at += timedelta(days=1)
        a_school_day(sis)
        found = world.changes(sis)

        assert world.known
        assert rows_of(world.known) == rows_of(world.full(sis))
    is_whole = style is Style.WHOLE_DISTRICT
    assert found.snapshot.files["enrollments"].mode is (Mode.DELTA if is_whole else Mode.BULK)
    assert found.snapshot.files["classes"].mode is Mode.DELTA


async def giving_students_and_teachers_only(exchange: Exchange, proceed: Proceed) -> Answer | Response:
    """Everybody else is given by name alone."""
    if exchange.operation and exchange.operation.id == "getAllUsers":
        return PlainTextResponse("no", 403)
    return await proceed(exchange)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("page_size", [20, 1_000])
def test_whoever_is_named_by_what_did_not_change_stays(world: World, style: Style, page_size: int) -> None:
    """People who are asked for by name are named by all enrollments, so those are never read by changes alone."""
    world.settings = PullSettings(style=style, page_size=page_size)
    world.layers = (giving_students_and_teachers_only,)
    with world.serve() as sis:
        with sis.records.together() as writing:
            student, enrollment = writing.find("users", "role = 'student'")[0], writing.find("enrollments")[0]
            aide = {"sourced_id": "aide", "username": "aide", "role": "aide", "agent_sourced_ids": None}
            writing.put("users", {**student, **aide})
            writing.put("enrollments", {**enrollment, "sourced_id": "aid", "user_sourced_id": "aide", "role": "aide"})
        world.changes(sis)
        world.at += timedelta(days=1)
        a_school_day(sis)
        found = world.changes(sis)

        assert world.known
        assert rows_of(world.known) == rows_of(world.full(sis))
    assert "aide" in [row[0] for row in rows_of(world.known, ["users"])["users"]]
    assert found.snapshot.files["enrollments"].mode is Mode.BULK
    assert found.snapshot.files["classes"].mode is Mode.DELTA


def test_inactive_ends_a_record_as_tobedeleted_does(world: World) -> None:
    with world.serve() as sis:
        world.changes(sis)
        world.at += timedelta(days=1)
        with sis.records.together() as writing:
            gone = str(writing.find("enrollments")[0]["sourced_id"])
            writing.change("enrollments", [gone], status="inactive")
        world.changes(sis)
        full = world.full(sis)

    assert world.honesty(full).drifts["enrollments"].told == 1
    assert world.honesty(full).share == 1.0


def test_full_pull_proves_honest_deltas(world: World) -> None:
    with world.serve() as sis:
        world.changes(sis)
        world.at += timedelta(days=1)
        a_school_day(sis)
        world.changes(sis)
        world.at += timedelta(days=1)
        with sis.records.together() as writing:
            # No delta was asked for since: this counts neither way.
            writing.put("users", {**writing.find("users")[0], "sourced_id": "newer", "date_last_modified": None})
        honesty = world.honesty(world.full(sis))

    assert honesty.share == 1.0
    assert honesty.drifts["users"].told == 2
    assert not list(honesty.findings())


def test_full_pull_finds_what_deltas_did_not_tell(world: World) -> None:
    with world.serve() as sis:
        world.changes(sis)
        world.at += timedelta(days=1)
        a_school_day(sis)
        old = "2026-09-01T03:00:00.000Z"
        with sis.records.together() as writing:
            students = writing.find("users", "role = 'student'")
            writing.change("users", [str(students[3]["sourced_id"])], given_name="Other", date_last_modified=old)
            writing.remove("users", [str(students[4]["sourced_id"])])
            writing.put("users", {**students[5], "sourced_id": "hidden", "date_last_modified": old})
        world.changes(sis)
        honesty = world.honesty(world.full(sis))

    drift = honesty.drifts["users"]
    assert (drift.told, drift.new, drift.changed, drift.gone) == (2, 1, 1, 1)
    assert honesty.share == pytest.approx(3 / 6)
    assert {(one.code, one.file, one.occurrences) for one in honesty.findings()} == {
        ("delta.untold_new", "/users", 1),
        ("delta.untold_change", "/users", 1),
        ("delta.untold_end", "/users", 1),
        ("delta.honesty", None, 1),
    }
    assert next(one.detail for one in honesty.findings() if one.code == "delta.honesty") == "3 of 6 changes came."


def test_interrupted_pull_of_changes_begins_anew_and_tells_them_all(world: World) -> None:
    """What was kept may be of another moment, and of changes alone nobody can tell (`sis.rest.pulling.moments`)."""
    world.settings = PullSettings(page_size=50)
    fails = [True]

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if fails and exchange.parameter("filter") and int(exchange.parameter("offset") or 0) > 60:
            return PlainTextResponse("oh", 500)
        return await proceed(exchange)

    world.layers = (layer,)
    with world.serve() as sis:
        fails.clear()
        world.changes(sis)
        world.at += timedelta(days=1)
        with sis.records.together() as writing:
            ids = [str(row["sourced_id"]) for row in writing.find("enrollments")]
            writing.change("enrollments", ids[:130], begin_date="2026-09-20")
        fails.append(True)
        with pytest.raises(UnavailableError):
            world.changes(sis)
        fails.clear()
        sis.reset_statistics()
        found = world.changes(sis)
        assert sis.statistics().records["enrollments"] >= 131

        assert world.known
        assert rows_of(world.known) == rows_of(world.full(sis))
    assert found.snapshot.files["enrollments"].records == 131
