"""The numbers of the program that whoever runs it may set."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sis_connect.partners.profile import Count

Hours = Annotated[int, msgspec.Meta(ge=1, le=8760)]


class TestingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a partner shows before districts test with it."""

    #: Days for which a conformance report counts.
    report_days: Count = 180


class PilotRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a pilot shows before every district may connect."""

    #: Pilot districts that have so many nights each.
    districts: Count = 3
    #: Nights that went well, of each of these districts.
    nights: Count = 30


class EscalationRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Response times where a partner has named no contacts."""

    #: Hours in which each level answers, the first level first. They run by day and night.
    hours: Annotated[tuple[Hours, ...], msgspec.Meta(min_length=1)] = (24, 48, 72)


class ProgramRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that may be set."""

    testing: TestingRules = TestingRules()
    pilot: PilotRules = PilotRules()
    escalation: EscalationRules = EscalationRules()
