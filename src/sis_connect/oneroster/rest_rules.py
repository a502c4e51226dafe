"""Everything that can be wrong with a reply of a OneRoster 1.1 service: `page` and `json`.

Here: the rules, and the error made of one. A rule about a page refuses it: nothing of it can be read without a guess.
The rules about JSON name what was tolerated, so that a vendor can mend it. Rules about records are in `sync.check`,
those about whole pulls in `sis.rest`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.findings import Fixer, Rule, Severity
from sis_connect.oneroster.json_deviations import Deviation, PageFault, RecordFault, UnreadablePageError

if TYPE_CHECKING:
    from sis_connect.oneroster.status_info import StatusInfo


def _refusal(code: PageFault, title: str, fix: str, fixer: Fixer = Fixer.VENDOR) -> Rule:
    return Rule(code.value, Severity.ERROR, fixer, title, fix)


def _error(code: RecordFault, title: str, fix: str) -> Rule:
    return Rule(code.value, Severity.ERROR, Fixer.VENDOR, title, fix)


def _warning(code: Deviation, title: str, fix: str) -> Rule:
    return Rule(code.value, Severity.WARNING, Fixer.VENDOR, title, fix, strict=Severity.ERROR)


def _note(code: Deviation, title: str, fix: str) -> Rule:
    return Rule(code.value, Severity.NOTE, Fixer.VENDOR, title, fix, strict=Severity.ERROR)


#: Rules whose breach makes a reply unreadable.
REFUSALS = (
    _refusal(
        PageFault.EMPTY_BODY,
        "The reply is empty.",
        "Have the service answer an empty collection with an empty list under its root key.",
    ),
    _refusal(
        PageFault.HTML,
        "The reply is a web page, not JSON; often it is a sign-in or an error page.",
        "Check the base URL of the connection; if it is right, have the service answer with JSON.",
        Fixer.OPERATOR,
    ),
    _refusal(
        PageFault.NOT_UTF_8,
        "The reply is not in UTF-8.",
        "Have the service send its JSON in UTF-8.",
    ),
    _refusal(
        PageFault.NOT_JSON,
        "The reply is not JSON.",
        "Check the base URL of the connection; if it is right, have the service answer with JSON.",
    ),
    _refusal(
        PageFault.BROKEN_JSON,
        "The reply begins as JSON and offends its grammar further on.",
        "Have the vendor parse the page: often it is NaN, half of a surrogate pair, or a sign that was not escaped.",
    ),
    _refusal(
        PageFault.TRUNCATED,
        "The reply breaks off in the middle.",
        "Ask for smaller pages; if that does not help, have the vendor look for a limit of size or time.",
    ),
    _refusal(
        PageFault.NESTED_TOO_DEEPLY,
        "The reply holds values nested far deeper than any record of OneRoster.",
        "Have the vendor check what the service sends.",
    ),
    _refusal(
        PageFault.NO_ENVELOPE,
        "The reply has no root key: it is a bare list or value.",
        "Have the records put under the root key of the operation, for example {“users”: […]}.",
    ),
    _refusal(
        PageFault.EMPTY_OBJECT,
        "The reply is an empty object.",
        "Have the service answer 404 for an id it does not know, and an empty list under the root key for no records.",
    ),
    _refusal(
        PageFault.MISSING_ROOT_KEY,
        "The reply holds no records under any root key.",
        "Have the records put under the root key of the operation, also when there are none.",
    ),
    _refusal(
        PageFault.WRONG_ROOT_KEY,
        "The reply holds its records under a root key that does not belong to the operation.",
        "Have the records put under the root key of the operation: the name of the entity, not of the path.",
    ),
    _refusal(
        PageFault.NULL_ROOT,
        "The root key holds null, which tells no empty collection from one that could not be read.",
        "Have an empty collection answered with an empty list.",
    ),
    _refusal(
        PageFault.WRONG_ROOT_TYPE,
        "The root key holds neither records nor a record.",
        "Have the root key of a collection hold a list, and that of a single record an object.",
    ),
    _refusal(
        PageFault.ERROR_PAYLOAD,
        "The reply reports an error, though its HTTP status says success.",
        "Have errors answered with the HTTP status that the standard gives them.",
    ),
)

_FAULTS = (
    _error(
        RecordFault.NOT_AN_OBJECT,
        "A list of records holds something that is no object.",
        "Have every record sent as an object.",
    ),
    _error(RecordFault.NO_SOURCED_ID, "A record has no sourcedId.", "Have every record sent with its sourcedId."),
)

_ABOUT_REPLIES = (
    Rule(
        Deviation.BYTE_ORDER_MARK.value,
        Severity.NOTE,
        Fixer.VENDOR,
        "The reply begins with a byte-order mark, which was ignored.",
        "Have the JSON sent without it.",
    ),
    _note(
        Deviation.ALIAS_ROOT_KEY,
        "The root key is the name of the path; it should be that of the entity.",
        "Have the records put under the entity's name: users for students, orgs for schools, and so on.",
    ),
    _warning(
        Deviation.OTHER_ROOT_KEY,
        "The root key is neither the entity's name nor its alias; it was recognised by its spelling or by the path.",
        "Have the records put under the root key of the operation.",
    ),
    _note(
        Deviation.EXTRA_ROOT_PROPERTY,
        "The reply has a property beside its root key that OneRoster 1.1 does not know; it was not read.",
        "Have totals and links sent as the headers X-Total-Count and Link.",
    ),
    _note(
        Deviation.UNKNOWN_PROPERTY,
        "Records have a property that OneRoster 1.1 does not know; it was not read.",
        "Have extra properties put into metadata.",
    ),
    _note(
        Deviation.OTHER_NAME,
        "A property has the name of OneRoster 1.0 or of CSV, or another case; it was read under its name of 1.1.",
        "Have the property named as OneRoster 1.1 does in JSON.",
    ),
    _warning(
        Deviation.ROLES_OF_1_2,
        "Users have the roles of OneRoster 1.2; the primary one was taken, and the orgs of all.",
        "Have the service send role and orgs, as OneRoster 1.1 does.",
    ),
)

_ABOUT_VALUES = (
    _note(
        Deviation.NULL,
        "A property without a value is null; it was taken as absent.",
        "Have properties without a value left out, and empty lists sent as [].",
    ),
    _note(
        Deviation.BOOLEAN_FOR_STRING,
        "A property holds a JSON boolean where the standard has a text.",
        "Have it sent as “true” or “false”, in quotes.",
    ),
    _note(
        Deviation.NUMBER_FOR_STRING,
        "A property holds a JSON number where the standard has a text.",
        "Have it sent in quotes; ids and years are texts.",
    ),
    _note(
        Deviation.STRING_FOR_NUMBER,
        "A property holds a text where the standard has a JSON number.",
        "Have it sent without quotes.",
    ),
    _note(
        Deviation.SCALAR_FOR_LIST,
        "A property holds a single value where the standard has a list; commas in it were taken to separate items.",
        "Have it sent as a list, also when there is one item or none.",
    ),
    _note(
        Deviation.OBJECT_FOR_LIST,
        "A property holds an object where the standard has a list; it was taken for a list of one.",
        "Have it sent as a list, also when there is one item.",
    ),
    _note(
        Deviation.LIST_FOR_ONE,
        "A property holds a list of one or none where the standard has a single value.",
        "Have the value sent by itself.",
    ),
    _warning(
        Deviation.SEPARATOR_IN_ITEM,
        "An item of a list holds a comma, which separates items; it counts as several.",
        "Have commas left out of the items of lists.",
    ),
    _note(
        Deviation.BARE_REFERENCE,
        "A reference is a bare id.",
        "Have references sent as objects with href, sourcedId and type.",
    ),
    _note(
        Deviation.EMPTY_REFERENCE,
        "A reference refers to nothing; it was taken as absent.",
        "Have references to nothing left out.",
    ),
    _note(Deviation.REFERENCE_WITHOUT_HREF, "A reference has no href.", "Have references sent with their href."),
    _note(
        Deviation.REFERENCE_HREF,
        "The href of a reference is no absolute address; it was not used.",
        "Have href hold the whole address of the record.",
    ),
    _note(Deviation.REFERENCE_WITHOUT_TYPE, "A reference has no type.", "Have references sent with their type."),
    _note(
        Deviation.REFERENCE_TYPE,
        "The type of a reference is not that of its property; the property counted.",
        "Have type hold the standard's word, in its case: org also for schools.",
    ),
    _note(
        Deviation.METADATA_NOT_AN_OBJECT,
        "The metadata of records is a list or a text where the standard has an object.",
        "Have metadata sent as an object, or left out.",
    ),
    _warning(
        Deviation.UNREADABLE_VALUE,
        "A property holds something that the standard does not allow there and that has no clear meaning.",
        "Have the property sent as the standard says; it was taken as absent.",
    ),
    Rule(
        Deviation.PASSWORDS_DROPPED.value,
        Severity.NOTE,
        Fixer.DISTRICT,
        "Users have passwords; they were not kept.",
        "Switch passwords off in the service: nobody needs them here.",
    ),
)

#: Every rule of the JSON reader.
RULES: tuple[Rule, ...] = (*REFUSALS, *_FAULTS, *_ABOUT_REPLIES, *_ABOUT_VALUES)

_REFUSALS_BY_CODE = MappingProxyType({rule.code: rule for rule in REFUSALS})


def unreadable(fault: PageFault, notices: tuple[StatusInfo, ...] = ()) -> UnreadablePageError:
    """The error of a refusing rule; `notices` is what the provider itself said."""
    rule = _REFUSALS_BY_CODE[fault.value]
    return UnreadablePageError(fault, rule.title, fix=rule.fix, notices=notices)
