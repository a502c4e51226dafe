"""Rows about what a page holds: broken replies, values written in other ways, and feeds that are wrong themselves."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.sandbox.sis.hostile import feeds, paging, refusing, replies, values
from sis_connect.sandbox.sis.hostile.scenario import Theme
from sis_connect.sandbox.sis.hostile.table.row import CLIENTS, DISTRICTS, FEARED, SEEN, STANDARD, row
from sis_connect.sandbox.sis.hostile.terms import all_of

if TYPE_CHECKING:
    from sis_connect.sandbox.sis.hostile.table.row import Rows

ROWS: Rows = MappingProxyType(
    {
        Theme.REPLIES: (
            row("web_page_once", SEEN, replies.web_page, "Answers page {page} first with a web page.", page=2, times=1),
            row("web_page", SEEN, replies.web_page, "Answers with a web page.", page=0, times=0),
            row(
                "half_a_page_once",
                SEEN,
                replies.half_a_page,
                "Answers page {page} first with half of its JSON.",
                page=2,
                times=1,
            ),
            row(
                "half_a_page", SEEN, replies.half_a_page, "Answers page {page} with half of its JSON.", page=2, times=0
            ),
            row("empty_body", SEEN, replies.empty_body, "Answers with nothing.", page=0, times=0),
            row("empty_object", SEEN, replies.empty_object, "Answers with an empty object.", page=0, times=0),
            row("null_root", SEEN, replies.null_root, "Has null under its root key.", page=0, times=0),
            row(
                "null_root_at_end",
                FEARED,
                replies.null_root,
                "Has null under the root key of page {page}.",
                page=2,
                times=0,
            ),
            row("bare_list", SEEN, replies.bare_list, "Sends rows without a root key.", page=0, times=0),
            row(
                "failure_as_success",
                SEEN,
                replies.failure_as_success,
                "Reports a failure with status 200 on page {page}.",
                page=2,
                times=0,
            ),
            row("other_encoding", FEARED, replies.other_encoding, "Sends UTF-16.", page=0, times=0),
            row("byte_order_mark", SEEN, replies.byte_order_mark, "Begins with a mark.", page=0, times=0),
            row(
                "root_key_of_the_path",
                SEEN,
                all_of(
                    replies.root_key_of_the_path,
                    refusing.operations_refused(404, "getAllUsers", "getAllOrgs", "getAllAcademicSessions"),
                ),
                "Has no /users, /orgs and /academicSessions, and names the root after the path, as in students.",
            ),
            row("root_key_in_other_case", SEEN, replies.root_key_in_other_case, "Writes the root key as Users."),
            row("root_key_wrong", SEEN, replies.root_key_wrong, "Has rows under a key of its own."),
            row(
                "gzip_bomb",
                FEARED,
                replies.gzip_bomb,
                "Sends a page that unpacks to {megabytes} megabytes.",
                megabytes=256,
            ),
        ),
        Theme.VALUES: (
            row("booleans_as_json", SEEN, values.booleans_as_json, "Sends JSON booleans."),
            row("booleans_in_other_words", SEEN, values.booleans_in_other_words, "Sends Y and FALSE for booleans."),
            row("dates_as_moments", SEEN, values.dates_as_moments, "Sends moments for dates."),
            row("dates_month_first", SEEN, values.dates_month_first, "Sends dates as 08/01/2026."),
            row("moments_with_offsets", SEEN, values.moments_with_offsets, "Sends moments with +00:00 for Z."),
            row("words_in_capitals", SEEN, values.words_in_capitals, "Sends STUDENT and a blank for student."),
            row("texts_as_numbers", SEEN, values.texts_as_numbers, "Sends numbers for texts of digits."),
            row("ids_as_numbers", SEEN, values.numbers_for_ids, "Sends numbers for ids.", feeds.ids_of_digits),
            row("years_as_spans", SEEN, values.years_as_spans, "Sends school years as 2026-2027."),
            row("lists_as_text", SEEN, values.lists_as_text, "Sends texts with commas for lists."),
            row("lists_of_one_bare", SEEN, values.lists_of_one_bare, "Sends the item for a list of one."),
            row("nulls", SEEN, values.nulls, "Sends null for everything that has no value."),
            row("references_bare", SEEN, values.references_bare, "Sends bare ids for references."),
            row(
                "references_without_manners",
                SEEN,
                values.references_without_manners,
                "Sends references without href and type.",
            ),
            row(
                "references_of_the_path",
                SEEN,
                values.references_of_the_path,
                "Sends references with half an address and a type in capitals.",
            ),
            row("metadata_as_list", SEEN, values.metadata_as_list, "Sends a list for metadata."),
            row("unknown_properties", SEEN, values.unknown_properties, "Sends properties of its own."),
            row("names_of_csv", SEEN, values.names_of_csv, "Names references as CSV does."),
            row("users_of_1_2", SEEN, values.users_of_1_2, "Sends users as OneRoster 1.2 has them."),
            row(
                "properties_without_end",
                FEARED,
                values.properties_without_end,
                "Sends properties that are named after each record.",
            ),
            row(
                "metadata_without_end",
                FEARED,
                values.metadata_without_end,
                "Sends {names} metadata with each record that no other record has.",
                names=20,
            ),
        ),
        Theme.FEEDS: (
            row("without_status", STANDARD, None, "Says nothing of status and changes.", feeds.without_status),
            row(
                "inactive",
                SEEN,
                None,
                "Calls {records} enrollments inactive, which have ended.",
                feeds.inactive,
                records=4,
            ),
            row(
                "orphans",
                DISTRICTS,
                None,
                "Has lost {students} students, whose enrollments are still there.",
                feeds.orphans,
                students=6,
            ),
            row("records_twice", SEEN, None, "Holds {records} enrollments twice.", feeds.records_twice, records=4),
            row("id_shared", SEEN, None, "Gives two students one id.", feeds.id_shared),
            row(
                "ids_reused",
                DISTRICTS,
                None,
                "Gives the ids of {students} students to others.",
                feeds.ids_reused,
                students=3,
            ),
            row("ids_of_dots", FEARED, None, "Has a student “.” and a class “..”.", feeds.ids_of_dots),
            row("last_years_feed", DISTRICTS, None, "Serves last year.", feeds.last_years_feed),
            row(
                "changed_in_secret",
                DISTRICTS,
                None,
                "Renames {students} students and leaves dateLastModified as it was.",
                feeds.changed_in_secret,
                students=4,
            ),
            row(
                "students_missing_from_a_school",
                DISTRICTS,
                None,
                "Has lost all students of one school.",
                feeds.students_missing_from_a_school,
            ),
            row(
                "enrollments_empty",
                DISTRICTS,
                None,
                "Has no enrollments: a header and nothing below it.",
                feeds.emptied("enrollments"),
            ),
            row(
                "cut_short",
                CLIENTS,
                paging.cut_short,
                "Ends every collection after {rows} rows, and counts no more.",
                rows=100,
            ),
            *(
                row(
                    f"{name}_of_a_school_not_found",
                    SEEN,
                    all_of(refusing.whole_district_refused, refusing.not_found_below_a_school),
                    f"Refuses the whole district, and answers 404 for the {name} of one school.",
                    operation=number,
                )
                for number, name in enumerate(("classes", "students", "teachers", "enrollments"))
            ),
            row(
                "schools_of_another_type",
                SEEN,
                refusing.whole_district_refused,
                "Refuses the whole district, and calls its schools departments.",
                feeds.schools_called_departments,
            ),
            row("users_empty", DISTRICTS, None, "Has no people, and all else.", feeds.emptied("users")),
            row(
                "all_empty",
                DISTRICTS,
                None,
                "Has nothing at all.",
                feeds.emptied(*ROSTER_ENTITIES),
            ),
        ),
    }
)
