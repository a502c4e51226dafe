"""Whether changes and deletions are told: dateLastModified, filters on it, and what two runs say together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sis_connect.oneroster.json_text import is_date_time
from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.sis.conformance.casting import is_live
from sis_connect.sis.conformance.checking import CannotTellError, Check, Coping, Group, Level, failed, passed, skipped
from sis_connect.sis.conformance.checks.filter import judge_filter
from sis_connect.sis.conformance.checks.ground import ground, page_of
from sis_connect.sis.conformance.checks.reach import clock_offset
from sis_connect.sis.conformance.checks.records import stamped
from sis_connect.sis.conformance.marks import compare, mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.marks import Change, Remembered
    from sis_connect.sis.conformance.probe import Probe

#: A year that no change was made in yet.
_FAR_OFF = "2999-01-01T00:00:00.000Z"
#: Seconds by which a change may lie in the future: two clocks.
_PATIENCE = 300.0
_NO_EARLIER = "It takes two runs: name the report of an earlier one (--compare)."


def marks_of(probe: Probe) -> Remembered:
    """What this run remembers."""
    rows = {name: probe.rows(name) for name in ROSTER_ENTITIES if probe.rows(name)}
    return mark(rows, [name for name in rows if probe.sample(name).is_complete], probe.terms.key)


def _moments(probe: Probe) -> list[str]:
    return sorted({row["date_last_modified"] for row in ground(probe).rows if row["date_last_modified"]})


def _filter(probe: Probe) -> Verdict:
    """The later half of the moments is asked for, which leaves some records out."""
    for collection in ROSTER_ENTITIES:
        told = {row["date_last_modified"] or "" for row in probe.rows(collection)}
        moments = sorted(moment for moment in told if is_date_time(moment))
        if len(moments) > 1:
            return judge_filter(probe, collection, f"dateLastModified>='{moments[-(-len(moments) // 2)]}'")
    return skipped("All records of a collection were changed at the same moment, so no filter can be told from none.")


def _filter_future(probe: Probe) -> Verdict:
    parameters: dict[str, str | int] = {"filter": f"dateLastModified>'{_FAR_OFF}'", "limit": 2}
    taken, ids = page_of(probe, ground(probe), parameters)
    return failed("Records are given as changed after the year 2999.", taken) if ids else passed("", taken)


def _not_future(probe: Probe) -> Verdict:
    moments = _moments(probe)
    if not moments:
        return skipped("No record says when it was changed.")
    now = probe.around.wall_clock() + (clock_offset(probe) or 0.0) + _PATIENCE
    latest = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%S}"
    later = [moment for moment in moments if moment > latest]
    if later:
        return failed(
            f"{len(later):,} of {len(moments):,} moments of change lie in the future.", ground(probe).pages[0]
        )
    return passed(f"{len(moments):,} different moments were looked at.")


def _two_runs(judge: Callable[[dict[str, Change]], Verdict]) -> Callable[[Probe], Verdict]:
    def judge_both(probe: Probe) -> Verdict:
        earlier = probe.terms.earlier
        if earlier is None:
            return skipped(_NO_EARLIER)
        later = marks_of(probe)
        if earlier.key != later.key:
            raise CannotTellError("The earlier report was made with another key, so its records cannot be recognised.")
        return judge(compare(earlier, later))

    return judge_both


def _honest(changes: dict[str, Change]) -> Verdict:
    changed = sum(change.changed for change in changes.values())
    told = sum(change.told for change in changes.values())
    if not changed:
        return skipped("Nothing changed between the two runs.")
    figures = (("honesty of changes", round(told / changed, 4)),)
    if told < changed:
        silent = ", ".join(
            f"{change.changed - change.told:,} {name}"
            for name, change in changes.items()
            if change.told < change.changed
        )
        return failed(f"Of {changed:,} changed records {changed - told:,} do not tell it: {silent}.", figures=figures)
    return passed(f"All {changed:,} changed records tell it.", figures=figures)


def _kept(changes: dict[str, Change]) -> Verdict:
    vanished = sum(change.vanished for change in changes.values())
    deleted = sum(change.deleted for change in changes.values())
    if vanished:
        names = ", ".join(f"{change.vanished:,} {name}" for name, change in changes.items() if change.vanished)
        return failed(f"Records are gone without having been marked as deleted: {names}.")
    if not deleted:
        return skipped("Nothing was deleted between the two runs.")
    return passed(f"{deleted:,} deleted records are still shown, as tobedeleted.")


def _shown(probe: Probe) -> Verdict:
    deleted = sum(not is_live(row) for name in ROSTER_ENTITIES for row in probe.rows(name))
    if deleted:
        return passed(f"{deleted:,} records are shown as tobedeleted.")
    for collection in ("enrollments", "users"):
        taken = probe.ask(
            "getAllEnrollments" if collection == "enrollments" else "getAllUsers",
            {"filter": "status='tobedeleted'", "limit": 1},
        )
        if taken.status == 200 and taken.total:
            return passed(f"{taken.total:,} {collection} are shown as tobedeleted.", taken)
    return skipped("No deleted record was seen.")


_CLAUSE = "Changes: delta over REST"
_FULL = "A full pull on a schedule finds what deltas miss."

CHECKS = (
    Check(
        "delta.present",
        Group.DELTA,
        Level.EXPECTED,
        "Lifecycle: record state machine",
        "Every record says when it was changed last.",
        "Give every record a dateLastModified, also after a bulk load.",
        Coping.YES,
        "Records without it are read every time.",
        stamped("dateLastModified"),
    ),
    Check(
        "delta.filter",
        Group.DELTA,
        Level.REQUIRED,
        _CLAUSE,
        "A filter on dateLastModified gives what was changed since, and nothing else.",
        "Compare dateLastModified as moments, in every collection.",
        Coping.PARTLY,
        "Everything is read every time.",
        _filter,
    ),
    Check(
        "delta.filter_future",
        Group.DELTA,
        Level.REQUIRED,
        _CLAUSE,
        "Nothing is given as changed after a moment that has not come.",
        "Compare dateLastModified as moments, in every collection.",
        Coping.PARTLY,
        "Everything is read every time.",
        _filter_future,
    ),
    Check(
        "delta.not_future",
        Group.DELTA,
        Level.REQUIRED,
        _CLAUSE,
        "No record was changed in the future.",
        "Write moments in UTC; local times without an offset are a common cause.",
        Coping.PARTLY,
        "A mark in the future hides changes until it has passed; a full pull finds them.",
        _not_future,
    ),
    Check(
        "delta.honest",
        Group.DELTA,
        Level.EXPECTED,
        _CLAUSE,
        "What changed between two runs has a later dateLastModified.",
        "Set dateLastModified whenever anything of a record changes, its references too.",
        Coping.PARTLY,
        _FULL,
        _two_runs(_honest),
    ),
    Check(
        "delta.deleted_kept",
        Group.DELTA,
        Level.REQUIRED,
        "Lifecycle: record state machine",
        "What was deleted between two runs is still shown, as tobedeleted.",
        "Keep deleted records for some weeks, with the status tobedeleted and the moment of deletion.",
        Coping.PARTLY,
        _FULL,
        _two_runs(_kept),
    ),
    Check(
        "delta.deleted_shown",
        Group.DELTA,
        Level.EXPECTED,
        "Lifecycle: record state machine",
        "Deleted records are shown as tobedeleted.",
        "Show deleted records in their collections for some weeks.",
        Coping.PARTLY,
        _FULL,
        _shown,
    ),
)
