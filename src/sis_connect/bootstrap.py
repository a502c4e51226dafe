"""Where everything is put together: the only module that names concrete adapters.

Here: a `Runner` of one data folder with the reader of OneRoster packages and Schoology behind it, and what the adapters
say about their own codes. The type checker proves here that each adapter fits the step that needs it.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sis_connect import config
from sis_connect.errors import ConfigurationError, SisConnectError
from sis_connect.findings import Fixer, Rule, Severity
from sis_connect.frames import Limits
from sis_connect.grades.findings import RULES as GRADE_RULES
from sis_connect.grades.observed import Exemption
from sis_connect.oneroster.operations import Scope
from sis_connect.oneroster.rest_rules import RULES as JSON_RULES
from sis_connect.partner_connections import Circumstances, find_way, partner_ways
from sis_connect.partner_gradebook import gradebook_of, gradebook_ways, open_sis_gradebook
from sis_connect.runs.grade_passback import GradePassback, GradeSettings
from sis_connect.runs.runner import Runner, RunSettings
from sis_connect.schoology.connection import SchoologySettings, open_grade_source, open_target
from sis_connect.schoology.grade_records import GradeReading
from sis_connect.schoology.refusals import DUPLICATES, REFUSALS
from sis_connect.sis.csv_rules import RULES as READING_RULES
from sis_connect.sis.csv_source import PackageSource
from sis_connect.sis.csv_writer import write_package
from sis_connect.sis.limits import DEFAULT_LIMITS
from sis_connect.sis.rest.connection import BearerSignIn, OAuth1SignIn, PullSettings, RestConnection
from sis_connect.sis.rest.pulling.derived import Style
from sis_connect.sis.rest.pulling.honesty import RULES as HONESTY_RULES
from sis_connect.sis.rest.pulling.honesty import FullSchedule
from sis_connect.sis.rest.rules import RULES as REST_RULES
from sis_connect.sis.rest.source import DeltaTerms, RestSource
from sis_connect.sis.sign_ins import SignInName
from sis_connect.store.folder import DataFolder
from sis_connect.sync.apply import DEPENDS_ON_REFUSED
from sis_connect.sync.changes import KEY_TAKEN
from sis_connect.sync.check import RULES as CHECK_RULES
from sis_connect.sync.shape.findings import RULES as SHAPE_RULES
from sis_connect.sync.stage import RULES as STAGE_RULES
from sis_connect.transport.addresses import Reach
from sis_connect.transport.client import Surroundings
from sis_connect.transport.oauth1 import Credentials, SignatureMethod
from sis_connect.transport.oauth2 import ClientGrant, ClientStyle, TokenCache, derived_token_url
from sis_connect.transport.rate_limit import CreditLimit
from sis_connect.transport.token_bucket import HostLimiters, Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sis_connect.grades.source import GradeSource
    from sis_connect.grades.target import GradebookTarget
    from sis_connect.runs.roster_source import RosterSource
    from sis_connect.settings import SchoologySettings as SchoologyRules
    from sis_connect.settings import Settings, SisSettings
    from sis_connect.sis.rest.connection import SignIn
    from sis_connect.sync.apply import RosterTarget

__all__ = [
    "District",
    "find_rule",
    "likely_connection",
    "open_district",
    "refusal_in_words",
    "sis_connection",
    "write_package",
]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class District:
    """One district's runner, and the LMS opened on the first use of it."""

    runner: Runner
    open_target: Callable[[], RosterTarget]
    settings: Settings
    #: The runs that send grades back.
    grades: GradePassback


@contextmanager
def open_district(
    data: Path,
    rules: Path | None = None,
    *,
    strict: bool = False,
    settings: Settings | None = None,
    credentials: config.Credentials | None = None,
    sis_credentials: config.SisCredentials | None = None,
    now: Callable[[], datetime] = _now,
) -> Iterator[District]:
    """The district whose data lies in `data`; connections and the database are closed with the block.

    Settings come from the file `rules` and credentials from the environment, unless they are given; credentials are
    asked for only when the LMS, or the SIS, is. `now` gives aware instants. Raises ConfigurationError.
    """
    settings = settings or config.read_settings(rules)
    with ExitStack() as stack:
        opened: list[RosterTarget] = []

        def target() -> RosterTarget:
            if not opened:
                known = credentials or config.read_credentials()
                opened.append(stack.enter_context(open_target(_schoology(settings.schoology, known))))
            return opened[0]

        folder = DataFolder(data)
        around, tokens = Surroundings(), TokenCache()
        limiters = HostLimiters(clock=around.steady_clock, sleep=around.sleep)

        def source(package: Path | None) -> RosterSource:
            if package is not None:
                return PackageSource(package, replace(DEFAULT_LIMITS, dense_bytes=settings.source.dense_bytes))
            way = find_way(_ways(settings.sis, sis_credentials), around, tokens=tokens, limiters=limiters)
            return RestSource(way, folder.pulls, around, tokens, limiters, _delta(settings.sis))

        runner = Runner(
            folder,
            _run_settings(settings, folder, strict=strict),
            open_source=source,
            open_target=target,
            now=now,
        )
        stack.callback(runner.database.close)

        @cache
        def grade_source() -> GradeSource:
            known = credentials or config.read_credentials()
            return stack.enter_context(open_grade_source(_schoology(settings.schoology, known), _reading(settings)))

        @cache
        def gradebook() -> GradebookTarget:
            found = gradebook_ways(
                settings.sis, _circumstances(settings.sis), lambda: sis_connection(settings.sis, sis_credentials)
            )
            opened = open_sis_gradebook(found, around, now=now, tokens=tokens, limiters=limiters)
            return stack.enter_context(opened)

        grades = GradePassback(runner, _grade_settings(settings), grade_source, gradebook)
        try:
            yield District(runner, target, settings, grades)
        except ConfigurationError as error:
            raise config.located(error, rules) from error


def find_rule(code: str) -> Rule:
    """The rule behind a finding's code; a code of another version explains itself as well as it can."""
    return _RULES.get(code) or Rule(code, Severity.NOTE, Fixer.OPERATOR, "A rule of another version.", "Check again.")


def refusal_in_words(code: str) -> tuple[str, str]:
    """What happened and what to do, for the code of a refused change."""
    return _REFUSALS.get(code, (f"The LMS refused it ({code}).", "Read the LMS's words and mend the record."))


#: What else helps when the LMS has a thing already: others may have made it since it was looked at.
_LINKING = " If both are the same, `sis-connect plan PACKAGE --survey` looks whether it can be used as it is."
_LOOKING = " If both are the same, the next plan looks whether it can be used as it is."


def _about_duplicates(code: str) -> str:
    if code in KEY_TAKEN:
        return _LOOKING
    return _LINKING if code in DUPLICATES else ""


#: Nights are not exactly a day apart: what is due this night may be due a little before it is.
_EARLY = timedelta(hours=4)

_RULES = {
    rule.code: rule
    for rule in (
        *(*READING_RULES, *JSON_RULES, *REST_RULES, *HONESTY_RULES),
        *(*STAGE_RULES, *CHECK_RULES, *SHAPE_RULES, *GRADE_RULES.values()),
    )
}
_REFUSALS = {
    DEPENDS_ON_REFUSED: (
        "Something it needs was refused, so it was not sent.",
        "Mend what was refused; this follows by itself.",
    ),
    **{refusal.code: (refusal.title, refusal.fix + _about_duplicates(refusal.code)) for refusal in REFUSALS},
}


def _run_settings(settings: Settings, folder: DataFolder, *, strict: bool) -> RunSettings:
    engine = settings.engine
    threads = {"threads": engine.threads} if engine.threads else {}
    return RunSettings(
        rules=settings.rules,
        guard=settings.guard,
        ownership=settings.ownership,
        limits=Limits(memory=engine.memory, spill_folder=folder.spill, **threads),
        strict=strict or settings.source.mode == "strict",
        time_zone=settings.time_zone,
        keep_plans=engine.keep_plans,
        refusals=settings.refusals,
        asking=settings.sis.deciding(),
    )


def _grade_settings(settings: Settings) -> GradeSettings:
    known, sis = gradebook_of(settings.sis), settings.sis
    return GradeSettings(
        settings.grades, known.manners, known.mints_ids, known.concurrency, settings.engine.keep_plans, sis.url
    )


def _reading(settings: Settings) -> GradeReading:
    rules = settings.grades.reading
    zones = (ZoneInfo(rules.due_zone), settings.time_zone) if rules.due_zone else None
    return GradeReading(
        {int(number): Exemption(meaning) for number, meaning in rules.exceptions.items()},
        zones,
        hidden_comments=rules.hidden_comments,
        overlap_seconds=60 * rules.overlap,
    )


def _schoology(settings: SchoologyRules, credentials: config.Credentials) -> SchoologySettings:
    return SchoologySettings(
        Credentials(credentials.key, credentials.secret),
        url=settings.url,
        limit=CreditLimit(credits=settings.credits, seconds=settings.window),
    )


def sis_connection(settings: SisSettings, credentials: config.SisCredentials | None = None) -> RestConnection:
    """How the SIS of the rules is asked; ConfigurationError when they name none, or what it takes is missing."""
    if not settings.url:
        raise ConfigurationError(
            "No package was named, and the rules name no SIS to ask.",
            where="sis.url",
            fix="Name a package, or set sis.url to the address of the SIS. See docs/configuration.md.",
        )
    credentials = credentials or config.read_sis_credentials(settings)
    return RestConnection(
        settings.url,
        _sign_in(settings, credentials),
        headers=credentials.headers,
        rate=_rate(settings),
        reach=_reach(settings),
        pull=_pull(settings),
        guesses_token_url=not settings.token_url,
    )


def likely_connection(settings: SisSettings) -> RestConnection:
    """The way by which the SIS of the rules lets us in; where it takes none, the likeliest. ConfigurationError."""
    candidates = _ways(settings, None)
    try:
        return find_way(candidates)
    except SisConnectError:
        return candidates[0]


def _ways(settings: SisSettings, credentials: config.SisCredentials | None) -> tuple[RestConnection, ...]:
    """The ways to ask the SIS of the rules that are worth trying; one, unless a partner's profile leaves it open."""
    if not settings.partner:
        return (sis_connection(settings, credentials),)
    return partner_ways(settings, _circumstances(settings))


def _circumstances(settings: SisSettings) -> Circumstances:
    return Circumstances(_reach(settings), _rate(settings), pull=_pull(settings))


def _reach(settings: SisSettings) -> Reach:
    return Reach(loopback=settings.allow_loopback, private=settings.allow_private)


def _rate(settings: SisSettings) -> Rate:
    return Rate(settings.rate, burst=max(1, min(10, int(settings.rate))))


def _pull(settings: SisSettings) -> PullSettings:
    return PullSettings(
        style=Style(settings.style),
        page_size=settings.page_size,
        concurrency=settings.concurrency,
        extras=settings.extras,
        sorts=settings.sorts,
        selects_fields=settings.selects_fields,
        heeds_total=settings.heeds_total,
    )


def _delta(settings: SisSettings) -> DeltaTerms | None:
    """How changes alone are asked for; None where everything is."""
    if not settings.delta:
        return None
    schedule = FullSchedule(timedelta(days=settings.full_every) - _EARLY, timedelta(days=1) - _EARLY)
    return DeltaTerms(timedelta(minutes=settings.overlap), schedule)


def _sign_in(settings: SisSettings, credentials: config.SisCredentials) -> SignIn:
    if credentials.pair is None:
        return BearerSignIn(credentials.token)
    pair = Credentials(credentials.pair.key, credentials.pair.secret)
    way = None if settings.sign_in == "standard" else SignInName(settings.sign_in)
    match way:
        case SignInName.OAUTH1_SHA1:
            return OAuth1SignIn(pair, SignatureMethod.HMAC_SHA1)
        case SignInName.OAUTH1_SHA256:
            return OAuth1SignIn(pair, SignatureMethod.HMAC_SHA256)
        case _:
            style = ClientStyle.BODY if way is SignInName.OAUTH2_BODY else ClientStyle.BASIC
            token_url = settings.token_url or derived_token_url(settings.url)
            return ClientGrant(token_url, pair, _scopes(settings), style)


def _scopes(settings: SisSettings) -> tuple[str, ...]:
    """Those of the rules, or those that the standard names for what is asked (security, scopes)."""
    if settings.scopes != "standard":
        return settings.scopes
    extras = {"demographics": Scope.DEMOGRAPHICS, "resources": Scope.RESOURCE}
    return (Scope.ROSTER_CORE, *(extras[name] for name in settings.extras))
