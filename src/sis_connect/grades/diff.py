"""What differs between what the SIS should hold for one class and what it was sent.

Pure. A receipt tells what was sent last, so that only what changed is a change; what was refused and is the same still
is a held one. Not here: the brake (`brake`), the plan as a whole (`planning`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sis_connect.grades.changes import Action, CategoryChange, LineItemChange, ResultChange, digest_of, sent_of
from sis_connect.grades.plan import CHANGED_IN_SIS, REFUSED_BEFORE, WITHDRAWAL
from sis_connect.grades.receipts import ReceiptState
from sis_connect.grades.wanted import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sis_connect.grades.changes import ItemKey, ResultKey
    from sis_connect.grades.receipts import CategoryReceipt, LineItemReceipt, Receipt
    from sis_connect.grades.wanted import WantedBook, WantedLineItem, WantedResult

#: The SIS lets nothing be deleted.
DELETE_NOT_TAKEN = "grades.delete_not_taken"

_SETTLED = (ReceiptState.SENT, ReceiptState.CONFIRMED, ReceiptState.CHANGED_IN_SIS)


@dataclass(frozen=True, slots=True)
class Ways:
    """What the rules and the SIS say about differences."""

    #: True when what was refused before is to be sent again, changed or not.
    retry_refused: bool
    #: True when a grade that the SIS changed itself stands.
    sis_wins: bool
    #: True when what the LMS has no longer is proposed to be taken back.
    withdraws: bool
    #: True when the SIS lets nothing be deleted.
    never_deletes: bool


@dataclass(frozen=True, slots=True)
class Differences:
    """What is to be done in one class."""

    line_items: tuple[LineItemChange, ...]
    results: tuple[ResultChange, ...]
    #: Wanted results that were sent as they are.
    unchanged: int
    problems: tuple[Problem, ...]


def diff_categories(
    wanted: WantedBook, receipts: Mapping[str, CategoryReceipt], ways: Ways
) -> Iterator[CategoryChange]:
    """The categories to be made; one that was refused under the same title waits."""
    for record in wanted.categories:
        receipt = receipts.get(record.sourced_id)
        is_refused = (
            receipt is not None and receipt.state is ReceiptState.REFUSED and receipt.title == record.title
        ) and not ways.retry_refused
        yield CategoryChange(
            action=Action.CREATE,
            class_key=wanted.class_key,
            sourced_id=record.sourced_id,
            record=record,
            held=REFUSED_BEFORE if is_refused else None,
            refused_code=receipt.code if is_refused and receipt is not None else None,
        )


def diff(
    wanted: WantedBook,
    line_items: Mapping[ItemKey, LineItemReceipt],
    results: Mapping[ResultKey, Receipt],
    new_categories: frozenset[str],
    ways: Ways,
) -> Differences:
    """The changes of one class; `new_categories` are the ids of those that this plan makes."""
    changed_items = [
        change
        for one in wanted.line_items
        if (change := _line_item(wanted, one, line_items, new_categories, ways)) is not None
    ]
    going = {change.key for change in changed_items if change.held is None}
    class_of = _classes(wanted, line_items)
    changed_results: list[ResultChange] = []
    kept: set[ResultKey] = set()
    for result in wanted.results:
        key = (class_of[result.record.line_item_sourced_id], result.item_lms_id, result.record.student_sourced_id)
        kept.add(key)
        result_change = _result(wanted, result, key, results.get(key), ways, is_item_changed=key[:2] in going)
        if result_change is not None:
            changed_results.append(result_change)
    unchanged = len(wanted.results) - len(changed_results)
    gone_results, gone_items = _gone(wanted, line_items, results, kept, ways)
    if ways.never_deletes:
        by_hand = (
            *(
                Problem(DELETE_NOT_TAKEN, wanted.class_key, one.item_lms_id, one.student_sourced_id)
                for one in gone_results
            ),
            *(Problem(DELETE_NOT_TAKEN, wanted.class_key, one.item_lms_id) for one in gone_items),
        )
        return Differences(tuple(changed_items), tuple(changed_results), unchanged, by_hand)
    return Differences((*changed_items, *gone_items), (*changed_results, *gone_results), unchanged, ())


def _classes(wanted: WantedBook, receipts: Mapping[ItemKey, LineItemReceipt]) -> dict[str, str]:
    """Line item, by each id it may be named by, to the class of the SIS that it lives in."""
    known = {
        name: receipt.class_sourced_id
        for receipt in receipts.values()
        for name in (receipt.sourced_id, receipt.sis_sourced_id)
    }
    return known | {one.record.sourced_id: one.record.class_sourced_id for one in wanted.line_items}


def _line_item(
    wanted: WantedBook,
    one: WantedLineItem,
    receipts: Mapping[ItemKey, LineItemReceipt],
    new_categories: frozenset[str],
    ways: Ways,
) -> LineItemChange | None:
    receipt = receipts.get((one.record.class_sourced_id, one.item_lms_id))
    change = LineItemChange(
        action=Action.CREATE,
        class_key=wanted.class_key,
        sourced_id=one.record.sourced_id,
        class_sourced_id=one.record.class_sourced_id,
        item_lms_id=one.item_lms_id,
        record=one.record,
        sis_sourced_id=one.record.sourced_id,
    )
    if receipt is None:
        return change
    is_same = receipt.digest == digest_of(one.record)
    if is_same and receipt.state in _SETTLED:
        return None
    change = replace(
        change,
        action=Action.UPDATE if receipt.is_there else Action.CREATE,
        sourced_id=receipt.sourced_id,
        sis_sourced_id=receipt.sis_sourced_id,
        record=replace(one.record, sourced_id=receipt.sis_sourced_id),
    )
    if receipt.state is ReceiptState.CHANGED_IN_SIS:
        return replace(change, replaces_sis_edit=True, held=CHANGED_IN_SIS if ways.sis_wins else None)
    is_category_new = one.record.category_sourced_id in new_categories
    if _waits(receipt, ways, is_same=is_same) and not is_category_new:
        return replace(change, held=REFUSED_BEFORE, refused_code=receipt.code)
    return change


def _result(  # each is a separate fact
    wanted: WantedBook,
    one: WantedResult,
    key: ResultKey,
    receipt: Receipt | None,
    ways: Ways,
    *,
    is_item_changed: bool,
) -> ResultChange | None:
    change = ResultChange(
        action=Action.CREATE,
        class_key=wanted.class_key,
        sourced_id=one.record.sourced_id,
        class_sourced_id=key[0],
        item_lms_id=key[1],
        student_sourced_id=key[2],
        record=one.record,
        sis_sourced_id=one.record.sourced_id,
        changed_at=one.changed_at,
    )
    if receipt is None:
        return change
    is_same = receipt.sent == sent_of(one.record)
    if is_same and receipt.state in _SETTLED:
        return None
    change = replace(
        change,
        action=Action.UPDATE if receipt.is_there else Action.CREATE,
        sourced_id=receipt.sourced_id,
        sis_sourced_id=receipt.sis_sourced_id,
        record=replace(one.record, sourced_id=receipt.sis_sourced_id),
    )
    if receipt.state is ReceiptState.CHANGED_IN_SIS:
        return replace(change, replaces_sis_edit=True, held=CHANGED_IN_SIS if ways.sis_wins else None)
    if _waits(receipt, ways, is_same=is_same) and not is_item_changed:
        return replace(change, held=REFUSED_BEFORE, refused_code=receipt.code)
    return change


def _waits(receipt: LineItemReceipt | Receipt, ways: Ways, *, is_same: bool) -> bool:
    """True for what would only be refused again."""
    return receipt.state is ReceiptState.REFUSED and is_same and not ways.retry_refused


def _gone(
    wanted: WantedBook,
    line_items: Mapping[ItemKey, LineItemReceipt],
    results: Mapping[ResultKey, Receipt],
    kept: set[ResultKey],
    ways: Ways,
) -> tuple[list[ResultChange], list[LineItemChange]]:
    """What the SIS has of us and the LMS no longer; what merely cannot be sent now is not gone."""
    if not ways.withdraws:
        return [], []
    unsendable_items = {item for item, student in wanted.unsendable if student is None}
    # An item that is wanted in any class is not gone.
    wanted_items = {one.item_lms_id for one in wanted.line_items}
    gone_results = [
        _withdrawn_result(wanted, receipt)
        for key, receipt in results.items()
        if key not in kept and not {key[1:], (key[1], None)} & wanted.unsendable and _may_be_there(receipt)
    ]
    gone_items = [
        _withdrawn_line_item(wanted, receipt)
        for key, receipt in line_items.items()
        if key[1] not in wanted_items and key[1] not in unsendable_items and _may_be_there(receipt)
    ]
    return gone_results, gone_items


def _may_be_there(receipt: LineItemReceipt | Receipt) -> bool:
    return receipt.is_there or receipt.state is ReceiptState.IN_DOUBT


def _withdrawn_line_item(wanted: WantedBook, receipt: LineItemReceipt) -> LineItemChange:
    return LineItemChange(
        action=Action.WITHDRAW,
        class_key=wanted.class_key,
        sourced_id=receipt.sourced_id,
        class_sourced_id=receipt.class_sourced_id,
        item_lms_id=receipt.item_lms_id,
        record=None,
        sis_sourced_id=receipt.sis_sourced_id,
        held=WITHDRAWAL,
    )


def _withdrawn_result(wanted: WantedBook, receipt: Receipt) -> ResultChange:
    return ResultChange(
        action=Action.WITHDRAW,
        class_key=wanted.class_key,
        sourced_id=receipt.sourced_id,
        class_sourced_id=receipt.class_sourced_id,
        item_lms_id=receipt.item_lms_id,
        student_sourced_id=receipt.student_sourced_id,
        record=None,
        sis_sourced_id=receipt.sis_sourced_id,
        changed_at=receipt.changed_at,
        held=WITHDRAWAL,
    )
