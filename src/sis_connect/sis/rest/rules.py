"""Everything that can be wrong with a SIS read over REST as a service: `rest` codes, about protocol and completeness.

Here: the rules, and the refusal made of one. A rule marked as refusing ends the pull: what was received cannot be
proven to be everything, and a pull is complete or it is nothing. What JSON says oddly is in `oneroster.rest_rules`,
what a record says wrongly in `sync.check`.
"""

from __future__ import annotations

from types import MappingProxyType

from sis_connect.errors import PullRefusedError
from sis_connect.findings import Fixer, Rule, Severity
from sis_connect.oneroster.operations import BASE_PATH
from sis_connect.oneroster.schema import ONEROSTER_VERSION
from sis_connect.sis.rest.paging.metadata import LONGEST_NAME, MOST_NAMES

_ASK_FOR_ORDER = "Have sort=sourcedId honoured"


def _refusal(code: str, title: str, fix: str, fixer: Fixer = Fixer.VENDOR) -> Rule:
    return Rule(code, Severity.ERROR, fixer, title, fix)


def _warning(code: str, title: str, fix: str, fixer: Fixer = Fixer.VENDOR) -> Rule:
    return Rule(code, Severity.WARNING, fixer, title, fix)


def _note(code: str, title: str, fix: str, fixer: Fixer = Fixer.VENDOR) -> Rule:
    return Rule(code, Severity.NOTE, fixer, title, fix)


#: Rules whose breach ends the pull with a `PullRefusedError`.
REFUSALS = (
    _refusal(
        "rest.rows_moved",
        "Rows changed their place while the collection was read, each time it was read, so some may be missing.",
        f"{_ASK_FOR_ORDER}, so that rows keep their order; until then, pull when nobody works in the SIS.",
    ),
    _refusal(
        "rest.page_repeats",
        "The SIS answers with a page it gave before, so nothing tells whether more rows follow.",
        "Have offset honoured, and beyond the last row an empty page given; X-Total-Count on every page helps too.",
    ),
    _refusal(
        "rest.page_vanished",
        "A page is empty or not found where a row was given before.",
        "Have offset and limit honoured on every page; the same rows must be found at the same place.",
    ),
    _refusal(
        "rest.total_not_reached",
        "The SIS gives fewer rows than its X-Total-Count promises.",
        "Have the missing rows given or the header corrected; if it counts rows this sign-in may not see, the total "
        "can be disregarded for this connection.",
    ),
    _refusal(
        "rest.links_go_round",
        "The link to the next page leads to a page that was read before.",
        "Have the Link header corrected, or offset honoured.",
    ),
    _refusal(
        "rest.records_repeat",
        "Records come twice, and other ones each time the collection is read, so some may be missing.",
        f"{_ASK_FOR_ORDER}, so that every row has one place.",
    ),
    _refusal(
        "rest.too_many_records",
        "The collection does not end where any roster would.",
        "Have offset honoured; a very large district can be given higher limits.",
    ),
    _refusal(
        "rest.collection_refused",
        "The SIS does not give a collection without which there is no roster, nor what it could be derived from.",
        "Have this sign-in allowed to read the collection, and the endpoint served.",
        Fixer.DISTRICT,
    ),
    _refusal(
        "rest.no_schools",
        "What must be read school by school cannot be: no organisation is a school.",
        "Have the schools released to this sign-in with type school, or have whole collections served.",
        Fixer.DISTRICT,
    ),
    _refusal(
        "rest.empty_but_referred_to",
        "A collection is empty although records of others refer to it.",
        "Check which school year and which data are released to this sign-in; have the collection filled.",
        Fixer.DISTRICT,
    ),
    _refusal(
        "rest.other_version",
        f"The address is that of another version of OneRoster; SIS Connect speaks {ONEROSTER_VERSION}.",
        f"Ask the SIS vendor for the address of OneRoster {ONEROSTER_VERSION}, which usually ends with {BASE_PATH}.",
        Fixer.OPERATOR,
    ),
    _refusal(
        "rest.nothing_given",
        "Every collection is empty.",
        "Check which school year and which schools are released to this sign-in.",
        Fixer.DISTRICT,
    ),
)

_FINDINGS = (
    _note(
        "rest.total_missing",
        "Pages come without X-Total-Count.",
        "Have the header sent with every page: it spares a request and proves that nothing is missing.",
    ),
    _warning(
        "rest.total_wrong",
        "X-Total-Count is not the number of rows.",
        "Have the header say how many rows match, on every page.",
    ),
    _note(
        "rest.limit_clamped",
        "Pages hold fewer rows than were asked for.",
        "Nothing needs to be done; set the page size to what the SIS gives.",
        Fixer.OPERATOR,
    ),
    _note(
        "rest.blanks_around_ids",
        "Ids have blanks around them, as this SIS is known for; they were taken off.",
        "Nothing needs to be done; have ids given out without blanks when they are changed anyway.",
        Fixer.VENDOR,
    ),
    _note(
        "rest.changed_while_read",
        "Rows were added or removed while the collection was read; it was read on from before that place.",
        "Nothing needs to be done; pull when nobody works in the SIS if this is frequent.",
        Fixer.OPERATOR,
    ),
    _warning(
        "rest.read_again",
        "The collection did not add up and was read again from its start.",
        f"{_ASK_FOR_ORDER}, and X-Total-Count and offset kept exact.",
    ),
    _note(
        "rest.not_found_at_end",
        "Beyond the last row the SIS answers 404.",
        "Have an empty list given with status 200.",
    ),
    _note(
        "rest.not_in_order",
        "Rows do not come in the order of their sourcedId though that was asked for.",
        f"{_ASK_FOR_ORDER}.",
    ),
    _note(
        "rest.links_without_offset",
        "Pages are reached by links that have no offset, so rows that move while they are read cannot be noticed.",
        "Have offset honoured and named in the links.",
    ),
    _warning(
        "rest.link_elsewhere",
        "The link to the next page leads to another address; it was not followed.",
        "Have links name the address under which the SIS is called.",
    ),
    _warning(
        "rest.link_too_long",
        "The Link header is far longer than any address; it was not read.",
        "Have the header hold the addresses of the pages around this one and nothing else.",
    ),
    _warning(
        "rest.duplicate_records",
        "The collection holds records with the same sourcedId.",
        "Have every sourcedId given once.",
    ),
    _note(
        "rest.sort_refused",
        "The SIS refuses requests that ask for an order.",
        f"{_ASK_FOR_ORDER}; every collection must support it.",
    ),
    _note(
        "rest.fields_refused",
        "The SIS refuses requests that name the fields they need.",
        "Have the parameter fields honoured; every collection must support it.",
    ),
    _note(
        "rest.sort_unsupported",
        "The SIS says beside the records that it cannot put them in the order that was asked for.",
        f"{_ASK_FOR_ORDER}; every collection must support it.",
    ),
    _note(
        "rest.fields_unsupported",
        "The SIS says beside the records that it cannot choose the fields that were asked for.",
        "Have the parameter fields honoured; every collection must support it.",
    ),
    _note(
        "rest.warning_given",
        "The SIS sends a warning beside the records; they were read all the same.",
        "Have the vendor look at what the service warns of.",
    ),
    _note(
        "rest.fields_ignored",
        "The SIS sends fields that were not asked for; they were dropped.",
        "Have the parameter fields honoured, so that no data travel that nobody needs.",
    ),
    _warning(
        "rest.too_much_metadata",
        f"Metadata have more than {MOST_NAMES} different names; those that come first in the alphabet were kept.",
        "Have metadata named after what they are, not after whom they are about.",
    ),
    _note(
        "rest.metadata_dropped",
        f"Metadata have a name of more than {LONGEST_NAME} characters; they were not read.",
        "Have metadata named after what they are.",
    ),
    _warning(
        "rest.endpoint_missing",
        "The SIS does not give this collection; it was put together from others.",
        "Have this sign-in allowed to read the collection, and the endpoint served.",
    ),
    _warning(
        "rest.only_schools",
        "Only schools could be read, no districts and departments.",
        "Have this sign-in allowed to read /orgs.",
    ),
    _warning(
        "rest.only_terms",
        "Only terms and grading periods could be read, no semesters and school years.",
        "Have this sign-in allowed to read /academicSessions.",
    ),
    _warning(
        "rest.only_students_and_teachers",
        "Only students, teachers and people whom others refer to could be read, no further administrators and aides.",
        "Have this sign-in allowed to read /users.",
    ),
    _warning(
        "rest.filter_refused",
        "The SIS refuses to give only what changed; the collection was read as a whole.",
        "Have filter=dateLastModified>'…' honoured; every collection must support it.",
    ),
    _warning(
        "rest.filter_ignored",
        "The SIS gives what did not change when asked for what changed; the collection was read as a whole.",
        "Have filter=dateLastModified>'…' honoured; every collection must support it.",
    ),
    _warning(
        "rest.only_courses_of_schools",
        "Only courses that belong to a school could be read, none that belong to the district.",
        "Have this sign-in allowed to read /courses.",
    ),
    _warning(
        "rest.school_not_found",
        "The SIS knows nothing of this kind below a school; it was taken for empty.",
        "Have an empty list given with status 200.",
    ),
    _warning(
        "rest.kind_differs",
        "Records come in a list of another kind than they say themselves; what they say counts.",
        "Have /students, /teachers, /schools, /terms and /gradingPeriods give records of that kind only.",
    ),
    _warning(
        "rest.versions_differ",
        "One record came in several lists with different content; the one changed last was used.",
        "Nothing needs to be done if it was edited meanwhile; else have every list give the same record.",
    ),
    _warning(
        "rest.collection_empty",
        "The collection is empty.",
        "Check which data are released to this sign-in, if there should be any.",
        Fixer.DISTRICT,
    ),
    _warning(
        "rest.collection_not_given",
        "The SIS does not give this optional collection.",
        "Have this sign-in allowed to read it, or do not ask for it.",
        Fixer.DISTRICT,
    ),
)

#: Every rule of the REST reader about the service as a whole.
RULES: tuple[Rule, ...] = (*REFUSALS, *_FINDINGS)

_REFUSALS_BY_CODE = MappingProxyType({rule.code: rule for rule in REFUSALS})


def refusal(code: str, *, where: str = "", because: str = "") -> PullRefusedError:
    """The error of a refusing rule; `because` adds a sentence about this pull."""
    rule = _REFUSALS_BY_CODE[code]
    return PullRefusedError(code, f"{rule.title} {because}".strip(), where=where, fix=rule.fix)
