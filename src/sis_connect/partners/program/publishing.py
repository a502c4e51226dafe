"""What the program publishes: a page for people, the same as JSON, and as a table in Markdown. Pure.

Sorted as a district looks for its SIS: by the name that it knows, without regard to case and signs. The page is one
file, fetches nothing and runs no script.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import jinja2
import msgspec

from sis_connect.partners.directory import name_key
from sis_connect.partners.profile import Status
from sis_connect.partners.program.lifecycle import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sis_connect.partners.profile import Profile
    from sis_connect.partners.program.standing import Partner

_TITLE = "SIS partners"


class PublishedState(msgspec.Struct, frozen=True):
    """A state and what it means."""

    name: str
    meaning: str


class PublishedPartner(msgspec.Struct, frozen=True):
    """One line."""

    #: Permanent.
    id: str
    name: str
    #: `In Contact`, `In Testing`, `In Pilot` or `Available`.
    status: str
    #: Stands beside the state; empty for none.
    note: str
    #: The day on which it entered its state; null where that was before the program kept a log.
    since: date | None
    #: Its products where their names are not the partner's.
    products: tuple[str, ...]
    #: Other names under which districts look for it.
    also_known_as: tuple[str, ...]
    #: Ids of the products' profiles.
    profiles: tuple[str, ...]


class StatusPage(msgspec.Struct, frozen=True):
    """What the program publishes on one day."""

    #: In UTC.
    made_at: datetime
    states: tuple[PublishedState, ...]
    partners: tuple[PublishedPartner, ...]
    #: How many entries the program's log has, and the digest of the last: whoever kept them can tell later whether
    #: anything before was changed.
    log_entries: int
    log_digest: str


def status_page(
    partners: Iterable[Partner], profiles: Mapping[str, Profile], made_at: datetime, *, entries: int, digest: str
) -> StatusPage:
    """The page's content; `entries` and `digest` name the state of the log."""
    states = tuple(PublishedState(status.value, MEANINGS[status]) for status in Status)
    listed = sorted(
        (_published(partner, profiles) for partner in partners), key=lambda one: (name_key(one.name), one.id)
    )
    return StatusPage(made_at, states, tuple(listed), entries, digest)


def write_json(page: StatusPage) -> bytes:
    """For machines."""
    return msgspec.json.format(msgspec.json.encode(page)) + b"\n"


def write_markdown(page: StatusPage) -> str:
    """A table to paste."""
    lines = ["| SIS | Status | |", "| --- | --- | --- |"]
    lines += [f"| {_cell(_in_full(one))} | {one.status} | {_cell(one.note)} |" for one in page.partners]
    return "\n".join(lines) + "\n"


def write_page(page: StatusPage) -> bytes:
    """For people."""
    counts = [(state, sum(one.status == state.name for one in page.partners)) for state in page.states]
    return _TEMPLATE.render(title=_TITLE, page=page, counts=counts).encode()


def _published(partner: Partner, profiles: Mapping[str, Profile]) -> PublishedPartner:
    products = [profiles[id_] for id_ in partner.products if id_ in profiles]
    names = sorted((one.display_name for one in products), key=name_key)
    others = {name for one in products for name in one.other_names} - {partner.name, *names}
    return PublishedPartner(
        id=partner.id,
        name=partner.name,
        status=partner.status.value,
        note=partner.note,
        since=partner.since.date() if partner.since else None,
        products=tuple(name for name in names if name_key(name) != name_key(partner.name)),
        also_known_as=tuple(sorted(others, key=name_key)),
        profiles=partner.products,
    )


def _in_full(one: PublishedPartner) -> str:
    """The name with its products: `Skyward (Qmlativ, SMS 2.0)`."""
    own = _own_names(one)
    return f"{one.name} ({', '.join(own)})" if own else one.name


def _besides(one: PublishedPartner) -> str:
    """Other names that the full one does not hold already."""
    return ", ".join(name for name in one.also_known_as if name not in _own_names(one))


def _own_names(one: PublishedPartner) -> list[str]:
    return [name.removeprefix(f"{one.name} ") for name in one.products]


def _cell(text: str) -> str:
    """Text that stays one cell, and text, whatever a vendor called its product."""
    for sign in ("\\", "|", "<", "[", "]", "*", "_", "`"):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sis_connect.partners.program"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["in_full"] = _in_full
    environment.filters["besides"] = _besides
    environment.filters["class"] = lambda status: status.lower().replace(" ", "-")
    return environment


_TEMPLATE = _environment().get_template("status.html")
