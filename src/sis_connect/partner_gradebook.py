"""From a partner's profile to its grade book: what it takes, and how it is opened.

Here: what each fact and quirk of a profile means for grades, and the ways of signing in that may send them. What a
profile does not know, or knows from weak sources only, stays open. Not here: what is made of the manners (`grades`),
the sign-in itself (`partner_connections`) and the requests (`sis.rest.gradebook`).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sis_connect import config
from sis_connect.grades.manners import Categories, DueDates, Exempt, Manners, Missing, Winner
from sis_connect.oneroster.operations import Scope
from sis_connect.partner_connections import find_way, partner_ways
from sis_connect.partners.directory import find_profile
from sis_connect.partners.facts import settled
from sis_connect.partners.profile import CategoryRule, DueDateRule, ExemptRule, MissingRule, ScoreKind
from sis_connect.sis.rest.gradebook import GradebookSettings, open_gradebook
from sis_connect.transport.oauth2 import ClientGrant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from sis_connect.partner_connections import Circumstances
    from sis_connect.partners.facts import Fact, T
    from sis_connect.partners.profile import Profile
    from sis_connect.settings import SisSettings
    from sis_connect.sis.rest.connection import RestConnection
    from sis_connect.sis.rest.gradebook import Gradebook
    from sis_connect.transport.client import Surroundings
    from sis_connect.transport.oauth2 import TokenCache
    from sis_connect.transport.token_bucket import HostLimiters

_CATEGORIES: Final[Mapping[CategoryRule, Categories]] = MappingProxyType(
    {
        CategoryRule.SINGLE: Categories.SINGLE,
        CategoryRule.FROM_SIS: Categories.OF_THE_SIS,
        CategoryRule.BY_NAME: Categories.OF_THE_SIS,
        CategoryRule.MAPPED: Categories.OF_THE_SIS,
    }
)
_DUE_DATES: Final[Mapping[DueDateRule, DueDates]] = MappingProxyType(
    {DueDateRule.REQUIRED: DueDates.REQUIRED, DueDateRule.REQUIRED_IN_TERM: DueDates.IN_TERM}
)
_EXEMPT: Final[Mapping[ExemptRule, Exempt]] = MappingProxyType(
    {
        ExemptRule.ZERO_WITH_FLAG: Exempt.EXEMPT_AS_ZERO,
        ExemptRule.EXCLUDED: Exempt.EXEMPT,
        ExemptRule.NOT_SENT: Exempt.NOT_SENT,
    }
)
_MISSING: Final[Mapping[MissingRule, Missing]] = MappingProxyType(
    {MissingRule.ZERO: Missing.ZERO, MissingRule.NEEDS_NUMBER: Missing.NEEDS_NUMBER}
)

#: What is said with a grade that the SIS took and does not show, by quirk; `{sis}` is what the SIS is called.
_HINTS_NOT_STORED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "setting-blocks-scores": (
            "{sis} has a setting that keeps scores from being stored. Ask your {sis} administrator to turn it off."
        ),
    }
)
#: The same with a class that the SIS refuses as a whole.
_HINTS_REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "linked-gradebooks": (
            "{sis} takes no grades into gradebooks that are linked or combined. Look whether this one is."
        ),
        "grading-window": "{sis} takes scores only while the grading window is open. Look whether it is.",
        "passback-not-oneroster": "{sis} is said to take grades over another interface than OneRoster.",
    }
)
#: A teacher may type into the SIS what must not be lost without a word.
_TEACHER_IS_ASKED: Final = frozenset(("overwrites-sis-edits", "result-locked-by-teacher"))

#: What grades need (security, scopes).
_GRADEBOOK: Final = (Scope.GRADEBOOK.value, Scope.GRADEBOOK_CREATE_PUT.value, Scope.GRADEBOOK_DELETE.value)
#: What is asked for besides where nobody knows, in this order: some services refuse a scope that they do not know.
_SCOPE_CHOICES: Final[tuple[tuple[str, ...], ...]] = (_GRADEBOOK, _GRADEBOOK[:2], ())
#: Read to find out whether a way leads to the gradebook.
_PROBE: Final = "/categories"


@dataclass(frozen=True, slots=True)
class GradebookWays:
    """How the gradebook of a SIS may be opened."""

    #: The likeliest first.
    ways: tuple[RestConnection, ...]
    settings: GradebookSettings


@dataclass(frozen=True, slots=True)
class KnownGradebook:
    """What is known of a grade book before it is opened."""

    manners: Manners
    mints_ids: bool
    #: Requests at once that the SIS bears, and the rules allow.
    concurrency: int


def manners_of(profile: Profile) -> Manners:
    """What is known of this partner's grade book; None where nothing is."""
    known, quirks = profile.gradebook, profile.quirks
    limits = known.limits

    def of(fact: Fact[T] | None) -> T | None:
        return settled(fact, profile.sources)

    plain = Manners(
        takes_grades=of(known.supported),
        keeps_submitted_as_zero="submitted-flag-zero" in quirks,
        hint_not_stored=_hint(_HINTS_NOT_STORED, profile),
        hint_refused=_hint(_HINTS_REFUSED, profile),
        elementary="no-elementary-passback" not in quirks,
        winner=Winner.SIS if _TEACHER_IS_ASKED & quirks.keys() else Winner.LMS,
    )
    if limits is None:
        return plain
    categories, due_date = of(limits.categories), of(limits.due_date)
    exempt, missing, scores = of(limits.exempt), of(limits.missing), of(limits.scores)
    return replace(
        plain,
        title_length=of(limits.title_length),
        unique_titles=of(limits.unique_titles),
        categories=_CATEGORIES[categories] if categories else None,
        numbers_only=set(scores) == {ScoreKind.NUMBER} if scores else None,
        whole_maximum=of(limits.whole_maximum),
        due_dates=_DUE_DATES[due_date] if due_date else None,
        exempt=_EXEMPT[exempt] if exempt else None,
        missing=_MISSING[missing] if missing else None,
        individual_items=of(limits.individual_items),
        deletes=of(limits.deletion),
    )


def mints_ids(profile: Profile) -> bool:
    """True where the SIS is known to give records ids of its own."""
    return "provider-assigns-id" in profile.quirks


def gradebook_of(settings: SisSettings) -> KnownGradebook:
    """What is known of the SIS of the rules; without a partner nothing is.

    ConfigurationError when there is no such partner.
    """
    if not settings.partner:
        return KnownGradebook(Manners(), mints_ids=False, concurrency=settings.concurrency)
    profile = find_profile(settings.partner)
    borne = settled(profile.pulling.concurrency, profile.sources) or settings.concurrency
    return KnownGradebook(
        manners_of(profile), mints_ids=mints_ids(profile), concurrency=min(borne, settings.concurrency)
    )


def gradebook_ways(
    settings: SisSettings, circumstances: Circumstances, plain: Callable[[], RestConnection]
) -> GradebookWays:
    """Every way worth trying to open the gradebook of the SIS of the rules.

    `plain` gives the connection for rosters where the rules name no partner. ConfigurationError as of `partner_ways`,
    and for a header whose variable is missing in the environment.
    """
    if settings.partner:
        profile = find_profile(settings.partner)
        ways = partner_ways(settings, circumstances, grades=True)
        choices, mints = _scope_choices(profile), mints_ids(profile)
    else:
        ways, choices, mints = (plain(),), _SCOPE_CHOICES, False
    if settings.scopes == "standard":
        ways = _widened(ways, choices)
    return GradebookWays(ways, GradebookSettings(config.read_sis_grade_headers(settings), mints))


@contextmanager
def open_sis_gradebook(
    found: GradebookWays,
    surroundings: Surroundings | None = None,
    *,
    now: Callable[[], datetime],
    tokens: TokenCache | None = None,
    limiters: HostLimiters | None = None,
) -> Iterator[Gradebook]:
    """The gradebook on the first of these ways that leads to it, closed with the block.

    `now` gives aware instants. Errors as of `find_way`.
    """
    headers = found.settings.headers
    ways = [replace(way, headers={**way.headers, **headers}) for way in found.ways]
    way = find_way(ways, surroundings, tokens=tokens, limiters=limiters, probe=_PROBE)
    with open_gradebook(way, found.settings, surroundings, now=now, tokens=tokens, limiters=limiters) as gradebook:
        yield gradebook


def _scope_choices(profile: Profile) -> tuple[tuple[str, ...], ...]:
    oauth2 = profile.sign_in.oauth2
    known = settled(oauth2.grade_scopes, profile.sources) if oauth2 else None
    return _SCOPE_CHOICES if known is None else (known,)


def _widened(ways: tuple[RestConnection, ...], choices: tuple[tuple[str, ...], ...]) -> tuple[RestConnection, ...]:
    """The ways that ask for scopes, once with each choice besides; ways that ask for none stay as they are."""
    grants = [(way, way.sign_in) for way in ways if isinstance(way.sign_in, ClientGrant) and way.sign_in.scopes]
    if not grants:
        return ways
    return tuple(
        replace(way, sign_in=replace(grant, scopes=tuple(dict.fromkeys((*grant.scopes, *choice)))))
        for choice in choices
        for way, grant in grants
    )


def _hint(hints: Mapping[str, str], profile: Profile) -> str | None:
    said = [text.format(sis=profile.display_name) for quirk, text in hints.items() if quirk in profile.quirks]
    return " ".join(said) or None
