"""The endpoints of Schoology's REST API v1 that rosters need, one method each.

Lists are read to their end, bulk writes carry at most 50 objects and answer item by item. A write whose answer cannot
be read raises OutcomeUnknownError: it was carried out, at least in part. Not here: what is written when (`target`),
how replies are built (`replies`), retries and credits (`transport`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import MalformedReplyError, OutcomeUnknownError
from sis_connect.schoology.records import (
    Account,
    Building,
    CatalogCourse,
    GradingPeriod,
    Member,
    Role,
    Row,
    Section,
    identity,
    text,
)
from sis_connect.schoology.replies import Item, Page, decode, parse_csv, parse_items, parse_page, read_pages
from sis_connect.transport.client import RequestRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sis_connect.transport.client import HttpClient, Reply

#: Objects a bulk call takes (Design & Architecture page).
BULK_LIMIT = 50
#: The largest page seen in production; the documented cap is unknown and the default is 20.
PAGE_SIZE = 200
_NO_CONTENT = 204
_NOT_FOUND = 404
_EXPORT_COLUMNS = ("uid", "school_uid", "name_first", "name_last")

Parameters = dict[str, str | int]


class SchoologyClient:
    """What one key may read and write."""

    def __init__(self, http: HttpClient, *, page_size: int = PAGE_SIZE) -> None:
        """`http` signs with the key and adds paths to the address of the API's version 1."""
        self._http = http
        self._page_size = page_size

    def __repr__(self) -> str:
        """The server's name, and nothing else."""
        return f"SchoologyClient({self._http!r})"

    def schools(self) -> Iterator[Building]:
        """The schools the key sees; the first is the root of the organisation."""
        return map(Building.parse, self._list("schools", "school"))

    def buildings(self, school_id: str) -> Iterator[Building]:
        """The buildings of a school."""
        return map(Building.parse, self._list(f"schools/{school_id}/buildings", "building"))

    def create_building(self, school_id: str, fields: Row) -> str:
        """The id of a new building."""
        return self._create(f"schools/{school_id}/buildings", fields)

    def update_building(self, building_id: str, fields: Row) -> None:
        """The building has these fields."""
        self._write("PUT", f"schools/{building_id}", fields)

    def roles(self) -> Iterator[Role]:
        """The roles of the organisation."""
        return map(Role.parse, self._list("roles", "role"))

    def grading_periods(self) -> Iterator[GradingPeriod]:
        """The grading periods of the organisation."""
        return map(GradingPeriod.parse, self._list("gradingperiods", "gradingperiods"))

    def create_grading_period(self, fields: Row) -> str:
        """The id of a new grading period."""
        return self._create("gradingperiods", fields)

    def update_grading_period(self, period_id: str, fields: Row) -> None:
        """The grading period has these fields."""
        self._write("PUT", f"gradingperiods/{period_id}", fields)

    def users(self, school_uids: Sequence[str] | None = None) -> Iterator[Account]:
        """The active accounts, or those of at most 50 unique ids."""
        parameters: Parameters = {} if school_uids is None else {"school_uids": _listed(school_uids)}
        return map(Account.parse, self._list("users", "user", parameters))

    def is_inactive(self, user_id: str) -> bool:
        """True when the account was deactivated."""
        row = self._find(f"users/inactive/{user_id}")
        return row is not None and text(row, "uid", "id") == user_id

    def reactivate_users(self, user_ids: Sequence[str]) -> list[Item]:
        """The accounts are active again, in none of their former courses."""
        rows: list[Row] = [{"uid": user_id, "option_reenroll": 0} for user_id in user_ids]
        return _items(self._write("PUT", "users/reactivate", {"user": rows}), "users", "user")

    def inactive_users(self) -> Iterator[Account]:
        """The accounts that were deactivated."""
        return map(Account.parse, self._list("users/inactive", "user"))

    def export_users(self) -> Iterator[Account]:
        """The active accounts in one call; only keys that see the whole organisation may."""
        parameters: Parameters = {"fields": ",".join(_EXPORT_COLUMNS)}
        reply = self._http.send("GET", "csvexport/users", params=parameters, accept="text/csv, */*;q=0.1")
        for row in parse_csv(reply.content, _EXPORT_COLUMNS):
            yield Account.parse(dict(row))

    def create_users(self, users: Sequence[Row]) -> list[Item]:
        """New accounts; one whose unique id exists already is refused."""
        return self._bulk("POST", "users", users, wrapped=("users", "user"))

    def update_users(self, users: Sequence[Row]) -> list[Item]:
        """The accounts of these ids have these fields; fields not named stay."""
        return self._bulk("PUT", "users", users, wrapped=("users", "user"))

    def deactivate_users(self, user_ids: Sequence[str], comment: str) -> list[Item] | None:
        """The accounts are inactive; grades and attendance are kept and nobody is mailed. None: all of them."""
        parameters: Parameters = {
            "uids": _listed(user_ids),
            "option_comment": comment,
            "option_keep_enrollments": 1,
            "email_notification": 0,
        }
        reply = self._http.send("DELETE", "users", params=parameters)
        if reply.status == _NO_CONTENT or not reply.content:
            return None
        return _items(reply, "users", "user")

    def import_parents(self, associations: Sequence[Row]) -> list[Item]:
        """Parents are linked to students, or no longer."""
        path = "users/import/associations/parents"
        return self._bulk("POST", path, associations, wrapped=("associations", "association"))

    def courses(self, building_id: str | None = None) -> Iterator[CatalogCourse]:
        """The courses of the organisation or of one building."""
        parameters: Parameters = {} if building_id is None else {"building_id": building_id}
        return map(CatalogCourse.parse, self._list("courses", "course", parameters))

    def course(self, course_id: str) -> CatalogCourse | None:
        """One course, or None when there is none."""
        row = self._find(f"courses/{course_id}")
        return None if row is None else CatalogCourse.parse(row)

    def create_courses(self, courses: Sequence[Row], *, update_existing: bool = False) -> list[Item]:
        """New courses, each with the sections nested in it; existing ones are refused, or updated."""
        parameters: Parameters = {"update_existing": 1} if update_existing else {}
        return self._bulk("POST", "courses", courses, wrapped=("courses", "course"), parameters=parameters)

    def update_courses(self, courses: Sequence[Row]) -> list[Item]:
        """The courses of these ids have these fields."""
        return self._bulk("PUT", "courses", courses, wrapped=("courses", "course"))

    def sections_by_code(self, codes: Sequence[str]) -> Iterator[Section]:
        """The sections of at most 50 school codes, past ones too."""
        parameters: Parameters = {"section_school_codes": _listed(codes), "include_past": 1}
        return map(Section.parse, self._list("sections", "section", parameters))

    def course_sections(self, course_id: str) -> Iterator[Section]:
        """The sections of a course, past ones too."""
        return map(Section.parse, self._list(f"courses/{course_id}/sections", "section", {"include_past": 1}))

    def section(self, section_id: str) -> Section | None:
        """One section, or None when there is none."""
        row = self._find(f"sections/{section_id}")
        return None if row is None else Section.parse(row)

    def update_sections(self, sections: Sequence[Row]) -> list[Item]:
        """The sections of these ids have these fields."""
        return self._bulk("PUT", "sections", sections, wrapped=("sections", "section"))

    def members(self, section_id: str) -> Iterator[Member]:
        """The enrollments of a section, archived ones too."""
        return map(Member.parse, self._list(f"sections/{section_id}/enrollments", "enrollment"))

    def import_enrollments(self, enrollments: Sequence[Row]) -> list[Item]:
        """People are in sections, in these roles, or no longer; told by school code and unique id."""
        path = "enrollments/import/course"
        return self._bulk("POST", path, enrollments, wrapped=("enrollments", "enrollment"))

    def _list(self, path: str, key: str, parameters: Parameters | None = None) -> Iterator[Row]:
        def fetch(start: int) -> Page:
            window: Parameters = {**(parameters or {}), "start": start, "limit": self._page_size}
            return parse_page(decode(self._http.send("GET", path, params=window).content), key)

        return read_pages(fetch)

    def _find(self, path: str) -> Row | None:
        try:
            return decode(self._http.send("GET", path).content)
        except RequestRefusedError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _write(self, method: str, path: str, body: Row, parameters: Parameters | None = None) -> Reply:
        return self._http.send(method, path, params=parameters, body=msgspec.json.encode(body))

    def _create(self, path: str, fields: Row) -> str:
        reply = self._write("POST", path, fields)
        try:
            return identity(decode(reply.content), "id")
        except MalformedReplyError as error:
            raise _unreadable(path) from error

    def _bulk(
        self,
        method: str,
        path: str,
        objects: Sequence[Row],
        *,
        wrapped: tuple[str, str],
        parameters: Parameters | None = None,
    ) -> list[Item]:
        plural, singular = wrapped
        if not 0 < len(objects) <= BULK_LIMIT:
            raise ValueError(f"a bulk call takes 1 to {BULK_LIMIT} objects, not {len(objects)}")
        reply = self._write(method, path, {plural: {singular: list(objects)}}, parameters)
        return _items(reply, plural, singular)


def nested_items(item: Item) -> list[Item]:
    """The items of the sections nested in a course's item; none when it has none."""
    try:
        return parse_items(item.row, "sections", "section") if "sections" in item.row else []
    except MalformedReplyError as error:
        raise _unreadable("courses") from error


def _items(reply: Reply, plural: str, singular: str) -> list[Item]:
    try:
        return parse_items(decode(reply.content), plural, singular)
    except MalformedReplyError as error:
        raise _unreadable(singular) from error


def _unreadable(path: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"A write to “{path}” was answered in a form that cannot be read.",
        where=path,
        fix="Run again: what was written is looked up before anything is written twice.",
    )


def _listed(values: Sequence[str]) -> str:
    if not 0 < len(values) <= BULK_LIMIT:
        raise ValueError(f"a list in a query holds 1 to {BULK_LIMIT} values, not {len(values)}")
    return ",".join(values)
