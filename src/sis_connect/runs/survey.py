"""Looking at what the LMS holds already, before a plan is made: the table `holdings`."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import msgspec

from sis_connect.frames import count, literal
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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

    Everything is looked at before the first run and when `all_kinds`; later only schools and terms, and only when there
    is a new one.
    """
    kinds = [
        kind
        for kind in (_SURVEYED if is_first or all_kinds else _ALWAYS)
        if all_kinds or count(frames, f'desired_{kind} AS d ANTI JOIN existing_{kind} AS e ON e."key" = d."key"')
    ]
    holdings = open_target().survey(kinds) if kinds and open_target else ()
    write_holdings(frames, holdings)


def write_holdings(frames: Frames, holdings: Iterable[Holding]) -> None:
    """Make the table `holdings` of some holdings."""
    columns = "{kind: 'VARCHAR', \"key\": 'VARCHAR', lms_id: 'VARCHAR', title: 'VARCHAR', member_key: 'VARCHAR'}"
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        for holding in holdings:
            file.write(msgspec.json.encode(holding) + b"\n")
        file.flush()
        frames.execute(
            "CREATE OR REPLACE TABLE holdings AS "
            f"SELECT * FROM read_json({literal(file.name)}, columns = {columns}, format = 'newline_delimited')"
        )
