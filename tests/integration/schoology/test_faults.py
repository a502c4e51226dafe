"""What goes wrong on the way: nothing is written twice, nothing is lost, and what is known is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schoology_side import (
    Side,
    Sides,
    a_class,
    a_course,
    a_school,
    a_term,
    a_user,
    an_agent,
    an_enrollment,
    create,
    remove,
    update,
)
from sis_connect.errors import MalformedReplyError, OutcomeUnknownError, UnauthorisedError, UnavailableError
from sis_connect.sandbox.schoology.faults import Fault, FaultPlan
from sis_connect.sandbox.schoology.settings import SandboxSettings
from sis_connect.sandbox.schoology.statistics import Effect
from sis_connect.sync.changes import Action, Change, OutcomeState
from sis_connect.sync.desired import Kind, Record

#: Something new of each kind beside what the small district has.
NEW: dict[Kind, Record] = {
    Kind.SCHOOLS: a_school("school-2", "Cedar High"),
    Kind.TERMS: a_term("term-2", "2026-27 Spring", "2027-01-04", "2027-05-28"),
    Kind.USERS: a_user("student-2"),
    Kind.AGENTS: an_agent(),
    Kind.COURSES: a_course("course-2", "Chess", "CHESS"),
    Kind.CLASSES: a_class("class-2"),
    Kind.ENROLLMENTS: an_enrollment(),
}
#: What becomes of something the small district has.
CHANGED: dict[Kind, tuple[str, Record]] = {
    Kind.SCHOOLS: ("school-1", a_school(title="Birch Academy")),
    Kind.TERMS: ("term-1", a_term(end="2026-12-20")),
    Kind.USERS: ("student-1", replace(a_user(), family_name="Stone", email="ada@district.example")),
    Kind.COURSES: ("course-1", a_course(title="Algebra One")),
    Kind.CLASSES: ("class-1", a_class(title="Algebra A", location=None)),
}
WRITING = {Action.CREATE: "POST", Action.UPDATE: "PUT", Action.REMOVE: "DELETE"}


def a_change(side: Side, kind: Kind, action: Action) -> Change:
    """A creation, or an update of what is there."""
    if action is Action.CREATE:
        return create(NEW[kind])
    key, record = CHANGED[kind]
    return update(record, side.links.lms_id(kind, key))


CASES = [
    *((kind, Action.CREATE) for kind in NEW),
    *((kind, Action.UPDATE) for kind in CHANGED),
]


@pytest.mark.parametrize(("kind", "action"), CASES)
def test_after_a_lost_answer_a_look_finds_what_was_written(district: Side, kind: Kind, action: Action) -> None:
    change = a_change(district, kind, action)
    district.strike(Fault.LOST_REPLY, method=WRITING[action])
    with pytest.raises(OutcomeUnknownError):
        district.write(change)
    held = district.sandbox.contents()
    [found] = district.target.look([change], district.links)
    if kind is Kind.AGENTS:
        assert found is None
    else:
        assert found is not None
        assert found.state is OutcomeState.APPLIED
        assert found.lms_id
    district.apply(change)
    assert district.sandbox.contents() == held


@pytest.mark.parametrize(("kind", "action"), CASES)
def test_after_a_request_that_never_arrived_a_look_finds_nothing(district: Side, kind: Kind, action: Action) -> None:
    change = a_change(district, kind, action)
    before = district.sandbox.contents()
    district.strike(Fault.CONNECTION_CUT, method=WRITING[action])
    with pytest.raises(OutcomeUnknownError):
        district.write(change)
    assert district.target.look([change], district.links) == [None]
    assert district.sandbox.contents() == before
    district.apply(change)
    assert district.sandbox.contents() != before


def test_a_lost_deactivation_is_found(district: Side) -> None:
    lms_id = district.links.lms_id(Kind.USERS, "student-1")
    stays = remove(a_user("teacher-1", role="Teacher"), district.links.lms_id(Kind.USERS, "teacher-1"))
    leaves = remove(a_user(), lms_id)
    district.strike(Fault.LOST_REPLY, method="DELETE")
    with pytest.raises(OutcomeUnknownError):
        district.write(leaves)
    found, missing = district.target.look([leaves, stays], district.links)
    assert found is not None
    assert found.lms_id == lms_id
    assert missing is None


def test_a_lost_removal_of_an_enrollment_is_found(district: Side) -> None:
    district.apply(create(an_enrollment()), create(an_enrollment(user_key="teacher-1", role="teacher")))
    gone, kept = remove(an_enrollment()), remove(an_enrollment(user_key="teacher-1", role="teacher"))
    district.strike(Fault.LOST_REPLY, path="enrollments/import/course")
    with pytest.raises(OutcomeUnknownError):
        district.write(gone)
    found, missing = district.target.look([gone, kept], district.links)
    assert found is not None
    assert missing is None


def test_an_enrollment_in_another_role_is_not_what_was_wanted(district: Side) -> None:
    district.apply(create(an_enrollment(role="teacher")))
    assert district.target.look([create(an_enrollment(role="student"))], district.links) == [None]


def test_an_enrollment_of_a_class_that_is_not_there_is_to_be_written(district: Side) -> None:
    assert district.target.look([create(an_enrollment("nowhere"))], district.links) == [None]


def test_a_look_reads_each_section_once(district: Side) -> None:
    changes = [create(an_enrollment(user_key=f"student-{number}")) for number in range(50)]
    district.target.look(changes, district.links)
    assert district.sandbox.statistics().requests == 1


def test_somebody_else_under_the_same_key_is_not_what_was_wanted(side: Side) -> None:
    """An account made by hand is not the creation whose answer was lost."""
    side.sandbox.seed().user("student-1", "Ada", "Quill")
    assert side.target.look([create(a_user(school_key=None))], side.links) == [None]


@pytest.mark.parametrize("kind", [Kind.USERS, Kind.COURSES])
def test_a_duplicate_after_a_lost_answer_is_our_own(district: Side, sides: Sides, kind: Kind) -> None:
    """The first answer was lost, and the write arrived only after we had looked."""
    change = create(NEW[kind])
    assert district.target.look([change], district.links) == [None]
    late = Side(district.sandbox, sides.open(district.sandbox), district.links)
    [lms_id] = late.apply(change)
    assert district.apply(change) == [lms_id]


def test_what_is_removed_and_left_in_place_needs_no_look(district: Side) -> None:
    [outcome] = district.target.look([remove(a_class(), "5")], district.links)
    assert outcome is not None
    assert outcome.lms_id == "5"
    assert district.sandbox.statistics().requests == 0


def test_a_look_for_what_cannot_be_written_yet_finds_nothing(district: Side) -> None:
    assert district.target.look([create(a_class("c", term_keys=("none",)))], district.links) == [None]


@pytest.mark.parametrize("fault", [Fault.WRONG_ENVELOPE, Fault.HTML_PAGE, Fault.SERVER_ERROR])
def test_a_write_answered_unreadably_is_in_doubt(district: Side, fault: Fault) -> None:
    district.strike(fault, method="POST")
    with pytest.raises(OutcomeUnknownError):
        district.write(create(a_user("student-2")))
    district.sandbox.set_faults(FaultPlan())
    [found] = district.target.look([create(a_user("student-2"))], district.links)
    assert (found is not None) == (fault is Fault.WRONG_ENVELOPE)


@pytest.mark.parametrize("fault", [Fault.WRONG_ENVELOPE, Fault.HTML_PAGE])
def test_a_list_answered_unreadably_is_an_error_and_never_an_empty_list(district: Side, fault: Fault) -> None:
    district.strike(fault, path="courses")
    with pytest.raises(MalformedReplyError):
        list(district.target.survey({Kind.COURSES}))


def test_a_burst_of_429_is_waited_out(district: Side) -> None:
    district.strike(Fault.TOO_MANY_REQUESTS, count=3, seconds=0)
    district.apply(create(a_user("student-2")))
    assert district.sandbox.statistics().objects["users", Effect.CREATED] == 1
    assert district.sandbox.statistics().faults[Fault.TOO_MANY_REQUESTS] == 3


def test_a_503_that_names_no_time_leaves_a_write_in_doubt_and_a_read_is_repeated(district: Side) -> None:
    district.strike(Fault.UNAVAILABLE, count=3)
    change = create(a_user("student-2"))
    with pytest.raises(OutcomeUnknownError):
        district.write(change)
    assert district.target.look([change], district.links) == [None]
    district.apply(change)


def test_a_service_that_stays_away_is_unavailable_and_nothing_was_written(district: Side) -> None:
    before = district.sandbox.contents()
    district.strike(Fault.TOO_MANY_REQUESTS, count=None, seconds=0)
    with pytest.raises(UnavailableError):
        district.write(create(a_user("student-2")))
    assert district.sandbox.contents() == before


def test_a_server_that_is_gone_is_unavailable(district: Side) -> None:
    district.sandbox.stop()
    with pytest.raises(UnavailableError):
        district.write(create(a_user("student-2")))


def test_a_missing_right_is_unauthorised(district: Side) -> None:
    district.strike(Fault.FORBIDDEN, method="POST")
    with pytest.raises(UnauthorisedError):
        district.write(create(a_user("student-2")))


@pytest.mark.parametrize("code", [400, 403, 500])
def test_items_that_fail_are_refused_alone(district: Side, code: int) -> None:
    people = [create(a_user(f"s-{number}")) for number in range(5)]
    district.strike(Fault.ITEM_FAILURES, method="POST", items=(1, 3), code=code)
    outcomes = district.write(*people)
    states = [outcome.state is OutcomeState.APPLIED for outcome in outcomes]
    assert states == [True, False, True, False, True]
    wanted = "target.not_permitted" if code == 403 else "target.refused"
    assert {outcome.code for outcome in outcomes if outcome.code} == {wanted}
    assert [row[0] for row in district.held("users") if str(row[0]).startswith("s-")] == ["s-0", "s-2", "s-4"]


def test_enrollments_that_fail_are_seen_although_they_are_wrapped(district: Side) -> None:
    district.strike(Fault.ITEM_FAILURES, method="POST", items=(0,))
    outcomes = district.write(create(an_enrollment()), create(an_enrollment(user_key="teacher-1")))
    assert [outcome.state for outcome in outcomes] == [OutcomeState.REFUSED, OutcomeState.APPLIED]


def test_a_request_that_is_refused_as_a_whole_wrote_nothing(sides: Sides) -> None:
    """The cap of objects stands here for any whole refusal."""
    side = sides(SandboxSettings(rate=None, objects_per_call=2))
    outcomes = side.write(*(create(a_user(f"s-{number}", school_key=None)) for number in range(3)))
    assert {outcome.code for outcome in outcomes} == {"target.batch_refused"}
    assert len(side.held("users")) == 1
