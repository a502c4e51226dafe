"""The provider's own controls at `/_sandbox`: hostile scenarios, school days, tokens and statistics.

They need no sign-in and are no part of OneRoster; they are there for tests and demonstrations. Bodies are JSON objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sis_connect.sandbox.serving import is_own_host
from sis_connect.sandbox.sis.hostility import SCENARIOS
from sis_connect.sandbox.sis.new_year import begin_new_year
from sis_connect.sandbox.sis.school_days import Happening, live_through

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from sis_connect.sandbox.sis.service import Service

    Fields = Mapping[str, object]


def control_routes(service: Service) -> list[BaseRoute]:
    """The routes below `/_sandbox`."""

    def scenarios(_: Fields) -> object:
        return [
            {"name": row.name, "theme": row.theme, "does": row.in_words(), "numbers": dict(row.numbers)}
            for row in SCENARIOS.values()
        ]

    def choose(fields: Fields) -> object:
        choice = fields.get("scenario")
        service.hostility.choose(None if choice is None else str(choice))
        return {"scenario": str(service.hostility.choice) if service.hostility.choice else None}

    def school_day(fields: Fields) -> object:
        asked = fields.get("happenings", list(Happening))
        if not isinstance(asked, list):
            raise TypeError("happenings are a list")
        events = live_through(service.records, [Happening(str(name)) for name in asked], seed=_seed(fields))
        return [{"happening": event.happening, "touched": event.touched} for event in events]

    def new_year(fields: Fields) -> object:
        return {"touched": begin_new_year(service.records, seed=_seed(fields))}

    def end_tokens(_: Fields) -> object:
        service.gate.tokens.end_all()
        return {}

    def statistics(_: Fields) -> object:
        return service.tally.statistics().as_json()

    def reset(_: Fields) -> object:
        service.tally.reset()
        return {}

    return [
        _route("/scenarios", "GET", scenarios),
        _route("/scenario", "POST", choose),
        _route("/school-day", "POST", school_day),
        _route("/new-year", "POST", new_year),
        _route("/tokens/end", "POST", end_tokens),
        _route("/statistics", "GET", statistics),
        _route("/statistics/reset", "POST", reset),
    ]


def _route(path: str, method: str, act: Callable[[Fields], object]) -> BaseRoute:
    async def endpoint(request: Request) -> Response:
        if not is_own_host(request):
            return PlainTextResponse("Not this host.", 421)
        # A page of another site can send no JSON without asking first, and nobody answers that question.
        if method == "POST" and request.headers.get("content-type") != "application/json":
            return PlainTextResponse("The body must be application/json.", 415)
        try:
            fields = await request.json() if method == "POST" else {}
            if not isinstance(fields, dict):
                raise TypeError("an object is needed")  # noqa: TRY301 -- one answer for all that is not understood
            return JSONResponse(await run_in_threadpool(act, fields))
        except (ValueError, TypeError, KeyError) as error:
            return PlainTextResponse(f"Not understood: {error}", 400)

    return Route(f"/_sandbox{path}", endpoint, methods=[method])


def _seed(fields: Fields) -> int:
    return int(str(fields.get("seed", 1)))
