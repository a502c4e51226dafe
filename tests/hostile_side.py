"""A hostile provider of a small district, a night's pull from it, and what became of it.

A pull that is believed must be the roster that the provider holds, row for row. Where the provider itself holds, or
admits to, less than the whole, the night is carried through to the LMS: nobody may be taken out by it.
"""

from __future__ import annotations

import copy
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from fakes import FakeLms
from rest_side import a_district, rows_of
from simulated_time import SimulatedTime
from sis_connect.errors import PullRefusedError, SisConnectError
from sis_connect.frames import Limits, identifier, open_frames
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.oneroster.values import parsed
from sis_connect.progress import NoProgress
from sis_connect.runs.runner import Runner, RunSettings
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET, SisSettings, load_package, start
from sis_connect.sandbox.sis.hostile.choosing import SCENARIO_HEADER
from sis_connect.sandbox.sis.hostile.scenario import Theme
from sis_connect.sis.rest.connection import PullSettings, RestConnection
from sis_connect.sis.rest.source import RestSource
from sis_connect.store.folder import DataFolder
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan import Ownership
from sis_connect.sync.plan.guard import GuardRules
from sis_connect.sync.shape.rules import DistrictRules
from sis_connect.transport.addresses import Reach
from sis_connect.transport.client import Patience, Surroundings
from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.oauth2 import ClientGrant, TokenCache
from sis_connect.transport.retry import Backoff
from sis_connect.transport.token_bucket import HostLimiters, Rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fakes import Key
    from rest_side import Rows
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.report import Report
    from sis_connect.sandbox.sis import RunningSis
    from sis_connect.sandbox.sis.hostile.scenario import Scenario

LOADED_AT = datetime(2026, 9, 15, 6, tzinfo=UTC)
#: Small enough for pages beyond the seventh, large enough for halves.
_PULL = PullSettings(page_size=20)
_PATIENCE = Patience(reply_seconds=30.0, backoff=Backoff(attempts=3), largest_reply=8 * 1024 * 1024)
_LIMITS = Limits(memory="512MB", threads=1)

#: Findings that say of a roster that it is not the whole.
_ADMISSIONS = {
    "rest.only_schools",
    "rest.only_terms",
    "rest.only_students_and_teachers",
    "rest.only_courses_of_schools",
    "rest.school_not_found",
}


class End(StrEnum):
    """How a night ended; the value is how the documentation says it."""

    SAME = "reads the roster, row for row"
    SAME_MEANING = "reads the roster, row for row in what values mean"
    NOBODY_LOST = "reads what there is; nobody is taken out by it"
    HELD = "reads what there is; what looks wrong waits for a person"
    REFUSED = "refuses"


@dataclass(frozen=True)
class Outcome:
    """What became of one night."""

    end: End
    #: Codes: of the refusal, or of what was noticed and held.
    codes: tuple[str, ...]


class TickingTime(SimulatedTime):
    """Time that also passes a little whenever somebody looks, so that nothing lasts for ever."""

    def clock(self) -> float:
        """The time, a tenth of a second later than the last time."""
        self.now += 0.1
        return self.now


def _one_at_a_time(connection: RestConnection) -> RestConnection:
    return replace(connection, pull=replace(_PULL, concurrency=1))


class HostileDistrict:
    """A district that was synchronised once from an honest provider, and then meets a hostile one."""

    def __init__(self, folder: Path) -> None:
        """Everybody is in the LMS."""
        self._folder = folder
        self.package = a_district(folder / "package", students=24)
        load_package(self.package, folder / "sis.sqlite", at=LOADED_AT)
        self.sis = start(SisSettings(), folder / "sis.sqlite")
        self._lms = FakeLms()
        self._honest = set(_night(folder / "data", self._lms, self.connection(self.sis)).findings)

    def close(self) -> None:
        """The provider has ended."""
        self.sis.close()

    def meet(self, scenario: Scenario, folder: Path) -> Outcome:
        """What becomes of a night with this scenario; AssertionError when it believes a shorter roster."""
        if not scenario.is_of_the_whole and scenario.theme is not Theme.CHANGES:
            connection = self.connection(self.sis, {SCENARIO_HEADER: scenario.name})
            if scenario.theme is Theme.SERVICE:
                # Time is simulated: the wait of one request would be spent by another that is being answered.
                connection = _one_at_a_time(connection)
            return self._meet(self.sis, connection, scenario, folder)
        folder.mkdir(parents=True, exist_ok=True)
        load_package(self.package, folder / "sis.sqlite", at=LOADED_AT)
        with start(SisSettings(scenario=scenario.name), folder / "sis.sqlite") as sis:
            connection = self.connection(sis)
            if scenario.theme in {Theme.CHANGES, Theme.SERVICE}:
                # What is noticed of a change depends on which page is read before it.
                connection = _one_at_a_time(connection)
            return self._meet(sis, connection, scenario, folder)

    def connection(self, sis: RunningSis, headers: Mapping[str, str] | None = None) -> RestConnection:
        """A connection with a token, as patient as it is fast."""
        return RestConnection(
            sis.url,
            ClientGrant(sis.token_url, Credentials(SIS_CLIENT_ID, SIS_CLIENT_SECRET)),
            headers=headers or {},
            rate=Rate(1_000.0, 1_000),
            patience=_PATIENCE,
            reach=Reach(loopback=True),
            pull=_PULL,
        )

    def _meet(self, sis: RunningSis, connection: RestConnection, scenario: Scenario, folder: Path) -> Outcome:
        into = folder / "sealed"
        into.mkdir(parents=True)
        before = _held_by(sis)
        try:
            snapshot = _pull(connection, into, folder / "parts")
        except SisConnectError as error:
            assert not any(into.iterdir()), "a refused pull left files behind"
            return Outcome(End.REFUSED, (_code(error),))
        codes = {str(finding.code) for finding in snapshot.findings}
        end = _judge(rows_of(snapshot), before, _held_by(sis))
        if end is None or scenario.theme is Theme.FEEDS:
            is_feigned = scenario.theme is Theme.FEEDS and scenario.prepare is None
            assert end or is_feigned or codes & _ADMISSIONS, "a shorter roster was believed without a word"
            return self._carry_through(connection, codes, _ended(before), folder)
        return Outcome(end, tuple(sorted(codes)))

    def _carry_through(self, connection: RestConnection, codes: set[str], ended: set[Key], folder: Path) -> Outcome:
        """The night goes on to the LMS, where nobody is lost but those whom the SIS itself calls gone."""
        data, lms = folder / "data", copy.deepcopy(self._lms)
        shutil.copytree(self._folder / "data", data)
        report = _night(data, lms, connection)
        for kind in Kind:
            lost = self._lms.records[kind].keys() - lms.records[kind].keys()
            assert lost <= (ended if kind is Kind.ENROLLMENTS else set()), f"{len(lost)} {kind} were lost"
        codes |= {code for code in report.findings if code not in self._honest}
        causes = {hold.cause for hold in report.holds}
        is_held = any(counts.held for counts in report.changes)
        return Outcome(End.HELD if is_held else End.NOBODY_LOST, tuple(sorted(codes | causes)))


@contextmanager
def a_hostile_district(folder: Path) -> Iterator[HostileDistrict]:
    """A district, its provider running within the block."""
    district = HostileDistrict(folder)
    try:
        yield district
    finally:
        district.close()


def _night(data: Path, lms: FakeLms, connection: RestConnection) -> Report:
    """Pull, check, shape, plan, apply."""
    source = _source(connection, data.with_name(f"{data.name}-parts"))
    settings = RunSettings(DistrictRules(), GuardRules(), Ownership(), _LIMITS, strict=False)
    runner = Runner(
        DataFolder(data),
        settings,
        open_source=lambda _: source,
        open_target=lambda: lms,
        now=lambda: datetime(2026, 10, 1, 3, tzinfo=UTC),
    )
    return runner.sync(None)


def _source(connection: RestConnection, parts: Path) -> RestSource:
    """The SIS as a source; sleeps take no time."""
    time = TickingTime()
    around = Surroundings(wall_clock=time.clock, steady_clock=time.clock, sleep=time.sleep)
    return RestSource(connection, parts, around, TokenCache(), HostLimiters(clock=time.clock, sleep=time.sleep))


def _pull(connection: RestConnection, into: Path, parts: Path) -> Snapshot:
    """The snapshot of everything."""
    with open_frames(_LIMITS) as frames:
        return _source(connection, parts).read(into, frames, strict=False, progress=NoProgress(), known=lambda _: None)


def _held_by(sis: RunningSis) -> Rows:
    """Every row of the roster that the provider holds, in the order of sourcedId."""
    with sis.records.together() as writing:
        return {name: [tuple(row.values()) for row in writing.find(name)] for name in ROSTER_ENTITIES}


def _ended(held: Rows) -> set[Key]:
    """Keys of the enrollments that the SIS itself calls gone."""
    columns = ENTITIES["enrollments"].columns
    rows = [dict(zip(columns, row, strict=True)) for row in held["enrollments"]]
    return {
        (str(row["class_sourced_id"]), str(row["user_sourced_id"]))
        for row in rows
        if row["status"] in {"tobedeleted", "inactive"}
    }


def _judge(got: Rows, before: Rows, after: Rows) -> End | None:
    """Whether what was received is what the provider held all the while, and nothing that it never held."""
    end = End.SAME
    for name in ROSTER_ENTITIES:
        parts = ([row[: len(ENTITIES[name].columns)] for row in got[name]], before[name], after[name])
        if _is_between(*parts):
            continue
        end = End.SAME_MEANING
        if not _is_between(*(_understood(name, part) for part in parts)):
            return None
    return end


def _is_between(
    rows: list[tuple[object, ...]], before: list[tuple[object, ...]], after: list[tuple[object, ...]]
) -> bool:
    """True when no row is missing that was there all the while, and none is there that never was."""
    if before == after:
        return sorted(rows, key=repr) == sorted(before, key=repr)
    got, then, now = set(rows), set(before), set(after)
    return len(got) == len(rows) and then & now <= got <= then | now


def _understood(name: str, rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """What the texts of rows mean, as every later step reads them."""
    entity = ENTITIES[name]
    with open_frames(_LIMITS) as frames:
        frames.execute(f"CREATE TABLE said ({', '.join(f'{identifier(column)} VARCHAR' for column in entity.columns)})")
        if rows:
            frames.executemany(f"INSERT INTO said VALUES ({', '.join('?' * len(entity.columns))})", rows)
        meant = ", ".join(f"CAST({parsed(field, identifier(field.column))} AS VARCHAR)" for field in entity.fields)
        return frames.execute(f"SELECT {meant} FROM said ORDER BY ALL").fetchall()


def _code(error: SisConnectError) -> str:
    code = error.code if isinstance(error, PullRefusedError) else error.cause
    assert code, f"{type(error).__name__} has no name"
    return str(code)
