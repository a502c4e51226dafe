"""Everything a sandbox holds, by the keys an outside system knows: the same for the same district, whatever the ids.

Tests compare an interrupted run with an undisturbed one by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.storage import Storage

#: Rows by kind, sorted, without any id.
Contents = dict[str, list[tuple[object, ...]]]

_QUERIES = {
    "schools": "SELECT title, building_code, details, made_by FROM schools",
    "periods": "SELECT title, start_date, end_date, made_by FROM periods",
    "users": (
        "SELECT school_uid, s.title, r.title, name_title, name_first, name_first_preferred, name_middle, name_last,"
        " username, primary_email, position, gender, grad_year, birthday_date, synced, profile,"
        " inactive_at IS NOT NULL, u.made_by"
        " FROM users u JOIN schools s ON s.id = u.building_id JOIN roles r ON r.id = u.role_id"
    ),
    "user_schools": (
        "SELECT school_uid, title FROM user_schools JOIN users ON users.id = user_id"
        " JOIN schools ON schools.id = school_id"
    ),
    "associations": (
        "SELECT student.school_uid, parent.school_uid, l.made_by FROM parent_links l"
        " JOIN users student ON student.id = student_id JOIN users parent ON parent.id = parent_id"
    ),
    "courses": (
        "SELECT course_code, c.title, s.title, synced, c.details, c.made_by"
        " FROM courses c JOIN schools s ON s.id = c.building_id"
    ),
    "sections": (
        "SELECT section_school_code, section_code, s.title, course_code, location, s.synced, s.details, s.made_by,"
        " (SELECT group_concat(title, ' | ') FROM (SELECT title FROM section_periods JOIN periods ON id = period_id"
        " WHERE section_id = s.id ORDER BY title))"
        " FROM sections s JOIN courses c ON c.id = s.course_id"
    ),
    "enrollments": (
        "SELECT section_school_code, section_code, school_uid, admin, status, e.made_by"
        " FROM enrollments e JOIN sections s ON s.id = e.section_id JOIN users u ON u.id = e.user_id"
    ),
    "grading_categories": (
        "SELECT section_school_code, section_code, c.title, calculation_type, default_max_points, drop_lowest, weight,"
        " delta, c.made_by FROM grading_categories c JOIN sections s ON s.id = c.section_id"
    ),
    "grade_items": (
        "SELECT section_school_code, section_code, i.title, i.type, due, max_points, factor, is_final, published,"
        " coalesce(c.title, ''), coalesce(p.title, ''), coalesce(g.title, ''), i.description, i.made_by"
        " FROM grade_items i JOIN sections s ON s.id = i.section_id"
        " LEFT JOIN grading_categories c ON c.id = grading_category LEFT JOIN periods p ON p.id = grading_period"
        " LEFT JOIN grading_scales g ON g.id = grading_scale WHERE deleted_at IS NULL"
    ),
    "grades": (
        "SELECT section_school_code, section_code, i.title, i.due, school_uid, coalesce(CAST(grade AS TEXT), ''),"
        " exception, comment, coalesce(comment_status, 0) FROM grades g JOIN grade_items i ON i.id = g.item_id"
        " JOIN sections s ON s.id = g.section_id JOIN enrollments e ON e.id = g.enrollment_id"
        " JOIN users u ON u.id = e.user_id WHERE i.deleted_at IS NULL"
        " AND (grade IS NOT NULL OR exception > 0 OR comment <> '')"
    ),
}


def read_contents(storage: Storage) -> Contents:
    """All rows of all kinds, at one moment."""
    with storage.transaction():
        return {kind: sorted(tuple(row) for row in storage.rows(query)) for kind, query in _QUERIES.items()}
