"""What filters mean, each example asked of SQLite and of the JSON records alike."""

from __future__ import annotations

import pytest

from queried_tables import Tables

SCHOOL = "sch 1"


def shown(column: str, values: list[str | None], text: str, collection: str = "users") -> list[str | None]:
    """The values of the rows that a filter shows; both ways to ask must give the same."""
    tables = Tables({collection: [{"sourced_id": f"{n:04}", column: value} for n, value in enumerate(values)]})
    ids = tables.shown(text, collection)
    assert ids == tables.matching(text, collection)
    return [values[int(id_)] for id_ in ids]


NAMES = ["Khan", "KHAN", " khan ", "Khanna", "José", "JOSÉ", "Straße", "STRASSE", "", None]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("familyName='khan'", ["Khan", "KHAN", " khan "]),
        ("familyName='Khan '", ["Khan", "KHAN", " khan "]),
        ("familyName='josé'", ["José", "JOSÉ"]),
        ("familyName='strasse'", ["Straße", "STRASSE"]),
        ("familyName~'HAN'", ["Khan", "KHAN", " khan ", "Khanna"]),
        ("familyName>'kha'", ["Khan", "KHAN", " khan ", "Khanna", "Straße", "STRASSE"]),
        ("familyName<='JOSÉ'", ["José", "JOSÉ"]),
        ("familyName=''", ["", None]),
        ("familyName!=''", NAMES[:-2]),
        ("familyName~''", NAMES[:-2]),
        ("familyName!='khan'", ["Khanna", "José", "JOSÉ", "Straße", "STRASSE", "", None]),
    ],
)
def test_free_text_is_compared_without_regard_to_case(text: str, found: list[str | None]) -> None:
    assert shown("family_name", NAMES, text) == found


WILD = ["50%", "50", "a_b", "axb", "a.b", "[a]", "a\\b", "*", "O'Neil", 'say "hi"', "a\x00b", "a"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("%", ["50%"]),
        ("_", ["a_b"]),
        (".", ["a.b"]),
        (".*", []),
        ("*", ["*"]),
        ("[a]", ["[a]"]),
        ("\\", ["a\\b"]),
        ("''", ["O'Neil"]),
        ('"', ['say "hi"']),
        ("' OR '1'='1".replace("'", "''"), []),
    ],
)
def test_no_character_of_a_value_is_a_wildcard_or_ends_it(value: str, found: list[str]) -> None:
    assert shown("family_name", list(WILD), f"familyName~'{value}'") == found


def test_text_with_a_nul_is_no_other_text() -> None:
    assert shown("family_name", list(WILD), "familyName='a'") == ["a"]
    assert shown("username", ["a\x00b", "a"], "username='a'") == ["a"]
    assert shown("grades", ["a\x00b,c", "a"], "grades='a'") == ["a"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("role='student'", ["student"]),
        ("role='Student'", ["Student"]),
        ("role!='student'", ["Student", "teacher", None]),
        ("role~'tudent'", ["student", "Student"]),
        ("role~'S'", ["Student"]),
        ("role='student,teacher'", []),
    ],
)
def test_enumerations_are_compared_to_the_letter(text: str, found: list[str | None]) -> None:
    assert shown("role", ["student", "Student", "teacher", None], text) == found


def test_identifiers_are_compared_to_the_letter_in_references_and_lists_of_them_too() -> None:
    ids = ["sch-1", "SCH-1", "sch-1 ", None]
    for name in ("school", "school.sourcedId"):
        assert shown("school_sourced_id", list(ids), f"{name}='sch-1'", "classes") == ["sch-1"]
        assert shown("school_sourced_id", list(ids), f"{name}!='sch-1'", "classes") == ["SCH-1", "sch-1 ", None]
    for name in ("orgs", "orgs.sourcedId"):
        assert shown("org_sourced_ids", list(ids), f"{name}='sch-1'") == ["sch-1"]
        assert shown("org_sourced_ids", list(ids), f"{name}~'sch-1'") == ["sch-1", "sch-1 "]


def test_a_status_that_is_not_there_is_not_tobedeleted_and_not_active_either() -> None:
    statuses = ["active", "tobedeleted", "", None]
    assert shown("status", list(statuses), "status!='tobedeleted'") == ["active", "", None]
    assert shown("status", list(statuses), "status='active'") == ["active"]


GRADES = ["09,10", "09", "10, 9", "KG", "", None]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("grades='09'", ["09,10", "09"]),
        ("grades='10,09'", ["09,10"]),
        ("grades='10,9'", ["10, 9"]),
        ("grades='kg'", ["KG"]),
        ("grades!='09'", ["10, 9", "KG", "", None]),
        ("grades~'9,K'", ["09,10", "09", "10, 9", "KG"]),
        ("grades~'1'", ["09,10", "10, 9"]),
        ("grades=''", ["", None]),
        ("grades~''", ["09,10", "09", "10, 9", "KG"]),
        ("grades>='KG'", ["KG"]),
        ("grades<'10'", ["09,10", "09"]),
        ("grades=','", ["", None]),
    ],
)
def test_of_lists_equal_wants_all_listed_and_contains_any(text: str, found: list[str | None]) -> None:
    """Ambiguities, array filters; not equal is the opposite of equal."""
    assert shown("grades", list(GRADES), text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("userIds.identifier='A7'", ["{SIS:a7}", "{LDAP:ann},{SIS:A7}"]),
        ("userIds='ann,a7'", ["{LDAP:ann},{SIS:A7}"]),
        ("userIds.type='ldap'", ["{LDAP:ann},{SIS:A7}", "{LDAP: x:y }"]),
        ("userIds.identifier='x:y'", ["{LDAP: x:y }"]),
        ("userIds.identifier='ldap'", []),
        ("userIds=''", ["", None]),
    ],
)
def test_user_ids_are_compared_by_their_parts(text: str, found: list[str | None]) -> None:
    values = ["{SIS:a7}", "{LDAP:ann},{SIS:A7}", "{LDAP: x:y }", "", None]
    tables = Tables({"users": [{"sourced_id": str(n), "user_ids": value} for n, value in enumerate(values)]})
    assert [values[int(id_)] for id_ in tables.shown(text)] == found


def test_a_user_id_of_the_json_record_is_compared_by_its_parts() -> None:
    assert shown("user_ids", ["{SIS:a7}", "{LDAP:ann},{SIS:A7}"], "userIds.identifier='A7'") == [
        "{SIS:a7}",
        "{LDAP:ann},{SIS:A7}",
    ]


MOMENTS = [
    "2026-08-15T10:00:00.000Z",
    "2026-08-15T10:00:00Z",
    "2026-08-15T12:00:00+02:00",
    "2026-08-15T10:00:00.0000001Z",
    "2026-08-15T09:59:59.999Z",
    "2026-08-15",
    "soon",
    None,
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dateLastModified='2026-08-15T10:00:00.000Z'", MOMENTS[:3]),
        ("dateLastModified='2026-08-15T05:00:00-05:00'", MOMENTS[:3]),
        ("dateLastModified>'2026-08-15T10:00:00.000Z'", MOMENTS[3:4]),
        ("dateLastModified>='2026-08-15T10:00:00Z'", MOMENTS[:4]),
        ("dateLastModified<'2026-08-15T10:00:00'", MOMENTS[4:6]),
        ("dateLastModified>='2026-08-15'", MOMENTS[:6]),
        ("dateLastModified>'2026-08-15'", MOMENTS[:5]),
        ("dateLastModified!='2026-08-15'", [*MOMENTS[:5], "soon", None]),
        ("dateLastModified=''", ["soon", None]),
    ],
)
def test_moments_are_compared_as_instants_whatever_their_precision_or_offset(
    text: str, found: list[str | None]
) -> None:
    assert shown("date_last_modified", list(MOMENTS), text) == found


DATES = ["2026-08-15", "08/15/2026", "20260815", "2026-08-15T23:30:00-05:00", "2026-08-16", "2026-02-30", None]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("beginDate='2026-08-15'", DATES[:4]),
        ("beginDate='2026-08-15T00:00:00.000Z'", DATES[:4]),
        ("beginDate>'2026-08-15'", DATES[4:5]),
        ("beginDate<='2026-08-16'", DATES[:5]),
        ("beginDate!='2026-08-15'", ["2026-08-16", "2026-02-30", None]),
    ],
)
def test_dates_are_compared_as_dates_by_the_day_they_are_written_with(text: str, found: list[str | None]) -> None:
    assert shown("begin_date", list(DATES), text, "enrollments") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("score>'9'", ["10", "1e1", "100"]),
        ("score='10.0'", ["10", "1e1"]),
        ("score<='9'", ["9", "-1", "9.0"]),
        ("score!='9'", ["10", "-1", "1e1", "100", "12abc", "nan", None]),
    ],
)
def test_numbers_are_compared_as_numbers(text: str, found: list[str | None]) -> None:
    assert shown("score", ["9", "10", "-1", "9.0", "1e1", "100", "12abc", "nan", None], text, "results") == found


def test_booleans_are_compared_by_what_they_mean() -> None:
    values: list[str | None] = ["true", "false", "TRUE", "1", " yes ", "0", "maybe", None]
    assert shown("enabled_user", values, "enabledUser='true'") == ["true", "TRUE", "1", " yes "]
    assert shown("enabled_user", values, "enabledUser!='true'") == ["false", "0", "maybe", None]


def test_metadata_is_free_text_under_a_key_to_the_letter() -> None:
    values: list[str | None] = [
        '{"vendor.house": "Blue", "n": 1}',
        '{"vendor.house": "blue", "n": true}',
        '{"Vendor.house": "Blue"}',
        '{"vendor": {"house": "Blue"}}',
        None,
    ]
    assert shown("metadata", values, "metadata.vendor.house='BLUE'") == values[:2]
    assert shown("metadata", values, "metadata.vendor.house!='BLUE'") == values[2:]
    assert shown("metadata", values, "metadata.n='1'") == values[:1]
    assert shown("metadata", values, "metadata.n='true'") == values[1:2]
    assert shown("metadata", values, "metadata.\")--;='x'") == []


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "7", "[" * 100_000, '{"k": ' + "9" * 5000 + "}"])
def test_metadata_that_is_no_object_has_no_keys(content: str) -> None:
    tables = Tables({"users": [{"sourced_id": "1", "metadata": content}]})
    assert tables.shown("metadata.other='v'") == []
    assert tables.shown("metadata.other=''") == ["1"]


def test_the_type_of_a_reference_is_the_base_type_where_there_is_a_reference() -> None:
    assert shown("school_sourced_id", ["sch-1", None], "school.type='org'", "classes") == ["sch-1"]
    assert shown("org_sourced_ids", ["sch-1,sch-2", " , ", None], "orgs.type='org'") == ["sch-1,sch-2"]
    assert shown("org_sourced_ids", ["sch-1", None], "orgs.type!='org'") == [None]


def test_children_are_the_records_that_name_the_record_as_their_parent() -> None:
    orgs = [("d", None, None), ("s1", "d", None), ("s2", "d", None), ("s3", "d", "tobedeleted"), ("e", None, None)]
    tables = Tables(
        {"orgs": [{"sourced_id": id_, "parent_sourced_id": up, "status": status} for id_, up, status in orgs]}
    )
    for text, found in (
        ("children.sourcedId='s1'", ["d"]),
        ("children='s2,s1'", ["d"]),
        ("children='s3'", []),
        ("children.type='org'", ["d"]),
        ("children=''", ["e", "s1", "s2", "s3"]),
    ):
        assert tables.shown(text, "orgs") == tables.matching(text, "orgs") == found


def test_resources_are_those_that_links_name() -> None:
    link = {"class_sourced_id": "c1", "resource_sourced_id": "r1"}
    tables = Tables({"classes": [{"sourced_id": "c1"}, {"sourced_id": "c2"}], "classResources": [link]})
    assert tables.shown("resources.sourcedId='r1'", "classes") == ["c1"]
    assert tables.matching("resources.sourcedId='r1'", "classes") == ["c1"]


def test_and_wants_both_and_or_wants_either() -> None:
    rows = [
        {"sourced_id": f"{role[0]}{grade}", "role": role, "grades": grade}
        for role in ("student", "teacher")
        for grade in ("09", "10")
    ]
    tables = Tables({"users": rows})
    assert tables.shown("role='student' AND grades='09'") == ["s09"]
    assert tables.shown("role='student' OR grades='09'") == ["s09", "s10", "t09"]
    assert tables.matching("role='student' OR grades='09'") == ["s09", "s10", "t09"]


def test_a_table_may_have_another_name_in_the_query() -> None:
    tables = Tables({"orgs": [{"sourced_id": "d"}, {"sourced_id": "s", "parent_sourced_id": "d"}]})
    assert tables.shown("children='s' AND name=''", "orgs", alias="o") == ["d"]


def test_a_filter_with_thousands_of_values_is_answered() -> None:
    listed = ",".join(f"{n}" for n in range(1500))
    assert shown("org_sourced_ids", ["7", "x"], f"orgs~'{listed}'") == ["7"]
    assert shown("org_sourced_ids", ["7", listed], f"orgs='{listed}'") == [listed]
