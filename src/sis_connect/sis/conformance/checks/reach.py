"""Name, connection, TLS, certificate and clock of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sis.conformance.checking import Check, Coping, Group, Level, failed, passed, skipped
from sis_connect.sis.conformance.probe import NOBODY
from sis_connect.transport.diagnosis import DIAGNOSES
from sis_connect.transport.http_dates import parse_http_date
from sis_connect.transport.reaching import Leg

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe

_DAY = 86_400.0
#: Days before its end in which a certificate should have been renewed.
_RENEWAL_DAYS = 14
#: Seconds by which two clocks may differ: half of the shortest window known of a provider.
_MOST_DRIFT = 150.0
_STEPS = tuple(Leg)


def _step(step: Leg, seen: Callable[[Probe], str]) -> Callable[[Probe], Verdict]:
    """The judgement of one step of the way."""

    def judge(probe: Probe) -> Verdict:
        way = probe.way
        if way.is_proxied:
            return skipped("A proxy stands between this machine and the service, so the way cannot be walked.")
        if way.ended_at is step and way.cause is not None:
            return failed(DIAGNOSES[way.cause].what)
        if way.ended_at is not None and _STEPS.index(way.ended_at) < _STEPS.index(step):
            return skipped("The way to the service ends before this.")
        if step is Leg.TLS and not way.is_encrypted:
            return skipped(_IN_THE_OPEN)
        return passed(seen(probe))

    return judge


_IN_THE_OPEN = "The address is not HTTPS, which the operator allows for this machine itself."


def _tls_version(probe: Probe) -> Verdict:
    version = probe.way.tls_version
    if not version:
        return skipped("Nothing was encrypted.")
    return passed(f"{version}.") if version in {"TLSv1.2", "TLSv1.3"} else failed(f"It agreed on {version}.")


def _certificate(probe: Probe) -> Verdict:
    expires_at = probe.way.expires_at
    if expires_at is None:
        return skipped("No certificate was seen.")
    days = int((expires_at - probe.around.wall_clock()) // _DAY)
    seen = f"It ends in {days} days."
    return passed(seen) if days >= _RENEWAL_DAYS else failed(seen)


def _date(probe: Probe) -> Verdict:
    taken = probe.ask("getAllOrgs", {"limit": 1}, by=NOBODY)
    if not taken.status:
        return skipped(f"There was {taken.ending}.")
    return passed("", taken) if taken.header("Date") else failed("Answers have no Date header.", taken)


def clock_offset(probe: Probe) -> float | None:
    """Seconds by which the service's clock is ahead of this machine's; None when it does not tell the time."""
    taken = probe.ask("getAllOrgs", {"limit": 1}, by=NOBODY, fresh=True)
    now = probe.around.wall_clock()
    date = parse_http_date(taken.header("Date"))
    return None if date is None else date.timestamp() - now


def _clock(probe: Probe) -> Verdict:
    offset = clock_offset(probe)
    if offset is None:
        return skipped("The service does not tell the time.")
    seen = f"Its clock is {abs(offset):.0f} seconds {'ahead of' if offset > 0 else 'behind'} this machine's."
    return passed(seen) if abs(offset) <= _MOST_DRIFT else failed(seen)


def _addresses(probe: Probe) -> str:
    return f"The name has {probe.way.addresses} address{'es' if probe.way.addresses > 1 else ''}."


CHECKS = (
    Check(
        "reach.name",
        Group.REACH,
        Level.REQUIRED,
        "REST binding: base path and transport",
        "The name of the service leads to an address.",
        "Publish the name in DNS with an address that consumers can reach.",
        Coping.NO,
        "Nothing can be read.",
        _step(Leg.NAME, _addresses),
    ),
    Check(
        "reach.connection",
        Group.REACH,
        Level.REQUIRED,
        "REST binding: base path and transport",
        "The service takes connections.",
        "Open the port of the address for the addresses of consumers.",
        Coping.NO,
        "Nothing can be read.",
        _step(Leg.CONNECTION, lambda _: "It took the connection."),
    ),
    Check(
        "reach.tls",
        Group.REACH,
        Level.REQUIRED,
        "Security: TLS",
        "The service speaks TLS with a certificate that can be trusted.",
        "Install a certificate of a public authority for this name, with its whole chain.",
        Coping.NO,
        "Credentials and rosters never travel over a connection that cannot be trusted.",
        _step(Leg.TLS, lambda _: "The certificate can be trusted."),
    ),
    Check(
        "reach.tls_version",
        Group.REACH,
        Level.REQUIRED,
        "Security: TLS",
        "The service speaks TLS 1.2 or later.",
        "Switch TLS 1.2 and 1.3 on, and what came before off.",
        Coping.NO,
        "Older versions are not spoken.",
        _tls_version,
    ),
    Check(
        "reach.certificate",
        Group.REACH,
        Level.ADVICE,
        "Security: TLS",
        f"The certificate is valid for {_RENEWAL_DAYS} more days.",
        "Renew the certificate, best by a machine.",
        Coping.YES,
        "It is trusted until its last day; after that nothing can be read.",
        _certificate,
    ),
    Check(
        "clock.date",
        Group.REACH,
        Level.EXPECTED,
        "Changes: delta over REST",
        "Answers have a Date header.",
        "Have every answer say its Date (RFC 9110, 6.6.1).",
        Coping.YES,
        "Marks for deltas are taken from the records instead.",
        _date,
    ),
    Check(
        "clock.offset",
        Group.REACH,
        Level.EXPECTED,
        "Security: OAuth 1.0a message signing",
        "The clocks of the service and of this machine agree.",
        "Have both machines take the time from a time server.",
        Coping.PARTLY,
        "Signatures with a timestamp may be refused, and deltas need a wider overlap.",
        _clock,
    ),
)
