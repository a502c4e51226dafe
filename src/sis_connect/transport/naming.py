"""What a server is called in errors, and which settings mend what goes wrong with it.

`diagnosis` speaks of any server. Whoever opens a client knows which one it is and where its settings stand. Not here:
those names, which stand with the connections.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.errors import SisConnectError

_ANY = ("The server", "the server")


@dataclass(frozen=True, slots=True)
class Naming:
    """One server, as its administrator knows it."""

    #: With its article, as in the middle of a sentence: `Schoology`, `the SIS`.
    name: str
    #: What to do, by the permanent name of a cause (`diagnosis.Cause`); other causes keep the words of the table.
    fixes: Mapping[str, str] = field(default_factory=dict)
    #: What is to be known besides, by the same names.
    asides: Mapping[str, str] = field(default_factory=dict)

    def put_into(self, error: SisConnectError) -> None:
        """The error names the server and its settings."""
        error.what = f"{self.of_sentence(error.what)} {self.asides.get(error.cause, '')}".strip()
        error.fix = self.fix_of(error.cause, error.fix)
        error.args = (error.what,)

    def of_sentence(self, text: str) -> str:
        """The sentence about any server, said of this one."""
        if not self.name:
            return text
        beginning, middle = _ANY
        return text.replace(beginning, self.name[0].upper() + self.name[1:], 1).replace(middle, self.name)

    def fix_of(self, cause: str, fix: str) -> str:
        """What to do about a cause, where `fix` says so of any server."""
        return self.fixes.get(cause) or self.of_sentence(fix)
