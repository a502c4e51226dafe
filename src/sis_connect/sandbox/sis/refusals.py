"""How a provider says no: one error with its HTTP status and the code of the standard (status codes)."""

from __future__ import annotations

from sis_connect.oneroster.status_info import CodeMajor, CodeMinor


class RefusedError(Exception):
    """The request is refused; carried to the outside as an error payload."""

    def __init__(
        self,
        status: int,
        minor: CodeMinor | None,
        description: str,
        *,
        major: CodeMajor = CodeMajor.FAILURE,
        headers: dict[str, str] | None = None,
    ) -> None:
        """`description` is the offending field where there is one; it names no secret."""
        super().__init__(description)
        self.status = status
        self.minor = minor
        self.description = description
        self.major = major
        self.headers = headers or {}


def unknown_object(what: str) -> RefusedError:
    """There is no such record (404)."""
    return RefusedError(404, CodeMinor.UNKNOWN_OBJECT, what)


def invalid_parameter(name: str) -> RefusedError:
    """A parameter cannot be understood (400)."""
    return RefusedError(400, CodeMinor.INVALID_DATA, name)


def invalid_data(field: str) -> RefusedError:
    """A body was understood and breaks the model (422)."""
    return RefusedError(422, CodeMinor.INVALID_DATA, field)
