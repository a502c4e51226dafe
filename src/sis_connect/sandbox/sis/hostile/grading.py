"""Hostile gradebooks: what was put is not what is there, or was not taken, or cannot be read again.

Serves gradebook semantics (PUT, edge cases) and what districts tell of lost and changed grades. Each function makes the
layer of one scenario. Not here: rules that a vendor documents (`grade_rules`), and reading rosters (the other modules).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from sis_connect.oneroster.json_text import decode_json
from sis_connect.oneroster.operations import Kind
from sis_connect.oneroster.status_info import CodeMajor, CodeMinor, Severity, StatusInfo, write_status_info
from sis_connect.sandbox.serving import NoAnswer
from sis_connect.sandbox.sis.exchange import Answer
from sis_connect.sandbox.sis.hostile.terms import Times

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sandbox.sis.exchange import Exchange, Layer, Proceed
    from sis_connect.sandbox.sis.hostile.terms import MakeLayer, Terms

    Row = dict[str, str | None]

_RESULTS, _LINE_ITEMS = ("results",), ("lineItems",)
_ALL = ("categories", "lineItems", "results")


@dataclass(frozen=True, slots=True)
class Put:
    """A PUT that the provider took."""

    terms: Terms
    exchange: Exchange
    answer: Answer
    #: The collection, and the id in the address.
    entity: str
    sourced_id: str
    #: The record that was there before; None when there was none.
    before: Row | None

    def change(self, make: Callable[[Row], Row]) -> Answer:
        """What is kept is other than what was put; the answer knows nothing of it."""
        with self.terms.records.together() as writing:
            for row in writing.find(self.entity, "sourced_id = ?", self.sourced_id):
                writing.put(self.entity, make(row))
        return self.answer


def after_put(act: Callable[[Put], Answer | Response], *entities: str) -> MakeLayer:
    """Whatever was put into these collections and taken, this happens to it, and to the answer."""

    def make(terms: Terms) -> Layer:
        async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
            entity = _put_into(exchange)
            if entity not in entities:
                return await proceed(exchange)
            sourced_id = exchange.ids["id"]
            before = await run_in_threadpool(_held, terms, entity, sourced_id)
            answer = await proceed(exchange)
            if not isinstance(answer, Answer) or answer.status not in (200, 201):
                return answer
            return await run_in_threadpool(act, Put(terms, exchange, answer, entity, sourced_id, before))

        return layer

    return make


def before_put(reply: Callable[[Terms], Callable[[Exchange], Answer | Response | None]], *entities: str) -> MakeLayer:
    """Some of what is put into these collections gets this answer, and is not taken."""

    def make(terms: Terms) -> Layer:
        answer_of = reply(terms)

        async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
            answer = answer_of(exchange) if _put_into(exchange) in entities else None
            return await proceed(exchange) if answer is None else answer

        return layer

    return make


def _forget(put: Put) -> Answer:
    """It is as it was."""
    with put.terms.records.together() as writing:
        writing.remove(put.entity, [put.sourced_id])
        if put.before is not None:
            writing.put(put.entity, put.before)
    return put.answer


def _failing_with_success(put: Put) -> Response:
    _forget(put)
    notice = StatusInfo(CodeMajor.FAILURE, Severity.ERROR, CodeMinor.INVALID_DATA, "score", "putResult")
    return JSONResponse(write_status_info(notice), 200)


def _showing_a_page(put: Put) -> Response:
    _forget(put)
    return HTMLResponse("<html><body>Please sign in.</body></html>")


def _created_as_ok(put: Put) -> Answer:
    put.answer.status = 200
    return put.answer


def _under_another_id(put: Put) -> str:
    """The record has an id of the provider's, unless it had been there; gives that id."""
    if put.before is not None:
        return put.sourced_id
    id_ = f"sis-{uuid.UUID(int=put.terms.dice(put.entity, put.sourced_id).getrandbits(128))}"
    with put.terms.records.together() as writing:
        for row in writing.find(put.entity, "sourced_id = ?", put.sourced_id):
            writing.put(put.entity, {**row, "sourced_id": id_})
        writing.remove(put.entity, [put.sourced_id])
    return id_


def _with_own_id(put: Put) -> Answer:
    id_ = _under_another_id(put)
    for record in put.answer.records:
        record["sourcedId"] = id_
    return put.answer


def _with_own_id_in_silence(put: Put) -> Response:
    _under_another_id(put)
    return Response(status_code=201)


def _titled_apart(put: Put) -> Answer:
    with put.terms.records.together() as writing:
        for row in writing.find("lineItems", "sourced_id = ?", put.sourced_id):
            like = "class_sourced_id = ? AND title = ? AND sourced_id <> ? AND status IS NOT 'tobedeleted'"
            values = (str(row["class_sourced_id"]), str(row["title"]), put.sourced_id)
            if writing.find("lineItems", like, *values):
                writing.change("lineItems", [put.sourced_id], title=f"{row['title']} (2)")
    return put.answer


def _rounded(put: Put) -> Answer:
    return put.change(lambda row: {**row, "score": str(Decimal(row["score"] or 0).to_integral_value())})


def _cut(put: Put) -> Answer:
    length = put.terms.numbers["characters"]
    return put.change(lambda row: {**row, "comment": (row["comment"] or "")[:length]})


def _graded_zero(row: Row) -> Row:
    is_graded = row["score_status"] in ("fully graded", "partially graded")
    return row if is_graded else {**row, "score_status": "fully graded", "score": "0"}


def _student_refused(terms: Terms) -> Callable[[Exchange], Answer | None]:
    with terms.records.together() as writing:
        enrolled = writing.find("enrollments", "role = 'student' AND status IS NOT 'tobedeleted'")
    students = sorted({str(row["user_sourced_id"]) for row in enrolled})
    refused = students[terms.numbers["student"] % len(students)] if students else ""
    return lambda exchange: _refusal(exchange, "student") if _student_of(exchange) == refused else None


def _window_closes(terms: Terms) -> Callable[[Exchange], Answer | None]:
    lock, left = Lock(), [terms.numbers["puts"]]

    def reply(exchange: Exchange) -> Answer | None:
        with lock:
            left[0] -= 1
            return _refusal(exchange, "The grading window is closed.") if left[0] < 0 else None

    return reply


def _turned_away(status: int) -> Callable[[Terms], Callable[[Exchange], Response | None]]:
    def reply_of(terms: Terms) -> Callable[[Exchange], Response | None]:
        times = Times(terms.numbers["times"])
        headers = {"Retry-After": str(terms.numbers["seconds"])} if "seconds" in terms.numbers else {}

        def reply(exchange: Exchange) -> Response | None:
            return PlainTextResponse("Not now.", status, headers) if times.is_struck(exchange) else None

        return reply

    return reply_of


def _lost(terms: Terms) -> Callable[[Exchange], Response | None]:
    times = Times(terms.numbers["times"])
    return lambda exchange: NoAnswer() if times.is_struck(exchange) else None


def answer_lost(terms: Terms) -> Layer:
    """What is put is kept, and nobody is told, for the first `times` times."""
    times = Times(terms.numbers["times"])
    return after_put(lambda put: NoAnswer() if times.is_struck(put.exchange) else put.answer, *_ALL)(terms)


def fails_after_storing(terms: Terms) -> Layer:
    """What is put is kept, and the answer is that it failed, for the first `times` times."""
    times = Times(terms.numbers["times"])

    def act(put: Put) -> Answer | Response:
        return PlainTextResponse("Something went wrong.", 500) if times.is_struck(put.exchange) else put.answer

    return after_put(act, *_ALL)(terms)


not_stored = after_put(_forget, *_RESULTS)
line_items_not_stored = after_put(_forget, *_LINE_ITEMS)
failure_as_success = after_put(_failing_with_success, *_RESULTS)
sign_in_page = after_put(_showing_a_page, *_RESULTS)
created_as_ok = after_put(_created_as_ok, *_ALL)
nothing_said = after_put(lambda _: Response(status_code=204), *_ALL)
own_ids = after_put(_with_own_id, *_ALL)
own_ids_in_silence = after_put(_with_own_id_in_silence, *_LINE_ITEMS, *_RESULTS)
titles_changed = after_put(_titled_apart, *_LINE_ITEMS)
scores_rounded = after_put(_rounded, *_RESULTS)
comments_cut = after_put(_cut, *_RESULTS)
statuses_dropped = after_put(lambda put: put.change(_graded_zero), *_RESULTS)
student_refused = before_put(_student_refused, *_RESULTS)
window_closes = before_put(_window_closes, *_RESULTS)
too_many_puts = before_put(_turned_away(429), *_ALL)
fails = before_put(_turned_away(500), *_ALL)
away = before_put(_turned_away(503), *_ALL)
lost = before_put(_lost, *_ALL)


def _put_into(exchange: Exchange) -> str:
    """The collection that something is put into; empty for any other request."""
    operation = exchange.operation
    return operation.entity if operation is not None and operation.kind is Kind.PUT else ""


def _held(terms: Terms, entity: str, sourced_id: str) -> Row | None:
    with terms.records.together() as writing:
        return next(iter(writing.find(entity, "sourced_id = ? AND status IS NOT 'tobedeleted'", sourced_id)), None)


def _student_of(exchange: Exchange) -> object:
    """Whose result was put; None where that cannot be read."""
    try:
        found: object = decode_json(exchange.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    for name in ("result", "student", "sourcedId"):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _refusal(exchange: Exchange, description: str) -> Answer:
    operation = exchange.operation.id if exchange.operation else ""
    notice = StatusInfo(CodeMajor.FAILURE, Severity.ERROR, CodeMinor.INVALID_DATA, description, operation)
    return Answer(422, notices=[notice])
