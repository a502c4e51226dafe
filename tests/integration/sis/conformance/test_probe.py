"""The probe counts every answer, also the one after the last wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance_side import TOKEN, a_connection, a_service
from sis_connect.sis.conformance.probe import Terms, open_probe
from sis_connect.sis.rest.connection import BearerSignIn
from sis_connect.transport.client import Surroundings
from sis_deviations import refusing

if TYPE_CHECKING:
    from pathlib import Path


def test_every_answer_of_a_service_that_is_asked_too_often_is_counted(tmp_path: Path) -> None:
    sign_in, waited = BearerSignIn(TOKEN), list[float]()
    with (
        a_service(tmp_path, refusing(429, "getAllOrgs")) as sis,
        open_probe(
            a_connection(sis.url, sign_in), Terms({"bearer": sign_in}), Surroundings(sleep=waited.append)
        ) as probe,
    ):
        assert probe.ask("getAllOrgs").status == 429
        asked = sis.statistics().requests
    assert len(waited) == asked - 1
    assert probe.answers == len(probe.throttled) == asked
