"""Looking at what the LMS holds already, before a plan is made: the table `holdings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count, enter_rows, literal
from sis_connect.sync.changes import KEY_TAKEN
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.refusals import NOT_OURS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sis_connect.frames import Frames
    from sis_connect.sync.apply import RosterTarget
    from sis_connect.sync.changes import Holding

_SURVEYED = (Kind.SCHOOLS, Kind.TERMS, Kind.USERS, Kind.COURSES, Kind.CLASSES)
#: Few enough, and shared with others often enough, to look again whenever a new one comes up.
_ALWAYS = (Kind.SCHOOLS, Kind.TERMS)


def lay_out_holdings(
    frames: Frames, open_target: Callable[[], RosterTarget] | None, *, is_first: bool, all_kinds: bool
) -> None:
    """Make `holdings` (`kind`, `key`, `lms_id`, `title`); empty without a target.

    Of what is new, everything is looked at before the first run and whenever a new school comes up; else schools,
    terms, and the kinds of which others had something under our code when we last knew. `all_kinds` looks at
    everything, new or not.
    """
    kinds = _SURVEYED if all_kinds else tuple(_kinds_with_news(frames, is_first=is_first))
    holdings = open_target().survey(kinds) if kinds and open_target else ()
    write_holdings(frames, holdings)


def write_holdings(frames: Frames, holdings: Iterable[Holding]) -> None:
    """Make the table `holdings` of some holdings."""
    columns = dict.fromkeys(("kind", "key", "lms_id", "title", "member_key"), "VARCHAR")
    enter_rows(frames, "holdings", columns, holdings)


def _kinds_with_news(frames: Frames, *, is_first: bool) -> Iterator[Kind]:
    # A school that joins brings its people, courses and classes along, and others may have made some of them before.
    looked_at = _SURVEYED if is_first or _has_news(frames, Kind.SCHOOLS) else _ALWAYS
    return (
        kind for kind in _SURVEYED if _is_contested(frames, kind) or (kind in looked_at and _has_news(frames, kind))
    )


def _is_contested(frames: Frames, kind: Kind) -> bool:
    """True when something still wanted was refused, or held, because the LMS has its key already."""
    codes = ", ".join(literal(code) for code in sorted({*KEY_TAKEN, NOT_OURS}))
    news = f'SELECT "key" FROM desired_{kind} ANTI JOIN existing_{kind} AS e USING ("key")'
    return count(frames, f"refusals WHERE kind = '{kind}' AND code IN ({codes}) AND first_key IN ({news})") > 0


def _has_news(frames: Frames, kind: Kind) -> bool:
    return count(frames, f'desired_{kind} AS d ANTI JOIN existing_{kind} AS e ON e."key" = d."key"') > 0
