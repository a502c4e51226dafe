"""A district whose SIS wears the dress of a partner, from the entries of its form to the LMS, and the days it lives."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from fakes import FakeLms
from sis_connect import config
from sis_connect.frames import Limits
from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.partner_connections import Circumstances, find_way, ways
from sis_connect.partners import fields as form
from sis_connect.partners.connecting import build_connection, build_credentials
from sis_connect.runs.runner import Runner, RunSettings
from sis_connect.sandbox.sis import load_package, start
from sis_connect.sandbox.sis.dress import dress
from sis_connect.settings import SisSettings
from sis_connect.sis.rest.connection import open_client
from sis_connect.sis.rest.source import DeltaTerms, RestSource
from sis_connect.store.folder import DataFolder
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan import Ownership
from sis_connect.sync.plan.guard import GuardRules
from sis_connect.sync.shape.rules import DistrictRules
from sis_connect.transport.addresses import Reach
from sis_connect.transport.client import Surroundings
from sis_connect.transport.oauth2 import TokenCache
from sis_connect.transport.token_bucket import HostLimiters, Rate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.partners.connecting import Connection
    from sis_connect.partners.profile import Profile
    from sis_connect.report import Report
    from sis_connect.sandbox.sis import RunningSis
    from sis_connect.sandbox.sis.dress import Dress, Wear
    from sis_connect.sis.rest.connection import RestConnection

LOADED = datetime(2026, 9, 1, 3, tzinfo=UTC)
_LIMITS = Limits("512MB", 1)
_CIRCUMSTANCES = Circumstances(reach=Reach(loopback=True), rate=Rate(1_000.0, 1_000))

Pairs = set[tuple[str, str]]


class _Ticking:
    """Seconds that pass when somebody sleeps, and a little whenever somebody looks."""

    def __init__(self) -> None:
        self._now = 0.0

    def clock(self) -> float:
        self._now += 0.01
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds


@dataclass
class PartnerDistrict:
    """A district, its SIS in the dress of a partner, and its LMS."""

    dressed: Dress
    sis: RunningSis
    folder: Path
    clock: list[datetime]
    lms: FakeLms = field(default_factory=FakeLms)
    rules: DistrictRules = field(default_factory=DistrictRules)
    #: How the SIS is asked, once `connect` found it.
    way: RestConnection | None = None
    _tokens: TokenCache = field(default_factory=TokenCache)
    _ticking: _Ticking = field(default_factory=_Ticking)

    @property
    def profile(self) -> Profile:
        """The partner's."""
        return self.dressed.profile

    def described(self, **changes: str) -> Connection:
        """The description of the connection that the entries make."""
        return build_connection(self.profile, self.entries(**changes))

    def entries(self, **changes: str) -> dict[str, str]:
        """What the district enters: what it copies from its SIS, with changes."""
        return {**self.dressed.entries(self.sis), **changes}

    def sis_settings(self) -> tuple[SisSettings, dict[str, str]]:
        """The rules that say the same, for sending grades too, and the variables of the environment that they need."""
        entries = self.dressed.entries(self.sis, grades=True)
        prefix = form.HEADER_PREFIX
        headers = {name.removeprefix(prefix): value for name, value in entries.items() if name.startswith(prefix)}
        kind = entries.get(form.SIGN_IN, form.sign_in_kinds(self.profile)[0])
        hashed = entries.get(form.SIGNATURE) or form.default_signature(self.profile)
        sign_in = {"oauth1": f"oauth1-{hashed.removeprefix('HMAC-').lower()}", "bearer": "bearer"}.get(kind, "standard")
        rules = {
            "url": entries[form.API_URL],
            "partner": self.profile.id,
            "sign_in": sign_in,
            "token_url": entries.get(form.TOKEN_URL, ""),
            "grade_headers": {name: f"GRADES_{number}" for number, name in enumerate(headers)},
            "rate": 1_000.0,
            "allow_loopback": True,
        }
        if form.SCOPE in entries:
            rules["scopes"] = entries[form.SCOPE].split()
        variables = {
            config.SIS_KEY_VARIABLE: entries.get(form.CLIENT_ID, ""),
            config.SIS_SECRET_VARIABLE: entries.get(form.CLIENT_SECRET, ""),
            config.SIS_TOKEN_VARIABLE: entries.get(form.BEARER_TOKEN, ""),
            **{f"GRADES_{number}": value for number, value in enumerate(headers.values())},
        }
        return msgspec.convert(rules, SisSettings), variables

    @property
    def runner(self) -> Runner:
        """What syncs it."""
        return self._runner(delta=False)

    def connect(self, **changes: str) -> RestConnection:
        """The way of asking that works; errors as of `find_way`."""
        entries = self.entries(**changes)
        described = build_connection(self.profile, entries)
        candidates = ways(described, build_credentials(self.profile, entries), _CIRCUMSTANCES)
        return find_way(candidates, self.surroundings, tokens=TokenCache(), limiters=self.limiters)

    def read_one(self, **changes: str) -> None:
        """One school can be read; errors of the connection and of `transport`."""
        with open_client(self.connect(**changes), self.surroundings, limiters=self.limiters) as client:
            client.http.send("GET", "/orgs", params={"limit": 1})

    def sync(self, *, delta: bool = False) -> Report:
        """One night."""
        return self._runner(delta=delta).sync(None)

    def approve_all(self) -> Report:
        """A person has looked at what is held, and lets it go out."""
        runner = self._runner(delta=False)
        plan = runner.find_plan()
        runner.approve(plan.digest, by="a person", because="It is so.", cause=None, kind=None, school=None)
        return runner.apply(plan.digest)

    def a_day_passes(self, days: int = 1) -> None:
        """It is later, and requests are counted anew."""
        self.clock[0] += timedelta(days=days)
        self.sis.reset_statistics()

    def in_the_sis(self) -> Pairs:
        """Who is in which class by the records of the SIS itself, without administrators."""
        with self.sis.records.together() as writing:
            live = {
                name: {str(row["sourced_id"]) for row in writing.find(name, "status IS NOT 'tobedeleted'")}
                for name in ("classes", "users")
            }
            places = writing.find("enrollments", "status IS NOT 'tobedeleted'")
            live["users"] -= {str(row["sourced_id"]) for row in writing.find("users", "role = 'administrator'")}
        pairs = {(str(row["class_sourced_id"]), str(row["user_sourced_id"])) for row in places}
        return {(class_, user) for class_, user in pairs if class_ in live["classes"] and user in live["users"]}

    def in_the_lms(self) -> Pairs:
        """Who is in which class in the LMS, by the keys of the SIS."""
        return {(key[0], key[1]) for key in self.lms.records[Kind.ENROLLMENTS]}

    def places(self, pairs: Pairs) -> Pairs:
        """The same by the LMS's own ids, which stay when keys change."""
        ids = self.lms.ids
        return {(ids[Kind.CLASSES][class_,], ids[Kind.USERS][user,]) for class_, user in pairs}

    @property
    def sent(self) -> int:
        """Records that the SIS sent since the day passed."""
        return sum(self.sis.statistics().records.values())

    def _wall_clock(self) -> float:
        return self.clock[0].timestamp()

    @property
    def surroundings(self) -> Surroundings:
        ticking = self._ticking
        return Surroundings(wall_clock=self._wall_clock, steady_clock=ticking.clock, sleep=ticking.sleep)

    @property
    def limiters(self) -> HostLimiters:
        return HostLimiters(clock=self._ticking.clock, sleep=self._ticking.sleep)

    def _runner(self, *, delta: bool) -> Runner:
        self.way = self.way or self.connect()
        terms = DeltaTerms() if delta else None
        source = RestSource(self.way, self.folder / "parts", self.surroundings, self._tokens, self.limiters, terms)
        return Runner(
            DataFolder(self.folder / "data"),
            RunSettings(self.rules, GuardRules(), Ownership(), _LIMITS, strict=False),
            open_source=lambda _: source,
            open_target=lambda: self.lms,
            now=lambda: self.clock[0],
        )


@contextmanager
def a_partner_district(
    profile: Profile, package: Path, folder: Path, wear: Wear | None = None
) -> Iterator[PartnerDistrict]:
    """The district of a package, its SIS running in the partner's dress within the block."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = [LOADED + timedelta(days=30)]
    dressed = dress(profile, wear)
    load_package(package, folder / "sis.sqlite", at=LOADED)
    dressed.fit(folder / "sis.sqlite", at=LOADED)
    with start(replace(dressed.settings, now=lambda: clock[0]), folder / "sis.sqlite") as sis:
        with sis.records.together() as writing:
            # One record of each collection is newer, so that the others lie beyond what deltas ask for again.
            for name in ROSTER_ENTITIES:
                writing.change(name, [str(writing.find(name)[-1]["sourced_id"])])
        yield PartnerDistrict(dressed, sis, folder, clock)
