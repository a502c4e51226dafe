"""Receipts for what a plan of grades would send for the first time, so that everything wanted has one.

Here: making them when a plan is kept, and forgetting those of earlier plans. Not here: what happens to them
(`grades.apply`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from sis_connect.grades.answers import CATEGORY_MISSING, LINE_ITEM_MISSING
from sis_connect.grades.changes import Action
from sis_connect.grades.plan import REFUSED_BEFORE
from sis_connect.grades.receipts import LineItemReceipt, Receipt, ReceiptState
from sis_connect.store import database as db
from sis_connect.store.grade_receipts import line_item_values, result_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.grades.plan import GradePlan


def await_changes(connection: sa.Connection, plan: GradePlan) -> None:
    """Receipts for what the plan would send for the first time.

    What never came to the SIS and is wanted no longer is forgotten; what was sent of it stays in the history.
    """
    for table, rows, never_sent in (
        (db.grade_line_items, map(line_item_values, _new_line_items(plan)), db.grade_line_items.c.digest.is_(None)),
        (db.grade_results, map(result_values, _new_results(plan)), db.grade_results.c.sent.is_(None)),
    ):
        changes = plan.line_items if table is db.grade_line_items else plan.results
        wanted = {change.key for change in changes}
        keys = list(table.primary_key.columns)
        is_open = table.c.state.in_((ReceiptState.WAITING, ReceiptState.REFUSED))
        names = [column.name for column in keys]
        of_class = sa.and_(table.c.class_key == sa.bindparam("class"), is_open, ~table.c.is_there)
        query = sa.select(*keys, never_sent).where(of_class)
        gone = [
            dict(zip([f"the_{name}" for name in names], key, strict=True))
            for class_key in plan.classes
            for *key, is_new in connection.execute(query, {"class": class_key})
            if is_new or tuple(key) not in wanted
        ]
        if gone:
            of_key = sa.and_(*(column == sa.bindparam(f"the_{column.name}") for column in keys))
            connection.execute(sa.delete(table).where(of_key), gone)
        if new := list(rows):
            names = table.c.keys()
            insertion = sa.insert(table).prefix_with("OR IGNORE")
            connection.execute(insertion, [dict(zip(names, row, strict=True)) for row in new])


def _new_line_items(plan: GradePlan) -> Iterable[LineItemReceipt]:
    held = {one.sourced_id: one.held for one in plan.categories}
    for one in plan.line_items:
        if one.action is not Action.CREATE:
            continue
        cause = held.get((one.record and one.record.category_sourced_id) or "")
        yield LineItemReceipt(
            class_sourced_id=one.class_sourced_id,
            item_lms_id=one.item_lms_id,
            sourced_id=one.sourced_id,
            sis_sourced_id=one.sis_sourced_id,
            state=ReceiptState.REFUSED if cause == REFUSED_BEFORE else ReceiptState.WAITING,
            code=CATEGORY_MISSING if cause == REFUSED_BEFORE else one.held,
            class_key=one.class_key,
        )


def _new_results(plan: GradePlan) -> Iterable[Receipt]:
    refused_categories = {one.sourced_id for one in plan.categories if one.held == REFUSED_BEFORE}
    missing = {
        one.key
        for one in plan.line_items
        if one.action is Action.CREATE
        and (one.held == REFUSED_BEFORE or (one.record and one.record.category_sourced_id in refused_categories))
    }
    for one in plan.results:
        if one.action is not Action.CREATE:
            continue
        is_missing = one.item_key in missing
        yield Receipt(
            class_sourced_id=one.class_sourced_id,
            item_lms_id=one.item_lms_id,
            student_sourced_id=one.student_sourced_id,
            sourced_id=one.sourced_id,
            sis_sourced_id=one.sis_sourced_id,
            state=ReceiptState.REFUSED if is_missing else ReceiptState.WAITING,
            changed_at=one.changed_at,
            code=LINE_ITEM_MISSING if is_missing else one.held,
            class_key=one.class_key,
        )
