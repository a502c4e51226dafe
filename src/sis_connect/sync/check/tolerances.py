"""Where the standard asks for a value and a record can do without.

The standard's own sources disagree on some of these, and systems in the field leave the others blank; each has
a finding of its own. Not here: how the missing value is made up for (`clean`).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sis_connect.oneroster.model import Entity, Field

#: Collection and column, and the finding when the value is missing; None where roster sense sees it.
TOLERATED = MappingProxyType(
    {
        ("classes", "title"): "record.class_title_missing",
        ("classes", "class_type"): "record.class_type_assumed",
        ("users", "enabled_user"): "record.enabled_user_assumed",
        ("academicSessions", "school_year"): "record.school_year_derived",
        ("courses", "org_sourced_id"): "record.course_without_org",
        ("enrollments", "school_sourced_id"): "record.enrollment_without_school",
        ("users", "org_sourced_ids"): None,
    }
)


def is_needed(entity: Entity, field: Field) -> bool:
    """True when a record cannot be used without the value."""
    return field.is_required and (entity.name, field.column) not in TOLERATED


def takes_along(entity: Entity, field: Field) -> bool:
    """True when a record goes with the one record it refers to; lists lose what is gone and keep the rest."""
    return is_needed(entity, field) and not field.type.is_list
