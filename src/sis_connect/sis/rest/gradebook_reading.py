"""Reading the gradebook of a SIS: whole collections, what belongs to one class, and single records.

What lies below a class is asked for there; of a SIS that has no such addresses, of the whole collection by a filter,
once it is known that filters are heeded. Here: which request answers a question. Not here: writing (`gradebook`), pages
(`paging`). Serves the REST binding's gradebook service.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import msgspec

from sis_connect.errors import TargetError, UnauthorisedError
from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.oneroster.json_reader import read_page
from sis_connect.oneroster.operations import OPERATIONS, Kind, operation_of
from sis_connect.oneroster.query import Condition, FilterError, Predicate, build_filter
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sis.rest.blanks import trim_ids
from sis_connect.sis.rest.client import is_not_found, is_not_given, is_not_like_this
from sis_connect.sis.rest.paging.listing import Listing, Wanted, fetch
from sis_connect.sis.rest.paging.reading import NotGivenError, Reading
from sis_connect.transport.client import RequestRefusedError
from sis_connect.transport.diagnosis import Cause

if TYPE_CHECKING:
    from sis_connect.errors import SisConnectError
    from sis_connect.oneroster.json_text import Row
    from sis_connect.oneroster.model import Entity
    from sis_connect.sis.rest.client import OneRosterClient
    from sis_connect.sis.rest.connection import PullSettings

#: An id that no record has: whatever is given for it shows that a filter is not heeded.
_NOBODY: Final = "sis-connect-has-no-such-record"


class GradebookReader:
    """What one sign-in may read; safe to share between threads."""

    def __init__(self, client: OneRosterClient, pull: PullSettings) -> None:
        """Collections are read as `pull` says."""
        self._client = client
        self._pull = pull
        #: What was answered by operations below a class that this SIS was seen not to have.
        self._missing: dict[str, SisConnectError] = {}
        #: Whether filters of a collection are heeded, where that was looked at.
        self._filters: dict[str, bool] = {}

    def find(self, entity: Entity, sourced_id: str) -> Row | None:
        """The record as text by column; None when the SIS has none with this id.

        Errors of `transport`, and UnreadablePageError. UnauthorisedError when the sign-in itself is refused; what is
        merely not for it is a TargetError.
        """
        operation = operation_of(entity.name, Kind.ONE)
        try:
            reply = self._client.http.send("GET", operation.path_with(id=sourced_id))
            rows = read_page(reply.content, operation).rows
        except (RequestRefusedError, UnreadablePageError) as error:
            if is_not_found(error, operation.kind):
                return None
            raise
        except UnauthorisedError as error:
            raise _not_given(error) from None
        if self._pull.trims_ids:
            trim_ids(entity, rows)
        return rows[0] if rows else None

    def all_of(self, operation_id: str) -> list[Row]:
        """Every row of a collection, proven to be all; errors as of `pull.pull_roster`."""
        operation = OPERATIONS[operation_id]
        try:
            return self._read(Listing(operation, operation.path, operation.id))
        except NotGivenError as refused:
            raise _not_given(refused.error) from None

    def matching(self, entity: Entity, column: str, value: str) -> list[Row]:
        """The rows that may have this value in a column, all that there are where it cannot be asked for."""
        operation = operation_of(entity.name, Kind.LIST)
        try:
            return self._read(Listing(operation, operation.path, operation.id, filter=_filter(entity, column, value)))
        except NotGivenError as refused:
            raise _not_given(refused.error) from None

    def line_items_of(self, class_id: str) -> list[Row]:
        """The line items of a class; empty also for a class that the SIS does not know."""
        return self._below("getLineItemsForClass", "class_sourced_id", class_id, class_id=class_id)

    def results_of(self, class_id: str, *, line_item: str | None = None, student: str | None = None) -> list[Row]:
        """The results of a class; those of one line item, or of one student, where that is named."""
        if line_item is not None:
            ids = {"class_id": class_id, "line_item_id": line_item}
            return self._below("getResultsForLineItemForClass", "line_item_sourced_id", line_item, **ids)
        operation, ids = "getResultsForClass", {"class_id": class_id}
        if student is not None:
            operation, ids = "getResultsForStudentForClass", {**ids, "student_id": student}
        found = self._nested(operation, ids)
        if isinstance(found, list):
            return found
        items = [str(row["sourced_id"]) for row in self.line_items_of(class_id)]
        rows = [row for item in items for row in self.results_of(class_id, line_item=item)]
        rows = [row for row in rows if student is None or row["student_sourced_id"] == student]
        self._note(operation, rows, found)
        return rows

    def _below(self, operation_id: str, column: str, value: str, **ids: str) -> list[Row]:
        """What lies below a class, or those of the whole collection that name what is above them."""
        found = self._nested(operation_id, ids)
        if isinstance(found, list):
            return found
        entity = ENTITIES[OPERATIONS[operation_id].entity]
        if not self._heeds_filters(entity, column):
            raise found
        rows = [row for row in self.matching(entity, column, value) if row[column] == value]
        self._note(operation_id, rows, found)
        return rows

    def _nested(self, operation_id: str, ids: dict[str, str]) -> list[Row] | SisConnectError:
        """The rows at an address below a class, or the error that says that nothing is there."""
        operation = OPERATIONS[operation_id]
        if operation_id in self._missing:
            return self._missing[operation_id]
        try:
            return self._read(Listing(operation, operation.path_with(**ids), operation.id))
        except NotGivenError as refused:
            return _not_given(refused.error)

    def _note(self, operation_id: str, rows: list[Row], error: SisConnectError) -> None:
        """Where there were rows elsewhere, the SIS has no such address."""
        if rows:
            self._missing[operation_id] = error

    def _heeds_filters(self, entity: Entity, column: str) -> bool:
        """True when the filter for what nobody has gives nothing; asked once for each collection."""
        if entity.name not in self._filters:
            operation = operation_of(entity.name, Kind.LIST)
            asked: dict[str, str | int] = {"limit": 1, "filter": _filter(entity, column, _NOBODY)}
            try:
                page = self._client.fetch_page(operation, operation.path, asked).read()
                self._filters[entity.name] = not page.rows
            except (TargetError, UnreadablePageError) as error:
                if not (is_not_given(error) or is_not_like_this(error) or isinstance(error, UnreadablePageError)):
                    raise
                self._filters[entity.name] = False
        return self._filters[entity.name]

    def _read(self, listing: Listing) -> list[Row]:
        """Every row; NotGivenError when the SIS does not give this listing."""
        wanted = Wanted(metadata=self._pull.metadata, trims_ids=self._pull.trims_ids)
        with TemporaryDirectory(prefix="sis-connect-") as folder:
            reading = Reading(listing, Path(folder), self._pull.bounds, self._pull.dialect)
            try:
                while reading.complete is None:
                    page = fetch(
                        self._client, listing, reading.ask, reading.dialect, wanted=wanted, slots=nullcontext()
                    )
                    reading.take(page, lambda part: len({str(row["sourced_id"]) for row in _rows(part)}))
            finally:
                reading.close()
            return _rows(reading.path)


def _not_given(error: SisConnectError) -> SisConnectError:
    """The error, of which nobody need think that the sign-in was refused: this is not for it, and other things are."""
    if not isinstance(error, UnauthorisedError) or error.cause != Cause.FORBIDDEN:
        return error
    return TargetError(error.what, fix=error.fix, where=error.where, cause=error.cause)


def _filter(entity: Entity, column: str, value: str) -> str:
    """The filter for records with this value; "" when it cannot be asked for."""
    name = entity.field(column).name
    element = name if name == column else f"{name}.sourcedId"
    try:
        return build_filter(entity, Condition(element, Predicate.EQUALS, value))
    except FilterError:
        return ""


def _rows(part: Path) -> list[Row]:
    return msgspec.json.Decoder(dict[str, str | None]).decode_lines(part.read_bytes()) if part.exists() else []
