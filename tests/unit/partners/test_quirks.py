"""The quirks: named once, explained, and used or known from elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from partner_files import shipped
from sis_connect.partners.questions import QUESTIONS
from sis_connect.partners.quirks import QUIRKS, Quirk, answers, grading, reaching, rosters

if TYPE_CHECKING:
    from sis_connect.partners.profile import Profile

#: Reported by consumers without naming a vendor; every connection has to bear them.
FROM_NOBODY_IN_PARTICULAR = {
    "auth-error-as-500",
    "clock-skew",
    "collection-own-name",
    "departments-as-schools",
    "duplicate-enrollments",
    "password-grant",
    "provider-assigns-id",
    "result-locked-by-teacher",
    "short-pages",
    "token-per-worker",
}
#: Seen at services that no district can pick, since they speak 1.2 only.
FROM_ELSEWHERE = {"boolean-strings", "no-tombstones", "page-cap-500", "row-per-school"}

each = pytest.mark.parametrize("quirk", QUIRKS.values(), ids=lambda quirk: quirk.name)


def test_no_name_is_given_twice() -> None:
    tables = (reaching, answers, rosters, grading)
    names = Counter(quirk.name for table in tables for quirk in table.QUIRKS)
    assert [name for name, times in names.items() if times > 1] == []
    assert names.keys() == QUIRKS.keys()


@each
def test_quirk_is_explained_in_sentences(quirk: Quirk) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", quirk.name)
    assert all(re.fullmatch(r"[A-Z][^\n]*\.", sentence) for sentence in (quirk.what, quirk.effect))
    assert re.search(r"\([A-D](, [A-D])*\)$", quirk.provenance)


@each
def test_quirk_that_rests_on_a_fact_names_one_that_profiles_have(quirk: Quirk) -> None:
    assert not quirk.rests_on or quirk.rests_on in QUESTIONS


def test_quirk_that_no_profile_switches_on_was_learned_elsewhere() -> None:
    used = {name for one in shipped().profiles for name in one.quirks}
    assert QUIRKS.keys() - used == FROM_NOBODY_IN_PARTICULAR | FROM_ELSEWHERE


@pytest.mark.parametrize(
    ("quirk", "holds"),
    [
        ("title-limit", lambda limits: limits.title_length.value <= 50),
        ("title-unique", lambda limits: limits.unique_titles.value),
        ("whole-number-max", lambda limits: limits.whole_maximum.value),
        ("numeric-only", lambda limits: limits.scores.value == ("number",)),
        ("no-individual-assignments", lambda limits: not limits.individual_items.value),
        ("no-delete", lambda limits: not limits.deletion.value),
        ("category-name-match", lambda limits: limits.categories.value == "by name"),
        ("zero-category", lambda limits: limits.categories.value == "single"),
        ("excused-as-zero-exempt", lambda limits: limits.exempt.value == "zero with exempt flag"),
        ("excused-as-exclude", lambda limits: limits.exempt.value == "excluded from the average"),
        ("missing-needs-number", lambda limits: limits.missing.value == "needs a number"),
    ],
)
def test_quirk_and_fact_of_a_profile_say_the_same(quirk: str, holds: object) -> None:
    having = [one for one in shipped().profiles if quirk in one.quirks]
    assert having
    assert [one.id for one in having if not _holds(holds, one)] == []


def _holds(rule: object, one: Profile) -> bool:
    assert callable(rule)
    return bool(rule(one.gradebook.limits))
