"""The table of hostile scenarios: everything that providers were seen to do, or can be feared to do, by name.

Each row says what the provider does and where that was learned; what it does is made in `hostile`. A scenario is
chosen for one request by a header or for the whole provider (`hostile.choosing`), and is the same for the same seed.
A test shows for each row what the consumer makes of it, and the documentation is made from those answers.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.sandbox.sis.hostile import changing, feeds, paging, refusing, replies, values
from sis_connect.sandbox.sis.hostile.scenario import Origin, Scenario, Theme
from sis_connect.sandbox.sis.hostile.terms import all_of
from sis_connect.sandbox.sis.settings import ExpiresIn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.sandbox.sis.hostile.feeds import Prepare
    from sis_connect.sandbox.sis.hostile.terms import MakeLayer

_SEEN, _STANDARD, _CLIENTS, _DISTRICTS, _FEARED = Origin


def _row(  # noqa: PLR0917 -- the columns of a table
    name: str,
    origin: Origin,
    layer: MakeLayer | None,
    does: str,
    prepare: Prepare | None = None,
    expires_in: ExpiresIn | None = None,
    **numbers: int,
) -> Callable[[Theme], Scenario]:
    """A row that does not know yet under which theme it stands."""
    return lambda theme: Scenario(name, theme, does, origin, layer, prepare, expires_in, MappingProxyType(numbers))


_whole_district_refused = refusing.operations_refused(
    403, "getAllClasses", "getAllUsers", "getAllStudents", "getAllTeachers", "getAllEnrollments"
)

_ROWS: Mapping[Theme, tuple[Callable[[Theme], Scenario], ...]] = {
    Theme.LIMITS: (
        _row("limit_clamped", _SEEN, paging.limit_clamped, "Gives {rows} rows at most.", rows=7),
        _row(
            "limit_clamped_without_total",
            _CLIENTS,
            paging.in_silence(paging.limit_clamped),
            "Gives {rows} rows at most, and neither a total nor links.",
            rows=7,
        ),
        _row("one_row_at_a_time", _FEARED, paging.limit_clamped, "Gives one row at a time.", rows=1),
        _row("limit_ignored", _SEEN, paging.limit_ignored, "Gives all rows from the offset on."),
        _row("pages_short", _CLIENTS, paging.pages_short, "Gives some rows of each page, at least one."),
        _row(
            "pages_short_without_total",
            _CLIENTS,
            paging.in_silence(paging.pages_short),
            "Gives some rows of each page, and neither a total nor links.",
        ),
    ),
    Theme.TOTALS: (
        _row("total_missing", _SEEN, paging.total_missing, "Sends no X-Total-Count."),
        _row("total_of_the_page", _SEEN, paging.total_of_the_page, "Counts the rows of the page only."),
        _row("total_halved", _FEARED, paging.total_halved, "Counts half of the rows."),
        _row("total_unfiltered", _SEEN, paging.total_too_large, "Counts {rows} rows that it does not show.", rows=12),
    ),
    Theme.LINKS: (
        _row("links_missing", _SEEN, paging.links_missing, "Sends no links."),
        _row("links_off_by_one", _SEEN, paging.links_off_by_one, "Links one row too far."),
        _row("links_to_another_host", _SEEN, paging.links_to_another_host, "Links to a host of its own net."),
        _row(
            "links_of_another_scheme",
            _SEEN,
            paging.links_of_another_scheme,
            "Links to http where it is called over https, or the other way round.",
        ),
        _row(
            "links_without_the_query",
            _SEEN,
            paging.links_without_the_query,
            "Leaves filter, sort and fields out of its links.",
        ),
        _row("links_with_cursors", _SEEN, paging.links_with_cursors, "Pages by cursors that only its links name."),
        _row("links_that_go_round", _FEARED, paging.links_that_go_round, "Links to one page again and again."),
    ),
    Theme.PLACES: (
        _row(
            "page_empty_once",
            _FEARED,
            paging.page_empty,
            "Gives an empty page {page}, the first time.",
            page=3,
            times=1,
        ),
        _row("page_empty", _FEARED, paging.page_empty, "Gives an empty page {page}.", page=3, times=0),
        _row(
            "page_empty_without_total",
            _FEARED,
            paging.in_silence(paging.page_empty),
            "Gives an empty page {page}, and neither a total nor links.",
            page=3,
            times=0,
        ),
        _row("offset_ignored", _SEEN, paging.offset_ignored, "Gives the first page whatever the offset."),
        _row(
            "offset_ignored_without_total",
            _SEEN,
            paging.in_silence(paging.offset_ignored),
            "Gives the first page whatever the offset, and neither a total nor links.",
        ),
        _row(
            "offset_ignored_with_total_of_the_page",
            _FEARED,
            all_of(paging.total_of_the_page, paging.links_missing, paging.offset_ignored),
            "Gives the first page whatever the offset, and counts its rows only.",
        ),
        _row(
            "first_page_only",
            _FEARED,
            all_of(paging.total_of_the_page, paging.links_missing, paging.offset_ignored, paging.limit_clamped),
            "Gives the first {rows} rows whatever the offset, and counts no more.",
            rows=15,
        ),
        _row(
            "offset_counts_pages",
            _STANDARD,
            all_of(paging.total_missing, paging.offset_counts_pages),
            "Takes the offset for the number of a page.",
        ),
        _row("pages_overlap", _SEEN, paging.pages_overlap, "Begins each page one row early."),
        _row("pages_skip_a_row", _SEEN, paging.pages_skip_a_row, "Begins each page one row late."),
        _row("last_page_for_ever", _SEEN, paging.last_page_for_ever, "Gives the last page again beyond the last row."),
        _row(
            "last_page_for_ever_without_total",
            _SEEN,
            paging.in_silence(paging.last_page_for_ever),
            "Gives the last page again beyond the last row, and neither a total nor links.",
        ),
        _row("not_found_at_end", _SEEN, paging.not_found_at_end, "Answers 404 beyond the last row."),
        _row("sort_ignored", _SEEN, paging.sort_ignored, "Gives rows in an order of its own."),
        _row("order_unstable", _SEEN, paging.order_unstable, "Gives rows in another order for each page."),
        _row(
            "order_unstable_without_total",
            _SEEN,
            all_of(paging.total_missing, paging.order_unstable),
            "Gives rows in another order for each page, and no total.",
        ),
    ),
    Theme.CHANGES: (
        _row(
            "rows_deleted",
            _CLIENTS,
            changing.rows_deleted,
            "Loses a row that was read already, between two pages, {changes} times.",
            changes=3,
        ),
        _row(
            "rows_inserted",
            _CLIENTS,
            changing.rows_inserted,
            "Gets a row before those that were read, between two pages, {changes} times.",
            changes=3,
        ),
        _row(
            "rows_come_and_go",
            _CLIENTS,
            changing.rows_come_and_go,
            "Loses a row and gets another, so that the total stays, between two pages, {changes} times.",
            changes=3,
        ),
        _row(
            "rows_deleted_in_no_order",
            _CLIENTS,
            changing.rows_deleted_in_no_order,
            "Loses a row between two pages, {changes} times, and gives rows in an order of its own.",
            changes=2,
        ),
        _row(
            "rows_always_change",
            _FEARED,
            changing.rows_deleted_in_no_order,
            "Loses a row between any two pages, and gives rows in an order of its own.",
            changes=1_000,
        ),
    ),
    Theme.SIGN_IN: (
        _row("token_ends", _SEEN, refusing.token_ends, "Takes no token for more than {requests} requests.", requests=9),
        _row(
            "token_without_expires_in",
            _SEEN,
            refusing.token_ends,
            "Does not say when a token ends, and takes none for more than {requests} requests.",
            expires_in=ExpiresIn.MISSING,
            requests=9,
        ),
    ),
    Theme.SERVICE: (
        _row(
            "too_many_requests",
            _DISTRICTS,
            refusing.not_now(429, tells_when=True),
            "Answers every page first with 429 and a wait of {seconds} seconds.",
            times=1,
            seconds=30,
        ),
        _row(
            "too_many_requests_untold",
            _DISTRICTS,
            refusing.not_now(429, tells_when=False),
            "Answers every page first with 429, and does not say how long to wait.",
            times=2,
            seconds=0,
        ),
        _row(
            "too_many_requests_for_ever",
            _DISTRICTS,
            refusing.not_now(429, tells_when=True),
            "Answers nothing but 429.",
            times=0,
            seconds=30,
        ),
        _row(
            "unavailable",
            _SEEN,
            refusing.not_now(503, tells_when=False),
            "Answers every page first with 503.",
            times=1,
            seconds=0,
        ),
        _row(
            "server_error_on_page_once",
            _SEEN,
            refusing.server_error_on_page,
            "Answers page {page} first with 500.",
            page=7,
            times=1,
        ),
        _row(
            "server_error_on_page",
            _SEEN,
            refusing.server_error_on_page,
            "Answers page {page} with 500.",
            page=7,
            times=0,
        ),
        _row(
            "large_pages_fail",
            _SEEN,
            refusing.large_pages_fail,
            "Answers pages of more than {rows} rows with 504.",
            rows=30,
        ),
        _row("slow_drip", _SEEN, replies.slow_drip, "Sends every page in {pieces} pieces.", pieces=20, milliseconds=1),
        _row("endless_drip", _FEARED, replies.endless_drip, "Begins a page and never ends it.", milliseconds=1),
        _row(
            "connection_cut_once",
            _SEEN,
            replies.connection_cut,
            "Ends the connection in the middle of page {page}, the first time.",
            page=2,
            times=1,
        ),
        _row(
            "connection_cut",
            _SEEN,
            replies.connection_cut,
            "Ends the connection in the middle of page {page}.",
            page=2,
            times=0,
        ),
        _row("no_answer", _SEEN, replies.no_answer, "Ends the connection before the first answer.", times=1),
    ),
    Theme.ENDPOINTS: (
        _row(
            "endpoints_missing",
            _SEEN,
            refusing.operations_refused(404, "getAllOrgs", "getAllAcademicSessions", "getAllUsers", "getAllClasses"),
            "Has no /orgs, /academicSessions, /users and /classes.",
        ),
        _row(
            "whole_district_refused",
            _SEEN,
            _whole_district_refused,
            "Gives classes, people and enrollments below one school at a time only.",
        ),
        _row(
            "enrollments_refused",
            _DISTRICTS,
            refusing.operations_refused(403, "getAllEnrollments", "getEnrollmentsForSchool"),
            "Gives no enrollments to this sign-in.",
        ),
        _row("sort_refused", _SEEN, paging.parameters_refused("sort"), "Answers 400 to sort."),
        _row("fields_refused", _SEEN, paging.parameters_refused("fields"), "Answers 400 to fields."),
        _row(
            "fields_ignored",
            _SEEN,
            all_of(values.passwords_sent, paging.parameters_ignored("fields")),
            "Sends all fields whatever was asked for, passwords too.",
        ),
        _row("filter_ignored", _SEEN, paging.parameters_ignored("filter"), "Gives all rows to any filter."),
        _row("redirected_nearby", _SEEN, refusing.redirected_nearby, "Redirects to another address of its own."),
        _row("redirected_elsewhere", _FEARED, refusing.redirected_elsewhere, "Redirects to another host."),
    ),
    Theme.REPLIES: (
        _row("web_page_once", _SEEN, replies.web_page, "Answers page {page} first with a web page.", page=2, times=1),
        _row("web_page", _SEEN, replies.web_page, "Answers with a web page.", page=0, times=0),
        _row(
            "half_a_page_once",
            _SEEN,
            replies.half_a_page,
            "Answers page {page} first with half of its JSON.",
            page=2,
            times=1,
        ),
        _row("half_a_page", _SEEN, replies.half_a_page, "Answers page {page} with half of its JSON.", page=2, times=0),
        _row("empty_body", _SEEN, replies.empty_body, "Answers with nothing.", page=0, times=0),
        _row("empty_object", _SEEN, replies.empty_object, "Answers with an empty object.", page=0, times=0),
        _row("null_root", _SEEN, replies.null_root, "Has null under its root key.", page=0, times=0),
        _row(
            "null_root_at_end",
            _FEARED,
            replies.null_root,
            "Has null under the root key of page {page}.",
            page=2,
            times=0,
        ),
        _row("bare_list", _SEEN, replies.bare_list, "Sends rows without a root key.", page=0, times=0),
        _row(
            "failure_as_success",
            _SEEN,
            replies.failure_as_success,
            "Reports a failure with status 200 on page {page}.",
            page=2,
            times=0,
        ),
        _row("other_encoding", _FEARED, replies.other_encoding, "Sends UTF-16.", page=0, times=0),
        _row("byte_order_mark", _SEEN, replies.byte_order_mark, "Begins with a mark.", page=0, times=0),
        _row(
            "root_key_of_the_path",
            _SEEN,
            all_of(
                replies.root_key_of_the_path,
                refusing.operations_refused(404, "getAllUsers", "getAllOrgs", "getAllAcademicSessions"),
            ),
            "Has no /users, /orgs and /academicSessions, and names the root after the path, as in students.",
        ),
        _row("root_key_in_other_case", _SEEN, replies.root_key_in_other_case, "Writes the root key as Users."),
        _row("root_key_wrong", _SEEN, replies.root_key_wrong, "Has rows under a key of its own."),
        _row(
            "gzip_bomb",
            _FEARED,
            replies.gzip_bomb,
            "Sends a page that unpacks to {megabytes} megabytes.",
            megabytes=256,
        ),
    ),
    Theme.VALUES: (
        _row("booleans_as_json", _SEEN, values.booleans_as_json, "Sends JSON booleans."),
        _row("booleans_in_other_words", _SEEN, values.booleans_in_other_words, "Sends Y and FALSE for booleans."),
        _row("dates_as_moments", _SEEN, values.dates_as_moments, "Sends moments for dates."),
        _row("dates_month_first", _SEEN, values.dates_month_first, "Sends dates as 08/01/2026."),
        _row("moments_with_offsets", _SEEN, values.moments_with_offsets, "Sends moments with +00:00 for Z."),
        _row("words_in_capitals", _SEEN, values.words_in_capitals, "Sends STUDENT and a blank for student."),
        _row("texts_as_numbers", _SEEN, values.texts_as_numbers, "Sends numbers for texts of digits."),
        _row("ids_as_numbers", _SEEN, values.numbers_for_ids, "Sends numbers for ids.", feeds.ids_of_digits),
        _row("years_as_spans", _SEEN, values.years_as_spans, "Sends school years as 2026-2027."),
        _row("lists_as_text", _SEEN, values.lists_as_text, "Sends texts with commas for lists."),
        _row("lists_of_one_bare", _SEEN, values.lists_of_one_bare, "Sends the item for a list of one."),
        _row("nulls", _SEEN, values.nulls, "Sends null for everything that has no value."),
        _row("references_bare", _SEEN, values.references_bare, "Sends bare ids for references."),
        _row(
            "references_without_manners",
            _SEEN,
            values.references_without_manners,
            "Sends references without href and type.",
        ),
        _row(
            "references_of_the_path",
            _SEEN,
            values.references_of_the_path,
            "Sends references with half an address and a type in capitals.",
        ),
        _row("metadata_as_list", _SEEN, values.metadata_as_list, "Sends a list for metadata."),
        _row("unknown_properties", _SEEN, values.unknown_properties, "Sends properties of its own."),
        _row("names_of_csv", _SEEN, values.names_of_csv, "Names references as CSV does."),
        _row("users_of_1_2", _SEEN, values.users_of_1_2, "Sends users as OneRoster 1.2 has them."),
    ),
    Theme.FEEDS: (
        _row("without_status", _STANDARD, None, "Says nothing of status and changes.", feeds.without_status),
        _row(
            "inactive",
            _SEEN,
            None,
            "Calls {records} enrollments inactive, which have ended.",
            feeds.inactive,
            records=4,
        ),
        _row(
            "orphans",
            _DISTRICTS,
            None,
            "Has lost {students} students, whose enrollments are still there.",
            feeds.orphans,
            students=6,
        ),
        _row("records_twice", _SEEN, None, "Holds {records} enrollments twice.", feeds.records_twice, records=4),
        _row("id_shared", _SEEN, None, "Gives two students one id.", feeds.id_shared),
        _row(
            "ids_reused",
            _DISTRICTS,
            None,
            "Gives the ids of {students} students to others.",
            feeds.ids_reused,
            students=3,
        ),
        _row("ids_of_dots", _FEARED, None, "Has a student “.” and a class “..”.", feeds.ids_of_dots),
        _row("last_years_feed", _DISTRICTS, None, "Serves last year.", feeds.last_years_feed),
        _row(
            "changed_in_secret",
            _DISTRICTS,
            None,
            "Renames {students} students and leaves dateLastModified as it was.",
            feeds.changed_in_secret,
            students=4,
        ),
        _row(
            "students_missing_from_a_school",
            _DISTRICTS,
            None,
            "Has lost all students of one school.",
            feeds.students_missing_from_a_school,
        ),
        _row(
            "enrollments_empty",
            _DISTRICTS,
            None,
            "Has no enrollments: a header and nothing below it.",
            feeds.emptied("enrollments"),
        ),
        _row(
            "cut_short",
            _CLIENTS,
            paging.cut_short,
            "Ends every collection after {rows} rows, and counts no more.",
            rows=100,
        ),
        *(
            _row(
                f"{name}_of_a_school_not_found",
                _SEEN,
                all_of(_whole_district_refused, refusing.not_found_below_a_school),
                f"Refuses the whole district, and answers 404 for the {name} of one school.",
                operation=number,
            )
            for number, name in enumerate(("classes", "students", "teachers", "enrollments"))
        ),
        _row(
            "schools_of_another_type",
            _SEEN,
            _whole_district_refused,
            "Refuses the whole district, and calls its schools departments.",
            feeds.schools_called_departments,
        ),
        _row("users_empty", _DISTRICTS, None, "Has no people, and all else.", feeds.emptied("users")),
        _row(
            "all_empty",
            _DISTRICTS,
            None,
            "Has nothing at all.",
            feeds.emptied(*ROSTER_ENTITIES),
        ),
    ),
}

#: Every scenario by its name, in the order of the documentation.
SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {scenario.name: scenario for theme, rows in _ROWS.items() for scenario in (row(theme) for row in rows)}
)
