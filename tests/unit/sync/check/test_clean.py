"""What the clean views hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from checked_district import TODAY
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.snapshot import Mode
from sis_connect.sync.check import check

if TYPE_CHECKING:
    from pathlib import Path

    from checked_district import District


def test_a_sound_district_has_no_findings_and_every_record_is_clean(district: District) -> None:
    with district.checked() as checked:
        assert checked.found() == set()
        assert checked.result.tallies == ()
        for name, records in district.records.items():
            assert checked.ids(f"clean_{ENTITIES[name].table}") == {record["sourced_id"] for record in records}


def test_a_sound_district_has_no_findings_in_strict_mode_either(district: District) -> None:
    with district.checked(strict=True) as checked:
        assert checked.found() == set()


def test_every_entity_has_a_clean_view_with_types_though_the_package_is_empty(district: District) -> None:
    district.records.clear()
    with district.checked() as checked:
        for entity in ENTITIES.values():
            described = checked.rows(f"SELECT column_name FROM (DESCRIBE clean_{entity.table})")
            assert tuple(name for (name,) in described) == ("row", "line", *entity.columns)
            assert checked.rows(f"SELECT count(*) FROM clean_{entity.table}") == [(0,)]


def test_clean_views_of_absent_and_present_files_have_the_same_types(district: District) -> None:
    with district.checked() as checked:
        present = {e.table: checked.rows(f"DESCRIBE clean_{e.table}") for e in ENTITIES.values()}
    district.records.clear()
    with district.checked() as checked:
        assert {e.table: checked.rows(f"DESCRIBE clean_{e.table}") for e in ENTITIES.values()} == present


def test_values_have_their_types(district: District) -> None:
    with district.checked() as checked:
        assert checked.value("clean_academic_sessions", "fall", "start_date") == date(2026, 8, 1)
        assert checked.value("clean_academic_sessions", "fall", "school_year") == 2027
        assert checked.value("clean_users", "tove", "enabled_user") is True
        assert checked.value("clean_users", "tove", "user_ids") == [{"type": "SIS", "identifier": "tove"}]
        assert checked.value("clean_users", "tove", "org_sourced_ids") == ["north"]
        assert checked.value("clean_results", "essay-sven", "score") == 9.5


def test_rows_and_lines_point_into_the_file(district: District) -> None:
    """The header is line 1, the first record line 2 and row 0."""
    with district.checked() as checked:
        assert checked.rows('SELECT "row", line FROM clean_orgs ORDER BY "row"') == [(0, 2), (1, 3), (2, 4)]


def test_lists_are_empty_and_never_null(district: District) -> None:
    with district.checked() as checked:
        assert checked.value("clean_users", "tove", "agent_sourced_ids") == []
        assert checked.value("clean_users", "tove", "grades") == []


def test_a_blank_status_is_active(district: District) -> None:
    with district.checked() as checked:
        assert checked.rows("SELECT DISTINCT status FROM clean_users") == [("active",)]


def test_passwords_never_leave_the_sealed_file(district: District) -> None:
    district.change("users", "sven", password="open sesame")
    with district.checked() as checked:
        assert checked.rows("SELECT DISTINCT password FROM clean_users") == [(None,)]


@pytest.mark.parametrize(
    ("entity", "sourced_id", "column", "shown"),
    [
        ("classes", "algebra-1", "class_type", "scheduled"),
        ("users", "sven", "enabled_user", True),
        ("academicSessions", "fall", "school_year", 2027),
        ("courses", "algebra", "org_sourced_id", None),
        ("enrollments", "algebra-1-sven", "school_sourced_id", None),
    ],
)
def test_tolerated_blanks_show_their_default(
    district: District, entity: str, sourced_id: str, column: str, shown: object
) -> None:
    district.change(entity, sourced_id, **{column: None})
    with district.checked() as checked:
        assert checked.value(f"clean_{ENTITIES[entity].table}", sourced_id, column) == shown


def test_dates_that_stand_for_no_date_are_brought_into_this_century(district: District) -> None:
    district.change("enrollments", "algebra-1-sven", begin_date="1900-01-01", end_date="9999-12-31")
    with district.checked() as checked:
        assert checked.value("clean_enrollments", "algebra-1-sven", "begin_date") == date(1970, 1, 1)
        assert checked.value("clean_enrollments", "algebra-1-sven", "end_date") == date(2099, 12, 31)


@pytest.mark.parametrize(
    "values", [{"end_date": "1900-01-01"}, {"begin_date": "9999-12-31"}, {"end_date": "2026-08-155"}]
)
def test_a_date_by_which_nobody_would_be_enrolled_is_not_used(district: District, values: dict[str, str]) -> None:
    """It must never end what goes on."""
    district.change("enrollments", "algebra-1-sven", **values)
    [column] = values
    with district.checked() as checked:
        assert checked.value("clean_enrollments", "algebra-1-sven", column) is None
        assert checked.value("clean_enrollments", "algebra-1-tove", column) is not None
        assert checked.rows("SELECT count(*) FROM memberships") == checked.rows(
            "SELECT count(*) FROM clean_enrollments"
        )


def test_a_birth_date_is_left_as_it_is(district: District) -> None:
    district.change("demographics", "sven", birth_date="1899-01-02")
    with district.checked() as checked:
        assert checked.value("clean_demographics", "sven", "birth_date") == date(1899, 1, 2)
        assert checked.found() == set()


def test_a_class_in_a_department_is_shown_in_the_school_above_it(district: District) -> None:
    district.add("orgs", "south", sourced_id="science", name="Science", type="department", parent_sourced_id="labs")
    district.add("orgs", "south", sourced_id="labs", name="Labs", type="department", parent_sourced_id="south")
    district.change("classes", "biology-1", school_sourced_id="science")
    with district.checked() as checked:
        assert checked.value("clean_classes", "biology-1", "school_sourced_id") == "south"


def test_unknown_items_leave_a_list_and_the_known_ones_stay(district: District) -> None:
    district.change("users", "sven", org_sourced_ids="nowhere,north,elsewhere", agent_sourced_ids="nobody,pia")
    with district.checked() as checked:
        assert checked.value("clean_users", "sven", "org_sourced_ids") == ["north"]
        assert checked.value("clean_users", "sven", "agent_sourced_ids") == ["pia"]
        assert checked.value("clean_users", "siv", "org_sourced_ids") == ["south"]


def test_blanks_in_a_list_belong_to_the_commas(district: District) -> None:
    district.change("users", "sven", org_sourced_ids="north, south , nowhere")
    with district.checked() as checked:
        assert checked.value("clean_users", "sven", "org_sourced_ids") == ["north", "south"]
        assert checked.rows("SELECT sourced_id, code, detail FROM findings ORDER BY ALL") == [
            ("sven", "reference.ignored_org", "unknown: nowhere"),
            ("sven", "value.list_blanks", None),
        ]


def test_in_strict_mode_an_item_is_not_guessed_from_what_stands_between_two_commas(district: District) -> None:
    district.change("classes", "algebra-1", term_sourced_ids="fall, quarter")
    with district.checked(strict=True) as checked:
        assert ("value.list_blanks", "algebra-1", "termSourcedIds") in checked.found()
        assert "algebra-1" not in checked.ids("clean_classes")
        assert checked.value("judged_classes", "algebra-1", "term_sourced_ids") == ["fall", " quarter"]


def test_a_month_is_not_guessed_where_the_column_writes_days_first(district: District) -> None:
    """`13/09/2026` can only begin with the day; so may `08/09/2026` beside it, and it could be two days."""
    dates = {"tove": "13/09/2026", "sven": "08/09/2026", "siv": "09/09/2026", "teo": "12/25/2026"}
    for name, begin in dates.items():
        class_ = "algebra-1" if name in {"tove", "sven"} else "biology-1"
        district.change("enrollments", f"{class_}-{name}", begin_date=begin)
    with district.checked() as checked:
        assert checked.rows("SELECT sourced_id, begin_date::VARCHAR FROM clean_enrollments ORDER BY ALL") == [
            ("algebra-1-sven", None),
            ("algebra-1-tove", None),
            ("biology-1-siv", "2026-09-09"),
            ("biology-1-teo", "2026-12-25"),
        ]
        assert checked.found() == {
            ("value.not_a_date", "algebra-1-tove", "beginDate"),
            ("value.not_a_date", "algebra-1-sven", "beginDate"),
            ("value.date_repaired", "biology-1-siv", "beginDate"),
            ("value.date_repaired", "biology-1-teo", "beginDate"),
        }


def test_a_column_that_never_writes_a_day_first_is_read_month_first(district: District) -> None:
    district.change("enrollments", "algebra-1-sven", begin_date="08/09/2026")
    district.change("enrollments", "algebra-1-tove", end_date="13/09/2026")
    with district.checked() as checked:
        assert str(checked.value("clean_enrollments", "algebra-1-sven", "begin_date")) == "2026-08-09"


def test_a_required_date_that_may_be_two_takes_its_record_out(district: District) -> None:
    district.change("academicSessions", "quarter", start_date="08/09/2026")
    district.change("academicSessions", "fall", start_date="15/08/2026")
    with district.checked() as checked:
        out = checked.rows("SELECT sourced_id FROM findings WHERE code = 'record.unreadable_required' ORDER BY ALL")
        assert out == [("fall",), ("quarter",)]


def test_a_list_item_that_equals_an_identifier_with_a_blank_at_its_edge_is_that_one(district: District) -> None:
    """The record itself is out, because systems drop such blanks; the item is not taken for another record."""
    district.add("orgs", "south", sourced_id="sp ", type="department", parent_sourced_id="south")
    district.change("users", "sven", org_sourced_ids="north,sp ")
    district.change("users", "tove", org_sourced_ids="north,sp")
    with district.checked() as checked:
        assert checked.rows("SELECT sourced_id, code FROM quarantine") == [("sp ", "value.guid_control_characters")]
        assert checked.value("clean_users", "sven", "org_sourced_ids") == ["north"]
        assert checked.value("clean_users", "tove", "org_sourced_ids") == ["north"]


def test_a_user_of_an_org_that_is_quarantined_stays(district: District) -> None:
    district.add("orgs", "south", sourced_id="west", type=None)
    district.change("users", "sven", org_sourced_ids="north,west")
    with district.checked() as checked:
        assert checked.value("clean_users", "sven", "org_sourced_ids") == ["north"]


def test_a_user_without_any_known_school_stays_with_an_empty_list(district: District) -> None:
    district.change("users", "sven", org_sourced_ids="nowhere")
    with district.checked() as checked:
        assert checked.value("clean_users", "sven", "org_sourced_ids") == []


def test_an_optional_reference_that_dangles_is_blank(district: District) -> None:
    district.change("orgs", "south", parent_sourced_id="nowhere")
    with district.checked() as checked:
        assert checked.value("clean_orgs", "south", "parent_sourced_id") is None
        assert checked.value("clean_orgs", "north", "parent_sourced_id") == "district"


def test_a_shared_email_is_blank_for_every_holder(district: District) -> None:
    district.change("users", "sven", email="family@springfield.example")
    district.change("users", "siv", email="Family@springfield.example")
    with district.checked() as checked:
        assert checked.value("clean_users", "sven", "email") is None
        assert checked.value("clean_users", "siv", "email") is None
        assert checked.value("clean_users", "tove", "email") == "tove@springfield.example"


def test_deleted_records_are_listed_and_not_clean(district: District) -> None:
    district.modes["users"] = Mode.DELTA
    for record in district.records["users"]:
        record.update(status="active", date_last_modified="2026-09-01T10:00:00.000Z")
    district.change("users", "pia", status="tobedeleted")
    with district.checked() as checked:
        assert checked.rows("SELECT entity, sourced_id FROM tobedeleted") == [("users", "pia")]
        assert "pia" not in checked.ids("clean_users")
        assert checked.value("clean_users", "sven", "agent_sourced_ids") == []


def test_a_deleted_record_may_be_broken(district: District) -> None:
    """Only the identifier counts when a record is to be deleted."""
    district.modes["users"] = Mode.DELTA
    for record in district.records["users"]:
        record.update(status="active", date_last_modified="2026-09-01T10:00:00.000Z")
    district.change("users", "pia", status="tobedeleted", role=None, username=None, given_name=None)
    with district.checked() as checked:
        assert checked.ids("tobedeleted") == {"pia"}
        assert checked.ids("quarantine") == set()


def test_a_second_check_in_the_same_session_starts_afresh(district: District, tmp_path: Path) -> None:
    district.change("users", "sven", role=None)
    with district.checked() as checked:
        assert "sven" in checked.ids("quarantine")
        district.change("users", "sven", role="student")
        sound = district.copy_to(tmp_path / "sound").seal(checked.frames)
        assert check(sound, checked.frames, strict=False, as_of=TODAY).tallies == ()
        assert checked.ids("quarantine") == set()
