"""The way of a partner: no state without its evidence, whatever is asked for in whatever order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from program_side import ENDPOINT, NOW, TODAY, accepted, report_seen, run_seen
from sis_connect.errors import ConfigurationError
from sis_connect.partners.profile import Status
from sis_connect.partners.program import deciding
from sis_connect.partners.program import events as ev
from sis_connect.partners.program.events import Need
from sis_connect.partners.program.lifecycle import MEANINGS, NEEDS, missing, needed_above, next_of
from sis_connect.partners.program.rules import PilotRules, ProgramRules
from sis_connect.partners.program.standing import Partner, standing_of

if TYPE_CHECKING:
    from datetime import datetime

    from sis_connect.partners.program.standing import Standing

ID = "acorn-sis"
RULES = ProgramRules(pilot=PilotRules(districts=2, nights=2))
ORDER = list(Status)


def entries(*events: ev.Event, at: datetime = NOW) -> list[ev.Entry]:
    """Events as they are written down, one after the other."""
    return [ev.Entry(number, at, "Ada Quill", "", event) for number, event in enumerate(events, start=1)]


def a_standing(*events: ev.Event) -> Standing:
    """What is so once the application was accepted and these happened."""
    return standing_of(entries(*accepted(), *events))


CONFORMANCE = ev.ConformanceShown(ID, "d", ENDPOINT, NOW, 100, 0, 0)
ROSTER = ev.RoundTripShown(ID, Need.ROSTER, "r1", "e", 900)
GRADES = ev.RoundTripShown(ID, Need.GRADES, "", "", 40)
TESTING = ev.Advanced(ID, Status.IN_CONTACT, Status.IN_TESTING, ())
PILOT = ev.Advanced(ID, Status.IN_TESTING, Status.IN_PILOT, ())


def lacking(standing: Standing, rules: ProgramRules = RULES, now: datetime = NOW) -> list[Need]:
    """What the partner's next state asks for and is not there."""
    partner = standing.partners[ID]
    return [one.need for one in missing(partner, standing.escalations_of(ID), rules, now)]


def refusal(call: Any, *arguments: Any, **named: Any) -> str:
    """What is said when something is refused."""
    with pytest.raises(ConfigurationError) as refused:
        call(*arguments, **named)
    assert refused.value.fix
    return refused.value.what


def test_every_state_has_its_published_meaning_and_its_needs() -> None:
    assert set(MEANINGS) == set(NEEDS) == set(Status)
    assert {need for needs in NEEDS.values() for need in needs} == set(Need)


def test_accepted_vendor_is_in_contact_and_lacks_nothing_for_testing() -> None:
    standing = a_standing()
    assert standing.partners[ID].status is Status.IN_CONTACT
    assert lacking(standing) == []


def test_pilot_asks_for_conformance_and_both_round_trips() -> None:
    assert lacking(a_standing(TESTING)) == [Need.CONFORMANCE, Need.ROSTER, Need.GRADES]
    assert lacking(a_standing(TESTING, CONFORMANCE, ROSTER, GRADES)) == []


def test_vendor_that_takes_no_grades_need_not_show_them() -> None:
    standing = standing_of(entries(*accepted(takes_grades=False), TESTING))
    assert lacking(standing) == [Need.CONFORMANCE, Need.ROSTER]


def test_old_report_counts_no_more() -> None:
    standing = a_standing(TESTING, CONFORMANCE, ROSTER, GRADES)
    assert lacking(standing, now=NOW + timedelta(days=181)) == [Need.CONFORMANCE]


def test_report_of_a_time_that_has_not_come_does_not_count() -> None:
    """The clock went back: nobody knows how old the report is."""
    standing = a_standing(TESTING, CONFORMANCE, ROSTER, GRADES)
    assert lacking(standing, now=NOW - timedelta(minutes=1)) == []
    assert lacking(standing, now=NOW - timedelta(days=1)) == [Need.CONFORMANCE]


def test_report_of_another_address_does_not_count() -> None:
    other = ev.ConformanceShown(ID, "d", "https://other.example/v1p1", NOW, 100, 0, 0)
    assert lacking(a_standing(TESTING, other, ROSTER, GRADES)) == [Need.CONFORMANCE]


def test_partner_published_before_the_log_began_needs_an_endpoint_before_its_report_counts() -> None:
    published = Partner(ID, "Acorn", Status.IN_TESTING)
    standing = standing_of(entries(CONFORMANCE, ROSTER, GRADES), [published])
    assert lacking(standing) == [Need.CONFORMANCE]


def pilots(*districts: str, nights: int = 2, outcome: ev.NightOutcome = ev.NightOutcome.WELL) -> list[ev.Event]:
    """Districts that joined and had so many nights."""
    found: list[ev.Event] = []
    for district in districts:
        found.append(ev.PilotJoined(ID, district, TODAY - timedelta(days=60), "Bo Lane"))
        found += [ev.NightRecorded(ID, district, TODAY - timedelta(days=day), outcome, "") for day in range(nights)]
    return found


def test_available_asks_for_enough_districts_with_enough_good_nights() -> None:
    shown = (TESTING, CONFORMANCE, ROSTER, GRADES, PILOT)
    assert lacking(a_standing(*shown)) == [Need.PILOTS]
    assert lacking(a_standing(*shown, *pilots("A"))) == [Need.PILOTS]
    assert lacking(a_standing(*shown, *pilots("A", "B"))) == []
    assert lacking(a_standing(*shown, *pilots("A", "B", nights=1))) == [Need.PILOTS]
    assert lacking(a_standing(*shown, *pilots("A", "B", outcome=ev.NightOutcome.WAITING))) == [Need.PILOTS]
    assert lacking(a_standing(*shown, *pilots("A", "B"), ev.PilotLeft(ID, "B"))) == [Need.PILOTS]


def test_numbers_are_those_of_the_issue_unless_somebody_sets_others() -> None:
    assert (ProgramRules().pilot.districts, ProgramRules().pilot.nights) == (3, 30)
    shown = (TESTING, CONFORMANCE, ROSTER, GRADES, PILOT)
    assert lacking(a_standing(*shown, *pilots("A", "B", "C", nights=29)), ProgramRules()) == [Need.PILOTS]
    assert lacking(a_standing(*shown, *pilots("A", "B", "C", nights=30)), ProgramRules()) == []


def test_two_records_of_a_night_are_one_night_and_the_later_counts() -> None:
    night = TODAY - timedelta(days=1)
    corrected = ev.NightRecorded(ID, "A", night, ev.NightOutcome.FAILED, "")
    standing = a_standing(TESTING, PILOT, *pilots("A", nights=2), corrected)
    assert standing.partners[ID].pilots["A"].nights_well(None) == 1


def test_unsolved_escalation_keeps_a_partner_from_being_available() -> None:
    shown = (TESTING, CONFORMANCE, ROSTER, GRADES, PILOT, *pilots("A", "B"))
    opened = ev.EscalationOpened(ID, 1, "half are gone", "", "")
    assert lacking(a_standing(*shown, opened)) == [Need.ESCALATIONS]
    assert lacking(a_standing(*shown, opened, ev.EscalationSolved(1, "mended"))) == []


def test_exception_stands_for_the_evidence_that_it_names_and_for_no_other() -> None:
    standing = a_standing(TESTING, CONFORMANCE)
    left = deciding.advance(standing, ID, RULES, NOW, exceptions=[Need.GRADES])
    assert isinstance(left, tuple)
    assert [one.need for one in left] == [Need.ROSTER]
    done = deciding.advance(standing, ID, RULES, NOW, exceptions=[Need.GRADES, Need.ROSTER])
    assert isinstance(done, ev.Advanced)
    assert done.exceptions == (Need.GRADES, Need.ROSTER)


def test_exception_that_is_not_needed_is_refused() -> None:
    standing = a_standing(TESTING, CONFORMANCE, ROSTER)
    what = refusal(deciding.advance, standing, ID, RULES, NOW, exceptions=[Need.ROSTER])
    assert "no exception is needed" in what


def test_nothing_comes_after_available() -> None:
    standing = standing_of([], [Partner(ID, "Acorn", Status.AVAILABLE)])
    assert "already" in refusal(deciding.advance, standing, ID, RULES, NOW)


def test_moving_back_says_why_and_goes_to_an_earlier_state() -> None:
    standing = a_standing(TESTING, CONFORMANCE, ROSTER, GRADES, PILOT)
    assert refusal(deciding.move_back, standing, ID, Status.IN_TESTING, " ")
    assert "does not come before" in refusal(deciding.move_back, standing, ID, Status.AVAILABLE, "why")
    event = deciding.move_back(standing, ID, Status.IN_TESTING, "paging broke")
    assert (event.before, event.after) == (Status.IN_PILOT, Status.IN_TESTING)


def test_after_moving_back_everything_above_is_shown_anew() -> None:
    back = ev.MovedBack(ID, Status.IN_PILOT, Status.IN_TESTING)
    standing = a_standing(TESTING, CONFORMANCE, ROSTER, GRADES, PILOT, *pilots("A", "B"), back)
    assert lacking(standing) == [Need.CONFORMANCE, Need.ROSTER, Need.GRADES]
    assert all(
        pilot.nights_well(standing.partners[ID].restarted) == 0 for pilot in standing.partners[ID].pilots.values()
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"problem": "The signature is not that of the report."}, "signature"),
        ({"left_out": ("paging.end", "paging.total")}, "leaves out 2 checks"),
        ({"failed_required": 1}, "1 failed"),
        ({"failed_expected": 2}, "2 failed"),
        ({"unlivable": 1}, "cannot live with 1"),
        ({"passed": 0}, "No check passed"),
        ({"url": "https://other.example/ims/oneroster/v1p1"}, "not of the vendor's endpoint"),
        ({"tested_at": NOW + timedelta(hours=1)}, "has not come"),
    ],
)
def test_report_that_does_not_show_it_is_no_evidence(changes: dict[str, Any], says: str) -> None:
    assert says in refusal(deciding.show_conformance, a_standing(), ID, report_seen(**changes), NOW)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"is_finished": False}, "closed"),
        ({"adds_up": False}, "accounted"),
        ({"arrived": 0}, "No record"),
        ({"held": 4}, "4 changes wait"),
        ({"refused": 3}, "3 were refused"),
        ({"address": ""}, "a package"),
        ({"address": "https://other.example/ims/oneroster/v1p1"}, "not of the vendor's endpoint"),
        ({"started_at": NOW + timedelta(hours=1)}, "has not come"),
    ],
)
def test_run_that_does_not_show_it_is_no_evidence(changes: dict[str, Any], says: str) -> None:
    assert says in refusal(deciding.show_roster, a_standing(), ID, run_seen(**changes), NOW)


def test_what_was_shown_before_a_partner_was_moved_back_is_no_evidence_again() -> None:
    """It was moved back because something broke: the report of before does not show that it is mended."""
    standing = a_standing(
        TESTING, CONFORMANCE, ROSTER, GRADES, PILOT, ev.MovedBack(ID, Status.IN_PILOT, Status.IN_TESTING)
    )
    before, after = NOW - timedelta(days=1), NOW + timedelta(days=1)
    assert "moved back" in refusal(deciding.show_conformance, standing, ID, report_seen(tested_at=before), after)
    assert "moved back" in refusal(deciding.show_roster, standing, ID, run_seen(started_at=before), after)
    assert deciding.show_conformance(standing, ID, report_seen(tested_at=after), after).tested_at == after
    assert deciding.show_roster(standing, ID, run_seen(started_at=after), after).need is Need.ROSTER


@pytest.mark.parametrize(
    "address",
    [f"{ENDPOINT}/", ENDPOINT.removesuffix("/ims/oneroster/v1p1"), ENDPOINT.replace("https://acorn", "HTTPS://Acorn")],
)
def test_endpoint_is_the_same_however_its_address_is_written(address: str) -> None:
    assert deciding.show_conformance(a_standing(), ID, report_seen(url=address), NOW).url == address


def test_grades_are_a_persons_word_with_a_reason() -> None:
    named = {"run": "", "document": ""}
    assert refusal(deciding.show_grades, a_standing(), ID, arrived=4, because="", **named)
    assert refusal(deciding.show_grades, a_standing(), ID, arrived=0, because="seen", **named)
    assert deciding.show_grades(a_standing(), ID, arrived=4, because="seen", **named).need is Need.GRADES


def test_districts_join_once_testing_began_and_their_nights_count_once_the_pilot_did() -> None:
    assert "once it is In Testing" in refusal(deciding.join_pilot, a_standing(), ID, "A", TODAY, "Bo")
    joined = deciding.join_pilot(a_standing(TESTING), ID, "A", TODAY, "Bo")
    well = ev.NightOutcome.WELL
    testing = a_standing(TESTING, joined)
    assert "once it is In Pilot" in refusal(deciding.record_night, testing, ID, "A", TODAY, well, today=TODAY)
    assert deciding.record_night(a_standing(TESTING, PILOT, joined), ID, "A", TODAY, well, today=TODAY).night == TODAY


def test_a_night_has_come_and_lies_within_the_districts_pilot() -> None:
    standing = a_standing(TESTING, PILOT, ev.PilotJoined(ID, "A", TODAY, "Bo"))
    well, day = ev.NightOutcome.WELL, timedelta(days=1)
    assert "since" in refusal(deciding.record_night, standing, ID, "A", TODAY - day, well, today=TODAY)
    assert "not come yet" in refusal(deciding.record_night, standing, ID, "A", TODAY + day, well, today=TODAY)
    assert "takes no part" in refusal(deciding.record_night, standing, ID, "B", TODAY, well, today=TODAY)


@pytest.mark.parametrize("name", ["riverbend  usd", "River-Bend USD", "Ríverbend USD", "\uff32iverbend USD"])
def test_a_district_is_the_same_however_its_name_is_written(name: str) -> None:
    """Else one would count twice."""
    standing = a_standing(TESTING, PILOT, ev.PilotJoined(ID, "Riverbend USD", TODAY, "Bo"))
    assert "Riverbend USD takes part already" in refusal(deciding.join_pilot, standing, ID, name, TODAY, "Bo")
    night = deciding.record_night(standing, ID, name, TODAY, ev.NightOutcome.WELL, today=TODAY)
    assert night.district == "Riverbend USD"
    assert deciding.open_problem(standing, ID, name, "two terms overlap").district == "Riverbend USD"


def test_a_run_is_a_night_of_one_district_only() -> None:
    joined = [ev.PilotJoined(ID, district, TODAY, "Bo") for district in ("A", "B")]
    well = ev.NightOutcome.WELL
    standing = a_standing(TESTING, PILOT, *joined, ev.NightRecorded(ID, "A", TODAY, well, "r7"))
    assert "another district" in refusal(deciding.record_night, standing, ID, "B", TODAY, well, run="r7", today=TODAY)
    assert deciding.record_night(standing, ID, "A", TODAY, well, run="r7", today=TODAY).run == "r7"
    assert deciding.record_night(standing, ID, "B", TODAY, well, run="r8", today=TODAY).run == "r8"


def test_problem_of_a_pilot_is_solved_once() -> None:
    standing = a_standing(TESTING, ev.PilotJoined(ID, "A", TODAY, "Bo"))
    standing.take(ev.Entry(9, NOW, "Ada", "", deciding.open_problem(standing, ID, "A", "two terms overlap")))
    solved = deciding.find_problem(standing, ID, "A", 1)
    standing.take(ev.Entry(10, NOW, "Ada", "", solved))
    assert "no open problem 1" in refusal(deciding.find_problem, standing, ID, "A", 1)


DISTRICTS = st.sampled_from("AB")
STEPS = st.one_of(
    st.just(("accept",)),
    st.tuples(st.just("conformance"), st.sampled_from([ENDPOINT, "https://other.example"]), st.integers(0, 300)),
    st.just(("roster",)),
    st.just(("grades",)),
    st.tuples(st.just("advance"), st.lists(st.sampled_from(list(Need)), max_size=1)),
    st.tuples(st.just("advance"), st.just([])),
    st.tuples(st.just("back"), st.sampled_from(ORDER)),
    st.tuples(st.just("join"), DISTRICTS),
    st.tuples(st.just("leave"), DISTRICTS),
    st.tuples(st.just("night"), DISTRICTS, st.integers(0, 6), st.sampled_from(list(ev.NightOutcome))),
    st.just(("open",)),
    st.tuples(st.just("solve"), st.integers(1, 3)),
)
#: A way that leads far, so that random steps also happen near its end.
A_GOOD_WAY: list[tuple[Any, ...]] = [
    ("accept",),
    ("advance", []),
    ("conformance", ENDPOINT, 0),
    ("roster",),
    ("grades",),
    ("advance", []),
    ("join", "A"),
    ("join", "B"),
    *[("night", district, 0, ev.NightOutcome.WELL) for _ in range(2) for district in "AB"],
    ("advance", []),
]


def decided(step: tuple[Any, ...], standing: Standing, now: datetime) -> ev.Event | None:
    """What is written down when somebody asks for this; None when nothing is."""
    try:
        return way_step(step, standing, now) or pilot_step(step, standing, now)
    except ConfigurationError:
        return None


def way_step(step: tuple[Any, ...], standing: Standing, now: datetime) -> ev.Event | None:
    """What comes of a step of the partner itself."""
    match step:
        case ("accept",):
            return accepted()[1]
        case ("conformance", url, age):
            seen = report_seen(url=url, tested_at=now - timedelta(days=age))
            return deciding.show_conformance(standing, ID, seen, now)
        case ("roster",):
            return deciding.show_roster(standing, ID, run_seen(started_at=now), now)
        case ("grades",):
            return deciding.show_grades(standing, ID, run="", document="", arrived=1, because="seen")
        case ("advance", exceptions):
            event = deciding.advance(standing, ID, RULES, now, exceptions=exceptions)
            return None if isinstance(event, tuple) else event
        case ("back", to):
            return deciding.move_back(standing, ID, to, "because")
    return None


def pilot_step(step: tuple[Any, ...], standing: Standing, now: datetime) -> ev.Event | None:
    """What comes of a step of a district, or of an escalation."""
    match step:
        case ("join", district):
            return deciding.join_pilot(standing, ID, district, now.date() - timedelta(days=3), "Bo")
        case ("leave", district):
            deciding.find_pilot(standing, ID, district)
            return ev.PilotLeft(ID, district)
        case ("night", district, age, outcome):
            day = now.date() - timedelta(days=age)
            return deciding.record_night(standing, ID, district, day, outcome, today=now.date())
        case ("open",):
            return deciding.open_escalation(standing, ID, "broken")
        case ("solve", number):
            return deciding.solve(standing, number, "mended")
    return None


def provided(history: list[ev.Entry], state: Status, upto: int) -> set[Need]:
    """The evidence for a state that the history before an entry holds, read from the events alone."""
    before = [entry for entry in history if entry.number < upto]
    resets = [entry for entry in before if isinstance(entry.event, ev.MovedBack) and entry.event.after != state]
    resets = [entry for entry in resets if ORDER.index(entry.event.after) < ORDER.index(state)]  # type: ignore[union-attr]  # as above
    start = resets[-1].number if resets else 0
    last_back = [entry for entry in before if isinstance(entry.event, ev.MovedBack)]
    since = last_back[-1].at.date() if last_back else None
    found: set[Need] = set()
    nights: dict[str, dict[object, ev.NightOutcome]] = {}
    open_ones: set[int] = set()
    for entry in before:
        event, is_new = entry.event, entry.number > start
        match event:
            case ev.ApplicationAccepted() if is_new:
                found.add(Need.APPLICATION)
            case ev.ConformanceShown() if is_new:
                fresh = history[upto - 1].at - event.tested_at <= timedelta(days=180)
                (found.add if fresh and event.url == ENDPOINT else found.discard)(Need.CONFORMANCE)
            case ev.RoundTripShown() if is_new:
                found.add(event.need)
            case ev.PilotJoined():
                nights[event.district] = {}
            case ev.PilotLeft():
                nights.pop(event.district)
            case ev.NightRecorded():
                nights[event.district][event.night] = event.outcome
            case ev.EscalationOpened():
                open_ones.add(event.escalation)
            case ev.EscalationSolved():
                open_ones.discard(event.escalation)
    well = [
        sum(outcome is ev.NightOutcome.WELL and (since is None or day > since) for day, outcome in own.items())  # type: ignore[operator]  # days
        for own in nights.values()
    ]
    found |= {Need.PILOTS} if sum(count >= 2 for count in well) >= 2 else set()
    return found | (set() if open_ones else {Need.ESCALATIONS})


@settings(max_examples=150, deadline=None)
@given(good=st.integers(0, len(A_GOOD_WAY)), steps=st.lists(STEPS, max_size=25))
def test_no_sequence_reaches_a_state_without_its_evidence(good: int, steps: list[tuple[Any, ...]]) -> None:
    """Each state entered is the next one; all it asks for was shown since the partner was moved back, or signed for."""
    history = entries(accepted()[0], at=NOW)
    standing = standing_of(history)
    status = None
    for day, step in enumerate([*A_GOOD_WAY[:good], *steps], start=1):
        now = NOW + timedelta(days=day)
        event = decided(step, standing, now)
        if event is None:
            continue
        entry = ev.Entry(len(history) + 1, now, "Ada Quill", "because", event)
        history.append(entry)
        standing.take(entry)
        if isinstance(event, ev.Advanced):
            assert event.before is status
            assert event.after is next_of(event.before)
            shown = provided(history, event.after, entry.number)
            assert set(NEEDS[event.after]) - set(event.exceptions) <= shown
            assert not set(event.exceptions) & shown
        status = standing.partners[ID].status if standing.partners else None


def test_the_good_way_leads_to_available() -> None:
    """The property above would say little if its steps never led anywhere."""
    history = entries(accepted()[0])
    standing = standing_of(history)
    for day, step in enumerate(A_GOOD_WAY, start=1):
        event = decided(step, standing, NOW + timedelta(days=day))
        assert event is not None, step
        standing.take(ev.Entry(day + 1, NOW + timedelta(days=day), "Ada", "", event))
    assert standing.partners[ID].status is Status.AVAILABLE


def test_needs_above_a_state_are_those_of_all_later_ones() -> None:
    assert needed_above(Status.AVAILABLE) == ()
    assert needed_above(Status.IN_PILOT) == NEEDS[Status.AVAILABLE]
    assert set(needed_above(Status.IN_CONTACT)) == set(Need)
