"""Where words go: results to stdout, progress and advice to stderr, or one JSON document to stdout.

Here: the two consoles and the few shapes everything is said in. Text never goes through markup, and what comes from
outside goes through `harmless`, so that no name is taken for a command. Not here: what is said.
"""

from __future__ import annotations

import re
import shlex
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sis_connect.cli.progress import ProgressBars
from sis_connect.cli.safe_text import harmless
from sis_connect.progress import NoProgress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import ConsoleOptions, RenderableType, RenderResult

    from sis_connect.progress import Progress

#: Beyond this, lines are harder to read.
_WIDEST = 120

GOOD, BAD, WARN, DIM, STRONG = "green", "bold red", "yellow", "dim", "bold"


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Left to whoever decides how the command ends."""
        raise BrokenPipeError


class Screen:
    """What one command says."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        """With `as_json` only `document` writes to stdout; `quiet` leaves out progress and advice."""
        self._as_json = as_json
        self._quiet = quiet
        self._out = _make_console(is_error=as_json)
        self._err = _make_console(is_error=True)

    @property
    def is_interactive(self) -> bool:
        """True when a person sits before stdout."""
        return self._out.is_terminal and not self._as_json

    @property
    def width(self) -> int:
        """Columns of the result."""
        return self._out.width

    def show(self, *parts: RenderableType) -> None:
        """A part of the result; nothing under --json, where the document is the result."""
        if not self._as_json:
            for part in parts:
                self._out.print(part)

    def advise(self, *parts: RenderableType) -> None:
        """What helps and is no result: left out when quiet, on stderr under --json."""
        if not self._quiet:
            for part in parts:
                (self._err if self._as_json else self._out).print(part)

    def advise_commands(self, commands: Iterable[str]) -> None:
        """Commands to copy; long ones go on in a further line, as a shell reads them."""
        if not self._quiet:
            console = self._err if self._as_json else self._out
            for command in commands:
                for one in _continued(harmless(command), console.width):
                    console.print(Text(one), soft_wrap=True)

    def document(self, document: msgspec.Struct) -> None:
        """The result for machines; nothing without --json."""
        if self._as_json:
            write_document(document)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Bars on stderr while the block runs; none when quiet or when stderr is no terminal."""
        if self._quiet or not self._err.is_terminal:
            yield NoProgress()
            return
        with ProgressBars(self._err) as bars:
            yield bars


def _continued(command: str, width: int) -> list[str]:
    """The lines of a command, broken before options only; all but the last end with a backslash."""
    first, *options = re.split(r" (?=--)", shlex.join(shlex.split(command)))
    lines = [f"  {first}"]
    for word in options:
        if len(lines[-1]) + len(word) + len("  \\") > width:
            lines[-1] += " \\"
            lines.append("     ")
        lines[-1] += f" {word}"
    return lines


def _make_console(*, is_error: bool) -> Console:
    """A console for stdout or stderr that guesses nothing from the text."""
    console = _Console(stderr=is_error, markup=False, highlight=False, emoji=False)
    console.width = min(console.width, _WIDEST)
    return console


def write_document(document: msgspec.Struct) -> None:
    """Write one JSON document to stdout, in UTF-8 whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document)) + b"\n")
    sys.stdout.buffer.flush()


def data(value: object, style: str = "") -> Text:
    """Something from outside."""
    return Text(harmless(value), style)


def line(*parts: str | Text | tuple[str, str]) -> Text:
    """One line of our own words and of `data`; a pair is a text with its style."""
    return Text.assemble(*parts)


def heading(title: str, aside: str = "") -> Text:
    """The line above a part of a result."""
    return Text.assemble("\n", (title, STRONG), (f"  {aside}" if aside else "", DIM))


@dataclass(frozen=True, slots=True)
class Indented:
    """Text moved to the right, its further lines below its first word; a head stands before that."""

    text: Text
    by: int = 2
    head: Text = field(default_factory=Text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lines without blanks at their ends."""
        indent = self.by + cell_len(self.head.plain)
        for place, one in enumerate(self.text.wrap(console, max(options.max_width - indent, 10))):
            one.rstrip()
            before = Text.assemble(" " * self.by, self.head) if place == 0 else Text(" " * indent)
            yield Text.assemble(before, one)


def indented(what: Text | str, by: int = 2, head: Text | str = "") -> Indented:
    """Text moved to the right; a head, such as a bullet, stands before its first line."""
    text = Text(what) if isinstance(what, str) else what
    return Indented(text, by, Text(head) if isinstance(head, str) else head)


def table(*columns: str, numbers: int = 0) -> Table:
    """An open table, a little to the right; the last `numbers` columns hold numbers."""
    made = Table(box=None, header_style=DIM, pad_edge=True, padding=(0, 0, 0, 2))
    first_number = len(columns) - numbers
    for place, name in enumerate(columns):
        is_number = place >= first_number
        made.add_column(name, justify="right" if is_number else "left", no_wrap=is_number, overflow="fold")
    return made


def number(value: int, style: str = "") -> Text:
    """A count, with thousands apart; nothing looks lighter than something."""
    return Text(f"{value:,}", DIM if value == 0 else style)


def counted(amount: int, one: str, many: str = "") -> str:
    """`1 class`, `2 classes`."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"
