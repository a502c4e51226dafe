"""The gradebook against the reference provider: what is written is there, and every refusal is an outcome."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from integration.sandbox.sis.sis_world import LOADED_AT, a_district
from rest_side import CLIENT, a_connection
from sis_connect.errors import TargetError, UnauthorisedError, UnavailableError
from sis_connect.grades.target import WriteOutcome, WriteState
from sis_connect.oneroster.gradebook_records import Category, LineItem, Result, ScoreStatus
from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.oneroster.operations import Scope
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.serving import NoAnswer
from sis_connect.sandbox.sis import Answer, SisSettings, load_package, start
from sis_connect.sis.rest.connection import BearerSignIn, PullSettings
from sis_connect.sis.rest.gradebook import Gradebook, GradebookSettings, open_gradebook
from sis_connect.transport.client import RequestRefusedError
from sis_packages import write_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.grades.target import GradebookTarget, Row
    from sis_connect.sandbox.sis import Exchange, Layer, Proceed, RunningSis

CATEGORY = Category(sourced_id="lms-labs", title="Labs")
LINE_ITEM = LineItem(
    sourced_id="lms-quiz/1",
    title="Quiz 1, part “A”",
    assign_date=date(2026, 9, 1),
    due_date=date(2026, 9, 5),
    class_sourced_id="c1",
    category_sourced_id="q1",
    grading_period_sourced_id="g1",
    result_value_max=Decimal(20),
    metadata=MappingProxyType({"lms.id": "7"}),
)
RESULT = Result(
    sourced_id="lms-quiz-u1",
    line_item_sourced_id="l1",
    student_sourced_id="u1",
    score=Decimal("17.50"),
    score_date=date(2026, 9, 6),
    comment="Good work",
)
NOW = datetime(2026, 9, 20, 8, 30, tzinfo=UTC)


class World:
    """A provider of the small district behind layers, and gradebooks opened on it."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self._folder = folder
        self._running = running
        self.layers: tuple[Layer, ...] = ()
        self.provider = SisSettings(clients=(CLIENT,))
        self.settings = GradebookSettings()
        self.pull = PullSettings(page_size=2)
        self.sis: RunningSis

    def open(self, token: str | None = None) -> Gradebook:
        """A gradebook of the provider, which is started."""
        write_folder(a_district(), self._folder / "package")
        load_package(self._folder / "package", self._folder / "sis.sqlite", at=LOADED_AT)
        settings = replace(self.provider, layers=self.layers)
        self.sis = self._running.enter_context(start(settings, self._folder / "sis.sqlite"))
        connection = a_connection(self.sis.url, self.pull, BearerSignIn(token) if token else None)
        return self._running.enter_context(open_gradebook(connection, self.settings, now=lambda: NOW))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with ExitStack() as running:
        yield World(tmp_path, running)


def writes(exchange: Exchange) -> bool:
    return exchange.request.method in ("PUT", "DELETE")


def losing(*, done: bool, times: int = 1) -> Layer:
    """The first answers to writes are lost; the writes were done, or not."""
    lost: list[int] = []

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if not writes(exchange) or len(lost) >= times:
            return await proceed(exchange)
        lost.append(exchange.number)
        if done:
            await proceed(exchange)
        return NoAnswer()

    return layer


@pytest.mark.parametrize("record", [CATEGORY, LINE_ITEM, RESULT], ids=lambda record: record.entity.name)
def test_what_is_put_is_there(world: World, record: Category | LineItem | Result) -> None:
    gradebook = world.open()

    assert gradebook.put(record) == WriteOutcome(WriteState.WRITTEN, record.sourced_id, is_new=True)
    assert gradebook.put(record) == WriteOutcome(WriteState.WRITTEN, record.sourced_id, is_new=False)
    row = gradebook.find(record.entity, record.sourced_id)
    assert row is not None
    assert record.is_shown_by(row)
    assert (row["status"], row["date_last_modified"]) == ("active", "2026-09-20T08:30:00.000Z")


def test_every_collection_of_the_gradebook_is_read_whole(world: World) -> None:
    gradebook = world.open()

    def ids(rows: list[dict[str, str | None]]) -> list[str | None]:
        return [row["sourced_id"] for row in rows]

    assert ids(gradebook.categories()) == ["q1", "q2"]
    assert ids(gradebook.line_items()) == ["l1", "l2"]
    assert ids(gradebook.results()) == ["m1", "m2", "m3"]
    assert ids(gradebook.line_items_of("c1")) == ["l1"]
    assert ids(gradebook.results_of("c1")) == ["m1", "m2"]
    assert ids(gradebook.results_of("c1", line_item="l1")) == ["m1", "m2"]
    assert ids(gradebook.results_of("c1", student="u2")) == ["m2"]
    assert gradebook.results_of("nowhere") == []
    assert gradebook.find(ENTITIES["results"], "nowhere") is None


def test_result_is_replaced_whole(world: World) -> None:
    gradebook = world.open()
    gradebook.put(RESULT)
    exempt = replace(RESULT, score_status=ScoreStatus.EXEMPT, score=Decimal(0), comment="")

    gradebook.put(exempt)

    row = gradebook.find(RESULT.entity, RESULT.sourced_id)
    assert row is not None
    assert (row["score_status"], row["score"], row["comment"]) == ("exempt", "0", None)


def test_what_is_deleted_is_gone_and_may_be_deleted_again(world: World) -> None:
    gradebook = world.open()
    results = ENTITIES["results"]

    assert gradebook.delete(results, "m1") == WriteOutcome(WriteState.DELETED, "m1")
    assert gradebook.delete(results, "m1") == WriteOutcome(WriteState.DELETED, "m1")
    assert gradebook.find(results, "m1") is None


def test_line_item_may_lack_what_the_sis_lets_be_missing(world: World) -> None:
    world.provider = replace(world.provider, lenient_line_items=True)
    bare = replace(LINE_ITEM, category_sourced_id=None, grading_period_sourced_id=None)

    assert world.open().put(bare).state is WriteState.WRITTEN


def test_refusal_is_an_outcome_that_names_the_field_and_shows_no_value(world: World) -> None:
    gradebook = world.open()

    outcome = gradebook.put(replace(RESULT, student_sourced_id="bo.lane"))

    assert outcome.state is WriteState.REFUSED
    assert outcome.code == "status.refused:invalid data"
    assert outcome.field == "student"
    assert "bo.lane" not in repr(outcome)


def test_used_category_is_not_deleted_and_the_outcome_says_so(world: World) -> None:
    outcome = world.open().delete(ENTITIES["categories"], "q1")

    assert outcome.state is WriteState.REFUSED


def test_missing_scope_is_an_outcome_and_a_wrong_token_an_error(world: World) -> None:
    reader = replace(CLIENT, scopes=frozenset((Scope.GRADEBOOK,)))
    world.provider = replace(world.provider, clients=(reader,))
    gradebook = world.open()

    assert gradebook.put(RESULT) == WriteOutcome(WriteState.REFUSED, RESULT.sourced_id, code="status.forbidden")
    assert len(gradebook.results()) == 3
    connection = a_connection(world.sis.url, sign_in=BearerSignIn("wrong"))
    with (
        open_gradebook(connection, GradebookSettings(), now=lambda: NOW) as stranger,
        pytest.raises(UnauthorisedError),
    ):
        stranger.put(RESULT)


def test_service_that_is_busy_postpones(world: World) -> None:
    async def busy(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        return PlainTextResponse("later", 429) if writes(exchange) else await proceed(exchange)

    world.layers = (busy,)
    outcome = world.open().put(RESULT)

    assert outcome == WriteOutcome(WriteState.POSTPONED, RESULT.sourced_id, code="status.too_many_requests")


@pytest.mark.parametrize("done", [True, False])
def test_lost_answer_is_looked_up_before_anything_is_sent_again(world: World, *, done: bool) -> None:
    world.layers = (losing(done=done),)
    gradebook = world.open()

    outcome = gradebook.put(RESULT)

    assert (outcome.state, outcome.sourced_id) == (WriteState.WRITTEN, RESULT.sourced_id)
    assert world.sis.statistics().operations["putResult"] == (1 if done else 2)


@pytest.mark.parametrize("done", [True, False])
def test_lost_answer_to_a_deletion_is_looked_up(world: World, *, done: bool) -> None:
    world.layers = (losing(done=done),)
    gradebook = world.open()

    assert gradebook.delete(ENTITIES["results"], "m1") == WriteOutcome(WriteState.DELETED, "m1")
    assert gradebook.find(ENTITIES["results"], "m1") is None


def test_older_version_that_is_there_is_not_taken_for_the_new_one(world: World) -> None:
    world.layers = (losing(done=False),)
    gradebook = world.open()

    gradebook.put(replace(RESULT, sourced_id="m1"))

    row = gradebook.find(RESULT.entity, "m1")
    assert row is not None
    assert row["comment"] == "Good work"


def test_answers_that_are_always_lost_leave_the_outcome_in_doubt(world: World) -> None:
    world.layers = (losing(done=False, times=100),)

    outcome = world.open().put(RESULT)

    assert outcome == WriteOutcome(WriteState.IN_DOUBT, RESULT.sourced_id, code="reply.broken")


@pytest.mark.parametrize(
    ("answer", "sourced_id"),
    [
        (JSONResponse({"lineItem": {"sourcedId": "sis-9"}}, 201), "sis-9"),
        (JSONResponse({"sourcedId": "sis-9"}, 200), "sis-9"),
        (JSONResponse({"sourcedIdPairs": {"suppliedSourcedId": "x", "allocatedSourcedId": "sis-9"}}, 201), "sis-9"),
        (JSONResponse(["odd"], 200), LINE_ITEM.sourced_id),
        (PlainTextResponse("created", 201), LINE_ITEM.sourced_id),
        (Response(status_code=204), LINE_ITEM.sourced_id),
        (Response(status_code=202), LINE_ITEM.sourced_id),
    ],
)
def test_id_that_the_sis_gives_out_is_read_from_any_answer(world: World, answer: Response, sourced_id: str) -> None:
    async def answering(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        return answer if writes(exchange) else await proceed(exchange)

    world.layers = (answering,)
    outcome = world.open().put(LINE_ITEM)

    assert (outcome.state, outcome.sourced_id) == (WriteState.WRITTEN, sourced_id)


@pytest.mark.parametrize(
    ("record", "minted"),
    [
        (replace(RESULT, sourced_id="ours"), "m1"),
        (
            replace(LINE_ITEM, sourced_id="ours", title="Essay", due_date=date(2026, 9, 8)),
            "l1",
        ),
        (replace(CATEGORY, sourced_id="ours", title="Tests"), "q2"),
    ],
    ids=["result", "lineItem", "category"],
)
def test_record_under_an_id_of_the_sis_is_found_again_after_a_lost_answer(
    world: World, record: Category | LineItem | Result, minted: str
) -> None:
    """A SIS that gives out ids has no record under ours; it is known by what it is about."""
    world.settings = GradebookSettings(mints_ids=True)
    world.layers = (losing(done=False),)

    assert world.open().put(record) == WriteOutcome(WriteState.WRITTEN, minted)


def test_headers_of_the_gradebook_go_with_its_calls_alone(world: World) -> None:
    sent: list[str | None] = []

    async def listening(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        sent.append(exchange.request.headers.get("X-App-Secret"))
        return await proceed(exchange)

    world.layers = (listening,)
    world.settings = GradebookSettings(headers={"X-App-Secret": "invented-secret"})
    gradebook = world.open()
    gradebook.put(RESULT)

    assert sent == ["invented-secret"]
    assert "invented" not in repr(world.settings)


def test_reading_a_service_that_is_down_is_an_error(world: World) -> None:
    async def down(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        return PlainTextResponse("oh", 503)

    world.layers = (down,)
    with pytest.raises(UnavailableError):
        world.open().results()


def test_student_and_score_are_not_shown() -> None:
    shown = repr(RESULT)
    assert not any(secret in shown for secret in ("student_sourced_id", "17.50", "Good work"))


@pytest.mark.parametrize("content", ["{}", '{"result": {}}', '{"result": null}'])
def test_answer_without_a_record_is_not_found(world: World, content: str) -> None:
    """Some answer so, with 200, for an id that nobody has."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.operation and exchange.operation.id == "getResult":
            return PlainTextResponse(content, media_type="application/json")
        return await proceed(exchange)

    world.layers = (layer,)
    assert world.open().find(ENTITIES["results"], "nobody") is None


@pytest.mark.parametrize("content", ["", "[]", '{"user": {}}'])
def test_answer_that_is_none_is_not_taken_for_not_found(world: World, content: str) -> None:
    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.operation and exchange.operation.id == "getResult":
            return PlainTextResponse(content, media_type="application/json")
        return await proceed(exchange)

    world.layers = (layer,)
    gradebook = world.open()
    with pytest.raises(UnreadablePageError):
        gradebook.find(ENTITIES["results"], "nobody")


OF_CLASSES = frozenset(
    ("getLineItemsForClass", "getResultsForClass", "getResultsForLineItemForClass", "getResultsForStudentForClass")
)


def without(*operations: str) -> Layer:
    """These are not there."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.operation and exchange.operation.id in operations:
            return PlainTextResponse("not here", 404)
        return await proceed(exchange)

    return layer


def test_sis_without_addresses_below_classes_is_asked_by_filters(world: World) -> None:
    world.layers = (without(*OF_CLASSES),)
    target: GradebookTarget = world.open()

    def ids(rows: list[Row]) -> list[str | None]:
        return [row["sourced_id"] for row in rows]

    assert ids(target.line_items_of("c1")) == ["l1"]
    assert ids(target.results_of("c1")) == ["m1", "m2"]
    assert ids(target.results_of("c1", line_item="l1")) == ["m1", "m2"]
    assert ids(target.results_of("c1", student="u2")) == ["m2"]
    assert target.results_of("nowhere") == []


def test_address_that_is_missing_is_asked_for_once(world: World) -> None:
    world.layers = (without(*OF_CLASSES),)
    gradebook = world.open()
    for _ in range(3):
        gradebook.results_of("c1", line_item="l1")

    assert world.sis.statistics().operations["getResultsForLineItemForClass"] == 1


@pytest.mark.parametrize("heeds_filters", [True, False])
def test_records_that_can_only_be_asked_for_one_by_one_are_not_listed(world: World, *, heeds_filters: bool) -> None:
    """Neither is a whole collection read for one class, where filters are not heeded."""

    async def no_filters(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        exchange.set_parameter("filter", None)
        return await proceed(exchange)

    gone = without(*OF_CLASSES, "getAllResults", "getAllLineItems")
    world.layers = (gone,) if heeds_filters else (without(*OF_CLASSES), no_filters)
    gradebook = world.open()

    with pytest.raises(RequestRefusedError):
        gradebook.results_of("c1", line_item="l1")
    with pytest.raises(RequestRefusedError):
        gradebook.line_items_of("c1")
    row = gradebook.find(ENTITIES["results"], "m1")
    assert row is not None
    assert row["line_item_sourced_id"] == "l1"


def test_what_is_not_for_this_sign_in_is_no_refusal_of_the_sign_in(world: World) -> None:
    """Who stops at a refused sign-in goes on with everything else."""
    world.provider = replace(world.provider, clients=(replace(CLIENT, scopes=frozenset((Scope.ROSTER_CORE,))),))
    gradebook = world.open()

    for ask in (gradebook.categories, lambda: gradebook.results_of("c1"), lambda: gradebook.find(RESULT.entity, "m1")):
        with pytest.raises(TargetError) as caught:
            ask()
        assert caught.value.cause == "status.forbidden"
        assert not isinstance(caught.value, UnauthorisedError)


def test_blanks_around_ids_are_trimmed_where_they_are_known_to_mean_nothing(world: World) -> None:
    async def blanks(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if isinstance(answer, Answer):
            for record in answer.records:
                record["sourcedId"] = f"{record['sourcedId']} "
        return answer

    world.layers = (blanks,)
    world.pull = PullSettings(trims_ids=True)
    gradebook = world.open()

    assert [row["sourced_id"] for row in gradebook.results_of("c1")] == ["m1", "m2"]
    found = gradebook.find(ENTITIES["results"], "m1")
    assert found is not None
    assert found["sourced_id"] == "m1"
    assert gradebook.put(RESULT).sourced_id == RESULT.sourced_id
