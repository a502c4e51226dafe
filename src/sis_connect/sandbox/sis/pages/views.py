"""The pages: addresses, and what each shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import msgspec
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sis_connect.oneroster.json_text import encode_json
from sis_connect.oneroster.model import snake_case
from sis_connect.oneroster.operations import OPERATIONS, Kind, operation_of
from sis_connect.oneroster.query import FilterError, parse_filter
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis.hostile.choosing import SCENARIO_HEADER
from sis_connect.sandbox.sis.hostility import SCENARIOS
from sis_connect.sandbox.sis.openapi import build_document
from sis_connect.sandbox.sis.pages import queries
from sis_connect.sandbox.sis.rows import RecordWriter
from sis_connect.sandbox.sis.settings import SignIn, TokenStyle
from sis_connect.sandbox.web.pages import (
    HEADERS,
    Page,
    asked_number,
    asset_routes,
    build_templates,
    page_of,
    page_route,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sis_connect.oneroster.model import Entity
    from sis_connect.sandbox.sis.hostile.scenario import Scenario
    from sis_connect.sandbox.sis.service import Service
    from sis_connect.sandbox.sis.storage import Session
    from sis_connect.sandbox.web.pages import Context

#: Collections with an address of their own in the API, by entity.
_PATHS = {operation.entity: operation_of(operation.entity, Kind.LIST).path for operation in OPERATIONS.values()}
_SIGN_INS = {
    SignIn.OAUTH1: "OAuth 1.0a, signed requests",
    SignIn.OAUTH2: "OAuth 2, client credentials",
    SignIn.BEARER: "bearer token that never ends",
}


class _Pages:
    """The content of each page of one provider."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._storage = service.storage
        self._writers = {name: RecordWriter(entity, service.base_url) for name, entity in ENTITIES.items()}

    def home(self, _: Request) -> Context:
        with self._storage.reading() as session:
            counts = queries.read_counts(session)
        settings = self._service.settings
        first = settings.clients[0] if settings.clients else None
        can_ask = SignIn.OAUTH2 in settings.sign_ins and TokenStyle.BASIC in settings.token_styles
        return {
            "base_url": self._service.base_url,
            "token_url": self._service.token_url if SignIn.OAUTH2 in settings.sign_ins else "",
            "sign_ins": [_SIGN_INS[way] for way in SignIn if way in settings.sign_ins],
            "required_headers": settings.required_headers,
            "clients": settings.clients,
            "shows_bearers": SignIn.BEARER in settings.sign_ins,
            "example": first if can_ask else None,
            "counts": counts,
            "choice": self._service.hostility.choice,
        }

    def collection(self, request: Request) -> Context | None:
        entity = ENTITIES.get(request.path_params["name"])
        if entity is None:
            return None
        search = request.query_params.get("q", "").strip()
        text = request.query_params.get("filter", "").strip()
        asked, fault = None, ""
        try:
            asked = parse_filter(text, entity) if text else None
        except FilterError as error:
            fault = f"{error.kind.value}: {error.field}" if error.field else error.kind.value
        page: Page[queries.Cells] = Page((), 0, 1)
        if not fault:
            with self._storage.reading() as session:
                page = queries.read_records(session, entity, search, asked, asked_number(request))
        return {
            "entity": entity,
            "columns": [entity.field(column) for column in queries.SHOWN[entity.name]],
            "search": search,
            "filter": text,
            "fault": fault,
            "api_url": self._api_url(entity, text if asked else ""),
            "page": page,
        }

    def record(self, request: Request) -> Context | None:
        entity, id_ = ENTITIES.get(request.path_params["name"]), request.query_params.get("id", "")
        if entity is None:
            return None
        with self._storage.reading() as session:
            written = self._write(session, entity, id_)
            if written is None:
                return None
            return {
                "entity": entity,
                "id": id_,
                "title": queries.read_title(session, entity, id_),
                "status": written.get("status", ""),
                "changed": written.get("dateLastModified", ""),
                "api_url": f"{self._api_url(entity)}/{quote(id_, safe='')}" if entity.name in _PATHS else "",
                "json": msgspec.json.format(encode_json(written), indent=2).decode(),
                "links": queries.read_links(session, entity, id_),
                "referring": queries.read_referring(session, entity, id_),
            }

    def gradebook(self, request: Request) -> Context:
        with self._storage.reading() as session:
            return {"page": queries.read_graded_classes(session, asked_number(request))}

    def graded_class(self, request: Request) -> Context | None:
        id_ = request.query_params.get("id", "")
        with self._storage.reading() as session:
            title = queries.read_title(session, ENTITIES["classes"], id_)
            if title is None:
                return None
            return {
                "id": id_,
                "title": title,
                "line_items": queries.read_line_items(session, id_),
                "page": queries.read_results(session, id_, asked_number(request)),
            }

    def requests(self, request: Request) -> Context:
        statistics = self._service.tally.statistics()
        return {
            "page": page_of(list(reversed(self._service.log)), asked_number(request)),
            "statistics": statistics,
            "operations": sorted(statistics.operations.items(), key=lambda pair: (-pair[1], pair[0])),
        }

    def scenarios(self, _: Request) -> Context:
        themes: dict[str, list[Scenario]] = {}
        for scenario in SCENARIOS.values():
            themes.setdefault(scenario.theme, []).append(scenario)
        return {"choice": self._service.hostility.choice, "header": SCENARIO_HEADER, "themes": themes}

    def _write(self, session: Session, entity: Entity, id_: str) -> dict[str, object] | None:
        """The record as consumers get it; None when there is none."""
        writer = self._writers[entity.name]
        found = session.rows(
            f"SELECT {writer.columns} FROM {entity.table} AS t WHERE t.sourced_id = ? ORDER BY t.record LIMIT 1", id_
        )
        return writer.write(session, found)[0] if found else None

    def _api_url(self, entity: Entity, filter_: str = "") -> str:
        """Where the API shows the same; "" for what only CSV has."""
        if entity.name not in _PATHS:
            return ""
        query = f"?{urlencode({'filter': filter_}, quote_via=quote)}" if filter_ else ""
        return f"{self._service.base_url}{_PATHS[entity.name]}{query}"


def page_routes(service: Service) -> list[BaseRoute]:
    """All pages, the OpenAPI document, and a page for addresses nobody knows."""
    pages = _Pages(service)
    templates = build_templates(__package__, collections=list(ENTITIES))
    templates.filters.update(words=_words, segment=partial(quote, safe=""))
    templates.globals["asking"] = _asking
    route = partial(page_route, templates)
    return [
        route("/", "home.html", pages.home),
        route("/collections/{name}", "collection.html", pages.collection),
        route("/collections/{name}/record", "record.html", pages.record),
        route("/gradebook", "gradebook.html", pages.gradebook),
        route("/gradebook/class", "graded_class.html", pages.graded_class),
        route("/requests", "requests.html", pages.requests),
        route("/scenarios", "scenarios.html", pages.scenarios),
        Route("/openapi.json", _document(service)),
        *asset_routes(__package__),
        route("/{rest:path}", "missing.html", lambda _: None),
    ]


def _document(service: Service) -> Callable[[Request], Response]:
    """The OpenAPI document; whoever reaches the API may read it, by whatever name."""
    content = msgspec.json.encode(build_document(service.settings, service.base_url, service.token_url))

    def endpoint(_: Request) -> Response:
        return Response(content, media_type="application/json", headers=HEADERS)

    return endpoint


def _words(name: str) -> str:
    """`lineItems` as a person writes it."""
    text = snake_case(name).replace("_", " ")
    return text[:1].upper() + text[1:]


def _asking(field: str, value: str) -> str:
    """The query of a page that shows records whose field is this, as a filter of the standard."""
    quoted = value.replace("'", "''")
    return urlencode({"filter": f"{field}='{quoted}'"}, quote_via=quote)
