"""`docs/partner-profiles.md` is what the schema, the questions, the quirks and the profiles say."""

from __future__ import annotations

import pytest

from docs import partner_reference
from sis_connect.partners.facts import Known
from sis_connect.partners.quirks import QUIRKS


def test_page_is_up_to_date() -> None:
    page = partner_reference.PAGE.read_text(encoding="utf-8")
    assert page == partner_reference.page(), "renew it: ./dev run python tests/docs/partner_reference.py"


DECLARED: list[tuple[type, str]] = [
    *((Known, name) for name in Known.__struct_fields__),
    *((struct, name) for _, struct in partner_reference.sections() for name in struct.__struct_fields__),
    *((words, one.name) for words in partner_reference.enumerations() for one in words),
]


@pytest.mark.parametrize(("declared", "name"), DECLARED)
def test_every_field_and_word_has_a_meaning(declared: type, name: str) -> None:
    assert partner_reference.meaning(declared, name)


def test_every_quirk_stands_on_the_page() -> None:
    page = partner_reference.PAGE.read_text(encoding="utf-8")
    assert [name for name in QUIRKS if f"| `{name}` |" not in page] == []
