"""What stands around the records of a reply: JSON at all, the root key, notices.

Here: how the records are found, and the faults that make a reply unreadable (REST binding, envelope). Nothing is
guessed: a root key counts only when the standard or the path gives it its name. Not here: the records themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from sis_connect.oneroster.json_deviations import Deviation, PageFault
from sis_connect.oneroster.json_text import decode_json
from sis_connect.oneroster.operations import Kind
from sis_connect.oneroster.rest_rules import unreadable
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.shapes import told_name
from sis_connect.oneroster.status_info import STATUS_KEY, parse_status_info

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.operations import Operation
    from sis_connect.oneroster.status_info import StatusInfo

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: Of an escaped pair of surrogates the first half, and then no escape: the decoder waits for the other to the end.
_HALF_A_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}[^\\]")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A reply without what surrounds its records."""

    #: As decoded, in order; for a single record, that one.
    records: list[Any]
    deviations: Counter[tuple[Deviation, str]]
    notices: tuple[StatusInfo, ...]


def open_envelope(content: bytes, operation: Operation) -> Envelope:
    """The records in a reply; UnreadablePageError when there are none that can be had without a guess."""
    deviations: Counter[tuple[Deviation, str]] = Counter()
    if content.startswith(_BYTE_ORDER_MARK):
        content = content.removeprefix(_BYTE_ORDER_MARK)
        deviations[Deviation.BYTE_ORDER_MARK, ""] += 1
    document = _decode(content)
    notices = parse_status_info(document)
    if not isinstance(document, dict):
        raise unreadable(PageFault.NO_ENVELOPE)
    if not document:
        raise unreadable(PageFault.EMPTY_OBJECT)
    key = _root_key(document, operation, notices)
    if any(notice.is_failure for notice in parse_status_info({STATUS_KEY: document.get(STATUS_KEY)})):
        raise unreadable(PageFault.ERROR_PAYLOAD, notices)
    if key != operation.root_key:
        is_alias = key in operation.alias_keys
        deviations[Deviation.ALIAS_ROOT_KEY if is_alias else Deviation.OTHER_ROOT_KEY, key] += 1
    for name in document.keys() - {key, STATUS_KEY}:
        deviations[Deviation.EXTRA_ROOT_PROPERTY, told_name(name)] += 1
    return Envelope(_records(document[key], key, operation, deviations), deviations, notices)


def _decode(content: bytes) -> Any:
    if not content.strip():
        raise unreadable(PageFault.EMPTY_BODY)
    try:
        return decode_json(content)
    except UnicodeDecodeError:
        raise unreadable(PageFault.NOT_UTF_8) from None
    except RecursionError:
        raise unreadable(PageFault.NESTED_TOO_DEEPLY) from None
    except msgspec.DecodeError as error:
        raise unreadable(_fault_of(content, error)) from None


def _fault_of(content: bytes, error: msgspec.DecodeError) -> PageFault:
    if content.lstrip().startswith(b"<"):
        return PageFault.HTML
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:4]:
        return PageFault.NOT_UTF_8
    if "truncated" in str(error) and not _HALF_A_PAIR.search(content):
        return PageFault.TRUNCATED
    return PageFault.BROKEN_JSON if content.lstrip().startswith((b"{", b"[")) else PageFault.NOT_JSON


def _root_key(document: Mapping[str, Any], operation: Operation, notices: tuple[StatusInfo, ...]) -> str:
    """The property that holds the records: the standard's, else the only one that is named after entity or path."""
    if operation.root_key in document:
        return operation.root_key
    entity = ENTITIES[operation.entity]
    names = {name.lower() for name in (*operation.alias_keys, *_path_names(operation), entity.name, entity.singular)}
    keys = [key for key in document if key.lower() in names]
    if len(keys) == 1:
        return keys[0]
    if not keys and notices:
        raise unreadable(PageFault.ERROR_PAYLOAD, notices)
    holders = [key for key, value in document.items() if isinstance(value, (list, dict)) and key != STATUS_KEY]
    raise unreadable(PageFault.WRONG_ROOT_KEY if holders else PageFault.MISSING_ROOT_KEY)


def _path_names(operation: Operation) -> list[str]:
    """A provider was seen to call the classes of a term `terms`."""
    return [part for part in operation.path.split("/") if part and not part.startswith("{")]


def _records(root: Any, key: str, operation: Operation, deviations: Counter[tuple[Deviation, str]]) -> list[Any]:
    if root is None:
        raise unreadable(PageFault.NULL_ROOT)
    if operation.kind is Kind.LIST:
        if isinstance(root, list):
            return root
        if isinstance(root, dict) and root.get("sourcedId"):
            deviations[Deviation.OBJECT_FOR_LIST, key] += 1
            return [root]
        raise unreadable(PageFault.WRONG_ROOT_TYPE)
    if isinstance(root, list) and len(root) == 1:
        deviations[Deviation.LIST_FOR_ONE, key] += 1
        return root
    if root in ({}, []):
        raise unreadable(PageFault.EMPTY_OBJECT)
    if isinstance(root, dict):
        return [root]
    raise unreadable(PageFault.WRONG_ROOT_TYPE)
