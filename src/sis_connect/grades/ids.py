"""The ids under which grades are sent: chosen once, from what they stand for, so that nothing is ever sent twice.

Pure. Every id is a UUID in its usual text: 36 characters that any address and any SIS can carry. Not here: ids that a
SIS gives out itself (`receipts.LineItemReceipt.sis_sourced_id`).
"""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

#: Permanent: other ids would make every line item anew.
_NAMESPACE: Final = UUID("5d1d1a0c-2a53-4c52-9b4e-0f5f3c1d7a61")


def category_id(title: str) -> str:
    """The id of a category that is made; a category of OneRoster 1.1 belongs to no class (data model, category)."""
    return _id("category", title)


def line_item_id(class_sourced_id: str, item_lms_id: str) -> str:
    """The id of an item in one class of the SIS; an item of linked sections is one line item in each of them."""
    return _id("lineItem", class_sourced_id, item_lms_id)


def result_id(class_sourced_id: str, item_lms_id: str, student_sourced_id: str) -> str:
    """The id of a student's result."""
    return _id("result", class_sourced_id, item_lms_id, student_sourced_id)


def _id(*parts: str) -> str:
    # Each part with its length, so that no two lists of parts read the same.
    return str(uuid5(_NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)))
