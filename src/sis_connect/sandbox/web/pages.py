"""Pages of a sandbox: templates, routes, paging, and the headers that keep them harmless.

They only read. No script runs in them, nothing is fetched from elsewhere, and every text is escaped. Not here: what any
page shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup, escape
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sis_connect.sandbox.serving import is_own_host

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request

    #: What a page shows, by the names its template uses; None when there is no such page.
    Context: TypeAlias = Mapping[str, object]
    Read: TypeAlias = Callable[[Request], Context | None]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

#: Rows of one page.
PAGE_SIZE = 50

#: Longest code that is shown whole, and how much is shown of a longer one, such as a UUID.
_CODE_SHOWN, _CODE_BEGINNING = 24, 8

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A part of a list."""

    rows: Sequence[Row]
    #: Rows of the whole list.
    total: int
    #: Counted from 1.
    number: int
    #: Rows of a full page.
    size: int = PAGE_SIZE

    @property
    def last(self) -> int:
        """Number of the last page; 1 for an empty list."""
        return last_page(self.total, self.size)

    @property
    def first_row(self) -> int:
        """Place of the first row shown, counted from 1; 0 for an empty list."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last_row(self) -> int:
        """Place of the last row shown."""
        return min(self.number * self.size, self.total)


def last_page(total: int, size: int = PAGE_SIZE) -> int:
    """Number of the last page of so many rows; 1 when there are none."""
    return max(1, -(-total // size))


def page_of(rows: Sequence[Row], number: int) -> Page[Row]:
    """One page of a list that is there as a whole; a number beyond the end gives the last page."""
    number = min(max(1, number), last_page(len(rows)))
    return Page(rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], len(rows), number)


def asked_number(request: Request, name: str = "page") -> int:
    """The number of the page that is asked for; 1 for whatever is none."""
    text = request.query_params.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def build_templates(package: str, **values: Any) -> jinja2.Environment:
    """The templates of a package and the shared ones, in which these values stand everywhere."""
    templates = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(package), jinja2.PackageLoader(__package__)]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(values)
    templates.filters.update(number="{:,}".format, code=_code)
    return templates


def page_route(templates: jinja2.Environment, path: str, template: str, read: Read) -> BaseRoute:
    """One page; `missing.html` stands for what is not there, and nobody is answered who called by a foreign name."""

    async def endpoint(request: Request) -> Response:
        if not is_own_host(request):
            return Response("Not this host.", 421, media_type="text/plain")
        return await run_in_threadpool(_render, templates, request, template, read)

    return Route(path, endpoint, methods=["GET"])


def asset_routes(package: str) -> list[BaseRoute]:
    """The shared style sheet and the icon of a package."""
    return [
        Route("/assets/style.css", _asset(__package__, "style.css", "text/css")),
        Route("/assets/icon.svg", _asset(package, "icon.svg", "image/svg+xml")),
    ]


def _render(templates: jinja2.Environment, request: Request, template: str, read: Read) -> Response:
    context = read(request)
    found = templates.get_template(template if context is not None else "missing.html")
    text = found.render(**(context or {}), path=request.url.path, link_to_page=_page_links(request.query_params))
    return HTMLResponse(text, 200 if context is not None else 404, HEADERS)


def _page_links(query: Mapping[str, str]) -> Callable[[int], str]:
    others = {name: value for name, value in query.items() if name != "page" and value}
    return lambda number: "?" + urlencode({**others, "page": number})


def _asset(package: str, name: str, media_type: str) -> Callable[[Request], Response]:
    content = files(package).joinpath("assets", name).read_bytes()

    def endpoint(_: Request) -> Response:
        return Response(content, media_type=media_type, headers=HEADERS)

    return endpoint


def _code(value: object) -> str:
    """A code as far as a person reads it; all of a long one shows when the mouse rests on it."""
    text = str(value or "")
    if len(text) <= _CODE_SHOWN:
        return escape(text)
    return Markup('<span title="{}">{}…</span>').format(text, text[:_CODE_BEGINNING])
