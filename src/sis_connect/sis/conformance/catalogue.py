"""Every check, in the order in which they are made: what others rest on comes first. Ids are permanent."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.sis.conformance.checks import (
    delta,
    ends,
    errors,
    gradebook,
    load,
    operations,
    paging,
    reach,
    records,
    references,
    shaping,
    sign_in,
    version,
)
from sis_connect.sis.conformance.checks import (
    filter as filters,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.sis.conformance.checking import Check

CHECKS: tuple[Check, ...] = (
    *reach.CHECKS,
    *sign_in.CHECKS,
    *version.CHECKS,
    *operations.CHECKS,
    *records.CHECKS,
    *references.CHECKS,
    *paging.CHECKS,
    *ends.CHECKS,
    *filters.CHECKS,
    *shaping.CHECKS,
    *errors.CHECKS,
    *delta.CHECKS,
    *load.CHECKS,
    *operations.WRITING_CHECKS,
    *gradebook.CHECKS,
)

BY_ID: Mapping[str, Check] = MappingProxyType({check.id: check for check in CHECKS})
