"""Whatever is logged on the way tells no secret and no person."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from schoology_side import KEY_AND_SECRET, Side, a_user, an_enrollment, create, fill, remove
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    import pytest


def test_a_whole_exchange_logs_neither_the_secret_nor_a_person(side: Side, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fill(side)
    side.write(create(an_enrollment()), create(an_enrollment(user_key="nobody-at-all")))
    side.write(create(a_user()))
    side.target.look([create(a_user())], side.links)
    assert list(side.target.survey(list(Kind)))
    side.apply(remove(a_user(), side.links.lms_id(Kind.USERS, "student-1")))
    # The sandbox runs in this process; what it logs is its own affair.
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn"))
    assert "POST /v1/users: 207" in logged
    assert "httpcore2" in {record.name.partition(".")[0] for record in caplog.records}
    for told in (KEY_AND_SECRET.secret, KEY_AND_SECRET.key, "student-1", "nobody-at-all", "Quill", "oauth_"):
        assert told not in logged
