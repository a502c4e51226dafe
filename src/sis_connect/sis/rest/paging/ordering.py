"""The order in which a provider hands out identifiers, found by looking at them.

Rows in ascending order of their sourcedId cannot move from what is still to be read to what was read already, so a
reader that lost its place finds it again. Providers that sort text and providers that sort numbers are both known.
Not here: what is done with the order (`paging`). Serves the query grammar, sorting.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What identifiers are compared by.
Key = str | tuple[int, str]


class Order(StrEnum):
    """A strict order of identifiers: no two different ones are equal in it."""

    TEXT = "text"
    #: Numbers without leading zeros come in the order of what they count.
    LENGTH = "length"

    def key(self, sourced_id: str) -> Key:
        """What identifiers are compared by in this order."""
        return sourced_id if self is Order.TEXT else (len(sourced_id), sourced_id)


def still_held(orders: Sequence[Order], after: str | None, ids: Sequence[str]) -> tuple[Order, ...]:
    """Those of the orders in which `ids` ascend from `after` on; equal neighbours are no breach."""
    return tuple(order for order in orders if _ascend(order, after, ids))


def first_beyond(order: Order, highest: str, ids: Sequence[str]) -> int:
    """Index of the first of the ascending `ids` that comes after `highest`; their number when none does."""
    limit = order.key(highest)
    low, high = 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        if _is_beyond(order.key(ids[middle]), limit):
            high = middle
        else:
            low = middle + 1
    return low


def _ascend(order: Order, after: str | None, ids: Sequence[str]) -> bool:
    if after is not None and ids and _is_beyond(order.key(after), order.key(ids[0])):
        return False
    # Sorting what is sorted already is one pass in C; making millions of keys is not.
    if order is Order.TEXT:
        return list(ids) == sorted(ids)
    lengths = list(map(len, ids))
    if lengths != sorted(lengths):
        return False
    return list(ids) == sorted(ids) or list(ids) == sorted(ids, key=order.key)


def _is_beyond(key: Key, limit: Key) -> bool:
    return key > limit  # type: ignore[operator] # keys of one order are of one type
