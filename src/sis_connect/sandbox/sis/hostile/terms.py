"""What a scenario is made with, and the few ways in which one stands between a request and its answer.

Everything that a scenario leaves to chance is decided by its seed and by what it is about, never by the order in which
requests come, so that two pulls meet the same faults however many threads they have. Not here: any one scenario.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from sis_connect.oneroster.operations import Kind
from sis_connect.sandbox.sis.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from sis_connect.sandbox.sis.exchange import Exchange, Layer, Proceed
    from sis_connect.sandbox.sis.records import Records

    #: Makes a layer with a state of its own.
    MakeLayer: TypeAlias = Callable[["Terms"], Layer]

#: Records of a page when the request does not say (queries, pagination).
DEFAULT_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """What was chosen with a scenario."""

    seed: int
    #: The scenario's numbers by name, as its row has them unless told otherwise.
    numbers: Mapping[str, int]
    #: What the provider serves, for scenarios that change it while it is read.
    records: Records

    def dice(self, *about: object) -> random.Random:
        """Chance about something: the same seed throws the same for it, in whatever order it is asked."""
        return random.Random("/".join(map(str, (self.seed, *about))))  # noqa: S311 -- repeatable, not secret


class Times:
    """How often each request came; two are the same when their addresses are."""

    def __init__(self, most: int) -> None:
        """Counts up to so many; 0 is without end."""
        self._most = most
        self._counts: Counter[str] = Counter()

    def is_struck(self, exchange: Exchange) -> bool:
        """True for the first so many times."""
        url = str(exchange.request.url)
        self._counts[url] += 1
        return not self._most or self._counts[url] <= self._most


def is_list(exchange: Exchange) -> bool:
    """True when a page of a collection is asked for."""
    return exchange.operation is not None and exchange.operation.kind is Kind.LIST


def number_of(exchange: Exchange, name: str, otherwise: int) -> int:
    """A parameter as a number; what is none is left to the provider to refuse."""
    text = exchange.parameter(name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def limit_of(exchange: Exchange) -> int:
    """Rows that are asked for."""
    return max(1, number_of(exchange, "limit", DEFAULT_LIMIT))


def page_of(exchange: Exchange) -> int:
    """The number of the page that is asked for, from 1 on; a page that begins a little earlier is the same one."""
    return 1 + -(-number_of(exchange, "offset", 0) // limit_of(exchange))


def asking(change: Callable[[Exchange], None]) -> Layer:
    """Requests for pages are changed before the provider sees them."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if is_list(exchange):
            change(exchange)
        return await proceed(exchange)

    return layer


def telling(change: Callable[[Exchange, Answer], None]) -> Layer:
    """Pages are changed on their way back."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        if is_page(answer):
            change(exchange, answer)
        return answer

    return layer


def instead(reply: Callable[[Exchange], Response | None]) -> Layer:
    """Some requests get this reply and never reach the provider."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        return reply(exchange) or await proceed(exchange)

    return layer


def chain(*layers: Layer) -> Layer:
    """All of the layers, the first of them outermost."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        async def onward(inner: Exchange, rest: tuple[Layer, ...] = layers) -> Answer | Response:
            if not rest:
                return await proceed(inner)
            return await rest[0](inner, lambda next_: onward(next_, rest[1:]))

        return await onward(exchange)

    return layer


def all_of(*makes: MakeLayer) -> MakeLayer:
    """Several scenarios at once, the first of them nearest to the wire."""
    return lambda terms: chain(*(make(terms) for make in makes))


def is_page(answer: Answer | Response) -> TypeGuard[Answer]:
    """True for an answer that is a page of records."""
    return isinstance(answer, Answer) and answer.status == 200 and isinstance(answer.content, list)
