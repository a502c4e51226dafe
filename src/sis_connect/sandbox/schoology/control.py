"""The sandbox's own controls at `/_sandbox`: statistics, faults, the clock, webhooks, and what people do by hand.

They need no signature and are no part of what they imitate; they are there for tests and demonstrations.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sis_connect.sandbox.schoology.coursework import Oddity
from sis_connect.sandbox.schoology.faults import parse_plan
from sis_connect.sandbox.schoology.records import triggers
from sis_connect.sandbox.schoology.records.fields import RefusedError
from sis_connect.sandbox.schoology.seed import Seed
from sis_connect.sandbox.schoology.teaching import teach_a_day
from sis_connect.sandbox.schoology.webhooks import deliver_due
from sis_connect.sandbox.serving import is_own_host

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from sis_connect.sandbox.schoology.service import Service


def control_routes(service: Service) -> list[BaseRoute]:
    """The routes below `/_sandbox`."""

    def statistics(_: object) -> object:
        return service.tally.statistics().as_json()

    def reset(_: object) -> object:
        service.tally.reset()
        return {}

    def begin_anew(_: object) -> object:
        service.reset()
        return {}

    def set_faults(body: object) -> object:
        service.faults.set_plan(parse_plan(body))
        return {}

    def set_today(body: object) -> object:
        today = _fields(body).get("today")
        service.set_today(None if today is None else date.fromisoformat(str(today)))
        return {"today": service.today.isoformat()}

    def make(body: object) -> object:
        seed = Seed(service)
        return {"ids": [seed.make(_fields(item)) for item in _items(body)]}

    return [
        _route("/reset", "POST", begin_anew),
        _route("/statistics", "GET", statistics),
        _route("/statistics/reset", "POST", reset),
        _route("/faults", "POST", set_faults),
        _route("/today", "POST", set_today),
        _route("/objects", "POST", make),
        *_grading_routes(service),
    ]


def _grading_routes(service: Service) -> list[BaseRoute]:
    """Those that make time pass and teachers grade."""

    def set_clock(body: object) -> object:
        fields = _fields(body)
        moment = datetime.fromisoformat(str(fields["now"])) if "now" in fields else service.now
        if moment.tzinfo is None:
            raise ValueError("now needs a time zone")
        service.move_clock(moment + timedelta(seconds=float(str(fields.get("advance", 0)))))
        return {"now": service.now.isoformat()}

    def deliver(_: object) -> object:
        done = [delivery.as_json() for delivery in deliver_due(service)]
        return {"deliveries": done, "waiting": len(triggers.waiting(service.storage))}

    def teach(body: object) -> object:
        return teach_a_day(service, **_day_of(_fields(body))).as_json()

    return [
        _route("/clock", "POST", set_clock),
        _route("/webhooks", "POST", deliver),
        _route("/teaching-day", "POST", teach),
    ]


def _route(path: str, method: str, act: Callable[[object], object]) -> BaseRoute:
    async def endpoint(request: Request) -> Response:
        if not is_own_host(request):
            return PlainTextResponse("Not this host.", 421)
        # A page of another site can send no JSON without asking first, and nobody answers that question.
        if method == "POST" and request.headers.get("content-type") != "application/json":
            return PlainTextResponse("The body must be application/json.", 415)
        try:
            body = await request.json() if method == "POST" else None
            return JSONResponse(await run_in_threadpool(act, body))
        except RefusedError as error:
            return PlainTextResponse(error.message, 400)
        except sqlite3.IntegrityError:
            return PlainTextResponse("It refers to something that is not there.", 400)
        except (ValueError, TypeError, KeyError) as error:
            return PlainTextResponse(f"Not understood: {error}", 400)

    return Route(path, endpoint, methods=[method])


def _day_of(fields: Mapping[str, object]) -> dict[str, Any]:
    """The arguments of `teach_a_day` in decoded JSON."""
    given: dict[str, Any] = {name: int(str(fields[name])) for name in ("seed", "sections", "items") if name in fields}
    if fields.get("day") is not None:
        given["day"] = date.fromisoformat(str(fields["day"]))
    if "oddities" in fields:
        given["oddities"] = [Oddity(str(name)) for name in _items(fields["oddities"])]
    if unknown := set(fields) - {"day", "seed", "sections", "items", "oddities"}:
        raise ValueError(f"{', '.join(sorted(unknown))} is not known here")
    return given


def _fields(body: object) -> dict[str, object]:
    if not isinstance(body, dict):
        raise TypeError("an object is needed")
    return body


def _items(body: object) -> list[object]:
    return body if isinstance(body, list) else [body]
