"""Several reading calls in one: `POST multiget` with up to 50 paths."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from sis_connect.sandbox.schoology.api.calls import Call, CallRefusedError, Json, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

#: Paths that may be asked for.
_ALLOWED = re.compile(
    r"courses/\d+(/sections)?|sections/\d+(/(assignments|enrollments|grade_items|grades))?|sections/ext/[^/]+"
    r"|users/\d+(/sections)?|users/ext/[^/]+"
)


def get_many(call: Call, get: Callable[[Call], Reply]) -> Reply:
    """The replies of all paths, in order, each with its own code; `get` answers one reading call by its path."""
    wanted = call.fields().get("request")
    if not isinstance(wanted, list) or not wanted:
        raise CallRefusedError(400, "request must be a list of paths.")
    call.check_cap(wanted)
    return Reply(207, {"response": [_get(call, str(location), get) for location in wanted]})


def _get(call: Call, location: str, get: Callable[[Call], Reply]) -> Json:
    address = urlsplit(location)
    path = address.path.strip("/").removeprefix("v1/")
    inner = replace(call, path=path, query=dict(parse_qsl(address.query)), body=None)
    try:
        reply = get(inner) if _ALLOWED.fullmatch(path) else Reply(403)
    except CallRefusedError as error:
        reply = Reply(error.status)
    return {
        "location": location,
        "response_code": reply.status,
        "headers": dict(reply.headers),
        "body": reply.body if reply.body is not None else "",
    }
