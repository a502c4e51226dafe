"""The query language of OneRoster 1.1: `filter`, `sort` with `orderBy`, and `fields`, for both ends.

A provider parses what it is asked (`parse_*`) and answers from SQLite (`filter_sql`, `sort_sql`, `SQL_FUNCTIONS`); a
consumer writes filters (`build_filter`) and checks locally what came back (`matches`). Paging is not here.
"""

from sis_connect.oneroster.query.building import Condition, build_filter, changed_since
from sis_connect.oneroster.query.faults import FilterError, QueryError, QueryFault
from sis_connect.oneroster.query.grammar import Clause, Filter, Logical, parse_filter
from sis_connect.oneroster.query.matching import matches
from sis_connect.oneroster.query.readings import Predicate
from sis_connect.oneroster.query.shaping import Selection, Sort, parse_fields, parse_sort
from sis_connect.oneroster.query.sql import SQL_FUNCTIONS, SqlFunction, filter_sql, sort_sql

__all__ = [
    "SQL_FUNCTIONS",
    "Clause",
    "Condition",
    "Filter",
    "FilterError",
    "Logical",
    "Predicate",
    "QueryError",
    "QueryFault",
    "Selection",
    "Sort",
    "SqlFunction",
    "build_filter",
    "changed_since",
    "filter_sql",
    "matches",
    "parse_fields",
    "parse_filter",
    "parse_sort",
    "sort_sql",
]
