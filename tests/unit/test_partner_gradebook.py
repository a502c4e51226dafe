"""What a partner's profile means for its grade book, and in which ways the grade book is opened."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from partner_files import IDS, profile, variant
from sis_connect.errors import ConfigurationError
from sis_connect.grades.manners import Categories, DueDates, Exempt, Manners, Missing, Winner
from sis_connect.partner_connections import Circumstances
from sis_connect.partner_gradebook import gradebook_of, gradebook_ways, manners_of, mints_ids
from sis_connect.partners.directory import find_profile
from sis_connect.partners.facts import settled
from sis_connect.settings import SisSettings
from sis_connect.sis.rest.connection import BearerSignIn, RestConnection
from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.oauth2 import ClientGrant

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.partner_gradebook import GradebookWays

SCOPE = "https://purl.imsglobal.org/spec/or/v1p1/scope/"
READ, PUT, DELETE = (f"{SCOPE}gradebook.{name}" for name in ("readonly", "createput", "delete"))
CORE, ROSTER = f"{SCOPE}roster-core.readonly", f"{SCOPE}roster.readonly"
CAMPUS = SisSettings(
    url="https://oak.example/campus/api/oneroster/v1p1/hub",
    partner="infinite-campus",
    token_url="https://oak.example/campus/oauth2/token?appName=oak",
)

#: Everything of each partner's grade book that is not as where nothing is known.
KNOWN: dict[str, dict[str, object]] = {
    "aequitas-q": {"takes_grades": True},
    "aeries": {
        "takes_grades": True,
        "title_length": 49,
        "categories": Categories.OF_THE_SIS,
        "numbers_only": True,
        "whole_maximum": True,
        "due_dates": DueDates.REQUIRED,
        "exempt": Exempt.NOT_SENT,
        "missing": Missing.ZERO,
        "deletes": False,
        "elementary": False,
        "hint_refused": (
            "Aeries takes no grades into gradebooks that are linked or combined. Look whether this one is."
        ),
    },
    "aspen": {"takes_grades": True, "categories": Categories.OF_THE_SIS},
    "classlink": {"takes_grades": False},
    "eschooldata": {"hint_refused": "eSchoolData is said to take grades over another interface than OneRoster."},
    "eschoolplus": {
        "takes_grades": True,
        "numbers_only": True,
        "exempt": Exempt.EXEMPT_AS_ZERO,
        "missing": Missing.NEEDS_NUMBER,
    },
    "facts": {},
    "focus": {"takes_grades": True, "categories": Categories.OF_THE_SIS},
    "infinite-campus": {
        "takes_grades": True,
        "title_length": 30,
        "unique_titles": True,
        "categories": Categories.SINGLE,
        "numbers_only": True,
        "whole_maximum": True,
        "due_dates": DueDates.IN_TERM,
        "individual_items": False,
        "deletes": False,
        "keeps_submitted_as_zero": True,
        "hint_refused": ("Infinite Campus takes scores only while the grading window is open. Look whether it is."),
        "winner": Winner.SIS,
    },
    "other": {},
    "powerschool": {
        "takes_grades": True,
        "title_length": 30,
        "unique_titles": True,
        "categories": Categories.OF_THE_SIS,
        "numbers_only": True,
        "due_dates": DueDates.IN_TERM,
        "individual_items": False,
        "winner": Winner.SIS,
    },
    "progressbook": {
        "takes_grades": True,
        "title_length": 50,
        "unique_titles": True,
        "categories": Categories.OF_THE_SIS,
        "numbers_only": True,
        "due_dates": DueDates.IN_TERM,
    },
    "schooltool": {
        "takes_grades": True,
        "categories": Categories.OF_THE_SIS,
        "numbers_only": True,
        "due_dates": DueDates.REQUIRED,
        "hint_refused": (
            "SchoolTool takes no grades into gradebooks that are linked or combined. Look whether this one is."
        ),
    },
    "skyward-qmlativ": {"takes_grades": True, "categories": Categories.OF_THE_SIS},
    "skyward-sms": {
        "takes_grades": True,
        "title_length": 49,
        "numbers_only": True,
        "whole_maximum": True,
        "hint_not_stored": (
            "Skyward SMS 2.0 has a setting that keeps scores from being stored. "
            "Ask your Skyward SMS 2.0 administrator to turn it off."
        ),
        "hint_refused": (
            "Skyward SMS 2.0 takes no grades into gradebooks that are linked or combined. Look whether this one is."
        ),
        "winner": Winner.SIS,
    },
    "synergy": {
        "takes_grades": True,
        "categories": Categories.OF_THE_SIS,
        "exempt": Exempt.EXEMPT,
        "deletes": False,
    },
}


@pytest.mark.parametrize("id_", IDS)
def test_manners_say_what_the_profile_knows_and_nothing_else(id_: str) -> None:
    manners, unknown = manners_of(profile(id_)), Manners()
    known = {one.name: getattr(manners, one.name) for one in fields(Manners)}
    assert {name: value for name, value in known.items() if value != getattr(unknown, name)} == KNOWN[id_]


def test_weakly_sourced_facts_stay_open() -> None:
    """A survey alone says that PowerSchool wants whole maximums."""
    limits = profile("powerschool").gradebook.limits
    assert limits is not None
    assert limits.whole_maximum != "unknown"
    assert manners_of(profile("powerschool")).whole_maximum is None


def test_sis_that_gives_ids_of_its_own_is_followed(tmp_path: Path) -> None:
    path = variant(tmp_path, "aspen", ("[quirks]\n", '[quirks]\nprovider-assigns-id = ["canvas"]\n'))
    assert mints_ids(find_profile(str(path)))
    assert not any(mints_ids(profile(id_)) for id_ in IDS)


def test_nothing_is_known_of_a_sis_without_a_partner() -> None:
    assert gradebook_of(SisSettings(url="https://oak.example")).manners == Manners()
    assert gradebook_of(CAMPUS).manners == manners_of(profile("infinite-campus"))


def test_no_more_requests_are_sent_at_once_than_the_partner_bears_and_the_rules_allow() -> None:
    assert gradebook_of(SisSettings(url="https://oak.example", concurrency=5)).concurrency == 5
    for profile_id in IDS:
        known = settled(profile(profile_id).pulling.concurrency, profile(profile_id).sources)
        found = gradebook_of(SisSettings(url="https://oak.example", partner=profile_id, concurrency=5)).concurrency
        assert found == min(known or 5, 5)


def plain(*scopes: str) -> RestConnection:
    grant = ClientGrant("https://oak.example/token", Credentials("key-1", "hush-hush"), scopes)
    return RestConnection("https://oak.example/ims/oneroster/v1p1", grant)


def scopes_of(found: GradebookWays) -> list[tuple[str, ...]]:
    """Scopes of each way, of ways that differ elsewhere once."""
    return list(dict.fromkeys(way.sign_in.scopes for way in found.ways if isinstance(way.sign_in, ClientGrant)))


def test_without_a_partner_the_scopes_of_the_standard_are_added() -> None:
    found = gradebook_ways(SisSettings(), Circumstances(), lambda: plain(CORE))
    assert scopes_of(found) == [(CORE, READ, PUT, DELETE), (CORE, READ, PUT), (CORE,)]


def test_scopes_that_the_rules_name_are_those_that_are_asked_for() -> None:
    found = gradebook_ways(SisSettings(scopes=("all",)), Circumstances(), lambda: plain("all"))
    assert scopes_of(found) == [("all",)]


def test_sign_in_without_scopes_has_one_way() -> None:
    bearer = RestConnection("https://oak.example/ims/oneroster/v1p1", BearerSignIn("token-1"))
    assert gradebook_ways(SisSettings(), Circumstances(), lambda: bearer).ways == (bearer,)


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("SIS_CONNECT_SIS_KEY", "key-1")
    monkeypatch.setenv("SIS_CONNECT_SIS_SECRET", "hush-hush")
    return monkeypatch


@pytest.mark.usefixtures("signed_in")
def test_scopes_that_the_profile_knows_are_asked_for_in_every_way() -> None:
    rules = SisSettings(url="https://oak.aeries.net/aeries", partner="aeries")
    found = gradebook_ways(rules, Circumstances(), plain)
    assert scopes_of(found) == [(CORE, ROSTER, READ, PUT), (CORE, READ, PUT)]


def test_header_of_the_gradebook_comes_from_the_environment(signed_in: pytest.MonkeyPatch) -> None:
    signed_in.setenv("CAMPUS_VENDOR_KEY", "vendor:secret-1")
    rules = SisSettings(
        url=CAMPUS.url,
        partner=CAMPUS.partner,
        token_url=CAMPUS.token_url,
        grade_headers={"X-Vendor-Authorization": "CAMPUS_VENDOR_KEY"},
    )
    found = gradebook_ways(rules, Circumstances(), plain)
    assert found.settings.headers == {"X-Vendor-Authorization": "vendor:secret-1"}
    assert not any("vendor:secret-1" in str(way.headers) for way in found.ways)
    assert "secret-1" not in repr(found)


@pytest.mark.usefixtures("signed_in")
def test_missing_header_is_told_with_the_setting_that_it_belongs_into() -> None:
    with pytest.raises(ConfigurationError) as caught:
        gradebook_ways(CAMPUS, Circumstances(), plain)
    assert caught.value.where == "sis.grade_headers.x-vendor-authorization"
    assert "Header x-vendor-authorization is missing." in caught.value.what
