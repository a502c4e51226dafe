"""How JSON from a provider may differ from the standard: three closed sets of permanent codes.

Here: the codes, and the error for a page that cannot be read. What each means for people is in `rest_rules`; where
each is noticed, in `json_envelope` and `json_tolerant`. Serves the digest of deviations met in the field.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.errors import Remedy, SisConnectError

if TYPE_CHECKING:
    from sis_connect.oneroster.status_info import StatusInfo


class Deviation(StrEnum):
    """What was read by tolerance; the record is used, and its value too unless the name says otherwise."""

    BYTE_ORDER_MARK = "json.byte_order_mark"
    ALIAS_ROOT_KEY = "json.alias_root_key"
    OTHER_ROOT_KEY = "json.other_root_key"
    EXTRA_ROOT_PROPERTY = "json.extra_root_property"
    UNKNOWN_PROPERTY = "json.unknown_property"
    OTHER_NAME = "json.other_name"
    ROLES_OF_1_2 = "json.roles_of_1_2"
    NULL = "json.null"
    BOOLEAN_FOR_STRING = "json.boolean_for_string"
    NUMBER_FOR_STRING = "json.number_for_string"
    STRING_FOR_NUMBER = "json.string_for_number"
    SCALAR_FOR_LIST = "json.scalar_for_list"
    OBJECT_FOR_LIST = "json.object_for_list"
    LIST_FOR_ONE = "json.list_for_one"
    SEPARATOR_IN_ITEM = "json.separator_in_item"
    BARE_REFERENCE = "json.bare_reference"
    EMPTY_REFERENCE = "json.empty_reference"
    REFERENCE_WITHOUT_HREF = "json.reference_without_href"
    REFERENCE_HREF = "json.reference_href"
    REFERENCE_WITHOUT_TYPE = "json.reference_without_type"
    REFERENCE_TYPE = "json.reference_type"
    METADATA_NOT_AN_OBJECT = "json.metadata_not_an_object"
    #: The value is not used.
    UNREADABLE_VALUE = "json.unreadable_value"
    #: The value is not used, on purpose.
    PASSWORDS_DROPPED = "json.passwords_dropped"


class RecordFault(StrEnum):
    """Why something in a list is no record."""

    NOT_AN_OBJECT = "json.not_an_object"
    NO_SOURCED_ID = "json.no_sourced_id"


class PageFault(StrEnum):
    """Why a reply could not be read at all."""

    EMPTY_BODY = "page.empty_body"
    HTML = "page.html"
    NOT_UTF_8 = "page.not_utf_8"
    NOT_JSON = "page.not_json"
    #: It begins as JSON does.
    BROKEN_JSON = "page.broken_json"
    TRUNCATED = "page.truncated"
    NESTED_TOO_DEEPLY = "page.nested_too_deeply"
    NO_ENVELOPE = "page.no_envelope"
    #: An object without any property; some providers answer so for an unknown id.
    EMPTY_OBJECT = "page.empty_object"
    MISSING_ROOT_KEY = "page.missing_root_key"
    WRONG_ROOT_KEY = "page.wrong_root_key"
    NULL_ROOT = "page.null_root"
    WRONG_ROOT_TYPE = "page.wrong_root_type"
    ERROR_PAYLOAD = "page.error_payload"


class UnreadablePageError(SisConnectError):
    """A reply that should hold records cannot be read without a guess; nothing of it is used."""

    remedy = Remedy.FIX_SOURCE

    def __init__(self, reason: PageFault, what: str, *, fix: str, notices: tuple[StatusInfo, ...] = ()) -> None:
        """As the base class; `notices` is what the provider itself said of the request."""
        super().__init__(what, fix=fix)
        self.reason = reason
        self.notices = notices
