"""The table of hostile scenarios: everything that providers were seen to do, or can be feared to do, by name.

Each row says what the provider does and where that was learned (`hostile.table`); what it does is made in `hostile`. A
scenario is chosen for one request by a header or for the whole provider (`hostile.choosing`), and is the same for the
same seed. A test shows for each row what the consumer makes of it, and the documentation is made from those answers.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.sandbox.sis.hostile.table import contents, grades, pages, service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.sandbox.sis.hostile.scenario import Scenario
    from sis_connect.sandbox.sis.hostile.table.row import Rows


def _by_name(*tables: Rows) -> Mapping[str, Scenario]:
    rows = ((theme, row) for table in tables for theme, rows in table.items() for row in rows)
    return MappingProxyType({scenario.name: scenario for scenario in (row(theme) for theme, row in rows)})


#: Those that a consumer of rosters meets, by name, in the order of the documentation.
ROSTER_SCENARIOS: Mapping[str, Scenario] = _by_name(pages.ROWS, service.ROWS, contents.ROWS)
#: Those that whoever sends grades meets.
GRADE_SCENARIOS: Mapping[str, Scenario] = _by_name(grades.ROWS)
SCENARIOS: Mapping[str, Scenario] = MappingProxyType({**ROSTER_SCENARIOS, **GRADE_SCENARIOS})
