"""Addresses that people type, and addresses that names lead to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.errors import ConfigurationError
from sis_connect.transport.addresses import Reach, Zone, judge_url, zone_of

NOWHERE_SPECIAL = Reach()
THIS_MACHINE = Reach(loopback=True)
THIS_HOUSE = Reach(private=True)


def refused(typed: str, reach: Reach = NOWHERE_SPECIAL, *, keeps_query: bool = False) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        judge_url(typed, where="sis.url", reach=reach, keeps_query=keeps_query)
    assert caught.value.where == "sis.url"
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        ("https://sis.example.org", "https://sis.example.org"),
        ("https://sis.example.org/", "https://sis.example.org"),
        ("HTTPS://SIS.Example.ORG:443/Api/V1/", "https://sis.example.org/Api/V1"),
        ("https://sis.example.org:8443/campus/api", "https://sis.example.org:8443/campus/api"),
        ("https://proxy.example.org/a%2Bb%2Fc%3d/ims/oneroster/v1p1", None),
        ("https://sis.example.org//twice//x", None),
        ("https://sis.example.org/a+b;c,d@e:f!$&'()*~", None),
        ("https://bücher.example.org/x", "https://xn--bcher-kva.example.org/x"),
        ("https://93.184.216.34/x", None),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]/x", None),
    ],
)
def test_an_https_address_is_called_as_it_was_typed(typed: str, called: str | None) -> None:
    """Scheme and host are lower-cased, and nothing else: a prefix of the vendor is the vendor's own."""
    assert judge_url(typed, where="sis.url", reach=NOWHERE_SPECIAL) == (called or typed)


@pytest.mark.parametrize(
    "typed",
    [
        "https://sis.example.org/campus/oauth2/token?appName=north",
        "https://sis.example.org/admin/token/",
        "https://sis.example.org/token?scope=a%20b&x",
    ],
)
def test_a_token_address_keeps_its_query_and_its_last_slash(typed: str) -> None:
    """Vendors tell connections apart by the one and handlers by the other."""
    assert judge_url(typed, where="sis.token_url", reach=NOWHERE_SPECIAL, keeps_query=True) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sis.example.org/api", "https://sis.example.org/api"),
        ("sis.example.org:8443/api", "https://sis.example.org:8443/api"),
        ("//sis.example.org", "https://sis.example.org"),
        ("https:/sis.example.org", "https://sis.example.org"),
        (" https://sis.example.org\n", "https://sis.example.org"),
        ("https://sis. example.org", "https://sis.example.org"),
        ("https://sis.example.org\u200b", "https://sis.example.org"),
        ("https://sis.example.org\u00a0/x", "https://sis.example.org/x"),
    ],
)
def test_a_slip_of_the_keyboard_is_explained_with_what_was_probably_meant(typed: str, meant: str) -> None:
    assert f"Set it to {meant} " in refused(typed).fix


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("ftp://sis.example.org", "no web address"),
        ("https://", "no web address"),
        ("https://[::1", "no web address"),
        ("https://sis.example.org:port/", "no web address"),
        ("https://sis.example.org:0/", "no web address"),
        ("https://sis.example.org:70000/", "no web address"),
        ("https://sis<script>/", "no web address"),
        ("https://1.2.3.999/", "no web address"),
        ("https://me:not-a-secret@sis.example.org/", "name or a password"),
        ("https://me@sis.example.org/", "name or a password"),
        ("https://sis.example.org/#x", "# sign"),
        ("https://sis.example.org/?x=1", "question mark"),
        ("https://sis.example.org/a/../b", "/../"),
        ("https://sis.example.org/a/%2e%2E/b", "/../"),
        ("https://sis.example.org/./b", "/../"),
        ("https://sis.example.org/a\\b", "backslash"),
        ("http://sis.example.org/", "not HTTPS"),
        ("http://127.0.0.1/", "not HTTPS"),
        ("http://localhost/", "not HTTPS"),
        ("https://127.0.0.1/", "loopback"),
        ("https://localhost/", "loopback"),
        ("https://sis.localhost/", "loopback"),
        ("https://[::1]/", "loopback"),
        ("https://[::ffff:127.0.0.1]/", "loopback"),
        ("https://10.1.2.3/", "private"),
        ("https://100.64.0.1/", "private"),
        ("https://[fd12::1]/", "private"),
        ("https://169.254.1.1/", "link-local"),
        ("https://169.254.169.254/latest", "metadata"),
        ("https://0.0.0.0/", "reserved"),
        ("https://224.0.0.1/", "reserved"),
    ],
)
def test_any_other_address_is_refused_with_its_reason(typed: str, told: str) -> None:
    assert told in str(refused(typed))


@pytest.mark.parametrize("typed", ["me:not-a-secret@sis.example.org", "https://me:not-a-secret@sis.example.org /"])
def test_no_refusal_repeats_a_secret(typed: str) -> None:
    error = refused(typed)
    assert "not-a-secret" not in f"{error} {error.fix}"


def test_plain_http_is_for_this_machine_alone_and_only_when_allowed() -> None:
    for typed in ("http://127.0.0.1:8000/x", "http://localhost:8000", "http://[::1]:8000/x"):
        assert judge_url(typed, where="sis.url", reach=THIS_MACHINE) == typed
        refused(typed, THIS_HOUSE)
    refused("http://10.1.2.3/", Reach(loopback=True, private=True))
    refused("http://sis.example.org/", Reach(loopback=True, private=True))


def test_a_private_network_is_called_over_https_when_allowed() -> None:
    assert judge_url("https://10.1.2.3/x", where="sis.url", reach=THIS_HOUSE) == "https://10.1.2.3/x"
    refused("https://169.254.169.254/x", THIS_HOUSE)
    refused("https://127.0.0.1/x", THIS_HOUSE)


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        ("93.184.216.34", Zone.PUBLIC),
        ("2606:2800:220:1:248:1893:25c8:1946", Zone.PUBLIC),
        ("127.0.0.1", Zone.LOOPBACK),
        ("127.255.255.254", Zone.LOOPBACK),
        ("::1", Zone.LOOPBACK),
        ("::ffff:127.0.0.1", Zone.LOOPBACK),
        ("10.0.0.1", Zone.PRIVATE),
        ("172.31.255.255", Zone.PRIVATE),
        ("192.168.1.1", Zone.PRIVATE),
        ("100.127.255.255", Zone.PRIVATE),
        ("fd00::1", Zone.PRIVATE),
        ("fec0::1", Zone.PRIVATE),
        ("::ffff:10.0.0.1", Zone.PRIVATE),
        ("64:ff9b::10.0.0.1", Zone.PRIVATE),
        ("64:ff9b:1::1", Zone.PRIVATE),
        ("2002:0a00:0001::1", Zone.PRIVATE),
        ("::10.0.0.1", Zone.PRIVATE),
        ("64:ff9b::93.184.216.34", Zone.PUBLIC),
        ("169.254.7.7", Zone.LINK_LOCAL),
        ("fe80::1", Zone.LINK_LOCAL),
        ("fe80::1%2", Zone.LINK_LOCAL),
        ("169.254.169.254", Zone.METADATA),
        ("::ffff:169.254.169.254", Zone.METADATA),
        ("100.100.100.200", Zone.METADATA),
        ("168.63.129.16", Zone.METADATA),
        ("fd00:ec2::254", Zone.METADATA),
        ("0.0.0.0", Zone.RESERVED),  # noqa: S104 - judged, not bound
        ("0.1.2.3", Zone.RESERVED),
        ("::", Zone.RESERVED),
        ("224.0.0.1", Zone.RESERVED),
        ("239.255.255.250", Zone.RESERVED),
        ("240.0.0.1", Zone.RESERVED),
        ("255.255.255.255", Zone.RESERVED),
        ("192.0.2.1", Zone.RESERVED),
        ("198.18.0.1", Zone.RESERVED),
        ("2001:db8::1", Zone.RESERVED),
        ("ff02::1", Zone.RESERVED),
    ],
)
def test_every_address_lies_in_one_zone(address: str, zone: Zone) -> None:
    assert zone_of(ipaddress.ip_address(address)) is zone


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "64:ff9b::{}"]))
def test_an_ipv6_address_that_stands_for_an_ipv4_address_lies_where_that_one_does(
    address: ipaddress.IPv4Address, form: str
) -> None:
    """Otherwise a private network could be reached by writing its numbers in another way."""
    if int(address) > 1:
        assert zone_of(ipaddress.ip_address(form.format(address))) is zone_of(address)


@given(st.ip_addresses(), st.booleans(), st.booleans())
def test_what_is_neither_public_nor_allowed_is_never_called(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, loopback: bool, private: bool
) -> None:
    reach = Reach(loopback=loopback, private=private)
    zone = zone_of(address)
    allowed = {Zone.PUBLIC}
    allowed |= {Zone.LOOPBACK} if loopback else set()
    allowed |= {Zone.PRIVATE, Zone.LINK_LOCAL} if private else set()
    assert reach.allows(address) == (zone in allowed)
    assert not reach.allows_in_the_open(address) or (loopback and zone is Zone.LOOPBACK)


@given(st.text(max_size=40), st.booleans())
def test_whatever_is_typed_is_called_over_https_or_refused_in_words(typed: str, keeps_query: bool) -> None:
    try:
        called = judge_url(f"https://{typed}", where="sis.url", reach=NOWHERE_SPECIAL, keeps_query=keeps_query)
    except ConfigurationError:
        return
    assert called.startswith("https://")
    assert "@" not in called.partition("://")[2].partition("/")[0]
    assert judge_url(called, where="x", reach=NOWHERE_SPECIAL, keeps_query=keeps_query) == called
