"""Whether it is OneRoster 1.1 at all: by the address, and by what the records look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.json_deviations import Deviation
from sis_connect.oneroster.operations import version_in
from sis_connect.oneroster.schema import ONEROSTER_VERSION, ROSTER_ENTITIES
from sis_connect.sis.conformance.checking import CannotTellError, Check, Coping, Group, Level, failed, passed

if TYPE_CHECKING:
    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe


def _address(probe: Probe) -> Verdict:
    version = version_in(probe.url)
    if not version:
        return passed("The address names no version.")
    return (
        passed("The address says v1p1.")
        if version == ONEROSTER_VERSION
        else failed(f"The address says OneRoster {version}.")
    )


def _not_1_0(probe: Probe) -> Verdict:
    seen = 0
    for collection in ROSTER_ENTITIES:
        rows = probe.rows(collection)
        seen += len(rows)
        inactive = sum((row["status"] or "").strip().lower() == "inactive" for row in rows)
        if inactive:
            taken = probe.sample(collection).pages[0]
            return failed(f"{inactive} of {len(rows)} {collection} have the status inactive of 1.0.", taken)
        found = _names(probe, collection, Deviation.OTHER_NAME)
        if found:
            return failed(f"Records of {collection} have names of 1.0: {', '.join(sorted(found))}.", *found.values())
    return _sound(seen)


def _not_1_2(probe: Probe) -> Verdict:
    seen = 0
    for collection in ROSTER_ENTITIES:
        seen += len(probe.rows(collection))
        found = _names(probe, collection, Deviation.ROLES_OF_1_2)
        if found:
            return failed("Users have the roles of 1.2 in place of role and orgs.", *found.values())
    return _sound(seen)


def _names(probe: Probe, collection: str, deviation: Deviation) -> dict[str, Answered]:
    try:
        seen_on = probe.sample(collection).seen_on
    except CannotTellError:
        return {}
    return {name: taken for (code, name), taken in seen_on.items() if code is deviation}


def _sound(seen: int) -> Verdict:
    if not seen:
        raise CannotTellError("No records could be looked at.")
    return passed(f"{seen} records were looked at.")


CHECKS = (
    Check(
        "version.address",
        Group.VERSION,
        Level.REQUIRED,
        "REST binding: base path and transport",
        "The address is that of version 1.1.",
        "Serve 1.1 below a path that ends with /ims/oneroster/v1p1, whatever else is served beside it.",
        Coping.PARTLY,
        "What is served there is read by its content, and refused where that contradicts 1.1.",
        _address,
    ),
    Check(
        "version.not_1_0",
        Group.VERSION,
        Level.REQUIRED,
        "Versions; data model",
        "Records are not those of version 1.0.",
        "Have deleted records say tobedeleted, and properties named as 1.1 does.",
        Coping.YES,
        "Words of 1.0 are read as those of 1.1.",
        _not_1_0,
    ),
    Check(
        "version.not_1_2",
        Group.VERSION,
        Level.REQUIRED,
        "Versions; data model",
        "Records are not those of version 1.2.",
        "Have users say role and orgs, as 1.1 does.",
        Coping.PARTLY,
        "The primary role is taken, and the orgs of all; other roles are lost.",
        _not_1_2,
    ),
)
