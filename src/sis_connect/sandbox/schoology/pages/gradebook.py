"""The gradebook of a section as its page shows it: students as rows, grade items as columns.

Here: reading it. Deleted items and cleared grades are left out, as in the API's lists.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.api.calls import plain_number
from sis_connect.sandbox.schoology.pages import queries
from sis_connect.sandbox.schoology.records import grades, grading
from sis_connect.sandbox.schoology.records.gradebook import Computed, Gradebook, read_gradebook
from sis_connect.sandbox.web.pages import Page, last_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sis_connect.sandbox.schoology.settings import GradeManners
    from sis_connect.sandbox.schoology.storage import Row, Storage

#: Grade items of one page.
COLUMNS = 12

#: Words for the codes of exceptions that are known.
EXCEPTIONS = {grades.EXCUSED: "Excused", grades.INCOMPLETE: "Incomplete", grades.MISSING: "Missing"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a student has on an item."""

    #: Points without a needless fraction; empty for none.
    points: str
    #: The letter or level of the item's scale; empty without one.
    level: str
    #: Words for an exception; empty for none.
    exception: str
    comment: str
    is_above_maximum: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A grade item."""

    title: str
    type: str
    due: str
    max_points: str
    #: Empty for none.
    category: str
    is_final: bool
    is_published: bool
    #: Students it is assigned to individually; 0 for everyone.
    assignees: int


@dataclass(frozen=True, slots=True)
class Table:
    """One page of a gradebook."""

    categories: Sequence[Row]
    students: Page[Row]
    items: Page[Column]
    #: By student and place of the item; absent where nothing is entered.
    cells: Mapping[tuple[int, int], Cell]
    #: By student.
    overall: Mapping[int, Computed]


def read_table(storage: Storage, section: Row, manners: GradeManners, *, students: int, items: int) -> Table:
    """The page of a section's gradebook with these numbers of pages of students and of items."""
    book = read_gradebook(storage, section)
    rows = queries.read_roster(storage, section["id"], students, teachers=False)
    enrolled = {row["enrollment_id"]: row["id"] for row in rows.rows}
    shown = list(book.items.values())
    number = min(max(1, items), last_page(len(shown), COLUMNS))
    own = shown[(number - 1) * COLUMNS : number * COLUMNS]
    computed = book.compute(storage, list(enrolled), manners)
    return Table(
        categories=_read_categories(storage, section["id"]),
        students=rows,
        items=Page([_column(storage, book, row) for row in own], len(shown), number, COLUMNS),
        cells=_read_cells(storage, book, own, enrolled),
        overall={enrolled[id_]: value for id_, value in computed.items()},
    )


def _read_categories(storage: Storage, section_id: int) -> list[Row]:
    return storage.rows(
        "SELECT c.*, (SELECT count(*) FROM grade_items WHERE grading_category = c.id AND deleted_at IS NULL) AS items"
        " FROM grading_categories c WHERE section_id = ? ORDER BY delta, id",
        section_id,
    )


def _column(storage: Storage, book: Gradebook, item: Row) -> Column:
    titles = {row["id"]: row["title"] for row in book.categories}
    return Column(
        title=item["title"],
        type=item["type"],
        due=item["due"][:10],
        max_points=str(plain_number(item["max_points"])),
        category=titles.get(item["grading_category"], ""),
        is_final=bool(item["is_final"]),
        is_published=bool(item["published"]),
        assignees=storage.number("SELECT count(*) FROM assignees WHERE item_id = ?", item["id"]),
    )


def _read_cells(
    storage: Storage, book: Gradebook, items: Sequence[Row], enrolled: Mapping[int, int]
) -> dict[tuple[int, int], Cell]:
    places = {row["id"]: place for place, row in enumerate(items)}
    scales = {row["id"]: row for row in grading.scales_of(storage, book.section_id)}
    marks = ", ".join("?" * len(places))
    query = f"SELECT * FROM grades g WHERE section_id = ? AND item_id IN ({marks}) AND {grades.IS_SET}"
    cells = {}
    for row in storage.rows(query, book.section_id, *places):
        if row["enrollment_id"] in enrolled:
            item = book.items[row["item_id"]]
            key = enrolled[row["enrollment_id"]], places[row["item_id"]]
            cells[key] = _cell(row, item, scales.get(item["grading_scale"]))
    return cells


def _cell(row: Row, item: Row, scale: Row | None) -> Cell:
    points = row["grade"]
    code = row["exception"]
    return Cell(
        points="" if points is None else str(plain_number(points)),
        level="" if scale is None or points is None else _level(scale, points, item["max_points"]),
        exception=EXCEPTIONS.get(code, f"Exception {code}") if code else "",
        comment=row["comment"],
        is_above_maximum=points is not None and points > item["max_points"],
    )


def _level(scale: Row, points: float, max_points: float) -> str:
    """The highest level that these points reach."""
    levels = json.loads(scale["levels"])
    if scale["type"] == grading.POINTS_SCALE:
        reached = [(level["points"], level["description"]) for level in levels if points >= level["points"]]
    else:
        percent = 100 * points / max_points if max_points else 0
        reached = [(level["cutoff"], level["grade"]) for level in levels if percent >= level["cutoff"]]
    return str(max(reached, default=(0, ""))[1])
