"""Every rule of the check step: code, severity, who can fix it and how.

Codes are permanent. Here: the catalogue, a module a theme. Not here: how a rule is found broken (the modules beside
this package), nor the rules about reading files (`sis.csv_rules`).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.sync.check.rules.classes import COURSES_AND_CLASSES, GRADE_BOOK
from sis_connect.sync.check.rules.people import ENROLLMENTS, USERS
from sis_connect.sync.check.rules.records import RECORDS
from sis_connect.sync.check.rules.references import REFERENCES
from sis_connect.sync.check.rules.structure import ORGS, PACKAGE, SESSIONS
from sis_connect.sync.check.rules.values import VALUES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.findings import Rule

#: Every rule this step can find broken.
RULES: tuple[Rule, ...] = (
    *RECORDS,
    *VALUES,
    *REFERENCES,
    *PACKAGE,
    *ORGS,
    *SESSIONS,
    *COURSES_AND_CLASSES,
    *USERS,
    *ENROLLMENTS,
    *GRADE_BOOK,
)
RULE_BY_CODE: Mapping[str, Rule] = MappingProxyType({rule.code: rule for rule in RULES})
