"""Which category of the SIS stands for a category of the LMS.

Pure. By the district's map, the closest table first; by title; by what was chosen before for the same course; by the
district's default; or by making it. Not here: writing one (`apply`), and where choices are remembered (`store`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.grades.findings import Objection
from sis_connect.grades.ids import category_id
from sis_connect.grades.manners import Categories
from sis_connect.grades.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sis_connect.grades.observed import GradeBook
    from sis_connect.grades.roster import Class
    from sis_connect.grades.rules import CategoryRules
    from sis_connect.grades.target import Row
    from sis_connect.grades.wanted import WantedBook

#: Columns by which a SIS says that a category is of one class only; the standard has none (data model, category).
_CLASS_COLUMNS = ("metadata.classId", "metadata.classSourcedId")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The category of an item."""

    sourced_id: str
    #: Its title where it is to be made; None where the SIS has it.
    to_be_made: str | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """The categories of the SIS that a class may use: its own, and those of no class."""

    titles: Mapping[str, str]
    #: Titles of those of other classes, so that a choice can be carried over to this one.
    elsewhere: Mapping[str, str]

    def by_title(self, title: str) -> str | None:
        return next((sourced_id for sourced_id, each in self.titles.items() if each == one_line(title)), None)

    def by_folded_title(self, title: str) -> str | None:
        """By title in whatever capitals, if that is one title."""
        return None if self.is_ambiguous(title) else next(iter(self._folded(title)), None)

    def is_ambiguous(self, title: str) -> bool:
        return len({self.titles[each] for each in self._folded(title)}) > 1

    def _folded(self, title: str) -> list[str]:
        folded = one_line(title).casefold()
        return [sourced_id for sourced_id, each in self.titles.items() if each.casefold() == folded]

    def carried_over(self, sourced_id: str | None) -> str | None:
        """The same category, or that of this class which has its title."""
        if sourced_id is None or sourced_id in self.titles:
            return sourced_id
        title = self.elsewhere.get(sourced_id)
        return self.by_title(title) if title else None


class CategoryChooser:
    """Chooses for the items of one class."""

    def __init__(
        self,
        class_: Class,
        rows: Sequence[Row],
        rules: CategoryRules,
        manner: Categories | None,
        chosen_before: Mapping[str, str],
    ) -> None:
        """`rows` are all categories of the SIS; `chosen_before` maps titles of the LMS to ids of the SIS."""
        self._known = _known(class_.sourced_id, rows)
        self._rules = rules
        self._manner = manner
        self._chosen_before = {one_line(title): sourced_id for title, sourced_id in chosen_before.items()}
        self._maps = tuple(
            {one_line(mine): theirs for mine, theirs in table.items()}
            for table in (
                rules.by_class.get(class_.key, {}),
                rules.by_class.get(class_.sourced_id, {}),
                rules.by_school.get(class_.school_sourced_id, {}),
                rules.match,
            )
        )

    def choose(self, title: str | None) -> Chosen | Objection:
        """The category for items of this category of the LMS, None for items of none, or why there is none."""
        if self._manner is Categories.SINGLE and len(self._known.titles) == 1:
            return Chosen(next(iter(self._known.titles)))
        title = one_line(title or "")
        mapped = next((table[title] for table in self._maps if title in table), None) if title else None
        if mapped is not None:
            return self._named(mapped)
        found = self._found(title) if title else None
        if found is not None:
            return Chosen(found)
        if self._rules.default:
            return self._named(self._rules.default)
        if not title:
            return Objection("grades.no_category")
        if self._may_make():
            return Chosen(category_id(title), to_be_made=title)
        is_ambiguous = self._known.is_ambiguous(title)
        return Objection("grades.category_ambiguous" if is_ambiguous else "grades.category_unmatched", title)

    def _found(self, title: str) -> str | None:
        known = self._known
        return (
            known.by_title(title) or known.carried_over(self._chosen_before.get(title)) or known.by_folded_title(title)
        )

    def _named(self, title: str) -> Chosen | Objection:
        found = self._known.by_title(title) or self._known.by_folded_title(title)
        return Chosen(found) if found else Objection("grades.category_not_in_sis", title)

    def _may_make(self) -> bool:
        return self._rules.create and self._manner in (Categories.OURS, None)


def choices(book: GradeBook, wanted: WantedBook) -> dict[str, str]:
    """What is to be remembered for the course: titles of categories of the LMS, to the ids that stand for them."""
    titles = {category.lms_id: one_line(category.title) for category in book.categories}
    titles_of_items = {item.lms_id: titles.get(item.category_lms_id or "") for item in book.items}
    found: dict[str, str] = {}
    for line_item in wanted.line_items:
        title = titles_of_items.get(line_item.item_lms_id)
        if title and line_item.record.category_sourced_id:
            found.setdefault(title, line_item.record.category_sourced_id)
    return found


def _known(class_sourced_id: str, rows: Iterable[Row]) -> _Known:
    """In the order in which they are chosen: of two with one title the class's own, then by id."""
    own: dict[str, str] = {}
    common: dict[str, str] = {}
    elsewhere: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row.get("sourced_id") or ""):
        sourced_id, title = row.get("sourced_id"), one_line(row.get("title") or "")
        if not sourced_id or not title or row.get("status") == "tobedeleted":
            continue
        owner = next((row[column] for column in _CLASS_COLUMNS if row.get(column)), None)
        place = common if owner is None else own if owner == class_sourced_id else elsewhere
        place[sourced_id] = title
    return _Known(own | common, elsewhere)
