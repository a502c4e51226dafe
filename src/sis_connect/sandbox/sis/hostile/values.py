"""Hostile values: records that are all there, written as the standard does not have it.

Serves the digest of payload deviations met in the field. What is written here means what the standard would have
written. Each function makes the layer of one scenario. Not here: data that mean something else (`feeds`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.model import FieldType
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis.hostile.terms import all_of, telling

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sis_connect.oneroster.model import Entity
    from sis_connect.sandbox.sis.exchange import Answer, Exchange, Layer, Record
    from sis_connect.sandbox.sis.hostile.terms import MakeLayer, Terms

_REFERENCES = (FieldType.REFERENCE, FieldType.REFERENCES)
_LISTS = (FieldType.STRINGS, FieldType.ENUMERATIONS)


def fields(types: Collection[FieldType], change: Callable[[object], object]) -> MakeLayer:
    """Values of fields of these types are written in another way; those that are absent stay so."""

    def make(_: Terms) -> Layer:
        def write(entity: Entity, record: Record) -> None:
            for field in entity.fields:
                value = record.get(field.name)
                if field.type in types and value not in (None, "", []):
                    record[field.name] = change(value)

        return _each(write)

    return make


def each(change: Callable[[Entity, Record], None]) -> MakeLayer:
    """Every record is changed."""
    return lambda _: _each(change)


def _each(change: Callable[[Entity, Record], None]) -> Layer:
    def tell(exchange: Exchange, answer: Answer) -> None:
        if exchange.operation is not None:
            for record in answer.records:
                change(ENTITIES[exchange.operation.entity], record)

    return telling(tell)


def _references(change: Callable[[Record], object]) -> MakeLayer:
    def write(value: object) -> object:
        if isinstance(value, list):
            return [change(item) if isinstance(item, dict) else item for item in value]
        return change(value) if isinstance(value, dict) else value

    return fields(_REFERENCES, write)


def _number(value: object) -> object:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and not text.startswith("0") else value


def _joined(value: object) -> object:
    return ",".join(map(str, value)) if isinstance(value, list) else value


def _single(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _null_for_nothing(entity: Entity, record: Record) -> None:
    for field in entity.fields:
        if not field.is_secret and record.get(field.name) in (None, "", []):
            record[field.name] = None
    record["metadata"] = record.get("metadata") or None


def _with_password(entity: Entity, record: Record) -> None:
    if entity.name == "users":
        record["password"] = "invented"  # noqa: S105 -- nobody's


def _with_more(_: Entity, record: Record) -> None:
    record["_links"] = {"self": "x"}
    record["lastChangedBy"] = "somebody"


def _with_names_of_its_own(_: Entity, record: Record) -> None:
    record[f"of-{record.get('sourcedId')}"] = True


def metadata_without_end(terms: Terms) -> Layer:
    """Each record has `names` metadata that no other record has."""

    def write(_: Entity, record: Record) -> None:
        own = {f"{record.get('sourcedId')}.{number}": "x" for number in range(terms.numbers["names"])}
        given = record.get("metadata")
        record["metadata"] = own | (given if isinstance(given, dict) else {})

    return _each(write)


def _user_of_1_2(entity: Entity, record: Record) -> None:
    if entity.name == "users" and isinstance(record.get("orgs"), list):
        role, orgs = record.pop("role"), record.pop("orgs")
        words = {"administrator": "siteAdministrator"}
        record["roles"] = [
            {"roleType": "primary", "role": words.get(str(role), role), "org": org}
            for org in (orgs if isinstance(orgs, list) else [])
        ]
        record["userProfiles"] = []


def _csv_names(entity: Entity, record: Record) -> None:
    for field in entity.fields:
        if field.type is FieldType.REFERENCE and isinstance(reference := record.get(field.name), dict):
            del record[field.name]
            record[field.csv_name] = reference["sourcedId"]


booleans_as_json = fields((FieldType.BOOLEAN,), lambda value: value == "true")
booleans_in_other_words = fields((FieldType.BOOLEAN,), lambda value: "Y" if value == "true" else "FALSE")
dates_as_moments = fields((FieldType.DATE,), lambda value: f"{value}T00:00:00.000Z")
dates_month_first = fields(
    (FieldType.DATE,), lambda value: "/".join((*str(value).split("-")[1:], str(value).partition("-")[0]))
)
moments_with_offsets = fields((FieldType.DATE_TIME,), lambda value: str(value).replace(".000Z", "+00:00"))
words_in_capitals = fields((FieldType.ENUMERATION,), lambda value: f"{str(value).upper()} ")
texts_as_numbers = fields((FieldType.STRING, FieldType.YEAR), _number)
years_as_spans = fields((FieldType.YEAR,), lambda value: f"{int(str(value)) - 1}-{value}")
lists_as_text = fields(_LISTS, _joined)
lists_of_one_bare = fields((*_LISTS, FieldType.REFERENCES), _single)
references_bare = _references(lambda reference: reference["sourcedId"])
references_without_manners = _references(lambda reference: {"sourcedId": reference["sourcedId"]})
references_of_the_path = _references(
    lambda reference: reference | {"href": f"/x/{reference['sourcedId']}", "type": str(reference["type"]).upper()}
)
nulls = each(_null_for_nothing)
passwords_sent = each(_with_password)
unknown_properties = each(_with_more)
properties_without_end = each(_with_names_of_its_own)
users_of_1_2 = each(_user_of_1_2)
names_of_csv = each(_csv_names)
metadata_as_list = each(lambda _, record: record.update(metadata=[]))
numbers_for_ids = all_of(
    fields((FieldType.GUID,), _number),
    _references(lambda reference: reference | {"sourcedId": _number(reference["sourcedId"])}),
)
