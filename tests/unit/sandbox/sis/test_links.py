"""The links between pages, as arithmetic."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from sis_connect.sandbox.sis.links import format_links, page_links

ADDRESS = "http://sis.example/users"
NAMES = st.text(min_size=1, max_size=5).filter(lambda name: name not in ("limit", "offset"))
PARAMETERS = st.lists(st.tuples(NAMES, st.text(max_size=8)), max_size=3)


def asked_by(address: str) -> list[tuple[str, str]]:
    """The parameters of an address."""
    return parse_qsl(urlsplit(address).query, keep_blank_values=True)


@given(parameters=PARAMETERS, limit=st.integers(1, 50), total=st.integers(0, 500))
def test_following_next_from_the_first_page_covers_every_record_once(
    parameters: list[tuple[str, str]], limit: int, total: int
) -> None:
    covered: list[int] = []
    links = page_links(ADDRESS, parameters, limit, 0, total)
    address: str | None = links["first"]
    while address:
        *others, (_, size), (_, offset) = asked_by(address)
        assert others == parameters
        covered += range(int(offset), min(int(offset) + int(size), total))
        address = page_links(ADDRESS, parameters, limit, int(offset), total).get("next")
    assert covered == list(range(total))


@given(limit=st.integers(1, 50), offset=st.integers(0, 600), total=st.integers(0, 500))
def test_every_link_leads_to_a_page_that_exists(limit: int, offset: int, total: int) -> None:
    for relation, address in page_links(ADDRESS, [], limit, offset, total).items():
        at = int(dict(asked_by(address))["offset"])
        assert at >= 0
        if relation != "prev":
            assert at < max(total, 1)


@given(parameters=PARAMETERS)
def test_a_header_holds_visible_ascii_alone(parameters: list[tuple[str, str]]) -> None:
    header = format_links(page_links(ADDRESS, parameters, 10, 10, 30))
    assert header.isascii()
    assert header.isprintable()
    assert header.count("<") == header.count(">") == 4
