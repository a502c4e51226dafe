"""Ways in which a provider may deviate, as layers in front of the reference provider; each does one thing wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.responses import Response

from sis_connect.oneroster.operations import Kind
from sis_connect.sandbox.sis import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.sandbox.sis import Exchange, Layer, Proceed


class Switch:
    """A layer that is another one, or none, from test to test: starting a provider takes longer than asking it."""

    def __init__(self) -> None:
        """Nothing deviates."""
        self.layer: Layer | None = None

    async def __call__(self, exchange: Exchange, proceed: Proceed) -> Answer | Response:
        """The answer as the layer has it."""
        return await (self.layer(exchange, proceed) if self.layer else proceed(exchange))


def changing(change: Callable[[Exchange, Answer], Answer | Response]) -> Layer:
    """Every answer is changed on its way out."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        return change(exchange, answer) if isinstance(answer, Answer) else answer

    return layer


def asking(change: Callable[[Exchange], None]) -> Layer:
    """Every question is changed on its way in."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        change(exchange)
        return await proceed(exchange)

    return layer


def records(change: Callable[[dict[str, object]], None], *entities: str) -> Layer:
    """Every record of these entities is changed on its way out."""

    def changed(exchange: Exchange, answer: Answer) -> Answer:
        if exchange.operation is not None and exchange.operation.entity in entities and answer.status == 200:
            for record in answer.records:
                change(record)
        return answer

    return changing(changed)


def without(*names: str) -> Layer:
    """These parameters are not heeded; links keep what was asked."""

    def forget(exchange: Exchange) -> None:
        for name in names:
            exchange.set_parameter(name, None)

    return asking(forget)


def refusing(status: int, *operations: str) -> Layer:
    """These operations are answered with a bare status."""

    async def layer(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        if exchange.operation is not None and exchange.operation.id in operations:
            return Response(status_code=status)
        return await proceed(exchange)

    return layer


def renaming(names: Mapping[str, str]) -> Layer:
    """Root keys by operation."""

    def rename(exchange: Exchange, answer: Answer) -> Answer:
        if exchange.operation is not None and exchange.operation.id in names and answer.root_key:
            return replace(answer, root_key=names[exchange.operation.id])
        return answer

    return changing(rename)


def on_pages(change: Callable[[Exchange, Answer], None]) -> Layer:
    """Every page of a collection is changed on its way out."""

    def changed(exchange: Exchange, answer: Answer) -> Answer:
        if exchange.operation is not None and exchange.operation.kind is Kind.LIST and answer.status == 200:
            change(exchange, answer)
        return answer

    return changing(changed)


def number(exchange: Exchange, name: str, otherwise: int) -> int:
    """A parameter that is a number."""
    text = exchange.parameter(name) or ""
    return int(text) if text.isdigit() else otherwise
