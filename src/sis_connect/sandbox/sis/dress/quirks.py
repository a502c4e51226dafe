"""Every quirk of the partner program, and how the sandbox shows it: one table, and no other place that knows quirks.

A profile switches a quirk on; the wardrobe says how much, where a number or a name is needed. What a server cannot show
has its reason in a table beside. Not here: what is done (`answering`, `arranging`, `keeping`, `hostile`).
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.oneroster.operations import Scope
from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.partners.facts import suggested
from sis_connect.partners.profile import DueDateRule
from sis_connect.sandbox.sis.dress import answering, arranging, keeping
from sis_connect.sandbox.sis.dress.cloth import Cloth, Manner
from sis_connect.sandbox.sis.grade_rules import CategoryHabit, DueDateHabit
from sis_connect.sandbox.sis.hostile import paging, refusing, replies, values
from sis_connect.sandbox.sis.hostile.terms import Terms, instead

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from sis_connect.sandbox.sis.exchange import Exchange, Layer
    from sis_connect.sandbox.sis.grade_rules import GradeRules
    from sis_connect.sandbox.sis.hostile.terms import MakeLayer
    from sis_connect.sandbox.sis.settings import SisSettings, TokenManners

_ADDRESS = "The addresses of the dress are those of the profile."
_SIGN_IN = "The dress signs in as the profile says."
_CLOCK_SECONDS = 120


def _hostile(make: MakeLayer, **numbers: Callable[[Cloth], int] | int) -> Manner:
    """A layer of the table of hostile scenarios."""

    def layer(cloth: Cloth) -> Layer:
        chosen = {name: number if isinstance(number, int) else number(cloth) for name, number in numbers.items()}
        return make(Terms(1, chosen, None))  # type: ignore[arg-type]  # none of these looks at the records

    return Manner(layer=layer)


def _reply(reply: Callable[[Exchange], Response | None]) -> Manner:
    return Manner(layer=lambda _: instead(reply))


def _tokens(change: Callable[[TokenManners, Cloth], TokenManners]) -> Manner:
    def settings(plain: SisSettings, cloth: Cloth) -> SisSettings:
        return replace(plain, token_manners=change(plain.token_manners, cloth))

    return Manner(settings=settings)


def _page_cap(plain: SisSettings, cloth: Cloth) -> SisSettings:
    known = suggested(cloth.profile.pulling.max_page_size)
    most = min(known.value if known else cloth.wear.most_rows, cloth.wear.most_rows)
    return replace(plain, highest_limit=most, default_limit=min(plain.default_limit, most))


def _clocks_apart(plain: SisSettings, _: Cloth) -> SisSettings:
    return replace(plain, past_seconds=_CLOCK_SECONDS, future_seconds=_CLOCK_SECONDS)


def _title_limit(rules: GradeRules, cloth: Cloth) -> GradeRules:
    known = suggested(cloth.limits.title_length) if cloth.limits else None
    return replace(rules, title_length=known.value if known else None)


def _due_date(rules: GradeRules, cloth: Cloth) -> GradeRules:
    known = suggested(cloth.limits.due_date) if cloth.limits else None
    is_in_term = known is not None and known.value is DueDateRule.REQUIRED_IN_TERM
    return replace(rules, due_date=DueDateHabit.IN_TERM if is_in_term else DueDateHabit.ANY)


SHOWN: Mapping[str, Manner] = MappingProxyType(
    {
        # Addresses and tokens
        "token-url-not-derivable": Manner(shown_by=_ADDRESS),
        "token-url-at-origin": Manner(shown_by=_ADDRESS),
        "token-url-query-param": Manner(shown_by=_ADDRESS),
        "token-url-trailing-slash": Manner(shown_by="Tokens are given out at exactly one address."),
        "no-token-request": Manner(shown_by="Without OAuth 2 there is no address for tokens."),
        "app-segment-in-base": Manner(shown_by=_ADDRESS),
        "base-url-changes": Manner(shown_by="The service answers below the outdated roots of the profile too."),
        "subdirectory-in-base": Manner(shown_by=_ADDRESS),
        # Sign-in and access
        "scope-mandatory": _tokens(lambda manners, _: replace(manners, needs_scope=True)),
        "scope-core-not-enough": Manner(
            settings=lambda plain, _: replace(plain, further_scopes=MappingProxyType({"enrollments": Scope.ROSTER}))
        ),
        "scope-keep-small": _tokens(lambda manners, _: replace(manners, refuses_excess=True)),
        "credential-style-varies": Manner(shown_by="The wardrobe chooses the place that this installation takes."),
        "form-content-type-on-get": _reply(answering.form_content_type),
        "session-cookie": _tokens(lambda manners, _: replace(manners, cookie="session")),
        "oauth1-retired": Manner(shown_by=_SIGN_IN),
        "oauth1-default": Manner(shown_by=_SIGN_IN),
        "oauth1-signature-selectable": Manner(shown_by="The wardrobe chooses the hash of this installation."),
        "vendor-header-for-grades": Manner(layer=lambda cloth: answering.header_for_grades(cloth.header_values)),
        "permission-per-endpoint": Manner(
            layer=lambda cloth: answering.of_collections(cloth.wear.switched_off, answering.switched_off)
        ),
        "empty-200-not-shared": Manner(layer=lambda cloth: answering.unshared(cloth.wear.unshared)),
        "auth-error-as-500": Manner(layer=lambda _: answering.sign_in_fails_as_error),
        "token-per-worker": Manner(layer=lambda _: answering.newest_token_only()),
        "clock-skew": Manner(settings=_clocks_apart),
        "password-grant": _tokens(lambda manners, _: replace(manners, grant_type="password")),
        # Paging and answers
        "page-cap-admin-set": Manner(settings=_page_cap),
        "page-cap-500": Manner(settings=_page_cap),
        "short-pages": _hostile(paging.pages_short),
        "rate-limit-429": Manner(layer=lambda _: answering.one_at_a_time()),
        "slow-or-timeout": Manner(layer=lambda cloth: answering.heavy_pages(cloth.wear.heavy_rows)),
        "nested-endpoints-missing": Manner(
            layer=lambda cloth: refusing.operations_refused(404, *cloth.wear.missing)(
                Terms(1, {}, None)  # type: ignore[arg-type]  # it does not look at the records
            )
        ),
        "wrong-wrapper-name": Manner(layer=lambda _: answering.single_records_under_their_own_name),
        "collection-own-name": _hostile(replies.root_key_of_the_path),
        "relative-href": Manner(layer=lambda _: answering.written(answering.relative_links)),
        "field-name-case": Manner(layer=lambda _: answering.written(answering.birth_dates_in_small_letters)),
        "null-not-absent": _hostile(values.nulls),
        "boolean-strings": Manner(shown_by="Every provider of the sandbox writes booleans so, as the standard does."),
        "no-tombstones": Manner(before_commit=keeping.vanishing(*ROSTER_ENTITIES)),
        "tobedeleted-uneven": Manner(before_commit=keeping.vanishing("users", "classes")),
        "dangling-refs": Manner(arrange=arranging.some_references_dangle),
        # People, classes and terms
        "username-needed": Manner(arrange=arranging.people_without_accounts_are_gone),
        "active-year-only": Manner(before_commit=keeping.past_years_vanish),
        "current-enrollment-needed": Manner(
            arrange=keeping.students_without_class_vanish, before_commit=keeping.students_without_class_vanish
        ),
        "terms-per-school": Manner(arrange=arranging.schools_have_own_sessions),
        "term-type-only": Manner(
            arrange=arranging.sessions_are_terms,
            settings=lambda plain, _: replace(plain, any_session_is_graded=True),
        ),
        "term-dates-derived": Manner(arrange=arranging.terms_last_as_long_as_their_classes),
        "grading-period-placeholder": Manner(arrange=arranging.grading_periods_stand_in_for_terms),
        "ids-prefixed": Manner(shown_by="The wardrobe has the shapes of ids."),
        "ids-whitespace": Manner(layer=lambda _: answering.written(answering.blanks_around_ids)),
        "blank-class-title": Manner(arrange=arranging.some_titles_are_blank),
        "several-teachers": Manner(arrange=arranging.classes_have_several_teachers),
        "missing-identifier": Manner(arrange=arranging.some_staff_have_no_identifier),
        "nameless-users": Manner(arrange=arranging.some_users_have_no_name),
        "admins-opt-in": Manner(arrange=arranging.administrators_are_not_ticked),
        "highest-profile-role": Manner(arrange=arranging.highest_profile_counts),
        "relative-not-guardian": Manner(arrange=arranging.relatives_are_told),
        "username-spaces": Manner(arrange=arranging.some_usernames_have_spaces),
        "odd-characters": Manner(arrange=arranging.some_characters_are_odd),
        "duplicate-enrollments": Manner(arrange=arranging.some_enrollments_come_twice),
        "departments-as-schools": Manner(arrange=arranging.schools_are_departments),
        # Grades
        "zero-category": Manner(
            arrange=arranging.there_is_one_category,
            grades=lambda rules, _: replace(rules, categories=CategoryHabit.FIXED),
        ),
        "category-readonly": Manner(
            arrange=arranging.categories_are_there,
            grades=lambda rules, _: replace(rules, categories=CategoryHabit.FIXED),
        ),
        "category-name-match": Manner(
            arrange=arranging.categories_are_there,
            grades=lambda rules, _: replace(
                rules, categories=CategoryHabit.BY_TITLE if rules.categories is CategoryHabit.OPEN else rules.categories
            ),
        ),
        "no-categories-by-class": Manner(shown_by="1.1 has no operation that lists the categories of a class."),
        "uncategorized-landing": Manner(settings=lambda plain, _: replace(plain, lenient_line_items=True)),
        "due-date-in-term": Manner(grades=_due_date),
        "zoneless-due-dates": Manner(layer=lambda _: answering.written(answering.moments_without_zone)),
        "title-limit": Manner(grades=_title_limit),
        "title-unique": Manner(grades=lambda rules, _: replace(rules, unique_titles=True)),
        "whole-number-max": Manner(grades=lambda rules, _: replace(rules, whole_maximum=True)),
        "numeric-only": Manner(shown_by="The model of 1.1 takes no scores but numbers."),
        "no-individual-assignments": Manner(shown_by="The model of 1.1 has no line items for some students."),
        "grading-window": Manner(grades=lambda rules, _: replace(rules, closes_with_period=True)),
        "no-delete": _reply(answering.nothing_is_deleted),
        "excused-as-zero-exempt": Manner(grades=lambda rules, _: replace(rules, keeps_exempt_as_zero=True)),
        "missing-needs-number": Manner(shown_by="The model of 1.1 takes no result without a score."),
        "submitted-flag-zero": Manner(grades=lambda rules, _: replace(rules, keeps_submitted_as_zero=True)),
        "no-teacher-scoping": Manner(shown_by="Clients of the sandbox reach every class."),
        "passback-not-oneroster": Manner(
            layer=lambda _: answering.of_collections(answering.GRADEBOOK, answering.not_there)
        ),
    }
)

#: Why a server cannot show the others.
UNSHOWN: Mapping[str, str] = MappingProxyType(
    {
        "base-url-may-include-version": "It is about what people copy; the service is where it is.",
        "shared-host-many-tenants": "A provider of the sandbox serves one district; run two for two.",
        "nonstandard-v1p2-path": "The sandbox speaks 1.1 only.",
        "credentials-expire": "It would take a year.",
        "licence-gated": "The licence is signed before there is a service to ask.",
        "partner-gated": "The registration is done before there is a service to ask.",
        "vendor-issues-credentials": "It is about who hands the credentials over.",
        "look-alike-credentials": "It is about a screen of the vendor.",
        "ids-change-on-upgrade": "It happens once in years; a day of the sandbox that renumbers people shows it.",
        "ids-configurable": "It happens when a setting is changed; a day that renumbers people shows it.",
        "row-per-school": "Two records of one person differ only in a database that the sandbox does not have.",
        "default-category-recreate": "It shows on the gradebook's screen, which the sandbox does not have.",
        "excused-as-exclude": "How Synergy tells it over OneRoster is not known.",
        "no-elementary-passback": "Every school of the invented district has a master schedule.",
        "linked-gradebooks": "The invented district has no linked gradebooks.",
        "setting-blocks-scores": "The sandbox has no such setting to forget.",
        "factor-ignored": "The model of 1.1 has no factor.",
        "overwrites-sis-edits": "It takes a teacher who types into the SIS.",
        "provider-assigns-id": "No partner is known for it; two scenarios of the gradebook show what it may be like.",
        "result-locked-by-teacher": "It takes a teacher who types into the SIS.",
    }
)
