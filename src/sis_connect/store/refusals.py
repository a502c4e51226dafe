"""What is remembered of a run's refusals, for the plans after it.

Here: which refusals stand after a run. Not here: where they are kept (`existing`), what plans make of them
(`sync.plan.refusals`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count, literal
from sis_connect.sync.changes import PASSING
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.refusals import COLUMNS, NOT_OURS, content_of, keys_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sis_connect.frames import Frames
    from sis_connect.report import Settled

_REFUSED = """
    SELECT '{kind}', first_key, second_key, action, content, refusal, $as_of FROM named
    WHERE state = 'refused' AND refusal NOT IN ({passing})
"""
_OTHERS = f"""
    SELECT '{{kind}}', first_key, second_key, action, 0, hold, NULL FROM named
    WHERE state = 'held' AND hold = {literal(NOT_OURS)}
"""
_KEPT = f"""
    SELECT r.* FROM refusals AS r SEMI JOIN (
        SELECT first_key, second_key, action FROM named
        WHERE state = 'held' AND hold IS DISTINCT FROM {literal(NOT_OURS)}
    ) AS f USING (first_key, second_key, action)
    WHERE r.kind = '{{kind}}'
"""


def remember(frames: Frames, settled: Sequence[Settled], as_of: date) -> bool:
    """Make `refusals_after`: what the LMS refused in this run, or before and was not sent; True when that is news.

    What others had under our code is remembered too, so that the next plan looks whether they still have. Expects the
    view `refusals` of before, and `fate_<kind>`: the plan's changes with what became of each (`existing`).
    """
    declared = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
    frames.execute(f"CREATE OR REPLACE TABLE refusals_after ({declared})")
    passing = ", ".join(literal(code) for code in sorted(PASSING))
    refused = {one.kind for one in settled if one.state == "refused"}
    held = {one.kind for one in settled if one.state == "held"}
    for kind in (kind for kind in Kind if kind in refused | held):
        # Most kinds have nothing of the sort, and changes of enrollments may be millions.
        sources = {
            _REFUSED.format(kind=kind, passing=passing): kind in refused,
            _OTHERS.format(kind=kind): kind in held and kind in {Kind.COURSES, Kind.CLASSES},
            _KEPT.format(kind=kind): kind in held and count(frames, f"refusals WHERE kind = '{kind}'") > 0,
        }
        first, second = keys_of(kind)
        for source in (source for source, is_needed in sources.items() if is_needed):
            frames.execute(
                f"""
                INSERT INTO refusals_after
                WITH named AS (
                    SELECT *, {first} AS first_key, {second} AS second_key, {content_of(kind)} AS content
                    FROM fate_{kind}
                )
                {source}
                """,
                {"as_of": as_of} if "$as_of" in source else {},
            )
    news = "(TABLE refusals_after EXCEPT TABLE refusals) UNION ALL (TABLE refusals EXCEPT TABLE refusals_after)"
    return count(frames, f"({news})") > 0
