"""Hostile replies: bytes that say 200 and are slow, cut, packed, or something else than the page they stand for.

Serves the REST binding (envelope) and the deviations met in the field. Each function makes the layer of one scenario.
Not here: statuses that say no (`refusing`), and pages that are well-formed (`paging`, `values`).
"""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response, StreamingResponse

from sis_connect.oneroster.json_text import encode_json
from sis_connect.oneroster.status_info import CodeMajor, CodeMinor, Severity, StatusInfo
from sis_connect.sandbox.serving import CUT_CONNECTION, NoAnswer
from sis_connect.sandbox.sis.hostile.terms import Times, instead, is_list, is_page, page_of, telling
from sis_connect.sandbox.sis.writing import encode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.types import Receive, Scope, Send

    from sis_connect.sandbox.sis.exchange import Answer, Exchange, Layer, Proceed
    from sis_connect.sandbox.sis.hostile.terms import MakeLayer, Terms

_JSON = "application/json"
_MEGABYTE = 1 << 20


class _CutResponse(Response):
    """Sends half of its body and ends the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        scope[CUT_CONNECTION]()
        while (await receive())["type"] != "http.disconnect":
            pass


def in_place_of_page(write: Callable[[Exchange, Answer], Response]) -> MakeLayer:
    """Page number `page` (0: every page) is written like this, for the first `times` times."""

    def make(terms: Terms) -> Layer:
        times = Times(terms.numbers["times"])
        page = terms.numbers["page"]

        async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
            answer = await proceed(exchange)
            is_meant = not page or page_of(exchange) == page
            if is_meant and is_page(answer) and times.is_struck(exchange):
                return write(exchange, answer)
            return answer

        return layer

    return make


def _with_body(answer: Answer, body: bytes, media_type: str = _JSON) -> Response:
    return Response(body, 200, {"X-Total-Count": str(answer.total)}, media_type)


def _half(_: Exchange, answer: Answer) -> Response:
    body = bytes(encode(answer).body)
    return _with_body(answer, body[: len(body) // 2])


def _cut(_: Exchange, answer: Answer) -> Response:
    whole = encode(answer)
    return _CutResponse(bytes(whole.body), whole.status_code, dict(whole.headers))


def _failure(exchange: Exchange, answer: Answer) -> Response:
    operation = exchange.operation.id if exchange.operation else ""
    answer.content = None
    answer.notices = [
        StatusInfo(CodeMajor.FAILURE, Severity.ERROR, CodeMinor.SERVER_BUSY, "The database is away.", operation)
    ]
    return encode(answer)


half_a_page = in_place_of_page(_half)
connection_cut = in_place_of_page(_cut)
web_page = in_place_of_page(lambda _, __: HTMLResponse("<!doctype html><title>Sign in</title><p>Please sign in."))
empty_body = in_place_of_page(lambda _, answer: _with_body(answer, b""))
empty_object = in_place_of_page(lambda _, answer: _with_body(answer, b"{}"))
null_root = in_place_of_page(lambda _, answer: _with_body(answer, encode_json({answer.root_key: None})))
bare_list = in_place_of_page(lambda _, answer: _with_body(answer, encode_json(answer.records)))
failure_as_success = in_place_of_page(_failure)
other_encoding = in_place_of_page(
    lambda _, answer: _with_body(answer, bytes(encode(answer).body).decode().encode("utf-16"))
)
byte_order_mark = in_place_of_page(lambda _, answer: _with_body(answer, b"\xef\xbb\xbf" + bytes(encode(answer).body)))


def sort_unsupported(_: Terms) -> Layer:
    """Beside the rows it is said that they could not be sorted."""
    notice = StatusInfo(CodeMajor.SUCCESS, Severity.WARNING, CodeMinor.INVALID_SORT_FIELD, "sort")
    return telling(lambda _, answer: answer.notices.append(notice))


def no_answer(terms: Terms) -> Layer:
    """The connection ends without a word, the first `times` times a page is asked for."""
    times = Times(terms.numbers["times"])

    def reply(exchange: Exchange) -> Response | None:
        return NoAnswer() if is_list(exchange) and times.is_struck(exchange) else None

    return instead(reply)


def root_key(change: Callable[[Exchange, str], str]) -> MakeLayer:
    """Records stand under another key."""

    def tell(exchange: Exchange, answer: Answer) -> None:
        answer.root_key = change(exchange, answer.root_key)

    return lambda _: telling(tell)


root_key_of_the_path = root_key(lambda exchange, _: exchange.request.url.path.rpartition("/")[2])
root_key_in_other_case = root_key(lambda _, key: key[0].upper() + key[1:])
root_key_wrong = root_key(lambda _, __: "records")


def slow_drip(terms: Terms) -> Layer:
    """A page comes in `pieces` pieces, a few milliseconds apart."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if not is_page(answer):
            return answer
        whole = encode(answer)
        body = bytes(whole.body)
        size = -(-len(body) // terms.numbers["pieces"])

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(body), size):
                await asyncio.sleep(terms.numbers["milliseconds"] / 1000)
                yield body[start : start + size]

        return StreamingResponse(pieces(), 200, dict(whole.headers))

    return layer


def endless_drip(terms: Terms) -> Layer:
    """A page begins, and blanks follow without an end."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if not is_list(exchange):
            return await proceed(exchange)

        async def pieces() -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(terms.numbers["milliseconds"] / 1000)

        return StreamingResponse(pieces(), 200, media_type=_JSON)

    return layer


def gzip_bomb(terms: Terms) -> Layer:
    """A page of a few kilobytes unfolds to `megabytes` megabytes."""
    bomb: list[bytes] = []

    def reply(exchange: Exchange) -> Response | None:
        if not is_list(exchange):
            return None
        if not bomb:
            bomb.append(gzip.compress(b" " * (terms.numbers["megabytes"] * _MEGABYTE), 9))
        return Response(bomb[0], 200, {"Content-Encoding": "gzip"}, _JSON)

    return instead(reply)
