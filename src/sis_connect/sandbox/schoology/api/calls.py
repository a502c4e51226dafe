"""One call of the API and its reply: values, paging, and the rules of bulk calls.

Here: what every endpoint uses. Not here: HTTP (`app`) and what the endpoints do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sis_connect.sandbox.schoology.records.fields import Fields, RefusedError, Written

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.faults import Strike
    from sis_connect.sandbox.schoology.service import Service
    from sis_connect.sandbox.schoology.settings import SandboxSettings
    from sis_connect.sandbox.schoology.storage import Row, Storage

Json = dict[str, object]


class CallRefusedError(Exception):
    """The whole call is refused with this HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        """The message is sent only where the settings ask for it."""
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call is answered."""

    status: int = 200
    #: Sent as JSON; None for an empty body.
    body: object = None
    #: Sent as it is, instead of `body`.
    text: str | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One admitted request."""

    service: Service
    #: Path as asked, after `/v1/`.
    path: str
    #: Values of the path template's placeholders.
    parts: Mapping[str, str]
    query: Mapping[str, str]
    #: Decoded JSON; None for no body.
    body: object
    #: The consumer key.
    key: str
    strikes: Sequence[Strike] = ()

    @property
    def storage(self) -> Storage:
        """The sandbox's data."""
        return self.service.storage

    @property
    def settings(self) -> SandboxSettings:
        """The sandbox's settings."""
        return self.service.settings

    def id(self, name: str) -> int:
        """A number in the path."""
        return int(self.parts[name])

    def flag(self, name: str) -> bool:
        """True when the query sets this to 1."""
        return self.query.get(name) == "1"

    def texts(self, name: str) -> list[str]:
        """A list with commas in the query; a whole-call error when it is longer than a bulk call may be."""
        texts = [text for text in self.query.get(name, "").split(",") if text]
        self.check_cap(texts)
        return texts

    def ids(self, name: str) -> list[int]:
        """As `texts`, for ids; at least one."""
        texts = self.texts(name)
        if not texts or not all(text.isascii() and text.isdigit() and len(text) < 19 for text in texts):
            raise CallRefusedError(400, f"{name} must be a list of ids.")
        return [int(text) for text in texts]

    def check_cap(self, items: Sequence[object]) -> None:
        """A whole-call error for too many objects."""
        if self.settings.strictness.object_cap and len(items) > self.settings.objects_per_call:
            raise CallRefusedError(400, f"At most {self.settings.objects_per_call} objects are allowed.")

    def fields(self) -> Fields:
        """The body as one object."""
        if not isinstance(self.body, Mapping):
            raise CallRefusedError(400, "The body must be an object.")
        return self.body

    def items(self, outer: str, inner: str) -> list[object] | None:
        """The objects of a bulk body `{outer: {inner: [...]}}`; None when the body is a single object."""
        wrapped = self.fields().get(outer)
        if wrapped is None:
            return None
        found = wrapped.get(inner) if isinstance(wrapped, Mapping) else wrapped
        found = [found] if isinstance(found, Mapping) else found
        if not isinstance(found, list) or not found:
            raise CallRefusedError(400, f"{outer}.{inner} must be a list of objects.")
        self.check_cap(found)
        return found

    def href(self, path: str) -> str:
        """The address of an object."""
        return f"{self.service.api_url}/{path}"

    def record(self, kind: str, written: Written) -> Written:
        """Counts the object; returns it."""
        self.service.tally.wrote(kind, written.effect)
        return written

    def bulk(
        self, kind: str, items: Sequence[object], echo: Sequence[str], write: Callable[[Fields], Json]
    ) -> list[Json]:
        """Writes each object by itself; one result each, in order, with the fields of `echo` sent back."""
        results = []
        for position, item in enumerate(items):
            fields = item if isinstance(item, Mapping) else {}
            sent = {name: fields[name] for name in echo if name in fields}
            try:
                self._fail_on_demand(position)
                if not isinstance(item, Mapping):
                    raise RefusedError("The item must be an object.")  # noqa: TRY301 -- answered like any refusal
                with self.storage.savepoint():
                    results.append({"response_code": 200, **sent, **write(fields)})
            except RefusedError as error:
                self.service.tally.refused(kind, error.code)
                results.append({"response_code": error.code, "message": error.message, **sent})
        return results

    def bulk_by_id(self, kind: str, name: str, write: Callable[[int], Written]) -> list[Json]:
        """As `bulk`, for the ids in the query parameter `name`."""

        def write_one(fields: Fields) -> Json:
            written = self.record(kind, write(int(str(fields["id"]))))
            return {"id": written.id}

        return self.bulk(kind, [{"id": id_} for id_ in self.ids(name)], ("id",), write_one)

    def _fail_on_demand(self, position: int) -> None:
        for strike in self.strikes:
            code = strike.fails(position)
            if code is not None:
                raise RefusedError("The object could not be saved.", code)


def found(row: Row | None) -> Row:
    """The row; a whole-call error when there is none."""
    if row is None:
        raise CallRefusedError(404, "Not found.")
    return row


def created(body: Json) -> Reply:
    """One object was created."""
    return Reply(201, body)


def count_results(body: object) -> tuple[int, int]:
    """Objects that a reply answers by themselves, and how many of them were refused."""
    if isinstance(body, list):
        counts = [count_results(item) for item in body]
    elif isinstance(body, Mapping):
        code = body.get("response_code")
        if isinstance(code, int):
            return 1, int(code >= 400)
        counts = [count_results(value) for value in body.values()]
    else:
        return 0, 0
    return sum(items for items, _ in counts), sum(refused for _, refused in counts)


def plain_number(value: float) -> int | float:
    """A number as JSON has it: without a fraction where there is none."""
    return int(value) if value == int(value) else value


def bulk_deleted(call: Call, body: Json) -> Reply:
    """Several objects were deleted."""
    return Reply(207, body) if call.settings.bulk_delete_status == 207 else Reply(204)


@dataclass(frozen=True, slots=True)
class Query:
    """What a list shows: `SELECT columns FROM tables ORDER BY order`."""

    columns: str
    #: Tables and conditions, with a mark for each value.
    tables: str
    values: Sequence[object] = ()
    order: str = "id"


def page(call: Call, name: str, query: Query, show: Callable[[Row], Json], *, total_as_text: bool = False) -> Reply:
    """One page of a list: at most the highest limit of objects, with the link to the next page."""
    start, limit = asked_range(call)
    total = call.storage.number(f"SELECT count(*) FROM {query.tables}", *query.values)
    rows = call.storage.rows(
        f"SELECT {query.columns} FROM {query.tables} ORDER BY {query.order} LIMIT ? OFFSET ?",
        *query.values,
        limit,
        start,
    )
    body: Json = {"total": str(total) if total_as_text and call.settings.strictness.mixed_types else total}
    if not rows and call.settings.strictness.sparse_pages:
        return Reply(200, body)
    links = page_links(call, start, limit, has_next=start + limit < total)
    return Reply(200, {name: [show(row) for row in rows], **body, "links": links})


def asked_range(call: Call) -> tuple[int, int]:
    """`start` and `limit` as the call asks for them, within what the settings allow."""
    start = _number(call.query.get("start"), 0)
    limit = min(_number(call.query.get("limit"), 0) or call.settings.default_limit, call.settings.highest_limit)
    return start, limit


def page_links(call: Call, start: int, limit: int, *, has_next: bool) -> dict[str, str]:
    """The links of a page: its own, and that of the next where there is one."""
    links = {"self": _page_link(call, start, limit)}
    if has_next:
        links["next"] = _page_link(call, start + limit, limit)
    return links


def _page_link(call: Call, start: int, limit: int) -> str:
    others = {name: value for name, value in call.query.items() if name not in ("start", "limit")}
    return f"{call.href(call.path)}?{urlencode({**others, 'start': start, 'limit': limit})}"


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else default
