"""Whether references lead to records that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.model import FieldType
from sis_connect.oneroster.operations import Kind, operation_of
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sis.conformance.casting import is_live
from sis_connect.sis.conformance.checking import Check, Coping, Group, Level, failed, passed, skipped
from sis_connect.sis.conformance.probe import LISTINGS
from sis_connect.sis.conformance.sampling import CUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sis_connect.oneroster.model import Entity, Field
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe

#: Records that are asked for one by one when their collection was not read whole.
_ASKED_FOR = 5


def _leads_somewhere(entity: Entity, field: Field) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        listing = probe.sample(entity.name)
        target = str(field.refers_to)
        ids = {
            id_
            for row in listing.rows
            if is_live(row) and row[field.column]
            for id_ in _ids(field, str(row[field.column]))
        }
        if not ids:
            return skipped("No record has such a reference.")
        known = probe.sample(target)
        if listing.is_cut or known.is_cut:
            return skipped(CUT)
        unknown = sorted(ids - set(known.ids))
        if not known.is_complete:
            unknown = [id_ for id_ in unknown[:_ASKED_FOR] if _is_missing(probe, target, id_)]
        if unknown:
            first = next(
                number
                for number, row in zip(listing.numbers, listing.rows, strict=True)
                if is_live(row) and not set(unknown).isdisjoint(_ids(field, str(row[field.column] or "")))
            )
            seen = f"{len(unknown):,} of {len(ids):,} lead nowhere, the first at {listing.place(first)}."
            return failed(seen, listing.showing(first))
        return passed(f"{len(ids):,} lead to a record.")

    return judge


def _ids(field: Field, text: str) -> list[str]:
    return text.split(",") if field.type is FieldType.REFERENCES else [text]


def _is_missing(probe: Probe, collection: str, sourced_id: str) -> bool:
    if sourced_id in {".", ".."}:
        return False
    return probe.ask(operation_of(collection, Kind.ONE).id, ids={"id": sourced_id}).status in {404, 410}


def _checks() -> Iterator[Check]:
    for entity in ENTITIES.values():
        if entity.name not in LISTINGS:
            continue
        for field in entity.references:
            name = "user" if field.name == "sourcedId" else field.name
            yield Check(
                f"references.{entity.singular}.{name}",
                Group.REFERENCES,
                Level.REQUIRED,
                f"Data model: {entity.singular}",
                f"The {name} of {entity.name} leads to a record of {field.refers_to}.",
                f"Give the {field.refers_to} that {entity.name} refer to, or leave the reference out.",
                Coping.PARTLY,
                "A record that refers to nothing it needs is left out; other references are ignored.",
                _leads_somewhere(entity, field),
            )


CHECKS = tuple(_checks())
