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

#: What is wrong, as a sentence, and the same where a field is concerned.
_SENTENCES = {
    QueryFault.UNKNOWN_FIELD: ("The query names a field that is not there.", "There is no field “{}”."),
    QueryFault.SYNTAX: (
        "The query does not follow the grammar: field, predicate and a value in single quotes, at most twice.",
        "What is said of the field “{}” does not follow the grammar.",
    ),
    QueryFault.WRONG_TYPE: (
        "A value or predicate does not fit the type of its field.",
        "The value or the predicate does not fit the type of the field “{}”.",
    ),
    QueryFault.WRONG_ORDER: ("An order is neither asc nor desc.", "The value of “{}” is neither asc nor desc."),
    QueryFault.BLANK_SELECTION: ("The selection names no field.", "The selection “{}” names no field."),
    QueryFault.UNQUOTABLE: (
        "A value cannot be written so that every provider reads it alike.",
        "The value for the field “{}” cannot be written so that every provider reads it alike.",
    ),
}


class QueryError(ValueError):
    """A query that must be refused; it never holds a value that was asked for, only names. Its text is a sentence."""

    def __init__(self, kind: QueryFault, field: str | None = None) -> None:
        """`field` is the field concerned as it was written, where one is."""
        self.kind = kind
        self.field = None if field is None else field[:_LONGEST_NAME]
        alone, with_field = _SENTENCES[kind]
        super().__init__(alone if self.field is None else with_field.format(self.field))

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
