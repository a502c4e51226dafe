"""A link to the next page is followed only where it stays in its place and says what an offset cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.sis.rest.paging.links import LONGEST_HEADER, NextLink, judge_next_link, next_uri, parameters_of

URL = "https://sis.example.org/api/ims/oneroster/v1p1/users"
ASKED: dict[str, str | int] = {"limit": 10, "offset": 0, "sort": "sourcedId", "fields": "sourcedId,status"}


def judged(header: str | None) -> NextLink:
    return judge_next_link(header, URL, ASKED)


@pytest.mark.parametrize("header", [None, "", f'<{URL}?offset=0>; rel="prev"', "no link at all", "<>", '<::>; rel="'])
def test_no_next_link_is_none(header: str | None) -> None:
    assert judged(header) == NextLink()


@pytest.mark.parametrize(
    "header",
    [
        f'<{URL}?limit=10&offset=11>; rel="next"',
        f'{URL}?limit=10&offset=11; rel="next"',
        f"<{URL}?offset=10>; rel=next, <{URL}?offset=90>; rel=last",
        '</api/ims/oneroster/v1p1/users?offset=10>; title="a, b"; rel="last next"',
    ],
)
def test_offset_of_a_link_is_not_used(header: str) -> None:
    """It is computed from the rows received; links get it wrong."""
    assert judged(header) == NextLink()


@pytest.mark.parametrize(
    "target",
    [
        "http://sis.example.org/api/ims/oneroster/v1p1/users?after=x",
        "https://internal.example.org/api/ims/oneroster/v1p1/users?after=x",
        "https://sis.example.org:8443/api/ims/oneroster/v1p1/users?after=x",
        "https://sis.example.org/api/ims/oneroster/v1p1/students?after=x",
        "//elsewhere.example.org/users?after=x",
        "https://[broken/users?after=x",
    ],
)
def test_link_that_leaves_origin_or_path_is_not_followed(target: str) -> None:
    assert judged(f'<{target}>; rel="next"') == NextLink(is_elsewhere=True)


@given(st.sampled_from(["<", ";", "a=", '; x="', "<a>;", " "]), st.integers(1, 30))
def test_a_header_that_no_provider_needs_is_not_read(piece: str, extra: int) -> None:
    """Some send megabytes; what is longer than any address is left alone, and said so."""
    header = piece * (LONGEST_HEADER // len(piece)) + f'<{URL}?after=x>; rel="next"' * extra
    assert judged(header) == NextLink(is_too_long=True)
    assert next_uri(header) is None


def test_the_longest_header_that_is_read_has_its_next_link_found() -> None:
    link = f', <{URL}?after=x>; rel="next"'
    padding = f'<{URL}>; rel="prev"; title="{"x" * 5000}"'
    assert len(padding + link) <= LONGEST_HEADER
    assert judged(padding + link).query is not None


def test_what_a_followed_link_lost_is_put_back() -> None:
    link = judged(f'<{URL}?after=a%20b&limit=5>; rel="next"')

    assert link.query is not None
    assert parameters_of(link.query) == {
        "limit": "5",
        "sort": "sourcedId",
        "fields": "sourcedId,status",
        "after": "a b",
    }


def test_default_port_is_the_same_place() -> None:
    assert judged('<https://sis.example.org:443/api/ims/oneroster/v1p1/users?after=x>; rel="next"').query is not None
