"""One request and its answer as layers see them: understood, and not yet encoded.

A layer stands between the wire and the provider. It is given the exchange and the way on, and may change what was
asked before it goes on, change the answer on its way back, or answer itself. Not here: what the provider answers
(`service`), how an answer is written (`writing`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from sis_connect.oneroster.operations import Operation
    from sis_connect.oneroster.status_info import StatusInfo
    from sis_connect.sandbox.sis.asking import Asked

Record: TypeAlias = dict[str, object]


@dataclass(slots=True)
class Exchange:
    """What came in. Layers may change `parameters`; the rest is fact."""

    request: Request
    #: Counts the requests of a provider from 1 on.
    number: int
    #: None where no operation has this path and method.
    operation: Operation | None
    #: Ids of the path, decoded, by the names of the operation's template.
    ids: Mapping[str, str]
    #: Parameters of the query, decoded, in order.
    parameters: list[tuple[str, str]]
    #: What came with it; empty for a body that is too large.
    body: bytes = field(default=b"", repr=False)

    def parameter(self, name: str) -> str | None:
        """The value of a parameter, the first where it is repeated."""
        return next((value for key, value in self.parameters if key == name), None)

    def set_parameter(self, name: str, value: str | None) -> None:
        """The parameter has this one value; with None it is not there."""
        self.parameters = [pair for pair in self.parameters if pair[0] != name]
        if value is not None:
            self.parameters.append((name, value))


@dataclass(slots=True)
class Answer:
    """What goes out, free to be changed until it is encoded."""

    status: int
    #: The property that holds the records; "" where there is none.
    root_key: str = ""
    #: The page of a collection, or one record; None where there is none.
    content: list[Record] | Record | None = None
    #: What `X-Total-Count` says.
    total: int | None = None
    #: Addresses by relation: next, prev, first, last.
    links: dict[str, str] = field(default_factory=dict)
    notices: list[StatusInfo] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    #: What was asked of a reading operation, understood; None for all others and for refusals.
    asked: Asked | None = None

    @property
    def records(self) -> list[Record]:
        """The records it carries, one or many."""
        if self.content is None:
            return []
        return self.content if isinstance(self.content, list) else [self.content]


#: The way on from a layer; a `Response` is a reply that is finished already, whatever it is.
Proceed: TypeAlias = "Callable[[Exchange], Awaitable[Answer | Response]]"
Layer: TypeAlias = "Callable[[Exchange, Proceed], Awaitable[Answer | Response]]"
