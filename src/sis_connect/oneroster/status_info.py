"""What a provider says about a request: the `statusInfoSet` of 1.1, and the shapes that stand in for it.

Here: building it and reading it tolerantly (queries, error payload). It is for diagnosis: what happened is told by the
HTTP status, except where a failure comes with 200. Texts in it may repeat what was asked for, so they are never shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The root key of notices and errors.
STATUS_KEY = "statusInfoSet"


class CodeMajor(StrEnum):
    """Whether the request was done."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNSUPPORTED = "unsupported"


class Severity(StrEnum):
    """How bad it is."""

    STATUS = "status"
    WARNING = "warning"
    ERROR = "error"


class CodeMinor(StrEnum):
    """What happened, in the words of 1.1: some have blanks, some underscores."""

    FULL_SUCCESS = "full success"
    UNKNOWN_OBJECT = "unknown object"
    INVALID_DATA = "invalid data"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    SERVER_BUSY = "server_busy"
    INVALID_SORT_FIELD = "invalid_sort_field"
    INVALID_FILTER_FIELD = "invalid_filter_field"
    INVALID_SELECTION_FIELD = "invalid_selection_field"
    INVALID_BLANK_SELECTION_FIELD = "invalid_blank_selection_field"


@dataclass(frozen=True, slots=True)
class StatusInfo:
    """One notice; None and "" for what it does not tell, or not in words that are known."""

    code_major: CodeMajor | None
    severity: Severity | None
    code_minor: CodeMinor | None = None
    #: For faults of fields it should be the field; may hold anything, personal data too.
    description: str = field(default="", repr=False)
    #: Name of the operation, as in `operations.OPERATIONS`.
    operation: str = ""
    #: The provider's id of this message.
    message_ref: str = ""

    @property
    def is_failure(self) -> bool:
        """True when the request was not done."""
        return self.severity is Severity.ERROR or self.code_major in {CodeMajor.FAILURE, CodeMajor.UNSUPPORTED}


def write_status_info(*infos: StatusInfo) -> dict[str, list[dict[str, str]]]:
    """The error payload, or what stands beside the records as a warning; empty parts are left out."""
    return {STATUS_KEY: [{name: value for name, value in _written(info) if value} for info in infos]}


def parse_status_info(document: object) -> tuple[StatusInfo, ...]:
    """The notices in a decoded reply, whatever shape they have; none when there is nothing that says anything.

    Read besides the standard's: the single object of 1.2, with or without its wrapper, names without the `imsx_`
    prefix in any case, and the `errors`, `error`, `warnings` and `message` of web frameworks.
    """
    if not isinstance(document, dict):
        return ()
    inner = next((document[key] for key in (STATUS_KEY, "imsx_StatusInfo") if document.get(key)), document)
    infos = [_info(item) for item in (inner if isinstance(inner, list) else [inner]) if isinstance(item, dict)]
    known = tuple(info for info in infos if info is not None)
    return known or tuple(_plain(document))


def _written(info: StatusInfo) -> Iterator[tuple[str, str]]:
    yield "imsx_codeMajor", info.code_major or ""
    yield "imsx_severity", info.severity or ""
    yield "imsx_messageRefIdentifier", info.message_ref
    yield "imsx_operationRefIdentifier", info.operation
    yield "imsx_description", info.description
    yield "imsx_codeMinor", info.code_minor or ""


def _folded(text: str) -> str:
    return text.lower().replace(" ", "").replace("_", "")


#: Without case, blanks and underscores; 1.2 says some of them in other words.
_MINORS: Mapping[str, CodeMinor] = MappingProxyType(
    {_folded(minor): minor for minor in CodeMinor} | {"unauthorisedrequest": CodeMinor.UNAUTHORIZED}
)
_MAJORS: Mapping[str, CodeMajor] = MappingProxyType({major.value: major for major in CodeMajor})
_SEVERITIES: Mapping[str, Severity] = MappingProxyType({severity.value: severity for severity in Severity})


def _info(item: Mapping[str, object]) -> StatusInfo | None:
    """The notice that an object is; None when it has neither of the two codes that make one."""
    parts = {_folded(name).removeprefix("imsx"): value for name, value in item.items()}
    major, severity = (_folded(_text(parts.get(name))) for name in ("codemajor", "severity"))
    if major not in _MAJORS and severity not in _SEVERITIES:
        return None
    return StatusInfo(
        code_major=_MAJORS.get(major),
        severity=_SEVERITIES.get(severity),
        code_minor=_MINORS.get(_folded(_minor(parts.get("codeminor")))),
        description=_text(parts.get("description")),
        operation=_text(parts.get("operationrefidentifier")),
        message_ref=_text(parts.get("messagerefidentifier")),
    )


def _minor(value: object) -> str:
    """The minor code, which 1.2 wraps as `{"imsx_codeMinorField": [{"imsx_codeMinorFieldValue": …}]}`."""
    if isinstance(value, dict):
        fields = value.get("imsx_codeMinorField")
        first = fields[0] if isinstance(fields, list) and fields else fields
        return _text(first.get("imsx_codeMinorFieldValue")) if isinstance(first, dict) else ""
    return _text(value)


def _plain(document: Mapping[str, object]) -> Iterator[StatusInfo]:
    """What web frameworks say: an error unless it is called a warning."""
    for key, severity in (("errors", Severity.ERROR), ("error", Severity.ERROR), ("warnings", Severity.WARNING)):
        value = document.get(key)
        for item in value if isinstance(value, list) else [value] if value else []:
            major = CodeMajor.FAILURE if severity is Severity.ERROR else CodeMajor.SUCCESS
            text = _text(item.get("message")) if isinstance(item, dict) else _text(item)
            yield StatusInfo(major, severity, description=text)
    if set(document) <= {"message", "Message", "status", "timestamp", "path"}:
        text = _text(document.get("message") or document.get("Message"))
        if text:
            yield StatusInfo(CodeMajor.FAILURE, Severity.ERROR, description=text)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
