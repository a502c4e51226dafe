"""Filters nobody would think of, asked of a running provider over records that nobody keeps tidy.

No filter makes it fail, and none shows a record that it should hide or hides one that it should show: what is shown is
what `matches` finds among all records that the provider itself sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filter_fuzz import COLLECTIONS, filters, hostile_text, judge, rows
from integration.sandbox.sis.sis_caller import SisCaller, query
from sis_connect.oneroster.operations import OPERATIONS, Kind
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis import SisSettings, start

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a collection's lists are made of besides its own records.
LINKS = {"courses": "courseResources", "classes": "classResources"}
PATHS = {
    operation.entity: operation.path
    for operation in OPERATIONS.values()
    if operation.kind is Kind.LIST and not operation.selects and not operation.parent
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks a provider with a token that opens everything."""

    caller: SisCaller
    token: str

    def fill(self, collection: str, records: list[dict[str, str | None]]) -> None:
        """The collection holds these records and no others."""
        with self.caller.sis.records.together() as writing:
            writing.remove(collection, {str(row["sourced_id"]) for row in writing.find(collection)})
            for row in records:
                writing.put(collection, row, row.get("metadata"))

    def read(self, collection: str, **asked: object) -> tuple[int, dict[str, Any]]:
        """Status and body."""
        url = f"{self.caller.sis.url}{PATHS[collection]}?{query(limit=10_000, **asked)}"
        answer = self.caller.http.get(url, headers={"Authorization": f"Bearer {self.token}"})
        return answer.status_code, answer.json()

    def ask(self, collection: str, text: str) -> tuple[int, set[str], str]:
        """As `filter_fuzz.judge` wants it."""
        status, body = self.read(collection, filter=text)
        shown = {record["sourcedId"] for record in body.get(collection, [])}
        notices = body.get("statusInfoSet", [{}])
        return status, shown, notices[0].get("imsx_codeMinor", "")


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    with start(SisSettings(), tmp_path_factory.mktemp("filters") / "sis.sqlite") as sis, SisCaller(sis) as caller:
        yield Asker(caller, str(caller.token().json()["access_token"]))


@pytest.mark.parametrize("collection", COLLECTIONS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_filter_shows_exactly_what_it_asks_for(asker: Asker, collection: str, data: st.DataObject) -> None:
    entity = ENTITIES[collection]
    if collection in LINKS:
        asker.fill(LINKS[collection], data.draw(rows(LINKS[collection])))
    asker.fill(collection, data.draw(rows(collection)))
    everything = asker.read(collection)[1][collection]
    for text in data.draw(st.lists(filters(entity) | hostile_text(entity), min_size=1, max_size=5)):
        assert judge(text, entity, everything, lambda asked: asker.ask(collection, asked)) is None, text
