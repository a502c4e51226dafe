"""A look-alike of Schoology's REST API v1 and of its pages, for trying SIS Connect and for testing it.

`start` runs one on the loopback interface. It shares no code with the client, so that each checks the other.
"""

from sis_connect.sandbox.schoology.contents import Contents
from sis_connect.sandbox.schoology.coursework import Oddity
from sis_connect.sandbox.schoology.faults import Fault, FaultPlan, FaultRule
from sis_connect.sandbox.schoology.seed import Seed
from sis_connect.sandbox.schoology.server import RunningSandbox, start
from sis_connect.sandbox.schoology.settings import (
    SANDBOX_KEY,
    SANDBOX_SECRET,
    DueZone,
    GradeManners,
    RateLimit,
    Role,
    SandboxSettings,
    Strictness,
    Webhooks,
)
from sis_connect.sandbox.schoology.statistics import Effect, Statistics
from sis_connect.sandbox.schoology.teaching import TaughtDay

__all__ = [
    "SANDBOX_KEY",
    "SANDBOX_SECRET",
    "Contents",
    "DueZone",
    "Effect",
    "Fault",
    "FaultPlan",
    "FaultRule",
    "GradeManners",
    "Oddity",
    "RateLimit",
    "Role",
    "RunningSandbox",
    "SandboxSettings",
    "Seed",
    "Statistics",
    "Strictness",
    "TaughtDay",
    "Webhooks",
    "start",
]
