"""How a rule is declared: what breaking it means for the record, by the name of the function that declares it.

Not here: any rule.
"""

from __future__ import annotations

from sis_connect.findings import Fixer, Rule, Severity


def broken(code: str, fixer: Fixer, title: str, fix: str) -> Rule:
    """The record cannot be used."""
    return Rule(code, Severity.ERROR, fixer, title, fix)


def doubtful(code: str, fixer: Fixer, title: str, fix: str, *, strict: Severity | None = None) -> Rule:
    """The record is used; the value is not, or a person should look."""
    return Rule(code, Severity.WARNING, fixer, title, fix, strict)


def mended(code: str, title: str, fix: str) -> Rule:
    """The record is used as if it followed the standard; a certification would refuse it."""
    return Rule(code, Severity.NOTE, Fixer.VENDOR, title, fix, Severity.ERROR)


def remark(code: str, fixer: Fixer, title: str, fix: str) -> Rule:
    """Good to know, and allowed by the standard."""
    return Rule(code, Severity.NOTE, fixer, title, fix)


def unreadable(code: str, title: str, fix: str) -> Rule:
    """An optional value breaks the standard and is not used."""
    return doubtful(code, Fixer.VENDOR, title, fix, strict=Severity.ERROR)
