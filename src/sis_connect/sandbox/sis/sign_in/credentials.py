"""What a request shows to prove who sends it, and how it is turned down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class NotSignedInError(Exception):
    """The request does not prove who sends it; `status` is 400 where it is malformed, 401 otherwise."""

    def __init__(self, why: str, status: int = 401) -> None:
        """`why` is told to the sender; it names no secret."""
        super().__init__(why)
        self.why = why
        self.status = status


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts of a request that sign-in looks at."""

    method: str
    #: URLs without query that the sender can have meant, each as it would go over the wire.
    addresses: tuple[str, ...]
    #: Parameters of the query, decoded, in order, repeated ones too.
    parameters: tuple[tuple[str, str], ...]
    #: By name, in lower case.
    headers: Mapping[str, str]

    @property
    def scheme(self) -> str:
        """The scheme of the Authorization header in lower case, "" when there is none."""
        return self.headers.get("authorization", "").partition(" ")[0].lower()
