"""Which texts are filters, and by which name the others are refused."""

from __future__ import annotations

import re

import pytest

from sis_connect.oneroster.query import FilterError, Logical, Predicate, QueryFault, parse_filter
from sis_connect.oneroster.query.grammar import LONGEST_FILTER
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.status_info import CodeMinor

USERS = ENTITIES["users"]


def refusal(text: str, collection: str = "users") -> tuple[QueryFault, str | None]:
    with pytest.raises(FilterError) as caught:
        parse_filter(text, ENTITIES[collection])
    return caught.value.kind, caught.value.field


@pytest.mark.parametrize("predicate", Predicate)
def test_every_predicate_of_the_grammar_is_read(predicate: Predicate) -> None:
    [clause] = parse_filter(f"familyName{predicate}'Khan'", USERS).clauses
    assert (clause.element.name, clause.predicate, clause.value) == ("familyName", predicate, "Khan")


@pytest.mark.parametrize("logical", Logical)
def test_two_clauses_are_joined_by_one_operator(logical: Logical) -> None:
    filter_ = parse_filter(f"role='student' {logical} dateLastModified>'2024-08-01T00:00:00.000Z'", USERS)
    assert filter_.logical is logical
    assert [clause.element.name for clause in filter_.clauses] == ["role", "dateLastModified"]


@pytest.mark.parametrize(("written", "meant"), [("O''Neil", "O'Neil"), ("''", "'"), ("''''", "''"), ("", "")])
def test_a_quote_inside_a_value_is_written_twice(written: str, meant: str) -> None:
    assert parse_filter(f"familyName='{written}'", USERS).clauses[0].value == meant


@pytest.mark.parametrize("value", ["a' AND role='x", "a AND role=b", "=", "a>=b~c", " ", "%20", "a\nb"])
def test_what_stands_between_quotes_is_value_whatever_it_looks_like(value: str) -> None:
    doubled = value.replace("'", "''")
    assert parse_filter(f"familyName='{doubled}'", USERS).clauses[0].value == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "familyName",
        "familyName=",
        "familyName=Khan",
        'familyName="Khan"',
        "familyName='Khan",
        "familyName='Khan''",
        "familyName='O'Neil'",
        "familyName = 'Khan'",
        "familyName=='Khan'",
        "familyName<>'Khan'",
        "familyName!'Khan'",
        "='Khan'",
        "NOT familyName='Khan'",
        " familyName='Khan'",
        "familyName='Khan' ",
        "familyName='Khan' and role='student'",
        "familyName='Khan'  AND role='student'",
        "familyName='Khan'AND role='student'",
        "familyName='Khan' XOR role='student'",
        "familyName='Khan' AND ",
        "familyName='Kh\x00an'",
        "familyName='\ud800'",
        "familyName='a'; DROP TABLE users",
    ],
)
def test_what_does_not_follow_the_grammar_is_refused(text: str) -> None:
    assert refusal(text) == (QueryFault.SYNTAX, None)


@pytest.mark.parametrize("first", Logical)
def test_a_second_logical_operator_is_refused(first: Logical) -> None:
    """Only one is recommended, and none has precedence (ambiguities, more than one operator)."""
    assert refusal(f"role='a' {first} role='b' AND role='c'") == (QueryFault.SYNTAX, None)


@pytest.mark.parametrize(
    "name",
    [
        "shoeSize",
        "(familyName",
        "FamilyName",
        "familyName.x",
        "familyName.",
        ".familyName",
        "orgs.name",
        "orgs.sourcedId.x",
        "orgs.",
        "orgs.href",
        "metadata",
        "metadata.",
        "userIds.x",
        "family_name",
        "resources",
        "a" + ".a" * 1000,
        "é",
        '"',
        "\\",
    ],
)
def test_a_name_that_no_field_has_is_refused_with_the_name(name: str) -> None:
    assert refusal(f"{name}='1'") == (QueryFault.UNKNOWN_FIELD, name[:255])


def test_a_password_cannot_be_found_out_letter_by_letter() -> None:
    assert refusal("password~'a'") == (QueryFault.UNKNOWN_FIELD, "password")


@pytest.mark.parametrize(
    ("collection", "clause"),
    [
        ("users", "dateLastModified>'yesterday'"),
        ("users", "dateLastModified>''"),
        ("users", "dateLastModified>'2024-13-01'"),
        ("users", "dateLastModified>'2024-08-01T25:00:00Z'"),
        ("users", "dateLastModified~'2024'"),
        ("users", "enabledUser='True'"),
        ("users", "enabledUser='1'"),
        ("users", "enabledUser>'false'"),
        ("users", "enabledUser~'true'"),
        ("enrollments", "beginDate='08/15/2026'"),
        ("enrollments", "beginDate='2026-02-30'"),
        ("enrollments", "beginDate~'2026'"),
        ("academicSessions", "schoolYear='2026-2027'"),
        ("results", "score>'A'"),
        ("results", "score>'nan'"),
        ("results", "score>'1e999'"),
        ("results", "score>'1_0'"),
        ("results", "score~'1'"),
    ],
)
def test_a_value_that_is_not_of_the_fields_type_is_refused_with_the_field(collection: str, clause: str) -> None:
    kind, field = refusal(clause, collection)
    assert (kind, field) == (QueryFault.WRONG_TYPE, clause[: len(field or "")])
    assert field in {"dateLastModified", "enabledUser", "beginDate", "schoolYear", "score"}


def test_each_refusal_has_the_code_of_the_standard() -> None:
    """Mapping of query problems: the field for an unknown one, `invalid data` for a value of another type."""
    codes = {kind: FilterError(kind).code_minor for kind in QueryFault}
    assert codes[QueryFault.UNKNOWN_FIELD] is codes[QueryFault.SYNTAX] is CodeMinor.INVALID_FILTER_FIELD
    assert codes[QueryFault.WRONG_TYPE] is codes[QueryFault.WRONG_ORDER] is CodeMinor.INVALID_DATA
    assert codes[QueryFault.BLANK_SELECTION] is CodeMinor.INVALID_BLANK_SELECTION_FIELD
    assert FilterError(QueryFault.UNKNOWN_FIELD, "shoeSize").description == "shoeSize"


@pytest.mark.parametrize("kind", QueryFault)
def test_a_refusal_says_what_is_wrong_in_a_sentence(kind: QueryFault) -> None:
    alone, with_field = str(FilterError(kind)), str(FilterError(kind, "shoeSize"))
    assert re.fullmatch(r"[A-Z][^.{}]+\.", alone)
    assert re.fullmatch(r"[A-Z][^.{}]+“shoeSize”[^.{}]*\.", with_field)


def test_a_refusal_never_repeats_the_value() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter("enabledUser='Adeel Khan'", USERS)
    assert "Adeel" not in str(caught.value)


def test_a_filter_longer_than_any_address_is_refused() -> None:
    room = LONGEST_FILTER - len("familyName=''")
    assert parse_filter(f"familyName='{'a' * room}'", USERS).clauses
    assert refusal(f"familyName='{'a' * (room + 1)}'") == (QueryFault.SYNTAX, None)
    assert refusal("'" * 10_000_000) == (QueryFault.SYNTAX, None)


@pytest.mark.parametrize("collection", [name for name in ENTITIES if not name.endswith("Resources")])
def test_every_field_that_is_no_secret_may_be_filtered(collection: str) -> None:
    for field in ENTITIES[collection].fields:
        if not field.is_secret:
            assert parse_filter(f"{field.name}!=''", ENTITIES[collection]).clauses[0].element.column == field.column
