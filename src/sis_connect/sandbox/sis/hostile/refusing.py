"""Hostile services: sign-ins that end, answers that say no or not now, endpoints that are not there.

Serves the status codes and the protocol deviations met in the field (throttling, missing endpoints, redirects). Each
function makes the layer of one scenario. Not here: replies that say 200 and are broken (`replies`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse, Response

from sis_connect.sandbox.sis.hostile.terms import Times, instead, is_list, limit_of, page_of

if TYPE_CHECKING:
    from sis_connect.sandbox.sis.exchange import Exchange, Layer
    from sis_connect.sandbox.sis.hostile.terms import MakeLayer, Terms


def token_ends(terms: Terms) -> Layer:
    """No token is taken more than `requests` times."""
    uses: Counter[str] = Counter()

    def reply(exchange: Exchange) -> Response | None:
        token = exchange.request.headers.get("authorization", "")
        uses[token] += 1
        if uses[token] <= terms.numbers["requests"]:
            return None
        return PlainTextResponse("The token has ended.", 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})

    return instead(reply)


def not_now(status: int, *, tells_when: bool) -> MakeLayer:
    """Every page is turned away the first `times` times; a told wait is of `seconds` seconds."""

    def make(terms: Terms) -> Layer:
        times = Times(terms.numbers["times"])
        headers = {"Retry-After": str(terms.numbers["seconds"])} if tells_when else {}

        def reply(exchange: Exchange) -> Response | None:
            if is_list(exchange) and times.is_struck(exchange):
                return PlainTextResponse("Not now.", status, headers)
            return None

        return instead(reply)

    return make


def server_error_on_page(terms: Terms) -> Layer:
    """Page number `page` fails, for the first `times` times."""
    times = Times(terms.numbers["times"])

    def reply(exchange: Exchange) -> Response | None:
        if is_list(exchange) and page_of(exchange) == terms.numbers["page"] and times.is_struck(exchange):
            return PlainTextResponse("Something went wrong.", 500)
        return None

    return instead(reply)


def large_pages_fail(terms: Terms) -> Layer:
    """Pages of more than `rows` rows fail."""

    def reply(exchange: Exchange) -> Response | None:
        if is_list(exchange) and limit_of(exchange) > terms.numbers["rows"]:
            return PlainTextResponse("That took too long.", 504)
        return None

    return instead(reply)


def operations_refused(status: int, *operations: str) -> MakeLayer:
    """These operations are not there, or not for this sign-in."""

    def reply(exchange: Exchange) -> Response | None:
        if exchange.operation is not None and exchange.operation.id in operations:
            return PlainTextResponse("Not here.", status)
        return None

    return lambda _: instead(reply)


def redirected_elsewhere(_: Terms) -> Layer:
    """Pages are said to be on another host."""

    def reply(exchange: Exchange) -> Response | None:
        if not is_list(exchange):
            return None
        url = urlsplit(str(exchange.request.url))._replace(netloc="elsewhere.example").geturl()
        return Response(status_code=307, headers={"Location": url})

    return instead(reply)


#: Whole collections of a district are not for this sign-in; what lies below one school is.
whole_district_refused = operations_refused(
    403, "getAllClasses", "getAllUsers", "getAllStudents", "getAllTeachers", "getAllEnrollments"
)


def redirected_in_circles(_: Terms) -> Layer:
    """Pages are said to be where they were asked for."""

    def reply(exchange: Exchange) -> Response | None:
        if not is_list(exchange):
            return None
        return Response(status_code=302, headers={"Location": str(exchange.request.url)})

    return instead(reply)


def redirected_nearby(_: Terms) -> Layer:
    """Pages are said to be at the same address with one parameter more."""

    def reply(exchange: Exchange) -> Response | None:
        if not is_list(exchange) or exchange.parameter("here") is not None:
            return None
        url = str(exchange.request.url)
        return Response(status_code=307, headers={"Location": f"{url}{'&' if '?' in url else '?'}here=1"})

    return instead(reply)


def not_found_below_a_school(terms: Terms) -> Layer:
    """One of the schools has nothing of what operation number `operation` of the four below gives."""
    operation = ("getClassesForSchool", "getStudentsForSchool", "getTeachersForSchool", "getEnrollmentsForSchool")[
        terms.numbers["operation"]
    ]
    schools: list[str] = []

    def reply(exchange: Exchange) -> Response | None:
        if exchange.operation is None or exchange.operation.id != operation:
            return None
        if not schools:
            with terms.records.together() as writing:
                found = writing.find("orgs", "type = 'school'")
            schools.append(str(terms.dice("school").choice(found)["sourced_id"]))
        return PlainTextResponse("Not here.", 404) if exchange.ids["school_id"] == schools[0] else None

    return instead(reply)
