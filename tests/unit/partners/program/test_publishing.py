"""What the program publishes, and what a vendor's engineer gets."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import get_args

import msgspec
import pytest

from partner_files import shipped
from program_side import NOW, TODAY, accepted
from sis_connect.partners.profile import Status
from sis_connect.partners.program import events as ev
from sis_connect.partners.program.bundle import (
    Bundle,
    ExchangeFacts,
    HealthFacts,
    ProfileFacts,
    StepFacts,
    write_bundle,
)
from sis_connect.partners.program.publishing import StatusPage, status_page, write_json, write_markdown, write_page
from sis_connect.partners.program.standing import Partner, standing_of
from sis_connect.partners.program.telling import in_words, partner_of

PROFILES = {profile.id: profile for profile in shipped().profiles}


def a_page(*partners: Partner) -> StatusPage:
    """The page of these partners."""
    return status_page(partners, PROFILES, NOW, entries=7, digest="d" * 64)


def test_partners_stand_as_a_district_looks_for_them() -> None:
    """By name, without regard to capitals, accents of spelling and signs."""
    names = ["Skyward", "eSchool Data", "ABC", "e-School Plus", "Aeries"]
    page = a_page(*(Partner(name, name, Status.IN_PILOT) for name in names))
    assert [one.name for one in page.partners] == ["ABC", "Aeries", "eSchool Data", "e-School Plus", "Skyward"]


def test_products_and_other_names_stand_with_their_partner() -> None:
    skyward = Partner("skyward", "Skyward", Status.AVAILABLE, products=("skyward-qmlativ", "skyward-sms"))
    aequitas = Partner("aequitas", "Aequitas", Status.IN_CONTACT, products=("aequitas-q",))
    page = a_page(skyward, aequitas)
    assert page.partners[1].products == ("Skyward Qmlativ", "Skyward SMS 2.0")
    assert "| Skyward (Qmlativ, SMS 2.0) | Available |  |" in write_markdown(page)
    assert "Zangle" in page.partners[0].also_known_as
    assert "also Q SIS, Zangle" in write_page(page).decode()


def test_json_says_the_same_as_the_page() -> None:
    page = a_page(Partner("a", "Acorn", Status.IN_PILOT, note="Back-to-school.", since=NOW))
    assert msgspec.json.decode(write_json(page), type=StatusPage) == page
    html = write_page(page).decode()
    assert "Back-to-school." in html
    assert "since 2026-11-23" in html
    assert "d" * 64 in html


def test_page_is_one_file_that_fetches_nothing_and_runs_nothing() -> None:
    html = write_page(a_page(Partner("a", "Acorn", Status.IN_PILOT))).decode()
    assert "default-src 'none'" in html
    assert [part for part in ("<script", "src=", "href=", "url(", "@import") if part in html] == []
    assert all(state.value in html for state in Status)


@pytest.mark.parametrize("name", ["<b>x</b>", "a|b", "[x](https://evil.example)", "*x*", "a\nb"])
def test_a_products_name_stays_text(name: str) -> None:
    page = a_page(Partner("a", name, Status.IN_PILOT))
    assert "<b>" not in write_page(page).decode()
    row = write_markdown(page).splitlines()[2]
    assert len(write_markdown(page).splitlines()) == 3
    assert row.replace("\\|", "").count("|") == 4
    assert "](" not in row.replace("\\]", "")


SECRET = 'se"cret\\n'
A_BUNDLE = Bundle(
    escalation=4,
    partner="Acorn",
    what=f"Half are gone; {SECRET} was refused for bo.lane@acorn.example",
    district="Riverbend",
    service="https://acorn.example/api/ims/oneroster/v1p1",
    made_at=NOW,
    time_zone="America/New_York",
    version="0.1.0",
    profiles=(ProfileFacts("acorn-sis", "Acorn SIS", "2026-11-23"),),
    run=None,
    health=HealthFacts(
        NOW, (StepFacts("name", True, "Found.", "", ""), StepFacts("token", False, "No.", "c.d", "Ask."))
    ),
    conformance=None,
    exchanges=(ExchangeFacts("paging.end", {"path": "/users"}, {"status": 500, "body": f"{SECRET} 🦉"}),),
    tried=(f'a "new" secret: {SECRET}',),
)


def unpacked(content: bytes) -> dict[str, str]:
    """The files of a zip as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_bundle_holds_no_secret_and_no_address() -> None:
    files = unpacked(write_bundle(A_BUNDLE, [SECRET, ""]))
    assert set(files) == {"README.txt", "escalation.json", "exchanges.txt"}
    for text in files.values():
        assert SECRET not in text
        assert json.dumps(SECRET)[1:-1] not in text
        assert "bo.lane" not in text


def test_bundle_says_what_when_where_by_which_profile_and_what_was_tried() -> None:
    files = unpacked(write_bundle(A_BUNDLE, [SECRET]))
    for word in (
        "Escalation 4: Acorn",
        "Half are gone",
        "acorn-sis",
        "2026-11-23",
        "+00:00",
        "times in America/New_York",
        "District: Riverbend",
        "Service: https://acorn.example/api/ims/oneroster/v1p1",
        "FAILS  token: No.",
        "c.d: Ask.",
    ):
        assert word in files["README.txt"]
    assert '- a "new" secret: …' in files["README.txt"]
    assert "paging.end" in files["exchanges.txt"]
    assert "🦉" in files["exchanges.txt"]
    assert json.loads(files["escalation.json"])["time_zone"] == "America/New_York"


def test_same_bundle_is_the_same_bytes() -> None:
    assert write_bundle(A_BUNDLE) == write_bundle(A_BUNDLE)


#: One of each kind.
EVENTS: tuple[ev.Event, ...] = (
    *accepted(),
    ev.ApplicationReceived(2, "other-sis", "Other", "c" * 64),
    ev.ApplicationDeclined(2),
    ev.ConformanceShown("acorn-sis", "d", "https://a.example", NOW, 100, 0, 0),
    ev.RoundTripShown("acorn-sis", ev.Need.ROSTER, "r1", "e", 900),
    ev.Advanced("acorn-sis", Status.IN_CONTACT, Status.IN_TESTING, (ev.Need.GRADES,)),
    ev.MovedBack("acorn-sis", Status.IN_TESTING, Status.IN_CONTACT),
    ev.PilotJoined("acorn-sis", "Riverbend", TODAY, "Bo"),
    ev.PilotTested("acorn-sis", "Riverbend", "a drop"),
    ev.ProblemFound("acorn-sis", "Riverbend", 1, "terms overlap"),
    ev.ProblemSolved("acorn-sis", "Riverbend", 1),
    ev.NightRecorded("acorn-sis", "Riverbend", TODAY - timedelta(days=1), ev.NightOutcome.WELL, "r2"),
    ev.PilotLeft("acorn-sis", "Riverbend"),
    ev.EscalationOpened("acorn-sis", 1, "broken", "", ""),
    ev.EscalationSent(1, 1),
    ev.EscalationAnswered(1, "soon"),
    ev.EscalationSolved(1, "mended"),
)


def test_every_event_is_told_in_words_of_its_own_about_its_partner() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(ev.Event))
    standing = standing_of(ev.Entry(n, NOW, "Ada", "", event) for n, event in enumerate(EVENTS, start=1))
    told = [in_words(event) for event in EVENTS]
    assert len(set(told)) == len(told)
    assert {partner_of(event, standing) for event in EVENTS} == {"acorn-sis", ""}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_event_that_was_written_down_is_read_again(event: ev.Event) -> None:
    assert ev.read_event(ev.write_event(event)) == event
