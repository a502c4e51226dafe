"""Rows about how a collection is cut into pages: limits, totals, links, places, and changes in between."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.sandbox.sis.hostile import changing, paging
from sis_connect.sandbox.sis.hostile.scenario import Theme
from sis_connect.sandbox.sis.hostile.table.row import CLIENTS, FEARED, SEEN, STANDARD, row
from sis_connect.sandbox.sis.hostile.terms import all_of

if TYPE_CHECKING:
    from sis_connect.sandbox.sis.hostile.table.row import Rows

ROWS: Rows = MappingProxyType(
    {
        Theme.LIMITS: (
            row("limit_clamped", SEEN, paging.limit_clamped, "Gives {rows} rows at most.", rows=7),
            row(
                "limit_clamped_without_total",
                CLIENTS,
                paging.in_silence(paging.limit_clamped),
                "Gives {rows} rows at most, and neither a total nor links.",
                rows=7,
            ),
            row("one_row_at_a_time", FEARED, paging.limit_clamped, "Gives one row at a time.", rows=1),
            row("limit_ignored", SEEN, paging.limit_ignored, "Gives all rows from the offset on."),
            row("pages_short", CLIENTS, paging.pages_short, "Gives some rows of each page, at least one."),
            row(
                "pages_short_without_total",
                CLIENTS,
                paging.in_silence(paging.pages_short),
                "Gives some rows of each page, and neither a total nor links.",
            ),
        ),
        Theme.TOTALS: (
            row("total_missing", SEEN, paging.total_missing, "Sends no X-Total-Count."),
            row("total_of_the_page", SEEN, paging.total_of_the_page, "Counts the rows of the page only."),
            row("total_halved", FEARED, paging.total_halved, "Counts half of the rows."),
            row("total_unfiltered", SEEN, paging.total_too_large, "Counts {rows} rows that it does not show.", rows=12),
        ),
        Theme.LINKS: (
            row("links_missing", SEEN, paging.links_missing, "Sends no links."),
            row("links_off_by_one", SEEN, paging.links_off_by_one, "Links one row too far."),
            row("links_to_another_host", SEEN, paging.links_to_another_host, "Links to a host of its own net."),
            row(
                "links_of_another_scheme",
                SEEN,
                paging.links_of_another_scheme,
                "Links to http where it is called over https, or the other way round.",
            ),
            row(
                "links_without_the_query",
                SEEN,
                paging.links_without_the_query,
                "Leaves filter, sort and fields out of its links.",
            ),
            row("links_with_cursors", SEEN, paging.links_with_cursors, "Pages by cursors that only its links name."),
            row("links_that_go_round", FEARED, paging.links_that_go_round, "Links to one page again and again."),
            row(
                "link_header_too_long",
                FEARED,
                paging.link_header_too_long,
                "Sends a Link header of {kilobytes} kilobytes.",
                kilobytes=40,
            ),
        ),
        Theme.PLACES: (
            row(
                "page_empty_once",
                FEARED,
                paging.page_empty,
                "Gives an empty page {page}, the first time.",
                page=3,
                times=1,
            ),
            row("page_empty", FEARED, paging.page_empty, "Gives an empty page {page}.", page=3, times=0),
            row(
                "page_empty_without_total",
                FEARED,
                paging.in_silence(paging.page_empty),
                "Gives an empty page {page}, and neither a total nor links.",
                page=3,
                times=0,
            ),
            row("offset_ignored", SEEN, paging.offset_ignored, "Gives the first page whatever the offset."),
            row(
                "offset_ignored_without_total",
                SEEN,
                paging.in_silence(paging.offset_ignored),
                "Gives the first page whatever the offset, and neither a total nor links.",
            ),
            row(
                "offset_ignored_with_total_of_the_page",
                FEARED,
                all_of(paging.total_of_the_page, paging.links_missing, paging.offset_ignored),
                "Gives the first page whatever the offset, and counts its rows only.",
            ),
            row(
                "first_page_only",
                FEARED,
                all_of(paging.total_of_the_page, paging.links_missing, paging.offset_ignored, paging.limit_clamped),
                "Gives the first {rows} rows whatever the offset, and counts no more.",
                rows=15,
            ),
            row(
                "offset_counts_pages",
                STANDARD,
                all_of(paging.total_missing, paging.offset_counts_pages),
                "Takes the offset for the number of a page.",
            ),
            row("pages_overlap", SEEN, paging.pages_overlap, "Begins each page one row early."),
            row("pages_skip_a_row", SEEN, paging.pages_skip_a_row, "Begins each page one row late."),
            row(
                "last_page_for_ever", SEEN, paging.last_page_for_ever, "Gives the last page again beyond the last row."
            ),
            row(
                "last_page_for_ever_without_total",
                SEEN,
                paging.in_silence(paging.last_page_for_ever),
                "Gives the last page again beyond the last row, and neither a total nor links.",
            ),
            row("not_found_at_end", SEEN, paging.not_found_at_end, "Answers 404 beyond the last row."),
            row("sort_ignored", SEEN, paging.sort_ignored, "Gives rows in an order of its own."),
            row("order_unstable", SEEN, paging.order_unstable, "Gives rows in another order for each page."),
            row(
                "order_unstable_without_total",
                SEEN,
                all_of(paging.total_missing, paging.order_unstable),
                "Gives rows in another order for each page, and no total.",
            ),
            row(
                "page_repeated_once",
                FEARED,
                paging.page_repeated,
                "Gives page {page} what the page before it has, the first time.",
                page=3,
                times=1,
            ),
            row(
                "page_repeated",
                FEARED,
                paging.page_repeated,
                "Gives page {page} what the page before it has.",
                page=3,
                times=0,
            ),
            row(
                "page_repeated_without_total",
                FEARED,
                paging.in_silence(paging.page_repeated),
                "Gives page {page} what the page before it has, and neither a total nor links.",
                page=3,
                times=0,
            ),
        ),
        Theme.CHANGES: (
            row(
                "rows_deleted",
                CLIENTS,
                changing.rows_deleted,
                "Loses a row that was read already, between two pages, {changes} times.",
                changes=3,
            ),
            row(
                "rows_inserted",
                CLIENTS,
                changing.rows_inserted,
                "Gets a row before those that were read, between two pages, {changes} times.",
                changes=3,
            ),
            row(
                "rows_come_and_go",
                CLIENTS,
                changing.rows_come_and_go,
                "Loses a row and gets another, so that the total stays, between two pages, {changes} times.",
                changes=3,
            ),
            row(
                "rows_deleted_in_no_order",
                CLIENTS,
                changing.rows_deleted_in_no_order,
                "Loses a row between two pages, {changes} times, and gives rows in an order of its own.",
                changes=2,
            ),
            row(
                "ids_renamed",
                FEARED,
                changing.ids_renamed,
                "Writes a zero before the ids of enrollments from page {page} on.",
                page=3,
            ),
            row(
                "rows_always_change",
                FEARED,
                changing.rows_deleted_in_no_order,
                "Loses a row between any two pages, and gives rows in an order of its own.",
                changes=1_000,
            ),
        ),
    }
)
