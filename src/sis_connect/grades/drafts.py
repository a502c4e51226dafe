"""The line items that a grade book comes to: one for each item in each class of the SIS that its students are in.

Pure. Puts together what `categories`, `periods` and `titles` decide. Not here: which classes those are, and results
(`shape`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.grades.categories import CategoryChooser, Chosen
from sis_connect.grades.findings import Objection
from sis_connect.grades.ids import line_item_id
from sis_connect.grades.periods import Filing, file_item, is_locked
from sis_connect.grades.preflight import object_to_class
from sis_connect.grades.receipts import LineItemReceipt, Receipt, ReceiptState
from sis_connect.grades.scores import plain_number
from sis_connect.grades.text import one_line
from sis_connect.grades.titles import Title, choose_titles
from sis_connect.oneroster.gradebook_records import Category, LineItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, tzinfo

    from sis_connect.grades.manners import Manners
    from sis_connect.grades.observed import GradeBook, Item
    from sis_connect.grades.roster import Class
    from sis_connect.grades.rules import GradeRules
    from sis_connect.grades.target import Row

#: In these the SIS may have the line item.
_THERE = (ReceiptState.SENT, ReceiptState.CONFIRMED, ReceiptState.CHANGED_IN_SIS, ReceiptState.IN_DOUBT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SisBook:
    """What is known of the SIS for one section of the LMS: its class, and the sister classes of that."""

    #: Every category of the SIS, with its `metadata.*` columns.
    categories: tuple[Row, ...] = field(default=(), repr=False)
    #: Line items that those classes have in the SIS, ours among them; only their titles count, so it may be empty.
    line_item_rows: tuple[Row, ...] = field(default=(), repr=False)
    #: What was sent before; these keep their ids and titles.
    line_items: tuple[LineItemReceipt, ...] = ()
    results: tuple[Receipt, ...] = ()
    #: What `categories.choices` gave for the same course before: titles of the LMS's categories, to ids of the SIS.
    chosen_categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """By what a section is shaped, beside its grade book and its class."""

    manners: Manners
    rules: GradeRules
    sis: SisBook
    #: A day of `zone`, which is the district's.
    today: date
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Drafted:
    """The line items of one class of the SIS."""

    #: By the item's id of the LMS.
    line_items: Mapping[str, LineItem]
    categories: tuple[Category, ...]
    #: Items of which there is none, and why.
    objections: Mapping[str, Objection]
    #: Items that are new to the SIS, in a session that is over; its sourcedId.
    late: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line item without its title."""

    filing: Filing
    category: Chosen


def draft_line_items(book: GradeBook, items: Iterable[Item], class_: Class, given: Given) -> Drafted:
    """The line items in one class for these items of the book, which nothing is said against in general."""
    by_id = {item.lms_id: item for item in items}
    refused = object_to_class(class_, given.manners, given.rules)
    if refused is not None:
        return Drafted({}, (), dict.fromkeys(by_id, refused), {})
    receipts = {one.item_lms_id: one for one in given.sis.line_items if one.class_sourced_id == class_.sourced_id}
    drafts, objections = _draft(book, by_id, class_, given)
    for item_id in drafts.keys() & receipts.keys():
        session = locked_session(receipts[item_id], class_, given)
        if session is not None:
            objections[item_id] = Objection("grades.session_locked", session)
            del drafts[item_id]
    titles = choose_titles(
        {item_id: by_id[item_id].title for item_id in drafts},
        remembered=_titles(receipts.values()),
        taken=_taken(class_.sourced_id, drafts, receipts, given.sis),
        length=given.manners.title_length,
        must_differ=given.manners.unique_titles is True,
    )
    line_items: dict[str, LineItem] = {}
    for item_id, draft in drafts.items():
        objection = _object_to_title(titles[item_id], given.rules)
        if objection is None:
            line_items[item_id] = _line_item(by_id[item_id], class_, draft, titles[item_id], receipts.get(item_id))
        else:
            objections[item_id] = objection
    going = {item_id: drafts[item_id] for item_id in line_items}
    return Drafted(line_items, _made(going.values()), objections, _late(going, receipts, given.today))


def locked_session(receipt: LineItemReceipt, class_: Class, given: Given) -> str | None:
    """The locked session that the SIS has a line item in, wherever it would belong by now."""
    session = receipt.session_sourced_id
    is_there = receipt.is_there or receipt.state in _THERE
    if session is None or not is_there:
        return None
    return session if is_locked(session, class_.sessions, given.rules.locked_sessions) else None


def _made(drafts: Iterable[_Draft]) -> tuple[Category, ...]:
    made = {draft.category.sourced_id: draft.category.to_be_made for draft in drafts}
    return tuple(Category(sourced_id=sourced_id, title=title) for sourced_id, title in sorted(made.items()) if title)


def _late(drafts: Mapping[str, _Draft], receipts: Mapping[str, LineItemReceipt], today: date) -> dict[str, str]:
    sessions = {
        item_id: draft.filing.session
        for item_id, draft in drafts.items()
        if item_id not in receipts or receipts[item_id].state not in _THERE
    }
    return {item_id: one.sourced_id for item_id, one in sessions.items() if one is not None and one.end_date < today}


def _draft(
    book: GradeBook, items: Mapping[str, Item], class_: Class, given: Given
) -> tuple[dict[str, _Draft], dict[str, Objection]]:
    sis, rules = given.sis, given.rules
    chooser = CategoryChooser(class_, sis.categories, rules.categories, given.manners.categories, sis.chosen_categories)
    titles = {category.lms_id: category.title for category in book.categories}
    periods = {period.lms_id: period for period in book.periods}
    drafts: dict[str, _Draft] = {}
    objections: dict[str, Objection] = {}
    for item_id, item in items.items():
        filing = file_item(item, periods.get(item.period_lms_id or ""), class_.sessions, rules)
        category = chooser.choose(titles.get(item.category_lms_id or ""))
        if isinstance(filing, Objection):
            objections[item_id] = filing
        elif isinstance(category, Objection):
            objections[item_id] = category
        else:
            drafts[item_id] = _Draft(filing, category)
    return drafts, objections


def _titles(receipts: Iterable[LineItemReceipt]) -> dict[str, str]:
    """Titles under which the SIS has items."""
    return {
        receipt.item_lms_id: receipt.title
        for receipt in receipts
        if receipt.title and receipt.state is not ReceiptState.WITHDRAWN
    }


def _taken(
    class_sourced_id: str, drafts: Iterable[str], receipts: Mapping[str, LineItemReceipt], sis: SisBook
) -> set[str]:
    """Titles that the class has in the SIS beside those of these items."""
    mine = {item_id: receipts.get(item_id) for item_id in drafts}
    ids = {line_item_id(class_sourced_id, item_id) for item_id in mine}
    ids |= {one for receipt in mine.values() if receipt for one in (receipt.sourced_id, receipt.sis_sourced_id)}
    others = {
        row.get("title") or ""
        for row in sis.line_item_rows
        if row.get("class_sourced_id") == class_sourced_id
        and row.get("sourced_id") not in ids
        and row.get("status") != "tobedeleted"
    }
    others |= {title for item_id, title in _titles(receipts.values()).items() if item_id not in mine}
    return {one_line(title) for title in others if title}


def _object_to_title(title: Title, rules: GradeRules) -> Objection | None:
    if title.text is None:
        return Objection("grades.title_too_long" if title.is_too_long else "grades.no_title")
    if title.is_kept or rules.long_titles == "shorten" or not (title.is_too_long or title.is_taken):
        return None
    return Objection("grades.title_too_long" if title.is_too_long else "grades.title_not_unique", title.text)


def _line_item(item: Item, class_: Class, draft: _Draft, title: Title, receipt: LineItemReceipt | None) -> LineItem:
    own = one_line(item.title)
    text = title.text or ""
    return LineItem(
        sourced_id=receipt.sourced_id if receipt is not None else line_item_id(class_.sourced_id, item.lms_id),
        title=text,
        # The LMS has no such day; this one lies in the session whenever the other does.
        assign_date=draft.filing.due_date,
        due_date=draft.filing.due_date,
        class_sourced_id=class_.sourced_id,
        category_sourced_id=draft.category.sourced_id,
        grading_period_sourced_id=draft.filing.session.sourced_id if draft.filing.session is not None else None,
        result_value_max=plain_number(item.max_points),
        # What the item is about stays in the LMS, whose lists of items may leave it blank; its whole title does not.
        description=own if text != own else "",
    )
