"""Rows that really change while a collection is read: the school's own people work in the SIS meanwhile.

Serves the pain of data that change between two pages. Each function makes the layer of one scenario. Not here: pages
that only look like it (`paging`), and whole days of changes (`school_days`).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from sis_connect.sandbox.sis.hostile.paging import sort_ignored
from sis_connect.sandbox.sis.hostile.terms import chain, page_of, telling

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from sis_connect.sandbox.sis.exchange import Answer, Exchange, Layer, Proceed
    from sis_connect.sandbox.sis.hostile.terms import MakeLayer, Terms
    from sis_connect.sandbox.sis.records import Writing

#: What changes; nothing refers to an enrollment, so the rest stays sound.
_OPERATION = "getAllEnrollments"
_ENTITY = "enrollments"


def between_pages(change: Callable[[Terms, Writing, int], None]) -> MakeLayer:
    """Before each page from the second on, as often as `changes` says, the enrollments change."""

    def make(terms: Terms) -> Layer:
        changed: set[int] = set()

        def act(page: int) -> None:
            with terms.records.together() as writing:
                change(terms, writing, page)

        async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
            is_meant = exchange.operation is not None and exchange.operation.id == _OPERATION
            page = page_of(exchange)
            if is_meant and page > 1 and page not in changed and len(changed) < terms.numbers["changes"]:
                changed.add(page)
                await run_in_threadpool(act, page)
            return await proceed(exchange)

        return layer

    return make


def _delete(terms: Terms, writing: Writing, page: int) -> None:
    """One of the first rows is gone: every later one moves up, and a page begun too late misses one."""
    first = writing.find(_ENTITY)[:8]
    writing.remove(_ENTITY, [str(terms.dice("delete", page).choice(first)["sourced_id"])])


def _insert(terms: Terms, writing: Writing, page: int) -> None:
    """A row more stands before all others: every later one moves down, and comes a second time."""
    like = terms.dice("insert", page).choice(writing.find(_ENTITY))
    id_ = f"0-{uuid.UUID(int=terms.dice('id', page).getrandbits(128))}"
    writing.put(_ENTITY, like | {"sourced_id": id_})


rows_deleted = between_pages(_delete)
rows_inserted = between_pages(_insert)


def ids_renamed(terms: Terms) -> Layer:
    """From page `page` on, ids begin with a zero: rows under other names, which sort before those that were read."""

    def tell(exchange: Exchange, answer: Answer) -> None:
        is_meant = exchange.operation is not None and exchange.operation.id == _OPERATION
        if is_meant and page_of(exchange) >= terms.numbers["page"]:
            answer.content = [record | {"sourcedId": f"0-{record['sourcedId']}"} for record in answer.records]

    return telling(tell)


def rows_come_and_go(terms: Terms) -> Layer:
    """Rows are deleted and others inserted."""
    return chain(rows_deleted(terms), rows_inserted(terms))


def rows_deleted_in_no_order(terms: Terms) -> Layer:
    """Rows are deleted while the collection is read in an order that says nothing."""
    return chain(rows_deleted(terms), sort_ignored(terms))
