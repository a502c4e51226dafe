"""What tells one service and caller from another, without a secret in it."""

from __future__ import annotations

from dataclasses import replace

from sis_connect.sis.rest.connection import RestConnection
from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.oauth2 import ClientGrant

GRANT = ClientGrant("https://sis.example/token", Credentials("district-7", "hunter2"))
CONNECTION = RestConnection("https://sis.example/ims/oneroster/v1p1", GRANT, headers={"X-Tenant": "lakeside"})


def test_another_tenant_is_another_service() -> None:
    """Pages kept of an interrupted pull must never go on with those of another tenant."""
    others = (
        replace(CONNECTION, headers={"X-Tenant": "riverbend"}),
        replace(CONNECTION, sign_in=replace(GRANT, token_url="https://sis.example/other/token")),
        replace(CONNECTION, sign_in=replace(GRANT, scopes=("some.scope",))),
        replace(CONNECTION, url="https://sis.example/b/ims/oneroster/v1p1"),
    )
    assert len({CONNECTION.service, *(other.service for other in others)}) == 1 + len(others)


def test_the_name_of_a_service_holds_no_secret() -> None:
    assert "hunter2" not in CONNECTION.service
    assert "lakeside" not in CONNECTION.service
