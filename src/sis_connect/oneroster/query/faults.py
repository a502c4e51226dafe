"""What can be wrong with a query, and which `codeMinor` of the standard says so.

Here: the closed set and the errors that carry it. Not here: the payload around it (`oneroster.status_info`).
Serves the mapping of query problems in the REST binding.
"""

from __future__ import annotations

from enum import StrEnum

from sis_connect.oneroster.status_info import CodeMinor

#: The standard's name for text data; a description longer than this would only echo an attack.
_LONGEST_NAME = 255


class QueryFault(StrEnum):
    """What is wrong."""

    UNKNOWN_FIELD = "unknown field"
    #: The text does not follow the grammar.
    SYNTAX = "syntax"
    #: The value is not of the field's type, or the predicate says nothing about that type.
    WRONG_TYPE = "wrong type"
    #: `orderBy` is neither `asc` nor `desc`.
    WRONG_ORDER = "wrong order"
    #: `fields` is there and names nothing.
    BLANK_SELECTION = "blank selection"
    #: Only when writing a filter: the grammar has no way to say this value.
    UNQUOTABLE = "unquotable"

    @property
    def code_minor(self) -> CodeMinor:
        """The `imsx_codeMinor` of the 400 that answers it."""
        return _CODES[self]


_CODES = {
    QueryFault.UNKNOWN_FIELD: CodeMinor.INVALID_FILTER_FIELD,
    QueryFault.SYNTAX: CodeMinor.INVALID_FILTER_FIELD,
    QueryFault.WRONG_TYPE: CodeMinor.INVALID_DATA,
    QueryFault.WRONG_ORDER: CodeMinor.INVALID_DATA,
    QueryFault.BLANK_SELECTION: CodeMinor.INVALID_BLANK_SELECTION_FIELD,
    QueryFault.UNQUOTABLE: CodeMinor.INVALID_FILTER_FIELD,
}


class QueryError(ValueError):
    """A query that must be refused; it never holds a value that was asked for, only names."""

    def __init__(self, kind: QueryFault, field: str | None = None) -> None:
        """`field` is the field concerned as it was written, where one is."""
        self.kind = kind
        self.field = None if field is None else field[:_LONGEST_NAME]
        super().__init__(self.description)

    @property
    def description(self) -> str:
        """What `imsx_description` should say: the offending field, or what is wrong where there is none."""
        return self.field if self.field is not None else self.kind.value

    @property
    def code_minor(self) -> CodeMinor:
        """The `imsx_codeMinor` of the 400 that answers it."""
        return self.kind.code_minor


class FilterError(QueryError):
    """The filter must be refused; without data, as the standard wants."""
