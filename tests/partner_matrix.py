"""What a partner's district lives through, step by step, and what becomes of it: the matrix of the partner program.

Every step goes the way of a real night: from the entries of the form over the pull, the check and the plan to the LMS.
After each the LMS holds exactly the places in classes that the SIS itself holds, without those of people whom the rules
of every new district leave out (administrators).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from partner_grades import GRADE_STEPS, live_through_grades
from partner_side import a_partner_district
from sis_connect.errors import SisConnectError
from sis_connect.partners import fields as form
from sis_connect.partners.entries import check_entries
from sis_connect.partners.facts import settled
from sis_connect.sandbox.sis.new_year import begin_new_year
from sis_connect.sandbox.sis.school_days import Happening, live_through
from sis_connect.sync.desired import Kind
from sis_connect.transport.diagnosis import Cause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from partner_side import PartnerDistrict
    from sis_connect.partners.profile import Profile
    from sis_connect.report import Report

WORKS = "works"
_REFUSED_CREDENTIALS = {Cause.CLIENT_REFUSED, Cause.UNAUTHORISED}


@dataclass(frozen=True)
class Step:
    """One column of the matrix."""

    title: str
    #: What is done and what must be true then, as sentences.
    about: str
    #: Does it and says how it ended.
    live: Callable[[PartnerDistrict], str]


def live_through_all(profile: Profile, package: Path, folder: Path) -> Mapping[str, str]:
    """How every step ended, by its title; AssertionError when one does not work."""
    with a_partner_district(profile, package, folder / "rosters") as district:
        rosters = {step.title: step.live(district) for step in STEPS}
    return {**rosters, **live_through_grades(profile, package, folder / "grades")}


def _connect(district: PartnerDistrict) -> str:
    entries = district.entries()
    asked = [field for field in form.fields(district.profile) if field.is_required or field.name in entries]
    kind = district.described().sign_in
    assert entries.keys() == {field.name for field in asked if kind in field.only_with}
    assert [remark for remark in check_entries(district.profile, entries) if remark.refuses] == []
    with pytest.raises(SisConnectError) as refused:
        district.read_one(client_secret="another")
    assert refused.value.cause in _REFUSED_CREDENTIALS
    district.read_one()
    return f"{WORKS}, {len(entries)} entries"


def _roster(district: PartnerDistrict) -> str:
    report = district.sync()
    assert len(district.in_the_lms()) > 200
    _assert_in_step(district, report)
    return WORKS


def _second(district: PartnerDistrict) -> str:
    district.a_day_passes()
    report = district.sync()
    assert sum(counts.planned for counts in report.changes) == 0
    return WORKS


def _delta(district: PartnerDistrict) -> str:
    district.sync(delta=True)
    everything = district.sent
    district.a_day_passes()
    live_through(
        district.sis.records, (Happening.STUDENT_ENROLLED, Happening.STUDENT_JOINED, Happening.STUDENT_RENAMED)
    )
    report = district.sync(delta=True)
    assert 0 < district.sent < everything / 4
    _assert_in_step(district, report)
    known = settled(district.profile.pulling.delta, district.profile.sources)
    return WORKS if known else f"{WORKS}; unknown of the vendor"


def _drop_and_move(district: PartnerDistrict) -> str:
    before = district.in_the_lms()
    district.a_day_passes()
    happenings = (Happening.STUDENT_DROPPED, Happening.STUDENT_MOVED, Happening.STUDENT_LEFT)
    live_through(district.sis.records, happenings, seed=2)
    report = district.sync()
    _assert_in_step(district, report)
    assert before - district.in_the_lms()
    return WORKS


def _renumbering(district: PartnerDistrict) -> str:
    accounts = set(district.lms.ids[Kind.USERS].values())
    district.a_day_passes()
    live_through(district.sis.records, (Happening.STUDENT_RENUMBERED,), seed=3)
    report = district.sync()
    _assert_in_step(district, report)
    assert set(district.lms.ids[Kind.USERS].values()) == accounts, "somebody has another account than before"
    return WORKS


def _year_change(district: PartnerDistrict) -> str:
    past = district.places(district.in_the_lms())
    district.a_day_passes(days=300)
    begin_new_year(district.sis.records)
    report = district.sync()
    assert past <= district.places(district.in_the_lms()), "a new year took somebody out whom nobody had looked at"
    assert report.needs_a_person
    district.approve_all()
    here, there = district.in_the_sis(), district.in_the_lms()
    assert here <= there
    kept = {class_ for class_, _ in there - here}
    assert not kept & {class_ for class_, _ in here}, "only places in past classes, whose grades stay, are kept beside"
    return f"{WORKS}, once a person agrees"


def _assert_in_step(district: PartnerDistrict, report: Report) -> None:
    assert all(counts.adds_up for counts in report.records)
    assert not report.needs_a_person, [hold.cause for hold in report.holds]
    assert district.in_the_lms() == district.in_the_sis()


STEPS = (
    Step(
        "connect",
        "The district enters what the form of this partner asks, and nothing else. A wrong secret is refused.",
        _connect,
    ),
    Step("roster", "A first sync: everybody is in the LMS, and every record is accounted for.", _roster),
    Step("second sync", "A day later nothing has happened: nothing is planned.", _second),
    Step("delta", "Somebody is enrolled, somebody new, somebody renamed; only changes are asked for.", _delta),
    Step("drop and move", "Somebody drops a class, somebody moves, somebody leaves.", _drop_and_move),
    Step("renumbering", "A student has a new id: the account in the LMS stays the same one.", _renumbering),
    Step(
        "year change",
        "A new school year. Nobody is taken out of a class before a person agrees; grades of past classes stay.",
        _year_change,
    ),
)

#: What each column of the matrix is about, by its title.
COLUMNS = {step.title: step.about for step in (*STEPS, *GRADE_STEPS)}
