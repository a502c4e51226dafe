"""What was noticed on pages, counted by code and property, in a number of lines that no provider can drive up.

Not here: what is noticed (`oneroster.json_tolerant`, `listing`), and the findings made of it (`collection`).
"""

from __future__ import annotations

from collections import Counter, defaultdict

#: Properties told apart for one code; a provider that invents names for each record does not fill a report.
MOST_PROPERTIES = 40


def folded(noticed: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """The same counts; of more properties than are told apart, those that come last by name count without a name."""
    by_code: defaultdict[str, list[str]] = defaultdict(list)
    for code, name in noticed:
        if name:
            by_code[code].append(name)
    fine = Counter(noticed)
    for code, names in by_code.items():
        for name in sorted(names)[MOST_PROPERTIES:]:
            fine[code, ""] += fine.pop((code, name))
    return fine
