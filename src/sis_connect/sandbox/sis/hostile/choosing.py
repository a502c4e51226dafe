"""Which scenario meets which request: chosen by a header for one, or for the whole provider.

A choice is written `pages_short; seed=3; rows=5`: a name of the table, then numbers, all with defaults. The same choice
made for two requests is one run of its scenario, which goes on counting; another seed begins a new one. Providers
listen on the loopback interface only, so nobody is made hostile from afar. Not here: what scenarios do.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from sis_connect.sandbox.sis.hostile.terms import Terms
from sis_connect.sandbox.sis.hostility import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from sis_connect.sandbox.sis.exchange import Answer, Exchange, Layer, Proceed
    from sis_connect.sandbox.sis.hostile.scenario import Scenario
    from sis_connect.sandbox.sis.records import Records
    from sis_connect.sandbox.sis.settings import SisSettings

#: The header that chooses a scenario for one request.
SCENARIO_HEADER = "X-Sandbox-Scenario"

#: Runs that are remembered; beyond them the provider begins to forget all that requests chose.
_MOST_RUNS = 1_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A scenario with its seed and numbers."""

    scenario: Scenario
    seed: int
    numbers: Mapping[str, int]

    def __str__(self) -> str:
        """As `parse_choice` reads it."""
        numbers = "".join(f"; {name}={number}" for name, number in self.numbers.items())
        return f"{self.scenario.name}; seed={self.seed}{numbers}"


def parse_choice(text: str) -> Choice:
    """The choice a text makes; ValueError when there is no such scenario or number."""
    name, *settings = (part.strip() for part in text.split(";"))
    scenario = SCENARIOS.get(name)
    if scenario is None:
        raise ValueError("there is no such scenario")
    numbers = {"seed": 0, **scenario.numbers}
    for setting in settings:
        key, _, value = (part.strip() for part in setting.partition("="))
        if key not in numbers or not (value.isascii() and value.isdigit() and len(value) < 10):
            raise ValueError(f"{name} takes numbers for: {', '.join(numbers)}")
        numbers[key] = int(value)
    seed = numbers.pop("seed")
    return Choice(scenario, seed, MappingProxyType(numbers))


class Hostility:
    """The scenarios at work in one provider; safe between threads."""

    def __init__(self, records: Records, choice: str | None = None) -> None:
        """Begins with this choice for all requests, or with none; ValueError when it cannot be understood."""
        self._records = records
        self._lock = threading.Lock()
        self._runs: dict[str, Layer | None] = {}
        self._whole: Choice | None = None
        self._whole_layer: Layer | None = None
        self.choose(choice)

    @property
    def choice(self) -> Choice | None:
        """What holds for requests that choose nothing themselves."""
        return self._whole

    def choose(self, text: str | None) -> None:
        """From now on this holds for all requests that choose nothing themselves; None: nothing does.

        What a scenario does to the data is done now and stays. ValueError when the choice cannot be understood.
        """
        choice = parse_choice(text) if text else None
        terms = choice and self._terms(choice)
        if choice and terms and choice.scenario.prepare:
            with self._records.together() as writing:
                choice.scenario.prepare(writing, terms.dice(choice.scenario.name), choice.numbers)
        with self._lock:
            self._whole = choice
            self._whole_layer = choice.scenario.layer(terms) if choice and terms and choice.scenario.layer else None

    def settings_of_tokens(self, settings: SisSettings) -> SisSettings:
        """The provider's settings as its token endpoint has them."""
        whole = self._whole
        if whole is None or whole.scenario.expires_in is None:
            return settings
        return replace(settings, expires_in=whole.scenario.expires_in)

    async def layer(self, exchange: Exchange, proceed: Proceed) -> Answer | Response:
        """Lets the request meet what was chosen."""
        text = exchange.request.headers.get(SCENARIO_HEADER)
        try:
            layer = self._whole_layer if text is None else self._run(text)
        except ValueError as error:
            return PlainTextResponse(f"{SCENARIO_HEADER}: {error}.", 400)
        return await (proceed(exchange) if layer is None else layer(exchange, proceed))

    def _run(self, text: str) -> Layer | None:
        choice = parse_choice(text)
        if choice.scenario.is_of_the_whole:
            raise ValueError("this scenario is one of the whole provider")
        with self._lock:
            if str(choice) not in self._runs:
                if len(self._runs) >= _MOST_RUNS:
                    self._runs.clear()
                make = choice.scenario.layer
                self._runs[str(choice)] = make(self._terms(choice)) if make else None
            return self._runs[str(choice)]

    def _terms(self, choice: Choice) -> Terms:
        return Terms(choice.seed, choice.numbers, self._records)
