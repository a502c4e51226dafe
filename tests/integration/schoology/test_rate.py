"""The published rate limit against a server that counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from schoology_side import KEY_AND_SECRET, KnownLinks, Sides, a_user, create
from sis_connect.sandbox.schoology import server
from sis_connect.sandbox.schoology.settings import RateLimit, SandboxSettings
from sis_connect.schoology.connection import SchoologySettings, open_client
from sis_connect.transport.rate_limit import CreditLimit

#: The published limit, fifty times as fast.
SCALE = 50.0


@pytest.mark.parametrize("cut", ["fixed windows", "any window"])
@pytest.mark.parametrize("workers", [1, 8])
def test_the_limit_is_never_overrun_whoever_sends_and_however_windows_are_cut(cut: str, workers: int) -> None:
    rate = RateLimit(scale=SCALE, fixed_windows=cut == "fixed windows")
    with server.start(SandboxSettings(rate=rate)) as sandbox:
        settings = SchoologySettings(KEY_AND_SECRET, url=sandbox.api_url, limit=CreditLimit(seconds=5.0 / SCALE))
        with open_client(settings) as client, ThreadPoolExecutor(workers) as pool:
            bodies = [{"title": f"Period {n}", "start": "2026-08-17", "end": "2026-12-18"} for n in range(50)]
            ids = list(pool.map(client.create_grading_period, bodies))
        statistics = sandbox.statistics()
    assert len(set(ids)) == 50
    assert (statistics.overruns, statistics.refusals) == (0, 0)


def test_a_client_that_is_too_fast_waits_as_long_as_the_server_says(sides: Sides) -> None:
    """With a limit of its own that is too high, Retry-After keeps it within the server's, and nothing is lost."""
    with server.start(SandboxSettings(rate=RateLimit(credits=5, scale=5.0))) as sandbox:
        target = sides.open(sandbox)
        for number in range(3):
            [outcome] = target.write([create(a_user(f"s-{number}", school_key=None))], KnownLinks())
            assert outcome.code is None
        statistics = sandbox.statistics()
    assert statistics.overruns > 0
    assert statistics.objects_written == 3
