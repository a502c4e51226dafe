"""Rows about the service around the pages: sign-in, statuses, connections, endpoints and parameters."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.sandbox.sis.hostile import paging, refusing, replies, values
from sis_connect.sandbox.sis.hostile.scenario import Theme
from sis_connect.sandbox.sis.hostile.table.row import DISTRICTS, FEARED, SEEN, STANDARD, row
from sis_connect.sandbox.sis.hostile.terms import all_of
from sis_connect.sandbox.sis.settings import ExpiresIn

if TYPE_CHECKING:
    from sis_connect.sandbox.sis.hostile.table.row import Rows

ROWS: Rows = MappingProxyType(
    {
        Theme.SIGN_IN: (
            row(
                "token_ends", SEEN, refusing.token_ends, "Takes no token for more than {requests} requests.", requests=9
            ),
            row(
                "token_without_expires_in",
                SEEN,
                refusing.token_ends,
                "Does not say when a token ends, and takes none for more than {requests} requests.",
                expires_in=ExpiresIn.MISSING,
                requests=9,
            ),
        ),
        Theme.SERVICE: (
            row(
                "too_many_requests",
                DISTRICTS,
                refusing.not_now(429, tells_when=True),
                "Answers every page first with 429 and a wait of {seconds} seconds.",
                times=1,
                seconds=30,
            ),
            row(
                "too_many_requests_untold",
                DISTRICTS,
                refusing.not_now(429, tells_when=False),
                "Answers every page first with 429, and does not say how long to wait.",
                times=2,
                seconds=0,
            ),
            row(
                "too_many_requests_for_ever",
                DISTRICTS,
                refusing.not_now(429, tells_when=True),
                "Answers nothing but 429.",
                times=0,
                seconds=30,
            ),
            row(
                "unavailable",
                SEEN,
                refusing.not_now(503, tells_when=False),
                "Answers every page first with 503.",
                times=1,
                seconds=0,
            ),
            row(
                "server_error_on_page_once",
                SEEN,
                refusing.server_error_on_page,
                "Answers page {page} first with 500.",
                page=7,
                times=1,
            ),
            row(
                "server_error_on_page",
                SEEN,
                refusing.server_error_on_page,
                "Answers page {page} with 500.",
                page=7,
                times=0,
            ),
            row(
                "large_pages_fail",
                SEEN,
                refusing.large_pages_fail,
                "Answers pages of more than {rows} rows with 504.",
                rows=30,
            ),
            row(
                "slow_drip", SEEN, replies.slow_drip, "Sends every page in {pieces} pieces.", pieces=20, milliseconds=1
            ),
            row("endless_drip", FEARED, replies.endless_drip, "Begins a page and never ends it.", milliseconds=1),
            row(
                "connection_cut_once",
                SEEN,
                replies.connection_cut,
                "Ends the connection in the middle of page {page}, the first time.",
                page=2,
                times=1,
            ),
            row(
                "connection_cut",
                SEEN,
                replies.connection_cut,
                "Ends the connection in the middle of page {page}.",
                page=2,
                times=0,
            ),
            row("no_answer", SEEN, replies.no_answer, "Ends the connection before the first answer.", times=1),
        ),
        Theme.ENDPOINTS: (
            row(
                "endpoints_missing",
                SEEN,
                refusing.operations_refused(
                    404, "getAllOrgs", "getAllAcademicSessions", "getAllUsers", "getAllClasses"
                ),
                "Has no /orgs, /academicSessions, /users and /classes.",
            ),
            row(
                "whole_district_refused",
                SEEN,
                refusing.whole_district_refused,
                "Gives classes, people and enrollments below one school at a time only.",
            ),
            row(
                "enrollments_refused",
                DISTRICTS,
                refusing.operations_refused(403, "getAllEnrollments", "getEnrollmentsForSchool"),
                "Gives no enrollments to this sign-in.",
            ),
            row("sort_refused", SEEN, paging.parameters_refused("sort"), "Answers 400 to sort."),
            row("fields_refused", SEEN, paging.parameters_refused("fields"), "Answers 400 to fields."),
            row(
                "fields_ignored",
                SEEN,
                all_of(values.passwords_sent, paging.parameters_ignored("fields")),
                "Sends all fields whatever was asked for, passwords too.",
            ),
            row("filter_ignored", SEEN, paging.parameters_ignored("filter"), "Gives all rows to any filter."),
            row("redirected_nearby", SEEN, refusing.redirected_nearby, "Redirects to another address of its own."),
            row("redirected_elsewhere", FEARED, refusing.redirected_elsewhere, "Redirects to another host."),
            row(
                "sort_unsupported",
                STANDARD,
                all_of(replies.sort_unsupported, paging.sort_ignored),
                "Gives rows in an order of its own, and says beside them that it cannot sort.",
            ),
            row("redirected_in_circles", FEARED, refusing.redirected_in_circles, "Redirects every page to itself."),
        ),
    }
)
