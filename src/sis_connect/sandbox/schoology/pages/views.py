"""The pages: addresses, what each shows, and the headers that keep them harmless.

They only read. No script runs in them, nothing is fetched from elsewhere, and every text is escaped.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup, escape
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sis_connect.sandbox.schoology.control import is_own_host
from sis_connect.sandbox.schoology.pages import queries
from sis_connect.sandbox.schoology.records import schools
from sis_connect.sandbox.schoology.records.fields import BY_HAND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from sis_connect.sandbox.schoology.service import Service

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_ASSETS = {"style.css": "text/css", "icon.svg": "image/svg+xml"}

#: Longest code that is shown whole, and how much is shown of a longer one, such as a UUID.
_CODE_SHOWN, _CODE_BEGINNING = 24, 8

#: What a page shows, by the names its template uses; None when there is no such page.
Context = dict[str, object]


class _Pages:
    """The content of each page of one sandbox."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._storage = service.storage

    def home(self, request: Request) -> Context | None:
        page = queries.read_schools(self._storage, _number(request))
        return {"page": page, "totals": queries.read_totals(self._storage)}

    def school_courses(self, request: Request) -> Context | None:
        return self._school(request, "courses", queries.read_courses)

    def school_sections(self, request: Request) -> Context | None:
        return self._school(request, "sections", queries.read_sections_of_school)

    def school_people(self, request: Request) -> Context | None:
        return self._school(request, "people", queries.read_people_of_school)

    def course(self, request: Request) -> Context | None:
        course = queries.read_course(self._storage, request.path_params["id"])
        if course is None:
            return None
        page = queries.read_sections_of_course(self._storage, course["id"], _number(request))
        return {"course": course, "page": page}

    def section(self, request: Request) -> Context | None:
        today = self._service.today.isoformat()
        section = queries.read_section(self._storage, request.path_params["id"], today)
        if section is None:
            return None
        return {
            "section": section,
            "periods": queries.read_periods_of_section(self._storage, section["id"]),
            "teachers": queries.read_roster(self._storage, section["id"], 1, teachers=True),
            "page": queries.read_roster(self._storage, section["id"], _number(request), teachers=False),
            "by_hand": queries.count_by_hand(self._storage, section["id"]),
        }

    def people(self, request: Request) -> Context | None:
        search = request.query_params.get("q", "").strip()
        role_id = request.query_params.get("role", "")
        state = request.query_params.get("state", "")
        return {
            "search": search,
            "role_id": role_id,
            "state": state,
            "roles": queries.read_roles(self._storage),
            "page": queries.read_people(self._storage, search, role_id, state, _number(request)),
        }

    def person(self, request: Request) -> Context | None:
        person = queries.read_person(self._storage, request.path_params["id"])
        if person is None:
            return None
        return {
            "person": person,
            "other_schools": queries.read_other_schools(self._storage, person["id"]),
            "parents": queries.read_relatives(self._storage, person["id"], "student"),
            "children": queries.read_relatives(self._storage, person["id"], "parent"),
            "page": queries.read_memberships(self._storage, person["id"], _number(request)),
        }

    def periods(self, request: Request) -> Context | None:
        return {"page": queries.read_periods(self._storage, _number(request)), "today": self._service.today.isoformat()}

    def calls(self, request: Request) -> Context | None:
        calls = list(reversed(self._service.log))
        size = queries.PAGE_SIZE
        number = min(_number(request), max(1, -(-len(calls) // size)))
        shown = calls[(number - 1) * size : number * size]
        return {
            "page": queries.Page((), len(calls), number),
            "calls": shown,
            "statistics": self._service.tally.statistics(),
        }

    def _school(self, request: Request, tab: str, read: Callable[..., queries.Page]) -> Context | None:
        school = schools.find(self._storage, request.path_params["id"])
        if school is None:
            return None
        return {"school": school, "tab": tab, "page": read(self._storage, school["id"], _number(request))}


def page_routes(service: Service) -> list[BaseRoute]:
    """All pages, their style sheet and icon, and a page for addresses nobody knows."""
    pages = _Pages(service)
    templates = _templates(service)

    def route(path: str, name: str, read: Callable[[Request], Context | None]) -> BaseRoute:
        async def endpoint(request: Request) -> Response:
            if not is_own_host(request):
                return Response("Not this host.", 421, media_type="text/plain")
            return await run_in_threadpool(_render, templates, request, name, read)

        return Route(path, endpoint, methods=["GET"])

    return [
        route("/", "home.html", pages.home),
        route("/schools/{id:int}", "school.html", pages.school_courses),
        route("/schools/{id:int}/sections", "school.html", pages.school_sections),
        route("/schools/{id:int}/people", "school.html", pages.school_people),
        route("/courses/{id:int}", "course.html", pages.course),
        route("/sections/{id:int}", "section.html", pages.section),
        route("/people", "people.html", pages.people),
        route("/people/{id:int}", "person.html", pages.person),
        route("/grading-periods", "periods.html", pages.periods),
        route("/calls", "calls.html", pages.calls),
        *(Route(f"/assets/{name}", _asset(name, media_type)) for name, media_type in _ASSETS.items()),
        route("/{rest:path}", "missing.html", lambda _: None),
    ]


def _render(
    templates: jinja2.Environment, request: Request, name: str, read: Callable[[Request], Context | None]
) -> Response:
    context = read(request)
    template = templates.get_template(name if context is not None else "missing.html")
    text = template.render(**(context or {}), path=request.url.path, link_to_page=_page_links(request.query_params))
    return HTMLResponse(text, 200 if context is not None else 404, _HEADERS)


def _templates(service: Service) -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(by_hand_mark=BY_HAND, district_title=service.settings.district_title)
    templates.filters.update(number="{:,}".format, code=_code, address=_address)
    return templates


def _code(value: object) -> str:
    """A code as far as a person reads it; all of a long one shows when the mouse rests on it."""
    text = str(value or "")
    if len(text) <= _CODE_SHOWN:
        return escape(text)
    return Markup('<span title="{}">{}…</span>').format(text, text[:_CODE_BEGINNING])


def _address(value: object) -> str:
    """An e-mail address or user name that may be broken after its @."""
    return Markup("@<wbr>").join(escape(part) for part in str(value or "").split("@"))


def _page_links(query: Mapping[str, str]) -> Callable[[int], str]:
    others = {name: value for name, value in query.items() if name != "page" and value}
    return lambda number: "?" + urlencode({**others, "page": number})


def _asset(name: str, media_type: str) -> Callable[[Request], Response]:
    content = files(__package__).joinpath("assets", name).read_bytes()

    def endpoint(_: Request) -> Response:
        return Response(content, media_type=media_type, headers=_HEADERS)

    return endpoint


def _number(request: Request) -> int:
    text = request.query_params.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1
