"""Which addresses people may type, and which of them are called: judged here, without I/O.

Two judgements, because a name says nothing about where it leads: `judge_url` reads what was typed; `Reach` decides
on the numeric address a name was resolved to, at the moment of connecting (`transport.wire`). Not here: resolving.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

import httpx2

from sis_connect.errors import ConfigurationError

Address = IPv4Address | IPv6Address

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
#: A name, or an address of either kind.
_HOST = re.compile(r"[A-Za-z0-9._\-]+|[0-9A-Fa-f:.]+")
_DOT_SEGMENT = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)


class Zone(StrEnum):
    """Where a numeric address lies."""

    PUBLIC = "public"
    LOOPBACK = "loopback"
    #: Networks of a house or a carrier: RFC 1918, RFC 6598, RFC 4193.
    PRIVATE = "private"
    LINK_LOCAL = "link-local"
    #: Where clouds tell a machine its own secrets.
    METADATA = "metadata service"
    #: Multicast, unspecified, documentation and whatever else no server has.
    RESERVED = "reserved"


_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fec0::/10",
        "64:ff9b:1::/48",
    )
)
_METADATA = frozenset(
    ipaddress.ip_address(address)
    for address in (
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
    )
)
#: Prefixes of IPv6 addresses whose last 32 bits are an IPv4 address (RFC 6052; RFC 4291, 2.5.5.1).
_EMBEDDING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


class ForbiddenAddressError(OSError):
    """A name leads only to addresses that may not be called."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be called besides public addresses; metadata services and reserved addresses never may."""

    #: This machine, and over plain HTTP too.
    loopback: bool = False
    #: Private and link-local networks, over HTTPS.
    private: bool = False

    def allows(self, address: Address) -> bool:
        """True when a connection to this address may be opened."""
        match zone_of(address):
            case Zone.PUBLIC:
                return True
            case Zone.LOOPBACK:
                return self.loopback
            case Zone.PRIVATE | Zone.LINK_LOCAL:
                return self.private
            case Zone.METADATA | Zone.RESERVED:
                return False

    def allows_in_the_open(self, address: Address) -> bool:
        """True when a connection to this address may be opened without TLS."""
        return self.loopback and zone_of(address) is Zone.LOOPBACK


def zone_of(address: Address) -> Zone:
    """Where an address lies; an IPv6 address that stands for an IPv4 address lies where that one does."""
    address = _embedded(address)
    if address in _METADATA:
        return Zone.METADATA
    if address.is_loopback:
        return Zone.LOOPBACK
    if address.is_link_local:
        return Zone.LINK_LOCAL
    if any(address in network for network in _PRIVATE if network.version == address.version):
        return Zone.PRIVATE
    if address.is_multicast or address.is_reserved or not address.is_global:
        return Zone.RESERVED
    return Zone.PUBLIC


def numeric(host: str) -> Address | None:
    """The address a host stands for by itself; None for a name that has to be looked up."""
    if host == "localhost" or host.endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def judge_url(typed: str, *, where: str, reach: Reach, keeps_query: bool = False) -> str:
    """The address as it is called: lower-case scheme and host, no default port, no slash at its end, path verbatim.

    With `keeps_query`, for token addresses, a query and a slash at the end are kept too. ConfigurationError, naming
    the setting `where`, for anything else than HTTPS without credentials in it. What a name leads to is not judged.
    """
    _check_typing(typed, where)
    url = _parse(typed, where)
    if url.userinfo:
        raise ConfigurationError(
            "The address holds a name or a password.",
            where=where,
            fix="Remove everything up to the @ from the address; enter the id and the secret in their own settings.",
        )
    _check_parts(typed, where, keeps_query=keeps_query)
    _check_place(url, where, reach)
    text = f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"
    return text if keeps_query else text.rstrip("/")


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.teredo is not None:
        return address.teredo[1]
    inner = address.ipv4_mapped or address.sixtofour
    if inner is not None:
        return inner
    number = int(address) & 0xFFFFFFFF
    if number > 1 and any(address in network for network in _EMBEDDING):
        return IPv4Address(number)
    return address


def _check_typing(typed: str, where: str) -> None:
    """Slips of the keyboard, each with what was probably meant."""
    if not typed.strip():
        raise ConfigurationError("The address is empty.", where=where, fix="Enter the address the SIS vendor gave.")
    compact = "".join(character for character in typed if character.isprintable() and not character.isspace())
    if compact != typed:
        raise ConfigurationError(
            "The address holds a space, a line break or an invisible character.", where=where, fix=_suggest(compact)
        )
    if not _SCHEME.match(typed):
        without = re.sub(r"^(?:https?:?)?/*", "", typed, flags=re.IGNORECASE)
        raise ConfigurationError(
            "The address does not begin with https://.", where=where, fix=_suggest(f"https://{without}")
        )


def _suggest(url: str) -> str:
    """The fix that shows an address, unless it might show a secret."""
    return "Copy the address again." if re.search(r"[@?#]", url) else f"Set it to {url} if that is what was meant."


def _parse(typed: str, where: str) -> httpx2.URL:
    scheme, _, rest = typed.partition("://")
    try:
        url = httpx2.URL(f"{scheme.lower()}://{rest}")
    except httpx2.InvalidURL:
        url = httpx2.URL("")
    host = url.raw_host.decode("ascii")
    if url.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or url.port == 0 or (url.port or 1) > 65535:
        raise ConfigurationError(
            "This is no web address.", where=where, fix="Enter an address such as https://sis.example.org/path."
        )
    return url


def _check_parts(typed: str, where: str, *, keeps_query: bool) -> None:
    if "#" in typed:
        raise ConfigurationError(
            "The address has a part after a # sign, which is never sent.", where=where, fix="Remove the # and the rest."
        )
    if "?" in typed and not keeps_query:
        raise ConfigurationError(
            "The address has a part after a question mark.",
            where=where,
            fix="Remove the question mark and the rest: paths are added at the end of this address.",
        )
    path = typed.partition("://")[2].partition("?")[0].partition("/")[2]
    if "\\" in path or any(_DOT_SEGMENT.fullmatch(segment) for segment in path.split("/")):
        raise ConfigurationError(
            "The path of the address holds a backslash or a step such as /../.",
            where=where,
            fix="Enter the address in full, with plain slashes.",
        )


def _check_place(url: httpx2.URL, where: str, reach: Reach) -> None:
    """What can be told from a number, and from the one name whose meaning is fixed (RFC 6761, 6.3)."""
    address = numeric(url.host)
    if url.scheme == "http" and not (address and reach.allows_in_the_open(address)):
        raise ConfigurationError(
            "The address is not HTTPS: credentials and rosters would travel in the open.",
            where=where,
            fix="Begin the address with https://. Only for this machine itself may the operator allow http://, with "
            "sis.allow_loopback = true in the rules or --allow-loopback.",
        )
    if address is not None and not reach.allows(address):
        raise ConfigurationError(
            f"The address is not public ({zone_of(address)}).",
            where=where,
            fix="Enter the server's public name, or have the operator allow such addresses, with sis.allow_loopback "
            "(this machine) or sis.allow_private = true in the rules, or --allow-loopback or --allow-private.",
        )
