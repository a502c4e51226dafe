"""Each kind of record is created, changed and removed in Schoology, over real HTTP."""

from __future__ import annotations

import math
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
from sis_connect.errors import ConfigurationError, UnauthorisedError
from sis_connect.sandbox.schoology.settings import SandboxSettings
from sis_connect.sandbox.schoology.statistics import Effect
from sis_connect.sync.changes import Action, OutcomeState
from sis_connect.sync.desired import Kind, Record

OURS = "sandbox-key"
TEACHER = a_user("teacher-1", role="Teacher")


def test_a_school_becomes_a_building_with_its_sourced_id_as_code(side: Side) -> None:
    [lms_id] = side.apply(create(a_school()))
    side.apply(update(a_school(title="Birch Academy"), lms_id))
    assert side.held("schools") == [("Birch Academy", "school-1", "{}", OURS), ("Sandbox District", "", "{}", "hand")]


def test_a_building_that_carries_the_sourced_id_already_is_the_school(side: Side) -> None:
    """A district maps a building it has by writing the sourcedId into it."""
    building_id = side.sandbox.seed().building("Birch", "school-1")
    assert side.apply(create(a_school())) == [str(building_id)]
    assert len(side.held("schools")) == 2


def test_a_term_becomes_a_grading_period_and_changes_its_days(side: Side) -> None:
    [lms_id] = side.apply(create(a_term()))
    side.apply(update(a_term(title="Fall", end="2026-12-20"), lms_id))
    assert side.held("periods") == [("Fall", "2026-08-17", "2026-12-20", OURS)]


def test_a_grading_period_with_the_same_title_and_days_is_the_term(side: Side) -> None:
    period_id = side.sandbox.seed().grading_period("2026-27 Fall", "2026-08-17", "2026-12-18")
    assert side.apply(create(a_term())) == [str(period_id)]


def test_a_grading_period_with_the_same_title_and_other_days_is_a_duplicate(side: Side) -> None:
    side.sandbox.seed().grading_period("2026-27 Fall", "2025-08-17", "2025-12-18")
    [outcome] = side.write(create(a_term()))
    assert (outcome.state, outcome.code) == (OutcomeState.REFUSED, "target.duplicate_title")


def test_people_become_accounts_in_their_buildings_with_their_roles(side: Side) -> None:
    side.apply(create(a_school()))
    side.apply(create(a_school("school-2", "Cedar High")))
    teacher = replace(TEACHER, email="quill@district.example", other_school_keys=["school-2"], middle_name="M.")
    parent = a_user("parent-1", role="parent", school_key=None)
    side.apply(create(a_user()), create(teacher), create(parent))
    told = {row[0]: (*row[1:3], row[6], *row[8:10], row[14], row[-1]) for row in side.held("users")}
    del told["sandbox-administrator"]
    assert told == {
        "student-1": ("Birch Elementary", "Student", "", "student-1", "", 1, OURS),
        "teacher-1": ("Birch Elementary", "Teacher", "M.", "teacher-1", "quill@district.example", 1, OURS),
        "parent-1": ("Sandbox District", "Parent", "", "parent-1", "", 1, OURS),
    }
    assert side.held("user_schools") == [("teacher-1", "Cedar High")]


def test_an_update_of_a_person_clears_what_is_no_longer_there(side: Side) -> None:
    side.apply(create(a_school()))
    before = replace(a_user(), middle_name="M.", email="ada@district.example", other_school_keys=["school-1"])
    [lms_id] = side.apply(create(before))
    side.apply(update(replace(a_user(), family_name="Stone"), lms_id, before))
    [row] = [row for row in side.held("users") if row[0] == "student-1"]
    assert (row[6], row[7], row[9]) == ("", "Stone", "")
    assert side.held("user_schools") == []


def test_a_person_who_leaves_is_deactivated_with_history_and_without_a_mail(district: Side) -> None:
    district.apply(create(an_enrollment()))
    lms_id = district.links.lms_id(Kind.USERS, "student-1")
    district.apply(remove(a_user(), lms_id))
    assert [row[-2] for row in district.held("users") if row[0] == "student-1"] == [1]
    assert district.held("enrollments") == [("class-1", "class-1", "student-1", 0, 5, OURS)]
    statistics = district.sandbox.statistics()
    assert (statistics.mails, statistics.histories_lost) == (0, 0)


def test_a_deactivation_may_be_answered_without_items(sides: Sides) -> None:
    """Public sources disagree about 207 and 204."""
    side = sides(SandboxSettings(rate=None, bulk_delete_status=204))
    side.apply(create(a_user(school_key=None)))
    side.apply(remove(a_user(), side.links.lms_id(Kind.USERS, "student-1")))
    assert [row[-2] for row in side.held("users") if row[0] == "student-1"] == [1]


def test_removing_somebody_who_is_gone_already_is_done(district: Side) -> None:
    gone = remove(a_user(), district.links.lms_id(Kind.USERS, "student-1"))
    district.apply(gone)
    district.apply(gone)


def test_a_person_who_comes_back_gets_the_same_account(district: Side) -> None:
    lms_id = district.links.lms_id(Kind.USERS, "student-1")
    district.apply(remove(a_user(), lms_id))
    assert district.apply(create(replace(a_user(), family_name="Stone"))) == [lms_id]
    [row] = [row for row in district.held("users") if row[0] == "student-1"]
    assert (row[7], row[-2]) == ("Stone", 0)


def test_an_account_made_by_hand_is_never_taken_over(side: Side) -> None:
    side.sandbox.seed().user("student-1", "Bo", "Reed")
    before = side.held("users")
    [outcome] = side.write(create(a_user(school_key=None)))
    assert outcome.code == "target.duplicate_unique_id"
    assert side.held("users") == before


def test_parents_are_linked_and_unlinked(district: Side) -> None:
    district.apply(create(an_agent()))
    assert district.held("associations") == [("student-1", "parent-1", OURS)]
    district.apply(remove(an_agent()))
    assert district.held("associations") == []


def test_a_link_to_an_unknown_parent_is_refused(district: Side) -> None:
    outcomes = district.write(create(an_agent(agent_key="nobody")), create(an_agent()))
    assert [outcome.code for outcome in outcomes] == ["target.unknown_user", None]


def test_a_course_is_created_and_changed_even_in_its_code(side: Side) -> None:
    side.apply(create(a_school()))
    ids = side.apply(create(a_course()), create(a_course("course-2", "Chess", "CHESS", school_key=None)))
    side.apply(update(a_course(code="MATH-01", title="Algebra One"), ids[0]))
    assert [row[:4] for row in side.held("courses")] == [
        ("CHESS", "Chess", "Sandbox District", 1),
        ("MATH-01", "Algebra One", "Birch Elementary", 1),
    ]


def test_a_course_made_by_hand_with_the_same_code_is_left_alone(side: Side) -> None:
    side.sandbox.seed().course("Algebra", "MATH-1")
    before = side.held("courses")
    [outcome] = side.write(create(a_course(school_key=None)))
    assert outcome.code == "target.duplicate_course_code"
    assert side.held("courses") == before


def test_classes_of_many_courses_are_created_in_one_call(district: Side) -> None:
    chess = a_course("course-2", "Chess", "CHESS", school_key=None)
    district.apply(create(chess))
    district.sandbox.reset_statistics()
    district.apply(create(a_class("class-2")), create(a_class("class-3", course=chess)), create(a_class("class-4")))
    assert [row[0] for row in district.held("sections")] == ["class-1", "class-2", "class-3", "class-4"]
    assert dict(district.sandbox.statistics().calls) == {("POST", "courses"): 1}


def test_new_classes_leave_their_courses_as_they_are(district: Side, sides: Sides) -> None:
    """Another run knows no more of a course than its id; the class's own title of it may be newer."""
    before = district.held("courses")
    later = Side(district.sandbox, sides.open(district.sandbox), district.links)
    later.apply(create(a_class("class-2", course=a_course(title="Another title"))))
    later.apply(create(a_class("class-3", course=a_course(school_key=None))))
    assert later.held("courses") == before
    assert district.sandbox.statistics().objects["courses", Effect.CARRIED] == 2


def test_a_class_changes_title_room_and_terms_in_place(district: Side) -> None:
    district.apply(create(a_term("term-2", "2026-27 Spring", "2027-01-04", "2027-05-28")))
    lms_id = district.links.lms_id(Kind.CLASSES, "class-1")
    moved = a_class(title="Algebra I - A", location=None, term_keys=("term-1", "term-2"))
    district.apply(update(moved, lms_id, a_class()))
    [row] = district.held("sections")
    assert (row[2], row[4], row[-1]) == ("Algebra I - A", "", "2026-27 Fall | 2026-27 Spring")


def test_a_class_cannot_move_to_another_course(district: Side) -> None:
    lms_id = district.links.lms_id(Kind.CLASSES, "class-1")
    [outcome] = district.write(update(a_class(course=a_course("course-2")), lms_id, a_class()))
    assert outcome.code == "target.course_changed"
    assert district.sandbox.statistics().requests == 0


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (a_user("u", school_key="elsewhere"), "target.unknown_school"),
        (a_user("u", other_school_keys=("elsewhere",)), "target.unknown_school"),
        (a_course("c", code="C", school_key="elsewhere"), "target.unknown_school"),
        (a_class("c", course=a_course("elsewhere")), "target.unknown_course"),
        (a_class("c", term_keys=("term-1", "elsewhere")), "target.unknown_term"),
        (a_class("c", term_keys=()), "target.unknown_term"),
    ],
)
def test_what_refers_to_something_that_is_not_there_is_refused_alone(district: Side, record: Record, code: str) -> None:
    [outcome] = district.write(create(record))
    assert (outcome.state, outcome.code) == (OutcomeState.REFUSED, code)
    assert district.sandbox.statistics().write_calls == 0


def test_enrollments_are_added_changed_and_removed_in_one_call(district: Side) -> None:
    district.apply(create(an_enrollment()), create(an_enrollment(user_key="teacher-1", role="student")))
    district.sandbox.reset_statistics()
    district.apply(
        remove(an_enrollment()),
        update(an_enrollment(user_key="teacher-1", role="teacher"), None),
        create(an_enrollment(user_key="parent-1")),
    )
    assert [row[2:4] for row in district.held("enrollments")] == [("parent-1", 0), ("teacher-1", 1)]
    assert dict(district.sandbox.statistics().calls) == {("POST", "enrollments/import/course"): 1}


def test_an_enrollment_of_an_unknown_person_or_class_is_refused_alone(district: Side) -> None:
    outcomes = district.write(
        create(an_enrollment(user_key="nobody")), create(an_enrollment("nowhere")), create(an_enrollment())
    )
    assert [outcome.code for outcome in outcomes] == ["target.unknown_user", "target.unknown_section", None]
    assert [outcome.message for outcome in outcomes[:2]] == [
        "The user does not exist.",
        "The section does not exist.",
    ]


def test_removing_an_enrollment_that_is_gone_already_is_done(district: Side) -> None:
    district.apply(remove(an_enrollment()))


@pytest.mark.parametrize("record", [a_school(), a_term(), a_course(), a_class()])
def test_what_holds_work_of_others_stays_in_schoology_when_it_is_removed(district: Side, record: Record) -> None:
    before = district.sandbox.contents()
    district.apply(remove(record, "1"))
    assert district.sandbox.contents() == before
    assert district.sandbox.statistics().requests == 0


def test_a_course_and_a_class_that_come_back_are_the_ones_left_in_place(district: Side) -> None:
    course_id = district.links.lms_id(Kind.COURSES, "course-1")
    class_id = district.links.lms_id(Kind.CLASSES, "class-1")
    assert district.apply(create(a_course(title="Algebra again"))) == [course_id]
    district.apply(create(a_term("term-2", "2026-27 Spring", "2027-01-04", "2027-05-28")))
    assert district.apply(create(a_class(term_keys=("term-2",)))) == [class_id]
    assert [row[-1] for row in district.held("sections")] == ["2026-27 Spring"]
    assert [row[1] for row in district.held("courses")] == ["Algebra again"]


def test_duplicates_are_told_apart(district: Side) -> None:
    district.apply(create(a_user("student-2", email="same@district.example")))
    outcomes = district.write(
        create(a_user("student-3", username="student-1")),
        create(a_user("student-4", email="same@district.example")),
        create(a_user("student-1", username="other")),
        create(a_user("student-5")),
    )
    assert [outcome.code for outcome in outcomes] == [
        "target.duplicate_username",
        "target.duplicate_email",
        "target.duplicate_unique_id",
        None,
    ]
    assert outcomes[0].message == "The user name is taken."


def test_an_unknown_role_names_those_that_exist(side: Side) -> None:
    with pytest.raises(ConfigurationError, match="Principal") as caught:
        side.write(create(a_user(role="Principal", school_key=None)))
    assert caught.value.where == "people.roles"
    assert "“Teacher”" in caught.value.fix
    assert side.sandbox.statistics().write_calls == 0


def test_a_wrong_secret_is_unauthorised(sides: Sides, side: Side) -> None:
    stranger = Side(side.sandbox, sides.open(side.sandbox, secret="wrong"))
    with pytest.raises(UnauthorisedError):
        stranger.write(create(a_term()))


@pytest.mark.parametrize("count", [1, 49, 50, 51, 120])
def test_n_changes_take_no_more_calls_than_fifties_in_n(district: Side, count: int) -> None:
    """Per kind and action, on the first night."""
    people = [a_user(f"s-{number}") for number in range(count)]
    courses = [a_course(f"c-{number}", f"Course {number}", f"C-{number}") for number in range(count)]
    classes = [a_class(f"k-{number}", course=course) for number, course in enumerate(courses)]
    places = [an_enrollment(class_.key, person.key) for class_, person in zip(classes, people, strict=True)]
    for records in (people, courses, classes, places):
        changes = [create(record) for record in records]
        size = district.target.batch_size(changes[0].kind, Action.CREATE)
        for start in range(0, count, size):
            district.apply(*changes[start : start + size])
    fifties = math.ceil(count / 50)
    assert dict(district.sandbox.statistics().calls) == {
        ("POST", "users"): fifties,
        ("POST", "courses"): 2 * fifties,
        ("POST", "enrollments/import/course"): fifties,
    }


def test_schools_and_terms_go_one_by_one_and_everything_else_in_fifties(side: Side) -> None:
    sizes = {kind: side.target.batch_size(kind, Action.CREATE) for kind in Kind}
    assert sizes == {kind: 1 if kind in {Kind.SCHOOLS, Kind.TERMS} else 50 for kind in Kind}


def test_a_sandbox_on_this_machine_is_reached_without_the_proxy(monkeypatch: pytest.MonkeyPatch, sides: Sides) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert sides().apply(create(a_term()))


def test_an_empty_batch_asks_nothing(side: Side) -> None:
    assert side.target.write([], side.links) == []
    assert side.target.look([], side.links) == []
    assert side.sandbox.statistics().requests == 0
