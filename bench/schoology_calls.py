"""How well Schoology's rate limit is used, and how few calls a district needs: a first sync at the real limit.

The sandbox gives 50 credits in any five seconds; a write costs three, so 16 writes (48 credits) are the most that can
be sent: 96 % of the limit. A short run shows less, because its last window is not full. Usage:
python -m bench.schoology_calls [--students 8000]
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import table

from sis_connect.frames import Limits
from sis_connect.runs.runner import Runner, RunSettings
from sis_connect.sandbox.district import DEFAULT_SCHOOL_YEAR, write_district
from sis_connect.sandbox.schoology import RateLimit, SandboxSettings, start
from sis_connect.sandbox.schoology.settings import SANDBOX_KEY, SANDBOX_SECRET
from sis_connect.schoology.connection import SchoologySettings, open_target
from sis_connect.sis.csv_source import PackageSource
from sis_connect.store.folder import DataFolder
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan import Ownership
from sis_connect.sync.plan.guard import GuardRules
from sis_connect.sync.shape.rules import DistrictRules
from sis_connect.transport.oauth1 import Credentials

TODAY = datetime(DEFAULT_SCHOOL_YEAR - 1, 10, 1, 3, tzinfo=UTC)

#: Kinds that Schoology takes fifty at a time, with the call that carries their creation.
_CALLS = {
    Kind.USERS: ("POST", "users"),
    Kind.COURSES: ("POST", "courses"),
    Kind.CLASSES: ("POST", "courses"),
    Kind.ENROLLMENTS: ("POST", "enrollments/import/course"),
}


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=8_000)
    options = parser.parse_args()
    rate = RateLimit()
    with tempfile.TemporaryDirectory() as folder, start(SandboxSettings(rate=rate)) as sandbox:
        package = Path(folder) / "package"
        write_district(package, students=options.students)
        settings = SchoologySettings(Credentials(SANDBOX_KEY, SANDBOX_SECRET), url=sandbox.api_url)
        with open_target(settings) as target:
            runner = Runner(
                DataFolder(Path(folder) / "data"),
                RunSettings(DistrictRules(), GuardRules(), Ownership(), Limits(), strict=False),
                open_source=lambda _: PackageSource(package),
                open_target=lambda: target,
                now=lambda: TODAY,
            )
            plan = runner.plan(package)
            sandbox.reset_statistics()
            started = time.perf_counter()
            runner.apply(plan.digest)
            seconds = time.perf_counter() - started
        statistics = sandbox.statistics()
    wanted: dict[tuple[str, str], int] = {}
    for kind, call in _CALLS.items():
        wanted[call] = wanted.get(call, 0) + math.ceil(plan.changes(kind) / 50)
    rows = [(" ".join(call), str(statistics.calls.get(call, 0)), str(count)) for call, count in wanted.items()]
    print(table(("call", "made", "sum of ceil(changes / 50)"), rows))
    # The first credits are there at once; from then on the limit itself asks for this time.
    needed = (statistics.credits / rate.credits - 1) * rate.seconds
    print(f"\n{statistics.credits} credits in {seconds:.1f} s, where the limit asks for {needed:.1f} s:")
    print(f"{needed / seconds:.1%} of the limit used.")
    # Writes go out sixteen at a time, 48 credits; whoever writes on fills the last window too, however little of it
    # this run needed.
    lots = math.ceil(statistics.credits / (rate.credits // 3 * 3)) - 1
    sustained = lots * (rate.credits // 3 * 3) / rate.credits * rate.seconds
    print(f"Without the last window, of which it needed a part: {sustained / seconds:.1%},")
    print(f"{statistics.overruns} overruns, {statistics.refusals} refusals, at most {statistics.peak_credits} at once")


if __name__ == "__main__":
    main()
