"""Rules that name something outside the rules file, a school or a role, name something that is there.

Asked once the data are known and before anything is written: a mistyped id would leave everybody out of scope, a
mistyped role would be refused by the LMS in the middle of a run. Not here: the file itself (`config`).
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import ConfigurationError
from sis_connect.sync.shape.rules import SKIP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sis_connect.frames import Frames
    from sis_connect.sync.apply import RosterTarget
    from sis_connect.sync.shape.rules import DistrictRules, Roles

#: What is there is listed up to this many.
_MOST_LISTED = 12

_SCHOOLS = """
    SELECT sourced_id, any_value(name) FROM received_orgs WHERE sourced_id IS NOT NULL GROUP BY sourced_id
    UNION ALL
    SELECT "key", title FROM existing_schools ANTI JOIN received_orgs AS r ON r.sourced_id = "key"
"""
_TERMS = """
    SELECT sourced_id, any_value(title) FROM received_academic_sessions WHERE sourced_id IS NOT NULL GROUP BY sourced_id
"""
_YEARS = "SELECT DISTINCT school_year FROM clean_academic_sessions WHERE school_year IS NOT NULL ORDER BY ALL DESC"
_NEW_ROLES = "(SELECT role FROM desired_users EXCEPT SELECT role FROM existing_users)"


def check_named_data(frames: Frames, rules: DistrictRules) -> None:
    """Schools, terms and the school year of the rules are in the roster; ConfigurationError names the one that is not.

    A school that the LMS is known to hold may be missing: whether it is gone is for the guard to judge. Expects the
    tables of check and shape, and `existing_schools`.
    """
    _check_ids(frames, "scope.schools", rules.scope.schools, _SCHOOLS, "school")
    _check_ids(frames, "schools.match", rules.schools.match, _SCHOOLS, "school")
    _check_ids(frames, "scope.terms", rules.scope.terms, _TERMS, "term")
    year = rules.scope.school_year
    years = [known for (known,) in frames.execute(_YEARS).fetchall()]
    if year != "auto" and years and year not in years:
        raise ConfigurationError(
            f"The roster has no school year that ends in {year}.",
            where="scope.school_year",
            fix=f"Name one that it has ({_listed(map(str, years))}), or 'auto'.",
        )


def check_roles(frames: Frames, roles: Roles, open_target: Callable[[], RosterTarget]) -> None:
    """Roles that somebody is to get for the first time are there in the LMS; ConfigurationError names the rule.

    The LMS is asked only then. Expects `desired_users` and `existing_users`.
    """
    new = {str(role) for (role,) in frames.execute(_NEW_ROLES).fetchall() if role is not None}
    wanted = {title: key for key, title in msgspec.to_builtins(roles).items() if title in new and title != SKIP}
    known = open_target().roles() if wanted else None
    if known is None:
        return
    folded = {title.casefold() for title in known}
    for title, key in sorted(wanted.items()):
        if title.casefold() not in folded:
            raise ConfigurationError(
                f"The LMS has no role {title!r}.",
                where=f"people.roles.{key}",
                fix=f"{_meant(title, dict.fromkeys(known, ''))}Name a role that it has ({_listed(sorted(known))}), or "
                "add it there.",
            )


def _check_ids(frames: Frames, key: str, ids: Iterable[str], query: str, noun: str) -> None:
    ids = tuple(ids)
    if not ids:
        return
    known = {str(id_): str(title or "") for id_, title in frames.execute(query).fetchall()}
    for id_ in ids:
        if id_ not in known:
            raise ConfigurationError(
                f"The roster has no {noun} with the sourcedId {id_!r}.",
                where=key,
                fix=f"{_meant(id_, known)}sourcedIds are the first column of an export, and stand in every answer "
                "of a SIS.",
            )


def _meant(given: str, known: Mapping[str, str]) -> str:
    """The one whose id or name is nearest."""
    by_name = {name: id_ for id_, name in known.items() if name}
    near = get_close_matches(given, known, n=1) or [by_name[name] for name in get_close_matches(given, by_name, n=1)]
    if not near:
        return ""
    named = f" ({known[near[0]]})" if known[near[0]] else ""
    return f"Did you mean {near[0]!r}{named}? "


def _listed(known: Iterable[str]) -> str:
    names = list(known)
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return ", ".join(names[:_MOST_LISTED]) + more or "none"
