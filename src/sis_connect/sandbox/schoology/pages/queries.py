"""What the pages show: one function a list or object, each with paging where it may be long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records.sections import IS_CURRENT
from sis_connect.sandbox.web.pages import PAGE_SIZE, Page, last_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.sandbox.schoology.storage import Row, Storage

#: Words of a search that count.
_WORDS = 6

_SEARCHED = (
    "u.name_first || ' ' || u.name_first_preferred || ' ' || u.name_middle || ' ' || u.name_last || ' '"
    " || u.school_uid || ' ' || u.username || ' ' || u.primary_email"
)

_PERSON = (
    "u.id, u.school_uid, u.name_first, u.name_first_preferred, u.name_middle, u.name_last, u.username,"
    " u.primary_email, u.inactive_at, u.made_by, r.title AS role, s.title AS school, s.id AS school_id"
)
_PEOPLE = "users u JOIN roles r ON r.id = u.role_id JOIN schools s ON s.id = u.building_id"
_BY_NAME = "u.name_last, u.name_first, u.id"

_COUNTS_OF_SECTION = (
    "(SELECT count(*) FROM enrollments WHERE section_id = s.id AND admin = 0 AND status <> 5) AS students,"
    " (SELECT group_concat(name, ', ') FROM (SELECT name_first || ' ' || name_last AS name FROM enrollments"
    " JOIN users ON users.id = user_id WHERE section_id = s.id AND admin = 1 AND status <> 5 ORDER BY enrollments.id"
    " LIMIT 3)) AS teachers,"
    " (SELECT group_concat(title, ', ') FROM (SELECT title FROM section_periods JOIN periods ON periods.id = period_id"
    " WHERE section_id = s.id ORDER BY start_date)) AS periods"
)
_SECTION = f"s.id, s.title, s.section_school_code, s.section_code, s.location, s.made_by, {_COUNTS_OF_SECTION}"


def read_page(
    storage: Storage, columns: str, tables: str, values: Sequence[object], *, order: str, number: int
) -> Page[Row]:
    """One page of a list; a number beyond the end gives the last page."""
    total = storage.number(f"SELECT count(*) FROM {tables}", *values)
    number = min(max(1, number), last_page(total))
    rows = storage.rows(
        f"SELECT {columns} FROM {tables} ORDER BY {order} LIMIT ? OFFSET ?",
        *values,
        PAGE_SIZE,
        (number - 1) * PAGE_SIZE,
    )
    return Page(rows, total, number)


def read_schools(storage: Storage, number: int) -> Page[Row]:
    """The schools with their counts; the district itself, to which things without a school belong, comes last."""
    columns = (
        "s.*, (SELECT count(*) FROM users WHERE building_id = s.id AND inactive_at IS NULL) AS people,"
        " (SELECT count(*) FROM courses WHERE building_id = s.id) AS courses,"
        " (SELECT count(*) FROM sections JOIN courses ON courses.id = course_id WHERE building_id = s.id) AS sections"
    )
    return read_page(storage, columns, "schools s", (), order="parent_id IS NULL, title, id", number=number)


def read_totals(storage: Storage) -> dict[str, int]:
    """Objects of the whole district by kind."""
    conditions = {
        "schools": "schools WHERE parent_id IS NOT NULL",
        "people": "users WHERE inactive_at IS NULL",
        "courses": "courses",
        "sections": "sections",
        "enrollments": "enrollments WHERE status <> 5",
    }
    return {kind: storage.number(f"SELECT count(*) FROM {tables}") for kind, tables in conditions.items()}


def read_courses(storage: Storage, school_id: int, number: int) -> Page[Row]:
    """Courses of a school."""
    columns = "c.*, (SELECT count(*) FROM sections WHERE course_id = c.id) AS sections"
    return read_page(
        storage, columns, "courses c WHERE building_id = ?", (school_id,), order="c.title, c.id", number=number
    )


def read_sections_of_school(storage: Storage, school_id: int, number: int) -> Page[Row]:
    """Sections of a school."""
    tables = "sections s JOIN courses c ON c.id = s.course_id WHERE c.building_id = ?"
    columns = f"{_SECTION}, c.title AS course"
    return read_page(storage, columns, tables, (school_id,), order="c.title, s.title, s.id", number=number)


def read_sections_of_course(storage: Storage, course_id: int, number: int) -> Page[Row]:
    """Sections of a course."""
    return read_page(
        storage, _SECTION, "sections s WHERE s.course_id = ?", (course_id,), order="s.title, s.id", number=number
    )


def read_people_of_school(storage: Storage, school_id: int, number: int) -> Page[Row]:
    """Active people whose account is at a school, first or as one among others."""
    tables = (
        f"{_PEOPLE} WHERE u.inactive_at IS NULL AND (u.building_id = ? OR u.id IN"
        " (SELECT user_id FROM user_schools WHERE school_id = ?))"
    )
    return read_page(storage, _PERSON, tables, (school_id, school_id), order=_BY_NAME, number=number)


def read_people(storage: Storage, search: str, role_id: str, state: str, number: int) -> Page[Row]:
    """People in whose name, unique id, user name or address every word of the search occurs."""
    conditions = ["u.inactive_at IS NOT NULL" if state == "inactive" else "u.inactive_at IS NULL"]
    values: list[object] = []
    for word in search.split()[:_WORDS]:
        conditions.append(f"instr(casefold({_SEARCHED}), ?) > 0")
        values.append(word.casefold())
    if role_id.isdigit():
        conditions.append("u.role_id = ?")
        values.append(role_id)
    tables = f"{_PEOPLE} WHERE {' AND '.join(conditions)}"
    return read_page(storage, _PERSON, tables, values, order=_BY_NAME, number=number)


def read_person(storage: Storage, user_id: int) -> Row | None:
    """One person, active or not."""
    return storage.row(
        f"SELECT {_PERSON}, u.name_title, u.position, u.gender, u.grad_year, u.birthday_date, u.synced"
        f" FROM {_PEOPLE} WHERE u.id = ?",
        user_id,
    )


def read_other_schools(storage: Storage, user_id: int) -> list[Row]:
    """The other schools of a person."""
    return storage.rows(
        "SELECT s.id, s.title FROM user_schools JOIN schools s ON s.id = school_id WHERE user_id = ? ORDER BY s.title",
        user_id,
    )


def read_relatives(storage: Storage, user_id: int, of: str) -> list[Row]:
    """The parents of a student, or the children of a parent: `of` is `student` or `parent`."""
    other = "parent" if of == "student" else "student"
    return storage.rows(
        f"SELECT {_PERSON} FROM parent_links l JOIN users u ON u.id = l.{other}_id"
        " JOIN roles r ON r.id = u.role_id JOIN schools s ON s.id = u.building_id"
        f" WHERE l.{of}_id = ? ORDER BY {_BY_NAME}",
        user_id,
    )


def read_memberships(storage: Storage, user_id: int, number: int) -> Page[Row]:
    """The sections of a person, those taught first."""
    tables = (
        "enrollments e JOIN sections s ON s.id = e.section_id JOIN courses c ON c.id = s.course_id WHERE e.user_id = ?"
    )
    columns = f"{_SECTION}, c.title AS course, e.admin, e.status, e.made_by AS enrolled_by"
    return read_page(storage, columns, tables, (user_id,), order="e.admin DESC, c.title, s.title, s.id", number=number)


def read_course(storage: Storage, course_id: int) -> Row | None:
    """One course with its school."""
    return storage.row(
        "SELECT c.*, s.title AS school, s.id AS school_id FROM courses c JOIN schools s ON s.id = c.building_id"
        " WHERE c.id = ?",
        course_id,
    )


def read_section(storage: Storage, section_id: int, today: str) -> Row | None:
    """One section with its course and school, and whether it is current."""
    return storage.row(
        "SELECT s.*, c.title AS course, c.course_code, b.title AS school, b.id AS school_id,"
        f" {IS_CURRENT} AS is_current"
        " FROM sections s JOIN courses c ON c.id = s.course_id JOIN schools b ON b.id = c.building_id WHERE s.id = ?",
        today,
        today,
        section_id,
    )


def read_roster(storage: Storage, section_id: int, number: int, *, teachers: bool) -> Page[Row]:
    """The teachers or the students of a section."""
    tables = f"enrollments e JOIN {_PEOPLE.replace('users u', 'users u ON u.id = e.user_id', 1)}"
    tables += " WHERE e.section_id = ? AND e.admin = ? AND u.inactive_at IS NULL"
    columns = f"{_PERSON}, e.id AS enrollment_id, e.status, e.made_by AS enrolled_by"
    return read_page(storage, columns, tables, (section_id, int(teachers)), order=_BY_NAME, number=number)


def count_by_hand(storage: Storage, section_id: int) -> int:
    """Members of a section who were added by hand."""
    return storage.number(
        "SELECT count(*) FROM enrollments JOIN users ON users.id = user_id"
        " WHERE section_id = ? AND enrollments.made_by = 'hand' AND inactive_at IS NULL",
        section_id,
    )


def read_periods_of_section(storage: Storage, section_id: int) -> list[Row]:
    """The grading periods of a section."""
    return storage.rows(
        "SELECT periods.* FROM section_periods JOIN periods ON periods.id = period_id WHERE section_id = ?"
        " ORDER BY start_date, title",
        section_id,
    )


def read_periods(storage: Storage, number: int) -> Page[Row]:
    """All grading periods, the latest first."""
    columns = "p.*, (SELECT count(*) FROM section_periods WHERE period_id = p.id) AS sections"
    return read_page(storage, columns, "periods p", (), order="p.start_date DESC, p.title", number=number)


def read_roles(storage: Storage) -> list[Row]:
    """All roles."""
    return storage.rows("SELECT * FROM roles ORDER BY id")
