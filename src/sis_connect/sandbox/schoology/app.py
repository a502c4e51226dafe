"""The sandbox as a web application: a request in, through log, faults, signature and rate limit, a reply out.

Here: HTTP and the order of those steps. Not here: what the calls do (`api`), the pages (`pages`), the server.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Mount, Route

from sis_connect.sandbox.schoology import control
from sis_connect.sandbox.schoology.api import routing
from sis_connect.sandbox.schoology.api.calls import Call, CallRefusedError, Reply, count_results
from sis_connect.sandbox.schoology.faults import INSTEAD, Fault, Strike
from sis_connect.sandbox.schoology.pages.views import page_routes
from sis_connect.sandbox.schoology.rate import credits_of
from sis_connect.sandbox.schoology.records.fields import RefusedError
from sis_connect.sandbox.schoology.service import LoggedCall, Service
from sis_connect.sandbox.schoology.signature import UnauthorisedError
from sis_connect.sandbox.serving import NoAnswer

if TYPE_CHECKING:
    from starlette.requests import Request

#: Bytes a body may have: 50 objects fit many times.
BODY_LIMIT = 8 * 1024 * 1024

_FAULTY_REPLIES = {
    Fault.UNAVAILABLE: Reply(503),
    Fault.SERVER_ERROR: Reply(500),
    Fault.FORBIDDEN: Reply(403),
    Fault.HTML_PAGE: Reply(
        200, text="<!DOCTYPE html><title>Maintenance</title><p>We will be back soon.</p>", media_type="text/html"
    ),
}


def build_app(service: Service) -> Starlette:
    """The application of one sandbox."""

    async def api(request: Request) -> Response:
        return await _answer(service, request)

    methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]
    return Starlette(
        routes=[
            Route("/v1", api, methods=methods),
            Route("/v1/{path:path}", api, methods=methods),
            Mount("/_sandbox", routes=control.control_routes(service)),
            *page_routes(service),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A request that came in."""

    service: Service
    request: Request
    #: After `/v1/`, still percent-encoded.
    path: str
    route: routing.Route
    strikes: list[Strike]

    def is_struck_by(self, *faults: Fault) -> bool:
        return any(strike.rule.fault in faults for strike in self.strikes)


async def _answer(service: Service, request: Request) -> Response:
    path = _raw_path(request).lstrip("/").removeprefix("v1").lstrip("/")
    arrival = _Arrival(service, request, path, routing.find_route(path), service.faults.strike(request.method, path))
    service.tally.arrived(request.method, arrival.route.template, service.settings.ticks())
    for strike in arrival.strikes:
        service.tally.faulted(strike.rule.fault)
        if strike.rule.fault is Fault.SLOW:
            await service.settings.sleep(strike.rule.seconds)
    spent = 0
    if (faulty := _faulty_reply(arrival.strikes)) is not None:
        reply = faulty
    else:
        reply, spent = await run_in_threadpool(_serve, arrival, await request.body())
    is_cut = arrival.is_struck_by(Fault.CONNECTION_CUT, Fault.LOST_REPLY)
    _record(arrival, None if is_cut else reply, spent)
    return NoAnswer() if is_cut else _respond(service, reply)


def _record(arrival: _Arrival, reply: Reply | None, spent: int) -> None:
    service = arrival.service
    status = reply.status if reply is not None else None
    items, refused = count_results(reply.body) if reply is not None and status == 207 else (0, 0)
    service.tally.answered(status or 0)
    service.log.append(
        LoggedCall(
            at=service.settings.now(),
            method=arrival.request.method,
            path=f"/v1/{arrival.route.log_path}",
            status=status,
            credits=spent,
            faults=tuple(str(strike.rule.fault) for strike in arrival.strikes),
            items=items,
            refused_items=refused,
        )
    )


def _faulty_reply(strikes: list[Strike]) -> Reply | None:
    """The reply of the first fault that answers instead of the service."""
    for strike in strikes:
        fault = strike.rule.fault
        if fault is Fault.TOO_MANY_REQUESTS:
            return Reply(429, headers={"Retry-After": _seconds(strike.rule.seconds)})
        if fault in INSTEAD:
            return _FAULTY_REPLIES.get(fault, Reply(500))
    return None


def _serve(arrival: _Arrival, body: bytes) -> tuple[Reply, int]:
    """The service's own reply, and the credits the call cost."""
    service, request = arrival.service, arrival.request
    spent = 0
    try:
        key = _check_signature(service, request)
        spent = _spend(service, request.method)
        decoded = _decode(request, body)
        query = dict(request.query_params)
        call = Call(service, arrival.path, arrival.route.parts, query, decoded, key, arrival.strikes)
        with service.storage.transaction():
            reply = routing.answer(arrival.route, request.method, call)
    except UnauthorisedError as error:
        return Reply(401, text=str(error), media_type="text/plain"), spent
    except RefusedError as error:
        return _explained(service, error.code, error.message), spent
    except CallRefusedError as error:
        return _explained(service, error.status, error.message), spent
    except _TooFastError as error:
        return Reply(429, headers={"Retry-After": _seconds(error.seconds)}), spent
    if arrival.is_struck_by(Fault.WRONG_ENVELOPE) and reply.body is not None:
        reply = Reply(reply.status, {"result": [reply.body]})
    return reply, spent


class _TooFastError(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _spend(service: Service, method: str) -> int:
    cost = credits_of(method)
    wait = service.bucket.spend(service.settings.ticks(), cost)
    if wait is not None:
        service.tally.overran()
        raise _TooFastError(wait)
    service.tally.spent(cost, service.bucket.peak)
    return cost


def _check_signature(service: Service, request: Request) -> str:
    """The consumer key; the signature may be for any address the client can have meant."""
    path = _raw_path(request)
    hosts = [request.headers.get("host", "")]
    if service.settings.external_base:
        hosts.append(urlsplit(service.settings.external_base).netloc)
    if (server := request.scope.get("server")) is not None:
        hosts.append(f"{server[0]}:{server[1]}")
    addresses = [f"{scheme}://{host}{path}" for host in hosts if host for scheme in ("http", "https")]
    query = request.scope["query_string"].decode("ascii", "replace")
    return service.gatekeeper.admit(request.method, addresses, query, request.headers.get("authorization", ""))


def _decode(request: Request, body: bytes) -> object:
    accept = request.headers.get("accept", "*/*")
    if "json" not in accept and "*/*" not in accept:
        raise CallRefusedError(406, "The sandbox speaks JSON only.")
    if not body:
        return None
    if len(body) > BODY_LIMIT:
        raise CallRefusedError(413, "The body is too large.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise CallRefusedError(415, "The body must be application/json.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise CallRefusedError(400, "The body is no JSON.") from None


def _explained(service: Service, status: int, message: str) -> Reply:
    if service.settings.strictness.empty_errors:
        return Reply(status)
    return Reply(status, text=message, media_type="text/plain")


def _respond(service: Service, reply: Reply) -> Response:
    headers = {"X-Schoology": "API", **reply.headers}
    if reply.text is not None:
        return Response(reply.text, reply.status, headers, reply.media_type)
    if reply.body is None:
        return Response(status_code=reply.status, headers=headers)
    body = reply.body if service.settings.strictness.mixed_types else _with_text_ids(reply.body)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, reply.status, headers, reply.media_type)


def _with_text_ids(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        return {key: _with_text_ids(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_text_ids(inner, name) for inner in value]
    is_id = name.endswith(("id", "grading_periods")) and isinstance(value, int)
    return str(value) if is_id else value


def _seconds(seconds: float) -> str:
    """Whole seconds as HTTP wants them; fractions where a scaled limit makes them shorter than one."""
    return str(math.ceil(seconds)) if seconds >= 1 else f"{seconds:.3f}"


def _raw_path(request: Request) -> str:
    return bytes(request.scope["raw_path"]).partition(b"?")[0].decode("ascii", "replace")
