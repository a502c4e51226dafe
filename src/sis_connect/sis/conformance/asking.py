"""One request and what came back, as the report shows it later. Values only; sending is for `probe`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.oneroster.json_text import decode_json
from sis_connect.oneroster.status_info import parse_status_info

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.operations import Operation
    from sis_connect.oneroster.status_info import CodeMinor, StatusInfo


@dataclass(frozen=True, slots=True)
class Asked:
    """A request."""

    method: str
    #: Below the base; with ids filled in and encoded.
    path: str = field(repr=False)
    parameters: Mapping[str, str | int] = field(default_factory=dict, repr=False)
    #: None for a path that no operation has.
    operation: Operation | None = None
    #: Ids in the path, by the names of the operation's template.
    ids: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    #: Who asked: `signed in`, `nobody`, `a stranger`.
    by: str = "signed in"


@dataclass(frozen=True, slots=True)
class Answered:
    """A request with its answer."""

    asked: Asked
    #: 0 when no whole answer came.
    status: int
    content: bytes = field(repr=False, default=b"")
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    #: Seconds from sending to the end of the answer.
    seconds: float = 0.0
    #: Why no answer came: the permanent name of the cause and its sentence; "" when one did.
    cause: str = ""
    what: str = ""
    fix: str = ""
    #: Which record of the answer shows what is meant, counted from 0; None for none in particular.
    shown: int | None = None

    def header(self, name: str) -> str:
        """The value of a header; "" when it was not sent."""
        return self.headers.get(name, "")

    @property
    def total(self) -> int | None:
        """X-Total-Count, where it is a number."""
        text = self.header("X-Total-Count").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

    @property
    def ending(self) -> str:
        """How it ended, in a few words."""
        return f"status {self.status}" if self.status else f"no answer ({self.cause})"

    @property
    def document(self) -> object:
        """The decoded body; None when it is no JSON."""
        try:
            return decode_json(self.content)
        except (ValueError, RecursionError):
            return None

    @property
    def notices(self) -> tuple[StatusInfo, ...]:
        """What the service said of the request."""
        return parse_status_info(self.document)

    def says(self, minor: CodeMinor) -> bool:
        """True when a notice has this code."""
        return any(notice.code_minor is minor for notice in self.notices)
