"""An answer as it goes over the wire: status, headers, and the JSON around the records (REST binding, envelope)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from sis_connect.oneroster.json_text import encode_json
from sis_connect.oneroster.status_info import write_status_info
from sis_connect.sandbox.sis.links import format_links

if TYPE_CHECKING:
    from sis_connect.sandbox.sis.exchange import Answer

_JSON = "application/json"


def encode(answer: Answer) -> Response:
    """The reply as it goes over the wire."""
    headers = dict(answer.headers)
    if answer.total is not None:
        headers["X-Total-Count"] = str(answer.total)
    if answer.links:
        headers["Link"] = format_links(answer.links)
    document: dict[str, object] = {}
    if answer.content is not None:
        document[answer.root_key] = answer.content
    if answer.notices:
        document.update(write_status_info(*answer.notices))
    if not document:
        return Response(status_code=answer.status, headers=headers)
    return Response(encode_json(document), answer.status, headers, _JSON)
