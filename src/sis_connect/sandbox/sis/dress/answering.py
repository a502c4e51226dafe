"""What a vendor's service does with requests and replies, as layers between the wire and the provider.

Here: manners that a profile names and the table of hostile scenarios does not have. Not here: those that it has
(`hostile`), and what is in the database (`arranging`, `keeping`).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse, Response

from sis_connect.oneroster.model import FieldType
from sis_connect.oneroster.operations import BASE_PATH, Kind
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis.exchange import Answer
from sis_connect.sandbox.sis.hostile.terms import instead, is_list, is_page

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sis_connect.sandbox.sis.exchange import Exchange, Layer, Proceed, Record

GRADEBOOK = frozenset(("categories", "lineItems", "results"))
_FORM = "application/x-www-form-urlencoded"


def form_content_type(exchange: Exchange) -> Response | None:
    """Every request without a body must say that it is a form."""
    is_form = exchange.request.headers.get("content-type", "").startswith(_FORM)
    return None if is_form or exchange.request.method == "PUT" else PlainTextResponse("Unsupported media type.", 415)


def of_collections(collections: Collection[str], reply: Callable[[], Response]) -> Layer:
    """Whatever is asked of these collections gets this reply."""
    return instead(lambda exchange: reply() if _entity(exchange) in collections else None)


def switched_off() -> Response:
    """The client may not ask for this."""
    return PlainTextResponse("This permission is not switched on.", 403)


def not_there() -> Response:
    """The service does not have this."""
    return PlainTextResponse("There is nothing here.", 404)


def unshared(collections: Collection[str]) -> Layer:
    """Of these collections nothing is shared, which is said by an empty list."""

    def reply(exchange: Exchange) -> Response | None:
        if exchange.operation is None or exchange.operation.entity not in collections or not is_list(exchange):
            return None
        return JSONResponse({exchange.operation.root_key: []}, 200, {"X-Total-Count": "0"})

    return instead(reply)


def header_for_grades(headers: Mapping[str, str]) -> Layer:
    """The gradebook is there for those alone who send these headers."""

    def reply(exchange: Exchange) -> Response | None:
        given = exchange.request.headers
        if _entity(exchange) not in GRADEBOOK or all(given.get(name) == value for name, value in headers.items()):
            return None
        return PlainTextResponse("The vendor's key is missing.", 401)

    return instead(reply)


def nothing_is_deleted(exchange: Exchange) -> Response | None:
    """Nothing of the gradebook can be deleted."""
    is_deletion = exchange.operation is not None and exchange.operation.kind is Kind.DELETE
    return PlainTextResponse("Nothing can be deleted.", 405, {"Allow": "GET, PUT"}) if is_deletion else None


async def sign_in_fails_as_error(exchange: Exchange, proceed: Proceed) -> Answer | Response:
    """Who is not signed in is told that something went wrong."""
    answer = await proceed(exchange)
    is_refused = isinstance(answer, Answer) and answer.status == 401
    return PlainTextResponse("Something went wrong.", 500) if is_refused else answer


def newest_token_only() -> Layer:
    """Once a token was used, those used before it are taken no more."""
    seen: list[str] = []
    lock = threading.Lock()

    def reply(exchange: Exchange) -> Response | None:
        token = exchange.request.headers.get("authorization", "")
        with lock:
            if token not in seen:
                seen.append(token)
            is_old = token != seen[-1]
        return PlainTextResponse("A newer token was given out.", 401) if is_old else None

    return instead(reply)


def one_at_a_time() -> Layer:
    """A request beside another is told to wait, once for each address."""
    told: set[str] = set()
    busy = 0

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        nonlocal busy
        url = str(exchange.request.url)
        if busy and url not in told:
            told.add(url)
            return PlainTextResponse("Too many requests.", 429, {"Retry-After": "1"})
        busy += 1
        try:
            return await proceed(exchange)
        finally:
            busy -= 1

    return layer


def heavy_pages(rows: int) -> Layer:
    """Pages of more records take too long; 0 for none."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        is_heavy = rows and is_page(answer) and len(answer.records) > rows
        return PlainTextResponse("That took too long.", 504) if is_heavy else answer

    return layer


async def single_records_under_their_own_name(exchange: Exchange, proceed: Proceed) -> Answer | Response:
    """A school comes as `school` and a term as `term`, not as org and academicSession."""
    answer = await proceed(exchange)
    operation = exchange.operation
    if isinstance(answer, Answer) and answer.status == 200 and operation and operation.kind is Kind.ONE:
        answer.root_key = operation.alias_keys[0] if operation.alias_keys else answer.root_key
    return answer


def written(change: Callable[[str, Record], None]) -> Layer:
    """Every record is written in another way; `change` is given its collection."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if isinstance(answer, Answer) and exchange.operation is not None:
            for record in answer.records:
                change(exchange.operation.entity, record)
        return answer

    return layer


def relative_links(entity: str, record: Record) -> None:
    """Links in references begin below the service."""
    for reference in _references(entity, record):
        reference["href"] = f"~{BASE_PATH}{str(reference.get('href')).rpartition(BASE_PATH)[2]}"


def blanks_around_ids(entity: str, record: Record) -> None:
    """Some ids have blanks around them, here and where they are referred to."""
    for holder in (record, *_references(entity, record)):
        id_ = str(holder.get("sourcedId", ""))
        if id_[-1:] in set("02468ace"):
            holder["sourcedId"] = f" {id_} "


def birth_dates_in_small_letters(entity: str, record: Record) -> None:
    """One property is not written as the standard has it."""
    if entity == "demographics" and "birthDate" in record:
        record["birthdate"] = record.pop("birthDate")


def moments_without_zone(entity: str, record: Record) -> None:
    """Dates of line items do not say in which zone."""
    for name in ("assignDate", "dueDate") if entity == "lineItems" else ():
        if name in record:
            record[name] = str(record[name]).removesuffix("Z")


def _entity(exchange: Exchange) -> str:
    return exchange.operation.entity if exchange.operation else ""


def _references(entity: str, record: Record) -> list[Record]:
    found: list[Record] = []
    for field in ENTITIES[entity].fields:
        if field.type in (FieldType.REFERENCE, FieldType.REFERENCES):
            value = record.get(field.name)
            found += [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]
    return found
