"""Profiles for tests: those that are shipped, and variants of their files in a folder of the test."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sis_connect.partners.directory import SHIPPED, Directory, load

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.partners.profile import Profile

IDS = tuple(sorted(file.name.removesuffix(".toml") for file in SHIPPED.iterdir()))

#: The eleven partners with their products, as the program publishes them.
PARTNER_IDS = tuple(set(IDS) - {"classlink", "eschoolplus", "other", "powerschool"})


@cache
def shipped() -> Directory:
    """The directory that is shipped."""
    return load()


def profile(id_: str) -> Profile:
    """The shipped profile with this id."""
    return shipped().get(id_)


def variant(folder: Path, of: str, *changes: tuple[str, str], name: str | None = None) -> Path:
    """A copy of a shipped file in `folder` with each first text replaced by the second, which must be there."""
    text = (SHIPPED / f"{of}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{of}.toml does not hold {old!r}"
        text = text.replace(old, new, 1)
    path = folder / f"{name or of}.toml"
    path.write_text(text, encoding="utf-8")
    return path
