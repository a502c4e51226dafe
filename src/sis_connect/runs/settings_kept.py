"""The district's settings as a plan keeps them, so that a later plan can say which of them changed.

Here: those that decide what a plan holds, and what is read for it. Not here: reading the rules file (`config`), where
Schoology is, how much memory there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from sis_connect.runs.runner import RunSettings

#: Settings that are tables with keys of the district's own: one setting each.
_TABLES = ("schools.match",)


def kept_settings(settings: RunSettings) -> dict[str, str]:
    """Every setting that decides what a plan holds: its dotted key as in the rules file, and its value as JSON."""
    tables = {
        "source": {"mode": "strict" if settings.strict else "lenient"},
        **msgspec.to_builtins(settings.rules),
        "guard": msgspec.to_builtins(settings.guard),
        "ownership": msgspec.to_builtins(settings.ownership),
        "refusals": msgspec.to_builtins(settings.refusals),
        "sis": dict(settings.asking),
    }
    tables["scope"] = {**tables["scope"], "time_zone": str(settings.time_zone or "local")}
    return dict(_flattened(tables, ""))


def changed_settings(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """The keys whose values differ, in order; none when nothing is known of before."""
    if not before:
        return ()
    return tuple(sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key)))


def _flattened(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and key not in _TABLES:
            yield from _flattened(value, f"{key}.")
        else:
            yield key, msgspec.json.encode(value, order="deterministic").decode()
