"""The provider as a web application: requests to exchanges, through the layers, answers to replies.

Here: HTTP and the order of those steps. Not here: what is answered (`service`), pages, the server.
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sis_connect.oneroster.status_info import CodeMajor, CodeMinor, Severity, StatusInfo
from sis_connect.sandbox.sis.calls import describe_parameters, logged_call
from sis_connect.sandbox.sis.exchange import Answer, Exchange
from sis_connect.sandbox.sis.routing import find_route
from sis_connect.sandbox.sis.settings import SignIn
from sis_connect.sandbox.sis.sign_in.credentials import Shown
from sis_connect.sandbox.sis.sign_in.token_endpoint import give_token
from sis_connect.sandbox.sis.writing import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sis_connect.sandbox.sis.exchange import Layer, Proceed
    from sis_connect.sandbox.sis.service import Service

#: Bytes a body may have: a line item fits many times.
BODY_LIMIT = 1024 * 1024

_JSON = "application/json"


def build_app(service: Service, pages: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The application of one provider; `pages` are what else its server shows, outside the API."""
    others = Starlette(routes=list(pages))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # Paths are taken as they came: an id may hold a slash, percent-encoded.
        path = bytes(scope.get("raw_path") or b"").partition(b"?")[0].decode("ascii", "replace")
        request = Request(scope, receive) if scope["type"] == "http" else None
        base = service.settings.root_of(path)
        if request is not None and path == service.token_path and _is_for_tokens(service, request):
            reply = await _give_token(service, request)
        elif request is not None and base is not None:
            reply = await _answer(service, request, base, path.removeprefix(base))
        else:
            await others(scope, receive, send)
            return
        reply.headers["Date"] = format_datetime(service.settings.now(), usegmt=True)
        await reply(scope, receive, send)

    return app


def _is_for_tokens(service: Service, request: Request) -> bool:
    """True where tokens are given out, with what its address must carry."""
    settings = service.settings
    given = dict(_parameters(request))
    wanted = settings.token_manners.query
    return SignIn.OAUTH2 in settings.sign_ins and all(given.get(name) == value for name, value in wanted.items())


async def _answer(service: Service, request: Request, base: str, path: str) -> Response:
    route = find_route(path)
    exchange = Exchange(
        request=request,
        number=service.next_number(),
        operation=route.operations.get(request.method),
        ids=route.ids,
        parameters=_parameters(request),
    )
    operation_id = exchange.operation.id if exchange.operation else ""
    service.tally.arrived(operation_id)
    asked = describe_parameters(exchange.parameters)
    body = await _read_body(request)
    exchange.body = body or b""

    async def serve(inner: Exchange) -> Answer:
        if body is None:
            return _too_large(operation_id)
        return await run_in_threadpool(service.answer, inner, path, _shown(service, request, base, path), body)

    layers = (*service.settings.layers, service.hostility.layer)
    answer = await _through(layers, serve)(exchange)
    service.log.append(logged_call(service.settings.now(), exchange, asked, answer, service.hostility.choice))
    if isinstance(answer, Response):
        service.tally.answered(answer.status_code)
        return answer
    collection = exchange.operation.entity if exchange.operation else ""
    service.tally.answered(answer.status, collection, len(answer.records))
    # A page takes longer to write than a thread to begin; one record does not.
    return await run_in_threadpool(encode, answer) if isinstance(answer.content, list) else encode(answer)


def _through(layers: Sequence[Layer], serve: Proceed) -> Proceed:
    """The way from the wire to the provider through all layers, the first of them outermost."""
    proceed = serve
    for layer in reversed(layers):
        proceed = _behind(layer, proceed)
    return proceed


def _behind(layer: Layer, proceed: Proceed) -> Proceed:
    async def onward(exchange: Exchange) -> Answer | Response:
        return await layer(exchange, proceed)

    return onward


def _parameters(request: Request) -> list[tuple[str, str]]:
    query = request.scope["query_string"].decode("ascii", "replace")
    return parse_qsl(query, keep_blank_values=True, errors="replace")


async def _read_body(request: Request) -> bytes | None:
    """The body, None when it is too large."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)


def _too_large(operation: str) -> Answer:
    notice = StatusInfo(CodeMajor.FAILURE, Severity.ERROR, CodeMinor.INVALID_DATA, "The body is too large.", operation)
    return Answer(413, notices=[notice], headers={"Connection": "close"})


def _shown(service: Service, request: Request, base: str, path: str) -> Shown:
    """What sign-in looks at; a signature may be for any address that the sender can have meant."""
    full_path = base + path
    hosts = [request.headers.get("host", ""), urlsplit(service.own_url).netloc]
    addresses = [f"{scheme}://{host}{full_path}" for host in dict.fromkeys(hosts) for scheme in ("http", "https")]
    addresses.append(service.base_url + path)
    return Shown(
        method=request.method,
        addresses=tuple(dict.fromkeys(addresses)),
        parameters=tuple(_parameters(request)),
        headers=_headers(request),
    )


async def _give_token(service: Service, request: Request) -> Response:
    if request.method != "POST":
        return Response(status_code=405, headers={"Allow": "POST"})
    body = await _read_body(request)
    if body is None:
        return Response(status_code=413, headers={"Connection": "close"})
    gate = service.gate
    settings = service.hostility.settings_of_tokens(service.settings)
    reply = give_token(settings, gate.clients, gate.tokens, _headers(request), body)
    service.tally.gave_token(was_given=reply.status == 200)
    return Response(msgspec.json.encode(reply.body), reply.status, dict(reply.headers), _JSON)


def _headers(request: Request) -> dict[str, str]:
    """By name, in lower case; the last where one is repeated."""
    return {name.lower(): value for name, value in request.headers.items()}
