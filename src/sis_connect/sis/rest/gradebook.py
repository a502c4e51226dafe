"""The gradebook of a SIS: reading it, and writing to it one record at a time, each with an outcome of its own.

A PUT under an id that we chose creates or replaces, so it may be sent again; still, when an answer is lost, the record
is read back first, and a SIS that gives out ids of its own is searched for it. Here: the operations and what an answer
means. Not here: what is to be written (`grades`), records as values (`gradebook_records`). Serves gradebook semantics.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import OutcomeUnknownError, SisConnectError, UnauthorisedError, UnavailableError
from sis_connect.grades.target import WriteOutcome, WriteState
from sis_connect.oneroster.json_text import decode_json, encode_json
from sis_connect.oneroster.json_writer import write_record
from sis_connect.oneroster.moments import format_moment
from sis_connect.oneroster.operations import Kind, operation_of
from sis_connect.oneroster.status_info import parse_status_info
from sis_connect.sis.rest.connection import open_client
from sis_connect.sis.rest.gradebook_reading import GradebookReader
from sis_connect.transport.client import RequestRefusedError
from sis_connect.transport.diagnosis import Cause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from sis_connect.oneroster.gradebook_records import Record
    from sis_connect.oneroster.json_text import Row
    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.operations import Operation
    from sis_connect.sis.rest.client import OneRosterClient
    from sis_connect.sis.rest.connection import PullSettings, RestConnection
    from sis_connect.transport.client import Surroundings
    from sis_connect.transport.oauth2 import TokenCache
    from sis_connect.transport.token_bucket import HostLimiters

#: How often a write whose answer is lost is sent in all.
_SENDINGS = 3


@dataclass(frozen=True, slots=True)
class GradebookSettings:
    """What is particular about a SIS's gradebook."""

    #: Sent with calls of the gradebook alone, for example a vendor's second key.
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: True where the SIS gives records ids of its own instead of those in the address.
    mints_ids: bool = False


@contextmanager
def open_gradebook(
    connection: RestConnection,
    settings: GradebookSettings,
    surroundings: Surroundings | None = None,
    *,
    now: Callable[[], datetime],
    tokens: TokenCache | None = None,
    limiters: HostLimiters | None = None,
) -> Iterator[Gradebook]:
    """A gradebook whose connections are closed with the block; as `open_client`, with the gradebook's own headers.

    `now` gives aware instants.
    """
    widened = replace(connection, headers={**connection.headers, **settings.headers})
    with open_client(widened, surroundings, tokens=tokens, limiters=limiters) as client:
        yield Gradebook(client, connection.pull, settings, now=now)


class Gradebook:
    """What one sign-in may read and write; safe to share between threads."""

    def __init__(
        self, client: OneRosterClient, pull: PullSettings, settings: GradebookSettings, *, now: Callable[[], datetime]
    ) -> None:
        """Collections are read as `pull` says; `now` gives aware instants, for the dates of what is written."""
        self._client = client
        self._reader = GradebookReader(client, pull)
        self._trims_ids = pull.trims_ids
        self._settings = settings
        self._now = now

    def find(self, entity: Entity, sourced_id: str) -> Row | None:
        """The record as text by column; None when the SIS has none with this id.

        Errors of `transport`, and UnreadablePageError; so for all that is read.
        """
        return self._reader.find(entity, sourced_id)

    def categories(self) -> list[Row]:
        """Every category, of all classes."""
        return self._reader.all_of("getAllCategories")

    def line_items(self) -> list[Row]:
        """Every line item, of all classes."""
        return self._reader.all_of("getAllLineItems")

    def results(self) -> list[Row]:
        """Every result, of all classes."""
        return self._reader.all_of("getAllResults")

    def line_items_of(self, class_id: str) -> list[Row]:
        """The line items of a class."""
        return self._reader.line_items_of(class_id)

    def results_of(self, class_id: str, *, line_item: str | None = None, student: str | None = None) -> list[Row]:
        """The results of a class; those of one line item, or of one student, where that is named."""
        return self._reader.results_of(class_id, line_item=line_item, student=student)

    def put(self, record: Record) -> WriteOutcome:
        """The record is in the SIS as it is here, or the outcome says why not.

        UnauthorisedError when the sign-in itself is refused. ValueError for an id that no address can carry.
        """
        operation = operation_of(record.entity.name, Kind.PUT)
        path, body = operation.path_with(id=record.sourced_id), self._body(record, operation)

        def send() -> WriteOutcome:
            reply = self._client.http.send("PUT", path, body=body)
            is_new = {200: False, 201: True}.get(reply.status)
            given = _id_in(reply.content, operation) or record.sourced_id
            return WriteOutcome(WriteState.WRITTEN, given.strip(" ") if self._trims_ids else given, is_new)

        return self._write(record.sourced_id, record.entity, send, lambda: self._look(record))

    def delete(self, entity: Entity, sourced_id: str) -> WriteOutcome:
        """The SIS has no record with this id, or the outcome says why it does; errors as of `put`."""
        path = operation_of(entity.name, Kind.DELETE).path_with(id=sourced_id)

        def send() -> WriteOutcome:
            self._client.http.send("DELETE", path)
            return WriteOutcome(WriteState.DELETED, sourced_id)

        def look() -> WriteOutcome | None:
            return WriteOutcome(WriteState.DELETED, sourced_id) if self.find(entity, sourced_id) is None else None

        outcome = self._write(sourced_id, entity, send, look)
        is_gone = outcome.code.partition(":")[0] in (Cause.NOT_FOUND, Cause.GONE)
        return WriteOutcome(WriteState.DELETED, sourced_id) if is_gone else outcome

    def _write(
        self, sourced_id: str, entity: Entity, send: Callable[[], WriteOutcome], look: Callable[[], WriteOutcome | None]
    ) -> WriteOutcome:
        """What sending came to; after a lost answer `look` tells whether it was done, before it is sent again."""
        code = ""
        for _ in range(_SENDINGS):
            try:
                return send()
            except RequestRefusedError as error:
                return _refused(error, sourced_id, entity)
            except UnauthorisedError as error:
                if error.cause != Cause.FORBIDDEN:
                    raise
                return WriteOutcome(WriteState.REFUSED, sourced_id, code=error.cause)
            except UnavailableError as error:
                return WriteOutcome(WriteState.POSTPONED, sourced_id, code=error.cause)
            except OutcomeUnknownError as error:
                code = error.cause
            try:
                found = look()
            except SisConnectError:
                return WriteOutcome(WriteState.IN_DOUBT, sourced_id, code=code)
            if found is not None:
                return found
        return WriteOutcome(WriteState.IN_DOUBT, sourced_id, code=code)

    def _look(self, record: Record) -> WriteOutcome | None:
        """The outcome when the SIS has the record as it is here; None when it has to be sent again."""
        row = self.find(record.entity, record.sourced_id)
        if row is not None:
            is_there = record.is_shown_by(row)
            return WriteOutcome(WriteState.WRITTEN, record.sourced_id) if is_there else None
        if not self._settings.mints_ids:
            return None
        column = record.natural_key[0]
        for row in self._reader.matching(record.entity, column, record.row()[column] or ""):
            if record.is_shown_by(row, record.natural_key):
                return WriteOutcome(WriteState.WRITTEN, str(row["sourced_id"]))
        return None

    def _body(self, record: Record, operation: Operation) -> bytes:
        # The consumer always sends both marks (gradebook, PUT rules).
        stamp = format_moment(self._now())
        row = record.row() | {"status": "active", "date_last_modified": stamp}
        written = write_record(record.entity, row, record.metadata, self._client.base_url)
        return encode_json({operation.root_key: written})


def _refused(error: RequestRefusedError, sourced_id: str, entity: Entity) -> WriteOutcome:
    """The provider's words are reduced to codes and names of the standard: they may repeat what was sent."""
    try:
        notices = parse_status_info(decode_json(error.reason))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        notices = ()
    minor = next((notice.code_minor for notice in notices if notice.code_minor), None)
    words = {word for notice in notices for word in re.findall(r"\w+", notice.description)}
    named = next((one.name for one in entity.fields if one.name in words), "")
    return WriteOutcome(
        WriteState.REFUSED, sourced_id, code=f"{error.cause}:{minor}" if minor else error.cause, field=named
    )


def _id_in(content: bytes, operation: Operation) -> str | None:
    """The id in the answer to a PUT: of the record, or of a pair of the id sent and the one given out."""
    try:
        document = decode_json(content) if content.strip() else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    pairs = document.get("sourcedIdPairs")
    inner = next(
        (one for one in (document.get(operation.root_key), pairs, document) if isinstance(one, dict)), document
    )
    found = inner.get("allocatedSourcedId") or inner.get("sourcedId")
    return found if isinstance(found, str) and found else None
