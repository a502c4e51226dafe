"""One provider as a whole: an exchange in, an answer out, in the order in which a request is judged.

Who sends it (401), whether there is such an operation (404, 405), whether the sender may (403), what is asked (400),
and then the data. Shared by the API, layers, pages and whoever runs the server. Not here: HTTP (`app`).
"""

from __future__ import annotations

import threading
import uuid
from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sis_connect.oneroster.operations import Kind
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.status_info import CodeMajor, CodeMinor, Severity, StatusInfo
from sis_connect.sandbox.sis.asking import understand
from sis_connect.sandbox.sis.calls import CALLS_REMEMBERED
from sis_connect.sandbox.sis.exchange import Answer
from sis_connect.sandbox.sis.gradebook import Gradebook
from sis_connect.sandbox.sis.hostile.choosing import Hostility
from sis_connect.sandbox.sis.links import page_links
from sis_connect.sandbox.sis.orders import Orders
from sis_connect.sandbox.sis.reading import Reader
from sis_connect.sandbox.sis.records import Records
from sis_connect.sandbox.sis.refusals import RefusedError, unknown_object
from sis_connect.sandbox.sis.routing import find_route
from sis_connect.sandbox.sis.sign_in.credentials import NotSignedInError
from sis_connect.sandbox.sis.sign_in.gate import Gate
from sis_connect.sandbox.sis.statistics import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.operations import Operation, Scope
    from sis_connect.sandbox.sis.calls import LoggedCall
    from sis_connect.sandbox.sis.exchange import Exchange
    from sis_connect.sandbox.sis.settings import SisSettings
    from sis_connect.sandbox.sis.sign_in.credentials import Shown
    from sis_connect.sandbox.sis.sign_in.gate import Caller
    from sis_connect.sandbox.sis.storage import Storage


class Service:
    """What the parts of one provider share."""

    def __init__(self, settings: SisSettings, storage: Storage, own_url: str) -> None:
        """`own_url` is where the server really is, the base path included."""
        self.settings = settings
        self.storage = storage
        self.own_url = own_url
        #: What hrefs and links begin with.
        self.base_url = (settings.public_url or own_url).rstrip("/")
        self.token_path = settings.token_path or f"{settings.base_path}/token"
        query = urlencode(settings.token_manners.query)
        #: Where tokens are given out.
        self.token_url = own_url.removesuffix(settings.base_path) + self.token_path + (f"?{query}" if query else "")
        self.gate = Gate(settings)
        self.records = Records(storage, settings.now, settings.habits)
        self.tally = Tally()
        self.log: deque[LoggedCall] = deque(maxlen=CALLS_REMEMBERED)
        self.hostility = Hostility(self.records, settings.scenario)
        self._reader = Reader(Orders(), self.base_url)
        self._gradebook = Gradebook(settings, self.records)
        self._number = 0
        self._lock = threading.Lock()

    def next_number(self) -> int:
        """The number of a request, from 1 on."""
        with self._lock:
            self._number += 1
            return self._number

    def answer(self, exchange: Exchange, path: str, shown: Shown, body: bytes) -> Answer:
        """The answer to a request; `path` is below the base, percent-encoded. It never raises for what was sent."""
        try:
            caller = self.gate.admit(shown)
            self.tally.let_in(caller.client)
            operation = _permitted(exchange.operation, caller, path, shown.method, self.settings.further_scopes)
            return self._carry_out(exchange, operation, path, body)
        except NotSignedInError as error:
            refused = RefusedError(error.status, _SIGN_IN_MINORS[error.status], error.why)
            if error.status == 401:
                refused.headers["WWW-Authenticate"] = 'Bearer realm="OneRoster"'
            return _refusal(refused, exchange.operation)
        except RefusedError as error:
            return _refusal(error, exchange.operation)

    def _carry_out(self, exchange: Exchange, operation: Operation, path: str, body: bytes) -> Answer:
        match operation.kind:
            case Kind.LIST:
                return self._read_page(exchange, operation, path)
            case Kind.ONE:
                return self._read_one(exchange, operation)
            case Kind.PUT:
                return self._put(exchange, operation, body)
            case Kind.DELETE:
                self._gradebook.delete(operation, exchange.ids["id"])
                return Answer(204)

    def _read_page(self, exchange: Exchange, operation: Operation, path: str) -> Answer:
        settings = self.settings
        asked = understand(operation, exchange.parameters, settings.default_limit, settings.highest_limit)
        with self.storage.reading() as session:
            page = self._reader.read_page(session, operation, exchange.ids, asked)
        return Answer(
            200,
            operation.root_key,
            page.records,
            total=page.total,
            links=page_links(self.base_url + path, exchange.parameters, asked.limit, asked.offset, page.total),
            notices=asked.warnings(operation.id),
            asked=asked,
        )

    def _read_one(self, exchange: Exchange, operation: Operation) -> Answer:
        settings = self.settings
        asked = understand(operation, exchange.parameters, settings.default_limit, settings.highest_limit)
        with self.storage.reading() as session:
            record = self._reader.read_one(session, operation, exchange.ids)
        record = record if asked.fields.names is None else asked.fields.of(record)
        return Answer(200, operation.root_key, record, notices=asked.warnings(operation.id), asked=asked)

    def _put(self, exchange: Exchange, operation: Operation, body: bytes) -> Answer:
        is_new = self._gradebook.put(operation, exchange.ids["id"], body)
        with self.storage.reading() as session:
            record = self._reader.read_stored(session, ENTITIES[operation.entity], exchange.ids["id"])
        return Answer(201 if is_new else 200, operation.root_key, record)


_SIGN_IN_MINORS = {400: CodeMinor.INVALID_DATA, 401: CodeMinor.UNAUTHORIZED}


def _permitted(
    operation: Operation | None, caller: Caller, path: str, method: str, further: Mapping[str, Scope]
) -> Operation:
    """The operation, when there is one and the caller may ask for it."""
    if operation is None:
        raise _no_operation(path, method)
    lacks_further = operation.entity in further and further[operation.entity] not in caller.scopes
    if lacks_further or not caller.scopes.intersection(operation.scopes):
        raise RefusedError(403, CodeMinor.FORBIDDEN, "The scopes of this client or token do not reach here.")
    return operation


def _no_operation(path: str, method: str) -> RefusedError:
    """Another method would be understood (405), or none (404)."""
    methods = sorted(find_route(path).operations)
    if not methods:
        return unknown_object("There is no such operation.")
    return RefusedError(
        405,
        None,
        f"{method} is none of the operations here.",
        major=CodeMajor.UNSUPPORTED,
        headers={"Allow": ", ".join(methods)},
    )


def _refusal(error: RefusedError, operation: Operation | None) -> Answer:
    notice = StatusInfo(
        error.major,
        Severity.ERROR,
        error.minor,
        error.description,
        operation.id if operation else "",
        str(uuid.uuid4()),
    )
    return Answer(error.status, notices=[notice], headers=error.headers)
