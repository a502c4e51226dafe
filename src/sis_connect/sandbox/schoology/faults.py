"""Faults on demand: what can go wrong between a client and the service, and when it does.

Here: the table of named faults and the plan that decides, from its rules and seed alone, which request is
struck. Not here: how a fault is carried out (`app`).
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class Fault(StrEnum):
    """What a struck request meets."""

    #: 429 with `Retry-After`; nothing is done.
    TOO_MANY_REQUESTS = "too_many_requests"
    #: 503; nothing is done.
    UNAVAILABLE = "unavailable"
    #: 500; nothing is done.
    SERVER_ERROR = "server_error"
    #: 403 with an empty body; nothing is done.
    FORBIDDEN = "forbidden"
    #: 200 with a page of HTML; nothing is done.
    HTML_PAGE = "html_page"
    #: The connection ends before anything is done.
    CONNECTION_CUT = "connection_cut"
    #: Everything is done, and the connection ends without an answer.
    LOST_REPLY = "lost_reply"
    #: Everything is done, and the answer has other keys than it should.
    WRONG_ENVELOPE = "wrong_envelope"
    #: Some objects of a bulk call are refused, each with its own code; the others are done.
    ITEM_FAILURES = "item_failures"
    #: Everything is done, later.
    SLOW = "slow"


#: Faults that answer instead of the service; the first of a plan that strikes decides.
INSTEAD = frozenset(
    {
        Fault.TOO_MANY_REQUESTS,
        Fault.UNAVAILABLE,
        Fault.SERVER_ERROR,
        Fault.FORBIDDEN,
        Fault.HTML_PAGE,
        Fault.CONNECTION_CUT,
    }
)


@dataclass(frozen=True, slots=True)
class FaultRule:
    """Which requests one fault strikes."""

    fault: Fault
    #: `POST` and so on, or `*`.
    method: str = "*"
    #: Shell pattern over the path after `/v1/`, without the query: `users`, `sections/*/enrollments`, `*`.
    path: str = "*"
    #: Matching requests that pass unharmed first.
    after: int = 0
    #: Matching requests that may be struck from there on; None for all of them.
    count: int | None = 1
    #: Chance that such a request is struck, decided by the plan's seed.
    probability: float = 1.0
    #: Length of the delay, or the value of `Retry-After`.
    seconds: float = 1.0
    #: `response_code` of failing items.
    code: int = 400
    #: Positions of failing items; None leaves it to `item_share`.
    items: tuple[int, ...] | None = None
    #: Share of failing items, decided by the plan's seed.
    item_share: float = 1.0


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Rules, and the seed that decides where they leave a choice."""

    rules: tuple[FaultRule, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Strike:
    """One rule that strikes one request."""

    rule: FaultRule
    #: What chance is drawn from: the seed, the rule's place and the request's number.
    draw: str

    def fails(self, position: int) -> int | None:
        """The code with which the item at this position is refused, or None when it is not."""
        rule = self.rule
        if rule.fault is not Fault.ITEM_FAILURES:
            return None
        if rule.items is not None:
            return rule.code if position in rule.items else None
        return rule.code if _chance(f"{self.draw}/{position}") < rule.item_share else None


class Faults:
    """A fault plan at work: counts matching requests and says what strikes each; safe between threads."""

    def __init__(self, plan: FaultPlan) -> None:
        """Begins with no request counted."""
        self._lock = threading.Lock()
        self.set_plan(plan)

    def set_plan(self, plan: FaultPlan) -> None:
        """Replaces the plan; counting begins anew."""
        with self._lock:
            self._plan = plan
            self._matches = [0] * len(plan.rules)

    def strike(self, method: str, path: str) -> list[Strike]:
        """What strikes this request, in the order of the plan."""
        strikes = []
        with self._lock:
            for place, rule in enumerate(self._plan.rules):
                if rule.method not in ("*", method) or not fnmatchcase(path, rule.path):
                    continue
                number = self._matches[place] - rule.after
                self._matches[place] += 1
                draw = f"{self._plan.seed}/{place}/{number}"
                within = number >= 0 and (rule.count is None or number < rule.count)
                if within and _chance(draw) < rule.probability:
                    strikes.append(Strike(rule, draw))
        return strikes


def parse_plan(value: object) -> FaultPlan:
    """The plan in decoded JSON: `{"seed": 0, "rules": [{"fault": "unavailable", "method": "POST", ...}]}`.

    Raises ValueError or TypeError when it is none.
    """
    if not isinstance(value, dict):
        raise TypeError("a fault plan is an object with `rules` and `seed`")
    rules = tuple(_parse_rule(rule) for rule in value.get("rules", []))
    return FaultPlan(rules, int(value.get("seed", 0)))


def _parse_rule(value: object) -> FaultRule:
    if not isinstance(value, dict):
        raise TypeError("a rule is an object")
    given = {str(name): setting for name, setting in value.items()}
    given["fault"] = Fault(str(given.get("fault")))
    if given.get("items") is not None:
        given["items"] = tuple(int(position) for position in given["items"])
    return FaultRule(**given)


def _chance(draw: str) -> float:
    return random.Random(draw).random()  # noqa: S311 -- repeatable, not secret
