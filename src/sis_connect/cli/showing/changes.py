"""Changes as a person reads them: who and what, what waits and why, what others made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sis_connect.bootstrap import refusal_in_words
from sis_connect.cli.screen import BAD, DIM, GOOD, STRONG, WARN, counted, data, heading, indented, line
from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.refusals import REFUSED_BEFORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sis_connect.cli.screen import Screen
    from sis_connect.runs.listing import Difference, HeldGroup, ListedChange

#: Kind to what one of it is called, and many; the LMS's word stands behind ours.
NOUNS = {
    Kind.SCHOOLS: ("school", "schools"),
    Kind.TERMS: ("term", "terms"),
    Kind.USERS: ("user", "users"),
    Kind.AGENTS: ("link between parent and student", "links between parents and students"),
    Kind.COURSES: ("course", "courses"),
    Kind.CLASSES: ("class", "classes"),
    Kind.ENROLLMENTS: ("enrollment", "enrollments"),
}
_STYLES = {
    Action.CREATE: GOOD,
    Action.UPDATE: "cyan",
    Action.REMOVE: BAD,
    Action.LINK: DIM,
    Action.RELEASE: DIM,
}
_WITHIN = {
    Kind.ENROLLMENTS: " in ",
    Kind.USERS: " at ",
    Kind.CLASSES: " at ",
    Kind.COURSES: " at ",
    Kind.AGENTS: " for ",
}
#: An id is only there to be told from another.
_ID_SHOWN = 10
_COLUMNS = {"key": "id", "class_key": "class", "user_key": "person", "student_key": "student", "agent_key": "parent"}


def show_held(screen: Screen, groups: Sequence[HeldGroup]) -> None:
    """What waits, why, and what the guard would have let through."""
    if not groups:
        return
    screen.show(heading("Held back", "until a person lets it through, or its cause is gone"))
    for group in groups:
        one, many = NOUNS[group.kind]
        what = f"{group.action} {counted(group.changes, one, many)}"
        screen.show(indented(line((what, WARN), f": {group.explanation}.", (f"  {group.cause}", DIM))))
        if group.cause == REFUSED_BEFORE:
            _show_reasons(screen, group)
            continue
        for place in group.places:
            where = place.name or "The district"
            share = f": {place.changes:,} of {place.held:,} ({place.percent:g} %)"
            allowed = f"; allowed is {group.allowed}" if group.allowed else ""
            screen.show(indented(line(data(where), share, (allowed, DIM)), 6))


def _show_reasons(screen: Screen, group: HeldGroup) -> None:
    """Why the LMS refused, and what to do about it."""
    for place in group.places:
        what, fix = refusal_in_words(place.name)
        screen.show(indented(line(f"{place.changes:,}: {what}", (f"  {place.name}", DIM)), 6))
        screen.show(indented(fix, 6, line(("→ ", STRONG))))


def show_listed(screen: Screen, listed: Sequence[ListedChange], totals: dict[Kind, int]) -> None:
    """The people and classes, kind by kind; what is not listed is counted."""
    for kind, total in totals.items():
        own = [change for change in listed if change.kind is kind]
        if not own:
            continue
        one, many = NOUNS[kind]
        screen.show(heading(counted(total, one, many)))
        for change in own:
            _show_change(screen, change)
        if total > len(own):
            rest = total - len(own)
            screen.show(indented(line((f"and {rest:,} more: add --list {kind} --limit {total}", DIM)), 10))


def show_linked(screen: Screen, counts: Iterable[tuple[Kind, int]]) -> None:
    """What others made in the LMS and SIS Connect uses without touching it."""
    linked = [counted(amount, *NOUNS[kind]) for kind, amount in counts if amount]
    if linked:
        told = f"{', '.join(linked)} in Schoology already, made by others: used as they are, never changed or removed."
        screen.show("", indented(line((told, DIM)), 2))


def differences_in_words(differences: Iterable[Difference]) -> Text:
    """`family name: Reed → Reed-Moss; email: …`."""
    parts: list[Text] = []
    for one in differences:
        name = _COLUMNS.get(one.column, one.column.removesuffix("_keys").removesuffix("_key").replace("_", " "))
        before, after = (_short(value, is_id=name == "id") for value in (one.before, one.after))
        parts.append(Text.assemble((f"{name} ", DIM), data(before), (" → ", DIM), data(after, STRONG)))
    return Text("; ").join(parts)


def _short(value: str, *, is_id: bool) -> str:
    return f"{value[:_ID_SHOWN]}…" if is_id and len(value) > _ID_SHOWN else value or "nothing"


def _show_change(screen: Screen, change: ListedChange) -> None:
    parts = [data(change.title)]
    if change.role:
        parts += [Text(", ", DIM), data(change.role, DIM)]
    if change.within:
        parts += [Text(_WITHIN.get(change.kind, ", "), DIM), data(change.within)]
    if change.differences:
        parts += [Text("  "), differences_in_words(change.differences)]
    if change.hold:
        parts += [Text(f"  held: {change.hold}", WARN)]
    screen.show(indented(Text.assemble(*parts), head=line((f"{change.action:<8}", _STYLES[change.action]))))
