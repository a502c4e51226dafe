"""Hostile pages: limits, totals, links, places and orders that are not what the standard makes one expect.

Serves the query grammar (pagination, sorting) and the protocol deviations met in the field. Each function makes the
layer of one scenario. Not here: rows that really change (`changing`), and what is within a row (`values`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.responses import PlainTextResponse, Response

from sis_connect.sandbox.sis.hostile.terms import (
    Times,
    all_of,
    asking,
    instead,
    is_page,
    limit_of,
    number_of,
    page_of,
    telling,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sandbox.sis.exchange import Answer, Exchange, Layer, Proceed, Record
    from sis_connect.sandbox.sis.hostile.terms import MakeLayer, Terms

#: More rows than any district that is made hostile has, and as many as a provider gives at once.
_ALL = 10_000


def limit_clamped(terms: Terms) -> Layer:
    """Never more than `rows` rows."""
    return asking(lambda asked: asked.set_parameter("limit", str(min(terms.numbers["rows"], limit_of(asked)))))


def limit_ignored(_: Terms) -> Layer:
    """All rows from the offset on."""
    return asking(lambda asked: asked.set_parameter("limit", str(_ALL)))


def total(change: Callable[[int, int], int | None]) -> MakeLayer:
    """The total is made of the true one and of the number of rows on the page."""

    def make(_: Terms) -> Layer:
        def tell(_: Exchange, answer: Answer) -> None:
            answer.total = change(answer.total or 0, len(answer.records))

        return telling(tell)

    return make


total_missing = total(lambda _, __: None)
total_of_the_page = total(lambda _, rows: rows)
total_halved = total(lambda true, _: true // 2)


def total_too_large(terms: Terms) -> Layer:
    """The total counts `rows` rows that nobody gets to see."""
    return total(lambda true, _: true + terms.numbers["rows"])(terms)


def links(change: Callable[[str], str | None]) -> MakeLayer:
    """The link to the next page is another one, or none."""

    def make(_: Terms) -> Layer:
        def tell(_: Exchange, answer: Answer) -> None:
            following = answer.links.get("next")
            changed = change(following) if following else None
            answer.links = {"next": changed} if changed else {}

        return telling(tell)

    return make


def _with(url: str, **parameters: str | None) -> str:
    """The address with these parameters, or without them where None."""
    parts = urlsplit(url)
    pairs = dict(parse_qsl(parts.query)) | parameters
    query = urlencode({name: value for name, value in pairs.items() if value is not None}, quote_via=quote)
    return parts._replace(query=query).geturl()


def _one_further(url: str) -> str:
    return _with(url, offset=str(int(dict(parse_qsl(urlsplit(url).query))["offset"]) + 1))


def _other_scheme(url: str) -> str:
    return url.replace("http://", "https://", 1) if url.startswith("http://") else url.replace("https://", "http://", 1)


links_missing = links(lambda _: None)
links_off_by_one = links(_one_further)
links_to_another_host = links(lambda url: urlsplit(url)._replace(netloc="elsewhere.example").geturl())
links_of_another_scheme = links(_other_scheme)
links_without_the_query = links(lambda url: _with(url, sort=None, orderBy=None, filter=None, fields=None))
links_that_go_round = links(lambda url: _with(url, offset=None, cursor="again"))


def link_header_too_long(terms: Terms) -> Layer:
    """The Link header names the next page so often that it has so many kilobytes."""

    def tell(_: Exchange, answer: Answer) -> None:
        link = f'<{answer.links.get("next", "/")}>; rel="next"'
        answer.headers["Link"] = ", ".join([link] * (terms.numbers["kilobytes"] * 1024 // len(link)))
        answer.links = {}

    return telling(tell)


def links_with_cursors(_: Terms) -> Layer:
    """Links name a cursor, which is understood, and no offset."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        cursor = exchange.parameter("cursor")
        if cursor is not None:
            exchange.set_parameter("offset", str(int(cursor, 16)))
        exchange.set_parameter("cursor", None)
        answer = await proceed(exchange)
        if is_page(answer) and (following := answer.links.get("next")):
            place = int(dict(parse_qsl(urlsplit(following).query))["offset"])
            answer.links = {"next": _with(following, offset=None, cursor=f"{place:x}")}
        return answer

    return layer


def in_silence(make: MakeLayer) -> MakeLayer:
    """A scenario, and neither a total nor links."""
    return all_of(total_missing, links_missing, make)


def page_empty(terms: Terms) -> Layer:
    """Page number `page` is empty, for the first `times` times."""
    times = Times(terms.numbers["times"])

    def tell(exchange: Exchange, answer: Answer) -> None:
        if page_of(exchange) == terms.numbers["page"] and times.is_struck(exchange):
            answer.content = []

    return telling(tell)


def page_repeated(terms: Terms) -> Layer:
    """Page number `page` is the page before it, for the first `times` times."""
    times = Times(terms.numbers["times"])

    def ask(exchange: Exchange) -> None:
        if page_of(exchange) == terms.numbers["page"] and times.is_struck(exchange):
            offset = number_of(exchange, "offset", 0) - limit_of(exchange)
            exchange.set_parameter("offset", str(max(0, offset)))

    return asking(ask)


def pages_short(terms: Terms) -> Layer:
    """Every page has as many rows as chance wants, at least one."""

    def ask(exchange: Exchange) -> None:
        dice = terms.dice(exchange.request.url.path, exchange.parameter("offset"))
        exchange.set_parameter("limit", str(dice.randint(1, limit_of(exchange))))

    return asking(ask)


def offset_ignored(_: Terms) -> Layer:
    """The first page, whatever the offset."""
    return asking(lambda asked: asked.set_parameter("offset", None))


def offset_moved(move: Callable[[int, int], int]) -> MakeLayer:
    """Pages other than the first begin elsewhere: made of offset and limit."""

    def ask(exchange: Exchange) -> None:
        offset = number_of(exchange, "offset", 0)
        if offset:
            exchange.set_parameter("offset", str(move(offset, limit_of(exchange))))

    return lambda _: asking(ask)


pages_overlap = offset_moved(lambda offset, _: offset - 1)
pages_skip_a_row = offset_moved(lambda offset, _: offset + 1)
offset_counts_pages = offset_moved(lambda offset, limit: offset * limit)


def last_page_for_ever(_: Terms) -> Layer:
    """Beyond the last row comes the last page again."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if is_page(answer) and not answer.records and answer.total:
            exchange.set_parameter("offset", str(max(0, answer.total - limit_of(exchange))))
            return await proceed(exchange)
        return answer

    return layer


def not_found_at_end(_: Terms) -> Layer:
    """Beyond the last row there is nothing to be found."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if is_page(answer) and not answer.records and number_of(exchange, "offset", 0):
            return PlainTextResponse("There is no such page.", 404)
        return answer

    return layer


def ordered(place: Callable[[Terms, Exchange, Record], float]) -> MakeLayer:
    """Rows stand in an order that nobody asked for."""

    def make(terms: Terms) -> Layer:
        async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
            limit, offset = limit_of(exchange), number_of(exchange, "offset", 0)
            exchange.set_parameter("limit", str(_ALL))
            exchange.set_parameter("offset", None)
            answer = await proceed(exchange)
            if is_page(answer):
                rows = sorted(answer.records, key=lambda row: place(terms, exchange, row))
                answer.content = rows[offset : offset + limit]
                answer.links = {}
            return answer

        return layer

    return make


sort_ignored = ordered(lambda terms, _, row: terms.dice(row["sourcedId"]).random())
order_unstable = ordered(lambda terms, exchange, row: terms.dice(exchange.request.url.query, row["sourcedId"]).random())


def parameters_ignored(*names: str) -> MakeLayer:
    """These parameters mean nothing."""

    def ask(exchange: Exchange) -> None:
        for name in names:
            exchange.set_parameter(name, None)

    return lambda _: asking(ask)


def parameters_refused(*names: str) -> MakeLayer:
    """Whoever sends one of these parameters is told that the request is wrong."""

    def reply(exchange: Exchange) -> Response | None:
        if any(exchange.parameter(name) is not None for name in names):
            return PlainTextResponse("This parameter is not supported.", 400)
        return None

    return lambda _: instead(reply)


def cut_short(terms: Terms) -> Layer:
    """Every collection ends after `rows` rows, and everything agrees that it does."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        rows, offset = terms.numbers["rows"], number_of(exchange, "offset", 0)
        answer = await proceed(exchange)
        if is_page(answer):
            answer.content = answer.records[: max(0, rows - offset)]
            answer.total = min(answer.total or 0, rows)
            if offset + limit_of(exchange) >= rows:
                answer.links.pop("next", None)
        return answer

    return layer
