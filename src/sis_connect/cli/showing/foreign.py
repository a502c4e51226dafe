"""What others made in the LMS, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.screen import DIM, GOOD, counted, data, heading, indented, line
from sis_connect.cli.showing.changes import NOUNS
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from rich.text import Text

    from sis_connect.cli.documents import ForeignDocument, ForeignThing
    from sis_connect.cli.screen import Screen

#: Things of a kind shown in a terminal; a file holds them all.
_SHOWN = 50


def show_foreign(screen: Screen, document: ForeignDocument) -> None:
    """Kind by kind."""
    if not document.things:
        screen.show(line(("✓ ", GOOD), "Everything in Schoology was made by SIS Connect."))
        return
    screen.show("Made by others in Schoology. SIS Connect leaves all of it alone.")
    for kind in Kind:
        own = [thing for thing in document.things if thing.kind == kind]
        if own:
            nouns = ("member in our classes", "members in our classes") if kind is Kind.ENROLLMENTS else NOUNS[kind]
            screen.show(heading(counted(len(own), *nouns)))
            for thing in own[:_SHOWN]:
                screen.show(indented(_in_words(thing)))
            if len(own) > _SHOWN:
                screen.show(indented(line((f"and {len(own) - _SHOWN:,} more: --csv FILE lists them all", DIM))))


def _in_words(thing: ForeignThing) -> Text:
    return line(
        data(thing.title or "(no title)"),
        data(f" in {thing.within}" if thing.within else ""),
        data(f"  {thing.key}" if thing.key and thing.key != thing.title else "", DIM),
        (f"  id {thing.lms_id}", DIM),
        ("  used as it is" if thing.is_linked else "", "cyan"),
    )
