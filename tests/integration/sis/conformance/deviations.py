"""What a provider may do wrong, and the checks that must say so, and no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from integration.sandbox.sis.sis_world import CLASSES
from sis_connect.sandbox.sis import Answer, SignIn
from sis_deviations import asking, changing, number, on_pages, records, refusing, renaming, without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.sandbox.sis import Exchange, Layer, Proceed

Deviation = tuple["Layer | None", dict[str, Any], set[str]]


def _no_total(_: Exchange, answer: Answer) -> None:
    answer.total = None


def _total_of_page(_: Exchange, answer: Answer) -> None:
    answer.total = len(answer.records)


def _no_links(_: Exchange, answer: Answer) -> None:
    answer.links = {}


def _links_elsewhere(_: Exchange, answer: Answer) -> None:
    answer.links = {name: url.replace("http://", "https://internal.") for name, url in answer.links.items()}


def _empty_third_page(exchange: Exchange, answer: Answer) -> None:
    limit = number(exchange, "limit", 100)
    if number(exchange, "offset", 0) == 2 * limit and isinstance(answer.content, list):
        answer.content = []


def _short_pages(exchange: Exchange, answer: Answer) -> None:
    if isinstance(answer.content, list) and len(answer.content) > 1 and number(exchange, "limit", 100) > 1:
        answer.content = answer.content[:-1]


def _not_found_at_end(_: Exchange, answer: Answer) -> Answer:
    at_end = isinstance(answer.content, list) and not answer.content and answer.asked and answer.asked.offset
    return Answer(404) if at_end else answer


def _last_page_again(exchange: Exchange) -> None:
    if number(exchange, "offset", 0) >= 1_000:
        exchange.set_parameter("offset", "0")


def _deviates(record: dict[str, object], name: str, value: object) -> None:
    if name in record:
        record[name] = value


def _bare_references(record: dict[str, object]) -> None:
    record["school"] = record["school"]["sourcedId"]  # type: ignore[index] # as the provider writes it


def _html_errors(_: Exchange, answer: Answer) -> Answer | Response:
    if answer.status < 400:
        return answer
    return Response("<html><body>Error</body></html>", answer.status, media_type="text/html")


def _ok_for_unknown(exchange: Exchange, answer: Answer) -> Answer | Response:
    is_one = exchange.operation is not None and exchange.operation.path.endswith("{id}")
    is_read = exchange.request.method == "GET"
    return Response("{}", 200, media_type="application/json") if is_one and is_read and answer.status == 404 else answer


async def _open_to_all(exchange: Exchange, proceed: Proceed) -> Answer | Response:
    answer = await proceed(exchange)
    is_refused = isinstance(answer, Answer) and answer.status == 401
    return Answer(200, "orgs", []) if is_refused and exchange.operation else answer


def _created_with_200(_: Exchange, answer: Answer) -> Answer:
    answer.status = 200 if answer.status == 201 else answer.status
    return answer


def _rounded_scores(record: dict[str, object]) -> None:
    record["score"] = 17


def _everything(exchange: Exchange) -> None:
    """A filter on dateLastModified is not heeded."""
    if "dateLastModified" in (exchange.parameter("filter") or ""):
        exchange.set_parameter("filter", None)


def _a_student_less(exchange: Exchange, answer: Answer) -> Answer:
    if exchange.operation is not None and exchange.operation.id == "getAllStudents":
        answer.content = [record for record in answer.records if record["sourcedId"] != "u3"]
    return answer


def _every_seventh(exchange: Exchange) -> bool:
    return exchange.number % 7 == 0


async def _too_often(exchange: Exchange, proceed: Proceed) -> Answer | Response:
    return Response(status_code=429) if _every_seventh(exchange) else await proceed(exchange)


def _an_hour_ahead() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


_LOST_COURSE = {"classes": CLASSES.replace(b",k1,", b",k9,")}
_FILTERS = {f"filter.{name}" for name in ("equal", "not_equal", "greater", "greater_or_equal", "less")} | {
    f"filter.{name}" for name in ("less_or_equal", "contains", "and", "or", "nested", "space", "everywhere")
}
_REFUSED_FILTERS = {"filter.unknown", "filter.malformed"}

DEVIATIONS: Mapping[str, Deviation] = MappingProxyType(
    {
        "no total": (on_pages(_no_total), {}, {"paging.total"}),
        "total of the page": (on_pages(_total_of_page), {}, {"paging.total_true"}),
        "no links": (on_pages(_no_links), {}, {"paging.link"}),
        "links to another host": (on_pages(_links_elsewhere), {}, {"paging.link_place"}),
        "an empty third page": (on_pages(_empty_third_page), {}, {"paging.gap"}),
        "short pages": (on_pages(_short_pages), {}, {"paging.short", "load.page"}),
        "404 at the end": (changing(_not_found_at_end), {}, {"paging.beyond"}),
        "the first page again at the end": (asking(_last_page_again), {}, {"paging.beyond"}),
        "no offset": (without("offset"), {}, {"paging.offset", "paging.beyond", "paging.wrong_offset"}),
        "no limit": (without("limit"), {}, {"paging.limit", "paging.link", "paging.wrong_limit"}),
        "no filter": (without("filter"), {}, _FILTERS | _REFUSED_FILTERS | {"delta.filter", "delta.filter_future"}),
        "no filter on changes": (asking(_everything), {}, {"delta.filter", "delta.filter_future"}),
        "no sort": (
            without("sort", "orderBy"),
            {},
            {"sort.descending", "sort.date", "sort.unknown", "paging.link_place"},
        ),
        "no fields": (
            without("fields"),
            {},
            {
                "fields.chosen",
                "fields.one",
                "fields.without_id",
                "fields.blank",
                "fields.unknown",
                "paging.link_place",
            },
        ),
        "root keys of paths": (
            renaming({"getAllStudents": "students", "getSchool": "school"}),
            {},
            {"operation.root_keys"},
        ),
        "a root key of nobody": (renaming({"getAllCourses": "items"}), {}, {"operation.getAllCourses"}),
        "booleans": (records(lambda one: _deviates(one, "enabledUser", True), "users"), {}, {"records.texts"}),
        "nulls": (records(lambda one: one.update(location=None), "classes"), {}, {"records.nulls"}),
        "capital roles": (
            records(lambda one: _deviates(one, "role", str(one["role"]).upper()), "enrollments"),
            {},
            {"records.words"},
        ),
        "bare references": (records(_bare_references, "classes"), {}, {"records.references"}),
        "other properties": (
            records(lambda one: one.update(shoeSize=9), "users"),
            {},
            {"records.names", "fields.chosen"},
        ),
        "unstamped": (None, {"stamps": False}, {"records.status", "delta.present"}),
        "HTML errors": (
            changing(_html_errors),
            {},
            {
                "errors.payload",
                "errors.json_too",
                "sign_in.payload",
                "filter.unknown",
                "filter.malformed",
                "fields.blank",
            },
        ),
        "200 for unknown ids": (
            changing(_ok_for_unknown),
            {},
            {
                "errors.unknown_id",
                "gradebook.category.gone",
                "gradebook.lineItem.gone",
                "gradebook.result.gone",
            },
        ),
        "open to everybody": (_open_to_all, {}, {"sign_in.nobody", "sign_in.stranger"}),
        "no terms": (refusing(404, "getAllTerms"), {}, {"operation.getAllTerms"}),
        "no scope for courses": (refusing(403, "getAllCourses"), {}, {"operation.getAllCourses"}),
        "a student too few": (changing(_a_student_less), {}, {"derived.getAllStudents"}),
        "200 for what was created": (
            changing(_created_with_200),
            {},
            {"operation.putCategory", "operation.putLineItem", "operation.putResult"},
        ),
        "scores that are rounded": (
            records(_rounded_scores, "results"),
            {},
            {
                "gradebook.result.create",
                "gradebook.result.replace",
                "gradebook.result.beyond",
                "gradebook.result.exempt",
            },
        ),
        "no deletion": (
            refusing(405, "deleteCategory", "deleteLineItem", "deleteResult"),
            {},
            {
                "operation.deleteCategory",
                "operation.deleteLineItem",
                "operation.deleteResult",
                "gradebook.category.gone",
                "gradebook.lineItem.gone",
                "gradebook.result.gone",
                "gradebook.clean",
            },
        ),
        "429 without an end": (_too_often, {}, {"load.limit"}),
        "a clock an hour ahead": (None, {"now": _an_hour_ahead}, {"clock.offset"}),
        "a course that is not there": (None, {"package": _LOST_COURSE}, {"references.class.course"}),
        "school years as spans": (
            records(lambda one: _deviates(one, "schoolYear", "2026-27"), "academicSessions"),
            {},
            {"records.years"},
        ),
        "moments in local time": (
            records(lambda one: _deviates(one, "dateLastModified", "2026-09-15T06:00:00"), "courses"),
            {},
            {"records.moments"},
        ),
        "bearer tokens not taken": (None, {"sign_ins": frozenset({SignIn.OAUTH1})}, {"sign_in.bearer"}),
    }
)
