"""Every quirk that a server can show is borne, whichever SIS has it.

Those that a profile switches on are borne in the matrix of the partners; these are the others, each switched on alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from partner_files import profile, shipped
from partner_matrix import STEPS
from partner_side import a_partner_district
from rest_side import a_district
from sis_connect.errors import SisConnectError
from sis_connect.partners.quirks import QUIRKS, Part
from sis_connect.sandbox.sis.dress.quirks import SHOWN
from sis_connect.transport.diagnosis import Cause

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.partners.profile import Profile

#: What no consumer of this kind can live with, or what a finding answers: tests of their own stand below.
ANSWERED = {"password-grant", "departments-as-schools"}
OF_SOME_PARTNER = {name for one in shipped().profiles for name in one.quirks}
OTHERS = [name for name in SHOWN if name not in OF_SOME_PARTNER | ANSWERED and QUIRKS[name].part is not Part.GRADES]


def having(quirk: str) -> Profile:
    """A SIS of which nothing is known but this quirk."""
    return msgspec.structs.replace(profile("other"), quirks={quirk: ("somebody",)})


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small district."""
    return a_district(tmp_path_factory.mktemp("district"), students=30)


@pytest.mark.parametrize("quirk", OTHERS)
def test_quirk_is_borne_from_the_form_to_a_delta(quirk: str, package: Path, tmp_path: Path) -> None:
    with a_partner_district(having(quirk), package, tmp_path / "district") as district:
        for step in STEPS[:4]:
            assert step.live(district).startswith("works"), step.title


def test_token_for_a_person_is_refused_with_what_to_switch_on(package: Path, tmp_path: Path) -> None:
    with (
        a_partner_district(having("password-grant"), package, tmp_path / "district") as district,
        pytest.raises(SisConnectError) as refused,
    ):
        district.read_one()
    assert refused.value.cause == Cause.GRANT_REFUSED
    assert "client credentials" in refused.value.fix


def test_district_without_a_school_is_told_so(package: Path, tmp_path: Path) -> None:
    with a_partner_district(having("departments-as-schools"), package, tmp_path / "district") as district:
        report = district.sync()
    assert {"roster.no_school", "roster.class_outside_schools"} <= report.findings.keys()
    assert district.in_the_lms() == set()
