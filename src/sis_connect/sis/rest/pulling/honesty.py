"""Whether deltas tell everything, found by a full pull, and when the next full pull is due.

What was known before the full pull (the last full one and every delta since) is compared with it, record by record:
what differs and is no newer than the deltas were is what they did not tell. Here: the comparison and the figure, and
the rule for the schedule, which is pure. Not here: pulling (`pull`, `delta`), and where the figure is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sis_connect.findings import Finding, Fixer, Rule, Severity
from sis_connect.frames import identifier, literal
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.values import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sis_connect.frames import Frames
    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.snapshot import SealedFile, Snapshot
    from sis_connect.sis.rest.pulling.delta import Marks

_FIX = "Have dateLastModified set with every change, also of relations, and deleted records kept as tobedeleted."


def _untold(code: str, title: str) -> Rule:
    return Rule(code, Severity.WARNING, Fixer.VENDOR, title, _FIX)


#: One for each kind of change that deltas may conceal, and one for the figure that sums them up.
RULES = (
    _untold("delta.untold_new", "New records did not come when changes were asked for; a full pull found them."),
    _untold("delta.untold_change", "Changed records did not come when changes were asked for; a full pull found them."),
    _untold("delta.untold_end", "Records went without a word when changes were asked for; a full pull found out."),
    Rule(
        "delta.honesty",
        Severity.NOTE,
        Fixer.VENDOR,
        "Of the changes since the last full pull, only a part came when changes were asked for.",
        _FIX,
    ),
)
_NEW, _CHANGED, _GONE, _FIGURE = (rule.code for rule in RULES)
_MARKS = ("sourced_id", "status", "date_last_modified")


@dataclass(frozen=True, slots=True)
class Drift:
    """What deltas told of one collection, and what they did not."""

    #: Changes since the last full pull that were known before this one.
    told: int = 0
    #: Records that the full pull brought for the first time, differently, or not any more.
    new: int = 0
    changed: int = 0
    gone: int = 0

    @property
    def untold(self) -> int:
        """Changes that only the full pull told of."""
        return self.new + self.changed + self.gone


@dataclass(frozen=True, slots=True)
class Honesty:
    """What a full pull proved about the deltas before it."""

    #: By collection.
    drifts: dict[str, Drift]

    @property
    def told(self) -> int:
        """Changes that deltas told of."""
        return sum(drift.told for drift in self.drifts.values())

    @property
    def untold(self) -> int:
        """Changes that only the full pull told of."""
        return sum(drift.untold for drift in self.drifts.values())

    @property
    def share(self) -> float | None:
        """The share of changes that deltas told, from 0 to 1; None when nothing changed."""
        return self.told / (self.told + self.untold) if self.told + self.untold else None

    def findings(self) -> Iterator[Finding]:
        """One for each collection and kind of change that was concealed, and then the figure."""
        for name, drift in self.drifts.items():
            for code, number in ((_NEW, drift.new), (_CHANGED, drift.changed), (_GONE, drift.gone)):
                if number:
                    yield Finding(code, file=f"/{name}", occurrences=number)
        if self.untold:
            yield Finding(_FIGURE, detail=f"{self.told} of {self.told + self.untold} changes came.")


@dataclass(frozen=True, slots=True)
class FullSchedule:
    """How often a full pull proves the deltas."""

    #: Between two of them where deltas tell everything.
    longest: timedelta = timedelta(days=7)
    #: Between two of them where deltas are not to be trusted.
    shortest: timedelta = timedelta(days=1)
    #: Share of changes told at which, and below which, deltas are not to be trusted.
    distrusted: float = 0.9


def judge_deltas(frames: Frames, *, base: Snapshot, known: Snapshot, full: Snapshot, marks: Marks) -> Honesty:
    """What the deltas between two full pulls were worth.

    `base` is the full pull before, `known` that with all deltas laid over it, `full` the new one. `marks` are those of
    the last delta: what the new pull dates after them no delta could have told yet, and it does not count.
    """
    drifts = {}
    for name in ENTITIES:
        before, now, true = (snapshot.files.get(name) for snapshot in (base, known, full))
        # A collection without a mark is read as a whole each time; nothing about it is a matter of trust.
        if before is not None and now is not None and true is not None and name in marks.by_collection:
            told = sum(_differences(frames, before, now, None))
            drifts[name] = Drift(told, *_differences(frames, now, true, marks.by_collection[name]))
    return Honesty(drifts)


def is_full_due(
    last_full: datetime | None,
    honesty: float | None,
    settings: FullSchedule,
    *,
    now: datetime,
    marks: Marks,
) -> bool:
    """True when the next pull is to be a full one: always without marks, else the sooner the less deltas tell.

    `honesty` is the share of the last `Honesty`; None, when nothing is known, passes for trust.
    """
    if last_full is None or not marks:
        return True
    trust = 1.0 if honesty is None else honesty
    span = 1.0 - settings.distrusted
    ease = min(1.0, max(0.0, (trust - settings.distrusted) / span)) if span > 0 else float(trust >= 1.0)
    return now - last_full >= settings.shortest + (settings.longest - settings.shortest) * ease


def _differences(frames: Frames, old: SealedFile, new: SealedFile, up_to: datetime | None) -> tuple[int, int, int]:
    """Live records that are new, changed and gone; of dated ones only those dated no later than `up_to`."""
    entity = ENTITIES[new.entity]
    metadata = set(old.metadata_columns) & set(new.metadata_columns)
    columns = [column for column in (*entity.columns, *sorted(metadata)) if column not in _MARKS]
    differs = " OR ".join(f"o.{identifier(c)} IS DISTINCT FROM n.{identifier(c)}" for c in columns)
    counts = "true" if up_to is None else _no_later("n.modified", up_to)
    row = frames.execute(
        f"""
        SELECT
            count(*) FILTER (n.is_live AND o.is_live IS NOT TRUE),
            count(*) FILTER (n.is_live AND o.is_live AND ({differs})),
            count(*) FILTER (o.is_live AND n.is_live IS NOT TRUE)
        FROM ({_judged(entity, old)}) AS o FULL JOIN ({_judged(entity, new)}) AS n USING (sourced_id)
        WHERE {counts}
        """
    ).fetchone()
    new_ones, changed, gone = row or (0, 0, 0)
    return int(new_ones), int(changed), int(gone)


def _judged(entity: Entity, sealed: SealedFile) -> str:
    """SQL query: every id once, with whether its record is in force and when it changed."""
    status = parsed(entity.field("status"), "status")
    modified = parsed(entity.field("date_last_modified"), "date_last_modified")
    return (
        f"SELECT *, {status} IS DISTINCT FROM 'tobedeleted' AS is_live, {modified} AS modified "
        f'FROM ({sealed.relation}) QUALIFY row_number() OVER (PARTITION BY sourced_id ORDER BY "row") = 1'
    )


def _no_later(column: str, moment: datetime) -> str:
    """SQL: not dated, or dated no later than that."""
    instant = literal(moment.astimezone().isoformat())
    return f"coalesce({column} <= TIMESTAMPTZ {instant} AT TIME ZONE 'UTC', true)"
