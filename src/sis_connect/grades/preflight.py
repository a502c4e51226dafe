"""What a SIS is known to refuse of a class or an item, told before anything is sent.

Pure. Only what is known of the SIS counts; what is not known is left to its answer. Not here: what needs the mapping to
be told (`categories`, `periods`, `titles`), single grades (`scores`), and whose they are (`accounts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sis_connect.grades.findings import Objection

if TYPE_CHECKING:
    from sis_connect.grades.manners import Manners
    from sis_connect.grades.observed import Item
    from sis_connect.grades.roster import Class
    from sis_connect.grades.rules import GradeRules

#: Grade levels of CEDS up to grade 5; what counts as elementary above that differs from district to district.
_ELEMENTARY: Final = frozenset(("IT", "PR", "PK", "TK", "KG", "K", "00", "01", "02", "03", "04", "05"))


def is_sent(class_: Class, rules: GradeRules) -> bool:
    """True when the district's rules name the class or its school, or neither classes nor schools at all."""
    if not rules.classes and not rules.schools:
        return True
    return bool({class_.key, class_.sourced_id} & {*rules.classes}) or class_.school_sourced_id in rules.schools


def object_to_sis(manners: Manners, rules: GradeRules) -> Objection | None:
    """Why this SIS gets no grades at all; the district's own word counts before what is known."""
    known = manners.takes_grades if rules.sis_takes_grades == "profile" else rules.sis_takes_grades == "yes"
    if known is None:
        return Objection("grades.sis_unknown")
    return None if known else Objection("grades.sis_takes_none")


def object_to_class(class_: Class, manners: Manners, rules: GradeRules) -> Objection | None:
    """Why no grades are sent into this class."""
    if not is_sent(class_, rules):
        return Objection("grades.class_left_out")
    if not manners.elementary and class_.grades and all(map(_is_elementary, class_.grades)):
        return Objection("grades.elementary", ", ".join(class_.grades))
    return None


def object_to_item(item: Item, manners: Manners) -> Objection | None:
    """Why an item is not sent, into whatever class."""
    if not item.is_published:
        return Objection("grades.unpublished")
    if not item.counts:
        return Objection("grades.not_counted")
    if item.is_for_some and manners.individual_items is False:
        return Objection("grades.individual_item")
    if not item.max_points.is_finite() or item.max_points <= 0:
        return Objection("grades.zero_maximum")
    if manners.whole_maximum and item.max_points != item.max_points.to_integral_value():
        return Objection("grades.maximum_not_whole", f"{item.max_points:f}")
    return None


def _is_elementary(grade: str) -> bool:
    code = grade.strip().upper()
    return (code.zfill(2) if code.isdigit() else code) in _ELEMENTARY
