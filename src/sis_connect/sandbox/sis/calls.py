"""The latest requests of a provider, for people to look at; free of personal data.

Ids of paths stand as their names, and of what was asked only the numbers of paging are shown: a filter may hold
anything. Not here: counting (`statistics`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.sandbox.serving import NoAnswer
from sis_connect.sandbox.sis.exchange import Answer
from sis_connect.sandbox.sis.hostile.choosing import SCENARIO_HEADER
from sis_connect.sandbox.sis.hostility import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from starlette.responses import Response

    from sis_connect.sandbox.sis.exchange import Exchange
    from sis_connect.sandbox.sis.hostile.choosing import Choice

#: How many calls a provider remembers.
CALLS_REMEMBERED = 1000

_NUMBERS = ("limit", "offset")
_NAMED = ("filter", "sort", "orderBy", "fields")
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """One request and what became of it."""

    at: datetime
    method: str
    #: Template of the operation's path; "" where there is no such operation.
    path: str
    #: What was asked, for example `limit=100 offset=200 filter`.
    asked: str
    #: None when the connection ended without an answer.
    status: int | None
    #: Records sent.
    records: int
    #: Minor code of the first notice, "" when there was none.
    minor: str
    #: The hostile scenario that it met, "" for none.
    scenario: str


def logged_call(
    at: datetime, exchange: Exchange, asked: str, answer: Answer | Response, choice: Choice | None
) -> LoggedCall:
    """What is remembered of a request; `choice` is what holds for requests that choose no scenario themselves."""
    chosen = exchange.request.headers.get(SCENARIO_HEADER, choice.scenario.name if choice else "")
    scenario = chosen.partition(";")[0].strip()
    status: int | None
    if isinstance(answer, Answer):
        status, records, notices = answer.status, len(answer.records), answer.notices
    else:
        status, records, notices = None if isinstance(answer, NoAnswer) else answer.status_code, 0, []
    return LoggedCall(
        at=at,
        method=exchange.request.method,
        path=exchange.operation.path if exchange.operation else "",
        asked=asked,
        status=status,
        records=records,
        minor=str(notices[0].code_minor or "") if notices else "",
        scenario=scenario if scenario in SCENARIOS else "",
    )


def describe_parameters(parameters: Iterable[tuple[str, str]]) -> str:
    """What was asked, for example `limit=100 offset=200 filter`; to be told before any layer changes it."""
    return " ".join(_described(parameters))


def _described(parameters: Iterable[tuple[str, str]]) -> Iterable[str]:
    for name, value in parameters:
        if name in _NUMBERS and value.isascii() and value.isdigit() and len(value) <= _DIGITS:
            yield f"{name}={value}"
        elif name in _NUMBERS or name in _NAMED:
            yield name
